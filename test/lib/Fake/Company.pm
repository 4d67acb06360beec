# A company with three departments and what their tables say about its customers. Rows are first
# true observations of an entity at a moment; then it is made sure that a careful reader could tell
# which belong together; only then are they spoilt and written in the shape of a department's table.
package Fake::Company;

use strict;
use warnings;
use utf8;
use Fake::Observation;
use Fake::Organization;
use Fake::Person;
use Fake::Random;
use Fake::Shape;

my %department_share = (sales => 0.42, marketing => 0.347, service => 0.233);
my %rows_of_entity   = (1     => 0.50, 2 => 0.26, 3 => 0.14, 4 => 0.07, 5 => 0.03);

sub new
{
	my ($class, $seed, $scale) = @_;
	return bless {
		seed     => $seed,
		rows     => int(20_000 * ($scale // 1)),
		random   => Fake::Random->new("company/$seed"),
		emails   => {},
		domains  => {},
		mix      => {},
		entities => 0,
		made     => 0
	}, $class;
}

sub sources { return Fake::Shape::departments() }

# Calls $emit->(table, entity, { column => value }) for every row.
sub generate
{
	my ($self, $emit) = @_;
	while ($self->{made} < $self->{rows})
	{
		if   ($self->{random}->chance(0.84)) { $self->_household($emit) }
		else                                 { $self->_premises($emit) }
	}
	return $self;
}

# label => rows, as counted while generating
sub mix { return $_[0]{mix} }

sub _household
{
	my ($self, $emit) = @_;
	my $random = $self->{random};
	for my $person (Fake::Person::household($random, $self->{emails}))
	{
		my $n      = $random->pick_weighted(\%rows_of_entity);
		my $silent = $random->chance(0.25);
		my @rows   = map {
			Fake::Observation::of_person($random, $person, $self->_department,
				$silent || $random->chance(0.14))
		} 1 .. $n;
		$self->_finish($emit, $person, @rows);
	}
	return;
}

# A building with one company, sometimes several; some of them of one owner with one info@ address.
sub _premises
{
	my ($self, $emit) = @_;
	my $random    = $self->{random};
	my $first     = Fake::Organization::company($random, $self->{domains});
	my @companies = ($first);
	if ($random->chance(0.12))
	{
		push @companies,
		  Fake::Organization::company($random, $self->{domains}, $first->{address}[0]);
		$_->{traits}{'companies at one address'} = 1 for @companies;
		@{ $companies[1] }{qw(domain phone)} = @$first{qw(domain phone)} if $random->chance(0.2);
	}
	$self->_company($emit, $_) for @companies;
	return;
}

sub _company
{
	my ($self, $emit, $company) = @_;
	my $random = $self->{random};
	my $n      = $random->pick_weighted(\%rows_of_entity);
	$company->{traits}{'companies with several spellings'} = 1 if $n > 1;
	my @rows = map {
		Fake::Observation::of_company(
			$random, $company,
			$random->chance(0.64) ? 'sales' : 'service',
			$random->chance(0.2))
	} 1 .. $n;
	$self->_finish($emit, $company, @rows);
	for (1 .. $random->pick_weighted({ 0 => 0.45, 1 => 0.3, 2 => 0.15, 3 => 0.1 }))
	{
		my $contact = Fake::Person::contact($random, $company);
		$contact->{traits}{'contacts at a company'} = 1;
		my $times = $random->pick_weighted({ 1 => 0.6, 2 => 0.3, 3 => 0.1 });
		$self->_finish($emit, $contact,
			map { Fake::Observation::of_contact($random, $contact, $company) } 1 .. $times);
	}
	return;
}

sub _department
{
	my ($self) = @_;
	return $self->{random}->pick_weighted(\%department_share);
}

sub _finish
{
	my ($self, $emit, $entity, @rows) = @_;
	my $random = $self->{random};
	my $number = ++$self->{entities};
	Fake::Observation::make_recognisable($random, \@rows);
	for my $row (@rows)
	{
		return if $self->{made} >= $self->{rows};
		Fake::Observation::spoil($random, $row, $self->{mix});
		$self->{mix}{$_}++ for keys %{ $entity->{traits} };
		my ($table, $values) = Fake::Shape::row($random, $row, ++$self->{made});
		$emit->($table, $number, $values);
	}
	return;
}

1;
