#!/usr/bin/env perl
# Partitions and inheritance children come and go with their rows.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Ddl;

ddl_begin('partitions');

my $columns = 'id integer NOT NULL, name text, mail text, phone text, city text, born date, active boolean NOT NULL DEFAULT true, changed timestamptz';
my $partitioned = "ALTER TABLE sales.account RENAME TO plain; CREATE TABLE sales.account ($columns, PRIMARY KEY (id)) PARTITION BY RANGE (id); CREATE TABLE sales.account_a PARTITION OF sales.account FOR VALUES FROM (1) TO (4); CREATE TABLE sales.account_b PARTITION OF sales.account FOR VALUES FROM (4) TO (1000); INSERT INTO sales.account SELECT id, name, mail, phone, city, born, active, changed FROM sales.plain; DROP TABLE sales.plain";
my $more = "VALUES (2001, 'Johanna Kwakkel', 'fz\@zandvliet.example', NULL, 'Ens', NULL, true, '2024-09-09Z'), (2002, 'Klaas Lindeboom', NULL, NULL, 'Urk', '1980-01-01', true, '2024-09-10Z')";

ddl_case(
	name   => 'a partition is made and filled, its rows change',
	setup  => $partitioned,
	script => "CREATE TABLE sales.account_c PARTITION OF sales.account FOR VALUES FROM (2000) TO (3000); INSERT INTO sales.account $more; UPDATE sales.account_c SET city = 'Nagele' WHERE id = 2001; DELETE FROM sales.account_c WHERE id = 2002;",
	expect => 'followed',
	like   => qr/partitions or children changed/);

ddl_case(
	name   => 'a table with rows is attached, then truncated',
	setup  => $partitioned,
	script => "CREATE TABLE sales.account_c ($columns); INSERT INTO sales.account_c $more; ALTER TABLE sales.account ATTACH PARTITION sales.account_c FOR VALUES FROM (2000) TO (3000);",
	expect => 'followed',
	like   => qr/partitions or children changed/,
	changes => 'TRUNCATE sales.account_c; TRUNCATE sales.account_a');

ddl_case(
	name   => 'a partition is detached, with its rows',
	setup  => $partitioned,
	script => "ALTER TABLE sales.account DETACH PARTITION sales.account_a; UPDATE sales.account_a SET city = 'Nowhere'; INSERT INTO sales.account (id, name) VALUES (2, 'x'); TRUNCATE sales.account_a;",
	expect => 'followed',
	like   => qr/partitions or children changed/,
	changes => "UPDATE sales.account SET city = 'Urk', changed = '2025-01-01Z' WHERE id = 5");

ddl_case(
	name   => 'a partition is detached concurrently',
	setup  => $partitioned,
	script => 'ALTER TABLE sales.account DETACH PARTITION sales.account_a CONCURRENTLY;',
	expect => 'followed',
	like   => qr/partitions or children changed/,
	changes => '');

ddl_case(
	name   => 'a partition is detached, written to, and attached again',
	setup  => $partitioned,
	script => "ALTER TABLE sales.account DETACH PARTITION sales.account_a; UPDATE sales.account_a SET city = 'Away' WHERE id = 1; DELETE FROM sales.account_a WHERE id = 3; ALTER TABLE sales.account ATTACH PARTITION sales.account_a FOR VALUES FROM (1) TO (4);",
	expect => 'followed',
	like   => qr/partitions or children changed/,
	changes => 'TRUNCATE sales.account_a');

ddl_case(
	name   => 'a partition is dropped, another renamed and moved',
	setup  => $partitioned,
	script => 'DROP TABLE sales.account_a; ALTER TABLE sales.account_b RENAME TO rest; ALTER TABLE sales.rest SET SCHEMA service;',
	expect => 'followed',
	like   => qr/partitions or children changed/,
	changes => "TRUNCATE service.rest");

ddl_case(
	name   => 'rows move between partitions',
	setup  => $partitioned,
	script => 'UPDATE sales.account SET id = id + 10 WHERE id < 3; UPDATE sales.account SET id = 2 WHERE id = 5; ALTER TABLE sales.account RENAME id TO nr;',
	expect => 'followed',
	like   => qr/"id" is now "nr"$/,
	changes => "UPDATE sales.account SET nr = 3 + 100, changed = '2025-01-01Z' WHERE nr = 3");

ddl_case(
	name   => 'a partition of partitions is attached',
	setup  => $partitioned,
	script => "CREATE TABLE sales.account_c ($columns) PARTITION BY LIST (city); CREATE TABLE sales.account_c_urk PARTITION OF sales.account_c FOR VALUES IN ('Urk'); CREATE TABLE sales.account_c_rest PARTITION OF sales.account_c DEFAULT; ALTER TABLE sales.account DROP CONSTRAINT account_pkey1; INSERT INTO sales.account_c $more; ALTER TABLE sales.account ATTACH PARTITION sales.account_c FOR VALUES FROM (2000) TO (3000);",
	expect => 'followed',
	like   => qr/partitions or children changed/,
	final  => $Ddl::first =~ s/changed_at/key => '{id}', changed_at/r,
	changes => "UPDATE sales.account SET city = 'Emmeloord', changed = '2025-01-01Z' WHERE id = 2002; TRUNCATE sales.account_c_rest");

ddl_case(
	name   => 'a table that is a source is attached to another one',
	setup  => "$partitioned; CREATE TABLE sales.extra ($columns, PRIMARY KEY (id)); INSERT INTO sales.extra $more",
	add    => $Ddl::first . q(SELECT crm.add_source('sales.extra', 'service', '{"name": "name", "email": "mail"}', changed_at => 'changed');),
	script => 'ALTER TABLE sales.account ATTACH PARTITION sales.extra FOR VALUES FROM (2000) TO (3000); UPDATE sales.extra SET city = \'Nagele\'; DELETE FROM sales.account WHERE id = 2002;',
	of     => 'sales.extra',
	expect => 'attention',
	like   => qr/its rows are read through "sales\.account" as well/,
	repair => qr/^SELECT crm\.drop_source\('sales\.extra'\);$/,
	final  => $Ddl::first,
	changes => 'TRUNCATE sales.extra');

ddl_case(
	name   => 'inheritance children are added and taken away',
	setup  => "CREATE TABLE sales.child (extra text) INHERITS (sales.account); INSERT INTO sales.child (id, name, mail, changed) VALUES (101, 'Lambert Mulder', 'lm\@mulder.example', '2024-01-01Z')",
	script => "CREATE TABLE sales.second () INHERITS (sales.account); INSERT INTO sales.second (id, name, mail, changed) VALUES (102, 'Margriet Nauta', 'mn\@nauta.example', '2024-01-01Z'); UPDATE sales.second SET city = 'Urk'; ALTER TABLE sales.child NO INHERIT sales.account; UPDATE sales.child SET city = 'Away';",
	expect => 'followed',
	like   => qr/partitions or children changed/,
	changes => "UPDATE sales.second SET mail = 'x\@y.example', changed = '2025-01-01Z'; TRUNCATE sales.second");

ddl_end();
