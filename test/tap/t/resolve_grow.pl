#!/usr/bin/env perl
# A model is trained once there are enough records, and again when there are four times as many: then
# all are one customer or two by the new one, as if they had come at once, and ids go on.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Crowd;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('grow');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE grown');
$node->safe_psql('grown', crowd_tables() . crowd_people(2000, 1400) . crowd_sources('watch'));
my $both    = q{SELECT crm.change_source('dept.account', filter => '%1$s'); SELECT crm.change_source('dept.lead', filter => '%1$s');};
my $version = 'SELECT model_version FROM crm_internal.identity_clock';

sub grow_to
{
	my ($filter) = @_;
	$node->safe_psql('grown', sprintf $both, $filter);
	$node->safe_psql('grown', 'CALL crm.resolve()');
	is(healthy_so_far(), '', "all agrees with $filter");
	return $node->safe_psql('grown', $version);
}

sub healthy_so_far
{
	return $node->safe_psql('grown', 'SELECT problem FROM crm.verify()');
}

is(grow_to('id <= 200'), 0, 'few records are compared by the built-in model');
is(grow_to('id <= 400'), 1, 'enough train one');
$node->safe_psql('grown', 'CREATE TABLE was AS SELECT source, source_key, customer_id FROM crm.customer_source');
is(grow_to('id <= 1200'), 1, 'three times as many do not yet train another');
cmp_ok(grow_to(''), '>', 1, 'four times as many do');
is(partition_of($node, 'grown'), fresh_partition($node, 'grown', $PostgreSQL::Test::Utils::tmp_check), 'the same customers as of a fresh load');
is($node->safe_psql('grown', 'SELECT count(*) - count(DISTINCT customer_id) FROM crm_internal.customer_identity'), 0, 'no id twice');
is($node->safe_psql('grown', 'SELECT count(*) FROM was WHERE crm.current_customer(customer_id) IS NULL'), 0, 'every old id answers');
cmp_ok($node->safe_psql('grown', 'SELECT count(*) FROM was w JOIN crm.customer_source s USING (source, source_key) WHERE s.customer_id = w.customer_id'),
	'>', 0.95 * $node->safe_psql('grown', 'SELECT count(*) FROM was'), 'nearly all are the same');
$node->stop;
done_testing();
