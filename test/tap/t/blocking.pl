#!/usr/bin/env perl
# A kind of blocking key that is switched off or on: the customers are as if it had never been otherwise, the
# rest of the world is told, and what is estimated agrees with what is counted from the stored keys.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use Fake::Set;
use Quality;

my $partition = q{SELECT md5(string_agg(rows, ';' ORDER BY rows)) FROM (SELECT string_agg(concat(source, source_key), ',' ORDER BY source, source_key) AS rows
	FROM crm.customer_source GROUP BY customer_id) c};
my @off = ('month+name', 'city+name', 'phone', 'postal+name');

sub load
{
	my ($name) = @_;
	my $database = Database->create($name);
	my $set      = Fake::Set::open_set('crmlike:3');
	Quality::load($database, $set);
	Quality::register($database, $set);
	return $database;
}

my $db = load('blocking');
$db->run('CALL crm.resolve()');
my $before = $db->value($partition);
my %report = map { $_->[0] => $_ } $db->rows('SELECT kind, keys, pairs, largest_block, only_pairs, expected_recall, enabled FROM crm.blocking_report()');
my $stored = join "\n", map { join ' ', @$_ } $db->rows(<<'SQL');
	SELECT b.kind, count(*), sum(n * (n - 1) / 2) FILTER (WHERE n <= 50), max(n)
	FROM (SELECT key, count(*) AS n FROM crm_internal.record_key GROUP BY key) k
	JOIN crm_internal.blocking_kinds() b ON b.number = k.key >> 58 GROUP BY 1 ORDER BY 1
SQL
is join("\n", map { join ' ', @{ $report{$_} }[ 0 .. 3 ] } sort { $a cmp $b } grep { $report{$_}[1] } keys %report), $stored, 'the report counts what is stored';
my $only = $db->value(<<'SQL');
	WITH pair AS (SELECT DISTINCT a.record_id AS a, b.record_id AS b, a.key >> 58 AS kind
		FROM crm_internal.record_key a JOIN crm_internal.record_key b ON b.key = a.key AND b.record_id > a.record_id
		WHERE (SELECT count(*) FROM crm_internal.record_key k WHERE k.key = a.key) <= 50)
	SELECT count(*) FROM (SELECT a, b FROM pair GROUP BY a, b HAVING count(*) = 1 AND min(kind) = (SELECT number FROM crm_internal.blocking_kinds() WHERE kind = 'street+number')) p
SQL
cmp_ok $only, '>', 0, 'some pairs only one house finds';
is $report{'street+number'}[4], $only, 'and the report knows how many';

$db->run("SELECT crm.set_blocking_key('$_', false)") for @off;
is $db->value($partition), $before, 'nothing happens before the next crm.resolve()';
$db->run('CALL crm.resolve()');
isnt $db->value('SELECT count(*) FROM crm.blocking_keys WHERE NOT enabled'), 0, 'they are off';
my $without = $db->value($partition);
my $edges   = $db->value('SELECT count(*) FROM crm_internal.edge');
my $other   = load('blocking_never');
$other->run("SELECT crm.set_blocking_key('$_', false)") for @off;
$other->run('CALL crm.resolve()');
is $without, $other->value($partition), 'off since ever or since now: the same customers';
is $edges, $other->value('SELECT count(*) FROM crm_internal.edge'), 'and the same pairs';
my %after = map { $_->[0] => $_ } $db->rows('SELECT kind, keys, pairs, largest_block, only_pairs, expected_recall, enabled FROM crm.blocking_report()');
is $after{phone}[2], $report{phone}[2], 'what is off is still counted';
cmp_ok $after{phone}[4], '>=', $report{phone}[4], 'as what it would add';

$other->run("SELECT crm.set_blocking_key('$_', true), crm.set_blocking_key('$_', true)") for @off;
$other->run('CALL crm.resolve()');
is $other->value($partition), $before, 'on again: the customers are those of the beginning';

# keys of several columns are JSON to crm, joined by | in the truth
$other->run(<<'SQL');
	CREATE VIEW demo_truth.named AS SELECT CASE WHEN source LIKE '%.%' THEN source ELSE 'public.' || source END AS source,
		CASE WHEN source_key LIKE '%|%' THEN to_jsonb(string_to_array(source_key, '|'))::text ELSE source_key END AS source_key, entity
	FROM demo_truth.row
SQL
# what crm says of itself is what another implementation says
my $own = $other->row(<<'SQL');
	SELECT pair_precision, pair_recall, pair_f, b_cubed_f, largest_cluster, missing
	FROM crm.evaluate('demo_truth.named', key_column => 'source_key')
SQL
my $judged = Quality::evaluate($other);
is join(' ', map { sprintf '%.9f', $_ } @$own), join(' ', map { sprintf '%.9f', $_ } @$judged{qw(precision recall f b3 largest unresolved)}),
  'crm.evaluate() agrees with the judge of the quality tests';
my ($status, undef, $error) = $db->try("SELECT crm.set_blocking_key('nose', true)");
like $error, qr/blocking key "nose" does not exist/, 'there are no other kinds';
$_->drop for $db, $other;
done_testing;
