#!/usr/bin/env perl
# A first load, and all records anew under another model, are done at once. The outcome is that of
# batches: the same customers, edges and keys, with workers or without, in however little memory.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Crowd;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('bulk');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE base');
$node->safe_psql('base', crowd_tables() . crowd_people(7000, 5000) . crowd_sources('watch'));
$node->safe_psql('postgres', "CREATE DATABASE $_ TEMPLATE base") for qw(once alone little grown);

# By source and key, since numbers of records are those of their arrival.
sub digest_of
{
	my ($database, $what) = @_;
	my %rows = (
		edges => "SELECT least(a.tie, b.tie) || ' ' || greatest(a.tie, b.tie) || ' ' || e.weight AS row
			FROM crm_internal.edge e JOIN crm_internal.record a ON a.record_id = e.record_a
			JOIN crm_internal.record b ON b.record_id = e.record_b",
		keys => "SELECT k.key || ' ' || r.tie AS row FROM crm_internal.record_key k JOIN crm_internal.record r USING (record_id)",
		golden => "SELECT (to_jsonb(c) - '{customer_id,created_at,updated_at}'::text[])::text || x.of AS row
			FROM crm.customer c JOIN (SELECT customer_id, min(source || source_key COLLATE \"C\") AS of FROM crm.customer_source GROUP BY 1) x USING (customer_id)"
	);
	return $node->safe_psql($database, qq{SELECT count(*) || ' ' || md5(string_agg(row, ',' ORDER BY row COLLATE "C")) FROM ($rows{$what}) x});
}

my %memory = (once => '64MB', alone => '64MB', little => '1MB');
my %workers = (once => 2, alone => 0, little => 2);
for my $database (qw(once alone little))
{
	$node->safe_psql($database, "SET maintenance_work_mem = '$memory{$database}'; SET max_parallel_workers_per_gather = $workers{$database}; CALL crm.resolve(1000)");
	is(healthy($node, $database), '', "$database: nothing left or doubled");
}
for my $what (qw(edges keys golden))
{
	my $expected = digest_of('once', $what);
	note "$what: $expected";
	cmp_ok((split ' ', $expected)[0], '>', 1000, "there are $what");
	is(digest_of('alone',  $what), $expected, "$what are the same without workers");
	is(digest_of('little', $what), $expected, "$what are the same in little memory, batch by batch");
}
is(partition_of($node, 'little'), partition_of($node, 'once'), 'the same customers');

# What is stored keeps its ids when as much again comes, and changed and departed rows take part.
my $both = q{SELECT crm.change_source('dept.account', filter => '%1$s'); SELECT crm.change_source('dept.lead', filter => '%1$s');};
$node->safe_psql('grown', sprintf $both, 'id <= 700');
$node->safe_psql('grown', 'CALL crm.resolve()');
$node->safe_psql('grown', 'CREATE TABLE was AS SELECT source, source_key, customer_id FROM crm.customer_source');
$node->safe_psql('grown', sprintf $both, '');
$node->safe_psql('grown', 'UPDATE dept.account SET name = dept.word(id + 77, \'family\') WHERE id % 50 = 1; DELETE FROM dept.lead WHERE id % 40 = 2');
$node->safe_psql('grown', 'CALL crm.resolve()');
is(healthy($node, 'grown'), '', 'grown: nothing left or doubled');
my $folder = $PostgreSQL::Test::Utils::tmp_check;
is(partition_of($node, 'grown'), fresh_partition($node, 'grown', $folder), 'as a fresh load of the same rows');
is($node->safe_psql('grown', 'SELECT count(*) FROM was w WHERE crm.current_customer(w.customer_id) IS NULL AND EXISTS
	(SELECT FROM crm.customer_source s WHERE (s.source, s.source_key) = (w.source, w.source_key))
	AND NOT EXISTS (SELECT FROM crm.customer_event e WHERE e.kind = \'ended\' AND e.customer_id = w.customer_id)'),
	0, 'every old id answers');
cmp_ok($node->safe_psql('grown', 'SELECT count(*) FROM was w JOIN crm.customer_source s USING (source, source_key) WHERE s.customer_id = w.customer_id'),
	'>', 0.95 * $node->safe_psql('grown', 'SELECT count(*) FROM was'), 'nearly all kept theirs');

# A row that cannot be read, and one that a decision is about, stand in nobody's way.
$node->safe_psql('postgres', 'CREATE DATABASE bad TEMPLATE base');
$node->safe_psql('bad', q{SELECT crm.change_source('dept.lead', mapping => '{"given_name": "first", "family_name": "last", "email": "mail", "city": "CASE WHEN id = 4321 THEN (1 / (id - id))::text ELSE city END"}')});
$node->safe_psql('bad', 'CALL crm.resolve()');
is($node->safe_psql('bad', 'SELECT count(*) FROM crm_internal.record'), 11999, 'all but the bad row are there');
is($node->safe_psql('bad', "SELECT source_key FROM crm.pending WHERE error IS NOT NULL"), 4321, 'and that waits with its error');

$node->stop;
done_testing();
