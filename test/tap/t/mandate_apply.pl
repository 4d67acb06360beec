#!/usr/bin/env perl
# Mandates that come through logical replication, from where they are given to where they are
# needed: the apply worker fires triggers of rows and none of statements, and rows come in the order
# in which others committed. A session that has asked before hears of them; what was done stays.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Database;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('mandate_apply');
$node->init(allows_streaming => 'logical');
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
my @tables = map { "crm_internal.$_" } qw(department position appointment mandate gateway act);
my (undef, $here) = map { Database->create($_) } qw(there here);
$node->safe_psql('postgres', 'CREATE ROLE app LOGIN');
$node->safe_psql($_, 'CREATE EXTENSION crm CASCADE') for qw(there here);
$node->safe_psql('there', "CREATE PUBLICATION p FOR TABLE " . join(', ', @tables) . "; SELECT pg_create_logical_replication_slot('s', 'pgoutput')");
$node->safe_psql('there', 'ALTER TABLE crm_internal.act REPLICA IDENTITY FULL');
$node->safe_psql('here', 'ALTER SEQUENCE crm_internal.act_act_id_seq RESTART 1000000'); # not among those that come
$node->safe_psql('here', 'SELECT crm.grant_access($$app$$, $$member$$)');
my $from = $node->connstr('there') =~ s{'}{''}gr;
$node->safe_psql('here', "CREATE SUBSCRIPTION s CONNECTION '$from' PUBLICATION p WITH (create_slot = false, slot_name = 's', copy_data = false)");

# Both sessions learn all they can before anything comes.
my $asks = $here->session;
my $app  = do { local $ENV{PGUSER} = 'app'; $here->session };
my $may  = q{SELECT concat(crm.may('ann', 'goodwill', 10), crm.may('ann', 'goodwill', 10, scope => '{"department": "shop"}'))};
is($asks->do($may)->{output}, 'tt', 'before there is a charter');

there(q{SELECT crm.add_department('sales')}, q{SELECT crm.add_position('board', department => 'sales')},
	q{SELECT crm.add_position('agent', department => 'sales', reports_to => 'board')}, q{SELECT crm.appoint('agent', 'ann')},
	q{SELECT crm.grant_mandate('goodwill', 'board')});
is(comes($may, 'ff'), 'ff', 'a charter comes');
there(q{SELECT crm.grant_mandate('goodwill', 'agent', amount => 100, scope => '{"department": {"within": "sales"}}')});
is(comes($may, 'ff'), 'ff', 'a mandate of one department does not cover another, unknown so far');
there(q{SELECT crm.add_department('shop', parent => 'sales')});
is(comes($may, 'ft'), 'ft', 'which then becomes a part of it');
there(q{UPDATE crm_internal.appointment SET valid_until = clock_timestamp()});
is(comes($may, 'ff'), 'ff', 'an appointment ends');
there(q{UPDATE crm_internal.appointment SET valid_until = 'infinity'});
is(comes($may, 'ft'), 'ft', 'and goes on');
there(q{UPDATE crm_internal.mandate SET revoked_at = clock_timestamp() WHERE to_position = 'agent'});
is(comes($may, 'ff'), 'ff', 'a mandate is revoked');

there(q{SELECT crm.add_gateway('app', session_allowed => true)});
$node->poll_query_until('here', 'SELECT count(*) = 1 FROM crm_internal.gateway') or die;
$app->do(q{SELECT crm.act_as('ann', for_session => true)});
my $who = 'SELECT person FROM crm.whoami()';
is($app->do($who)->{output}, 'ann', 'a gateway comes, and acts for somebody');
there(q{DELETE FROM crm_internal.gateway});
is(comes($who, 'app', $app), 'app', 'until it goes');

my $acts = 'SELECT count(*), count(*) FILTER (WHERE person = $$forged$$) FROM crm_internal.act WHERE act_id < 1000000';
my $all  = $node->safe_psql('there', 'SELECT count(*) FROM crm_internal.act');
is(comes($acts, "$all|0"), "$all|0", 'acts come');
my $log = -s $node->logfile;
$node->safe_psql('there', q{ALTER TABLE crm_internal.act DISABLE TRIGGER ALL; UPDATE crm_internal.act SET person = 'forged'});
ok(logged(qr/UPDATE of crm_internal\.act is refused/, $log), 'that they were changed is refused');
is($node->safe_psql('here', $acts), "$all|0", 'and not done');
$_->close for $asks, $app;
$node->safe_psql('here', 'ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s');
$node->stop('fast');
done_testing();

sub there
{
	$node->safe_psql('there', $_) for @_;
	my $lsn = $node->safe_psql('there', 'SELECT pg_current_wal_lsn()');
	for (1 .. 200)
	{
		return if $node->safe_psql('there', "SELECT confirmed_flush_lsn >= '$lsn' FROM pg_replication_slots") eq 't';
		select undef, undef, undef, 0.05;
	}
	die 'nothing comes';
}

sub comes
{
	my ($sql, $wanted, $session) = @_;
	my $got;
	for (1 .. 50)
	{
		$got = ($session // $asks)->do($sql)->{output};
		last if $got eq $wanted;
		select undef, undef, undef, 0.1;
	}
	return $got;
}

sub logged
{
	my ($like, $offset) = @_;
	for (1 .. 100)
	{
		return 1 if slurp_file($node->logfile, $offset) =~ $like;
		select undef, undef, undef, 0.1;
	}
	return 0;
}
