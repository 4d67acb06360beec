#!/usr/bin/env perl
# Migrations build a new table, copy and swap names, as ORMs and online tools do; and keys change.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Ddl;

ddl_begin('swap');

my $columns = 'id integer PRIMARY KEY, name text, mail text, phone text, city text, born date, active boolean NOT NULL DEFAULT true, changed timestamptz';
my $names = 'id, name, mail, phone, city, born, active, changed';

ddl_case(
	name   => 'new table, copy, drop the old one, rename (Django on SQLite)',
	script => "BEGIN; CREATE TABLE sales.new__account (${columns}, score integer); INSERT INTO sales.new__account ($names) SELECT id, name, mail, phone, 'town of ' || city, born, active, changed FROM sales.account; DROP TABLE sales.account; ALTER TABLE sales.new__account RENAME TO account; COMMIT; UPDATE sales.account SET city = 'Urk' WHERE id = 1;",
	expect => 'followed',
	like   => qr/"sales\.account" is another table/);

ddl_case(
	name   => 'batch migration that widens and narrows types (alembic)',
	script => "CREATE TABLE sales._alembic_tmp_account (id bigint PRIMARY KEY, name varchar(300), mail varchar(200), phone text, city text, born timestamp, active boolean NOT NULL DEFAULT true, changed timestamptz); INSERT INTO sales._alembic_tmp_account SELECT $names FROM sales.account; DROP TABLE sales.account; ALTER TABLE sales._alembic_tmp_account RENAME TO account;",
	expect => 'followed',
	like   => qr/"sales\.account" is another table/);

ddl_case(
	name   => 'the old table stays beside, with the trigger, and is written to',
	script => "BEGIN; CREATE TABLE sales.account_new (LIKE sales.account INCLUDING ALL); INSERT INTO sales.account_new TABLE sales.account; ALTER TABLE sales.account RENAME TO account_old; ALTER TABLE sales.account_new RENAME TO account; COMMIT; UPDATE sales.account_old SET city = 'Old'; DELETE FROM sales.account_old WHERE id < 4; UPDATE sales.account SET city = 'New' WHERE id IN (2, 5);",
	expect => 'followed',
	like   => qr/"sales\.account" is another table/);

ddl_case(
	name   => 'swapped, and swapped back',
	script => "CREATE TABLE sales.account_new (LIKE sales.account INCLUDING ALL); BEGIN; ALTER TABLE sales.account RENAME TO account_old; ALTER TABLE sales.account_new RENAME TO account; COMMIT; UPDATE sales.account_old SET city = 'Urk' WHERE id = 1; BEGIN; ALTER TABLE sales.account RENAME TO account_new; ALTER TABLE sales.account_old RENAME TO account; COMMIT; DELETE FROM sales.account WHERE id = 2;",
	expect => 'nothing');

ddl_case(
	name   => 'a table of another shape takes the name, the old one stays under another',
	script => "ALTER TABLE sales.account RENAME TO customer; CREATE TABLE sales.account (id integer PRIMARY KEY, iban text, name text); INSERT INTO sales.account VALUES (1, 'NL00', 'Savings'); UPDATE sales.customer SET city = 'Urk' WHERE id = 1;",
	expect => 'attention',
	like   => qr/is another table by now: .*; the one that was registered is now "sales\.customer"$/,
	repair => qr/^SELECT crm\.repair_source\('sales\.account', read_from => 'sales\.customer'\);$/,
	final  => $Ddl::first =~ s/sales\.account/sales.customer/r,
	changes => $Ddl::changes =~ s/sales\.account/sales.customer/gr);

ddl_case(
	name   => 'swapped, and the new table renamed before a run saw it',
	script => "BEGIN; CREATE TABLE sales.account_new (LIKE sales.account INCLUDING ALL); INSERT INTO sales.account_new TABLE sales.account; ALTER TABLE sales.account RENAME TO account_old; ALTER TABLE sales.account_new RENAME TO account; COMMIT; ALTER TABLE sales.account RENAME TO customer; UPDATE sales.customer SET city = 'New' WHERE id IN (2, 5);",
	expect => 'attention',
	like   => qr/^table "sales\.account" is now "sales\.account_old", or "sales\.customer", which was made since and reads alike$/,
	repair => qr/^SELECT crm\.repair_source\('sales\.account', read_from => 'sales\.account_old'\);$/,
	final  => $Ddl::first =~ s/sales\.account/sales.account_old/r,
	changes => $Ddl::changes =~ s/sales\.account/sales.account_old/gr);

ddl_case(
	name   => 'two sources swap names',
	setup  => "CREATE TABLE sales.prospect (LIKE sales.account INCLUDING ALL); INSERT INTO sales.prospect SELECT id + 100, name || ' jr', mail, phone, city, born, active, changed FROM sales.account",
	add    => $Ddl::first . q(SELECT crm.add_source('sales.prospect', 'service', '{"name": "name", "email": "mail"}', changed_at => 'changed');),
	script => 'BEGIN; ALTER TABLE sales.account RENAME TO x; ALTER TABLE sales.prospect RENAME TO account; ALTER TABLE sales.x RENAME TO prospect; COMMIT;',
	expect => 'attention',
	of     => 'sales.account',
	like   => qr/^table "sales\.account" is now the one of another source$/,
	repair => qr/^SELECT crm\.repair_source\('sales\.account'\);$/);

ddl_case(
	name   => 'a table becomes partitioned, the old one its first partition',
	script => "BEGIN; ALTER TABLE sales.account RENAME TO account_1; ALTER TABLE sales.account_1 RENAME CONSTRAINT account_pkey TO account_1_pkey; CREATE TABLE sales.account ($columns) PARTITION BY RANGE (id); CREATE TABLE sales.account_2 PARTITION OF sales.account FOR VALUES FROM (1000) TO (2000); ALTER TABLE sales.account ATTACH PARTITION sales.account_1 FOR VALUES FROM (0) TO (1000); INSERT INTO sales.account ($names) VALUES (1500, 'Johanna Kwakkel', 'fz\@zandvliet.example', NULL, 'Ens', NULL, true, '2024-09-09Z'); COMMIT; UPDATE sales.account SET city = 'Urk' WHERE id = 2;",
	expect => 'followed',
	like   => qr/"sales\.account" is another table/);

ddl_case(
	name   => 'keys are renumbered, some to what others had',
	script => "UPDATE sales.account SET id = id + 1000; UPDATE sales.account SET id = id - 999 WHERE id > 1003; UPDATE sales.account SET id = 1, name = 'Anna Oosterhof' WHERE id = 1001;",
	expect => 'nothing');

ddl_case(
	name   => 'the primary key becomes another column, the old one stays',
	script => "ALTER TABLE sales.account ADD COLUMN uid uuid; UPDATE sales.account SET uid = md5(id::text)::uuid; ALTER TABLE sales.account DROP CONSTRAINT account_pkey, ADD PRIMARY KEY (uid), ALTER id DROP NOT NULL;",
	expect => 'nothing',
	final  => $Ddl::first =~ s/changed_at/key => '{id}', changed_at/r,
	changes => "UPDATE sales.account SET city = 'Urk', changed = '2025-01-01Z' WHERE id = 2");

ddl_case(
	name   => 'the primary key becomes another column, the old one goes',
	script => "ALTER TABLE sales.account ADD COLUMN uid uuid; UPDATE sales.account SET uid = md5(id::text)::uuid; ALTER TABLE sales.account DROP COLUMN id, ADD PRIMARY KEY (uid);",
	expect => 'attention',
	like   => qr/column "id" was dropped/,
	repair => qr/^SELECT crm\.change_source\('sales\.account', key => ARRAY\['uid'\]\);$/,
	changes => "UPDATE sales.account SET city = 'Urk', changed = '2025-01-01Z' WHERE uid = md5('2')::uuid");

ddl_end();
