# Northwind, the trading company of the sample databases: companies with a contact person, an address
# and a telephone number, and no e-mail address anywhere.
package Crm::Northwind;

use strict;
use warnings;
use utf8;
use Crm::Cast;
use Crm::Rows;
use Crm::Answers;
use Fake::Names;
use Fake::Noise;

# id => 'char(5)': as the older scripts declare it
sub install
{
	my ($database, %option) = @_;
	my $id = $option{id} // 'varchar(5)';
	$database->run(<<~"SQL");
		CREATE SCHEMA northwind;
		SET search_path = northwind;
		CREATE TABLE customers (
			customer_id $id NOT NULL PRIMARY KEY,
			company_name varchar(40) NOT NULL,
			contact_name varchar(30),
			contact_title varchar(30),
			address varchar(60),
			city varchar(15),
			region varchar(15),
			postal_code varchar(10),
			country varchar(15),
			phone varchar(24),
			fax varchar(24));
		CREATE TABLE employees (
			employee_id smallint NOT NULL PRIMARY KEY,
			last_name varchar(20) NOT NULL,
			first_name varchar(10) NOT NULL,
			title varchar(30),
			birth_date date,
			city varchar(15),
			country varchar(15),
			home_phone varchar(24),
			reports_to smallint REFERENCES employees);
		CREATE TABLE suppliers (
			supplier_id smallint NOT NULL PRIMARY KEY,
			company_name varchar(40) NOT NULL,
			contact_name varchar(30),
			city varchar(15),
			country varchar(15),
			phone varchar(24));
		CREATE TABLE shippers (shipper_id smallint NOT NULL PRIMARY KEY, company_name varchar(40) NOT NULL, phone varchar(24));
		CREATE TABLE orders (
			order_id smallint NOT NULL PRIMARY KEY,
			customer_id $id REFERENCES customers,
			employee_id smallint REFERENCES employees,
			order_date date,
			freight real,
			ship_name varchar(40),
			ship_city varchar(15));
		SQL
	return;
}

sub fill
{
	my ($database, %option) = @_;
	my $cast   = Crm::Cast->new($option{seed} // 1, %option);
	my $random = $cast->random('northwind');
	my ($rows, $truth) = (Crm::Rows->new, Crm::Answers->new);
	for my $row ($cast->rows('northwind', sub { $_[0]{kind} eq 'organization' }))
	{
		my $id = _code($rows, $row);
		$truth->customer('northwind.customers', $id, $row->{number});
		my $gender = $random->pick([qw(m f)]);
		$rows->add(
			'northwind.customers', {
				customer_id  => $id,
				company_name => substr($row->{written}, 0, 40),
				contact_name => substr(Fake::Names::given_name($random, $row->{country}, $gender) . ' '
					  . Fake::Names::family_name($random, $row->{country}), 0, 30),
				address     => $row->{street_line},
				city        => _short($row->{city}),
				postal_code => $row->{postal_code},
				country     => $row->{country} eq 'GB' ? 'UK' : $row->{country_name},
				phone       => $row->{landline_written}
			});
		$rows->add(
			'northwind.orders', {
				order_id    => $rows->next_number('orders'),
				customer_id => $id,
				order_date  => substr($row->{changed_at}, 0, 10),
				freight     => $random->between(1, 90)
			});
	}
	_strangers($cast, $rows, $truth);
	$rows->load($database);
	return $truth->save($database);
}

sub _short { return defined $_[0] ? substr $_[0], 0, 15 : undef }

# Five letters of the name, as the company itself makes them.
sub _code
{
	my ($rows, $row) = @_;
	my $letters = uc $row->{written} =~ s/[^A-Za-z]//gr;
	return substr($letters . 'XXX', 0, 3) . sprintf '%02d', $rows->next_number('customer');
}

# Those who work there, and those whom it buys from.
sub _strangers
{
	my ($cast, $rows, $truth) = @_;
	for my $person ($cast->staff)
	{
		my $id = $rows->next_number('employee');
		$rows->add('northwind.employees',
			{ employee_id => $id, first_name => substr($person->{given}, 0, 10), last_name => substr($person->{family}, 0, 20) });
		$truth->other('northwind.employees', $id, 'own user');
		$rows->add('northwind.suppliers', { supplier_id => $id, company_name => "Supplier $id", phone => $person->{mobile} });
		$truth->other('northwind.suppliers', $id, 'supplier');
	}
	return;
}

1;
