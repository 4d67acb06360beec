#!/usr/bin/env perl
# Ways around a guard by the table, its owner, its rights and by settings: closed, or found.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Guarded;
use Test::More;

my $write = 'INSERT INTO desk.voucher VALUES (1, 400)';
guarded_begin('table');
is(by('bypass_app', 'INSERT INTO desk.voucher VALUES (2, 50), (3, 60)'), '', 'what is within the mandate passes');

# rename and swap, as where there are no event triggers
sql('ALTER EVENT TRIGGER crm_guard_watch_end DISABLE; ALTER TABLE desk.voucher RENAME TO voucher_old');
found(qr/desk.voucher \| risk \| the table is called desk.voucher_old now: a new one of the old name would not be guarded \| UPDATE/, 'a renamed table');
closed_to('INSERT INTO desk.voucher_old VALUES (1, 400)', 'under its new name it is still guarded');
sql('CREATE TABLE desk.voucher (id integer PRIMARY KEY, value numeric, note text); GRANT ALL ON desk.voucher TO bypass_app; ALTER TABLE desk.voucher OWNER TO bypass_owner; REVOKE TRIGGER ON desk.voucher FROM bypass_app');
found(qr/desk.voucher \| bypass \| trigger crm_10_guard_1 of desk.voucher is missing/, 'a table put in its place');
found(qr/desk.voucher_old \| information \| trigger crm_10_guard_1 of guard 1 stands here, which guards desk.voucher/, 'and the one that was there');
rearms('rename and swap');
closed_to($write, 'the new table is guarded');
sql('DROP TABLE desk.voucher_old');
sql('ALTER TABLE desk.voucher RENAME TO voucher_old; CREATE VIEW desk.voucher AS SELECT * FROM desk.voucher_old');
found(qr/desk.voucher \| risk \| the table is called desk.voucher_old now/, 'a view in its place');
sql('DROP VIEW desk.voucher; ALTER TABLE desk.voucher_old RENAME TO voucher');
clean('the table in its place');
sql('ALTER TABLE desk.voucher RENAME TO ticket');
rearms('a table that is only renamed');
is(sql('SELECT table_name FROM crm_internal.guard WHERE dropped_at IS NULL'), 'desk.ticket', 'the guard goes with its table');
sql('ALTER TABLE desk.ticket RENAME TO voucher');
rearms('and back');

# rules
sql('CREATE TABLE desk.elsewhere (id integer, value numeric, note text)');
like(sql('CREATE RULE sidestep AS ON INSERT TO desk.voucher DO INSTEAD INSERT INTO desk.elsewhere VALUES (NEW.*)'),
	qr/WARNING:  guarded table desk.voucher got a rule DO INSTEAD/, 'a rule: a superuser is warned');
found(qr/desk.voucher \| bypass \| rule sidestep of desk.voucher .* DROP RULE sidestep ON desk.voucher/, 'a rule DO INSTEAD');
sql(repair('sidestep'));
clean('without the rule');
sql('CREATE RULE remark AS ON INSERT TO desk.voucher DO ALSO SELECT 1');
clean('a rule DO ALSO');
sql('DROP RULE remark ON desk.voucher');

# values that come by DDL
like(sql('ALTER TABLE desk.voucher ALTER value TYPE numeric USING value * 10'), qr/WARNING:  guarded table desk.voucher had values rewritten/,
	'ALTER … USING: a superuser is warned');
is(sql('ALTER TABLE desk.voucher ALTER value TYPE numeric(12,2); ALTER TABLE desk.voucher ADD COLUMN place text DEFAULT gen_random_uuid()'), '',
	'a change of type and a new column with a default are no values of the guard');
clean('after them');

# who writes what in between: the guard looks last, and at all columns
is(by('bypass_app', 'INSERT INTO desk.voucher VALUES (2, 50)'), '', 'a row within the mandate');
sql(<<'SQL');
CREATE FUNCTION desk.raise() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.value := 400; RETURN NEW; END';
ALTER FUNCTION desk.raise OWNER TO bypass_owner;
CREATE TRIGGER zz_last BEFORE INSERT OR UPDATE ON desk.voucher FOR EACH ROW EXECUTE FUNCTION desk.raise();
SQL
closed_to('INSERT INTO desk.voucher VALUES (4, 10)', 'a value that a later BEFORE trigger writes');
closed_to("UPDATE desk.voucher SET note = 'x' WHERE id = 2", 'a column that only a trigger changes');
clean('a BEFORE trigger of the owner');
sql('DROP TRIGGER zz_last ON desk.voucher');
sql(<<'SQL');
CREATE TABLE desk.refund (id integer PRIMARY KEY, units integer, value numeric GENERATED ALWAYS AS (units * 10) STORED);
GRANT SELECT, INSERT, UPDATE ON desk.refund TO bypass_app;
SELECT crm.add_guard('desk.refund', decision => 'goodwill', amount => 'value');
SQL
closed_to('INSERT INTO desk.refund VALUES (1, 40)', 'an amount that is a generated column');
is(by('bypass_app', 'INSERT INTO desk.refund VALUES (1, 4)'), '', 'which is known');
clean('a generated column');

# a waiting state: its own trigger is looked after too, and later ones are named
sql(<<'SQL');
CREATE TABLE desk.form (id integer PRIMARY KEY, value numeric, status text);
ALTER TABLE desk.form OWNER TO bypass_owner;
SELECT crm.add_guard('desk.form', decision => 'goodwill', amount => 'value', waiting => '{"status": "to_approve"}');
CREATE TRIGGER zz_later BEFORE INSERT ON desk.form FOR EACH ROW EXECUTE FUNCTION desk.raise();
SQL
found(qr/information \| trigger zz_later of desk.form fires after the row was put into its waiting state/, 'a BEFORE trigger that comes later');
sql('DROP TRIGGER crm_zz_waiting_3 ON desk.form');
found(qr/bypass \| trigger crm_zz_waiting_3 of desk.form is missing/, 'a waiting state without its trigger');
rearms('a waiting state without its trigger');
sql('SELECT crm.drop_guard(3); DROP TABLE desk.form');

# a view writes with the rights of its owner, under the mandate of who writes
sql(<<'SQL');
CREATE VIEW desk.counter AS SELECT id, value FROM desk.voucher;
CREATE FUNCTION desk.put() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN INSERT INTO desk.voucher (id, value) VALUES (NEW.id, NEW.value); RETURN NEW; END';
CREATE VIEW desk.window AS SELECT id, value FROM desk.voucher;
CREATE TRIGGER put INSTEAD OF INSERT ON desk.window FOR EACH ROW EXECUTE FUNCTION desk.put();
GRANT SELECT, INSERT ON desk.counter, desk.window TO bypass_app;
SQL
closed_to('INSERT INTO desk.counter VALUES (5, 400)', 'a view');
closed_to('INSERT INTO desk.window VALUES (5, 400)', 'INSTEAD OF, with the rights of a superuser');

# rights
sql('GRANT TRIGGER ON desk.voucher TO bypass_other');
found(qr/risk \| role bypass_other may put triggers on desk.voucher, .* REVOKE TRIGGER ON desk.voucher FROM bypass_other/, 'TRIGGER for another role');
sql(<<'SQL');
GRANT USAGE, CREATE ON SCHEMA desk TO bypass_other;
SET SESSION AUTHORIZATION bypass_other;
CREATE FUNCTION desk.ride() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER ride BEFORE INSERT ON desk.voucher FOR EACH ROW EXECUTE FUNCTION desk.ride();
SQL
found(qr/risk \| trigger ride of desk.voucher runs function desk.ride\(\) of role bypass_other, .* DROP TRIGGER ride ON desk.voucher/, 'what it put there');
sql(repair('bypass_other may put'));
sql(repair('trigger ride'));
clean('without both');
sql('ALTER ROLE bypass_owner LOGIN; ALTER EVENT TRIGGER crm_guard_watch_drop DISABLE');
found(qr/risk \| the owner of desk.voucher, role bypass_owner, can log in .* NOLOGIN/, 'an owner that can log in');
sql('ALTER EVENT TRIGGER crm_guard_watch_drop ENABLE ALWAYS');
found(qr/information \| the owner of desk.voucher, role bypass_owner, can log in/, 'which DDL does not help where it is watched');
sql('DROP ROLE IF EXISTS crm_tables');
sql(repair('the owner of desk.voucher'));
is(by('bypass_owner', 'INSERT INTO desk.voucher VALUES (70, 0); ALTER TABLE desk.voucher DISABLE TRIGGER ALL') =~ s/\n.*//sr, 'ERROR:  decision "goodwill" for 0.00 is refused',
	'an owner no more, it writes as everybody does');
like(by('bypass_owner', 'ALTER TABLE desk.voucher DISABLE TRIGGER ALL'), qr/must be owner/, 'and does not own');
sql('ALTER TABLE desk.voucher OWNER TO bypass_owner; DROP OWNED BY crm_tables; DROP ROLE crm_tables');
sql('ALTER ROLE bypass_owner NOLOGIN; GRANT bypass_owner TO bypass_app; ALTER EVENT TRIGGER crm_guard_watch_drop ENABLE');
found(qr/risk \| application login bypass_app is a member of bypass_owner/, 'an application that may become the owner');
sql('REVOKE bypass_owner FROM bypass_app; ALTER EVENT TRIGGER crm_guard_watch_drop ENABLE ALWAYS');
clean('as it was');

# settings and logins
sql('GRANT SET ON PARAMETER session_replication_role TO bypass_app');
found(qr/risk \| role bypass_app may set session_replication_role, .* REVOKE SET ON PARAMETER session_replication_role FROM bypass_app/, 'SET ON PARAMETER');
closed_to("SET session_replication_role = replica; $write", 'whoever has it meets the guard all the same');
sql(repair('may set session_replication_role'));
sql('ALTER ROLE bypass_app SET session_replication_role = replica');
found(qr/bypass \| setting session_replication_role=replica is kept for role bypass_app .*ALTER ROLE bypass_app RESET session_replication_role/, 'a setting of a role');
sql(repair('is kept for role bypass_app'));
sql('ALTER ROLE bypass_app SUPERUSER');
found(qr/risk \| application login bypass_app is a superuser/, 'a superuser as application');
sql(repair('is a superuser'));
clean('settings and logins as they were');
sql('ALTER DATABASE test_guard_table SET crm.guards_enabled = off');
is(by('bypass_app', 'INSERT INTO desk.voucher VALUES (6, 400)'), '', 'guards that are off let all pass');
found(qr/bypass \| crm.guards_enabled is off/, 'guards that are off');
found(qr/bypass \| setting crm.guards_enabled=off is kept for database test_guard_table/, 'and where that stands');
sql(repair('is kept for database'));
clean('guards that are on');
like(by('bypass_app', "SET crm.guards_enabled = off; $write"), qr/permission denied to set parameter|decision "goodwill" for 400 is refused/, 'nobody else can switch them off');
like(by('bypass_app', "SELECT 1; SET crm.actor = 'berta'; $write"), qr/ERROR/, 'or say that he is somebody else');

# what the catalog keeps of all that, crm.verify tells
sql('ALTER TABLE desk.voucher DISABLE TRIGGER USER');
like(sql('SELECT check_name, problem FROM crm.verify()'), qr/^guard bypass\|desk.voucher: trigger crm_10_guard_1 of desk.voucher is disabled$/m, 'crm.verify tells it too');
rearm();
is(sql('SELECT * FROM crm.verify()'), '', 'and nothing where all is well');
sql('DROP TABLE desk.refund');
found(qr/desk.refund \| information \| the table is gone \| SELECT crm.drop_guard\(2\)/, 'a table that is gone');
guarded_end();

# The statement that closes what is found like this.
sub repair
{
	my ($like) = @_;
	my $repair = sql("SELECT repair FROM crm.verify_guards() WHERE strpos(finding, '$like') > 0 ORDER BY repair LIMIT 1");
	isnt($repair, '', "there is a repair for: $like");
	return $repair;
}
