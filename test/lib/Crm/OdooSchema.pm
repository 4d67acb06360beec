# The tables that Odoo's modules base, mail, phone_validation, crm and hr keep contacts in, as its ORM
# makes them: a serial id, who wrote a row and when, a varchar for every char and selection, foreign
# keys with the field's ondelete, a table per many-to-many field. Fields of no interest here are few.
package Crm::OdooSchema;

use strict;
use warnings;

my %type = (
	char     => 'varchar',
	text     => 'text',
	integer  => 'int4',
	boolean  => 'bool',
	date     => 'date',
	datetime => 'timestamp',
	float    => 'float8',
	numeric  => 'numeric',
	json     => 'jsonb');

# model, then its fields: "name type", "name type required", "name -> table ondelete [required]"
my @models = (
	[   'res_country',
		'name json required',
		'code char(2) required',
		'phone_code integer',
		'address_format text',
		'currency_id integer',
		'state_required boolean',
		'zip_required boolean' ],
	[   'res_country_state',
		'country_id -> res_country restrict required',
		'name char required',
		'code char required' ],
	[   'res_partner_category',
		'name json required',
		'color integer',
		'parent_id -> res_partner_category cascade',
		'active boolean',
		'parent_path char' ],
	[ 'res_partner_industry', 'name json',          'full_name json', 'active boolean' ],
	[ 'res_partner_title',    'name json required', 'shortcut json',  { until => 18 } ],
	[   'res_company',
		'name char required',
		'partner_id -> res_partner restrict required',
		'sequence integer',
		'active boolean',
		'parent_id -> res_company restrict',
		'email char',
		'phone char',
		[ 'mobile char', { until => 18 } ],
		'currency_id integer required' ],
	[   'res_users',
		'company_id -> res_company restrict required',
		'partner_id -> res_partner restrict required',
		'active boolean',
		'login char required',
		'password char',
		'share boolean',
		'signature text',
		'action_id integer',
		[ 'notification_type char required', { mail => 1 } ] ],
	[   'res_partner',
		'company_id -> res_company restrict',
		'name char',
		[ 'title -> res_partner_title set null', { until => 18 } ],
		'parent_id -> res_partner set null',
		'user_id -> res_users set null',
		'state_id -> res_country_state restrict',
		'country_id -> res_country restrict',
		'industry_id -> res_partner_industry set null',
		'color integer',
		'commercial_partner_id -> res_partner set null',
		'complete_name char',
		'ref char',
		'lang char',
		'tz char',
		'vat char',
		[ 'company_registry char', { until => 18 } ],
		'website char',
		'function char',
		'type char',
		'street char',
		'street2 char',
		'zip char',
		'city char',
		'email char',
		'phone char',
		[ 'mobile char', { until => 18 } ],
		'commercial_company_name char',
		[ 'company_name char', { until => 18 } ],
		[ 'date date',         { until => 17 } ],
		'comment text',
		'partner_latitude numeric',
		'partner_longitude numeric',
		'active boolean',
		'employee boolean',
		'is_company boolean',
		'partner_share boolean',
		[ 'barcode json',           { from    => 18 } ],
		[ 'message_bounce integer', { mail    => 1 } ],
		[ 'email_normalized char',  { mail    => 1 } ],
		[ 'phone_sanitized char',   { mail    => 1 } ],
		[ 'customer_rank integer',  { account => 1 } ],
		[ 'supplier_rank integer',  { account => 1 } ] ],
	[ 'mail_blacklist',  'email char required',  'active boolean', { mail => 1 } ],
	[ 'phone_blacklist', 'number char required', 'active boolean', { mail => 1 } ],
	[ 'crm_stage',       'sequence integer', 'name json required', 'is_won boolean', { crm => 1 } ],
	[   'crm_lead',
		'name char required',
		'user_id -> res_users set null',
		'company_id -> res_company set null',
		'active boolean',
		'type char required',
		'priority char',
		'stage_id -> crm_stage restrict',
		'expected_revenue numeric',
		'probability float',
		'date_closed datetime',
		'date_open datetime',
		'date_deadline date',
		'partner_id -> res_partner set null',
		'contact_name char',
		'partner_name char',
		'function char',
		[ 'title -> res_partner_title set null', { until => 18 } ],
		'email_from char',
		'phone char',
		[ 'mobile char', { until => 18 } ],
		'website char',
		'street char',
		'street2 char',
		'zip char',
		'city char',
		'state_id -> res_country_state set null',
		'country_id -> res_country set null',
		'lost_reason_id integer',
		'email_normalized char',
		'phone_sanitized char',
		'email_cc char',
		{ crm => 1 } ],
	[   'hr_employee',
		'name char',
		'user_id -> res_users restrict',
		'company_id -> res_company restrict required',
		'work_contact_id -> res_partner set null',
		'work_email char',
		'work_phone char',
		'active boolean',
		{ hr => 1 } ]);

my @links = (
	[   'res_partner_res_partner_category_rel', 'category_id',
		'res_partner_category',                 'partner_id',
		'res_partner' ]);

# The statements for a version: 17, 18 or 19; the modules mail (with phone_validation), crm, hr and
# account are there unless said otherwise: mail => 0.
sub ddl
{
	my ($schema, %with) = @_;
	my (@tables, @keys);
	for my $model (grep { _wanted($_, %with) } @models)
	{
		my ($table, @fields) = grep { ref ne 'HASH' } @$model;
		my @columns = ('id SERIAL NOT NULL');
		for my $field (
			(grep { _wanted(ref $_ ? $_ : [], %with) } @fields),
			'create_uid -> res_users set null',
			'write_uid -> res_users set null',
			'create_date datetime',
			'write_date datetime')
		{
			my ($name, $what) = split / /, ref $field ? $field->[0] : $field, 2;
			my $required = $what =~ s/ required$// ? ' NOT NULL' : '';
			push @columns, "$name " . _type($what) . $required;
			push @keys,
			  "ALTER TABLE $schema.$table ADD CONSTRAINT ${table}_${name}_fkey"
			  . " FOREIGN KEY ($name) REFERENCES $schema.$1 (id) ON DELETE \U$2\E;"
			  if $what =~ /^-> (\w+) (.+)/;
		}
		push @tables,
		  "CREATE TABLE $schema.$table (" . join(', ', @columns) . ', PRIMARY KEY (id));';
	}
	return join "\n", "CREATE SCHEMA IF NOT EXISTS $schema;", @tables, @keys,
	  (map { _link($schema, @$_) } @links), _more($schema), '';
}

sub _wanted
{
	my ($what, %with) = @_;
	my ($when) = grep { ref eq 'HASH' } @$what;
	for my $word (keys %{ $when // {} })
	{
		return if $word eq 'until'            && $with{version} > $when->{until};
		return if $word eq 'from'             && $with{version} < $when->{from};
		return if $word !~ /^(?:until|from)$/ && !$with{$word};
	}
	return 1;
}

sub _type
{
	my ($what) = @_;
	return 'int4'        if $what =~ /^->/;
	return "varchar($1)" if $what =~ /^char\((\d+)\)/;
	return $type{$what} // die "no type $what\n";
}

sub _link
{
	my ($schema, $table, @ends) = @_;
	my ($one, $one_table, $other, $other_table) = @ends;
	return <<~SQL;
		CREATE TABLE $schema.$table (
			$one int4 NOT NULL REFERENCES $schema.$one_table (id) ON DELETE CASCADE,
			$other int4 NOT NULL REFERENCES $schema.$other_table (id) ON DELETE CASCADE,
			PRIMARY KEY ($one, $other));
		CREATE INDEX ON $schema.$table ($other, $one);
		SQL
}

# what models declare beside their fields
sub _more
{
	my ($schema) = @_;
	return <<~SQL;
		ALTER TABLE $schema.res_partner ADD CONSTRAINT res_partner_check_name
			CHECK ((type::text = 'contact' AND name IS NOT NULL) OR type::text <> 'contact');
		ALTER TABLE $schema.res_country ADD CONSTRAINT res_country_code_uniq UNIQUE (code);
		ALTER TABLE $schema.res_users ADD CONSTRAINT res_users_login_key UNIQUE (login);
		CREATE INDEX res_partner__name_index ON $schema.res_partner (name);
		CREATE INDEX res_partner__parent_id_index ON $schema.res_partner (parent_id);
		CREATE INDEX res_partner__commercial_partner_id_index ON $schema.res_partner (commercial_partner_id);
		CREATE INDEX res_partner__vat_index ON $schema.res_partner (vat);
		SQL
}

1;
