#!/usr/bin/env perl
# Ways around a guard by its triggers: each is found, and closed again.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Guarded;
use Test::More;

my $write = 'INSERT INTO desk.voucher VALUES (1, 400)';
guarded_begin('trigger');
closed_to($write, 'a write beyond the mandate is refused');
is(by('bypass_app', 'INSERT INTO desk.voucher VALUES (2, 50)'), '', 'one within passes');

# what a superuser does, or anybody where there are no event triggers
like(sql('ALTER TABLE desk.voucher DISABLE TRIGGER crm_10_guard_1'), qr/WARNING:  guarded table desk.voucher had triggers disabled/,
	'a superuser is warned');
found(qr/bypass \| trigger crm_10_guard_1 of desk.voucher is disabled \| ALTER TABLE desk.voucher ENABLE ALWAYS TRIGGER/, 'a disabled trigger');
rearms('a disabled trigger');
closed_to($write, 'it fires again');

sql('ALTER TABLE desk.voucher DISABLE TRIGGER ALL');
found(qr/crm_10_guard_truncate_1 of desk.voucher is disabled/, 'DISABLE TRIGGER ALL');
rearms('DISABLE TRIGGER ALL');

sql('ALTER TABLE desk.voucher ENABLE REPLICA TRIGGER crm_10_guard_1');
found(qr/does not fire in every session/, 'ENABLE REPLICA TRIGGER');
rearms('ENABLE REPLICA TRIGGER');

sql('DROP TRIGGER crm_10_guard_1 ON desk.voucher');
found(qr/bypass \| trigger crm_10_guard_1 of desk.voucher is missing \| CREATE TRIGGER/, 'a dropped trigger');
rearms('a dropped trigger');
closed_to($write, 'it is there again');

# names and likenesses
sql('ALTER TRIGGER crm_10_guard_1 ON desk.voucher RENAME TO innocent');
found(qr/information \| trigger crm_10_guard_1 of desk.voucher is called innocent/, 'a renamed trigger');
closed_to($write, 'it still fires');
rearms_name();
sql(<<'SQL');
CREATE FUNCTION desk.nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
DROP TRIGGER crm_10_guard_1 ON desk.voucher;
CREATE TRIGGER crm_10_guard_1 AFTER INSERT OR UPDATE OR DELETE ON desk.voucher FOR EACH ROW EXECUTE FUNCTION desk.nothing();
ALTER TABLE desk.voucher ENABLE ALWAYS TRIGGER crm_10_guard_1;
SQL
found(qr/is not the one that crm made/, 'another function under its name');
rearms('another function under its name');
for my $other (
	[ 'fewer events', 'AFTER INSERT', '', "'1'" ],
	[ 'columns', 'AFTER INSERT OR UPDATE OF note OR DELETE', '', "'1'" ],
	[ 'a condition', 'AFTER INSERT OR UPDATE', 'WHEN (NEW.value < 0)', "'1'" ],
	[ 'another guard', 'AFTER INSERT OR UPDATE OR DELETE', '', "'7'" ])
{
	my ($name, $events, $when, $argument) = @$other;
	sql(<<"SQL");
DROP TRIGGER crm_10_guard_1 ON desk.voucher;
CREATE TRIGGER crm_10_guard_1 $events ON desk.voucher FOR EACH ROW $when EXECUTE FUNCTION crm_internal.guard_trigger($argument);
ALTER TABLE desk.voucher ENABLE ALWAYS TRIGGER crm_10_guard_1;
SQL
	found(qr/trigger crm_10_guard_1 of desk.voucher is not the one that crm made/, "a trigger with $name");
	rearms("a trigger with $name");
	closed_to($write, "then it fires as it must, not with $name");
}

# the function behind them, and the catalog by hand
sql(q{CREATE OR REPLACE FUNCTION crm_internal.guard_trigger() RETURNS trigger LANGUAGE plpgsql STRICT AS 'BEGIN RETURN NULL; END'});
found(qr/bypass \| function crm_internal.guard_trigger\(\) is not the one that crm made/, 'a function that does nothing');
rearms('a function that does nothing');
closed_to($write, 'the function guards again');
sql(q{UPDATE pg_trigger SET tgenabled = 'D' WHERE tgname = 'crm_10_guard_1'});
found(qr/trigger crm_10_guard_1 of desk.voucher is disabled/, 'UPDATE pg_trigger');
rearms('UPDATE pg_trigger');

# replica sessions, and the restore that makes triggers mind them
closed_to("RESET SESSION AUTHORIZATION; SET session_replication_role = replica; SET SESSION AUTHORIZATION bypass_app; $write",
	'in a replica session the guard fires');
sql('ALTER EVENT TRIGGER crm_guard_watch_end DISABLE');
found(qr/risk \| event trigger crm_guard_watch_end does not fire in every session/, 'a disabled event trigger');
my $dump = "$ENV{OUT}/guard_data.sql";
system("pg_dump --data-only --disable-triggers -t desk.voucher -d test_guard_trigger -f $dump") == 0 or die;
sql('SET crm.guards_enabled = off; TRUNCATE desk.voucher');
sql("\\i $dump");
found(qr/crm_10_guard_1 of desk.voucher does not fire in every session: ENABLE ALWAYS was lost/, 'a restore with --disable-triggers');
rearms('a restore with --disable-triggers, and an event trigger');
is(sql("SET crm.guards_enabled = off; TRUNCATE desk.voucher; SELECT evtenabled FROM pg_event_trigger WHERE evtname = 'crm_guard_watch_end'"), 'A', 'the event trigger is back');
like(sql("\\i $dump"), qr/WARNING:  guarded table desk.voucher had triggers disabled/, 'with the event trigger such a restore works, with a warning');
is(sql('SELECT count(*) FROM desk.voucher'), '1', 'its rows are there');
clean('after it');
closed_to($write, 'and the guard stands');

# the triggers by which sessions learn that a mandate is gone
sql('ALTER TABLE crm_internal.mandate DISABLE TRIGGER ALL');
found(qr/bypass \| trigger \w+ of crm_internal.mandate does not fire in every session: what is remembered/, 'a table of crm without its triggers');
rearms('a table of crm without its triggers');
sql('ALTER TABLE crm_internal.act DISABLE TRIGGER crm_10_append_only');
found(qr/bypass \| trigger crm_10_append_only of crm_internal.act does not fire in every session: what is on record there can be changed/, 'a journal that can be changed');
rearms('a journal that can be changed');
guarded_end();

sub rearms_name
{
	rearm();
	is(sql('SELECT tgname FROM pg_trigger WHERE tgrelid = $$desk.voucher$$::regclass AND tgtype & 1 = 1'), 'crm_10_guard_1', 'and is named again');
}
