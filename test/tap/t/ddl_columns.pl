#!/usr/bin/env perl
# Columns of a source are added, renamed, dropped and retyped: the department notices nothing of
# crm, and crm knows afterwards what a fresh install would.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Ddl;

ddl_begin('columns');

sub renamed
{
	my (%names) = @_;
	my ($add, $changes) = ($Ddl::first, $Ddl::changes);
	s/\b$_\b/$names{$_}/g for keys %names;
	for my $old (keys %names)
	{
		$add =~ s/"$old"(?!:)/"$names{$old}"/g;
		$add =~ s/'$old'/'$names{$old}'/g;
		$changes =~ s/\b$old\b/$names{$old}/g;
	}
	return (final => $add, changes => $changes);
}

ddl_case(
	name   => 'columns are added',
	script => "ALTER TABLE sales.account ADD COLUMN remark text DEFAULT 'none', ADD COLUMN score integer; UPDATE sales.account SET score = id",
	expect => 'nothing');

ddl_case(
	name   => 'a column is renamed',
	script => 'ALTER TABLE sales.account RENAME mail TO e_mail; UPDATE sales.account SET e_mail = \'x@palthe.example\' WHERE id = 4 RETURNING *;',
	expect => 'followed',
	like   => qr/^column "mail" is now "e_mail"$/,
	renamed(mail => 'e_mail'));

ddl_case(
	name   => 'the key, the filter and the date of change are renamed, within a transaction with changes',
	script => "BEGIN; UPDATE sales.account SET active = true WHERE id = 4; ALTER TABLE sales.account RENAME id TO account_no; ALTER TABLE sales.account RENAME active TO in_use; ALTER TABLE sales.account RENAME changed TO touched; DELETE FROM sales.account WHERE account_no = 5; UPDATE sales.account SET account_no = 60 WHERE account_no = 2; COMMIT;",
	expect => 'followed',
	like   => qr/"id" is now "account_no"/,
	renamed(id => 'account_no', active => 'in_use', changed => 'touched'));

ddl_case(
	name   => 'two columns swap names: the names count',
	script => "BEGIN; ALTER TABLE sales.account RENAME phone TO x; ALTER TABLE sales.account RENAME city TO phone; ALTER TABLE sales.account RENAME x TO city; COMMIT;",
	expect => 'followed',
	like   => qr/"phone" was made anew.*"city" was made anew|"city" was made anew.*"phone" was made anew/);

ddl_case(
	name   => 'an attempt to rename is rolled back, another fails',
	script => "BEGIN; ALTER TABLE sales.account RENAME mail TO x; ROLLBACK; ALTER TABLE sales.account RENAME mail TO phone; ALTER TABLE sales.account RENAME nothing TO something;",
	expect => 'nothing');

ddl_case(
	name   => 'a new column takes the name of an old one, whose values it has',
	script => "ALTER TABLE sales.account ADD COLUMN mail_new text; UPDATE sales.account SET mail_new = 'new.' || mail; ALTER TABLE sales.account DROP COLUMN mail; ALTER TABLE sales.account RENAME mail_new TO mail;",
	expect => 'followed',
	like   => qr/column "mail" was made anew/);

ddl_case(
	name   => 'a column that is not read is dropped',
	setup  => 'ALTER TABLE sales.account ADD COLUMN remark text',
	script => 'ALTER TABLE sales.account DROP COLUMN remark;',
	expect => 'nothing');

ddl_case(
	name   => 'a column that is read is dropped',
	script => "ALTER TABLE sales.account DROP COLUMN phone; UPDATE sales.account SET city = 'Urk' WHERE id = 1;",
	expect => 'attention',
	like   => qr/^column "phone" was dropped/,
	repair => qr/^SELECT crm\.change_source\('sales\.account', map => /,
	final  => $Ddl::first =~ s/"phone": "phone", //r);

ddl_case(
	name   => 'the filter is dropped',
	script => 'ALTER TABLE sales.account DROP COLUMN active;',
	expect => 'attention',
	like   => qr/column "active" was dropped/,
	repair => qr/filter => ''/,
	final  => $Ddl::first =~ s/filter => 'active', //r);

ddl_case(
	name   => 'types change, by USING',
	script => "ALTER TABLE sales.account ALTER born TYPE timestamp USING born + time '12:00', ALTER mail TYPE varchar(80) USING 'to.' || mail, ALTER id TYPE bigint;",
	expect => 'followed',
	like   => qr/column "\w+" is now of type/);

ddl_case(
	name   => 'values change under the same type, by USING, and are put back by another',
	script => "ALTER TABLE sales.account ALTER mail TYPE text USING 'to.' || mail; ALTER TABLE sales.account ALTER name TYPE text USING upper(name);",
	expect => 'followed',
	like   => qr/columns were rewritten/);

ddl_case(
	name   => 'the filter becomes a text',
	script => "ALTER TABLE sales.account ALTER active DROP DEFAULT, ALTER active TYPE text USING CASE WHEN active THEN 'yes' ELSE 'no' END;",
	expect => 'attention',
	like   => qr/active|filter/,
	repair => qr/filter => ''/,
	final  => $Ddl::first =~ s/filter => 'active', //r,
	changes => "UPDATE sales.account SET active = 'no' WHERE id = 1; UPDATE sales.account SET mail = 'z\@z.example', changed = '2025-01-01Z' WHERE id = 2");

ddl_case(
	name   => 'retyped and renamed at once',
	script => "ALTER TABLE sales.account ALTER mail TYPE varchar(200); ALTER TABLE sales.account RENAME mail TO address; ALTER TABLE sales.account RENAME id TO nr; ALTER TABLE sales.account ALTER nr TYPE text USING 'A-' || nr;",
	expect => 'followed',
	like   => qr/"mail" is now "address".*is now of type/,
	final  => $Ddl::first =~ s/"email": "mail"/"email": "address"/r,
	changes => "UPDATE sales.account SET address = 'later\@example.org', changed = '2025-01-01Z' WHERE nr = 'A-2'; DELETE FROM sales.account WHERE nr = 'A-3'");

ddl_case(
	name   => 'the labels of an enumerated type are renamed',
	setup  => "CREATE TYPE sales.town AS ENUM ('Zwolle', 'Emmen', 'Delft', 'Almelo', 'Assen'); ALTER TABLE sales.account ALTER city TYPE sales.town USING city::sales.town",
	script => "ALTER TYPE sales.town RENAME VALUE 'Emmen' TO 'Drenthe'; ALTER TYPE sales.town ADD VALUE 'Urk';",
	expect => 'followed',
	like   => qr/labels of a type changed/);

ddl_case(
	name   => 'a column becomes computed',
	script => "ALTER TABLE sales.account DROP COLUMN mail; ALTER TABLE sales.account ADD COLUMN mail text GENERATED ALWAYS AS (lower(replace(name, ' ', '.')) || '\@sales.example') STORED;",
	expect => 'followed',
	like   => qr/column "mail" was made anew/,
	changes => "UPDATE sales.account SET name = 'Bert Wolfsburg', changed = '2025-01-01Z' WHERE id = 2");

ddl_case(
	name   => 'the whole row is read, and a column is added',
	add    => q(SELECT crm.add_source('sales.account', 'sales', '{"name": "name", "email": "mail", "city": "to_jsonb(account) ->> ''town''"}', changed_at => 'changed');),
	script => "ALTER TABLE sales.account ADD COLUMN town text DEFAULT 'Urk'; UPDATE sales.account SET town = 'Ens' WHERE id = 3;",
	expect => 'followed',
	like   => qr/columns were added/,
	changes => "UPDATE sales.account SET town = 'Marknesse' WHERE id = 1;");

ddl_case(
	name   => 'constraints, defaults, statistics, storage, comments, rights, indexes',
	script => "ALTER TABLE sales.account ALTER mail SET DEFAULT 'none', ALTER phone SET STATISTICS 50, ALTER name SET STORAGE EXTERNAL, ADD CHECK (id > 0), ADD UNIQUE (id, name); CREATE INDEX ON sales.account (lower(mail)); COMMENT ON COLUMN sales.account.mail IS 'address'; GRANT SELECT (mail) ON sales.account TO PUBLIC; ALTER TABLE sales.account REPLICA IDENTITY FULL; ANALYZE sales.account;",
	expect => 'nothing');

ddl_end();
