# pagila, the film rental of the sample databases: a customer's address, city and country are three
# tables away; who left is marked inactive; payments are partitioned by month.
package Crm::Pagila;

use strict;
use warnings;
use utf8;
use Crm::Cast;
use Crm::Rows;
use Crm::Answers;

# active => 'boolean': as the ports that follow the original declare it, without activebool
sub install
{
	my ($database, %option) = @_;
	my $active = $option{active} ? "active $option{active}" : 'activebool boolean NOT NULL DEFAULT true, active integer';
	my $stamp  = 'last_update timestamp with time zone NOT NULL DEFAULT now()';
	$database->run(<<~"SQL");
		CREATE SCHEMA pagila;
		SET search_path = pagila;
		CREATE TABLE country (country_id integer PRIMARY KEY, country text NOT NULL, $stamp);
		CREATE TABLE city (
			city_id integer PRIMARY KEY,
			city text NOT NULL,
			country_id integer NOT NULL REFERENCES country ON UPDATE CASCADE ON DELETE RESTRICT,
			$stamp);
		CREATE TABLE address (
			address_id integer PRIMARY KEY,
			address text NOT NULL,
			address2 text,
			district text NOT NULL,
			city_id integer NOT NULL REFERENCES city ON UPDATE CASCADE ON DELETE RESTRICT,
			postal_code text,
			phone text NOT NULL,
			$stamp);
		CREATE TABLE store (store_id integer PRIMARY KEY, address_id integer NOT NULL REFERENCES address, $stamp);
		CREATE TABLE staff (
			staff_id integer PRIMARY KEY,
			first_name text NOT NULL,
			last_name text NOT NULL,
			address_id integer NOT NULL REFERENCES address,
			email text,
			store_id integer NOT NULL REFERENCES store,
			active boolean NOT NULL DEFAULT true,
			username text NOT NULL,
			$stamp);
		CREATE TABLE customer (
			customer_id integer PRIMARY KEY,
			store_id integer NOT NULL REFERENCES store ON UPDATE CASCADE ON DELETE RESTRICT,
			first_name text NOT NULL,
			last_name text NOT NULL,
			email text,
			address_id integer NOT NULL REFERENCES address ON UPDATE CASCADE ON DELETE RESTRICT,
			$active,
			create_date date NOT NULL DEFAULT '2022-02-14',
			last_update timestamp with time zone DEFAULT now());
		CREATE TABLE payment (
			payment_id integer NOT NULL,
			customer_id integer NOT NULL,
			staff_id integer NOT NULL,
			amount numeric(5, 2) NOT NULL,
			payment_date timestamp with time zone NOT NULL,
			PRIMARY KEY (payment_date, payment_id)) PARTITION BY RANGE (payment_date);
		CREATE TABLE payment_p2022_01 PARTITION OF payment FOR VALUES FROM ('2022-01-01') TO ('2022-02-01');
		CREATE TABLE payment_p2022_02 PARTITION OF payment FOR VALUES FROM ('2022-02-01') TO ('2022-03-01');
		CREATE FUNCTION last_updated() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN NEW.last_update = CURRENT_TIMESTAMP; RETURN NEW; END';
		CREATE TRIGGER last_updated BEFORE UPDATE ON customer FOR EACH ROW EXECUTE FUNCTION last_updated();
		CREATE TRIGGER last_updated BEFORE UPDATE ON address FOR EACH ROW EXECUTE FUNCTION last_updated();
		SQL
	return;
}

sub fill
{
	my ($database, %option) = @_;
	my $cast = Crm::Cast->new($option{seed} // 1, %option);
	my $self = bless {
		random => $cast->random('pagila'),
		rows   => Crm::Rows->new,
		truth  => Crm::Answers->new,
		active => $option{active}
	  },
	  __PACKAGE__;
	my @people = $cast->rows('pagila', sub { $_[0]{kind} eq 'person' && !$_[0]{employer} });
	$self->{rows}->add('pagila.store', { store_id => 1, address_id => $self->_address({ country_name => 'Canada' }) });
	$self->_staff($_) for $cast->staff;
	$self->_customer($_) for @people;
	# a table that others refer to goes first
	my $order = $self->{rows}{order};
	@$order = map { "pagila.$_" } qw(country city address store staff customer payment);
	$self->{rows}->load($database);
	return $self->{truth}->save($database);
}

sub _number_of
{
	my ($self, $table, $what, %more) = @_;
	return $self->{known}{$table}{ $what . join ',', values %more } //= do
	{
		my $id = $self->{rows}->next_number($table);
		$self->{rows}->add("pagila.$table", { "${table}_id" => $id, $table => $what, %more });
		$id;
	};
}

# The telephone number is the address's; digits only, as the form takes them.
sub _address
{
	my ($self, $row) = @_;
	my $country = $self->_number_of(country => $row->{country_name});
	my $city    = $self->_number_of(city    => $row->{city} // 'unknown', country_id => $country);
	my $id      = $self->{rows}->next_number('address');
	my $phone   = $row->{mobile_international} // $row->{landline_international};
	$self->{rows}->add(
		'pagila.address', {
			address_id  => $id,
			address     => $row->{street_line} // Crm::Rows::EMPTY,
			district    => Crm::Rows::EMPTY,
			city_id     => $city,
			postal_code => $row->{postal_code},
			phone       => defined $phone ? $phone : Crm::Rows::EMPTY
		});
	return $id;
}

sub _staff
{
	my ($self, $person) = @_;
	my $id = $self->{rows}->next_number('staff');
	$self->{rows}->add(
		'pagila.staff', {
			staff_id   => $id,
			first_name => $person->{given},
			last_name  => $person->{family},
			address_id => $self->_address({ country_name => 'Canada', mobile_international => $person->{mobile} }),
			email      => $person->{email},
			store_id   => 1,
			username   => $person->{login}
		});
	$self->{truth}->other('pagila.staff', $id, 'own user');
	return;
}

sub _customer
{
	my ($self, $row) = @_;
	my $id       = $self->{rows}->next_number('customer');
	my $inactive = $self->{random}->chance(0.1);
	if ($inactive) { $self->{truth}->other('pagila.customer', $id, 'inactive') }
	else           { $self->{truth}->customer('pagila.customer', $id, $row->{number}) }
	$self->{rows}->add(
		'pagila.customer', {
			customer_id => $id,
			store_id    => 1,
			first_name  => $row->{given},
			last_name   => $row->{family},
			email       => $row->{email},
			address_id  => $self->_address($row),
			$self->{active} ? () : (activebool => 't'),
			active      => $inactive ? 0 : 1,
			last_update => "$row->{changed_at}+00"
		});
	$self->{rows}->add(
		'pagila.payment', {
			payment_id   => $id,
			customer_id  => $id,
			staff_id     => 1,
			amount       => $self->{random}->between(1, 9),
			payment_date => sprintf '2022-0%d-%02d', $self->{random}->between(1, 2), $self->{random}->between(1, 28)
		});
	return;
}

1;
