# SuiteCRM in a MariaDB of its own: plural tables, character ids, soft deletes as 0 and 1, e-mail
# addresses through a link table. PostgreSQL sees it as foreign tables.
package Crm::SuiteCRM;

use strict;
use warnings;
use utf8;
use Crm::Cast;
use Crm::MariaDB;
use Crm::Rows;
use Crm::Answers;

my $id     = 'id char(36) NOT NULL PRIMARY KEY';
my $common = join ",\n\t", 'date_entered datetime', 'date_modified datetime', 'modified_user_id char(36)',
  'created_by char(36)', 'description text', 'deleted tinyint(1) DEFAULT 0', 'assigned_user_id char(36)';

sub _address
{
	my ($prefix) = @_;
	return join ",\n\t", "${prefix}_address_street varchar(150)", "${prefix}_address_city varchar(100)",
	  "${prefix}_address_state varchar(100)", "${prefix}_address_postalcode varchar(20)",
	  "${prefix}_address_country varchar(255)";
}

my $person = join ",\n\t", 'salutation varchar(255)', 'first_name varchar(100)', 'last_name varchar(100)',
  'title varchar(100)', 'department varchar(255)', 'do_not_call tinyint(1) DEFAULT 0',
  (map { "phone_$_ varchar(100)" } qw(home mobile work other fax)),
  'lawful_basis text', 'date_reviewed date', _address('primary'), _address('alt'), 'birthdate date',
  'campaign_id char(36)';

# Starts a server in a folder and makes the tables; the object ends it.
sub install
{
	my ($folder) = @_;
	my $server = Crm::MariaDB->start($folder);
	$server->sql(<<~'SQL');
		CREATE DATABASE suitecrm CHARACTER SET utf8mb3;
		CREATE USER reader@'127.0.0.1' IDENTIFIED BY 'suite';
		GRANT SELECT ON suitecrm.* TO reader@'127.0.0.1';
		SQL
	$server->sql(_ddl(), 'suitecrm');
	return $server;
}

sub _ddl
{
	return <<~"SQL";
		CREATE TABLE users (
			$id, user_name varchar(60), first_name varchar(255), last_name varchar(255), is_admin tinyint(1) DEFAULT 0,
			status varchar(100), employee_status varchar(100), deleted tinyint(1) DEFAULT 0);
		CREATE TABLE accounts (
			$id, name varchar(150), $common, account_type varchar(50), industry varchar(50), annual_revenue varchar(100),
			phone_fax varchar(100), phone_office varchar(100), phone_alternate varchar(100), website varchar(255),
			employees varchar(10), ticker_symbol varchar(10), parent_id char(36), sic_code varchar(10), campaign_id char(36),
			${\ _address('billing') }, ${\ _address('shipping') });
		CREATE TABLE contacts ($id, $common, $person, lead_source varchar(255), reports_to_id char(36));
		CREATE TABLE contacts_cstm (id_c char(36) NOT NULL PRIMARY KEY, loyalty_c varchar(50));
		CREATE TABLE leads (
			$id, $common, $person, converted tinyint(1) DEFAULT 0, refered_by varchar(100), lead_source varchar(100),
			status varchar(100), account_name varchar(255), contact_id char(36), account_id char(36), opportunity_id char(36));
		CREATE TABLE prospects ($id, $common, $person, tracker_key int, lead_id char(36), account_name varchar(150));
		CREATE TABLE accounts_contacts (
			id varchar(36) NOT NULL PRIMARY KEY, contact_id varchar(36), account_id varchar(36), date_modified datetime,
			deleted tinyint(1) DEFAULT 0, KEY idx_contid_del_accid (contact_id, deleted, account_id));
		CREATE TABLE email_addresses (
			$id, email_address varchar(255), email_address_caps varchar(255), invalid_email tinyint(1) DEFAULT 0,
			opt_out tinyint(1) DEFAULT 0, confirm_opt_in varchar(255) DEFAULT 'not-opt-in', confirm_opt_in_date datetime,
			date_created datetime, date_modified datetime, deleted tinyint(1) DEFAULT 0);
		CREATE TABLE email_addr_bean_rel (
			$id, email_address_id char(36) NOT NULL, bean_id char(36) NOT NULL, bean_module varchar(100),
			primary_address tinyint(1) DEFAULT 0, reply_to_address tinyint(1) DEFAULT 0, date_created datetime,
			date_modified datetime, deleted tinyint(1) DEFAULT 0, KEY idx_bean_id (bean_id, bean_module));
		SQL
}

# $option{server}: what install returned
sub fill
{
	my ($database, %option) = @_;
	my $cast = Crm::Cast->new($option{seed} // 1, %option);
	my $self = bless {
		random => $cast->random('suitecrm'),
		rows   => Crm::Rows->new,
		truth  => Crm::Answers->new,
		emails => {}
	  },
	  __PACKAGE__;
	$self->_user($_) for $cast->staff;
	my %account;
	for my $row ($cast->rows('suitecrm'))
	{
		if ($row->{kind} eq 'organization') { my $key = $self->_account($row); $account{ $row->{number} } //= $key }
		else                                { $self->_person($row, \%account) }
	}
	$option{server}->sql($self->_inserts, 'suitecrm');
	return $self->{truth}->save($database);
}

sub _inserts
{
	my ($self) = @_;
	my $rows   = $self->{rows};
	my $sql    = '';
	for my $table (@{ $rows->{order} })
	{
		my $columns = $rows->columns($table);
		$sql .= "INSERT INTO $table (" . join(', ', @$columns) . ") VALUES\n"
		  . join(",\n", map { '(' . join(', ', map { _literal($_) } @$_{@$columns}) . ')' } @{ $rows->{rows}{$table} })
		  . ";\n";
	}
	return $sql;
}

sub _literal
{
	my ($value) = @_;
	return defined $value ? "'" . $value =~ s/(['\\])/\\$1/gr . "'" : 'NULL';
}

sub _id
{
	my ($self) = @_;
	my $hex = join '', map { sprintf '%08x', $self->{random}->next32 } 1 .. 4;
	$hex =~ s/^(.{8})(.{4})(.{4})(.{4})(.{12})$/$1-$2-$3-$4-$5/;
	return $hex;
}

sub _place
{
	my ($row, $prefix) = @_;
	return (
		"${prefix}_address_street"     => $row->{street_line},
		"${prefix}_address_city"       => $row->{city},
		"${prefix}_address_postalcode" => $row->{postal_code},
		"${prefix}_address_country"    => $row->{country_name});
}

sub _finish
{
	my ($self, $table, $row, $values) = @_;
	my $key     = $values->{id};
	my $deleted = $self->{random}->chance(0.07);
	$values->{deleted}       = $deleted ? 1 : 0;
	$values->{date_modified} = $row->{changed_at};
	if ($deleted) { $self->{truth}->other("suitecrm.$table", $key, 'deleted') }
	else          { $self->{truth}->customer("suitecrm.$table", $key, $row->{number}) }
	$self->{rows}->add($table, $values);
	$self->_email(ucfirst $table, $key, $row->{email}, primary_address => 1);
	$self->_email(ucfirst $table, $key, 'info@shared-by-mistake.example', deleted => 1)
	  if $self->{random}->chance(0.1);
	return $key;
}

sub _account
{
	my ($self, $row) = @_;
	return $self->_finish('accounts', $row, {
			id           => $self->_id,
			name         => $row->{written},
			phone_office => $row->{landline_written},
			_place($row, 'billing')
		});
}

sub _person
{
	my ($self, $row, $account) = @_;
	my %values = (
		id           => $self->_id,
		first_name   => $row->{given},
		last_name    => $row->{family},
		phone_mobile => $row->{mobile_written},
		phone_work   => $row->{landline_written},
		birthdate    => $row->{birth_date},
		_place($row, 'primary'));
	my $employer = $row->{entity}{employer} && $account->{ $row->{entity}{employer}{number} };
	return $self->_contact($row, \%values, $employer) unless $self->{random}->chance(0.3);
	my $contact = $self->{random}->chance(0.4) ? $self->_id : undef;
	$self->_contact($row, { %values, id => $contact }, undef) if $contact;
	$self->_finish('leads', $row, {
			%values,
			account_name => $row->{company},
			contact_id   => $contact,
			converted    => $contact ? 1           : 0,
			status       => $contact ? 'Converted' : 'New'
		});
	return;
}

sub _contact
{
	my ($self, $row, $values, $employer) = @_;
	my $key = $self->_finish('contacts', $row, $values);
	return unless $employer;
	my $gone = $self->{random}->chance(0.15);
	$self->{rows}->add('accounts_contacts',
		{ id => $self->_id, contact_id => $key, account_id => $employer, deleted => $gone ? 1 : 0 });
	my @link = ('suitecrm.contacts', $key, 'suitecrm.accounts', $employer);
	$self->{truth}->relation(@link)
	  unless $gone || $self->{truth}->is_other(@link[ 0, 1 ]) || $self->{truth}->is_other(@link[ 2, 3 ]);
	return;
}

sub _email
{
	my ($self, $module, $key, $email, %link) = @_;
	return unless defined $email;
	my $address = $self->{emails}{ lc $email } //= $self->{rows}->add('email_addresses',
		{ id => $self->_id, email_address => $email, email_address_caps => uc $email, deleted => 0 })->{id};
	$self->{rows}->add('email_addr_bean_rel',
		{ id => $self->_id, email_address_id => $address, bean_id => $key, bean_module => $module, primary_address => 0, deleted => 0, %link });
	return;
}

sub _user
{
	my ($self, $person) = @_;
	my $key = $self->_id;
	$self->{rows}->add('users',
		{ id => $key, user_name => $person->{login}, first_name => $person->{given}, last_name => $person->{family}, deleted => 0 });
	$self->{truth}->other('suitecrm.users', $key, 'own user');
	$self->_email('Users', $key, $person->{email}, primary_address => 1);
	return;
}

1;
