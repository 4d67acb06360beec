#!/usr/bin/env perl
# Many sessions of one agent want the same approvals at the same time: each is used once, at every isolation level.
# And a refusal is a line of JSON in the log that names who and what, and nothing about the customer.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use JSON::PP;
use Test::More;
use Database;

my $agents = 8;
my $approvals = 25;
my $database = Database->create('request_race');
$database->run(<<'SQL');
CREATE EXTENSION crm CASCADE;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('d');
SELECT crm.add_position('manager', 'd');
SELECT crm.add_position('agent', 'd', reports_to => 'manager');
SELECT crm.appoint('manager', 'mia'), crm.appoint('agent', 'bob');
SELECT crm.grant_mandate('goodwill', 'manager');
SQL

for my $level ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
{
	my $amount = { 'READ COMMITTED' => 100, 'REPEATABLE READ' => 200, 'SERIALIZABLE' => 300 }->{$level};
	$database->run("SELECT crm.act_as('bob', true);
		SELECT count(crm.request('goodwill', customer => 7, amount => $amount)) FROM generate_series(1, $approvals);
		SELECT crm.act_as('mia', true); SELECT count(crm.approve(id)) FROM crm.inbox WHERE kind = 'request';");
	my @sessions = map { $database->session } 1 .. $agents;
	$_->do("SET default_transaction_isolation = '$level'; SELECT crm.act_as('bob', true)") for @sessions;
	my %answers;
	for my $round (1 .. 6)
	{
		$_->send("SELECT crm_internal.take_act('goodwill', customer => 7, amount => $amount)") for @sessions;
		$answers{ $_->answer->{sqlstate} }++ for @sessions;
	}
	# whoever had to give way to another transaction tries again
	my $left = $database->value("SELECT count(*) FROM crm_internal.request WHERE status = 'approved' AND amount = $amount");
	for (1 .. $left + 3)
	{
		$sessions[0]->do("SELECT crm_internal.take_act('goodwill', customer => 7, amount => $amount)");
	}
	$_->close for @sessions;
	is $database->value("SELECT count(*) FROM crm_internal.act WHERE decision = 'goodwill' AND amount = $amount"), $approvals, "$level: as many acts as approvals";
	is $database->value("SELECT count(DISTINCT request_id) FROM crm_internal.act WHERE decision = 'goodwill' AND amount = $amount"), $approvals, 'each by one of its own';
	is $database->value("SELECT count(*) FROM crm_internal.request WHERE status = 'used' AND amount = $amount"), $approvals, 'all are used';
	is_deeply \%answers, { '00000' => $approvals, 42501 => 6 * $agents - $approvals }, 'nobody failed because of another one' if $level ne 'SERIALIZABLE';
	note "$level: ", join ', ', map { "$_: $answers{$_}" } sort keys %answers;
}

my (undef, undef, $err) = $database->try("SET client_min_messages = log; SELECT crm.act_as('bob', true);
	SELECT crm_internal.take_act('goodwill', customer => 4711, amount => 9.50)");
my ($line) = $err =~ /LOG:  crm refusal: (\{.*\})$/m;
my $refusal = decode_json($line // '{}');
is_deeply [ @$refusal{qw(sqlstate person known_by decision amount)} ], [ '42501', 'bob', 'act_as', 'goodwill', 9.5 ], 'the log says who was refused what';
unlike $line, qr/4711/, 'and nothing about the customer';
$database->drop;
done_testing;
