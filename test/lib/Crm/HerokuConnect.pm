# Salesforce as Heroku Connect mirrors it: lower-case names, only the columns that somebody mapped, and
# triggers of its own that write down what is to be sent back.
package Crm::HerokuConnect;

use strict;
use warnings;
use utf8;
use Crm::Cast;
use Crm::Rows;
use Crm::Answers;

my @always = (
	'createddate timestamp without time zone',
	'isdeleted boolean',
	'systemmodstamp timestamp without time zone',
	'id serial PRIMARY KEY',
	'sfid varchar(18) COLLATE "C"',
	'_hc_lastop varchar(32)',
	'_hc_err text');
my %mapped = (
	account => [
		'name varchar(255)',
		'type varchar(255)',
		'parentid varchar(18)',
		'billingstreet varchar(255)',
		'billingcity varchar(40)',
		'billingstate varchar(80)',
		'billingpostalcode varchar(20)',
		'billingcountry varchar(80)',
		'phone varchar(40)',
		'website varchar(255)',
		'industry varchar(255)',
		'sicdesc varchar(80)',
		'ownerid varchar(18)',
		'ispersonaccount boolean',
		'firstname varchar(40)',
		'lastname varchar(80)',
		'personemail varchar(80)',
		'personmobilephone varchar(40)',
		'personbirthdate date'
	],
	contact => [
		'name varchar(121)',
		'firstname varchar(40)',
		'lastname varchar(80)',
		'accountid varchar(18)',
		'title varchar(128)',
		'birthdate date',
		'leadsource varchar(255)',
		'mailingstreet varchar(255)',
		'mailingcity varchar(40)',
		'mailingstate varchar(80)',
		'mailingpostalcode varchar(20)',
		'mailingcountry varchar(80)',
		'mailinglatitude double precision',
		'mailinglongitude double precision',
		'email varchar(80)',
		'isemailbounced boolean',
		'phone varchar(40)',
		'mobilephone varchar(40)',
		'homephone varchar(40)',
		'ispersonaccount boolean',
		'ownerid varchar(18)',
		'loyalty_tier__c varchar(255)'
	],
	lead => [
		'name varchar(121)',
		'firstname varchar(40)',
		'lastname varchar(80)',
		'company varchar(255)',
		'street varchar(255)',
		'city varchar(40)',
		'state varchar(80)',
		'postalcode varchar(20)',
		'country varchar(80)',
		'email varchar(80)',
		'phone varchar(40)',
		'mobilephone varchar(40)',
		'status varchar(255)',
		'isconverted boolean',
		'convertedcontactid varchar(18)',
		'convertedaccountid varchar(18)',
		'ownerid varchar(18)'
	],
	user =>
	  [ 'username varchar(80)', 'firstname varchar(40)', 'lastname varchar(80)', 'email varchar(128)' ]
);
my %few = (
	account => [ 'name varchar(255)', 'billingcity varchar(40)' ],
	contact =>
	  [ 'name varchar(121)', 'accountid varchar(18)', 'email varchar(80)', 'phone varchar(40)', 'mailingcity varchar(40)' ]
);
my %prefix = (account => '001', contact => '003', lead => '00Q', user => '005');

# few => 1: somebody mapped a handful of columns, and no leads
sub install
{
	my ($database, %option) = @_;
	my $schema = $option{schema} // 'salesforce';
	my $tables = $option{few} ? \%few : \%mapped;
	my $ddl    = _log($schema);
	$ddl .= _table($schema, $_, [ @{ $tables->{$_} }, @always ]) for sort keys %$tables;
	$database->run($ddl);
	return;
}

sub _log
{
	my ($schema) = @_;
	my $log = <<~'SQL';
		id bigserial PRIMARY KEY,
		txid bigint,
		created_at timestamptz DEFAULT now(),
		updated_at timestamptz DEFAULT now(),
		processed_at timestamptz,
		processed_tx bigint,
		state varchar(8),
		action varchar(7),
		table_name varchar(128),
		record_id integer,
		sfid varchar(18),
		old text,
		"values" text,
		sf_result integer,
		sf_message text
		SQL
	return <<~"SQL";
		CREATE SCHEMA $schema;
		CREATE TABLE $schema._trigger_log ($log);
		CREATE TABLE $schema._trigger_log_archive (LIKE $schema._trigger_log);
		CREATE FUNCTION $schema.get_xmlbinary() RETURNS text LANGUAGE sql AS \$\$ SELECT current_setting('xmlbinary') \$\$;
		CREATE FUNCTION $schema.hc_capture() RETURNS trigger LANGUAGE plpgsql AS \$\$
		DECLARE
			was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
			is_now jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
			row_now jsonb := coalesce(is_now, was);
		BEGIN
			INSERT INTO $schema._trigger_log (txid, state, action, table_name, record_id, sfid, old, "values")
			VALUES (txid_current(), 'NEW', TG_OP, TG_TABLE_NAME, (row_now ->> 'id')::int, row_now ->> 'sfid', was::text, is_now::text);
			RETURN NULL;
		END \$\$;
		CREATE FUNCTION $schema.hc_status() RETURNS trigger LANGUAGE plpgsql AS \$\$
		BEGIN
			NEW._hc_lastop := 'PENDING';
			RETURN NEW;
		END \$\$;
		SQL
}

sub _table
{
	my ($schema, $table, $columns) = @_;
	my $list = join ",\n\t", @$columns;
	return <<~"SQL";
		CREATE TABLE $schema."$table" ($list);
		CREATE UNIQUE INDEX hcu_idx_${table}_sfid ON $schema."$table" (sfid);
		CREATE INDEX hc_idx_${table}_systemmodstamp ON $schema."$table" (systemmodstamp);
		CREATE TRIGGER hc_${table}_status_trigger BEFORE INSERT OR UPDATE ON $schema."$table"
			FOR EACH ROW WHEN ($schema.get_xmlbinary() = 'base64') EXECUTE FUNCTION $schema.hc_status();
		CREATE TRIGGER hc_${table}_logtrigger AFTER INSERT OR UPDATE OR DELETE ON $schema."$table"
			FOR EACH ROW WHEN ($schema.get_xmlbinary() = 'base64') EXECUTE FUNCTION $schema.hc_capture();
		SQL
}

# The rows come from Salesforce: the worker sets xmlbinary so that they are not sent back.
sub fill
{
	my ($database, %option) = @_;
	my $cast = Crm::Cast->new($option{seed} // 1, %option);
	my $self = bless {
		random  => $cast->random('heroku_connect'),
		rows    => Crm::Rows->new,
		truth   => Crm::Answers->new,
		schema  => $option{schema} // 'salesforce',
		columns => _column_names($option{few} ? \%few : \%mapped)
	  },
	  __PACKAGE__;
	$self->_user($_) for $cast->staff;
	my %account;
	my @companies;
	for my $row ($cast->rows('heroku_connect'))
	{
		if ($row->{kind} eq 'organization') { push @companies, $self->_account($row, \%account) }
		else                                { $self->_person($row, \%account) }
	}
	$self->_subsidiary(@companies[ 2 * $_, 2 * $_ + 1 ]) for 0 .. 2;
	$database->run("ALTER DATABASE ${\ $database->name } SET xmlbinary = 'hex'");
	$self->{rows}->load($database);
	$database->run("ALTER DATABASE ${\ $database->name } RESET xmlbinary");
	$database->run("SELECT setval('$self->{schema}.${_}_id_seq', max(id)) FROM $self->{schema}.\"$_\"")
	  for sort keys %{ $self->{columns} };
	return $self->{truth}->save($database);
}

sub _column_names
{
	my ($tables) = @_;
	return { map { my $t = $_; ($t => { map { (split)[0] => 1 } @{ $tables->{$t} }, @always }) } keys %$tables };
}

sub _sfid
{
	my ($self, $table) = @_;
	return sprintf '%s5e%010d%03d', $prefix{$table}, $self->{rows}->next_number("sfid $table"), 0 + $self->{random}->below(1000);
}

# Only what is mapped; undef if the object is not mapped at all.
sub _add
{
	my ($self, $table, $values) = @_;
	my $known = $self->{columns}{$table} or return;
	my $id    = $self->{rows}->next_number($table);
	$self->{rows}->add(
		"$self->{schema}.$table",
		{
			(map { $_ => $values->{$_} } grep { $known->{$_} } keys %$values),
			id          => $id,
			createddate => '2021-01-01 00:00:00',
			_hc_lastop  => 'SYNCED'
		});
	return $id;
}

sub _finish
{
	my ($self, $table, $row, $values) = @_;
	return unless $self->{columns}{$table};
	my $deleted = $self->{random}->chance(0.07);
	$values->{isdeleted}      = $deleted ? 't' : 'f';
	$values->{systemmodstamp} = $row->{changed_at};
	my $id = $self->_add($table, $values);
	if ($deleted) { $self->{truth}->other("$self->{schema}.$table", $id, 'deleted') }
	else          { $self->{truth}->customer("$self->{schema}.$table", $id, $row->{number}) }
	return $id;
}

sub _place
{
	my ($row, $prefix) = @_;
	return (
		"${prefix}street"     => $row->{street_line},
		"${prefix}city"       => $row->{city},
		"${prefix}postalcode" => $row->{postal_code},
		"${prefix}country"    => $row->{country_name});
}

sub _account
{
	my ($self, $row, $account) = @_;
	my $values = {
		sfid            => $self->_sfid('account'),
		name            => $row->{written},
		ispersonaccount => 'f',
		phone           => $row->{landline_written},
		_place($row, 'billing')
	};
	my $id = $self->_finish('account', $row, $values);
	$account->{ $row->{number} } //= { sfid => $values->{sfid}, id => $id };
	return { values => $values, id => $id };
}

# A consumer is a person account, that is a row of account and one of contact; others are leads.
sub _person
{
	my ($self, $row, $account) = @_;
	my %name = (
		name      => $row->{full_name},
		firstname => $row->{given},
		lastname  => $row->{family});
	my %reach = (
		email       => $row->{email},
		phone       => $row->{landline_written},
		mobilephone => $row->{mobile_written});
	my $employer = $row->{entity}{employer};
	return $self->_person_account($row, \%name, \%reach)
	  if !$employer && $self->{columns}{account}{ispersonaccount} && $self->{random}->chance(0.5);
	return $self->_lead($row, \%name, \%reach) if $self->{random}->chance(0.3);
	my $works_for = $employer && $account->{ $employer->{number} };
	$self->_contact($row,
		{ sfid => $self->_sfid('contact'), accountid => $works_for && $works_for->{sfid}, %name, %reach, _place($row, 'mailing') },
		$works_for);
	return;
}

sub _contact
{
	my ($self, $row, $values, $works_for) = @_;
	$values->{ispersonaccount} //= 'f';
	my $id = $self->_finish('contact', $row, $values);
	return unless $works_for;
	my @link = ("$self->{schema}.contact", $id, "$self->{schema}.account", $works_for->{id});
	$self->{truth}->relation(@link)
	  unless $self->{truth}->is_other(@link[ 0, 1 ]) || $self->{truth}->is_other(@link[ 2, 3 ]);
	return;
}

sub _person_account
{
	my ($self, $row, $name, $reach) = @_;
	my $sfid = $self->_sfid('account');
	$self->_finish('account', $row, {
			sfid => $sfid, %$name,
			ispersonaccount   => 't',
			phone             => $reach->{phone},
			personemail       => $reach->{email},
			personmobilephone => $reach->{mobilephone},
			personbirthdate   => $row->{birth_date},
			_place($row, 'billing')
		});
	$self->_contact($row,
		{ sfid => $self->_sfid('contact'), accountid => $sfid, ispersonaccount => 't', %$name, %$reach });
	return;
}

sub _lead
{
	my ($self, $row, $name, $reach) = @_;
	my $contact = $self->{random}->chance(0.4) ? $self->_sfid('contact') : undef;
	$self->_contact($row, { sfid => $contact, %$name, %$reach, _place($row, 'mailing') }) if $contact;
	$self->_finish('lead', $row, {
			sfid => $self->_sfid('lead'), %$name, %$reach,
			company            => $row->{company} // '[not provided]',
			isconverted        => $contact ? 't' : 'f',
			status             => $contact ? 'Closed - Converted' : 'Open - Not Contacted',
			convertedcontactid => $contact,
			_place($row, '')
		});
	return;
}

# One company belongs to another.
sub _subsidiary
{
	my ($self, $parent, $child) = @_;
	my ($row) = grep { $_->{id} == $child->{id} } @{ $self->{rows}{rows}{"$self->{schema}.account"} };
	return unless $self->{columns}{account}{parentid};
	$row->{parentid} = $parent->{values}{sfid};
	my @link = map { ("$self->{schema}.account", $_->{id}) } $child, $parent;
	$self->{truth}->relation(@link)
	  unless $self->{truth}->is_other(@link[ 0, 1 ]) || $self->{truth}->is_other(@link[ 2, 3 ]);
	return;
}

sub _user
{
	my ($self, $person) = @_;
	my $id = $self->_add('user', {
			sfid      => $self->_sfid('user'),
			username  => "$person->{login}\@example.org",
			firstname => $person->{given},
			lastname  => $person->{family},
			email     => $person->{email},
			isdeleted => 'f'
		});
	$self->{truth}->other("$self->{schema}.user", $id, 'own user') if $id;
	return;
}

1;
