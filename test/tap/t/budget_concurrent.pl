#!/usr/bin/env perl
# Sixteen agents spend from the same budgets at once, at every isolation level, with savepoints and
# two-phase commit: never a cent too much, nothing left that somebody asked for, no deadlock, and an
# agent who thinks inside his transaction keeps nobody waiting.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Database;
use Desk;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant { CLIENTS => 16, ROUNDS => 40 };

my $node = PostgreSQL::Test::Cluster->new('budget');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 40\nfsync = off\ndeadlock_timeout = 200ms\n");
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
my $folder = $PostgreSQL::Test::Utils::tmp_check;
my $seed   = $ENV{SEED} // 1;

for my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	subtest $level => sub { spend_all($level) };
}
subtest 'while budgets are changed' => \&change_plans;
subtest 'a prepared transaction' => \&prepare;
subtest 'limits on one customer within a day' => \&split_up;
subtest 'agents who think inside a transaction' => \&think;
done_testing();

# More is asked than there is; the smallest amount is 1, so nothing is left at the end.
sub spend_all
{
	my ($level) = @_;
	my $desk = Database->create('desk');
	$desk->run('DROP ROLE IF EXISTS desk_app');
	$desk->run(desk_tables());
	$desk->run("SELECT crm.add_budget('care', 4000, owner => 'board'), crm.add_budget('vouchers', 1500, parent => 'care')");
	$desk->run(desk_mandates(q{budget => 'vouchers'}, q{budget => 'care'}));
	my @errors = at_once($desk, map { agent_script($_, $level, $_) } 1 .. CLIENTS);

	my %times;
	$times{$_}++ for @errors;
	is(join(' ', grep { !/^(?:23514|42501)$/ } sort keys %times), '', 'nothing fails but for want of money');
	cmp_ok($times{42501}, '>', 0, 'what can be seen to be too much is refused at once');
	note join ', ', map { "$times{$_} times $_" } sort keys %times;
	my %spent = (vouchers => 'service.voucher', care => 'service.repair');
	for my $budget (sort keys %spent)
	{
		my $of = "FROM crm.budgets WHERE name = '$budget'";
		is($desk->value("SELECT spent $of"), $desk->value("SELECT coalesce(sum(value), 0) FROM $spent{$budget}"), "$budget: spent is what the table says");
		is($desk->value("SELECT remaining $of"), 0, "$budget: all is spent");
	}
	is($desk->value('SELECT sum(amount) FROM crm.journal WHERE budget IS NOT NULL'),
		$desk->value("SELECT sum(amount) FROM crm.ledger WHERE kind = 'spend'"), 'the journal adds up to the ledger');
	is($desk->value('SELECT max(n) FROM (SELECT count(*) AS n FROM crm.ledger GROUP BY batch, budget, kind) x'), 1, 'one entry a budget and transaction');
	is($desk->run('SELECT check_name, problem FROM crm.verify()'), '', 'ledger and budgets agree');
	$desk->drop;
	return;
}

# Somebody moves money between the two meanwhile, opens sub-budgets and closes them.
sub change_plans
{
	my $desk = Database->create('desk');
	$desk->run('DROP ROLE IF EXISTS desk_app');
	$desk->run(desk_tables());
	$desk->run("SELECT crm.add_budget('care', 4000, owner => 'board'), crm.add_budget('vouchers', 1500, parent => 'care'), crm.grant_access('desk_app', 'administrator')");
	$desk->run(desk_mandates(q{budget => 'vouchers'}, q{budget => 'care'}));
	my $planner = "\\set VERBOSITY sqlstate\n";
	for my $round (1 .. 60)
	{
		$planner .= "BEGIN; SELECT crm.act_as('bea'); SELECT $_; COMMIT;\n" for sprintf(q{crm.change_budget('vouchers', %d)}, 500 + rand 2000),
		  "crm.add_budget('extra$round', 50, parent => 'vouchers')", "crm.close_budget('extra$round')",
		  q{crm.compensate((SELECT max(act_id) FROM crm.journal WHERE budget IS NOT NULL), 1, 'returned')};
	}
	my @errors = at_once($desk, $planner, map { agent_script($_, 'READ COMMITTED', $_) } 1 .. CLIENTS);
	my %times;
	$times{$_}++ for @errors;
	delete $times{'55000'};    # to close what could not be opened
	is(join(' ', grep { !/^(?:23514|42501)$/ } sort keys %times), '', 'nothing fails but for want of money');
	is($desk->value(q{SELECT sum(spent) FROM crm.budgets}), $desk->value(q{SELECT (SELECT sum(value) FROM service.voucher) + (SELECT sum(value) FROM service.repair)
		- (SELECT sum(amount) FROM crm.ledger WHERE kind = 'compensate')}), 'spent is what the tables say, less what was given back');
	is($desk->run('SELECT check_name, problem FROM crm.verify()'), '', 'ledger, budgets and sub-budgets agree');
	$desk->drop;
	return;
}

# It holds what it has spent, through a restart, until its fate is known.
sub prepare
{
	my $desk = Database->create('desk');
	$desk->run('DROP ROLE IF EXISTS desk_app');
	$desk->run(desk_tables());
	$desk->run("SELECT crm.add_budget('vouchers', 140, owner => 'board')");
	$desk->run(desk_mandates(q{budget => 'vouchers'}, q{amount => 1}));
	my $spend = sub {
		my ($amount, $end) = @_;
		local $ENV{PGUSER} = 'desk_app';
		my (undef, undef, $errors) = $desk->try("\\set VERBOSITY sqlstate\nSET lock_timeout = '300ms'; BEGIN; SELECT crm.act_as('agent1'); INSERT INTO service.voucher (client_id, value) VALUES (1, $amount); $end");
		return $errors =~ /ERROR:  (\w+)/ ? $1 : '';
	};
	for my $fate ('ROLLBACK', 'COMMIT')
	{
		is($spend->(60, "PREPARE TRANSACTION 'p'"), '', "to be ended by $fate PREPARED");
		is($spend->(30, 'COMMIT'), '55P03', 'others cannot commit on its budget');
		$node->restart;
		is($spend->(30, 'COMMIT'), '55P03', 'nor after a restart');
		$desk->run("$fate PREPARED 'p'");
		is($spend->(60, 'COMMIT'), $fate eq 'COMMIT' ? '42501' : '', 'then it is known what is left');
		is($desk->value('SELECT spent FROM crm.budgets'), $fate eq 'COMMIT' ? 120 : 60, 'and all is booked');
	}
	is($desk->value(q{SELECT count(*) FROM crm.journal WHERE decision = 'goodwill'}), 2, 'its act is on record');
	$desk->drop;
	return;
}

# Amounts of 1 to 20; a last lap of 1s takes what is left.
sub agent_script
{
	my ($agent, $level, $client) = @_;
	my $sql = "\\set VERBOSITY sqlstate\n";
	srand($seed * 1000 + $agent);
	for my $round (1 .. ROUNDS + 20)
	{
		my $most = $round <= ROUNDS ? 20 : 1;
		my @tables = rand() < 0.5 ? qw(voucher repair) : qw(repair voucher);
		$sql .= "BEGIN ISOLATION LEVEL $level;\nSELECT crm.act_as('agent$agent');\n";
		for my $table (@tables)
		{
			$sql .= sprintf "INSERT INTO service.%s (client_id, value) VALUES (%d, %d);\n", $table, $client, 1 + rand $most;
			$sql .= "SAVEPOINT s;\nINSERT INTO service.$table (client_id, value) VALUES ($client, 19);\nROLLBACK TO s;\n" if $round <= ROUNDS && rand() < 0.3;
		}
		my $end = rand();
		$sql .= $end < 0.1 ? "ROLLBACK;\n"
		  : $end < 0.3 ? "PREPARE TRANSACTION 'a${agent}_$round';\nCOMMIT PREPARED 'a${agent}_$round';\n"
		  : $end < 0.35 ? "PREPARE TRANSACTION 'a${agent}_$round';\nROLLBACK PREPARED 'a${agent}_$round';\n"
		  : "COMMIT;\n";
	}
	# what is left where the two tables' budgets do not end together
	for my $table (qw(voucher repair))
	{
		$sql .= "BEGIN; SELECT crm.act_as('agent$agent'); INSERT INTO service.$table (client_id, value) VALUES ($client, 1); COMMIT;\n" for 1 .. 100;
	}
	return $sql;
}

# Runs one script a client; returns the SQLSTATEs of what failed. A PREPARE that was refused makes
# its COMMIT PREPARED fail too, and commands in a failed transaction (to which belongs to go back to a
# savepoint that it never set) are no failures of their own.
sub at_once
{
	my ($database, @scripts) = @_;
	my (@runs, @errors);
	for my $i (0 .. $#scripts)
	{
		my $file = "$folder/agent$i.sql";
		append_to_file($file, '');
		open my $out, '>', $file or die $!;
		print $out $scripts[$i];
		close $out;
		push @runs, { file => $file };
		$runs[-1]{run} = IPC::Run::start(['psql', '-XqAt', '-U', 'desk_app', '-d', $database->name, '-f', $file], '>', \my $none, '2>', \$runs[-1]{errors});
	}
	for my $run (@runs)
	{
		$run->{run}->finish;
		push @errors, grep { !/^(?:25P02|42704|3B001)$/ } ($run->{errors} // '') =~ /(?:ERROR|FATAL|PANIC):  (\w{5})/g;
	}
	return @errors;
}

# Four agents to a customer, and what one may give him in a day in many small acts.
sub split_up
{
	my $desk = Database->create('desk');
	$desk->run('DROP ROLE IF EXISTS desk_app');
	$desk->run(desk_tables());
	$desk->run(desk_mandates(q{window_amount => 300, window_length => '1 day'}, q{amount => 20, window_amount => 200, window_length => '1 hour'}));
	my @levels = ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE');
	my @errors = at_once($desk, map { agent_script($_, $levels[$_ % 3], 1 + $_ % 4) } 1 .. CLIENTS);
	my %times;
	$times{$_}++ for @errors;
	is(join(' ', grep { !/^(?:23514|42501)$/ } sort keys %times), '', 'nothing fails but for the limit');
	is($desk->value('SELECT string_agg(total::text, $$ $$) FROM (SELECT sum(value) AS total FROM service.voucher GROUP BY client_id) x'),
		'300 300 300 300', 'each customer got the limit, not one more');
	is($desk->value('SELECT string_agg(total::text, $$ $$) FROM (SELECT sum(value) AS total FROM service.repair GROUP BY client_id) x'),
		'200 200 200 200', 'in the other decision as well');
	$desk->drop;
	return;
}

sub think
{
	my $desk = Database->create('desk');
	$desk->run('DROP ROLE IF EXISTS desk_app');
	$desk->run(desk_tables());
	$desk->run("SELECT crm.add_budget('vouchers', 100000, owner => 'board')");
	$desk->run(desk_mandates(q{budget => 'vouchers'}, q{amount => 1}));
	my $script = "$folder/think.sql";
	open my $out, '>', $script or die $!;
	print $out "\\set agent random(1, 16)\nBEGIN;\nSELECT crm.act_as('agent' || :agent);\nINSERT INTO service.voucher (client_id, value) VALUES (:agent, 10);\nSELECT pg_sleep(0.5);\nCOMMIT;\n";
	close $out;
	command_ok(['pgbench', '-n', '-U', 'desk_app', '-c', CLIENTS, '-j', 2, '-t', 30, '-f', $script, '-l', '--log-prefix', "$folder/think", 'desk'], 'they all go through');
	my @times = sort { $a <=> $b } map { (split)[2] / 1000 } map { split /\n/, slurp_file($_) } glob "$folder/think.[0-9]*";
	my $p95 = $times[int(0.95 * @times)];
	diag sprintf '%d transactions with 500 ms of thought: p50 %.1f ms, p95 %.1f ms, longest %.1f ms', scalar @times, $times[@times / 2], $p95, $times[-1];
	cmp_ok($p95, '<', 600, 'p95 is below 600 ms');
	is($desk->value(q{SELECT spent FROM crm.budgets}), 10 * CLIENTS * 30, 'and all is booked');
	$desk->drop;
	return;
}
