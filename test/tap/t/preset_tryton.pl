# Tryton by its preset, in tables that its own server made: what reaches a party lies in child tables,
# relations have types of their own, and a merged party stays behind, pointing to the other.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::Desk;
use Crm::Tryton;
use Crm::World;
use Database;

my $missing = Crm::Tryton::missing();
plan skip_all => $missing if $missing;

my $table    = 'public.party_party';
my $world    = Crm::World->new(seed => 2, people => 300, companies => 120);
my $database = Database->create('preset_tryton');
Crm::Tryton::install($database, $ENV{TESTDIR});
Crm::Tryton::fill($database, world => $world);
Crm::Desk::fill($database, world => $world);
my ($rows, $schema) = (Crm::Check::checksums($database, 'public'), Crm::Check::schema_dump($database, 'public'));

as_the_page_says();
what_hangs_on_a_party();
who_belongs_to_whom();
what_leaves();
a_module_that_comes_later();

is $database->value('SELECT count(*) FROM crm.source_status WHERE needs_attention IS NOT NULL'), 0,
  'no source asks for attention';
Crm::Check::same_as_fresh($database, 'tryton', "SELECT crm.add_department('sales')",
	"SELECT crm.add_source('public', department => 'sales', preset => 'tryton')", Crm::Desk::registration());
$database->run('ALTER TABLE party_address DROP delivery, DROP invoice');
is Crm::Check::schema_dump($database, 'public'), $schema, 'after uninstalling the schema is byte-equal to before';
an_older_version();
$database->drop;
done_testing;

sub change { $database->run("$_[0]; CALL crm.resolve()"); return }

sub party { return Crm::Check::customer($database, $table, $_[0]) }

sub found { return $database->value("SELECT customer_id FROM crm.search('$_[0]') LIMIT 1") }

# whose e-mail address it is; a search also finds what is like it
sub whose { return $database->value("SELECT DISTINCT customer_id FROM crm.customer_lineage WHERE attribute = 'email' AND value = '$_[0]'") }

sub shows { return $database->value("SELECT $_[1] FROM crm.customer WHERE customer_id = crm.customer_of('$table', '$_[0]')") }

# The id of a party that is a customer of one row, with what else is asked of it.
sub pick
{
	my ($condition) = @_;
	return $database->value(<<~SQL);
		SELECT p.id FROM $table p
		JOIN crm.customer_source s ON s.source = '$table' AND s.source_key = p.id::text
		JOIN crm.customer c USING (customer_id)
		WHERE c.source_records = 1 AND $condition ORDER BY 1 LIMIT 1
		SQL
}

sub as_the_page_says
{
	cmp_ok $database->value("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"),
	  '>', 90, 'these are the tables of a Tryton';
	my $notices = Crm::Check::follow_page($database, 'tryton');
	is_deeply $database->row("SELECT preset, confidence FROM crm.detect_preset('public')"), [ 'tryton', 1 ],
	  'the schema is recognised';
	like $notices, qr/delivery IS NOT TRUE OR invoice: column "delivery" does not exist/,
	  'what needs a module that is not there is left out, and said';
	is Crm::Check::checksums($database, 'public'), $rows, 'no row of Tryton is touched';
	$database->run(Crm::Desk::registration() . '; CALL crm.resolve()');
	Crm::Check::judge($database, 'tryton and a service desk', precision => 0.95, recall => 0.95);
	Crm::Check::relations($database, 'tryton');
	cmp_ok $database->value(<<~'SQL'), '>', 50, 'customers are known to both';
		SELECT count(*) FROM (SELECT FROM crm.customer_source GROUP BY customer_id HAVING count(DISTINCT department) = 2) c
		SQL
	is whose('left.' . $database->value("SELECT min(party) FROM party_contact_mechanism WHERE NOT active") . '@example.org'),
	  undef, 'a mechanism that is not active finds nobody';
	is $database->value("SELECT count(*) FROM crm.customer WHERE phone = '+31207654321'"), 0, 'a fax number is nobody\'s telephone';
	return;
}

sub what_hangs_on_a_party
{
	my $party = pick(q(EXISTS (SELECT FROM party_contact_mechanism m WHERE m.party = p.id AND m.type = 'email' AND m.active)
		AND (SELECT count(*) FROM party_address a WHERE a.party = p.id AND a.active) = 1
		AND c.kind = 'person' AND NOT EXISTS (SELECT FROM party_identifier i WHERE i.party = p.id)));
	my $mail = "party = $party AND type = 'email' AND active";
	change("UPDATE party_contact_mechanism SET value = 'first\@example.org' WHERE $mail");
	is found('first@example.org'), party($party), 'an e-mail address that changes in its table is seen';
	change("INSERT INTO party_contact_mechanism (party, type, value, active, sequence) VALUES ($party, 'email', 'second\@example.org', true, 1)");
	is shows($party, 'email'), 'second@example.org', 'of several the first in sequence is shown';
	is found('first@example.org'), party($party), 'and the other still found';
	change("UPDATE party_contact_mechanism SET active = false WHERE $mail AND value = 'second\@example.org'");
	is shows($party, 'email'), 'first@example.org', 'one that is switched off is gone';
	change("UPDATE party_contact_mechanism SET type = 'website' WHERE $mail");
	is shows($party, 'email'), undef, 'and so is what becomes something else';
	$database->run("SELECT crm.set_source_mode('$table', 'inline');
		UPDATE party_contact_mechanism SET type = 'email' WHERE party = $party AND value = 'first\@example.org'");
	is shows($party, 'email'), 'first@example.org', 'in mode inline what comes back is seen at once';
	$database->run("SELECT crm.set_source_mode('$table', 'watch')");
	change("UPDATE party_address SET city = 'Zierikzee' WHERE party = $party AND active");
	is shows($party, 'city'), 'Zierikzee', 'an address that changes is seen';
	change("UPDATE party_address SET subdivision = (SELECT id FROM country_subdivision WHERE code = 'NL-PR') WHERE party = $party");
	change("UPDATE country_subdivision SET name = 'Zeeland' WHERE code = 'NL-PR'");
	is shows($party, 'region'), 'Zeeland', 'and a subdivision, two tables away';
	change("INSERT INTO party_identifier (party, type, code) VALUES ($party, 'nl_btw', 'NL999999999B01')");
	is_deeply $database->row("SELECT kind, tax_number FROM crm.customer WHERE customer_id = crm.customer_of('$table', '$party')"),
	  [ 'organization', 'NL999999999B01' ], 'an identifier of businesses makes an organization';
	return;
}

sub who_belongs_to_whom
{
	my ($relation, $from, $to) = @{ $database->row(<<~SQL) };
		SELECT r.id, r.from_, r."to" FROM party_relation r JOIN party_relation_type t ON t.id = r.type
		WHERE t.name = 'Employee of' AND crm.customer_of('$table', r.from_::text) <> crm.customer_of('$table', r."to"::text)
		ORDER BY 1 LIMIT 1
		SQL
	my $kind = "SELECT relation FROM crm.relation WHERE customer_id = crm.customer_of('$table', '$from') AND related_customer_id = crm.customer_of('$table', '$to')";
	is $database->value($kind), 'Employee of', 'a relation is named as its type';
	change("UPDATE party_relation_type SET name = 'Works for' WHERE name = 'Employee of'");
	is $database->value($kind), 'Works for', 'and renamed with it';
	change("DELETE FROM party_relation WHERE id = $relation");
	is $database->value($kind), undef, 'and gone once deleted';
	return;
}

sub what_leaves
{
	my ($party, $other) = map { $_->[0] } $database->rows(<<~SQL);
		SELECT p.id FROM $table p JOIN crm.customer_source s ON s.source = '$table' AND s.source_key = p.id::text
		JOIN crm.customer c USING (customer_id) WHERE c.source_records = 1 AND c.kind = 'person' ORDER BY 1 DESC LIMIT 2
		SQL
	# what the wizard that replaces one party by another does
	change("INSERT INTO party_contact_mechanism (party, type, value, active) VALUES ($party, 'email', 'merged\@example.org', true)");
	is found('merged@example.org'), party($party), 'before a merge an address is that of one';
	change(join ';', (map { "UPDATE $_ SET party = $other WHERE party = $party" } qw(party_contact_mechanism party_address party_identifier)),
		"UPDATE $table SET active = false, replaced_by = $other WHERE id = $party");
	is party($party), undef, 'a party that was replaced is no customer';
	is found('merged@example.org'), party($other), 'what hung on it is now that of the other';
	for my $case (
		[ 'a party that is switched off', "UPDATE $table SET active = false WHERE id = $other", "UPDATE $table SET active = true WHERE id = $other" ],
		[ 'an employee', "INSERT INTO company_employee (party, company) VALUES ($other, 1)", "DELETE FROM company_employee WHERE party = $other" ])
	{
		my ($what, $there, $back) = @$case;
		change($there);
		is party($other), undef, "$what is no customer";
		change($back);
		isnt party($other), undef, 'and one again';
	}
	return;
}

# The columns that modules stock and account_invoice add to addresses.
sub a_module_that_comes_later
{
	my $party = pick(q((SELECT count(*) FROM party_address a WHERE a.party = p.id AND a.active) = 1));
	change("ALTER TABLE party_address ADD delivery boolean, ADD invoice boolean;
		UPDATE party_address SET delivery = true WHERE party = $party");
	isnt shows($party, 'city'), undef, 'an address for deliveries is read';
	change("SELECT crm.refresh_preset('$table')");
	is shows($party, 'city'), undef, 'until the preset is refreshed';
	change("UPDATE party_address SET invoice = true WHERE party = $party");
	isnt shows($party, 'city'), undef, 'one for invoices too is read';
	return;
}

# Of party alone, and with the names that columns had.
sub an_older_version
{
	$database->run("SET client_min_messages = error; DROP TABLE party_relation, party_party_lang, company_employee CASCADE;
		ALTER TABLE party_address RENAME postal_code TO zip;
		ALTER TABLE party_party DROP replaced_by; ALTER TABLE party_contact_mechanism DROP value_compact");
	my $notices = Crm::Check::follow_page($database, 'tryton');
	like $notices, qr/$_/, "it is said that $_ is not there" for qw(replaced_by company_employee party_relation);
	is $database->value("SELECT count(*) FROM crm.customer_source"), $database->value(<<~'SQL'), 'what is there is read';
		SELECT count(*) FROM party_party p WHERE p.active AND NOT EXISTS (SELECT FROM company_company c WHERE c.party = p.id)
		SQL
	cmp_ok $database->value("SELECT count(*) FROM crm.customer WHERE postal_code IS NOT NULL AND phone IS NOT NULL"), '>', 50,
	  'from the columns of that time';
	return;
}
