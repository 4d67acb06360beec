#!/usr/bin/env perl
# Tables of a source are renamed, moved, dropped, made anew, given to others: the department notices
# nothing of crm, and crm knows afterwards what a fresh install would.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Ddl;

ddl_begin('tables');

sub table_is
{
	my ($name) = @_;
	return (final => $Ddl::first =~ s/sales\.account/$name/r, changes => $Ddl::changes =~ s/sales\.account/$name/gr);
}

ddl_case(
	name   => 'a table is renamed, and written to before and after',
	script => "UPDATE sales.account SET city = 'Urk' WHERE id = 1; ALTER TABLE sales.account RENAME TO customer; UPDATE sales.customer SET city = 'Ens' WHERE id = 2; DELETE FROM sales.customer WHERE id = 3; SELECT * FROM sales.account;",
	expect => 'followed',
	like   => qr/table "sales\.account" is now "sales\.customer"/,
	table_is('sales.customer'));

ddl_case(
	name   => 'a table moves to another schema and a column is renamed',
	script => 'CREATE SCHEMA crm_department; ALTER TABLE sales.account SET SCHEMA crm_department; ALTER TABLE crm_department.account RENAME mail TO email;',
	expect => 'followed',
	like   => qr/"mail" is now "email"/,
	final  => $Ddl::first =~ s/sales\.account/crm_department.account/r =~ s/"email": "mail"/"email": "email"/r,
	changes => $Ddl::changes =~ s/sales\.account/crm_department.account/gr =~ s/\bmail\b/email/gr);

ddl_case(
	name   => 'the schema is renamed',
	script => 'ALTER SCHEMA sales RENAME TO "Sales 2";',
	expect => 'followed',
	like   => qr/is now "Sales 2\.account"/,
	final  => $Ddl::first =~ s/sales\.account/"Sales 2".account/r,
	changes => $Ddl::changes =~ s/sales\.account/"Sales 2".account/gr);

ddl_case(
	name   => 'a table is dropped',
	script => 'DROP TABLE sales.account; SELECT * FROM sales.account;',
	expect => 'attention',
	like   => qr/^table "sales\.account" does not exist$/,
	repair => qr/^SELECT crm\.drop_source\('sales\.account'\);$/,
	final  => '',
	changes => '');

ddl_case(
	name   => 'a schema is dropped with all in it',
	script => 'DROP SCHEMA sales CASCADE;',
	expect => 'attention',
	like   => qr/does not exist$/,
	repair => qr/^SELECT crm\.drop_source/,
	final  => '',
	changes => '');

ddl_case(
	name   => 'a table is dropped and made anew',
	script => "BEGIN; CREATE TABLE sales.kept AS TABLE sales.account; DROP TABLE sales.account; CREATE TABLE sales.account (mail text, id bigint PRIMARY KEY, name varchar(200), born date, phone text, city text, active boolean NOT NULL DEFAULT true, changed timestamptz, remark text); INSERT INTO sales.account (id, name, mail, phone, city, born, active, changed) SELECT id, upper(name), mail, phone, city, born, active, changed FROM sales.kept WHERE id < 6; DROP TABLE sales.kept; COMMIT;",
	expect => 'followed',
	like   => qr/"sales\.account" is another table/);

ddl_case(
	name   => 'a table is made anew without a column that is read',
	script => "DROP TABLE sales.account; CREATE TABLE sales.account (fax text, id integer PRIMARY KEY, name text, mail text, city text, born date, active boolean NOT NULL DEFAULT true, changed timestamptz); INSERT INTO sales.account VALUES ('31', 1, 'Anneke Oosterhof', 'anneke\@oosterhof.example', 'Urk', NULL, true, '2024-02-02Z');",
	expect => 'attention',
	like   => qr/is another table by now: column "phone" was dropped/,
	repair => qr/^SELECT crm\.change_source\('sales\.account', map => /,
	final  => $Ddl::first =~ s/"phone": "phone", //r);

ddl_case(
	name   => 'a table is made anew and is empty still',
	script => "DROP TABLE sales.account; CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text, phone text, city text, born date, active boolean NOT NULL DEFAULT true, changed timestamptz);",
	expect => 'attention',
	like   => qr/is another table by now, without any row yet/,
	repair => qr/^SELECT crm\.repair_source\('sales\.account'\);$/);

ddl_case(
	name   => 'a table is made anew by another role',
	as     => 'superuser',
	script => "DROP TABLE sales.account; SET ROLE ddl_other; RESET ROLE; GRANT CREATE, USAGE ON SCHEMA sales TO ddl_other; SET ROLE ddl_other; CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text, phone text, city text, born date, active boolean NOT NULL DEFAULT true, changed timestamptz); INSERT INTO sales.account (id, name, mail, changed) VALUES (9, 'Someone Else', 's\@e.example', '2024-07-07Z');",
	expect => 'attention',
	like   => qr/is another table by now, and belongs to "ddl_other"/,
	repair => qr/^SELECT crm\.repair_source\('sales\.account'\);$/);

ddl_case(
	name   => 'a table is given to another role',
	script => 'GRANT ALL ON SCHEMA sales TO ddl_other; ALTER TABLE sales.account OWNER TO ddl_other; ALTER TABLE sales.account RENAME phone TO telephone;',
	expect => 'followed',
	like   => qr/"phone" is now "telephone"; it belongs to "ddl_other"/,
	final  => $Ddl::first =~ s/"phone": "phone"/"phone": "telephone"/r);

ddl_case(
	name   => 'a table whose expressions call its owner\'s function is given to another role',
	setup  => q(CREATE FUNCTION sales.tidy(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower($1)'),
	add    => $Ddl::first =~ s/"email": "mail"/"email": "sales.tidy(mail)"/r,
	script => 'GRANT ALL ON SCHEMA sales TO ddl_other; ALTER TABLE sales.account OWNER TO ddl_other;',
	expect => 'attention',
	like   => qr/attribute "email" can no longer be read/,
	repair => qr/^SELECT crm\.change_source\(/,
	final  => $Ddl::first =~ s/"email": "mail", //r);

ddl_case(
	name   => 'a view takes the place of the table, over a new table',
	script => "BEGIN; CREATE TABLE sales.person (id integer PRIMARY KEY, full_name text); INSERT INTO sales.person SELECT id, name FROM sales.account; DROP TABLE sales.account; CREATE VIEW sales.account AS SELECT id, full_name AS name, NULL::text AS mail, NULL::text AS phone, NULL::text AS city, NULL::date AS born, true AS active, '2024-03-03Z'::timestamptz AS changed FROM sales.person; COMMIT;",
	expect => 'attention',
	like   => qr/"sales\.account" is no table any more but a view/,
	repair => qr/^SELECT crm\.repair_source\('sales\.account'\);$/,
	final  => $Ddl::first =~ s/changed_at/key => '{id}', changed_at/r,
	changes => '');

ddl_case(
	name   => 'a view takes the place of the table, over the table itself',
	script => "BEGIN; ALTER TABLE sales.account RENAME TO account_data; CREATE VIEW sales.account AS TABLE sales.account_data; UPDATE sales.account SET city = 'Urk' WHERE id = 2; COMMIT;",
	expect => 'attention',
	like   => qr/no table any more but a view.*; the one that was registered is now "sales\.account_data"$/,
	repair => qr/^SELECT crm\.repair_source\('sales\.account', read_from => 'sales\.account_data'\);$/,
	table_is('sales.account_data'));

ddl_case(
	name   => 'triggers are switched off, rows change, they are switched on again',
	script => "ALTER TABLE sales.account DISABLE TRIGGER USER; UPDATE sales.account SET city = 'Urk'; ALTER TABLE sales.account ENABLE TRIGGER USER;",
	expect => 'followed',
	like   => qr/triggers were changed/);

ddl_case(
	name   => 'triggers stay switched off',
	script => "ALTER TABLE sales.account DISABLE TRIGGER ALL; UPDATE sales.account SET city = 'Urk';",
	expect => 'attention',
	like   => qr/trigger "crm_50_capture_\d+" on sales\.account is not enabled ALWAYS/,
	repair => qr/^SELECT crm\.repair_source\('sales\.account'\);$/);

ddl_case(
	name   => 'clustered, vacuumed, unlogged and logged again, rules and policies',
	setup  => 'CREATE INDEX account_name ON sales.account (name)',
	script => "CLUSTER sales.account USING account_name; VACUUM FULL sales.account; ALTER TABLE sales.account SET UNLOGGED; ALTER TABLE sales.account SET LOGGED; ALTER TABLE sales.account SET (fillfactor = 50); ALTER TABLE sales.account ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; CREATE POLICY own ON sales.account USING (true); REINDEX TABLE sales.account;",
	expect => 'nothing');

ddl_case(
	name   => 'truncated, with what refers to it',
	setup  => 'CREATE TABLE sales.note (account_id integer REFERENCES sales.account, note text); INSERT INTO sales.note VALUES (1, \'x\')',
	script => "TRUNCATE sales.account; BEGIN; TRUNCATE sales.account CASCADE; INSERT INTO sales.account (id, name, mail, changed) VALUES (1, 'Hendrikje Blom', 'anneke\@oosterhof.example', '2024-05-05Z'), (2, 'Iwan Terpstra', NULL, '2024-05-06Z'); COMMIT; SELECT * FROM sales.note;",
	expect => 'nothing');

ddl_end();
