# The people and companies that several business applications know: private customers, companies with
# their contacts and subsidiaries, suppliers, and the company itself with its staff. What an
# application wrote down of one of them is an observation: true, but with a slip here and there.
package Crm::World;

use strict;
use warnings;
use utf8;
use Fake::Noise;
use Fake::Organization;
use Fake::Person;
use Fake::Place;
use Fake::Random;

# new(seed => 1, people => 160, companies => 60, suppliers => 12, staff => 8)
sub new
{
	my ($class, %size) = @_;
	%size = (seed => 1, people => 160, companies => 60, suppliers => 12, staff => 8, %size);
	my $self = bless { seed => $size{seed}, domains => {}, emails => {}, serial => 0 }, $class;
	$self->{random} = Fake::Random->new("world/$size{seed}");
	push @{ $self->{people} }, $self->_household while @{ $self->{people} // [] } < $size{people};
	$self->{companies} = [ map { $self->_company('company') } 1 .. $size{companies} ];
	$self->_subsidiaries;
	$self->{suppliers}     = [ map { $self->_company('supplier') } 1 .. $size{suppliers} ];
	$self->{own}           = $self->_company('own');
	$self->{own}{contacts} = [ map { $self->_contact($self->{own}) } 1 .. $size{staff} ];
	return $self;
}

sub own { return $_[0]{own} }

sub staff { return @{ $_[0]{own}{contacts} } }

sub _named
{
	my ($self, $entity, $role) = @_;
	@$entity{qw(id role)} = ($role . ++$self->{serial}, $role);
	return $entity;
}

sub _household
{
	my ($self) = @_;
	my $home   = ++$self->{homes};
	my @people = Fake::Person::household($self->{random}, $self->{emails});
	$_->{home} = $home for @people;
	return map { $self->_named($_, 'person') } @people;
}

sub _company
{
	my ($self, $role) = @_;
	my $random  = $self->{random};
	my $company = $self->_named(Fake::Organization::company($random, $self->{domains}), $role);
	my $many    = $random->pick_weighted({ 0 => 0.3, 1 => 0.4, 2 => 0.2, 3 => 0.1 });
	$company->{contacts} = [ map { $self->_contact($company) } 1 .. $many ];
	return $company;
}

sub _contact
{
	my ($self, $company) = @_;
	my $contact = $self->_named(Fake::Person::contact($self->{random}, $company), 'contact');
	$contact->{company} = $company;
	return $contact;
}

sub _subsidiaries
{
	my ($self) = @_;
	my $companies = $self->{companies};
	for my $i (1 .. $#$companies)
	{
		next unless $self->{random}->chance(0.1);
		my $parent = $companies->[ $self->{random}->below($i) ];
		$companies->[$i]{parent} = $parent unless $parent->{parent};
	}
	return;
}

# What one application knows: its own stream of chance and its share of the world.
sub view
{
	my ($self, $name, $share) = @_;
	my $random = Fake::Random->new("world/$self->{seed}/$name");
	my $some   = sub {
		grep { $random->chance($share) } @{ $_[0] };
	};
	my %view = (world => $self, random => $random);
	$view{$_} = [ $some->($self->{$_}) ] for qw(people companies suppliers);
	my %known = map { $_->{id} => 1 } @{ $view{companies} };
	$view{contacts} =
	  [ grep { $random->chance(0.8) } map { @{ $_->{contacts} } } @{ $view{companies} } ];
	$view{supplier_contacts} = [ map { @{ $_->{contacts} } } @{ $view{suppliers} } ];
	$view{knows}             = \%known;
	return bless \%view, 'Crm::World::View';
}

package Crm::World::View;

use strict;
use warnings;
use utf8;

sub random { return $_[0]{random} }

# An observation: { kind, country, name, given, family, emails, mobile, landline, address, tax_number,
# gender, birth_date, changed }. Enough is left to recognise it by.
sub see
{
	my ($self, $entity) = @_;
	my $random = $self->{random};
	my $seen = $entity->{kind} eq 'person' ? _person($random, $entity) : _company($random, $entity);
	_forget($random, $seen);
	_slip($random, $seen);
	$seen->{changed} = sprintf '%s %02d:%02d:%02d', $random->date(2022, 2025),
	  $random->between(8, 18), $random->below(60), $random->below(60);
	return $seen;
}

sub _person
{
	my ($random, $entity) = @_;
	my $now  = Fake::Person::at($entity, $random->chance(0.9) ? 1 : 0);
	my $seen = { %$now{qw(kind country gender given family landline mobile birth_date)} };
	$seen->{address} = $now->{address} if $now->{address};
	$seen->{emails}  = [ $now->{email} ];
	push @{ $seen->{emails} }, $entity->{email}[0]
	  if $entity->{email}[0] ne $now->{email} && $random->chance(0.5);
	$seen->{suffix} = $random->pick($now->{suffixes}) if $now->{suffixes};
	if ($entity->{company})
	{
		my $place = Fake::Organization::at($entity->{company}, 1);
		$seen->{landline} = $place->{phone};
		$seen->{address}  = $place->{address};
	}
	return $seen;
}

sub _company
{
	my ($random, $entity) = @_;
	my $now = Fake::Organization::at($entity, $random->chance(0.9) ? 1 : 0);
	return {
		%$now{qw(kind country address tax_number)},
		name     => Fake::Organization::write_name($random, $now, 0.4),
		landline => $now->{phone},
		emails   => [
			$random->pick_weighted({ info => 0.8, office => 0.1, sales => 0.1 })
			  . "\@$now->{domain}" ] };
}

# At most one of what identifies is left out.
sub _forget
{
	my ($random, $seen) = @_;
	delete $seen->{ $random->pick([qw(emails mobile address landline)]) } if $random->chance(0.35);
	delete $seen->{birth_date}                                            if $random->chance(0.4);
	delete $seen->{tax_number}                                            if $random->chance(0.4);
	$seen->{emails} //= [];
	return;
}

sub _slip
{
	my ($random, $seen) = @_;
	if ($seen->{kind} eq 'person')
	{
		my $short = $Fake::Names::nickname{ $seen->{given} };
		$seen->{given}  = $random->pick($short) if $short && $random->chance(0.08);
		$seen->{family} = Fake::Noise::typo($random, $seen->{family}) if $random->chance(0.03);
		$seen->{name}   = join ' ', grep { defined } @$seen{qw(given family suffix)};
	}
	if ($seen->{address})
	{
		$seen->{street} = Fake::Place::street_line($seen->{address});
		$seen->{street} = Fake::Noise::shorten_street($seen->{street}) if $random->chance(0.15);
	}
	$_ = ucfirst for grep { $random->chance(0.05) } @{ $seen->{emails} };
	return;
}

# The number as somebody would type it; undef stays undef.
sub phone
{
	my ($self, $seen, $which) = @_;
	return
	  defined $seen->{$which}
	  ? Fake::Place::write_phone($self->{random}, $seen->{country}, $seen->{$which}, 0.5)
	  : undef;
}

1;
