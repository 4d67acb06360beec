#!/usr/bin/env perl
# Data that no model can be learned from well: what comes out is finite, says what is wrong with it,
# and makes no giant of a customer. What another version would change is what it then changes.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Crowd;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('hostile');
$node->init;
$node->start;
$node->safe_psql('postgres', 'CREATE DATABASE base');
$node->safe_psql('base', crowd_tables() . <<'SQL');
SELECT crm.add_source('dept.account', 'sales', '{"name": "name", "email": "mail", "birth_date": "born", "city": "city"}');
-- n rows of persons who have so many rows each
CREATE FUNCTION dept.fill(n integer, each integer) RETURNS void LANGUAGE sql AS $$
	INSERT INTO dept.account SELECT i, dept.word(i / each, 'given') || ' ' || dept.word(i / each, 'family'),
		dept.word(i / each, 'given') || i / each || '@' || dept.word(i / each, 'domain') || '.nl',
		date '1940-01-01' + i / each * 37 % 20000, dept.town(i / each)
	FROM generate_series(0, n - 1) i;
$$;
SQL

sub value { return $node->safe_psql(@_) }

# A database of rows; they are resolved, and the model is looked at.
sub resolved
{
	my ($name, $rows) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE base");
	$node->safe_psql($name, $rows);
	$node->safe_psql($name, 'CALL crm.resolve()');
	is(value($name, 'SELECT model_version FROM crm_internal.identity_clock'), 1, "$name: trained");
	is(value($name, q{SELECT count(*) FROM crm.match_model WHERE NOT (m > 0 AND m < 1 AND u > 0 AND u < 1 AND abs(weight) < 60)}),
		0, "$name: every parameter is finite");
	is(value($name, 'SELECT count(*) FROM crm.match_models WHERE NOT (prior > 0 AND prior < 1 AND household > 0 AND twins > 0)'),
		0, "$name: and so are the odds");
	note value($name, 'SELECT expected_pairs, plain_pairs, iterations, warnings FROM crm.match_models WHERE in_force');
	return;
}

sub warned
{
	my ($name, $pattern) = @_;
	like(value($name, 'SELECT warnings FROM crm.match_models WHERE in_force'), $pattern, "$name: a warning says so");
	return;
}

sub customers { return value($_[0], 'SELECT count(DISTINCT customer_id) FROM crm.customer_source') }
sub largest { return value($_[0], 'SELECT max(n) FROM (SELECT count(*) AS n FROM crm.customer_source GROUP BY customer_id) x') }

# A version is tried, then put in force: the trial told what happens.
sub tried
{
	my ($name, $version) = @_;
	my $trial = value($name, "SELECT customers_before, customers_after FROM crm.trial_model($version) WHERE kind = 'all'");
	my $splits = value($name, "SELECT coalesce(sum(customers_after - 1), 0) FROM crm.trial_model($version) WHERE kind = 'split'");
	my $merges = value($name, "SELECT coalesce(sum(customers_before - 1), 0) FROM crm.trial_model($version) WHERE kind = 'merge'");
	my $regroup = value($name, "SELECT coalesce(sum(customers_after - customers_before), 0) FROM crm.trial_model($version) WHERE kind = 'regroup'");
	my $before = customers($name);
	$node->safe_psql($name, "SELECT crm.use_model($version)");
	is(customers($name), $before, "$name: nothing changed yet");
	$node->safe_psql($name, 'CALL crm.resolve()');
	is($trial, $before . '|' . customers($name), "$name: the trial of version $version told the outcome");
	is($before + $splits - $merges + $regroup, customers($name), "$name: merges and splits add up");
	return $splits + $merges;
}

resolved('constant', "SELECT dept.fill(2000, 2); UPDATE dept.account SET city = 'Delft'");
warned('constant', qr/nearly constant: [^"]*address/);
cmp_ok(largest('constant'), '<=', 4, 'constant: no giant');
cmp_ok(abs(customers('constant') - 1000), '<=', 20, 'constant: the customers are found');
is(value('constant', q{SELECT abs(weight) < 0.5 FROM crm.match_model WHERE in_force AND level = 'city equal'}), 't', 'constant: what all share says nothing');

resolved('empty', 'SELECT dept.fill(2000, 2); UPDATE dept.account SET born = NULL');
warned('empty', qr/never filled: [^"]*birth date/);
like(value('empty', q{SELECT warning FROM crm.match_model WHERE in_force AND level = 'birth date equal'}), qr/never filled/, 'empty: and the level does');
cmp_ok(abs(customers('empty') - 1000), '<=', 20, 'empty: the customers are found');

resolved('single', 'SELECT dept.fill(1500, 1)');
warned('single', qr/hardly any pair of one customer/);
cmp_ok(customers('single'), '>=', 1490, 'single: people stay apart');

resolved('doubled', 'SELECT dept.fill(3000, 3)');
cmp_ok(abs(customers('doubled') - 1000), '<=', 10, 'doubled: all are found');
cmp_ok(largest('doubled'), '<=', 6, 'doubled: no giant');

# one person, six hundred rows: one customer, if anything, and no harm to the others
resolved('one', "SELECT dept.fill(600, 600)");
warned('one', qr/nearly constant|one pair of eight/);
cmp_ok(largest('one'), '<=', 600, 'one: it ends');
$node->safe_psql('one', q{INSERT INTO dept.account SELECT 1000 + n, dept.word(n + 7, 'given') || ' ' || dept.word(n + 7, 'family'), NULL, date '1950-01-01' + n * 31, dept.town(n) FROM generate_series(1, 300) n});
$node->safe_psql('one', 'CALL crm.resolve()');
cmp_ok(value('one', 'SELECT count(DISTINCT customer_id) FROM crm.customer_source WHERE source_key::integer > 1000'), '>=', 295, 'one: others stay themselves');

# a model that was learned from nothing but one person, and back
tried($_, 0) for qw(constant empty doubled one);
my $changes = 0;
$changes += tried($_, 1) for qw(constant empty doubled one);
$node->safe_psql('doubled', "UPDATE dept.account SET name = 'Nn', mail = NULL WHERE id % 7 = 0");
$node->safe_psql('doubled', 'CALL crm.resolve()');
$changes += tried('doubled', $_) for 0, 1;
cmp_ok($changes, '>', 0, "the versions differ in $changes merges and splits");
is(value($_, 'SELECT count(*) FROM crm.verify()'), 0, "$_: all agrees") for qw(constant empty single doubled one);
my (undef, undef, $error) = $node->psql('one', 'SELECT crm.trial_model(9)');
like($error, qr/model of matching 9 does not exist/, 'a version that is not there');
$node->stop;
done_testing();
