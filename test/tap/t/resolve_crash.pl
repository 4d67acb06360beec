#!/usr/bin/env perl
# CALL crm.resolve() is cancelled, terminated and killed at random moments, and called twice at
# once: what it leaves in the end is what an undisturbed run leaves.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Crowd;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my $seed = $ENV{SEED} || time;
srand $seed;
note "SEED=$seed";

my $node = PostgreSQL::Test::Cluster->new('crash');
$node->init(allows_streaming => 1);
$node->append_conf('postgresql.conf', "restart_after_crash = on\nlog_min_messages = warning\n");
$node->start;

my $folder = $PostgreSQL::Test::Utils::tmp_check;
$node->safe_psql('postgres', 'CREATE DATABASE base');
$node->safe_psql('base', crowd_tables() . crowd_people(12000, 8000) . crowd_sources('watch'));
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE base") for qw(calm storm twice grown);
$node->safe_psql('calm', 'CALL crm.resolve()');
my $calm = partition_of($node, 'calm');
note $calm;
is(healthy($node, 'calm'), '', 'an undisturbed run leaves nothing to do');

# In the background; what it says does not matter.
sub call
{
	my ($database, $statement) = @_;
	return IPC::Run::start([ 'psql', '-Xq', '-d', $node->connstr($database), '-c', $statement ],
		'>', '/dev/null', '2>', '/dev/null');
}

sub wait_for_server
{
	for (1 .. 600)
	{
		return if $node->psql('postgres', 'SELECT 1') == 0;
		sleep 0.1;
	}
	die 'the server does not come back';
}

# The backend of a call, as soon as it works.
sub running
{
	my ($database) = @_;
	for (1 .. 100)
	{
		my $pid = $node->safe_psql('postgres',
			"SELECT pid FROM pg_stat_activity WHERE datname = '$database' AND backend_type = 'client backend' AND state = 'active'");
		return $pid if $pid;
		sleep 0.02;
	}
	return;
}

my %ways = (
	cancel    => sub { $node->safe_psql('postgres', "SELECT pg_cancel_backend($_[0])") },
	terminate => sub { $node->safe_psql('postgres', "SELECT pg_terminate_backend($_[0])") },
	kill      => sub { kill KILL => $_[0]; wait_for_server() },
);
my $interrupted = 0;
for my $way (qw(cancel terminate kill cancel terminate kill cancel terminate))
{
	my $run = call('storm', 'CALL crm.resolve(700)');
	my $pid = running('storm');
	sleep rand 0.3;
	if ($pid && $run->pumpable)
	{
		$ways{$way}->($pid);
		$interrupted++;
	}
	$run->finish;
	is($node->safe_psql('storm', 'SELECT count(*) FROM crm.verify()'), 0, "all agrees after $way");
}
cmp_ok($interrupted, '>=', 4, "$interrupted runs were interrupted");
is($node->safe_psql('storm', "SELECT count(*) FROM crm.progress WHERE state = 'running'"), 0, 'none says that it still runs');
$node->safe_psql('storm', 'CALL crm.resolve()');
is(partition_of($node, 'storm'), $calm, 'the same customers after the storm');
is(healthy($node, 'storm'), '', 'and nothing left or doubled');

# A source that grows fourfold has another model trained and all clustered anew: batch by batch where
# memory has no room for all, interrupted in the middle of it, while an inline source writes.
my @both = ('dept.account', 'dept.lead');
$node->safe_psql('grown', join ';', map { "SELECT crm.change_source('$_', filter => 'id <= 900')" } @both);
$node->safe_psql('grown', 'CALL crm.resolve()');
my $version = 'SELECT model_version FROM crm_internal.identity_clock';
my $first   = $node->safe_psql('grown', $version);
$node->safe_psql('postgres', "ALTER DATABASE grown SET maintenance_work_mem = '1MB'");
$node->safe_psql('grown', join ';', map { "SELECT crm.change_source('$_', filter => '')" } @both);
my $run = call('grown', 'CALL crm.resolve(5000)');
$node->poll_query_until('grown', 'SELECT recluster_after IS NOT NULL FROM crm_internal.identity_clock')
  or die 'nothing is clustered anew';
$node->safe_psql('postgres', "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'grown'");
$run->finish;
is($node->safe_psql('grown', 'SELECT recluster_after IS NOT NULL FROM crm_internal.identity_clock'),
	't', 'interrupted while all are clustered anew');
cmp_ok($node->safe_psql('grown', $version), '>', $first, 'by another model');
$node->safe_psql('grown', "SELECT crm.change_source('dept.lead', mode => 'inline')");
$node->safe_psql('grown', "UPDATE dept.lead SET city = 'Elsewhere' WHERE id BETWEEN 3 AND 60");
$node->safe_psql('grown', 'BEGIN; CREATE TABLE was AS SELECT * FROM dept.lead WHERE id BETWEEN 100 AND 150; DELETE FROM dept.lead WHERE id BETWEEN 100 AND 150; COMMIT; INSERT INTO dept.lead TABLE was');
$node->safe_psql('grown', 'UPDATE dept.lead SET city = dept.town(CASE WHEN id % 3 = 0 THEN id ELSE id + 1000000 END) WHERE id BETWEEN 3 AND 60');
is($node->safe_psql('grown', 'SELECT count(*) FROM crm.verify()'), 0, 'all agrees half way');
$node->safe_psql('grown', 'CALL crm.resolve()');
is(partition_of($node, 'grown'), $calm, 'the same customers however they grew');
is(healthy($node, 'grown'), '', 'and nothing left or doubled');

# a statement_timeout is a cancel
my ($status) = $node->psql('twice', "SET statement_timeout = '400ms'; CALL crm.resolve(300)");
isnt($status, 0, 'a statement_timeout ends a run');

# two runs at once, and one that begins in the middle; departments write meanwhile
my @runs = map { call('twice', "CALL crm.resolve($_)") } 300, 1000;
$node->safe_psql('twice', "UPDATE dept.account SET city = dept.town(id + 1) WHERE id % 100 = $_") for 1 .. 5;
$node->safe_psql('twice', 'DELETE FROM dept.lead WHERE id % 50 = 3');
push @runs, call('twice', 'CALL crm.resolve(50)');
$node->safe_psql('twice', "UPDATE dept.account SET city = dept.town(id) WHERE id % 100 = $_") for 1 .. 5;
$node->safe_psql('twice',
	"INSERT INTO dept.lead SELECT (json_populate_record(NULL::dept.lead, json_build_object('id', id + 500000, 'first', 'Extra', 'last', name, 'mail', mail))).* FROM dept.account WHERE id % 70 = 1");
$_->finish for @runs;
$node->safe_psql('twice', 'CALL crm.resolve()');
is(partition_of($node, 'twice'), fresh_partition($node, 'twice', $folder), 'runs at once, while departments write: as a fresh load');
is(healthy($node, 'twice'), '', 'and nothing left or doubled');

# a standby answers searches, and refuses to resolve as it refuses any write
$node->backup('backup');
my $standby = PostgreSQL::Test::Cluster->new('standby');
$standby->init_from_backup($node, 'backup', has_streaming => 1);
$standby->start;
my $found = "SELECT count(*) FROM crm.search((SELECT name FROM dept.account WHERE id = 5))";
cmp_ok($standby->safe_psql('calm', $found), '>=', 1, 'a standby searches');
is($standby->safe_psql('calm', $found), $node->safe_psql('calm', $found), 'and finds the same');
is($standby->safe_psql('calm', 'SELECT count(*) FROM crm.customer'), $node->safe_psql('calm', 'SELECT count(*) FROM crm.customer'),
	'it shows the customers');
my ($refused, undef, $why) = $standby->psql('calm', 'CALL crm.resolve()');
like($why, qr/read-only transaction|recovery/, 'it refuses to resolve');
$standby->stop;

$node->stop;
unlike(slurp_file($node->logfile), qr/deadlock detected|PANIC|TRAP/, 'no deadlock in the log');
done_testing();
