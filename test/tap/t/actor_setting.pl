#!/usr/bin/env perl
# Nobody but crm.act_as() makes somebody the actor: not from outside of the session, not before the
# library is loaded, not from a configuration file. And where the transaction ends, so does it.
use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('actor');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 2\n");
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE app LOGIN;
CREATE ROLE developer LOGIN;
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('service');
SELECT crm.add_position('agent', department => 'service');
SELECT crm.add_position('head', department => 'service');
SELECT crm.appoint('agent', 'ann'), crm.appoint('head', 'hugo');
SELECT crm.add_gateway('app', session_allowed => true);
SELECT crm.grant_access(r, 'member') FROM unnest('{app,developer}'::text[]) r;
CREATE TABLE note (person text, known_by text);
GRANT ALL ON note TO app;
SQL

my $who = 'SELECT person, known_by FROM crm.whoami()';

# What a fresh session of the login prints, warnings apart.
sub says
{
	my ($sql, %options) = @_;
	my $user = $options{user} // 'app';
	local $ENV{PGOPTIONS} = $options{options} // '';
	my ($out, $err) = ('', '');
	IPC::Run::run([ 'psql', '-XqAt', '-U', $user, '-d', $node->connstr('postgres') ], '<', \$sql, '>', \$out, '2>', \$err);
	chomp $out;
	return wantarray ? ($out, $err) : $out;
}

is(says($who), 'app|login', 'the login is the actor');
is(says("BEGIN; SELECT crm.act_as('ann')\\g /dev/null\n$who; COMMIT;"), 'ann|act_as', 'unless the gateway says for whom it acts');

# Before the library is loaded the server keeps whatever is set under any name with a dot.
for my $set ("SET crm.actor = 'hugo'", "SELECT set_config('crm.actor', 'hugo', false)\\g /dev/null")
{
	is(says("$set;\n$who;"), 'app|login', "$set before the library is there");
	is(says("BEGIN; $set;\n$who;\nCOMMIT; $who;"), "app|login\napp|login", "$set in a transaction");
}
is(says("BEGIN; SET LOCAL crm.actor = 'hugo'; SAVEPOINT s; SET LOCAL crm.actor = 'ann';\n$who;\nROLLBACK TO s; $who; COMMIT; $who;"),
	"app|login\napp|login\napp|login", 'SET LOCAL in savepoints before the library is there');
is(says("SET crm.actor = 'hugo';\nBEGIN; SELECT crm.act_as('ann')\\g /dev/null\n$who; COMMIT; $who;"),
	"ann|act_as\napp|login", 'and crm.act_as() works as ever after');
is(says("CREATE FUNCTION pg_temp.sly() RETURNS text LANGUAGE sql SET crm.actor = 'hugo' AS 'SELECT person FROM crm.whoami()';\nSELECT pg_temp.sly();\n$who;"),
	'app|login', 'a function that brings its own setting, made before the library is there');
is(says($who, options => '-c crm.actor=hugo'), 'app|login', 'PGOPTIONS');
my $parallel = "SELECT set_config(name, 'on', false) FROM pg_settings WHERE name IN ('force_parallel_mode', 'debug_parallel_query')\\g /dev/null\n";
is(says("SET crm.actor = 'hugo';\n$parallel$who;\n$who;"), "app|login\napp|login", 'a parallel worker');
is(says("$parallel BEGIN; SELECT crm.act_as('ann')\\g /dev/null\n$who; COMMIT; $who;"), "ann|act_as\napp|login", 'which knows the real one');

# The first statement after the gateway is gone asks in parallel, in the leader and in workers.
my $drop = q{\! psql -XqAt -U postgres -d "} . $node->connstr('postgres') . q{" -c "DELETE FROM crm_internal.gateway"} . "\n";
$node->safe_psql('postgres', 'CREATE TABLE crowd AS SELECT n FROM generate_series(1, 5000) n; ANALYZE crowd; GRANT SELECT ON crowd TO app');
for my $leads ('on', 'off')
{
	my $spread = "SET min_parallel_table_scan_size = 0; SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET parallel_leader_participation = $leads;\n";
	my $each   = 'SELECT DISTINCT (crm.whoami()).person FROM crowd';
	is(says("SELECT crm.act_as('ann', for_session => true)\\g /dev/null\n$parallel$spread$each;\n$drop$each;\n"),
		"ann\napp", "a gateway that was dropped is not believed in a parallel query, leader $leads");
	$node->safe_psql('postgres', "SELECT crm.add_gateway('app', session_allowed => true)");
}
like((says("$parallel CREATE FUNCTION pg_temp.may(integer) RETURNS boolean LANGUAGE plpgsql PARALLEL SAFE AS \$\$ BEGIN RETURN crm.may('ann', 'goodwill', \$1); END \$\$;\nSELECT count(*) FROM crowd WHERE pg_temp.may(n)"))[1],
	qr/mandates cannot be asked about during a parallel operation/, 'a function that asks about mandates is not parallel safe');

# As a superuser, who may store it before the library is there.
for my $where ('ROLE app', 'DATABASE postgres', 'ROLE app IN DATABASE postgres', 'ROLE ALL')
{
	$node->safe_psql('postgres', "ALTER $where SET crm.actor = 'hugo'");
	is(says($who), 'app|login', "ALTER $where SET");
	is(says("SELECT crm.act_as(NULL)\\g /dev/null\n$who;\nRESET crm.actor; $who; RESET ALL; $who; DISCARD ALL; $who;"),
		join("\n", ('app|login') x 4), "RESET does not bring it back after ALTER $where SET");
	$node->safe_psql('postgres', "ALTER $where RESET crm.actor");
}
$node->safe_psql('postgres', 'GRANT SET ON PARAMETER crm.actor TO app');
my (undef, $error) = says("$who; SET crm.actor = 'hugo'; $who;");
like($error, qr/is set by crm\.act_as\(\) only/, 'the right to set the parameter');
is(scalar says("$who; SET crm.actor = 'hugo'; $who;"), "app|login\napp|login", 'is no use');

for my $preload ('', 'session', 'shared')
{
	$node->append_conf('postgresql.conf', "crm.actor = 'hugo'\n");
	$node->append_conf('postgresql.conf', "${preload}_preload_libraries = 'crm'\n") if $preload;
	$node->restart;
	my $told = 'crm.actor in postgresql.conf' . ($preload ? ", the library in ${preload}_preload_libraries" : '');
	is(says($who), 'app|login', $told);
	is(says($who, options => '-c crm.actor=hugo'), 'app|login', "$told, PGOPTIONS") unless $preload eq 'shared';
	$node->reload;
	is(says("SELECT crm.act_as('ann', for_session => true)\\g /dev/null\nSELECT pg_reload_conf()\\g /dev/null\n"
			. "SELECT pg_sleep(0.2)\\g /dev/null\n$who;\nRESET crm.actor; $who;"),
		"ann|act_as\napp|login", "$told, reloaded");
	$node->adjust_conf('postgresql.conf', "${preload}_preload_libraries", undef) if $preload;
	$node->adjust_conf('postgresql.conf', 'crm.actor', undef);
	$node->restart;
}

# DISCARD ALL in a session that logged in itself, as a pooler sends it.
is(says("SELECT crm.act_as('ann', for_session => true)\\g /dev/null\n$who;\nDISCARD ALL; $who;"), "ann|act_as\napp|login", 'DISCARD ALL');
is(says("BEGIN; SELECT crm.act_as('ann')\\g /dev/null\nINSERT INTO note $who; PREPARE TRANSACTION 'one';\n$who; COMMIT PREPARED 'one'; $who; TABLE note;"),
	"app|login\napp|login\nann|act_as", 'a prepared transaction takes it with it');

# A member of the gateway's role logs in as himself.
$node->safe_psql('postgres', 'GRANT app TO developer; REVOKE EXECUTE ON FUNCTION crm.act_as FROM developer');
(undef, $error) = says("BEGIN; SELECT crm.act_as('ann');", user => 'developer');
like($error, qr/role "developer" may not say for whom it acts/, 'who inherits from the gateway');
(undef, $error) = says("SET ROLE app; BEGIN; SELECT crm.act_as('ann');", user => 'developer');
like($error, qr/role "developer" may not say for whom it acts/, 'who sets its role');
(undef, $error) = says("SET SESSION AUTHORIZATION app; BEGIN; SELECT crm.act_as('ann');", user => 'developer');
like($error, qr/permission denied to set session authorization/, 'who would be its session');

# A login that takes another name is another gateway from then on.
$node->safe_psql('postgres', 'ALTER ROLE app RENAME TO app2');
(undef, $error) = says("BEGIN; SELECT crm.act_as('ann');", user => 'app2');
like($error, qr/role "app2" may not say for whom it acts/, 'a gateway that was renamed');
$node->safe_psql('postgres', 'ALTER ROLE app2 RENAME TO app');

# Statements that share a transaction without a BEGIN.
my $script = "$PostgreSQL::Test::Utils::tmp_check/pipeline.sql";
sub protocol
{
	my ($mode, @statements) = @_;
	append_to_file($script, join "\n", @statements, '');
	my ($out, $err) = ('', '');
	my $done = IPC::Run::run([ 'pgbench', '-n', '-t1', "-M$mode", '-U', 'app', '-f', $script, $node->connstr('postgres') ], '>', \$out, '2>', \$err);
	unlink $script;
	return ($done, $err);
}
sub pipeline { return protocol('extended', '\startpipeline', @_, '\endpipeline') }
$node->safe_psql('postgres', 'TRUNCATE note');
my ($done) = pipeline("SELECT crm.act_as('ann');", "INSERT INTO note $who;");
ok($done, 'a pipeline acts for somebody') and
	is($node->safe_psql('postgres', 'TABLE note'), 'ann|act_as', 'and its statements do too');
($done) = pipeline("SELECT crm.act_as('ann');", "INSERT INTO note VALUES ('', '');");
ok($done, 'whether or not they ask for the actor');
($done, $error) = pipeline("SELECT crm.act_as('ann');");
ok(!$done, 'a pipeline of nothing else is refused');
like($error, qr/would end with its own statement/, 'and told why');

for my $mode (qw(simple extended prepared))
{
	($done, $error) = protocol($mode, "SELECT crm.act_as('ann');");
	like($error, qr/would end with its own statement/, "and so is a statement by itself, $mode");
	ok((protocol($mode, 'BEGIN;', "SELECT crm.act_as('ann');", 'COMMIT;'))[0], "in a transaction block, $mode, it is not");
}

done_testing();
