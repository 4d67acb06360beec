#!/usr/bin/env perl
# Matching reads UTF-8, whatever the encoding of the database: the same bytes of the same people
# give the same customers.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('encoding');
$node->init;
$node->start;

my $setup = <<'SQL';
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('sales');
CREATE TABLE account (id integer PRIMARY KEY, name text, mail text, phone text, born date, city text);
SELECT crm.add_source('account', 'sales', '{"name": "name", "email": "mail", "phone": "phone", "birth_date": "born", "city": "city"}', region => 'NL');
SQL
my $rows = <<'SQL';
INSERT INTO account VALUES
	(1, 'Z%1$se M%2$sller', NULL, '0612345678', '1980-02-03', 'K%3$sln'),
	(2, 'Zoe Mueller', NULL, '06-12345678', '1980-02-03', 'Koln'),
	(3, 'Zoe M%2$sller', 'z%2$s@example.nl', NULL, '1980-02-03', 'K%3$sln'),
	(4, 'M%2$srten Gr%3$snhof', NULL, NULL, '1950-12-31', 'K%3$sln'),
	(5, 'Murten Gronhof', NULL, NULL, '1950-12-31', 'Koln');
CALL crm.resolve();
SQL
my %letters = (
	UTF8   => [ map { "\xC3$_" } "\xAB", "\xBC", "\xB6" ],
	LATIN1 => [ "\xEB", "\xFC", "\xF6" ],
	WIN1252 => [ "\xEB", "\xFC", "\xF6" ],
	SQL_ASCII => [ map { "\xC3$_" } "\xAB", "\xBC", "\xB6" ],
);
my $parts = "SELECT string_agg(k, ' | ' ORDER BY k) FROM (SELECT string_agg(source_key, ' ' ORDER BY source_key) AS k FROM crm.customer_source GROUP BY customer_id) x";

for my $encoding (sort keys %letters)
{
	my $name = lc $encoding;
	$node->safe_psql('postgres', "CREATE DATABASE $name ENCODING '$encoding' LOCALE 'C' TEMPLATE template0");
	local $ENV{PGCLIENTENCODING} = $encoding;
	$node->safe_psql($name, $setup);
	$node->safe_psql($name, sprintf $rows, @{ $letters{$encoding} });
	is($node->safe_psql($name, $parts), '1 2 3 | 4 5', "$encoding: accents keep nobody apart");
	is($node->safe_psql($name, 'SELECT count(*) FROM crm.pending'), 0, "$encoding: nothing waits");
	is($node->safe_psql($name, "SELECT value FROM crm.customer_lineage WHERE source_key = '1' AND attribute = 'city'"),
		"K$letters{$encoding}[2]ln", "$encoding: shown as it was written");
	is($node->safe_psql($name, "SELECT count(*) FROM crm.search('zoe m$letters{$encoding}[1]ller')"), 1, "$encoding: searched with accents");
	is($node->safe_psql($name, "SELECT count(*) FROM crm.search('zoe muller')"), 1, "$encoding: and without");
	is($node->safe_psql($name, 'SELECT count(*) FROM crm.verify()'), 0, "$encoding: all agrees");
}

# bytes that are no text at all
$node->safe_psql('sql_ascii', "INSERT INTO account VALUES (9, E'\\xff\\xfe Robert Zandbergen \\xc3', E'\\xff\@x.nl', E'\\xff12', NULL, E'\\xe2\\x28')");
$node->safe_psql('sql_ascii', 'CALL crm.resolve()');
is($node->safe_psql('sql_ascii', "SELECT crm.customer_of('public.account', '9') IS NOT NULL"), 't', 'bytes of no encoding are a customer');
is($node->safe_psql('sql_ascii', "SELECT count(*) FROM crm.search(E'\\xff Robert Zandbergen\\xfe')"), 1, 'and are searched');
$node->stop;
done_testing();
