# Chinook, the shop for music of the sample databases: consumers, some with their company, each with
# the employee who looks after them. Two spellings are about: customer_id and "CustomerId".
package Crm::Chinook;

use strict;
use warnings;
use utf8;
use Crm::Cast;
use Crm::Rows;
use Crm::Answers;

my @place = map { [ @$_ ] } (
	[ address => 70 ], [ city => 40 ], [ state => 40 ], [ country => 40 ],
	[ postal_code => 10 ], [ phone => 24 ], [ fax => 24 ], [ email => 60 ]);

# camel => 1: quoted names such as "Customer"."CustomerId"
sub install
{
	my ($database, %option) = @_;
	my $name   = sub { _name($_[0], $option{camel}) };
	my $place  = join ",\n\t", map { $name->( $_->[0] ) . " varchar($_->[1])" } @place;
	my $schema = $option{schema} // 'chinook';
	$database->run(<<~"SQL");
		CREATE SCHEMA $schema;
		SET search_path = $schema;
		CREATE TABLE ${\ $name->('employee') } (
			${\ $name->('employee_id') } int NOT NULL PRIMARY KEY,
			${\ $name->('last_name') } varchar(20) NOT NULL,
			${\ $name->('first_name') } varchar(20) NOT NULL,
			${\ $name->('title') } varchar(30),
			${\ $name->('reports_to') } int REFERENCES ${\ $name->('employee') },
			${\ $name->('birth_date') } timestamp,
			$place);
		CREATE TABLE ${\ $name->('customer') } (
			${\ $name->('customer_id') } int NOT NULL PRIMARY KEY,
			${\ $name->('first_name') } varchar(40) NOT NULL,
			${\ $name->('last_name') } varchar(40) NOT NULL,
			${\ $name->('company') } varchar(80),
			$place,
			${\ $name->('support_rep_id') } int REFERENCES ${\ $name->('employee') });
		CREATE TABLE ${\ $name->('invoice') } (
			${\ $name->('invoice_id') } int NOT NULL PRIMARY KEY,
			${\ $name->('customer_id') } int NOT NULL REFERENCES ${\ $name->('customer') },
			${\ $name->('invoice_date') } timestamp NOT NULL,
			${\ $name->('total') } numeric(10, 2) NOT NULL);
		SQL
	return;
}

sub _name
{
	my ($name, $camel) = @_;
	return $camel ? '"' . join('', map { ucfirst } split /_/, $name) . '"' : $name;
}

sub fill
{
	my ($database, %option) = @_;
	my $cast   = Crm::Cast->new($option{seed} // 1, %option);
	my $random = $cast->random('chinook');
	my $schema = $option{schema} // 'chinook';
	my $name   = sub { _name($_[0], $option{camel}) =~ s/"//gr };
	my ($rows, $truth) = (Crm::Rows->new, Crm::Answers->new);
	my $add = sub {
		my ($table, $values) = @_;
		$rows->add("$schema." . $name->($table), { map { $name->($_) => $values->{$_} } keys %$values });
		return;
	};
	for my $person ($cast->staff)
	{
		my $id = $rows->next_number('employee');
		$add->('employee',
			{ employee_id => $id, first_name => substr($person->{given}, 0, 20), last_name => substr($person->{family}, 0, 20), email => $person->{email} });
		$truth->other("$schema." . $name->('employee'), $id, 'own user');
	}
	for my $row ($cast->rows('chinook', sub { $_[0]{kind} eq 'person' }))
	{
		my $id = $rows->next_number('customer');
		$truth->customer("$schema." . $name->('customer'), $id, $row->{number});
		$add->('customer', _customer($row, $id, $random));
		$add->('invoice',
			{ invoice_id => $id, customer_id => $id, invoice_date => $row->{changed_at}, total => $random->between(1, 25) });
	}
	$rows->load($database);
	return $truth->save($database);
}

# The shop asks for an e-mail address and a number, whatever else it knows.
sub _customer
{
	my ($row, $id, $random) = @_;
	return {
		customer_id    => $id,
		first_name     => substr($row->{given}, 0, 40),
		last_name      => substr($row->{family}, 0, 40),
		company        => $row->{company},
		address        => $row->{street_line},
		city           => $row->{city},
		country        => $row->{country_name},
		postal_code    => $row->{postal_code},
		phone          => $row->{mobile_international} // $row->{landline_international},
		email          => $row->{email},
		support_rep_id => $random->between(1, 4)
	};
}

1;
