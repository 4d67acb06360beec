# A LedgerSMB: its own tables, from the SQL of its package, filled as its own functions do: entities that
# are companies or persons, credit accounts that make them customers or vendors, contacts and locations
# at the entity or at the account, contact persons, leads, employees and users.
package Crm::LedgerSMB;

use strict;
use warnings;
use utf8;
use Crm::Answers;
use Crm::Writer;

my @places = ('/usr/share/ledgersmb/sql', '/usr/local/share/ledgersmb/sql');

# what its tables of classes say
my %class = (
	vendor   => 1,
	customer => 2,
	employee => 3,
	contact  => 4,
	lead     => 5,
	referral => 6,
	hot_lead => 7,
	robot    => 10);
my %contact =
  (phone => 1, mobile => 3, chat => 8, fax => 9, home => 11, email => 12, billing_email => 15);
my %location = (billing => 1, sales => 2, shipping => 3, physical => 4);

sub _folder
{
	my ($folder) = grep { -f "$_/Pg-database.sql" } grep { defined } $ENV{LEDGERSMB_SQL}, @places;
	return $folder;
}

# why it cannot be installed here; undef if it can
sub missing
{
	return if _folder();
	return "the SQL of LedgerSMB is not in $places[1]: test/script/applications puts it there";
}

# Into a new database, schema public: the tables, then the changes that its own updater would make.
# Those marked with ! may fail, says the list.
sub install
{
	my ($database) = @_;
	my $folder = _folder();
	_psql($database, "$folder/Pg-database.sql", 1);
	open my $list, '<', "$folder/changes/LOADORDER" or die "$folder/changes/LOADORDER: $!\n";
	while (my $line = <$list>)
	{
		chomp $line;
		next if $line =~ /^\s*(?:#|$)/;
		my $may_fail = $line =~ s/^!//;
		_psql($database, "$folder/changes/$line", !$may_fail);
	}
	close $list;
	return;
}

sub _psql
{
	my ($database, $file, $must) = @_;
	my $name   = $database->name;
	my $output = `psql -Xq1 -v ON_ERROR_STOP=1 -d '$name' -f '$file' 2>&1`;
	die "$file: $output" if $? && $must;
	return;
}

# fill($database, world => $world, share => 0.5); returns the answers
sub fill
{
	my ($database, %with) = @_;
	my $view = $with{world}->view('ledgersmb', $with{share} // 0.5);
	my $self = bless {
		view   => $view,
		random => $view->random,
		world  => $with{world},
		to     => Crm::Writer->new('public'),
		truth  => Crm::Answers->new },
	  __PACKAGE__;
	$self->{country} =
	  { map { @$_ } $database->rows('SELECT short_name, id FROM public.country') };
	$database->run(<<~'SQL');
		INSERT INTO public.account_heading (accno, description) VALUES ('1000', 'Assets');
		INSERT INTO public.account (accno, description, category, heading)
			SELECT '1200', 'Accounts receivable', 'A', id FROM public.account_heading WHERE accno = '1000';
		SQL
	$self->{account} = $database->value("SELECT id FROM public.account WHERE accno = '1200'");
	$self->_staff;
	$self->_companies;
	$self->_people;
	$self->_vendors;
	$self->_leads;
	$self->{to}->save($database);
	return $self->{truth}->save($database);
}

sub _add
{
	my ($self, $table, %row) = @_;
	$row{id} = $self->{to}->id($table);
	$self->{to}->row($table, %row);
	return $row{id};
}

# An entity with its company or person; { id, person, company, seen }.
sub _entity
{
	my ($self, $entity, $class) = @_;
	my $seen = $self->{view}->see($entity);
	my $id   = $self->_add(
		'entity',
		name         => $seen->{name},
		entity_class => $class{$class},
		control_code => 'E-' . (1 + ($self->{to}{ids}{entity} // 0)),
		country_id   => $self->{country}{ $seen->{country} });
	my %made = (id => $id, seen => $seen, entity => $entity);
	if ($seen->{kind} eq 'person')
	{
		$made{person} = $self->_add(
			'person',
			entity_id  => $id,
			first_name => $seen->{given},
			last_name  => join(' ', grep { defined } @$seen{qw(family suffix)}),
			birthdate  => $seen->{birth_date});
	}
	else
	{
		$made{company} = $self->_add(
			'company',
			entity_id  => $id,
			legal_name => $seen->{name},
			tax_id     => $seen->{tax_number});
	}
	return \%made;
}

# Telephone numbers and e-mail addresses hang on the entity or, where it has one, on the account.
sub _reach
{
	my ($self, $made, $account) = @_;
	my ($view, $seen) = ($self->{view}, $made->{seen});
	my @reach = map { [ $contact{email}, $_ ] } @{ $seen->{emails} };
	$reach[0][0] = $contact{billing_email} if $account && @reach && $self->{random}->chance(0.2);
	for my $type ([ landline => 'phone' ], [ mobile => 'mobile' ])
	{
		my $number = $view->phone($seen, $type->[0]);
		push @reach, [ $contact{ $type->[1] }, $number ] if defined $number;
	}
	push @reach, [ $contact{fax},  '+31 20 7654321' ] if $self->{random}->chance(0.1);
	push @reach, [ $contact{chat}, 'chat name' ]      if $self->{random}->chance(0.05);
	for my $reach (@reach)
	{
		my ($table, $column, $key) =
		  $account && $self->{random}->chance(0.6)
		  ? ('eca_to_contact', 'credit_id', $account)
		  : ('entity_to_contact', 'entity_id', $made->{id});
		$self->{to}
		  ->row($table, $column => $key, contact_class_id => $reach->[0], contact => $reach->[1]);
	}
	return;
}

sub _place
{
	my ($self, $address, $active) = @_;
	return $self->_add(
		'location',
		line_one   => Fake::Place::street_line($address),
		city       => $address->{city},
		mail_code  => $address->{postal_code},
		country_id => $self->{country}{ $address->{country} },
		created    => '2022-01-01',
		active     => $active // 't');
}

sub _locate
{
	my ($self, $made, $account) = @_;
	my $seen = $made->{seen};
	my $put  = sub {
		my ($class, $location, $at_account) = @_;
		$self->{to}->row(
			$at_account ? 'eca_to_location' : 'entity_to_location',
			location_id    => $location,
			location_class => $location{$class},
			$at_account ? (credit_id => $account) : (entity_id => $made->{id}));
	};
	if ($seen->{address})
	{
		my $at_account = $account && $self->{random}->chance(0.5);
		my $location   = $made->{location} = $self->_place({ %{ $seen->{address} } });
		$self->{to}{rows}{location}[-1]{line_one} = $seen->{street};
		$put->($at_account ? 'billing' : 'physical', $location, $at_account);
	}
	my $elsewhere = sub { Fake::Place::address($self->{random}, $seen->{country}) };
	$put->('shipping', $self->_place($elsewhere->()), 'account')
	  if $account && $self->{random}->chance(0.3);
	$put->('sales', $self->_place($elsewhere->(), 'f')) if $self->{random}->chance(0.1);
	return;
}

sub _account
{
	my ($self, $made, $class, %more) = @_;
	return $self->_add(
		'entity_credit_account',
		entity_id    => $made->{id},
		entity_class => $class{$class},
		meta_number  => sprintf('%s-%05d',
			uc substr($class, 0, 1),
			1 + ($self->{to}{ids}{entity_credit_account} // 0)),
		ar_ap_account_id => $self->{account},
		%more);
}

# An entity with an account, all that hangs on them, and what it is said to be.
sub _with_account
{
	my ($self, $entity, $class, $account_class) = @_;
	my $made = $self->_entity($entity, $class);
	$made->{account}     = $self->_account($made, $account_class);
	$made->{account_row} = $self->{to}{rows}{entity_credit_account}[-1];
	$self->_reach($made, $made->{account});
	$self->_locate($made, $made->{account});
	return $made;
}

sub _is { $_[0]{truth}->customer('public.entity', $_[1]{id}, $_[1]{entity}{id}); return }

# An account of customers is no row of its own, unless its entity is a vendor as well.
sub _is_mixed
{
	my ($self, $made, $account) = @_;
	$self->{truth}->customer('public.entity_credit_account', $account, $made->{entity}{id});
	return;
}

sub _is_not { $_[0]{truth}->other('public.entity', $_[1]{id}, $_[2]); return }

sub _staff
{
	my ($self) = @_;
	my $n = 0;
	for my $person ($self->{world}->staff)
	{
		my $made = $self->_entity($person, 'employee');
		$self->_is_not($made, 'own staff');
		$self->_reach($made);
		$self->_locate($made);
		# some users are no employees
		$self->{to}->row(
			'entity_employee',
			entity_id      => $made->{id},
			employeenumber => "N$made->{id}",
			sales          => 't') if $n++ % 4;
		$self->_add('users', username => "user$n", entity_id => $made->{id}) if $n % 4 != 2;
	}
	my $robot = $self->_add(
		'entity',
		name         => 'Robot',
		entity_class => $class{robot},
		control_code => 'R-1',
		country_id   => $self->{country}{NL});
	$self->{truth}->other('public.entity', $robot, 'robot');
	return;
}

# The first contact person is named by the account, the others by a link between person and company.
# The form for persons gives every one of them the class of employees.
sub _contact_persons
{
	my ($self, $made, $why, @contacts) = @_;
	for my $contact (@contacts)
	{
		my $person = $self->_entity($contact, 'employee');
		$self->_reach($person);
		$why ? $self->_is_not($person, $why) : $self->_is($person);
		if (!$made->{account_row}{primary_contact})
		{
			$made->{account_row}{primary_contact} = $person->{person};
		}
		else
		{
			$made->{location} //= $self->_place($contact->{company}{address}[1]);
			$self->{to}->row(
				'person_to_company',
				location_id => $made->{location},
				person_id   => $person->{person},
				company_id  => $made->{company});
		}
		$self->{truth}->relation('public.entity', $person->{id}, 'public.entity', $made->{id})
		  unless $why;
	}
	return;
}

sub _companies
{
	my ($self) = @_;
	my %contacts;
	push @{ $contacts{ $_->{company}{id} } }, $_ for @{ $self->{view}{contacts} };
	for my $company (@{ $self->{view}{companies} })
	{
		my $made = $self->_with_account($company, 'customer', 'customer');
		$self->_is($made);
		$self->_contact_persons($made, undef, @{ $contacts{ $company->{id} } // [] });
		$self->_is($self->_with_account($company, 'customer', 'customer'))
		  if $self->{random}->chance(0.06);
	}
	return;
}

sub _people
{
	my ($self) = @_;
	for my $person (@{ $self->{view}{people} })
	{
		for (0, $self->{random}->chance(0.06) ? 1 : ())
		{
			my $class = $self->{random}->chance(0.7) ? 'employee' : 'customer';
			$self->_is($self->_with_account($person, $class, 'customer'));
		}
	}
	return;
}

# Some are customers as well: two accounts of one entity.
sub _vendors
{
	my ($self) = @_;
	for my $supplier (@{ $self->{view}{suppliers} })
	{
		my $made = $self->_with_account($supplier, 'vendor', 'vendor');
		$self->_is_not($made, 'vendor');
		$self->_contact_persons($made, 'contact of a vendor', @{ $supplier->{contacts} });
		next unless $self->{random}->chance(0.3);
		$self->_is_mixed($made, $self->_account($made, 'customer'));
	}
	return;
}

sub _leads
{
	my ($self) = @_;
	my $random = $self->{random};
	for my $entity (grep { $random->chance(0.1) } @{ $self->{world}{people} },
		@{ $self->{world}{companies} })
	{
		my $made = $self->_entity($entity, $random->pick([qw(lead hot_lead referral contact)]));
		$self->_reach($made);
		$self->_locate($made);
		$self->_is($made);
	}
	return;
}

1;
