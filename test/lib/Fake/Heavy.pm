# People in old registers: no e-mail, no telephone, up to twenty entries for one person, and an error
# in nearly every entry. A hard set; it shows what matching does when evidence is thin.
package Fake::Heavy;

use strict;
use warnings;
use utf8;
use Fake::Names;
use Fake::Noise;
use Fake::Place;
use Fake::Random;
use Fake::Table;

my @shape = (
	Fake::Table::table(
		'parish.entry',
		'entry',
		map => {
			given_name  => 'forename',
			family_name => 'surname',
			birth_date  => 'born',
			city        => 'place',
			postal_code => 'code',
			gender      => 'sex'
		}),
	Fake::Table::table(
		'census.line',
		'line',
		map => { name => 'full_name', birth_date => 'dob', city => 'town', postal_code => 'area' }),
	Fake::Table::table(
		'voters.roll',
		'no',
		map => {
			family_name => 'last',
			given_name  => 'first',
			birth_date  => 'birth',
			street      => 'dwelling',
			postal_code => 'zip',
			city        => 'district'
		}));

sub new
{
	my ($class, $seed, $scale) = @_;
	return bless {
		random => Fake::Random->new("heavy/$seed"),
		rows   => int(5000 * ($scale // 1)),
		made   => 0,
		mix    => {}
	}, $class;
}

sub sources { return \@shape }

sub mix { return $_[0]{mix} }

sub generate
{
	my ($self, $emit) = @_;
	my $random = $self->{random};
	my $entity = 0;
	while ($self->{made} < $self->{rows})
	{
		my $person = $self->_person;
		$entity++;
		my $times =
			$random->chance(0.35) ? $random->between(1, 2)
		  : $random->chance(0.8)  ? $random->between(3, 10)
		  :                         $random->between(11, 20);
		$self->_entry($emit, $entity, $person) for 1 .. $times;
	}
	return $self;
}

sub _person
{
	my ($self)  = @_;
	my $random  = $self->{random};
	my $gender  = $random->pick([qw(m f)]);
	my $address = Fake::Place::address($random, 'GB');
	return {
		gender  => $gender,
		given   => Fake::Names::given_name($random, 'GB', $gender),
		middle  => $random->chance(0.5) ? Fake::Names::given_name($random, 'GB', $gender) : undef,
		family  => Fake::Names::family_name($random, 'GB'),
		birth   => $random->date(1850, 1960),
		address => $address
	};
}

sub _entry
{
	my ($self, $emit, $entity, $person) = @_;
	my $random = $self->{random};
	my %now    = (
		given  => $person->{given},
		family => $person->{family},
		birth  => $person->{birth},
		%{ $person->{address} });
	my $nicknames = $Fake::Names::nickname{ $now{given} };
	$now{given} = $random->pick($nicknames) if $nicknames && $random->chance(0.25);
	$now{given} .= ' ' . $person->{middle} if $person->{middle} && $random->chance(0.4);
	for my $what (qw(given family city))
	{
		$now{$what} = Fake::Noise::typo($random, $now{$what}) if $random->chance(0.22);
	}
	@now{qw(given family)} = @now{qw(family given)}                       if $random->chance(0.04);
	$now{birth}            = Fake::Noise::date_slip($random, $now{birth}) if $random->chance(0.18);
	$now{postal_code}      = Fake::Noise::digit_typo($random, $now{postal_code})
	  if $random->chance(0.12);
	my $missing = $random->pick_weighted(
		{ none => 0.6, given => 0.08, birth => 0.1, postal_code => 0.12, city => 0.1 });
	delete $now{$missing};
	$self->_write($emit, $entity, $person, \%now);
	return;
}

sub _write
{
	my ($self, $emit, $entity, $person, $now) = @_;
	my $random = $self->{random};
	my $source = $random->pick(\@shape);
	my $map    = $source->{map};
	my %value  = (
		given_name  => $now->{given},
		family_name => $now->{family},
		gender      => $person->{gender},
		birth_date  => $now->{birth},
		name        => join(' ', grep { defined } @$now{qw(given family)}),
		city        => $now->{city},
		postal_code => $now->{postal_code},
		street      => Fake::Place::street_line({ %{ $person->{address} } }));
	my %row = ($source->{key}[0] => ++$self->{made});
	$row{ $map->{$_}[0] } = $value{$_} for keys %$map;
	$emit->($source->{table}, $entity, \%row);
	return;
}

1;
