#!/usr/bin/env perl
# The weight from which on two records are one grows with their number. Two that stood far apart in
# the order of arrival and were just heavy enough come apart when it grows, and none keeps both ids.
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
INSERT INTO account SELECT n, NULL, 'user' || n || '@place' || n || '.nl' FROM generate_series(2, 39999) n;
CALL crm.resolve();
INSERT INTO account VALUES (40000, 'Quirijn Zandbergen', NULL, NULL, 'Delft');
CALL crm.resolve();
SQL

my $pair = q{SELECT crm.customer_of('public.account', '1') = crm.customer_of('public.account', '40000')};
my $weight = 'SELECT match_weight FROM crm_internal.identity_clock';
my $edge   = q{SELECT e.weight FROM crm_internal.edge e JOIN crm_internal.record r ON r.record_id = e.record_a WHERE r.source_key IN ('1', '40000')};
is($node->safe_psql('postgres', $pair), 't', 'among forty thousand they are one');

$node->safe_psql('postgres', q{INSERT INTO account SELECT n, NULL, 'user' || n || '@place' || n || '.nl' FROM generate_series(40001, 66000) n; });
$node->safe_psql('postgres', 'CALL crm.resolve()');
cmp_ok($node->safe_psql('postgres', $edge), '<', $node->safe_psql('postgres', $weight), 'their weight is no longer enough');
is($node->safe_psql('postgres', $pair), 'f', 'among sixty-six thousand they are two');
is($node->safe_psql('postgres', 'SELECT count(*) - count(DISTINCT customer_id) FROM crm_internal.record'), 0, 'nobody shares an id');

$node->safe_psql('postgres', 'DELETE FROM account WHERE id BETWEEN 40001 AND 50000');
$node->safe_psql('postgres', 'CALL crm.resolve()');
is($node->safe_psql('postgres', $pair), 't', 'and one again when there are fewer');
is($node->safe_psql('postgres', 'SELECT count(*) FROM crm.verify()'), 0, 'all agrees');
$node->stop;
done_testing();
