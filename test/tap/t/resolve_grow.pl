#!/usr/bin/env perl
# The model of matching is trained when records are enough, and anew when there are four times as
# many. Two records that stood far apart in the order of arrival come apart when the model says so,
# and none keeps both ids; an earlier version brings them back.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('grow');
$node->init;
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('sales');
CREATE TABLE account (id integer PRIMARY KEY, name text, mail text, born date, city text);
SELECT crm.add_source('account', 'sales', '{"name": "name", "email": "mail", "birth_date": "born", "city": "city"}');
INSERT INTO account VALUES (1, 'Quirijn Zandbergen', NULL, NULL, 'Delft');
INSERT INTO account SELECT n, NULL, 'user' || n || '@place' || n || '.nl' FROM generate_series(2, 399) n;
CALL crm.resolve();
INSERT INTO account VALUES (100000, 'Quirijn Zandbergen', NULL, NULL, 'Delft');
CALL crm.resolve();
SQL

my $pair    = q{SELECT crm.customer_of('public.account', '1') = crm.customer_of('public.account', '100000')};
my $version = 'SELECT model_version FROM crm_internal.identity_clock';
my $shared  = 'SELECT count(*) - count(DISTINCT customer_id) FROM crm_internal.record';
is($node->safe_psql('postgres', $version), 0, 'among four hundred the built-in model is in force');
is($node->safe_psql('postgres', $pair), 't', 'and they are one');

sub grow
{
	my ($from, $to) = @_;
	$node->safe_psql('postgres', "INSERT INTO account SELECT n, NULL, 'user' || n || '\@place' || n || '.nl' FROM generate_series($from, $to) n");
	$node->safe_psql('postgres', 'CALL crm.resolve()');
	return;
}

grow(400, 1000);
is($node->safe_psql('postgres', $version), 1, 'more than five hundred train a model');
grow(1001, 3000);
is($node->safe_psql('postgres', $version), 1, 'three times as many do not');
grow(3001, 66000);
is($node->safe_psql('postgres', $version), 2, 'sixty times as many do');
is($node->safe_psql('postgres', 'SELECT array_agg(version ORDER BY version) FROM crm.match_models WHERE in_force'), '{2}', 'one is in force');
is($node->safe_psql('postgres', $pair), 'f', 'among sixty-six thousand they are two');
is($node->safe_psql('postgres', $shared), 0, 'nobody shares an id');

$node->safe_psql('postgres', 'SELECT crm.use_model(0)');
is($node->safe_psql('postgres', $pair), 'f', 'another version waits for crm.resolve()');
$node->safe_psql('postgres', 'CALL crm.resolve()');
is($node->safe_psql('postgres', $pair), 't', 'by the built-in model they are one again');
$node->safe_psql('postgres', 'CALL crm.resolve()');
is($node->safe_psql('postgres', $version), 0, 'which stays');
is($node->safe_psql('postgres', 'SELECT count(*) FROM crm.verify()'), 0, 'all agrees');

# two trainings of the same rows, and none of those that failed
my $same = 'SELECT count(DISTINCT (records, odds, m, u, reached, random)) FROM crm_internal.match_model WHERE version >= 2';
$node->safe_psql('postgres', 'BEGIN; SELECT crm.train_model(); ROLLBACK');
$node->safe_psql('postgres', 'SELECT crm.train_model()');
is($node->safe_psql('postgres', $version), 3, 'trained on demand');
is($node->safe_psql('postgres', $same), 1, 'the same rows train the same model');

# frozen
$node->safe_psql('postgres', 'ALTER DATABASE postgres SET crm.auto_train = off; CREATE DATABASE frozen');
$node->safe_psql('frozen', <<'SQL');
ALTER DATABASE frozen SET crm.auto_train = off;
SQL
$node->safe_psql('frozen', <<'SQL');
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('sales');
CREATE TABLE account (id integer PRIMARY KEY, name text);
SELECT crm.add_source('account', 'sales', '{"name": "name"}');
INSERT INTO account SELECT n, md5(n::text) FROM generate_series(1, 600) n;
CALL crm.resolve();
SQL
is($node->safe_psql('frozen', $version), 0, 'crm.auto_train = off keeps the model in force');
$node->safe_psql('frozen', 'DELETE FROM account WHERE id > 400');
$node->safe_psql('frozen', 'CALL crm.resolve()');
my ($status, undef, $error) = $node->psql('frozen', 'SELECT crm.train_model()');
like($error, qr/there are too few records to train a model/, 'too few to train on demand either');
($status, undef, $error) = $node->psql('frozen', 'SELECT crm.use_model(7)');
like($error, qr/model of matching 7 does not exist/, 'a version that is not there');
$node->stop;
done_testing();
