#!/usr/bin/env perl
# What a session has learnt of the policy is never older than the last commit: not inside an open
# transaction of any isolation level, not in prepared statements whose tables are locked already.
# What is not committed, or was rolled back, is nobody else's business.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Database;
use Desk;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('mandate_cache');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 4\nfsync = off\n");
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
my $seed = $ENV{SEED} // 1;
note "seed $seed";
srand $seed;

my @levels = ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE');
my $desk = Database->create('desk');
$desk->run(desk_tables());
$desk->run(desk_mandates('amount => 50', 'amount => 50'));

# What takes goodwill from agent1, and what gives it back.
my %change = (
	'a mandate is revoked' => [
		"UPDATE crm_internal.mandate SET revoked_at = clock_timestamp() WHERE to_position = 'agent'",
		"UPDATE crm_internal.mandate SET revoked_at = 'infinity' WHERE to_position = 'agent'" ],
	'an appointment ends' => [
		"UPDATE crm_internal.appointment SET valid_until = clock_timestamp() WHERE person = 'agent1'",
		"UPDATE crm_internal.appointment SET valid_until = 'infinity' WHERE person = 'agent1'" ],
	'a position is closed' => [
		"UPDATE crm_internal.position SET closed_at = clock_timestamp() WHERE name = 'agent'",
		"UPDATE crm_internal.position SET closed_at = NULL WHERE name = 'agent'" ],
	'a decision becomes reserved' => [
		"UPDATE crm_internal.decision SET reserved = true WHERE code::text = 'goodwill'",
		"UPDATE crm_internal.decision SET reserved = false WHERE code::text = 'goodwill'" ],
	'a position is banned' => [
		"SELECT crm_internal_ban()", "DELETE FROM crm_internal.mandate WHERE kind = 'ban'" ],
);
$desk->run(<<'SQL');
CREATE FUNCTION crm_internal_ban() RETURNS void LANGUAGE sql AS
	$$INSERT INTO crm_internal.mandate (kind, decision, to_position, valid_from, recorded_by) VALUES ('ban', 'goodwill', 'agent', '2020-01-01', 'test')$$;
SQL

for my $level (@levels)
{
	subtest $level => sub { lives_through($_, $level) for sort keys %change };
}
subtest 'what this session has not committed'          => \&own_changes;
subtest 'what begins and ends by itself'               => \&time_passes;
subtest 'warm sessions and fresh ones, at every step'  => \&at_every_step;
done_testing();

sub agent_session
{
	local $ENV{PGUSER} = 'desk_app';
	my $agent = $desk->session;
	$agent->do('PREPARE give AS INSERT INTO service.voucher (client_id, value) VALUES (1, 10)');
	$agent->do("PREPARE ask AS SELECT crm.may('agent1', 'goodwill', 10)");
	return $agent;
}

sub gives
{
	my ($agent) = @_;
	$agent->do('SAVEPOINT s');
	my $state = $agent->do('EXECUTE give')->{sqlstate};
	$agent->do($state eq '00000' ? 'RELEASE s' : 'ROLLBACK TO s');
	return $agent->do('EXECUTE ask')->{output} . " $state";
}

sub lives_through
{
	my ($what, $level) = @_;
	my ($take, $give_back) = @{ $change{$what} };
	my ($agent, $office) = (agent_session(), $desk->session);
	$agent->do("BEGIN ISOLATION LEVEL $level");
	$agent->do("SELECT crm.act_as('agent1')");
	is(gives($agent), 't 00000', "$what: before it, the agent gives");
	$office->do('BEGIN');
	$office->do($take);
	is(gives($agent), 't 00000', "$what: not yet");
	$office->do('ROLLBACK');
	is(gives($agent), 't 00000', "$what: it was rolled back");
	$office->do($take);
	is(gives($agent), 'f 42501', "$what: the next statement is refused");
	$agent->do('SAVEPOINT t');
	$agent->do('SELECT 1 / 0');
	$agent->do('ROLLBACK TO t');
	is(gives($agent), 'f 42501', "$what: and after a savepoint");
	$office->do($give_back);
	is(gives($agent), 't 00000', "$what: the next one after it was taken back passes");
	$agent->do('COMMIT');
	$_->close for $agent, $office;
	return;
}

sub own_changes
{
	my $office = $desk->session;
	my $may    = "SELECT crm.may('agent1', 'goodwill', 10)";
	my ($take, $give_back) = @{ $change{'a mandate is revoked'} };
	for my $level (@levels)
	{
		is($office->do($may)->{output}, 't', "$level: before");
		$office->do("BEGIN ISOLATION LEVEL $level");
		$office->do($may);
		$office->do('SAVEPOINT s');
		$office->do($take);
		is($office->do($may)->{output}, 'f', "$level: seen by itself");
		$office->do('ROLLBACK TO s');
		is($office->do($may)->{output}, 't', "$level: not after the savepoint is rolled back");
		$office->do($take);
		$office->do($may);
		$office->do('ROLLBACK');
		is($office->do($may)->{output}, 't', "$level: not after the transaction is rolled back");
		$office->do("BEGIN ISOLATION LEVEL $level");
		$office->do($take);
		$office->do($may);
		$office->do("PREPARE TRANSACTION 'change'");
		is($office->do($may)->{output}, 't', "$level: not while it is only prepared");
		$desk->run("COMMIT PREPARED 'change'");
		is($office->do($may)->{output}, 'f', "$level: as soon as somebody commits it");
		$desk->run($give_back);
	}
	my $plain = $office->do("DO \$\$ BEGIN PERFORM crm.may('agent1', 'goodwill', 10); $take; IF crm.may('agent1', 'goodwill', 10) THEN RAISE 'still'; END IF; $give_back; END \$\$");
	is($plain->{sqlstate}, '00000', 'seen by the next statement of the same function');
	$office->close;
	return;
}

sub time_passes
{
	my $office = $desk->session;
	$office->do("PREPARE ask AS SELECT crm.may('agent1', 'goodwill', 10)");
	for my $level (@levels)
	{
		$desk->run("UPDATE crm_internal.mandate SET valid_until = clock_timestamp() + '1.5 s' WHERE to_position = 'agent'");
		$office->do("BEGIN ISOLATION LEVEL $level");
		is($office->do('EXECUTE ask')->{output}, 't', "$level: until then");
		$office->do('SELECT pg_sleep(1.6)');
		is($office->do('EXECUTE ask')->{output}, 'f', "$level: from then on not");
		$office->do('COMMIT');
		$desk->run("UPDATE crm_internal.mandate SET valid_until = 'infinity' WHERE to_position = 'agent'");
		$desk->run("UPDATE crm_internal.appointment SET valid_from = clock_timestamp() + '1.5 s' WHERE person = 'agent1'");
		is($office->do('EXECUTE ask')->{output}, 'f', "$level: an appointment to come");
		$office->do('SELECT pg_sleep(1.6)');
		is($office->do('EXECUTE ask')->{output}, 't', "$level: has come");
	}
	$office->close;
	return;
}

# Sessions of all levels, each in a transaction that stays open for a while, beside one that has
# learnt nothing yet.
sub at_every_step
{
	my $grid = q{SELECT string_agg(crm.may(p, 'goodwill', a)::int::text, '' ORDER BY p, a)
		FROM unnest('{bea,agent1,agent2,nobody}'::text[]) p, unnest('{10,50,51}'::numeric[]) a} =~ s/\s+/ /gr;
	my @warm = map { $desk->session } @levels;
	my ($wrong, %seen) = (0);
	for my $step (1 .. 80)
	{
		my $pair      = (@change{ sort keys %change })[ rand keys %change ];
		my $statement = $pair->[ rand() < 0.6 ];
		$statement =~ s/agent1/agent2/ if rand() < 0.3;
		$desk->run($statement);
		my $fresh = $desk->value($grid);
		$seen{$fresh}++;
		for my $i (0 .. $#warm)
		{
			$warm[$i]->do(rand() < 0.3 ? "COMMIT; BEGIN ISOLATION LEVEL $levels[$i]" : 'SELECT 1') if $step > 1;
			$warm[$i]->do("BEGIN ISOLATION LEVEL $levels[$i]") if $step == 1;
			my $got = $warm[$i]->do($grid)->{output};
			next if $got eq $fresh;
			$wrong++;
			diag "step $step, $levels[$i]: $got, a fresh session says $fresh after $statement";
		}
	}
	is($wrong, 0, 'they answer the same');
	cmp_ok(scalar keys %seen, '>', 1, 'and not always the same');
	$_->close for @warm;
	return;
}
