# LedgerSMB by its preset, in tables that its own scripts made: a credit account makes the customer,
# what is known of it lies in six tables around, some of them through links.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::Desk;
use Crm::LedgerSMB;
use Crm::World;
use Database;

my $missing = Crm::LedgerSMB::missing();
plan skip_all => $missing if $missing;

my $world    = Crm::World->new(seed => 3, people => 300, companies => 120);
my $database = Database->create('preset_ledgersmb');
Crm::LedgerSMB::install($database);
Crm::LedgerSMB::fill($database, world => $world);
Crm::Desk::fill($database, world => $world);
my ($rows, $schema) = (Crm::Check::checksums($database, 'public'), Crm::Check::schema_dump($database, 'public'));

as_the_page_says();
what_hangs_on_an_account();
who_belongs_to_whom();
who_becomes_a_customer();

is $database->value('SELECT count(*) FROM crm.source_status WHERE needs_attention IS NOT NULL'), 0,
  'no source asks for attention';
Crm::Check::same_as_fresh($database, 'ledgersmb', "SELECT crm.add_department('ledger')",
	"SELECT crm.add_source('public', department => 'ledger', preset => 'ledgersmb')", Crm::Desk::registration());
is Crm::Check::schema_dump($database, 'public'), $schema, 'after uninstalling the schema is byte-equal to before';
$database->drop;
done_testing;

sub change { $database->run("$_[0]; CALL crm.resolve()"); return }

sub entity { return Crm::Check::customer($database, 'public.entity', $_[0]) }

sub found { return $database->value("SELECT customer_id FROM crm.search('$_[0]') LIMIT 1") }

# whose e-mail address it is; a search also finds what is like it
sub whose { return $database->value("SELECT DISTINCT customer_id FROM crm.customer_lineage WHERE attribute = 'email' AND value = '$_[0]'") }

sub shows { return $database->value("SELECT $_[1] FROM crm.customer WHERE customer_id = crm.customer_of('public.entity', '$_[0]')") }

# (account, entity) of a customer of one row, with what else is asked of the account a
sub pick
{
	my ($condition) = @_;
	return @{ $database->row(<<~SQL) };
		SELECT a.id, a.entity_id FROM entity_credit_account a
		JOIN crm.customer_source s ON s.source = 'public.entity' AND s.source_key = a.entity_id::text
		JOIN crm.customer c USING (customer_id)
		WHERE c.source_records = 1 AND $condition ORDER BY 1 LIMIT 1
		SQL
}

sub as_the_page_says
{
	cmp_ok $database->value("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"),
	  '>', 160, 'these are the tables of a LedgerSMB';
	my $notices = Crm::Check::follow_page($database, 'ledgersmb');
	is_deeply $database->row("SELECT preset, confidence FROM crm.detect_preset('public')"), [ 'ledgersmb', 1 ],
	  'the schema is recognised';
	unlike $notices, qr/left out/, 'nothing of the preset is left out';
	is Crm::Check::checksums($database, 'public'), $rows, 'no row of LedgerSMB is touched';
	$database->run(Crm::Desk::registration() . '; CALL crm.resolve()');
	Crm::Check::judge($database, 'ledgersmb and a service desk', precision => 0.93, recall => 0.95);
	Crm::Check::relations($database, 'ledgersmb');
	cmp_ok $database->value(<<~'SQL'), '>', 50, 'customers are known to both';
		SELECT count(*) FROM (SELECT FROM crm.customer_source GROUP BY customer_id HAVING count(DISTINCT department) = 2) c
		SQL
	is $database->value("SELECT count(*) FROM crm.customer WHERE phone = '+31207654321'"), 0, 'a fax number is nobody\'s telephone';
	return;
}

sub what_hangs_on_an_account
{
	my ($id, $entity) = pick('NOT EXISTS (SELECT FROM eca_to_contact x WHERE x.credit_id = a.id)');
	change("INSERT INTO entity_to_contact (entity_id, contact_class_id, contact) VALUES ($entity, 12, 'at.entity\@example.org');
		INSERT INTO eca_to_contact (credit_id, contact_class_id, contact) VALUES ($id, 15, 'at.account\@example.org')");
	is found($_), entity($entity), "$_ finds the customer" for 'at.entity@example.org', 'at.account@example.org';
	change("UPDATE entity_to_contact SET contact = 'new.entity\@example.org' WHERE contact = 'at.entity\@example.org'");
	is found('new.entity@example.org'), entity($entity), 'so does one that changed at the entity';
	change("UPDATE eca_to_contact SET contact = 'new.account\@example.org' WHERE contact = 'at.account\@example.org'");
	is found('new.account@example.org'), entity($entity), 'or at the account';
	change("UPDATE eca_to_contact SET contact_class_id = 14 WHERE credit_id = $id");
	is whose('new.account@example.org'), undef, 'but not one that only gets copies';

	($id, $entity) = pick(<<~'SQL');
		NOT EXISTS (SELECT FROM entity_to_location l WHERE l.entity_id = a.entity_id)
		AND (SELECT count(*) FROM eca_to_location l WHERE l.credit_id = a.id AND l.location_class = 1) = 1
		AND (SELECT count(*) FROM eca_to_location l WHERE l.credit_id = a.id) = 1
		SQL
	my $location = $database->value("SELECT location_id FROM eca_to_location WHERE credit_id = $id");
	change("UPDATE location SET city = 'Zierikzee' WHERE id = $location");
	is shows($entity, 'city'), 'Zierikzee', 'a place that changes is seen, through the link';
	change("UPDATE eca_to_location SET location_class = 3 WHERE credit_id = $id");
	is shows($entity, 'city'), undef, 'where goods are sent is not read';
	change("UPDATE eca_to_location SET location_class = 1 WHERE credit_id = $id");
	is shows($entity, 'city'), 'Zierikzee', 'a link that becomes one for bills is';
	change("UPDATE location SET active = false WHERE id = $location");
	is shows($entity, 'city'), undef, 'a place that is no longer active is not';
	change("INSERT INTO location (line_one, city, country_id) VALUES ('Kade 1', 'Veere', (SELECT id FROM country WHERE short_name = 'NL'));
		INSERT INTO entity_to_location (location_id, location_class, entity_id) VALUES (lastval(), 4, $entity)");
	is shows($entity, 'city'), 'Veere', 'a new link is followed';
	$database->run("SELECT crm.set_source_mode('public.entity', 'inline')");
	$database->run("UPDATE location SET city = 'Domburg' WHERE city = 'Veere' AND line_one = 'Kade 1'");
	is shows($entity, 'city'), 'Domburg', 'in mode inline at once, two tables away';
	$database->run("SELECT crm.set_source_mode('public.entity', 'watch')");
	return;
}

sub who_belongs_to_whom
{
	my ($account, $company) = pick('a.primary_contact IS NULL AND EXISTS (SELECT FROM company c WHERE c.entity_id = a.entity_id)');
	my ($person, $entity, $before, $there) = @{ $database->row(<<~SQL) };
		SELECT p.id, p.entity_id, a.id, a.entity_id FROM entity_credit_account a JOIN person p ON p.id = a.primary_contact
		WHERE a.entity_class = 2 AND crm.customer_of('public.entity', p.entity_id::text) IS NOT NULL
			AND NOT EXISTS (SELECT FROM person_to_company x WHERE x.person_id = p.id) ORDER BY 1 LIMIT 1
		SQL
	my $related = "SELECT string_agg(DISTINCT related_customer_id::text, ',') FROM crm.relation WHERE relation = 'contact_of' AND customer_id = crm.customer_of('public.entity', '$entity')";
	is $database->value($related), entity($there), 'the first contact person of an account is its contact';
	change("UPDATE entity_credit_account SET primary_contact = NULL WHERE id = $before;
		UPDATE entity_credit_account SET primary_contact = $person WHERE id = $account");
	is $database->value($related), entity($company), 'or of another, once that names the person';
	change("UPDATE entity_credit_account SET primary_contact = NULL WHERE id = $account");
	is entity($entity), undef, 'a person whom nobody names is no customer';
	return;
}

sub who_becomes_a_customer
{
	my $lead = $database->value("SELECT e.id FROM entity e WHERE e.entity_class = 5 AND crm.customer_of('public.entity', e.id::text) IS NOT NULL ORDER BY 1 LIMIT 1");
	my $was  = entity($lead);
	change("UPDATE entity SET entity_class = 2 WHERE id = $lead;
		INSERT INTO entity_credit_account (entity_id, entity_class, meta_number, ar_ap_account_id) VALUES ($lead, 2, 'Z-1', (SELECT min(id) FROM account))");
	is entity($lead), $was, 'a lead that gets an account is the same customer';

	my ($account, $vendor) = @{ $database->row(<<~'SQL') };
		SELECT a.id, a.entity_id FROM entity_credit_account a WHERE a.entity_class = 1
			AND NOT EXISTS (SELECT FROM entity_credit_account o WHERE o.entity_id = a.entity_id AND o.id <> a.id) ORDER BY 1 LIMIT 1
		SQL
	is entity($vendor), undef, 'a vendor is no customer';
	change("INSERT INTO entity_credit_account (entity_id, entity_class, meta_number, ar_ap_account_id) VALUES ($vendor, 2, 'Z-2', (SELECT min(id) FROM account))");
	isnt Crm::Check::customer($database, 'public.entity_credit_account', $database->value("SELECT id FROM entity_credit_account WHERE meta_number = 'Z-2'")),
	  undef, 'unless there is an account as customer beside that as vendor';
	change("DELETE FROM eca_to_contact WHERE credit_id = $account; DELETE FROM eca_to_location WHERE credit_id = $account; DELETE FROM entity_credit_account WHERE id = $account");
	isnt entity($vendor), undef, 'or instead of it';

	my $contact = $database->value(<<~'SQL');
		SELECT p.entity_id FROM person p JOIN entity_credit_account a ON a.primary_contact = p.id AND a.entity_class = 2
		WHERE crm.customer_of('public.entity', p.entity_id::text) IS NOT NULL ORDER BY 1 LIMIT 1
		SQL
	change("INSERT INTO entity_employee (entity_id) VALUES ($contact)");
	is entity($contact), undef, 'a contact person who is employed is a colleague';
	change("DELETE FROM entity_employee WHERE entity_id = $contact; INSERT INTO users (username, entity_id) VALUES ('new', $contact)");
	is entity($contact), undef, 'and so is one who has a login';
	return;
}
