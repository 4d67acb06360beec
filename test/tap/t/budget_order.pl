#!/usr/bin/env perl
# Many clients take from two budgets in opposite order, under windows on the same few customers, while others ask and approve, give
# and revoke mandates, and change the budgets: nobody waits in a circle, whoever comes first.
#   DURATION=60 test/tap/t/budget_order.pl
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant CLIENTS => 16;

my $seconds = $ENV{DURATION} // 5;
my $node = PostgreSQL::Test::Cluster->new('order');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\ndeadlock_timeout = 50ms\nlog_lock_waits = off\nmax_prepared_transactions = 20\n");
$node->start;
my $folder = $PostgreSQL::Test::Utils::tmp_check;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION crm CASCADE;
CREATE ROLE desk_app LOGIN;
CREATE SCHEMA service;
CREATE TABLE service.repair (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, client_id bigint, value numeric);
CREATE TABLE service.voucher (LIKE service.repair INCLUDING ALL);
GRANT USAGE ON SCHEMA service TO desk_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA service TO desk_app;
SELECT crm.grant_access('desk_app', 'administrator'), crm.add_gateway('desk_app'), crm.add_department('service');
SELECT crm.add_position('board', 'service'), crm.add_position('agent', 'service', reports_to => 'board'), crm.add_position('temp', 'service', reports_to => 'board');
SELECT crm.appoint('board', 'bea'), crm.appoint('temp', 'tom'), count(crm.appoint('agent', 'agent' || n)) FROM generate_series(0, 15) n;
SELECT crm.add_budget('one', 1e9, owner => 'board'), crm.add_budget('two', 1e9, owner => 'board'), crm.add_budget('part', 1e8, parent => 'two');
SELECT crm.grant_mandate('goodwill', 'board', budget => 'one'), crm.grant_mandate('care.solution', 'board', budget => 'two');
SELECT crm.grant_mandate(d, 'board') FROM unnest('{investment,org.model}'::text[]) d;
SELECT crm.share(d, 'board', 'agent', amount => 100, window_amount => 1e9, window_length => '1 day') FROM unnest('{goodwill,care.solution}'::text[]) d;
SELECT crm.inform('goodwill', 'board', from_position => 'board');
SELECT crm.add_guard('service.repair', 'care.solution', amount => 'value', customer => 'client_id'), crm.add_guard('service.voucher', 'goodwill', amount => 'value', customer => 'client_id');
SQL

# Each client is one agent, so that no other uses what was approved for him.
my $agent  = "BEGIN;\nSELECT crm.act_as('agent' || :client_id);\n";
my $board  = "BEGIN;\nSELECT crm.act_as('bea');\n";
my $insert = sub { return "INSERT INTO service.$_[0] (client_id, value) VALUES ($_[1], $_[2]);\n" };
my %do = (
	there => [ 6, "\\set c random(1, 3)\n\\set d random(1, 3)\n$agent" . $insert->('voucher', ':c', 5) . $insert->('repair', ':d', 5) . "COMMIT;\n" ],
	back => [ 6, "\\set c random(1, 3)\n\\set d random(1, 3)\n$agent" . $insert->('repair', ':c', 5) =~ s/;/ RETURNING id \\gset/r . $insert->('voucher', ':d', 5) . "UPDATE service.repair SET value = value + 1 WHERE id = :id;\nCOMMIT;\n" ],
	serial => [ 2, "\\set c random(1, 3)\n" . $agent =~ s/BEGIN/BEGIN ISOLATION LEVEL REPEATABLE READ/r . "SAVEPOINT s;\n" . $insert->('repair', ':c', 5) . "ROLLBACK TO s;\n" . $insert->('voucher', ':c', 5) . $insert->('repair', ':c', 1) . "COMMIT;\n" ],
	prepare => [ 1, "\\set c random(1, 3)\n$agent" . $insert->('repair', ':c', 5) . $insert->('voucher', ':c', 5) . "PREPARE TRANSACTION 'p:client_id';\nCOMMIT PREPARED 'p:client_id';\n" ],
	request => [ 2, "\\set c random(1, 3)\n${agent}SELECT crm.request('goodwill', customer => :c, amount => 500, reason => 'a case') AS id \\gset\nCOMMIT;\n${board}SELECT crm.approve(:id);\nCOMMIT;\n$agent"
		. $insert->('repair', ':c', 5) . $insert->('voucher', ':c', 500) . "COMMIT;\n" ],
	grant => [ 2, "${board}SELECT crm.share('goodwill', 'board', 'temp', amount => 10, budget => 'one') AS id \\gset\nSELECT crm.share('care.solution', 'board', 'temp', amount => 10, budget => 'part');\n"
		. "SELECT count(*) FROM crm.revoke(:id);\n" . $insert->('repair', 2, 7) . "COMMIT;\n" ],
	plan => [ 1, "\\set n random(0, 1000)\n${board}SELECT crm.change_budget('part', 100000000 + :n);\nCOMMIT;\n${board}SELECT crm.change_budget('one', 1000000000 + :n);\nCOMMIT;\n" ],
	look => [ 1, "${agent}SELECT count(*) FROM crm.limits(customer => 2);\nSELECT count(*) FROM crm.inbox;\nCOMMIT;\n" ],
);
my @scripts;
for my $what (sort keys %do)
{
	append_to_file("$folder/$what.sql", $do{$what}[1]);
	push @scripts, '-f', "$folder/$what.sql\@$do{$what}[0]";
}
my ($out, $errors);
my $passed = IPC::Run::run([ 'pgbench', '-n', '-U', 'desk_app', '-c', CLIENTS, '-j', 2, '-T', $seconds, '--random-seed=1', @scripts, $node->connstr('postgres') ], '>', \$out, '2>', \$errors);
ok($passed, 'all go through');
diag(join "\n", grep { /error|ERROR|abort/ } split /\n/, $errors) unless $passed;
my ($done) = $out =~ /transactions actually processed: (\d+)/;
note "$done transactions in $seconds s";
cmp_ok($done // 0, '>', 10 * $seconds, 'many');
is($node->safe_psql('postgres', 'SELECT count(*) FROM (SELECT DISTINCT kind FROM crm.ledger) k'), 6 - 1, 'all kinds of bookings but what was given back');
my %spent = (one => 'service.voucher', two => 'service.repair');
is($node->safe_psql('postgres', "SELECT spent, reserved FROM crm.budgets WHERE name = '$_'"), $node->safe_psql('postgres', "SELECT sum(value), 0 FROM $spent{$_}"), "budget $_ has paid all") for sort keys %spent;
is($node->safe_psql('postgres', 'SELECT check_name, problem FROM crm.verify()'), '', 'ledger and budgets agree');
$node->stop;
unlike(slurp_file($node->logfile), qr/deadlock detected|PANIC|TRAP/, 'nobody waited in a circle');
done_testing();
