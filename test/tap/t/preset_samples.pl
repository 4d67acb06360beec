# The sample databases that everybody knows: one statement registers each, and customers come of it.
# The statements are those of the pages.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::Chinook;
use Crm::Northwind;
use Crm::Pagila;
use Database;

northwind_alone();
chinook_in_both_spellings();
pagila_follows_the_address();
pagila_of_another_port();
done_testing;

sub northwind_alone
{
	my $database = Database->create('preset_northwind');
	Crm::Northwind::install($database, id => 'char(5)');
	Crm::Northwind::fill($database, seed => 1);
	my $before = Crm::Check::checksums($database, 'northwind');
	Crm::Check::follow_page($database, 'northwind');
	is Crm::Check::checksums($database, 'northwind'), $before, 'no row of northwind is touched';
	Crm::Check::judge($database, 'northwind', precision => 1, recall => 0.8);
	is $database->value("SELECT count(*) FROM crm.customer WHERE country IS NOT NULL AND phone NOT LIKE '+%'"), 0,
	  'national numbers are read by the name of the country';
	is $database->value('SELECT count(*) FROM crm.relation'),
	  $database->value('SELECT count(*) FROM northwind.customers'),
	  'each contact person of the page belongs to a company';
	$database->drop;
	return;
}

sub chinook_in_both_spellings
{
	my $database = Database->create('preset_chinook');
	Crm::Chinook::install($database);
	Crm::Chinook::fill($database, seed => 1, households => 150);
	Crm::Check::follow_page($database, 'chinook');
	# fathers and sons of one name live together, and the shop asks nobody for a birth date
	Crm::Check::judge($database, 'chinook', precision => 0.85, recall => 0.9);
	my $groups = "SELECT string_agg(source_key, ' ' ORDER BY source_key) FROM crm.customer_source GROUP BY customer_id ORDER BY 1";
	my @plain  = $database->rows($groups);
	$database->run("SELECT crm.drop_source('chinook.customer')");
	my ($status, $out, $err) = $database->try("SELECT crm.add_source('chinook', department => 'shop', preset => 'pagila')");
	isnt $status, 0, 'the preset of another database is refused';
	like $err, qr/finds nothing to read.*address_id/s, 'and why';
	$database->drop;

	$database = Database->create('preset_chinook');
	Crm::Chinook::install($database, camel => 1);
	Crm::Chinook::fill($database, seed => 1, camel => 1, households => 150);
	Crm::Check::follow_page($database, 'chinook');
	is_deeply [ $database->rows($groups) ], \@plain, 'both spellings give the same customers';
	$database->drop;
	return;
}

sub pagila_follows_the_address
{
	my $database = Database->create('preset_pagila');
	Crm::Pagila::install($database);
	Crm::Pagila::fill($database, seed => 1, households => 150);
	my $before = Crm::Check::checksums($database, 'pagila');
	Crm::Check::follow_page($database, 'pagila');
	is Crm::Check::checksums($database, 'pagila'), $before, 'no row of pagila is touched';
	Crm::Check::judge($database, 'pagila', precision => 0.85, recall => 0.9);

	my ($city, $key) = @{ $database->row(
		"SELECT city_id, customer_id FROM pagila.customer JOIN pagila.address USING (address_id)
		WHERE active = 1 AND city_id <> 1 ORDER BY 2 LIMIT 1") };
	my $of = "FROM crm.customer WHERE customer_id = crm.customer_of('pagila.customer', '$key')";
	$database->run("UPDATE pagila.city SET city = 'Elsewhere' WHERE city_id = $city; CALL crm.resolve()");
	is $database->value("SELECT city $of"), 'Elsewhere', 'a city spelled anew is seen, two tables away';
	$database->run("UPDATE pagila.address SET phone = '+31612344321', address = 'Kade 1'
		WHERE address_id = (SELECT address_id FROM pagila.customer WHERE customer_id = $key); CALL crm.resolve()");
	is $database->value("SELECT concat_ws(' ', phone, street) $of"), '+31612344321 Kade 1', 'so is the address';
	$database->run("UPDATE pagila.customer SET active = 0 WHERE customer_id = $key; CALL crm.resolve()");
	is Crm::Check::customer($database, 'pagila.customer', $key), undef, 'who is marked inactive is no customer';
	$database->run("UPDATE pagila.customer SET active = 1 WHERE customer_id = $key; CALL crm.resolve()");
	isnt Crm::Check::customer($database, 'pagila.customer', $key), undef, 'and who comes back is';
	$database->drop;
	return;
}

sub pagila_of_another_port
{
	my $database = Database->create('preset_pagila');
	Crm::Pagila::install($database, active => 'boolean');
	Crm::Pagila::fill($database, seed => 1, active => 'boolean');
	Crm::Check::follow_page($database, 'pagila');
	Crm::Check::strangers($database, 'pagila with one column');
	$database->drop;
	return;
}
