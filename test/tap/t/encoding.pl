#!/usr/bin/env perl
# A database that is not in UTF-8: its customers are found and shown as in one that is.
use strict;
use warnings;
use Test::More;

my $out = $ENV{OUT};

my $departments = q{
SET client_encoding = 'UTF8';
CREATE TABLE account (id int PRIMARY KEY, name text, mail text, town text);
INSERT INTO account VALUES (1, 'Jürgen Müller', 'jürgen@müller.example', 'Köln');
CREATE TABLE client (id int PRIMARY KEY, name text, mail text, town text);
INSERT INTO client VALUES (1, 'Juergen Mueller', 'jürgen@MÜLLER.example', 'KÖLN'), (2, 'José Núñez', NULL, 'León');
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('sales');
SELECT crm.add_source(name, 'sales', '{"name": "name", "email": "mail", "city": "town"}') FROM (VALUES ('account'), ('client')) t (name);
CALL crm.resolve();
};

my $customers = q{
SET client_encoding = 'UTF8';
SELECT name, email, emails, source_records FROM crm.customer ORDER BY source_records;
SELECT attribute, value, wins, rule FROM crm.customer_lineage WHERE attribute IN ('email', 'city') ORDER BY customer_id, attribute, wins, source;
SELECT name FROM crm.search('nunez josé');
};

sub sql
{
	my ($database, $statements) = @_;
	open my $file, '>', "$out/encoding.sql" or die "cannot write $out/encoding.sql: $!";
	print $file $statements;
	close $file;
	my $got = `psql -XqAt -v ON_ERROR_STOP=1 -d $database -f $out/encoding.sql 2>&1`;
	chomp $got;
	return $got;
}

sub customers_in
{
	my ($encoding) = @_;
	my $database = 'test_encoding_' . lc $encoding;
	sql('postgres', "DROP DATABASE IF EXISTS $database;\nCREATE DATABASE $database TEMPLATE template0 ENCODING '$encoding' LOCALE 'C';\n");
	sql($database, $departments);
	my $got = sql($database, $customers);
	sql('postgres', "DROP DATABASE $database;");
	return $got;
}

my $want = customers_in('UTF8');
like($want, qr/jürgen\@xn--mller-kva\.example.*\|2$/m, 'an address outside ASCII is golden');
is(customers_in('LATIN1'), $want, 'LATIN1 shows the same customers');

done_testing();
