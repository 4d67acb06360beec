#!/usr/bin/env perl
# Backends are killed (SIGKILL) while eight agents spend: at every step of the booking before a commit, and at random. After the
# recovery budgets, ledger, journal and windows say exactly what the rows say that were committed, and every commit that an agent
# was told of is there.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

use constant { WRITERS => 8, LIMIT => 1_000_000 };

my $seed = $ENV{SEED} // 1;
srand $seed;
note "SEED=$seed";
my $node = PostgreSQL::Test::Cluster->new('crash');
$node->init;
$node->append_conf('postgresql.conf', "restart_after_crash = on\nmax_prepared_transactions = 5\nfsync = off\n");
$node->start;
my $folder = $PostgreSQL::Test::Utils::tmp_check;
$node->safe_psql('postgres', <<'SQL' . "SELECT crm.share(d, 'board', 'agent', amount => 100, window_amount => @{[LIMIT]}, window_length => '1 day') FROM unnest('{goodwill,care.solution,pricing}'::text[]) d");
CREATE EXTENSION crm CASCADE;
CREATE ROLE desk_app LOGIN;
CREATE SCHEMA service;
CREATE TABLE service.repair (id bigint PRIMARY KEY, client_id bigint, value numeric);
CREATE TABLE service.voucher (LIKE service.repair INCLUDING ALL);
CREATE TABLE service.discount (LIKE service.repair INCLUDING ALL);
GRANT USAGE ON SCHEMA service TO desk_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA service TO desk_app;
SELECT crm.grant_access('desk_app', 'member'), crm.add_gateway('desk_app'), crm.add_department('service');
SELECT crm.add_position('board', 'service'), crm.add_position('agent', 'service', reports_to => 'board');
SELECT crm.appoint('board', 'bea'), count(crm.appoint('agent', 'agent' || n)) FROM generate_series(0, 9) n;
SELECT crm.add_budget('care', 1e6);
SELECT crm.add_budget('vouchers', 4e5, parent => 'care');
SELECT crm.grant_mandate('goodwill', 'board', budget => 'vouchers'), crm.grant_mandate('care.solution', 'board', budget => 'care'), crm.grant_mandate('pricing', 'board');
SELECT crm.add_guard('service.repair', 'care.solution', amount => 'value', customer => 'client_id'),
	crm.add_guard('service.voucher', 'goodwill', amount => 'value', customer => 'client_id'), crm.add_guard('service.discount', 'pricing', amount => 'value', customer => 'client_id');
SQL


my @tables = qw(repair voucher discount);
my ($next_id, $files, %told, @running) = (1, 0);
$PostgreSQL::Test::Utils::timeout_default = 30;

# One row in each table, under one id; psql says "told" only when the server has said that it is committed.
sub transaction
{
	my ($agent, $end, $client, @in) = @_;
	my $id = $next_id++;
	my $rows = join '', map { "INSERT INTO service.$_ VALUES ($id, $client, " . (1 + int rand 20) . ");\n" } @in;
	return "BEGIN;\nSELECT crm.act_as('agent$agent');\n$rows$end;\n\\echo told $id\n";
}

sub begin
{
	my (@transactions) = @_;
	my $one = { out => '' };
	my $file = "$folder/agent" . ++$files . '.sql';
	append_to_file($file, join '', @transactions);
	$one->{run} = IPC::Run::start([ 'psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-U', 'desk_app', '-d', $node->connstr('postgres'), '-f', $file ],
		'>', \$one->{out}, '2>', "$file.err");
	push @running, $one;
	return;
}

# The tables in any order: budgets are booked in theirs.
sub begin_writers
{
	my ($each) = @_;
	for my $agent (0 .. WRITERS - 1)
	{
		begin(map { transaction($agent, 'COMMIT', 1 + int rand 4, sort { rand() <=> 0.5 } @tables) } 1 .. $each);
	}
	return;
}

sub kill_one
{
	my ($pid) = @_;
	kill KILL => $pid;
	for my $one (splice @running)
	{
		$one->{run}->finish;
		$told{$1} = 1 while $one->{out} =~ /^told (\d+)$/mg;
	}
	for (1 .. 600)
	{
		return if $node->psql('postgres', 'SELECT 1') == 0;
		sleep 0.1;
	}
	die 'the server does not come back';
}

# The backend that waits for a lock of crm: of class 4, a window; of class 3, the budget of that number.
sub waiting_for
{
	my ($class, $budget) = @_;
	my $which = $class == 3 ? "AND objid = $budget" : '';
	my $sql = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objsubid = $class $which AND NOT granted ORDER BY pid LIMIT 1";
	$node->poll_query_until('postgres', "SELECT EXISTS ($sql)") or die "nobody waits for $class";
	return $node->safe_psql('postgres', $sql);
}

sub agrees
{
	my ($when) = @_;
	my $rows = join ' UNION ALL ', map { "SELECT 'service.$_(' || id || ')' AS subject, client_id, value, '$_' AS place, id FROM service.$_" } @tables;
	is($node->safe_psql('postgres', "SELECT count(*) FROM ($rows) r FULL JOIN (SELECT * FROM crm.journal WHERE guard_id IS NOT NULL) a
		ON a.subject = r.subject AND a.amount = r.value AND a.customer_id = r.client_id WHERE a.act_id IS NULL OR r.id IS NULL"), 0, "$when: an act for each row, and none without");
	is($node->safe_psql('postgres', "SELECT b.name, b.spent, (SELECT coalesce(sum(amount), 0) FROM crm.ledger l WHERE l.budget = b.name AND kind = 'spend'),
			(SELECT coalesce(sum(amount), 0) FROM crm.journal a WHERE a.budget = b.name), b.reserved FROM crm.budgets b ORDER BY 1"),
		$node->safe_psql('postgres', "SELECT n.name, s, s, s, r FROM (VALUES ('care', (SELECT coalesce(sum(value), 0) FROM service.repair), 0),
			('vouchers', (SELECT coalesce(sum(value), 0) FROM service.voucher), (SELECT coalesce(sum(amount), 0) FROM crm_internal.request WHERE status = 'approved'))) n(name, s, r) ORDER BY 1"), "$when: budgets, ledger and journal are what the rows say");
	my %decision = (repair => 'care.solution', voucher => 'goodwill', discount => 'pricing');
	my @left = map { my $c = $_; map { "(SELECT window_left FROM crm.limits('agent0', customer => $c) WHERE decision = '$decision{$_}') = @{[LIMIT]} - (SELECT coalesce(sum(value), 0) FROM service.$_ WHERE client_id = $c)" } @tables } 1 .. 4;
	is($node->safe_psql('postgres', 'SELECT ' . join ' AND ', @left), 't', "$when: so are the windows");
	is($node->safe_psql('postgres', 'SELECT check_name, problem FROM crm.verify()'), '', "$when: verify agrees");
	my %there = map { $_ => 1 } split /\n/, $node->safe_psql('postgres', 'SELECT id FROM service.repair');
	is(scalar(grep { !$there{$_} } keys %told), 0, "$when: " . keys(%told) . ' commits were told of, and are there');
	return;
}

# Approved, and not used yet.
sub request
{
	my ($amount) = @_;
	return $node->safe_psql('postgres', "BEGIN; SELECT crm.act_as('agent9'); SELECT crm.request('goodwill', customer => 5, amount => $amount, reason => 'a case') AS id \\gset\nCOMMIT;
		BEGIN; SELECT crm.act_as('bea'); SELECT crm.approve(:id); COMMIT;", extra_params => [ '-U', 'desk_app' ]);
}

# Somebody has prepared and holds a lock; the others wait for it in their commits, one is killed there.
my $by_approval = "INSERT INTO service.repair VALUES (1000000, 5, 3); INSERT INTO service.voucher VALUES (1000000, 5, 500);";
my @steps = (
	[ 'with its acts journalled' => 1, 'discount', 4 ],
	[ 'before the first budget'  => 99, 'repair', 3, 1 ],
	[ 'between two budgets'      => 99, 'voucher', 3, 2 ],
);
like(request(500), qr/approved/, 'an approval waits for its use');
agrees('at first');
for my $step (@steps)
{
	my ($when, $client, $table, $class, $budget) = @$step;
	begin(transaction(8, "PREPARE TRANSACTION 'holder'", $client, $table) =~ s/\\echo.*\n//r);
	$_->{run}->finish for splice @running;
	# in front of all others: what is half booked is his
	begin("BEGIN;\nSELECT crm.act_as('agent9');\n$by_approval\nCOMMIT;\n\\echo told 1000000\n") if $class == 3;
	my $pid = $class == 3 ? waiting_for($class, $budget) : undef;
	begin_writers(50);
	$pid //= waiting_for($class);
	$node->poll_query_until('postgres', "SELECT count(*) = @{[WRITERS + ($class == 3)]} FROM pg_stat_activity WHERE usename = 'desk_app' AND wait_event_type = 'Lock'") or die 'they do not wait';
	kill_one($pid);
	is($node->safe_psql('postgres', 'SELECT count(*) FROM service.repair WHERE id = 1000000'), 0, "killed $when");
	agrees("$when, while one is prepared");
	$node->safe_psql('postgres', $client == 1 ? "ROLLBACK PREPARED 'holder'" : "COMMIT PREPARED 'holder'");
	agrees("$when, once its fate is known");
}
begin("BEGIN;\nSELECT crm.act_as('agent9');\n$by_approval\nCOMMIT;\n\\echo told 1000000\n");
$_->{run}->finish, like($_->{out}, qr/^told/m, 'the approval is still good') for splice @running;
$told{1000000} = 1;
agrees('with the approval used');
is($node->safe_psql('postgres', 'SELECT reserved FROM crm.budgets WHERE name = $$vouchers$$'), 0, 'nothing is promised any more');

# at any moment
for my $round (1 .. $ENV{ROUNDS} // 4)
{
	my $before = keys %told;
	begin_writers(2000);
	my $pid;
	sleep 0.3 + rand 0.5;
	$pid = $node->safe_psql('postgres', "SELECT pid FROM pg_stat_activity WHERE usename = 'desk_app' ORDER BY state <> 'active', query <> 'COMMIT;', pid LIMIT 1");
	kill_one($pid);
	cmp_ok(keys %told, '>', $before, "round $round: something was committed");
	agrees("round $round");
}
$node->stop;
my $log = slurp_file($node->logfile);
unlike($log, qr/deadlock detected|PANIC|TRAP/, 'no deadlock in the log');
is(scalar(() = $log =~ /was terminated by signal 9/g), @steps + ($ENV{ROUNDS} // 4), 'each kill was one');
done_testing();
