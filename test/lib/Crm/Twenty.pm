# twenty: a schema for each workspace, quoted camelCase columns of which several make up one field,
# further e-mail addresses and numbers in jsonb, soft deletes by date.
package Crm::Twenty;

use strict;
use warnings;
use utf8;
use JSON::PP;
use Crm::Cast;
use Crm::Rows;
use Crm::Answers;
use Fake::Place;

my $schema = 'workspace_3ixj3i1a5avy16ptijtb3lae3';
my $common = <<'SQL';
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	"createdAt" timestamptz NOT NULL DEFAULT now(),
	"updatedAt" timestamptz NOT NULL DEFAULT now(),
	"deletedAt" timestamptz,
	"createdBySource" text NOT NULL DEFAULT 'MANUAL',
	"createdByName" text NOT NULL DEFAULT '',
	position double precision NOT NULL DEFAULT 0
SQL

# old => 1: before additional addresses and numbers were fields
sub install
{
	my ($database, %option) = @_;
	my ($more_emails, $more_phones) =
	  $option{old} ? ('', '') : map { qq("$_" jsonb,) } qw(emailsAdditionalEmails phonesAdditionalPhones);
	$database->run(<<~"SQL");
		CREATE SCHEMA $schema;
		SET search_path = $schema;
		CREATE TABLE "workspaceMember" (
			"nameFirstName" text NOT NULL DEFAULT '',
			"nameLastName" text NOT NULL DEFAULT '',
			"userEmail" text NOT NULL DEFAULT '',
			"userId" uuid NOT NULL,
			$common);
		CREATE TABLE company (
			name text NOT NULL DEFAULT '',
			"domainNamePrimaryLinkLabel" text NOT NULL DEFAULT '',
			"domainNamePrimaryLinkUrl" text NOT NULL DEFAULT '',
			employees double precision,
			"annualRecurringRevenueAmountMicros" numeric,
			"annualRecurringRevenueCurrencyCode" text NOT NULL DEFAULT '',
			"addressAddressStreet1" text NOT NULL DEFAULT '',
			"addressAddressStreet2" text NOT NULL DEFAULT '',
			"addressAddressCity" text NOT NULL DEFAULT '',
			"addressAddressState" text NOT NULL DEFAULT '',
			"addressAddressCountry" text NOT NULL DEFAULT '',
			"addressAddressPostcode" text NOT NULL DEFAULT '',
			"addressAddressLat" numeric,
			"addressAddressLng" numeric,
			"idealCustomerProfile" boolean NOT NULL DEFAULT false,
			"accountOwnerId" uuid REFERENCES "workspaceMember",
			"searchVector" tsvector GENERATED ALWAYS AS (to_tsvector('simple', coalesce(name, ''))) STORED,
			$common);
		CREATE TABLE person (
			"nameFirstName" text NOT NULL DEFAULT '',
			"nameLastName" text NOT NULL DEFAULT '',
			"emailsPrimaryEmail" text NOT NULL DEFAULT '',
			$more_emails
			"phonesPrimaryPhoneNumber" text NOT NULL DEFAULT '',
			"phonesPrimaryPhoneCountryCode" text NOT NULL DEFAULT '',
			"phonesPrimaryPhoneCallingCode" text NOT NULL DEFAULT '',
			$more_phones
			"jobTitle" text NOT NULL DEFAULT '',
			city text NOT NULL DEFAULT '',
			"companyId" uuid REFERENCES company ON DELETE SET NULL,
			"searchVector" tsvector GENERATED ALWAYS AS
				(to_tsvector('simple', coalesce("nameFirstName", '') || ' ' || coalesce("nameLastName", ''))) STORED,
			$common);
		CREATE UNIQUE INDEX "IDX_UNIQUE_person_email" ON person ("emailsPrimaryEmail")
			WHERE "emailsPrimaryEmail" <> '' AND "deletedAt" IS NULL;
		CREATE INDEX "IDX_person_companyId" ON person ("companyId");
		SQL
	return;
}

sub schema { return $schema }

sub fill
{
	my ($database, %option) = @_;
	my $cast = Crm::Cast->new($option{seed} // 1, %option);
	my $self = bless {
		random => $cast->random('twenty'),
		rows   => Crm::Rows->new,
		truth  => Crm::Answers->new,
		old    => $option{old},
		emails => {}
	  },
	  __PACKAGE__;
	$self->_member($_) for $cast->staff;
	my %company;
	for my $row ($cast->rows('twenty'))
	{
		if ($row->{kind} eq 'organization') { my $key = $self->_company($row); $company{ $row->{number} } //= $key }
		else                                { $self->_person($row, \%company) }
	}
	$self->{rows}{order} = [ map { "$schema.$_" } qw(workspaceMember company person) ];
	$self->{rows}->load($database);
	return $self->{truth}->save($database);
}

sub _uuid
{
	my ($self) = @_;
	my $hex = join '', map { sprintf '%08x', $self->{random}->next32 } 1 .. 4;
	$hex =~ s/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/$1-$2-4$3-8$4-$5/;
	return $hex;
}

sub _finish
{
	my ($self, $table, $row, $values) = @_;
	my $id = $values->{id};
	$values->{updatedAt} = "$row->{changed_at}+00";
	if ($self->{random}->chance(0.07))
	{
		$values->{deletedAt} = '2025-06-01 00:00:00+00';
		$self->{truth}->other("$schema.$table", $id, 'deleted');
	}
	else
	{
		$self->{truth}->customer("$schema.$table", $id, $row->{number});
	}
	$self->_add($table, $values);
	return $id;
}

# A text field without a value holds the empty text.
sub _add
{
	my ($self, $table, $values) = @_;
	my %nullable = map { $_ => 1 }
	  qw(deletedAt updatedAt companyId emailsAdditionalEmails phonesAdditionalPhones addressAddressLat addressAddressLng);
	$values->{$_} //= $nullable{$_} ? undef : Crm::Rows::EMPTY for keys %$values;
	$self->{rows}->add("$schema.$table", $values);
	return;
}

sub _company
{
	my ($self, $row) = @_;
	return $self->_finish('company', $row, {
			id                         => $self->_uuid,
			name                       => $row->{written},
			domainNamePrimaryLinkUrl   => "https://www.$row->{entity}{domain}",
			addressAddressStreet1      => $row->{street_line},
			addressAddressCity         => $row->{city},
			addressAddressPostcode     => $row->{postal_code},
			addressAddressCountry      => $row->{country_name},
			deletedAt                  => undef
		});
}

sub _person
{
	my ($self, $row, $company) = @_;
	my $employer = $row->{entity}{employer} && $company->{ $row->{entity}{employer}{number} };
	my $id       = $self->_finish('person', $row, {
			id            => $self->_uuid,
			nameFirstName => $row->{given},
			nameLastName  => $row->{family},
			city          => $row->{city},
			companyId     => $employer,
			deletedAt     => undef,
			$self->_emails($row),
			$self->_phones($row)
		});
	return unless $employer;
	my @link = ("$schema.person", $id, "$schema.company", $employer);
	$self->{truth}->relation(@link)
	  unless $self->{truth}->is_other(@link[ 0, 1 ]) || $self->{truth}->is_other(@link[ 2, 3 ]);
	return;
}

# A primary address may be that of one person only.
sub _emails
{
	my ($self, $row) = @_;
	my @emails = grep { defined } $row->{email};
	my $primary = @emails && !$self->{emails}{ $emails[0] }++ ? shift @emails : undef;
	return (emailsPrimaryEmail => $primary,
		$self->{old} ? () : (emailsAdditionalEmails => @emails ? encode_json(\@emails) : undef));
}

# The number stands without its calling code, which is a field of its own.
sub _phones
{
	my ($self, $row) = @_;
	my $code = '+' . $Fake::Place::calling_code{ $row->{country} };
	my ($first, @more) = grep { defined } @$row{qw(mobile landline)};
	my @additional = map { { number => $_, countryCode => $row->{country}, callingCode => $code } } @more;
	return (
		phonesPrimaryPhoneNumber      => $first,
		phonesPrimaryPhoneCountryCode => defined $first ? $row->{country} : undef,
		phonesPrimaryPhoneCallingCode => defined $first ? $code           : undef,
		$self->{old} ? () : (phonesAdditionalPhones => @additional ? JSON::PP->new->canonical->encode(\@additional) : undef));
}

sub _member
{
	my ($self, $person) = @_;
	my $id = $self->_uuid;
	my %name = (nameFirstName => $person->{given}, nameLastName => $person->{family});
	$self->{rows}->add("$schema.workspaceMember",
		{ id => $id, %name, userEmail => $person->{email}, userId => $self->_uuid });
	$self->{truth}->other("$schema.workspaceMember", $id, 'own user');
	# whom a colleague wrote to in copy became a person by itself
	my $copy = $self->_uuid;
	$self->_add('person', {
			id => $copy, %name,
			city      => undef,
			updatedAt => '2021-01-01 00:00:00+00',
			$self->_emails($person),
			$self->_phones({ country => 'NL' })
		});
	$self->{truth}->other("$schema.person", $copy, 'own user');
	return;
}

1;
