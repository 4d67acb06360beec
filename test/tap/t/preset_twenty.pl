# twenty by its preset: quoted columns, parts of a field put together, jsonb arrays, deletion by date,
# colleagues among the persons.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::Twenty;
use Database;

my $w        = Crm::Twenty::schema();
my $database = Database->create('preset_twenty');
Crm::Twenty::install($database);
Crm::Twenty::fill($database, seed => 1);
my ($rows, $schema) = (Crm::Check::checksums($database, $w), Crm::Check::schema_dump($database, $w));

Crm::Check::follow_page($database, 'twenty');
is Crm::Check::checksums($database, $w), $rows, 'no row of twenty is touched';
Crm::Check::judge($database, 'twenty', precision => 0.93, recall => 0.9);
Crm::Check::relations($database, 'twenty');
is $database->value(<<~SQL), 0, 'an address in a jsonb array is read';
	SELECT count(*) FROM $w.person p, jsonb_array_elements_text(p."emailsAdditionalEmails") e
	WHERE p."deletedAt" IS NULL AND NOT EXISTS (
		SELECT FROM crm.customer_lineage l
		WHERE l.source = '$w.person' AND l.source_key = p.id::text AND l.attribute = 'email' AND lower(l.value) = lower(e))
	SQL

sub change { $database->run("$_[0]; CALL crm.resolve()"); return }
my $id = '00000000-0000-4000-8000-000000000001';
change(qq(INSERT INTO $w.person (id, "nameFirstName", "nameLastName", "phonesPrimaryPhoneNumber", "phonesPrimaryPhoneCallingCode", "phonesPrimaryPhoneCountryCode")
	VALUES ('$id', 'Zoë', 'Zuidema', '612340987', '+31', 'NL')));
my $of = "FROM crm.customer WHERE customer_id = crm.customer_of('$w.person', '$id')";
is $database->value("SELECT phone $of"), '+31612340987', 'a number is put together with its calling code';
change(qq(UPDATE $w.person SET "emailsAdditionalEmails" = '["zoe\@example.org"]' WHERE id = '$id'));
is $database->value("SELECT email $of"), 'zoe@example.org', 'an additional address is seen when it comes';
change(qq(UPDATE $w.person SET "companyId" = (SELECT id FROM $w.company WHERE "deletedAt" IS NULL ORDER BY id LIMIT 1) WHERE id = '$id'));
is $database->value("SELECT relation FROM crm.relation WHERE source = '$w.person' AND source_key = '$id'"),
  'contact_of', 'a person who joins a company is its contact';
change(qq(UPDATE $w.person SET "deletedAt" = now() WHERE id = '$id'));
is Crm::Check::customer($database, "$w.person", $id), undef, 'who is deleted is no customer';
change(qq(UPDATE $w.person SET "deletedAt" = NULL WHERE id = '$id'));
isnt Crm::Check::customer($database, "$w.person", $id), undef, 'who is restored is';
change(qq(INSERT INTO $w."workspaceMember" (id, "userId", "userEmail") VALUES ('$id', '$id', 'zoe.work\@example.org');
	UPDATE $w.person SET "emailsPrimaryEmail" = 'zoe.work\@example.org' WHERE id = '$id'));
is Crm::Check::customer($database, "$w.person", $id), undef, 'who has the address of a member is a colleague, no customer';
change(qq(DELETE FROM $w."workspaceMember" WHERE id = '$id'));
isnt Crm::Check::customer($database, "$w.person", $id), undef, 'and a customer again once that member is gone';

$database->run('SELECT crm.uninstall(dry_run => false)');
is Crm::Check::schema_dump($database, $w), $schema, 'after uninstalling the schema is byte-equal to before';
$database->drop;

# before additional addresses
$database = Database->create('preset_twenty');
Crm::Twenty::install($database, old => 1);
Crm::Twenty::fill($database, seed => 2, old => 1);
$database->run("CREATE EXTENSION crm CASCADE; SELECT crm.add_department('sales')");
my ($status, $out, $notices) = $database->try("SELECT crm.add_source('$w', department => 'sales', preset => 'twenty')");
is $status, 0, 'an older version is registered';
like $notices, qr/emailsAdditionalEmails/, 'and what it lacks is said';
$database->run('CALL crm.resolve()');
Crm::Check::judge($database, 'an older one', precision => 0.93, recall => 0.8);
$database->drop;
done_testing;
