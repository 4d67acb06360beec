# The people and companies that the CRMs of the tests know: one world by seed. Each system meets some
# of them, some twice, and writes down what it was told on that day, so that rows of one customer are
# found within a system and across systems.
package Crm::Cast;

use strict;
use warnings;
use utf8;
use Fake::Observation;
use Fake::Organization;
use Fake::Person;
use Fake::Place;
use Fake::Random;

my @systems = qw(espocrm heroku_connect twenty suitecrm northwind chinook pagila);
my %slot    = map { $systems[$_] => 2 * $_ } 0 .. $#systems;
my %country_name =
  (NL => 'Netherlands', DE => 'Germany', GB => 'United Kingdom', FR => 'France', ES => 'Spain');

sub new
{
	my ($class, $seed, %size) = @_;
	my $random = Fake::Random->new("cast/$seed");
	my $self   = bless { seed => $seed, entities => [], domains => {}, emails => {} }, $class;
	for (1 .. $size{companies} // 40)
	{
		my $company = Fake::Organization::company($random, $self->{domains});
		$self->_enter($company);
		$self->_enter(Fake::Person::contact($random, $company), $company)
		  for 1 .. $random->pick_weighted({ 0 => 0.2, 1 => 0.4, 2 => 0.25, 3 => 0.15 });
	}
	for (1 .. $size{households} // 50)
	{
		$self->_enter($_) for Fake::Person::household($random, $self->{emails});
	}
	my $own = Fake::Organization::company($random, $self->{domains});
	$self->{staff} = [ map { Fake::Person::contact($random, $own) } 1 .. 4 ];
	return $self;
}

sub _enter
{
	my ($self, $entity, $employer) = @_;
	$entity->{number}   = 1 + @{ $self->{entities} };
	$entity->{employer} = $employer;
	push @{ $self->{entities} }, $entity;
	return;
}

# A stream of random numbers of its own for what a system writes.
sub random
{
	my ($self, $system) = @_;
	return Fake::Random->new("cast/$self->{seed}/$system");
}

# What a system knows: one row a meeting, those of a company before those of its contacts. $wanted
# says of an entity whether the system keeps such at all.
sub rows
{
	my ($self, $system, $wanted) = @_;
	my $choice = Fake::Random->new("cast/$self->{seed}/$system/choice");
	my @rows;
	for my $entity (@{ $self->{entities} })
	{
		my ($met, $again) = ($choice->chance(0.7), $choice->chance(0.2));
		next if !$met || ($wanted && !$wanted->($entity));
		my @known = @{ $self->_observations($entity) }[ $slot{$system}, $slot{$system} + 1 ];
		push @rows, $known[0], $again ? $known[1] : ();
	}
	return @rows;
}

# The same list whichever system asks: what two of them wrote must have something in common.
sub _observations
{
	my ($self, $entity) = @_;
	my $random = Fake::Random->new("cast/$self->{seed}/entity $entity->{number}");
	my @rows   = map { $self->_observe($random, $entity) } 1 .. 2 * @systems;
	Fake::Observation::make_recognisable($random, \@rows);
	for my $row (@rows)
	{
		$row->{truth} = { %$row };
		Fake::Observation::spoil($random, $row, {});
		$self->_write($random, $row);
	}
	return \@rows;
}

sub _observe
{
	my ($self, $random, $entity) = @_;
	return Fake::Observation::of_company($random, $entity, 'sales', 0)
	  if $entity->{kind} eq 'organization';
	return Fake::Observation::of_contact($random, $entity, $entity->{employer})
	  if $entity->{employer};
	return Fake::Observation::of_person($random, $entity, 'service', $random->chance(0.05));
}

# The plain values that a form would have.
sub _write
{
	my ($self, $random, $row) = @_;
	my $where = $row->{where} // {};
	$row->{number}       = $row->{entity}{number};
	$row->{street_line}  = Fake::Place::street_line($where) if defined $where->{street};
	$row->{postal_code}  = $where->{postal_code};
	$row->{city}         = $where->{city};
	$row->{country_name} = $country_name{ $row->{country} };
	$row->{family} .= " $row->{suffix}" if $row->{suffix};
	$row->{full_name} =
	  $row->{kind} eq 'organization' ? $row->{written} : "$row->{given} $row->{family}";
	for my $what (qw(mobile landline))
	{
		next unless defined $row->{$what};
		$row->{"${what}_international"} =
		  '+' . $Fake::Place::calling_code{ $row->{country} } . $row->{$what};
		$row->{"${what}_written"} =
		  Fake::Place::write_phone($random, $row->{country}, $row->{$what}, 0.5);
	}
	$row->{changed_at} = sprintf '202%d-%02d-%02d %02d:%02d:00', 1 + int($row->{moment} * 4),
	  1 + int($row->{moment} * 48) % 12, 1 + int($row->{moment} * 1000) % 28,
	  8 + $row->{number} % 10, $row->{number} % 60;
	return;
}

# Those who work with the system; no customers.
sub staff
{
	my ($self) = @_;
	return map {
		{
			given      => $_->{given},
			family     => $_->{family}[0],
			email      => $_->{email}[0],
			mobile     => '+' . $Fake::Place::calling_code{ $_->{country} } . $_->{mobile}[0],
			login      => lc substr($_->{email}[0], 0, index $_->{email}[0], '@')
		}
	} @{ $self->{staff} };
}

1;
