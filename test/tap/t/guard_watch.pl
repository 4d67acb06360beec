#!/usr/bin/env perl
# DDL that would disarm a guard asks for system.change; all other DDL does not notice.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Guarded;
use Test::More;

guarded_begin('watch', <<'SQL');
SET ROLE bypass_owner;
CREATE TABLE desk.claim (id integer, region text, value numeric) PARTITION BY LIST (region);
CREATE TABLE desk.claim_nl PARTITION OF desk.claim FOR VALUES IN ('nl');
CREATE TABLE desk.gift (id integer, value numeric);
CREATE TABLE desk.gift_card () INHERITS (desk.gift);
CREATE TABLE desk.rows (id integer, region text, value numeric);
INSERT INTO desk.rows VALUES (1, 'be', 9000);
CREATE TABLE desk.free (id integer, value numeric);
CREATE TABLE desk.brief (id integer, value numeric);
CREATE TABLE desk.tried (id integer, value numeric);
RESET ROLE;
CREATE SCHEMA apart AUTHORIZATION bypass_owner;
GRANT CREATE ON DATABASE test_guard_watch TO bypass_owner;
GRANT CREATE ON SCHEMA desk TO bypass_owner;
GRANT bypass_owner TO bypass_chief;
SELECT crm.add_guard('desk.voucher', decision => 'goodwill', amount => 'value');
SELECT crm.add_guard('desk.claim', decision => 'goodwill', amount => 'value');
SELECT crm.add_guard('desk.gift', decision => 'goodwill', amount => 'value');
SELECT crm.add_guard('desk.brief', decision => 'goodwill', amount => 'value');
SELECT crm.add_guard('desk.tried', decision => 'goodwill', amount => 'value', mode => 'observe');
SQL

# what takes a table from under its guard, and what is said of it
my @deeds = (
	[ 'ALTER TABLE desk.voucher DISABLE TRIGGER crm_10_guard_1', 'desk.voucher had triggers disabled' ],
	[ 'ALTER TABLE desk.voucher DISABLE TRIGGER USER', 'desk.voucher had triggers disabled' ],
	[ 'ALTER TABLE desk.voucher ENABLE REPLICA TRIGGER crm_10_guard_1', 'desk.voucher had triggers disabled' ],
	[ 'ALTER TABLE desk.claim DISABLE TRIGGER crm_10_guard_2', 'desk.claim had triggers disabled' ],
	[ 'ALTER TABLE desk.claim_nl DISABLE TRIGGER crm_10_guard_2', 'desk.claim had triggers disabled' ],
	[ 'ALTER TABLE desk.gift_card DISABLE TRIGGER crm_10_guard_3', 'desk.gift had triggers disabled' ],
	[ 'DROP TRIGGER crm_10_guard_1 ON desk.voucher', 'desk.voucher lost a trigger' ],
	[ 'ALTER TRIGGER crm_10_guard_1 ON desk.voucher RENAME TO a; DROP TRIGGER a ON desk.voucher', 'desk.voucher lost a trigger' ],
	[ 'DROP TRIGGER crm_10_guard_truncate_2 ON desk.claim_nl', 'desk.claim lost a trigger' ],
	[ 'CREATE OR REPLACE TRIGGER crm_10_guard_1 AFTER INSERT ON desk.voucher FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger()', 'desk.voucher had a trigger replaced' ],
	[ 'ALTER TRIGGER crm_10_guard_1 ON desk.voucher RENAME TO a; CREATE OR REPLACE TRIGGER a AFTER INSERT ON desk.voucher FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger()',
		'desk.voucher had a trigger replaced' ],
	[ 'CREATE OR REPLACE TRIGGER crm_10_guard_2 AFTER INSERT ON desk.claim FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger()', 'desk.claim had a trigger replaced' ],
	[ 'ALTER TABLE desk.voucher ALTER value TYPE numeric USING 0', 'desk.voucher had values rewritten by ALTER COLUMN … USING' ],
	[ 'ALTER TABLE desk.claim ALTER value TYPE integer USING 0', 'desk.claim had values rewritten by ALTER COLUMN … USING' ],
	[ 'ALTER TABLE desk.voucher RENAME TO aside', 'desk.voucher was renamed' ],
	[ 'ALTER TABLE desk.voucher SET SCHEMA apart', 'desk.voucher was renamed' ],
	[ 'ALTER SCHEMA desk RENAME TO apart2', 'desk.voucher was renamed with its schema' ],
	[ 'CREATE RULE r AS ON UPDATE TO desk.voucher DO INSTEAD NOTHING', 'desk.voucher got a rule DO INSTEAD' ],
	[ 'ALTER TABLE desk.claim DETACH PARTITION desk.claim_nl', 'desk.claim had a partition detached' ],
	[ q{ALTER TABLE desk.claim ATTACH PARTITION desk.rows FOR VALUES IN ('be')}, 'desk.claim had rows attached' ],
	[ 'ALTER TABLE desk.gift_card NO INHERIT desk.gift', 'desk.gift had a child taken away' ],
	[ 'ALTER TABLE desk.rows DROP COLUMN region; ALTER TABLE desk.rows INHERIT desk.gift', 'desk.gift was given a child with rows' ]);
sql('ALTER ROLE bypass_owner LOGIN; INSERT INTO desk.claim_nl SELECT 1, $$nl$$, 0 WHERE false');
sql('SET crm.guards_enabled = off; INSERT INTO desk.voucher VALUES (1, 10); INSERT INTO desk.claim VALUES (1, $$nl$$, 10)');
for my $deed (@deeds)
{
	my ($ddl, $told) = @$deed;
	my $answer = by('bypass_owner', "BEGIN;\n$ddl;\nCOMMIT;");
	like($answer, qr/ERROR:  decision "system.change" is refused/, "refused to the owner: $ddl");
	like($answer, qr/guarded table \Q$told\E/, 'and what it would have done is told');
	my $allowed = by('bypass_chief', "BEGIN;\nSET LOCAL ROLE bypass_owner;\n$ddl;\nROLLBACK;");
	is($allowed, '', 'one who may change the system can');
}
like(by('bypass_owner', "ALTER TABLE desk.claim DETACH PARTITION desk.claim_nl CONCURRENTLY"), qr/ERROR:  decision "system.change" is refused/,
	'DETACH CONCURRENTLY is refused');
is(sql(q{SELECT count(*) FROM pg_inherits WHERE inhparent = 'desk.claim'::regclass AND NOT inhdetachpending}), '1', 'and leaves the partition where it was');
sql('ALTER ROLE bypass_owner NOLOGIN');
clean('after all that');
is(by('bypass_chief', "SET ROLE bypass_owner; ALTER TABLE desk.voucher DISABLE TRIGGER crm_10_guard_1"), '', 'what was allowed is done');
is(sql(q{SELECT string_agg(concat_ws(' ', decision, person, position, subject), E'\n') FROM crm.journal WHERE decision = 'system.change'}),
	'system.change bypass_chief engineer guarded table desk.voucher had triggers disabled', 'and in the journal');
rearms('what was allowed');

# what else the owner does is his own affair
sql('ALTER ROLE bypass_owner LOGIN');
for my $ddl (
	'ALTER TABLE desk.voucher ADD COLUMN place text', 'ALTER TABLE desk.voucher ALTER value TYPE numeric(12,2)',
	'ALTER TABLE desk.voucher RENAME note TO remark', 'CREATE INDEX ON desk.voucher (value)',
	'ALTER TABLE desk.voucher ADD CHECK (value < 1000000)', 'CREATE VIEW desk.v AS SELECT * FROM desk.voucher',
	'CREATE RULE also AS ON INSERT TO desk.voucher DO ALSO NOTIFY x', 'DROP RULE also ON desk.voucher',
	'CREATE TABLE desk.claim_fr PARTITION OF desk.claim FOR VALUES IN ($$fr$$)', 'CREATE TABLE desk.empty (id integer, region text, value numeric)',
	'ALTER TABLE desk.claim ATTACH PARTITION desk.empty FOR VALUES IN ($$it$$)', 'CREATE TABLE desk.gift_wood () INHERITS (desk.gift)',
	'ALTER TABLE desk.free DISABLE TRIGGER USER', 'ALTER TABLE desk.free ENABLE TRIGGER ALL', 'ALTER TABLE desk.free ALTER value TYPE integer USING 0',
	'CREATE RULE r AS ON UPDATE TO desk.free DO INSTEAD NOTHING', 'ALTER TABLE desk.tried DISABLE TRIGGER ALL', 'ALTER TABLE desk.tried ENABLE TRIGGER ALL',
	'ALTER TABLE desk.voucher ENABLE TRIGGER USER', 'CREATE TEMPORARY TABLE t (id integer)', 'DROP TABLE desk.gift_card', 'DROP TABLE desk.claim_fr',
	'DROP TABLE desk.rows', 'ALTER TABLE desk.tried RENAME TO tested', 'ALTER TABLE desk.tested RENAME TO tried',
	'DROP TABLE desk.brief', 'CREATE TABLE desk.brief (id integer, value numeric)', 'DROP TABLE desk.brief', 'SELECT 1 AS id, 400.0 AS value INTO desk.brief')
{
	is(by('bypass_owner', $ddl), '', "the owner's own affair: $ddl");
}
sql('ALTER ROLE bypass_owner NOLOGIN');
clean('after all that too');
closed_to(q{INSERT INTO desk.empty VALUES (1, 'it', 400)}, 'what was attached is guarded');
closed_to('INSERT INTO desk.brief VALUES (1, 400)', 'a table that is made anew is guarded');
closed_to('TRUNCATE desk.empty', 'its TRUNCATE as well');
closed_to('INSERT INTO desk.gift_wood VALUES (1, 400)', 'and so is what inherits');

# guards come and go without a word, and so does crm
is(sql('SELECT crm.drop_guard(3)'), '', 'dropping a guard warns of nothing');
is(sql(q{SELECT crm.add_guard('desk.gift', decision => 'goodwill', amount => 'value')}), '6', 'nor does adding one');
clean('guards that came and went');
is(sql('CREATE EXTENSION pgcrypto; DROP EXTENSION pgcrypto'), '', 'other extensions come and go');

# a dump of it all, restored
my $dump = "$ENV{OUT}/guard_watch.dump";
system("pg_dump -Fc -d test_guard_watch -f $dump") == 0 or die;
for my $how ('', '--clean --if-exists', '-j 2')
{
	my $into = 'test_guard_watched';
	sql("DROP DATABASE IF EXISTS $into");
	sql("CREATE DATABASE $into");
	is(`pg_restore -d $into $how $dump 2>&1`, '', "pg_restore $how says nothing");
	is(`psql -XqAt -d $into -c "SELECT finding FROM crm.verify_guards() WHERE severity <> 'information'" 2>&1`, '', 'and the guards stand');
}
is(`pg_restore --data-only --disable-triggers -t voucher -d test_guard_watched $dump 2>&1` =~ /error/i ? 'error' : '', 'error', 'twice the same rows are too many');
is(`psql -XqAt -d test_guard_watched -c "SELECT finding FROM crm.verify_guards() WHERE severity <> 'information'" 2>&1`, '', 'and even then the guards stand');
sql('DROP DATABASE test_guard_watched');

my $gone = by('bypass_chief', 'SELECT 1; RESET SESSION AUTHORIZATION; SELECT crm.grant_mandate($$system.change$$, $$board$$); SELECT crm.appoint($$board$$, $$postgres$$); SELECT statement FROM crm.uninstall(dry_run => false)');
like($gone, qr/DROP EXTENSION crm CASCADE/, 'crm is uninstalled');
unlike($gone, qr/WARNING/, 'and warns of nothing');
is(sql(q{SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm%'}) . sql('SELECT count(*) FROM pg_event_trigger'), '00', 'no trigger is left');
guarded_end();
