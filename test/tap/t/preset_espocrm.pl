# EspoCRM by its preset: addresses and numbers in link tables, soft deletes, converted leads, and a
# change in any of these tables is seen at the next resolve.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::EspoCRM;
use Database;

my $database = Database->create('preset_espocrm');
Crm::EspoCRM::install($database);
Crm::EspoCRM::fill($database, seed => 1);
my ($rows, $schema) = (Crm::Check::checksums($database, 'espo'), Crm::Check::schema_dump($database, 'espo'));

Crm::Check::follow_page($database, 'espocrm');
is Crm::Check::checksums($database, 'espo'), $rows, 'no row of EspoCRM is touched';
# EspoCRM knows no birth dates: father and son, and colleagues of one given name, are hard to tell apart
Crm::Check::judge($database, 'espocrm', precision => 0.95, recall => 0.95);
Crm::Check::relations($database, 'espocrm');
is $database->value("SELECT count(*) FROM crm.search('info\@shared-by-mistake.example')"), 0,
  'an address of which only deleted links are left finds nobody';

is join(' ', map { $_->[0] } $database->rows("SELECT DISTINCT entered_by FROM crm.profile_source('espo.contact')
	WHERE entered_by IS NOT NULL ORDER BY 1")),
  join(' ', map { $_->[0] } $database->rows('SELECT user_name FROM espo."user" ORDER BY 1')),
  'who entered a row is known by the login';

# a contact that is nobody else's, so that what is shown is what it says
my ($contact, $link, $email, $phone) = @{ $database->row(<<~'SQL') };
	SELECT c.id, e.id, e.email_address_id, p.phone_number_id
	FROM espo.contact c
	JOIN espo.entity_email_address e ON e.entity_id = c.id AND NOT e.deleted
	JOIN espo.entity_phone_number p ON p.entity_id = c.id AND NOT p.deleted
	JOIN crm.customer_source s ON s.source = 'espo.contact' AND s.source_key = c.id
	WHERE NOT c.deleted
	GROUP BY 1, 2, 3, 4
	HAVING (SELECT count(*) FROM crm.customer_source o WHERE o.customer_id = min(s.customer_id)) = 1
		AND (SELECT count(*) FROM espo.entity_email_address o WHERE o.entity_id = c.id) = 1
		AND (SELECT count(*) FROM espo.entity_email_address o WHERE o.email_address_id = e.email_address_id) = 1
		AND (SELECT count(*) FROM espo.entity_phone_number o WHERE o.entity_id = c.id) = 1
		AND (SELECT count(*) FROM espo.entity_phone_number o WHERE o.phone_number_id = p.phone_number_id) = 1
	ORDER BY 1 LIMIT 1
	SQL

sub shows { return $database->value("SELECT $_[0] FROM crm.customer WHERE customer_id = crm.customer_of('espo.contact', '$contact')") }

sub change { $database->run("$_[0]; CALL crm.resolve()"); return }

change("UPDATE espo.email_address SET name = 'new.name\@example.org', lower = 'new.name\@example.org' WHERE id = '$email'");
is shows('email'), 'new.name@example.org', 'an address that is spelled anew is seen, two tables away';
change("UPDATE espo.phone_number SET name = '+31612340987' WHERE id = '$phone'");
is shows('phone'), '+31612340987', 'so is a number';
change("UPDATE espo.entity_email_address SET deleted = true WHERE id = $link");
is shows('email'), undef, 'a link that is deleted takes its address away';
change("INSERT INTO espo.email_address (id, name, lower) VALUES ('zz1', 'work\@example.org', 'work\@example.org'), ('zz2', 'home\@example.org', 'home\@example.org');
	INSERT INTO espo.entity_email_address (entity_id, email_address_id, entity_type, \"primary\")
	VALUES ('$contact', 'zz1', 'Contact', false), ('$contact', 'zz2', 'Contact', true)");
is shows('email'), 'home@example.org', 'of two new ones the primary one is shown';
change("UPDATE espo.entity_email_address SET \"primary\" = (email_address_id = 'zz1') WHERE entity_id = '$contact'");
is shows('email'), 'work@example.org', 'and the other once that is the primary one';
change("UPDATE espo.entity_email_address SET entity_type = 'Meeting' WHERE email_address_id = 'zz1'");
is shows('email'), 'home@example.org', 'what hangs on something else is not theirs';

# a lead that shares no more than the family name with the contact that it became
change("INSERT INTO espo.lead (id, last_name, status) SELECT 'zzlead', last_name, 'In Process' FROM espo.contact WHERE id = '$contact'");
isnt Crm::Check::customer($database, 'espo.lead', 'zzlead'), Crm::Check::customer($database, 'espo.contact', $contact),
  'of a lead little is known';
change("UPDATE espo.lead SET status = 'Converted', created_contact_id = '$contact' WHERE id = 'zzlead'");
is Crm::Check::customer($database, 'espo.lead', 'zzlead'), Crm::Check::customer($database, 'espo.contact', $contact),
  'a converted lead is the same customer as its contact';
change("INSERT INTO espo.account (id, name) VALUES ('zzaccount', 'Zzyzx Holding');
	INSERT INTO espo.account_contact (account_id, contact_id) VALUES ('zzaccount', '$contact')");
is $database->value("SELECT r.relation FROM crm.relation r WHERE r.customer_id = crm.customer_of('espo.contact', '$contact')
	AND r.related_customer_id = crm.customer_of('espo.account', 'zzaccount')"), 'contact_of', 'a link to an account is a relation';
change("UPDATE espo.account_contact SET deleted = true WHERE account_id = 'zzaccount'");
is $database->value("SELECT count(*) FROM crm.relation WHERE related_customer_id = crm.customer_of('espo.account', 'zzaccount')"),
  0, 'until the link is deleted';

change("UPDATE espo.contact SET deleted = true WHERE id = '$contact'");
is Crm::Check::customer($database, 'espo.contact', $contact), undef, 'a deleted contact is no customer';
change("UPDATE espo.contact SET deleted = false WHERE id = '$contact'");
isnt Crm::Check::customer($database, 'espo.contact', $contact), undef, 'a restored one is';
is $database->value('SELECT count(*) FROM crm.source_status WHERE needs_attention IS NOT NULL'), 0, 'no source asks for attention';

$database->run('SELECT crm.uninstall(dry_run => false)');
is Crm::Check::schema_dump($database, 'espo'), $schema, 'after uninstalling the schema is byte-equal to before';
$database->drop;

# without the sales module
$database = Database->create('preset_espocrm');
Crm::EspoCRM::install($database, leads => 0, id => 24);
Crm::EspoCRM::fill($database, seed => 2, leads => 0);
$database->run("CREATE EXTENSION crm CASCADE; SELECT crm.add_department('sales')");
my ($status, $out, $notices) = $database->try("SELECT crm.add_source('espo', department => 'sales', preset => 'espocrm')");
is $status, 0, 'an installation without leads is registered';
like $notices, qr/lead/, 'and what it lacks is said';
$database->run('CALL crm.resolve()');
Crm::Check::judge($database, 'without leads', precision => 0.8, recall => 0.95);
Crm::Check::relations($database, 'without leads');
$database->drop;
done_testing;
