# An Odoo as its modules fill it: own company and users, companies with contacts, delivery and invoice
# addresses, private customers, vendors, archived partners, and leads in every state.
package Crm::Odoo;

use strict;
use warnings;
use utf8;
use Crm::OdooSchema;
use Crm::Answers;
use Crm::Writer;

my %country =
  (NL => 'Netherlands', DE => 'Germany', GB => 'United Kingdom', FR => 'France', ES => 'Spain');

# install($database, version => 18, mail => 1, crm => 1, hr => 1, account => 1, schema => 'public')
sub install
{
	my ($database, %with) = @_;
	%with = _defaults(%with);
	$database->run(Crm::OdooSchema::ddl($with{schema}, %with));
	return;
}

sub _defaults
{
	return (version => 18, mail => 1, crm => 1, hr => 1, account => 1, schema => 'public', @_);
}

# fill($database, world => $world, share => 0.5, and what install was told); returns the truth
sub fill
{
	my ($database, %with) = @_;
	%with = _defaults(share => 0.5, %with);
	my $view = $with{world}->view("odoo$with{version}", $with{share});
	my $self = bless {
		with   => \%with,
		view   => $view,
		random => $view->random,
		world  => $with{world},
		to     => Crm::Writer->new($with{schema}),
		truth  => Crm::Answers->new },
	  __PACKAGE__;
	$self->_countries;
	$self->_own;
	$self->_companies;
	$self->_people;
	$self->_suppliers;
	$self->_leads if $with{crm};
	$self->{to}->save($database);
	return $self->{truth}->save($database);
}

sub _table { return "$_[0]{with}{schema}.$_[1]" }

sub _countries
{
	my ($self) = @_;
	for my $code (sort keys %country)
	{
		$self->{country}{$code} = $self->{to}->id('res_country');
		$self->{to}->row(
			'res_country',
			id   => $self->{country}{$code},
			name => qq({"en_US": "$country{$code}"}),
			code => $code);
	}
	return;
}

sub _own
{
	my ($self) = @_;
	my $own    = $self->{world}->own;
	my $home   = $self->_partner($own, is_company => 't');
	$self->{truth}->other($self->_table('res_partner'), $home, 'own company');
	$self->{to}->row(
		'res_company',
		id          => $self->{to}->id('res_company'),
		name        => $own->{name},
		partner_id  => $home,
		active      => 't',
		currency_id => 1);
	my $bot = $self->{to}->id('res_partner');
	$self->{to}->row(
		'res_partner',
		id                    => $bot,
		name                  => 'OdooBot',
		type                  => 'contact',
		active                => 'f',
		email                 => 'odoobot@example.com',
		partner_share         => 'f',
		commercial_partner_id => $bot);
	$self->{truth}->other($self->_table('res_partner'), $bot, 'robot');
	$self->_user($bot, '__system__', 't');
	my $n = 0;

	for my $person ($self->{world}->staff)
	{
		# the last two have no login: one is known to module hr, one only as a contact of the company
		my $login   = $n++ < $self->{world}->staff - 2;
		my $partner = $self->_partner(
			$person,
			partner_share => $login ? 'f' : 't',
			$n == $self->{world}->staff ? (parent_id => $home, commercial_partner_id => $home) : ()
		);
		$self->{truth}->other($self->_table('res_partner'), $partner, 'own staff');
		$self->_user($partner, $person->{email}[0], 'f') if $login;
		next                                             if $login || !$self->{with}{hr};
		$self->{to}->row(
			'hr_employee',
			id              => $self->{to}->id('hr_employee'),
			name            => $person->{given},
			company_id      => 1,
			work_contact_id => $partner,
			active          => 't');
	}
	$self->{staff} = $self->{to}{ids}{res_users};
	return;
}

sub _user
{
	my ($self, $partner, $login, $share) = @_;
	$self->{to}->row(
		'res_users',
		id         => $self->{to}->id('res_users'),
		company_id => 1,
		partner_id => $partner,
		active     => 't',
		login      => $login,
		share      => $share,
		$self->{with}{mail} ? (notification_type => 'email') : ());
	return;
}

# Writes a partner and returns its id.
sub _partner
{
	my ($self, $entity, %more) = @_;
	my $id   = $self->{to}->id('res_partner');
	my $seen = $self->{view}->see($entity);
	my %row  = (
		id            => $id,
		company_id    => $self->{random}->chance(0.5) ? 1 : undef,
		name          => $seen->{name},
		complete_name => $seen->{name},
		type          => 'contact',
		active        => 't',
		is_company    => 'f',
		partner_share => 't',
		color         => 0,
		lang          => $self->{random}->pick([qw(en_US nl_NL de_DE fr_FR)]),
		vat           => $self->{random}->chance(0.05) ? '/' : $seen->{tax_number},
		user_id       => $self->{staff} ? $self->{random}->between(2, $self->{staff}) : undef,
		create_uid    => $self->{staff} ? $self->{random}->between(2, $self->{staff}) : 1,
		commercial_partner_id => $id,
		create_date           => '2021-11-01 12:00:00.123456',
		write_date            => "$seen->{changed}.$id",
		$self->_address($seen),
		$self->_reach($seen, 'email', mobile => 1),
		%more);
	$row{"${_}_rank"} //= 0 for $self->{with}{account} ? qw(customer supplier) : ();
	$self->{last} = $self->{to}->row('res_partner', %row);
	return $id;
}

sub _address
{
	my ($self, $seen) = @_;
	return (country_id => $self->{country}{ $seen->{country} }) unless $seen->{address};
	return (
		street     => $seen->{street},
		zip        => $seen->{address}{postal_code},
		city       => $seen->{address}{city},
		country_id => $self->{country}{ $seen->{country} });
}

# How the application lets people type e-mail addresses and numbers; $email: name of the column.
sub _reach
{
	my ($self, $seen, $email) = @_;
	my ($view, $with) = @$self{qw(view with)};
	my @mails = @{ $seen->{emails} };
	my $text  = join ', ', @mails;
	$text = qq("$seen->{name}" <$mails[0]>) if @mails && $self->{random}->chance(0.08);
	my @phones = map { $view->phone($seen, $_) } qw(landline mobile);
	my %row    = ($email => $text);
	$row{email_normalized} = lc $mails[0] if @mails && $with->{mail};
	$row{phone}            = $phones[0] // ($with->{version} > 18 ? $phones[1] : undef);
	$row{mobile}           = $phones[1] if $with->{version} <= 18;
	return %row;
}

sub _companies
{
	my ($self) = @_;
	my %partner;
	for my $company (@{ $self->{view}{companies} })
	{
		$partner{ $company->{id} } =
		  $self->_customer($company, is_company => 't', $self->_rank(1, 0));
		$self->{commercial}{ $company->{id} } = $self->{last};
	}
	for my $company (@{ $self->{view}{companies} })
	{
		my $parent = $company->{parent} && $partner{ $company->{parent}{id} } // next;
		my $own    = $partner{ $company->{id} };
		$self->{commercial}{ $company->{id} }{parent_id} = $parent;
		$self->_relation($own, $parent);
	}
	for my $contact (@{ $self->{view}{contacts} })
	{
		$self->_contact($contact, $self->{commercial}{ $contact->{company}{id} });
	}
	return;
}

sub _rank
{
	my ($self, $customer, $supplier) = @_;
	return $self->{with}{account} ? (customer_rank => $customer, supplier_rank => $supplier) : ();
}

sub _relation
{
	my ($self, $from, $to) = @_;
	my $table = $self->_table('res_partner');
	$self->{truth}->relation($table, $from, $table, $to)
	  if $self->{truth}{customers}{$table}{$from} && $self->{truth}{customers}{$table}{$to};
	return;
}

# A contact takes over the address, the language and the tax number of the company it belongs to.
sub _contact
{
	my ($self, $contact, $company, $why) = @_;
	my %taken = map { $_ => $company->{$_} } qw(street zip city country_id vat lang);
	my $id    = $self->_partner(
		$contact, %taken,
		parent_id               => $company->{id},
		commercial_partner_id   => $company->{id},
		commercial_company_name => $company->{name},
		complete_name           => "$company->{name}, $contact->{given}",
		function                => $self->{random}->pick([qw(CEO Buyer Accountant Engineer)]));
	my $table = $self->_table('res_partner');
	return $self->{truth}->other($table, $id, $why) if $why;
	$self->{truth}->customer($table, $id, $contact->{id});
	$self->_relation($id, $company->{id});
	return;
}

# A customer, now and then archived or there twice, with addresses of its own.
sub _customer
{
	my ($self, $entity, %more) = @_;
	my ($random, $table) = ($self->{random}, $self->_table('res_partner'));
	if ($random->chance(0.06))
	{
		$self->{truth}->other($table, $self->_partner($entity, %more, active => 'f'), 'archived');
	}
	my $id  = $self->_partner($entity, %more);
	my $row = $self->{last};
	$self->{truth}->customer($table, $id, $entity->{id});
	$self->_child($row, $entity, 'delivery') if $random->chance(0.35);
	$self->_child($row, $entity, 'invoice')  if $random->chance(0.2);
	$self->{truth}->customer($table, $self->_partner($entity, %more), $entity->{id})
	  if $random->chance(0.06);
	$self->{last} = $row;
	return $id;
}

sub _child
{
	my ($self, $parent, $entity, $type) = @_;
	my $id    = $self->{to}->id('res_partner');
	my $where = Fake::Place::address($self->{random}, $entity->{country});
	$self->{to}->row(
		'res_partner',
		id        => $id,
		name      => $type eq 'delivery' && $self->{random}->chance(0.5) ? 'Warehouse' : undef,
		type      => $type,
		parent_id => $parent->{id},
		commercial_partner_id => $parent->{id},
		active                => 't',
		is_company            => 'f',
		partner_share         => 't',
		color                 => 0,
		street                => Fake::Place::street_line($where),
		zip                   => $where->{postal_code},
		city                  => $where->{city},
		country_id            => $parent->{country_id},
		create_uid            => 1,
		write_date            => '2025-01-02 03:04:05.678901',
		$type eq 'invoice'
		? (email => "accounting.$id\@" . ($entity->{domain} // 'example.org'))
		: (),
		$self->_rank(0, 0));
	$self->{truth}->other($self->_table('res_partner'), $id, "$type address");
	return;
}

sub _people
{
	my ($self) = @_;
	my $table = $self->_table('res_partner');
	for my $person (@{ $self->{view}{people} })
	{
		my @rank = $self->_rank($self->{random}->chance(0.5) ? 1 : 0, 0);
		if ($self->{random}->chance(0.04))
		{
			$self->{truth}
			  ->other($table, $self->_partner($person, @rank, active => 'f'), 'archived');
			next;
		}
		my $id = $self->_customer($person, @rank);
		# who may look into the shop has a login and is a customer all the same
		$self->_user($id, "portal.$id", 't') if $self->{random}->chance(0.05);
	}
	return;
}

# Without module account nothing tells a vendor from a customer.
sub _suppliers
{
	my ($self) = @_;
	my $table  = $self->_table('res_partner');
	my $why    = $self->{with}{account} ? 'vendor' : undef;
	for my $supplier (@{ $self->{view}{suppliers} })
	{
		my $both = $self->{random}->chance(0.2);
		my $id   = $self->_partner($supplier, is_company => 't', $self->_rank($both ? 1 : 0, 3));
		my $row  = $self->{last};
		my $no   = $both ? undef : $why;
		$no
		  ? $self->{truth}->other($table, $id, $no)
		  : $self->{truth}->customer($table, $id, $supplier->{id});
		$self->_contact($_, $row, $no) for @{ $supplier->{contacts} };
	}
	return;
}

# Leads: of people and companies met or not met before. Of a converted one a partner was made later;
# those of a partner that was there before, the lost ones and those that name nobody are no customers.
sub _leads
{
	my ($self) = @_;
	my $random = $self->{random};
	my $some   = sub {
		grep { $random->chance(0.15) } @{ $self->{world}{ $_[0] } };
	};
	for my $entity ($some->('people'), $some->('companies'),
		map { @{ $_->{contacts} } } $some->('companies'))
	{
		my $state = $random->pick_weighted(
			{ open => 0.55, converted => 0.15, partner => 0.15, lost => 0.15 });
		$self->_lead($entity, $state);
	}
	my $nobody = $self->{to}->id('crm_lead');
	$self->{to}->row('crm_lead', id => $nobody, name => 'Call back', type => 'lead', active => 't');
	$self->{truth}->other($self->_table('crm_lead'), $nobody, 'names nobody');
	return;
}

sub _lead
{
	my ($self, $entity, $state) = @_;
	my $seen   = $self->{view}->see($entity);
	my $id     = $self->{to}->id('crm_lead');
	my $person = $entity->{kind} eq 'person';
	my $firm   = $entity->{company};
	my $table  = $self->_table('crm_lead');
	my $partner =
		$state eq 'converted' ? $self->_converted($entity)
	  : $state eq 'partner'   ? $self->{random}->between(1, $self->{to}{ids}{res_partner})
	  :                         undef;
	$self->{to}->row(
		'crm_lead',
		id          => $id,
		name        => $self->{random}->pick([ 'Quote for pumps', 'Website request', 'Fair 2025' ]),
		type        => $self->{random}->pick([qw(lead opportunity)]),
		active      => $state eq 'lost' ? 'f' : 't',
		partner_id  => $partner,
		create_date => $state eq 'converted'
		? '2020-01-02 03:04:05.678901'
		: '2022-01-02 03:04:05.678901',
		contact_name => $person ? $seen->{name} : undef,
		partner_name => $firm   ? $firm->{name} : $person ? undef : $seen->{name},
		user_id      => 2,
		write_date   => "$seen->{changed}.5",
		$self->_address($seen),
		$self->_reach($seen, 'email_from'));
	return $self->{truth}->customer($table, $id, $entity->{id}) if $state =~ /open|converted/;
	return $self->{truth}
	  ->other($table, $id, $state eq 'lost' ? 'lost lead' : 'opportunity of a partner');
}

# The partner that was made of a lead.
sub _converted
{
	my ($self, $entity) = @_;
	my $id = $self->_partner($entity, is_company => $entity->{kind} eq 'person' ? 'f' : 't');
	$self->{truth}->customer($self->_table('res_partner'), $id, $entity->{id});
	return $id;
}

1;
