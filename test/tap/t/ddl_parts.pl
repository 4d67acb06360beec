#!/usr/bin/env perl
# What departments do to the tables of details and lookups, and to the columns that these hang on.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Ddl;

ddl_begin('parts');

my $setup = <<'SQL';
CREATE TABLE sales.town (id integer PRIMARY KEY, label text);
INSERT INTO sales.town VALUES (1, 'Zwolle'), (2, 'Emmen');
ALTER TABLE sales.account ADD COLUMN town_id integer REFERENCES sales.town;
UPDATE sales.account SET town_id = 1 + id % 2;
CREATE TABLE sales.address (id integer PRIMARY KEY, account_id integer REFERENCES sales.account ON DELETE CASCADE, mail text, old boolean NOT NULL DEFAULT false);
INSERT INTO sales.address VALUES (1, 1, 'second@oosterhof.example', false), (2, 2, 'second@wolfsburg.example', false), (3, 5, 'fz@zandvliet.example', true), (4, 3, 'third@dijkgraaf.example', false);
SQL
my $add = q(SELECT crm.add_source('sales.account', 'sales', '{"name": "name", "email": "mail", "city": "lookup(town_id, ''sales.town.label'')", "birth_date": "born"}', changed_at => 'changed');
SELECT crm.add_detail('sales.address', of => 'sales.account', key => '{account_id}', map => '{"email": "mail"}', filter => 'NOT old'););
my $changes = q(UPDATE sales.town SET label = 'Urk' WHERE id = 2; UPDATE sales.address SET mail = 'moved@x.example' WHERE id = 2; DELETE FROM sales.address WHERE id = 1; UPDATE sales.address SET old = false WHERE id = 3; UPDATE sales.account SET name = 'Bart Wolfsburg', changed = '2025-01-01Z' WHERE id = 2;);

sub renamed
{
	my @pairs = @_;
	my ($final, $later) = ($add, $changes);
	while (my ($old, $new) = splice @pairs, 0, 2)
	{
		s/$old/$new/g for $final, $later;
	}
	return (final => $final, changes => $later);
}

ddl_case(
	name   => 'a detail\'s table and columns are renamed, the filter\'s too',
	setup  => $setup, add => $add,
	script => "ALTER TABLE sales.address RENAME TO contact; ALTER TABLE sales.contact RENAME mail TO address; ALTER TABLE sales.contact RENAME account_id TO owner; ALTER TABLE sales.contact RENAME old TO outdated; UPDATE sales.contact SET address = 'other\@oosterhof.example' WHERE id = 1; INSERT INTO sales.contact VALUES (9, 3, 'ninth\@dijkgraaf.example');",
	expect => 'nothing',
	final  => $add =~ s/sales\.address', of/sales.contact', of/r =~ s/\{account_id\}/{owner}/r =~ s/map => '\{"email": "mail"\}', filter => 'NOT old'/map => '{"email": "address"}', filter => 'NOT outdated'/r,
	changes => $changes =~ s/sales\.address/sales.contact/gr =~ s/SET mail/SET address/r =~ s/SET old/SET outdated/r);

ddl_case(
	name   => 'a looked-up table and its columns are renamed and moved',
	setup  => $setup, add => $add,
	script => "ALTER TABLE sales.town RENAME label TO name; ALTER TABLE sales.town RENAME id TO code; UPDATE sales.town SET name = 'Ens' WHERE code = 1; ALTER TABLE sales.town SET SCHEMA service; ALTER TABLE sales.account RENAME town_id TO town;",
	expect => 'followed',
	like   => qr/column "town_id" is now "town"/,
	renamed('sales\.town\.label' => 'service.town.name', 'sales\.town\b' => 'service.town', 'town_id' => 'town', 'SET label' => 'SET name', "'Urk' WHERE id" => "'Urk' WHERE code"));

ddl_case(
	name   => 'the key that a detail hangs on is renamed',
	setup  => $setup, add => $add,
	script => "ALTER TABLE sales.account RENAME id TO nr; UPDATE sales.address SET mail = 'x\@palthe.example', account_id = 4 WHERE id = 1;",
	expect => 'followed',
	like   => qr/column "id" is now "nr"/,
	changes => $changes =~ s/(sales.account SET .*) WHERE id/$1 WHERE nr/r);

ddl_case(
	name   => 'a detail\'s table is built anew and swapped, and a value rewritten',
	setup  => $setup, add => $add,
	script => "BEGIN; CREATE TABLE sales.address_new (LIKE sales.address INCLUDING ALL); INSERT INTO sales.address_new SELECT id, account_id, 'new.' || mail, old FROM sales.address; ALTER TABLE sales.address RENAME TO address_old; ALTER TABLE sales.address_new RENAME TO address; COMMIT; ALTER TABLE sales.town ALTER label TYPE text USING 'town of ' || label;",
	expect => 'nothing');

ddl_case(
	name   => 'a detail\'s table is dropped',
	setup  => $setup, add => $add,
	script => 'DROP TABLE sales.address;',
	expect => 'attention',
	like   => qr/^detail "sales\.address": table "sales\.address" does not exist$/,
	repair => qr/^SELECT crm\.drop_detail\('sales\.address', of => 'sales\.account'\);$/,
	final  => $add =~ s/SELECT crm\.add_detail.*//sr,
	changes => "UPDATE sales.town SET label = 'Urk' WHERE id = 2");

ddl_case(
	name   => 'a looked-up table is dropped',
	setup  => $setup, add => $add,
	script => 'DROP TABLE sales.town CASCADE;',
	expect => 'attention',
	like   => qr/sales\.town/,
	repair => qr/^SELECT crm\.change_source\('sales\.account', map => /,
	final  => $add =~ s/"city": "lookup.*?\)", //r,
	changes => "UPDATE sales.address SET mail = 'moved\@x.example' WHERE id = 2");

ddl_end();
