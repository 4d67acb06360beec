#!/usr/bin/env perl
# crm is taken out while it works, while it is used, and is killed while it comes and goes: it is
# there as a whole or not at all, and the departments' schemas are what they were before.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Crowd;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep time);

my $node = PostgreSQL::Test::Cluster->new('no_fear');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = on\nfsync = off\nmax_prepared_transactions = 2\n");
$node->start;
my $folder = $PostgreSQL::Test::Utils::tmp_check;

# the departments without crm, then with it
my $tables = crowd_tables() =~ s/^CREATE EXTENSION .*\n//mr =~ s/^SELECT crm\..*\n//mr;
$node->safe_psql('postgres', 'CREATE DATABASE bare');
$node->safe_psql('bare', $tables . crowd_people(2400, 1600));
my $schema = schema_of('bare');
$node->safe_psql('postgres', 'CREATE DATABASE base TEMPLATE bare');
$node->safe_psql('base', "CREATE EXTENSION crm CASCADE; SELECT crm.add_department('sales'), crm.add_department('marketing');"
	  . crowd_sources('watch'));
my $rows = rows_of('base');

# in the middle of a resolve: the batch at hand is waited for, the run ends with a reason
fresh('middle');
my ($said, $run) = ('', undef);
$run = IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr('middle'), '-c', 'CALL crm.resolve(100)' ], '>', '/dev/null', '2>', \$said);
$node->poll_query_until('middle', 'SELECT coalesce(max(done), 0) > 0 FROM crm_internal.job') or die 'the run does not begin';
my ($status, $out, $err) = $node->psql('middle', 'SELECT crm.uninstall(dry_run => false)');
is($err, '', 'crm can be removed in the middle of a resolve');
$run->finish;
like($said, qr/ERROR:  extension "crm" has been removed meanwhile\n/, 'which then says why it ends');
unlike($said, qr/deadlock|could not open|does not exist/, 'and nothing else');
gone('middle');

# the other way about: DROP EXTENSION as such
fresh('dropped');
$run = IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr('dropped'), '-c', 'CALL crm.resolve(100)' ], '>', '/dev/null', '2>', \$said);
$node->poll_query_until('dropped', 'SELECT coalesce(max(done), 0) > 0 FROM crm_internal.job') or die 'the run does not begin';
$node->safe_psql('dropped', 'SET client_min_messages = error; DROP EXTENSION crm CASCADE; DROP EXTENSION ltree');
$run->finish;
like($said, qr/extension "crm" has been removed meanwhile/, 'DROP EXTENSION gets in between too');
gone('dropped');

# While others use it or a department is at work: given up in time, nothing changed, nobody kept waiting.
fresh('busy');
$node->safe_psql('busy', 'CALL crm.resolve()');
for my $way (
	[ 'a report of crm',           'SELECT count(*) FROM crm.customer',                 'crm_internal\.' ],
	[ 'a writer of a department',  "UPDATE dept.account SET city = 'X' WHERE id = 1",   'dept\.account' ],
	[ 'one who only reads there',  'SELECT count(*) FROM dept.lead',                    'dept\.lead' ])
{
	my ($who, $statement, $table) = @$way;
	$node->safe_psql('busy', "BEGIN; $statement; PREPARE TRANSACTION 'holder'");
	my $began = time;
	my $writer = IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr('busy'), '-c',
			"SELECT pg_sleep(0.3); SET lock_timeout = '2s'; UPDATE dept.lead SET city = 'Y' WHERE id = 7" ], '>', '/dev/null', '2>', \my $writer_said);
	($status, $out, $err) = $node->psql('busy', 'SELECT crm.uninstall(dry_run => false)');
	like($err, qr/ERROR:  table "$table\w*" is in use: no lock on it within 1000 ms\n/, "$who is in the way");
	like($err, qr/DETAIL:  It is held by a prepared transaction\./, 'it is said who holds it');
	like($err, qr/HINT:  Nothing was changed\. .* SET lock_timeout = '10s'; SELECT \* FROM crm\.uninstall\(dry_run => false\);/, 'and how to try again');
	cmp_ok(time - $began, '<', 4, 'in time');
	$writer->finish;
	is($writer_said, '', 'another writer got through');
	is($node->safe_psql('busy', "SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm\\_%' AND tgrelid::regclass::text LIKE 'dept%'"), 4, 'no trigger is gone');
	$node->safe_psql('busy', "ROLLBACK PREPARED 'holder'");
}
$node->safe_psql('busy', 'CALL crm.resolve()');
is(healthy($node, 'busy'), '', 'crm works on');

# killed before it is done: nothing of it has happened
fresh('killed');
killed('uninstall', "SELECT crm.uninstall(dry_run => false)", 'killed');
is($node->safe_psql('killed', "SELECT count(*) FROM crm.source_status WHERE needs_attention IS NULL"), 2, 'an uninstall that is killed has not begun');
$node->safe_psql('killed', 'CALL crm.resolve(); SELECT crm.drop_source($$dept.lead$$)');
killed('add_source', "SELECT crm.add_source('dept.lead', 'marketing', '{\"email\": \"mail\"}')", 'killed');
is($node->safe_psql('killed', "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'dept.lead'::regclass AND tgname LIKE 'crm%'"), 0, 'a killed add_source leaves no trigger');
is($node->safe_psql('killed', "SELECT count(*) FROM crm_internal.source"), 1, 'and no source');
$node->safe_psql('killed', "SELECT crm.add_source('dept.lead', 'marketing', '{\"email\": \"mail\"}'); CALL crm.resolve()");
is(healthy($node, 'killed'), '', 'the same call again, and all is well');
$node->safe_psql('killed', 'ALTER TABLE dept.lead ADD account integer; CREATE INDEX lead_account ON dept.lead (account)');
my $add_detail = "SELECT crm.add_detail('dept.lead', of => 'dept.account', key => '{account}', map => '{\"email\": \"mail\"}')";
killed('add_detail', $add_detail, 'killed');
is($node->safe_psql('killed', "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'dept.lead'::regclass AND tgname LIKE 'crm%'"), 2, 'a killed add_detail leaves none but those of the source');
is($node->safe_psql('killed', 'SELECT count(*) FROM crm_internal.source'), 2, 'and no detail');
$node->safe_psql('killed', "$add_detail; CALL crm.resolve()");
is($node->safe_psql('killed', "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'dept.lead'::regclass AND tgname LIKE 'crm%'"), 4, 'the same call again makes it');
is($node->safe_psql('killed', 'SELECT count(*) FROM crm.verify()'), 0, 'and all agrees');
$node->safe_psql('killed', 'SELECT crm.uninstall(dry_run => false)');
$node->safe_psql('killed', 'ALTER TABLE dept.lead DROP account');
gone('killed');

$node->stop;
unlike(slurp_file($node->logfile), qr/deadlock detected|PANIC|TRAP/, 'no deadlock in the log');
done_testing();

sub fresh
{
	my ($database) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $database TEMPLATE base");
	return;
}

# A backend that has done its work and not yet committed it, killed as the system would.
sub killed
{
	my ($what, $statement, $database) = @_;
	my $session = IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr($database), '-c', "BEGIN; $statement; SELECT pg_sleep(60)" ],
		'>', '/dev/null', '2>', '/dev/null');
	my $pid;
	for (1 .. 200)
	{
		$pid = $node->safe_psql('postgres',
			"SELECT pid FROM pg_stat_activity WHERE datname = '$database' AND wait_event = 'PgSleep'");
		last if $pid;
		sleep 0.05;
	}
	die "$what does not get there" unless $pid;
	kill KILL => $pid;
	$session->finish;
	for (1 .. 600)
	{
		return if $node->psql('postgres', 'SELECT 1') == 0;
		sleep 0.1;
	}
	die 'the server does not come back';
}

sub schema_of
{
	my ($database) = @_;
	my ($dump) = run_command([ 'pg_dump', '-s', '-d', $node->connstr($database) ]);
	$dump =~ s/^\\(?:un)?restrict .*\n?//mg;
	return $dump;
}

sub rows_of
{
	my ($database) = @_;
	return join ' ', map {
		$node->safe_psql($database, "SELECT md5(string_agg(concat(t.ctid, t), '|' ORDER BY t.ctid)) FROM dept.$_ t")
	} qw(account lead);
}

sub gone
{
	my ($database) = @_;
	is(schema_of($database), $schema, "$database: the schema dump is byte-equal to the one without crm");
	is(rows_of($database), $rows, "$database: and so are the rows");
	is($node->safe_psql($database, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'crm%'"), 0, "$database: nothing is left");
	return;
}
