# EspoCRM on PostgreSQL as its ORM makes it: snake_case columns, character ids, soft deletes, no
# foreign keys; e-mail addresses and telephone numbers stand once and hang on anything through link tables.
package Crm::EspoCRM;

use strict;
use warnings;
use utf8;
use Crm::Cast;
use Crm::Rows;
use Crm::Answers;

my $address = sub {
	my ($prefix) = @_;
	return join ",\n\t", "${prefix}_street varchar(255) DEFAULT NULL",
	  map { "${prefix}_$_ varchar(100) DEFAULT NULL" } qw(city state country postal_code);
};
my $stamps = join ",\n\t", 'created_at timestamp(0) without time zone DEFAULT NULL',
  'modified_at timestamp(0) without time zone DEFAULT NULL',
  map { "$_ varchar(17) DEFAULT NULL" } qw(created_by_id modified_by_id assigned_user_id);

# leads => 0: an installation without the sales module's leads; id => 24: ids as long as from version 8 on
sub install
{
	my ($database, %option) = @_;
	my $schema = $option{schema} // 'espo';
	my $ddl    = _ddl(%option);
	$ddl =~ s/varchar\(17\)/varchar($option{id})/g if $option{id};
	$database->run("CREATE SCHEMA $schema; SET search_path = $schema;\n$ddl");
	return;
}

sub _ddl
{
	my (%option) = @_;
	my $ddl = <<~"SQL";
		CREATE TABLE "user" (
			id varchar(17) PRIMARY KEY,
			deleted boolean DEFAULT false,
			user_name varchar(50) DEFAULT NULL,
			type varchar(24) DEFAULT 'regular',
			salutation_name varchar(255) DEFAULT NULL,
			first_name varchar(100) DEFAULT NULL,
			last_name varchar(100) DEFAULT NULL,
			is_active boolean DEFAULT true NOT NULL,
			title varchar(100) DEFAULT NULL,
			contact_id varchar(17) DEFAULT NULL);
		CREATE TABLE account (
			id varchar(17) PRIMARY KEY,
			name varchar(249) DEFAULT NULL,
			deleted boolean DEFAULT false,
			website varchar(255) DEFAULT NULL,
			type varchar(255) DEFAULT NULL,
			industry varchar(255) DEFAULT NULL,
			sic_code varchar(40) DEFAULT NULL,
			@{[ $address->('billing_address') ]},
			@{[ $address->('shipping_address') ]},
			description text DEFAULT NULL,
			campaign_id varchar(17) DEFAULT NULL,
			$stamps);
		CREATE TABLE contact (
			id varchar(17) PRIMARY KEY,
			deleted boolean DEFAULT false,
			salutation_name varchar(255) DEFAULT NULL,
			first_name varchar(100) DEFAULT NULL,
			last_name varchar(100) DEFAULT NULL,
			middle_name varchar(100) DEFAULT NULL,
			account_id varchar(17) DEFAULT NULL,
			description text DEFAULT NULL,
			do_not_call boolean DEFAULT false NOT NULL,
			@{[ $address->('address') ]},
			campaign_id varchar(17) DEFAULT NULL,
			$stamps);
		CREATE INDEX idx_contact_account_id ON contact (account_id);
		CREATE TABLE account_contact (
			id bigserial PRIMARY KEY,
			account_id varchar(17) DEFAULT NULL,
			contact_id varchar(17) DEFAULT NULL,
			role varchar(100) DEFAULT NULL,
			is_inactive boolean DEFAULT false,
			deleted boolean DEFAULT false,
			UNIQUE (account_id, contact_id));
		CREATE TABLE email_address (
			id varchar(17) PRIMARY KEY,
			name varchar(255) DEFAULT NULL,
			deleted boolean DEFAULT false,
			lower varchar(255) DEFAULT NULL,
			invalid boolean DEFAULT false NOT NULL,
			opt_out boolean DEFAULT false NOT NULL);
		CREATE INDEX idx_email_address_lower ON email_address (lower);
		CREATE TABLE entity_email_address (
			id bigserial PRIMARY KEY,
			entity_id varchar(17) DEFAULT NULL,
			email_address_id varchar(17) DEFAULT NULL,
			entity_type varchar(100) DEFAULT NULL,
			"primary" boolean DEFAULT false,
			deleted boolean DEFAULT false,
			UNIQUE (entity_id, email_address_id, entity_type));
		CREATE INDEX idx_entity_email_address_id ON entity_email_address (email_address_id);
		CREATE TABLE phone_number (
			id varchar(17) PRIMARY KEY,
			name varchar(36) DEFAULT NULL,
			deleted boolean DEFAULT false,
			type varchar(255) DEFAULT NULL,
			"numeric" varchar(36) DEFAULT NULL,
			invalid boolean DEFAULT false NOT NULL,
			opt_out boolean DEFAULT false NOT NULL);
		CREATE TABLE entity_phone_number (
			id bigserial PRIMARY KEY,
			entity_id varchar(17) DEFAULT NULL,
			phone_number_id varchar(17) DEFAULT NULL,
			entity_type varchar(100) DEFAULT NULL,
			"primary" boolean DEFAULT false,
			deleted boolean DEFAULT false,
			UNIQUE (entity_id, phone_number_id, entity_type));
		CREATE INDEX idx_entity_phone_number_id ON entity_phone_number (phone_number_id);
		SQL
	return $ddl if defined $option{leads} && !$option{leads};
	return $ddl . <<~"SQL";
		CREATE TABLE lead (
			id varchar(17) PRIMARY KEY,
			deleted boolean DEFAULT false,
			salutation_name varchar(255) DEFAULT NULL,
			first_name varchar(100) DEFAULT NULL,
			last_name varchar(100) DEFAULT NULL,
			middle_name varchar(100) DEFAULT NULL,
			title varchar(100) DEFAULT NULL,
			status varchar(255) DEFAULT 'New',
			source varchar(255) DEFAULT NULL,
			website varchar(255) DEFAULT NULL,
			account_name varchar(255) DEFAULT NULL,
			@{[ $address->('address') ]},
			do_not_call boolean DEFAULT false NOT NULL,
			converted_at timestamp(0) without time zone DEFAULT NULL,
			created_account_id varchar(17) DEFAULT NULL,
			created_contact_id varchar(17) DEFAULT NULL,
			created_opportunity_id varchar(17) DEFAULT NULL,
			$stamps);
		CREATE INDEX idx_lead_created_contact_id ON lead (created_contact_id);
		SQL
}

# Returns the truth; source names are in $option{schema}.
sub fill
{
	my ($database, %option) = @_;
	my $cast = Crm::Cast->new($option{seed} // 1, %option);
	my $self = bless {
		random => $cast->random('espocrm'),
		rows   => Crm::Rows->new,
		truth  => Crm::Answers->new,
		schema => $option{schema} // 'espo',
		leads  => $option{leads}  // 1,
		emails => {},
		phones => {}
	  },
	  __PACKAGE__;
	$self->_user($_) for $cast->staff;
	my %account; # the company's number => id of its account
	for my $row ($cast->rows('espocrm'))
	{
		if ($row->{kind} eq 'organization') { my $key = $self->_account($row); $account{ $row->{number} } //= $key }
		else                                { $self->_person($row, \%account) }
	}
	$self->{rows}->load($database);
	return $self->{truth}->save($database);
}

sub _id { return sprintf '%08x%08x%d', $_[0]{random}->next32, $_[0]{random}->next32, $_[0]{random}->below(10) }

sub _add { my ($self, $table, $row) = @_; return $self->{rows}->add("$self->{schema}.$table", $row) }

sub _name
{
	my ($self, $table) = @_;
	return "$self->{schema}.$table";
}

sub _common
{
	my ($self, $row, $prefix) = @_;
	return (
		id                      => $self->_id,
		"${prefix}_street"      => $row->{street_line},
		"${prefix}_city"        => $row->{city},
		"${prefix}_country"     => $self->{random}->chance(0.9) ? $row->{country_name} : undef,
		"${prefix}_postal_code" => $row->{postal_code},
		created_at              => '2021-01-01 00:00:00',
		created_by_id           => $self->{random}->pick($self->{users}),
		modified_at             => $row->{changed_at},
		deleted                 => 'f');
}

# One in fifteen was deleted, which leaves the row and its links where they are.
sub _finish
{
	my ($self, $table, $type, $row, $values) = @_;
	if ($self->{random}->chance(0.07))
	{
		$values->{deleted} = 't';
		$self->{truth}->other($self->_name($table), $values->{id}, 'deleted');
	}
	else
	{
		$self->{truth}->customer($self->_name($table), $values->{id}, $row->{number});
	}
	$self->_add($table, $values);
	$self->_email($type, $values->{id}, $row->{email}, primary => 't');
	$self->_phone($type, $values->{id}, $row->{$_}, $row)
	  for grep { defined $row->{$_} } qw(mobile_international landline_international);
	return $values->{id};
}

sub _account
{
	my ($self, $row) = @_;
	return $self->_finish('account', 'Account', $row,
		{ name => $row->{written}, $self->_common($row, 'billing_address') });
}

sub _person
{
	my ($self, $row, $account) = @_;
	my $lead   = $self->{leads} && $self->{random}->chance(0.3);
	my %values = (
		$self->_common($row, 'address'),
		first_name => $row->{given},
		last_name  => $row->{family});
	my $employer = $row->{entity}{employer} && $account->{ $row->{entity}{employer}{number} };
	my $key = $lead ? $self->_lead($row, \%values) : $self->_contact($row, \%values, $employer);
	# a former address whose link was deleted, and somebody else's for that matter
	$self->_email($lead ? 'Lead' : 'Contact', $key, 'info@shared-by-mistake.example', deleted => 't')
	  if $self->{random}->chance(0.15);
	return;
}

sub _contact
{
	my ($self, $row, $values, $employer) = @_;
	# the first account stands in the row too; a link that was taken away leaves neither
	my $gone = $employer && $self->{random}->chance(0.1);
	$values->{account_id} = $gone ? undef : $employer;
	my $key = $self->_finish('contact', 'Contact', $row, $values);
	return $key unless $employer;
	$self->_add('account_contact',
		{ account_id => $employer, contact_id => $key, role => 'Buyer', deleted => $gone ? 't' : 'f' });
	my @link = ($self->_name('contact'), $key, $self->_name('account'), $employer);
	$self->{truth}->relation(@link)
	  unless $gone || $self->{truth}->is_other(@link[ 0, 1 ]) || $self->{truth}->is_other(@link[ 2, 3 ]);
	return $key;
}

# A lead that was converted stays, beside the contact that was made of it.
sub _lead
{
	my ($self, $row, $values) = @_;
	my %contact = (%$values, id => $self->_id);
	$values->{account_name} = $row->{company};
	if ($self->{random}->chance(0.4))
	{
		@$values{qw(status created_contact_id converted_at)} =
		  ('Converted', $contact{id}, $row->{changed_at});
		$self->_finish('contact', 'Contact', $row, \%contact);
	}
	return $self->_finish('lead', 'Lead', $row, $values);
}

sub _user
{
	my ($self, $person) = @_;
	my $key = $self->_id;
	$self->_add('user',
		{ id => $key, user_name => $person->{login}, first_name => $person->{given}, last_name => $person->{family} });
	push @{ $self->{users} }, $key;
	$self->{truth}->other($self->_name('user'), $key, 'own user');
	$self->_email('User', $key, $person->{email}, primary => 't');
	return;
}

sub _email
{
	my ($self, $type, $key, $email, %link) = @_;
	return unless defined $email;
	my $id = $self->{emails}{ lc $email } //= $self->_add('email_address',
		{ id => $self->_id, name => $email, lower => lc $email, deleted => 'f' })->{id};
	return if $self->{linked}{"$type $key $id"}++;
	$self->_add('entity_email_address',
		{ deleted => 'f', primary => 'f', %link, entity_id => $key, entity_type => $type, email_address_id => $id });
	return;
}

sub _phone
{
	my ($self, $type, $key, $number, $row) = @_;
	my $id = $self->{phones}{$number} //= $self->_add('phone_number', {
			id      => $self->_id,
			name    => $number,
			deleted => 'f',
			numeric => $number =~ s/\D//gr,
			type    => defined $row->{mobile} ? 'Mobile' : 'Office'
		})->{id};
	return if $self->{linked}{"$type $key $id"}++;
	$self->_add('entity_phone_number',
		{ deleted => 'f', primary => 't', entity_id => $key, entity_type => $type, phone_number_id => $id });
	return;
}

1;
