# A Tryton: its own tables, made by its own trytond-admin, filled the way its client does: parties with
# contact mechanisms, addresses and identifiers, relations between them, the company itself and its
# employees, parties that were switched off and parties that were replaced by another.
package Crm::Tryton;

use strict;
use warnings;
use utf8;
use Digest::MD5 qw(md5_hex);
use Crm::Answers;
use Crm::Writer;

my $modules = '/usr/lib/python3/dist-packages/trytond/modules';
my @wanted  = qw(company party_relationship);

# why it cannot be installed here; undef if it can
sub missing
{
	return 'there is no trytond-admin: test/script/applications installs it'
	  unless grep { -x "$_/trytond-admin" } split /:/, $ENV{PATH};
	for my $module (@wanted)
	{
		return "module $module of Tryton is not there: test/script/applications installs it"
		  unless -f "$modules/$module/tryton.cfg";
	}
	# what is first on the path need not be the interpreter that the package runs with
	return 'Tryton lacks python3-psycopg2: test/script/applications installs it'
	  if system '/usr/bin/python3 -c "import psycopg2" 2>/dev/null';
	return 'trytond-admin must not be run as root' if $> == 0;
	return;
}

# Into a new database, schema public. What trytond-admin made is kept in $ENV{CACHE}, if that is a folder.
sub install
{
	my ($database, $folder) = @_;
	my $name = $database->name;
	my $kept = _kept();
	return _run("pg_restore -d '$name' '$kept'") if $kept && -f $kept;
	_write("$folder/trytond.conf", "[database]\nuri = postgresql://$ENV{PGUSER}@/\n");
	_write("$folder/password",     "not a secret\n");
	# it asks the catalogs about every column of every table: without these the plans take its time
	local $ENV{PGOPTIONS}      = '-c synchronous_commit=off -c from_collapse_limit=1 -c jit=off';
	local $ENV{TRYTONPASSFILE} = "$folder/password";
	local $ENV{HOME}           = $folder;
	_run(   "trytond-admin -c '$folder/trytond.conf' -d '$name' -u @wanted --activate-dependencies"
		  . ' --email admin@example.org');
	return unless $kept;
	_run("pg_dump -Fc -f '$kept.$$' '$name'");
	rename "$kept.$$", $kept or die "$kept: $!\n";
	return;
}

sub _kept
{
	return unless defined $ENV{CACHE} && -d $ENV{CACHE} && -w $ENV{CACHE};
	my $versions = `cat $modules/*/tryton.cfg; trytond-admin --version; pg_dump --version`;
	return "$ENV{CACHE}/tryton-" . md5_hex("@wanted $versions") . '.dump';
}

sub _write
{
	my ($name, $text) = @_;
	open my $file, '>', $name or die "$name: $!\n";
	print $file $text;
	close $file or die "$name: $!\n";
	return;
}

sub _run
{
	my ($command) = @_;
	my $output = `$command 2>&1`;
	die "$command\n$output" if $?;
	return;
}

# fill($database, world => $world, share => 0.5); returns the truth
sub fill
{
	my ($database, %with) = @_;
	my $view = $with{world}->view('tryton', $with{share} // 0.5);
	my $self = bless {
		view   => $view,
		random => $view->random,
		world  => $with{world},
		to     => Crm::Writer->new('public'),
		truth  => Crm::Answers->new },
	  __PACKAGE__;
	$self->{to}{ids}{res_user} = $database->value('SELECT max(id) FROM public.res_user');
	$self->{menu} = $database->value('SELECT menu FROM public.res_user WHERE menu IS NOT NULL');
	$self->{lang} = { map { @$_ } $database->rows('SELECT code, id FROM public.ir_lang') };
	$self->_places;
	$self->_relation_types;
	$self->_own;
	$self->_companies;
	$self->_people;
	$self->{to}->save($database);
	return $self->{truth}->save($database);
}

sub _add
{
	my ($self, $table, %row) = @_;
	$row{id}          = $self->{to}->id($table);
	$row{create_uid}  = 1;
	$row{create_date} = '2021-11-01 12:00:00.123456';
	$self->{to}->row($table, %row);
	return $row{id};
}

sub _places
{
	my ($self) = @_;
	for my $code (qw(NL DE GB FR ES))
	{
		$self->{country}{$code} =
		  $self->_add('country_country', name => "Country $code", code => $code, active => 't');
		$self->{subdivision}{$code} = $self->_add(
			'country_subdivision',
			name    => "Province of $code",
			code    => "$code-PR",
			country => $self->{country}{$code},
			type    => 'province',
			active  => 't');
	}
	return;
}

my @relation =
  ([ 'Employee of', 'Employs' ], [ 'Subsidiary of', 'Parent of' ], [ 'Lives with', 'Lives with' ]);

sub _relation_types
{
	my ($self) = @_;
	my %type;
	for my $name (map { @$_ } @relation)
	{
		next if $type{$name};
		$self->{type}{$name} = $self->_add('party_relation_type', name => $name);
		$type{$name} = $self->{to}{rows}{party_relation_type}[-1];
	}
	for my $pair (@relation)
	{
		$type{ $pair->[$_] }{reverse} = $self->{type}{ $pair->[ 1 - $_ ] } for 0, 1;
	}
	return;
}

sub _own
{
	my ($self) = @_;
	my $own    = $self->{world}->own;
	my $party  = $self->_party($own);
	$self->{truth}->other('public.party_party', $party, 'own company');
	my $euro = $self->_add(
		'currency_currency',
		name         => 'Euro',
		symbol       => 'E',
		code         => 'EUR',
		numeric_code => '978',
		rounding     => 0.01,
		digits       => 2,
		active       => 't');
	my $company = $self->_add('company_company', party => $party, currency => $euro);
	for my $person ($self->{world}->staff)
	{
		my $self_party = $self->_party($person);
		$self->{truth}->other('public.party_party', $self_party, 'own staff');
		my $employee = $self->_add('company_employee', party => $self_party, company => $company);
		my $user     = $self->_add(
			'res_user',
			name     => $person->{given},
			login    => $person->{email}[0],
			active   => 't',
			email    => $person->{email}[0],
			employee => $employee,
			company  => $company,
			menu     => $self->{menu});
		$self->_add('res_user-company_employee', user => $user, employee => $employee);
		$self->_add(
			'party_relation',
			from_ => $self_party,
			to    => $party,
			type  => $self->{type}{'Employee of'});
	}
	return;
}

# Writes a party with all that hangs on it and returns its id.
sub _party
{
	my ($self, $entity, %more) = @_;
	my ($random, $view) = @$self{qw(random view)};
	my $seen  = $view->see($entity);
	my $party = $self->_add(
		'party_party',
		name       => $seen->{name},
		active     => 't',
		write_uid  => 1,
		write_date => $seen->{changed},
		%more);
	$self->{to}{rows}{party_party}[-1]{code} //= sprintf '%05d', $party;
	$self->_mechanism($party, 'email', $_) for @{ $seen->{emails} };
	for my $type (qw(landline mobile))
	{
		my $number = $view->phone($seen, $type);
		$self->_mechanism($party, $type eq 'mobile' ? 'mobile' : 'phone', $number) if $number;
	}
	$self->_mechanism($party, 'fax', '+31 20 7654321')                  if $random->chance(0.1);
	$self->_mechanism($party, 'website', 'https://www.example.org')     if $random->chance(0.1);
	$self->_mechanism($party, 'email', "left.$party\@example.org", 'f') if $random->chance(0.05);
	$self->_address($party, $entity, $seen)                             if $seen->{address};
	$self->_add('party_identifier', party => $party, type => 'eu_vat', code => $seen->{tax_number})
	  if $seen->{tax_number};
	$self->_add('party_identifier', party => $party, code => "CARD-$party") if $random->chance(0.1);
	$self->_add(
		'party_party_lang',
		party => $party,
		lang  => $self->{lang}{nl} // $self->{lang}{en}) if $random->chance(0.3);
	return $party;
}

# Without the library for numbers Tryton takes out what separates digits for the compact value.
sub _mechanism
{
	my ($self, $party, $type, $value, $active) = @_;
	my $compact = $type =~ /phone|mobile|fax/ ? $value =~ s/[^\d+]//gr : $value;
	$self->_add(
		'party_contact_mechanism',
		party         => $party,
		type          => $type,
		value         => $value,
		value_compact => $compact,
		active        => $active // 't');
	return;
}

sub _address
{
	my ($self, $party, $entity, $seen) = @_;
	my $home = $seen->{address};
	$self->_add(
		'party_address',
		party       => $party,
		street      => $seen->{street},
		postal_code => $home->{postal_code},
		city        => $home->{city},
		country     => $self->{country}{ $home->{country} },
		subdivision => $self->{random}->chance(0.3)
		? $self->{subdivision}{ $home->{country} }
		: undef,
		active   => 't',
		sequence => 1);
	return unless $self->{random}->chance(0.15);
	my $old = Fake::Place::address($self->{random}, $entity->{country});
	$self->_add(
		'party_address',
		party       => $party,
		street      => Fake::Place::street_line($old),
		postal_code => $old->{postal_code},
		city        => $old->{city},
		country     => $self->{country}{ $old->{country} },
		active      => 'f',
		sequence    => 2);
	return;
}

# A customer; now and then there twice, with a replaced forerunner, or switched off (then no id).
sub _customer
{
	my ($self,   $entity, $keep)  = @_;
	my ($random, $truth,  $table) = (@$self{qw(random truth)}, 'public.party_party');
	if (!$keep && $random->chance(0.05))
	{
		$truth->other($table, $self->_party($entity, active => 'f'), 'switched off');
		return;
	}
	my $party = $self->_party($entity);
	$truth->customer($table, $party,                 $entity->{id});
	$truth->customer($table, $self->_party($entity), $entity->{id}) if $random->chance(0.06);
	if ($random->chance(0.06))
	{
		# what hung on the replaced one moved to the one that stays
		my $old = $self->_add(
			'party_party',
			name        => $entity->{name} // "$entity->{given} $entity->{family}[0]",
			code        => "R$party",
			active      => 'f',
			replaced_by => $party);
		$truth->other($table, $old, 'replaced by another');
	}
	return $party;
}

sub _companies
{
	my ($self) = @_;
	my ($view, %party) = ($self->{view});
	# nothing in these tables tells a supplier from a customer
	$party{ $_->{id} } = $self->_customer($_, 'keep')
	  for @{ $view->{companies} }, @{ $view->{suppliers} };
	for my $company (@{ $view->{companies} })
	{
		my $parent = $company->{parent} && $party{ $company->{parent}{id} } // next;
		$self->_relate($party{ $company->{id} }, $parent, $relation[1]);
	}
	for my $contact (@{ $view->{contacts} }, @{ $view->{supplier_contacts} })
	{
		my $id = $self->_customer($contact) // next;
		$self->_relate($id, $party{ $contact->{company}{id} }, $relation[0]);
	}
	return;
}

# Entered on the form of the one or of the other.
sub _relate
{
	my ($self, $one, $other, $names) = @_;
	my $there = $self->{random}->chance(0.7);
	$self->_add(
		'party_relation',
		from_ => $there ? $one   : $other,
		to    => $there ? $other : $one,
		type  => $self->{type}{ $names->[ $there ? 0 : 1 ] });
	my @rows = map { [ 'public.party_party', $_ ] } $there ? ($one, $other) : ($other, $one);
	$self->{truth}->relation(map { @$_ } @rows);
	return;
}

sub _people
{
	my ($self) = @_;
	my %home;
	for my $person (@{ $self->{view}{people} })
	{
		my $party = $self->_customer($person) // next;
		my $other = $home{ $person->{home} };
		$self->_relate($other, $party, $relation[2]) if $other;
		$home{ $person->{home} } //= $party;
	}
	return;
}

1;
