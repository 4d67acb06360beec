# Odoo by its preset: partners that are people, companies, addresses, colleagues and vendors in one
# table, leads beside them; three versions with different modules.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::Desk;
use Crm::Odoo;
use Crm::World;
use Database;

my ($database, $table) = (undef, 'public.res_partner');
my $world = Crm::World->new(seed => 1, people => 300, companies => 120);

as_the_page_says();
what_changes();
what_leaves();
what_becomes_of_a_lead();
what_stays_behind();
without_mobile();
with_few_modules();
done_testing;

sub fill
{
	my ($name, %with) = @_;
	$database = Database->create($name);
	Crm::Odoo::install($database, %with);
	Crm::Odoo::fill($database, world => $world, %with);
	return;
}

sub change { $database->run("$_[0]; CALL crm.resolve()"); return }

sub partner { return Crm::Check::customer($database, $table, $_[0]) }

sub found { return $database->value("SELECT customer_id FROM crm.search('$_[0]') LIMIT 1") }

# whose e-mail address it is; a search also finds what is like it
sub whose { return $database->value("SELECT DISTINCT customer_id FROM crm.customer_lineage WHERE attribute = 'email' AND value = '$_[0]'") }

# The id of a partner that is a customer of one row, with what else is asked of it.
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
	fill('preset_odoo', version => 18);
	Crm::Desk::fill($database, world => $world);
	our ($rows, $schema) =
	  (Crm::Check::checksums($database, 'public'), Crm::Check::schema_dump($database, 'public'));
	my $notices = Crm::Check::follow_page($database, 'odoo');
	is_deeply $database->row("SELECT preset, confidence FROM crm.detect_preset('public')"), [ 'odoo', 1 ],
	  'the schema is recognised';
	unlike $notices, qr/left out/, 'nothing of the preset is left out where all modules are';
	is Crm::Check::checksums($database, 'public'), $rows, 'no row of Odoo is touched';
	$database->run(Crm::Desk::registration() . '; CALL crm.resolve()');
	Crm::Check::judge($database, 'odoo and a service desk', precision => 0.95, recall => 0.95);
	Crm::Check::relations($database, 'odoo');
	cmp_ok $database->value(<<~'SQL'), '>', 50, 'customers are known to both';
		SELECT count(*) FROM (SELECT FROM crm.customer_source GROUP BY customer_id HAVING count(DISTINCT department) = 2) c
		SQL
	return;
}

sub what_changes
{
	my $company = pick('p.is_company AND EXISTS (SELECT FROM res_partner i WHERE i.parent_id = p.id AND i.type = $$invoice$$)');
	my $invoice = $database->value("SELECT id FROM $table WHERE parent_id = $company AND type = 'invoice'");
	is found($database->value("SELECT email FROM $table WHERE id = $invoice")), partner($company),
	  'the e-mail address of an invoice address finds the company';
	change("UPDATE $table SET email = 'new.bookkeeper\@example.org' WHERE id = $invoice");
	is found('new.bookkeeper@example.org'), partner($company), 'and so does a new one';
	change("UPDATE $table SET type = 'delivery' WHERE id = $invoice");
	is whose('new.bookkeeper@example.org'), undef, 'until it is an address for deliveries';

	my $person = pick('NOT p.is_company AND p.parent_id IS NULL');
	change(qq(UPDATE $table SET email = '"Quentin" <quentin\@example.org>, q2\@example.org' WHERE id = $person));
	is found($_), partner($person), "$_ is found in a list of addresses" for 'quentin@example.org', 'q2@example.org';
	change("INSERT INTO res_country_state (country_id, name, code) SELECT id, 'Zeeland', 'ZE' FROM res_country WHERE code = 'NL';
		UPDATE $table SET state_id = (SELECT id FROM res_country_state WHERE code = 'ZE') WHERE id = $person");
	change("UPDATE res_country_state SET name = 'Zeelandia' WHERE code = 'ZE'");
	is $database->value("SELECT region FROM crm.customer WHERE customer_id = crm.customer_of('$table', '$person')"),
	  'Zeelandia', 'a state that is renamed is seen';
	change("UPDATE $table SET parent_id = $company WHERE id = $person");
	is_deeply $database->row("SELECT relation, related_customer_id FROM crm.relation WHERE customer_id = crm.customer_of('$table', '$person')"),
	  [ 'contact_of', partner($company) ], 'a person put under a company is its contact';
	change("UPDATE $table SET parent_id = NULL WHERE id = $person");
	is $database->value("SELECT count(*) FROM crm.relation WHERE customer_id = crm.customer_of('$table', '$person')"),
	  0, 'and no longer once taken away';
	return;
}

# Each of these makes a customer's row none, and back again.
sub what_leaves
{
	my $person = pick('NOT p.is_company AND p.parent_id IS NULL');
	for my $case (
		[ 'an archived partner',   "active = false",        "active = true" ],
		[ 'an internal user',      "partner_share = false", "partner_share = true" ],
		[ 'an employee',           "employee = true",       "employee = false" ],
		[ 'an other address',      "type = 'other'",        "type = 'contact'" ],
		[ 'a vendor and no customer', "supplier_rank = 1, customer_rank = 0", "customer_rank = 2" ])
	{
		my ($what, $there, $back) = @$case;
		change("UPDATE $table SET $there WHERE id = $person");
		is partner($person), undef, "$what is no customer";
		change("UPDATE $table SET $back WHERE id = $person");
		isnt partner($person), undef, 'and one again';
	}
	change("INSERT INTO hr_employee (name, company_id, work_contact_id) VALUES ('x', 1, $person)");
	is partner($person), undef, 'whom module hr names as work contact is no customer';
	my ($contact, $company) = @{ $database->row(<<~SQL) };
		SELECT p.id, p.parent_id FROM $table p JOIN $table c ON c.id = p.parent_id AND c.is_company AND c.supplier_rank = 0
		WHERE p.type = 'contact' AND p.active AND crm.customer_of('$table', p.id::text) IS NOT NULL LIMIT 1
		SQL
	change("UPDATE $table SET supplier_rank = 1, customer_rank = 0 WHERE id = $company");
	is partner($contact), undef, 'with a company that is a vendor its contacts go';
	return;
}

sub what_becomes_of_a_lead
{
	change("INSERT INTO crm_lead (name, type, active, contact_name, phone, create_date) VALUES ('Website', 'lead', true, 'Xaver Ypsilon', '0612345009', now())");
	my $lead = $database->value("SELECT max(id) FROM crm_lead");
	my $was  = Crm::Check::customer($database, 'public.crm_lead', $lead);
	isnt $was, undef, 'a lead is a customer';
	change("BEGIN; INSERT INTO $table (name, type, active, is_company, partner_share, email, create_date)
			VALUES ('X. Ypsilon', 'contact', true, false, true, 'xaver\@example.org', now());
		UPDATE crm_lead SET partner_id = (SELECT max(id) FROM $table) WHERE id = $lead; COMMIT");
	my $partner = $database->value("SELECT max(id) FROM $table");
	is partner($partner), $was, 'and the same one once it is converted, little as the two have in common';
	change("INSERT INTO crm_lead (name, type, active, contact_name, partner_id, create_date) VALUES ('More', 'opportunity', true, 'X. Ypsilon', $partner, now())");
	is Crm::Check::customer($database, 'public.crm_lead', $database->value("SELECT max(id) FROM crm_lead")), undef,
	  'what is sold to a partner later is no lead';
	change("UPDATE $table SET active = false WHERE id = $partner");
	is Crm::Check::customer($database, 'public.crm_lead', $lead), undef, 'with the partner the lead leaves';
	return;
}

sub what_stays_behind
{
	our $schema;
	my $gone = pick('NOT EXISTS (SELECT FROM res_partner x WHERE x.parent_id = p.id) AND NOT p.is_company AND NOT EXISTS (SELECT FROM crm_lead l WHERE l.partner_id = p.id)');
	change("DELETE FROM $table WHERE id = $gone");
	is partner($gone), undef, 'what the merge wizard deletes is gone';
	is $database->value('SELECT count(*) FROM crm.source_status WHERE needs_attention IS NOT NULL'), 0,
	  'no source asks for attention';
	Crm::Check::same_as_fresh($database, 'odoo', "SELECT crm.add_department('sales')",
		"SELECT crm.add_source('public', department => 'sales', preset => 'odoo')", Crm::Desk::registration());
	is Crm::Check::schema_dump($database, 'public'), $schema, 'after uninstalling the schema is byte-equal to before';
	$database->drop;
	return;
}

# Version 19, and the application's role owns its tables, as it does where it made them.
sub without_mobile
{
	fill('preset_odoo_19', version => 19);
	$database->run(<<~'SQL');
		DROP ROLE IF EXISTS preset_odoo_app;
		CREATE ROLE preset_odoo_app;
		DO $$
		DECLARE
			t regclass;
		BEGIN
			FOR t IN SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
				EXECUTE format('ALTER TABLE %s OWNER TO preset_odoo_app', t);
			END LOOP;
		END $$;
		SQL
	my $notices = Crm::Check::follow_page($database, 'odoo');
	like $notices, qr/phone: mobile/, 'of version 19 it is said that mobile is left out';
	unlike $notices, qr/denied/, 'what the owner may read is all that is needed';
	Crm::Check::judge($database, 'odoo 19', precision => 0.95, recall => 0.9);
	Crm::Check::relations($database, 'odoo 19');
	my $person = pick('NOT p.is_company');
	change("SET ROLE preset_odoo_app; UPDATE $table SET email = 'by.the.application\@example.org' WHERE id = $person;
		INSERT INTO res_country (name, code) VALUES ('{}', 'LU'); UPDATE $table SET country_id = lastval() WHERE id = $person; RESET ROLE");
	is found('by.the.application@example.org'), partner($person), 'what the application writes is seen';
	is $database->value("SELECT country FROM crm.customer WHERE customer_id = crm.customer_of('$table', '$person')"), 'LU',
	  'with what is looked up';
	$database->run('SELECT crm.uninstall(dry_run => false); REASSIGN OWNED BY preset_odoo_app TO CURRENT_USER; DROP OWNED BY preset_odoo_app; DROP ROLE preset_odoo_app');
	$database->drop;
	return;
}

sub with_few_modules
{
	my %few = (version => 17, mail => 0, account => 0, hr => 0, crm => 0);
	fill('preset_odoo_17', %few);
	# without module hr nothing but the box says who is an employee
	$database->run("UPDATE $table SET employee = true WHERE id IN (SELECT source_key::int FROM demo_truth.other WHERE why = 'own staff')");
	my $notices = Crm::Check::follow_page($database, 'odoo');
	like $notices, qr/"public.crm_lead" of preset "odoo" is left out/, 'of an Odoo without module crm the leads are left out';
	# nine pairs in all: one of two contacts with like names is a ninth
	Crm::Check::judge($database, 'odoo 17 without mail', precision => 0.85, recall => 0.9);
	$database->run("CREATE TABLE hr_employee (id serial PRIMARY KEY, work_contact_id int REFERENCES res_partner (id))");
	$database->run("SELECT crm.refresh_preset('$table')");
	my $person = pick('NOT p.is_company');
	change("INSERT INTO hr_employee (work_contact_id) VALUES ($person)");
	is partner($person), undef, 'a module that is installed later is taken up when asked for';
	$database->drop;
	return;
}
