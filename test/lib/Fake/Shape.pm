# The tables of the three departments, and how an observation is written in each.
package Fake::Shape;

use strict;
use warnings;
use utf8;
use Fake::Place;

my %title = (
	NL => { m => 'Dhr.', f => 'Mevr.' },
	DE => { m => 'Herr', f => 'Frau' },
	GB => { m => 'Mr',   f => 'Mrs' },
	FR => { m => 'M.',   f => 'Mme' },
	ES => { m => 'D.',   f => 'Dña.' });

# A mapping value is a column, or a list of columns that are put together with spaces.
sub departments
{
	return [
		{
			table      => 'sales.account',
			department => 'sales',
			key        => [qw(country account_no)],
			columns    => [
				qw(country account_no account_type account_name street postal_code city phone mail birth_date
				  vat_no updated_at)
			],
			ddl => <<~'SQL',
				CREATE SCHEMA sales;
				CREATE TABLE sales.account
				(
					country char(2) NOT NULL,
					account_no integer NOT NULL,
					account_type char(1) NOT NULL CHECK (account_type IN ('B', 'C')),
					account_name text NOT NULL,
					street text,
					postal_code varchar(12),
					city text,
					phone text,
					mail text,
					birth_date date,
					vat_no text,
					updated_at timestamptz NOT NULL,
					PRIMARY KEY (country, account_no)
				);
				SQL
			map => {
				name        => ['account_name'],
				street      => ['street'],
				postal_code => ['postal_code'],
				city        => ['city'],
				country     => ['country'],
				phone       => ['phone'],
				email       => ['mail'],
				birth_date  => ['birth_date'],
				tax_number  => ['vat_no']
			},
			kind       => q(CASE account_type WHEN 'B' THEN 'organization' ELSE 'person' END),
			kind_of    => sub { $_[0]{account_type} eq 'B' ? 'o' : 'p' },
			region     => 'country',
			changed_at => 'updated_at',
			trust      => 0.6
		},
		{
			table      => 'marketing.lead',
			department => 'marketing',
			key        => ['lead_id'],
			columns    => [
				qw(lead_id first_name last_name company email_address phone_number address_line zip town
				  country_code date_of_birth created_at)
			],
			ddl => <<~'SQL',
				CREATE SCHEMA marketing;
				CREATE TABLE marketing.lead
				(
					lead_id bigint PRIMARY KEY,
					first_name text,
					last_name text,
					company text,
					email_address text,
					phone_number text,
					address_line text,
					zip text,
					town text,
					country_code text,
					date_of_birth date,
					created_at timestamp NOT NULL
				) PARTITION BY RANGE (lead_id);
				CREATE TABLE marketing.lead_first PARTITION OF marketing.lead FOR VALUES FROM (MINVALUE) TO (70005000);
				CREATE TABLE marketing.lead_second PARTITION OF marketing.lead FOR VALUES FROM (70005000) TO (70012000);
				CREATE TABLE marketing.lead_rest PARTITION OF marketing.lead DEFAULT;
				SQL
			map => {
				given_name   => ['first_name'],
				family_name  => ['last_name'],
				organization => ['company'],
				email        => ['email_address'],
				phone        => ['phone_number'],
				street       => ['address_line'],
				postal_code  => ['zip'],
				city         => ['town'],
				country      => ['country_code'],
				birth_date   => ['date_of_birth']
			},
			kind       => 'person',
			kind_of    => sub { 'p' },
			region     => 'country_code',
			changed_at => 'created_at',
			trust      => 0.3
		},
		{
			table      => 'service.client',
			department => 'service',
			key        => ['kundennr'],
			columns    => [
				qw(kundennr vorname nachname firma strasse hausnr plz ort land telefon mobil email email_2
				  geburtsdatum ust_id geaendert_am)
			],
			ddl => <<~'SQL',
				CREATE SCHEMA service;
				CREATE TABLE service.client
				(
					kundennr text PRIMARY KEY,
					vorname text,
					nachname text,
					firma text,
					strasse text,
					hausnr text,
					plz text,
					ort text,
					land text,
					telefon text,
					mobil text,
					email text,
					email_2 text,
					geburtsdatum date,
					ust_id text,
					geaendert_am timestamptz
				);
				SQL
			map => {
				given_name   => ['vorname'],
				family_name  => ['nachname'],
				organization => ['firma'],
				street       => [ [ 'strasse', 'hausnr' ] ],
				postal_code  => ['plz'],
				city         => ['ort'],
				country      => ['land'],
				phone        => [ 'telefon', 'mobil' ],
				email        => [ 'email',   'email_2' ],
				birth_date   => ['geburtsdatum'],
				tax_number   => ['ust_id']
			},
			kind       => undef,
			kind_of    => sub { defined $_[0]{firma} ? 'o' : 'p' },
			region     => 'land',
			changed_at => 'geaendert_am',
			trust      => 0.8
		}
	];
}

my %writer = (sales => \&_account, marketing => \&_lead, service => \&_client);
my %table  = (sales => 'sales.account', marketing => 'marketing.lead', service => 'service.client');

# (table, { column => value }) of a spoilt observation; $number is unique.
sub row
{
	my ($random, $row, $number) = @_;
	my $department = $row->{department};
	my %values     = $writer{$department}->($random, $row, $number);
	return ($table{$department}, \%values);
}

sub _time
{
	my ($row) = @_;
	my $days = int($row->{moment} * 1460);
	return sprintf '20%02d-%02d-%02d %02d:%02d:00', 20 + int($days / 365),
	  1 + int($days % 365 / 31),
	  1 + $days % 28, 8 + $days % 10, $days * 7 % 60;
}

sub _phone
{
	my ($random, $row, $digits, $international) = @_;
	return
	  defined $digits
	  ? Fake::Place::write_phone($random, $row->{country}, $digits, $international)
	  : undef;
}

sub _full_name
{
	my ($random, $row) = @_;
	return $row->{written} if $row->{kind} eq 'organization';
	my $name =
	  $random->chance(0.12) && $row->{family} !~ /,/
	  ? "$row->{family}, $row->{given}"
	  : "$row->{given} $row->{family}";
	$name .= " $row->{suffix}" if $row->{suffix};
	$name = "$title{ $row->{country} }{ $row->{gender} } $name"
	  if $name !~ /,/ && $random->chance(0.1);
	$name =~ s/ /  / if $random->chance(0.02);
	return $name;
}

sub _family
{
	my ($row) = @_;
	return $row->{suffix} ? "$row->{family} $row->{suffix}" : $row->{family};
}

sub _account
{
	my ($random, $row, $number) = @_;
	my $where = $row->{where};
	return (
		country      => $row->{country},
		account_no   => 10_000 + $number,
		account_type => $row->{kind} eq 'organization' ? 'B' : 'C',
		account_name => _full_name($random, $row),
		street => $where && defined $where->{street} ? Fake::Place::street_line($where) : undef,
		postal_code => $where->{postal_code},
		city        => $where->{city},
		phone       => _phone($random, $row, $row->{mobile} // $row->{landline}, 0.3),
		mail        => $row->{email},
		birth_date  => $row->{birth_date},
		vat_no      => $row->{tax_number},
		updated_at  => _time($row) . '+00');
}

sub _lead
{
	my ($random, $row, $number) = @_;
	my $where = $row->{where};
	return (
		lead_id       => 70_000_000 + $number,
		first_name    => $row->{given},
		last_name     => _family($row),
		company       => $row->{company},
		email_address => $row->{email},
		phone_number  => _phone($random, $row, $row->{mobile} // $row->{landline}, 0.7),
		address_line  => $where
		  && defined $where->{street} ? Fake::Place::street_line($where) : undef,
		zip           => $where->{postal_code},
		town          => $where->{city},
		country_code  => $row->{country},
		date_of_birth => $row->{birth_date},
		created_at    => _time($row));
}

sub _client
{
	my ($random, $row, $number) = @_;
	my $where  = $row->{where};
	my $person = $row->{kind} eq 'person';
	my @mails  = $row->{email};
	push @mails, $row->{entity}{email}[0]
	  if $person && defined $row->{email} && $random->chance(0.15);
	undef $mails[1] if defined $mails[1] && lc $mails[1] eq lc $mails[0];
	return (
		kundennr     => sprintf('K%07d', $number),
		vorname      => $person ? $row->{given} : undef,
		nachname     => $person ? _family($row) : undef,
		firma        => $person ? undef         : $row->{written},
		strasse      => $where->{street},
		hausnr       => defined $where->{street} ? $where->{number} : undef,
		plz          => $where->{postal_code},
		ort          => $where->{city},
		land         => $row->{country},
		telefon      => _phone($random, $row, $row->{landline}, 0.3),
		mobil        => _phone($random, $row, $row->{mobile},   0.3),
		email        => $mails[0],
		email_2      => $mails[1],
		geburtsdatum => $row->{birth_date},
		ust_id       => $row->{tax_number},
		geaendert_am => _time($row) . '+00');
}

1;
