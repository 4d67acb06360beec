#!/usr/bin/env perl
# What another server's departments decided comes through logical replication, as the act of the
# subscription's owner, in a session that is a replica.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('apply');
$node->init(allows_streaming => 'logical');
$node->start;
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(there here);
$node->safe_psql($_, 'CREATE TABLE voucher (id integer PRIMARY KEY, value numeric)') for qw(there here);
$node->safe_psql('there', "CREATE PUBLICATION p FOR TABLE voucher; SELECT pg_create_logical_replication_slot('s', 'pgoutput')");
$node->safe_psql('here', <<'SQL');
CREATE EXTENSION crm CASCADE;
CREATE ROLE carrier SUPERUSER LOGIN;
SELECT crm.add_department('desk');
SELECT crm.add_position('board', department => 'desk');
SELECT crm.add_position('clerk', department => 'desk', reports_to => 'board');
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.grant_mandate('goodwill', 'clerk', amount => 100);
SELECT crm.appoint('clerk', 'carrier');
SELECT crm.add_guard('voucher', decision => 'goodwill', amount => 'value');
SQL
my $from = $node->connstr('there') =~ s{'}{''}gr;
$node->safe_psql('here', "SET SESSION AUTHORIZATION carrier; CREATE SUBSCRIPTION s CONNECTION '$from' PUBLICATION p WITH (create_slot = false, slot_name = 's', copy_data = false)");
$node->safe_psql('there', 'INSERT INTO voucher VALUES (1, 40)');
ok($node->poll_query_until('here', 'SELECT count(*) = 1 FROM voucher'), 'what the owner of the subscription may, comes');
is($node->safe_psql('here', 'SELECT person, position, amount, guard_id FROM crm.journal WHERE guard_id IS NOT NULL'), 'carrier|clerk|40|1', 'as his act');
my $log = -s $node->logfile;
$node->safe_psql('there', 'INSERT INTO voucher VALUES (2, 400)');
ok(logged($node, qr/decision "goodwill" for 400 is refused/, $log), 'what he may not is refused');
is($node->safe_psql('here', 'SELECT count(*) FROM voucher'), '1', 'and waits on the other side');
like($node->safe_psql('here', 'SELECT severity, finding FROM crm.verify_guards()'), qr/^information\|subscription s writes to public.voucher: .* role carrier$/m,
	'that a subscription writes is told');
$node->safe_psql('here', q{SELECT crm.appoint('board', 'carrier')});
ok($node->poll_query_until('here', 'SELECT count(*) = 2 FROM voucher'), 'it comes as soon as he may');
$node->safe_psql('here', 'ALTER SUBSCRIPTION s DISABLE; ALTER SUBSCRIPTION s SET (slot_name = NONE); DROP SUBSCRIPTION s');
$node->stop('fast');
done_testing();

sub logged
{
	my ($server, $like, $offset) = @_;
	for (1 .. 300)
	{
		return 1 if slurp_file($server->logfile, $offset) =~ $like;
		select undef, undef, undef, 0.1;
	}
	return 0;
}
