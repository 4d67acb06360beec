#!/usr/bin/env perl
# The SQL blocks of doc/sources.md on presets run as they stand, and the preset that it writes reads tables.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my @blocks = map { $_->{sql} } DocPage->read('doc/sources.md', before => 'Filters')->blocks;
cmp_ok scalar @blocks, '>', 2, 'the page has SQL blocks';
my $database = Database->create('sources_page');
my ($status, $out, $err) = $database->try(join "\n", @blocks);
is $status, 0, 'they run without an error' or diag $err;
like $out, qr/crm\.change_source\('shop\.customer', map => .*postal_code/, 'a column of an upgrade is taken up';

$database->run(<<'SQL');
CREATE SCHEMA desk
	CREATE TABLE country (id integer PRIMARY KEY, code text)
	CREATE TABLE employer (id integer PRIMARY KEY, name text, country_id integer REFERENCES country)
	CREATE TABLE address (id integer PRIMARY KEY, city text)
	CREATE TABLE clients (id integer PRIMARY KEY, name text, mobile text, staff_no integer, deleted_at timestamptz,
		address_id integer, employer_id integer, created_at timestamptz)
	CREATE TABLE client_mail (id integer PRIMARY KEY, client_id integer, address text, confirmed boolean, is_main boolean);
INSERT INTO desk.country VALUES (1, 'NL');
INSERT INTO desk.employer VALUES (1, 'Acme', 1);
INSERT INTO desk.address VALUES (1, 'Delft');
INSERT INTO desk.clients VALUES (1, 'Ann Lee', '+31612345678', NULL, NULL, 1, 1, '2024-01-01'),
	(2, 'Colleague', '+31612345679', 7, NULL, NULL, NULL, '2024-01-01');
INSERT INTO desk.client_mail VALUES (1, 1, 'second@a.example', true, false), (2, 1, 'ann@a.example', true, true),
	(3, 1, 'typo@a.example', false, false);
SELECT crm.add_source('desk', department => 'shop', preset => 'helpdesk');
CALL crm.resolve();
SQL
is join("\n", map { $_->[0] } $database->rows(
	"SELECT concat_ws(' ', kind, name, email, phone, city, country) FROM crm.customer
	WHERE customer_id IN (SELECT s.customer_id FROM crm.customer_source s WHERE s.source LIKE 'desk.%') ORDER BY 1")),
  "organization Acme NL\nperson Ann Lee ann\@a.example +31612345678 Delft",
  'the preset of the page reads employers and clients, no colleague and no typing error';
is $database->value("SELECT relation FROM crm.relation WHERE source LIKE 'desk.%'"), 'contact_of', 'and who works where';
$database->drop;

my $overview = DocPage->read('doc/presets/README.md')->text;
$database = Database->create('sources_page');
$database->run('CREATE EXTENSION crm CASCADE');
for my $preset (map { $_->[0] } $database->rows('SELECT name FROM crm.presets ORDER BY 1'))
{
	like $overview, qr/\| \[`$preset`\]\($preset\.md\) \|/, "the overview names $preset";
	ok -f "$ENV{TREE}/doc/presets/$preset.md", 'and it has a page';
}
$database->drop;
done_testing;
