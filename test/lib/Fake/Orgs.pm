# Organisations as nine registers and lists write them: a different world from Fake::Company, so that
# matching is not fitted to one generator. Groups of companies share a first word and an address.
package Fake::Orgs;

use strict;
use warnings;
use utf8;
use Fake::Noise;
use Fake::Place;
use Fake::Random;
use Fake::Table;

my @place =
  qw(Northern Western Midland Atlantic Pacific Baltic Alpine Coastal Highland Central Royal United Global
  Nordic Continental Imperial Pioneer Liberty Summit Harbour Riverside Golden Silver Crystal Eagle Falcon Lion Phoenix);
my @noun =
  qw(Steel Textile Shipping Mining Paper Chemical Rubber Glass Cement Timber Dairy Brewing Aviation Rail Oil Gas
  Water Power Optical Marine Pharma Pharmaceutical Insurance Leasing Capital Asset Packaging Machine Tool Ceramics Seed Fertilizer);
my @last = (
	'Company',  'Corporation',   'Industries',    'Group',
	'Holdings', 'Partners',      'Works',         'Products',
	'Services', 'Manufacturing', 'International', 'Enterprises',
	'Trading',  'Distribution',  'Associates',    'Systems');
my @founder =
  qw(Abernathy Brandenburg Castellano Delacroix Eriksson Fitzgerald Goldberg Hashimoto Ivanov Jankowski
  Kowalczyk Lindqvist Montgomery Nakamura Oppenheimer Papadopoulos Quennell Rasmussen Santangelo Thorvaldsen Ueberroth
  Vandermeer Wojciechowski Xavier Yamaguchi Zimmerman Blackwood Carrington Dunmore Ellsworth);
my %form = (
	GB => [qw(Limited PLC LLP)],
	DE => [ 'GmbH', 'AG', 'GmbH & Co. KG' ],
	FR => [qw(SARL SA SAS)],
	NL => [qw(B.V. N.V.)],
	ES => [qw(S.L. S.A.)]);
my %form_written = (
	'Limited' => [ 'Ltd', 'Ltd.', 'LTD' ],
	'PLC'     => [ 'plc', 'P.L.C.' ],
	'B.V.'    => [ 'BV',  'B V' ],
	'N.V.'    => ['NV'],
	'GmbH'    => [ 'G.m.b.H.', 'Gesellschaft mit beschränkter Haftung' ],
	'AG'      => ['Aktiengesellschaft'],
	'S.A.'    => ['SA'],
	'S.L.'    => ['SL'],
	'SARL'    => ['S.A.R.L.'],
	'LLP'     => ['L.L.P.']);
my %short = (
	Company        => 'Co',
	Corporation    => 'Corp',
	Industries     => 'Ind',
	Manufacturing  => 'Mfg',
	International  => 'Intl',
	Services       => 'Svcs',
	Distribution   => 'Distrib',
	Associates     => 'Assoc',
	Enterprises    => 'Entpr',
	Pharmaceutical => 'Pharm',
	Insurance      => 'Ins',
	Products       => 'Prods',
	Systems        => 'Sys',
	Holdings       => 'Hldgs',
	Group          => 'Grp');

my @nine = (
	[
		'register.entity',
		{
			organization => 'legal_name',
			street       => 'addr',
			postal_code  => 'pc',
			city         => 'town',
			country      => 'ctry',
			tax_number   => 'reg_no'
		},
		{ upper => 1, form => 1 }
	],
	[
		'exchange.listing',
		{ name  => 'issuer', country => 'domicile', city => 'seat' },
		{ short => 0.6, form => 0.5 }
	],
	[
		'procurement.supplier',
		{
			name        => 'supplier',
			street      => 'street',
			postal_code => 'zip',
			city        => 'city',
			country     => 'country',
			phone       => 'tel',
			email       => 'mail'
		},
		{ short => 0.3, form => 0.6, typo => 0.1 }
	],
	[
		'invoice.creditor',
		{
			name        => 'payee',
			postal_code => 'postcode',
			city        => 'place',
			country     => 'land',
			tax_number  => 'vat'
		},
		{ short => 0.4, form => 0.6, typo => 0.08, upper => 0.3 }
	],
	[
		'website.signup',
		{ organization => 'company', email => 'email', phone => 'phone', country => 'cc' },
		{ short        => 0.2,       form  => 0.25,    typo  => 0.08,    lower   => 0.3 }
	],
	[
		'fair.visitor',
		{ organization => 'badge', city => 'city', country => 'country', email => 'contact' },
		{ short => 0.4, form => 0.3, typo => 0.1 }
	],
	[
		'chamber.member',
		{
			organization => 'naam',
			street       => 'adres',
			postal_code  => 'postcode',
			city         => 'plaats',
			country      => 'land',
			phone        => 'telefoon'
		},
		{ form => 0.9 }
	],
	[
		'press.mention',
		{ name  => 'subject', city => 'dateline', country => 'country' },
		{ short => 0.2, form => 0.1 }
	],
	[
		'credit.rating',
		{
			name        => 'obligor',
			street      => 'street',
			city        => 'city',
			postal_code => 'zip',
			country     => 'country',
			tax_number  => 'lei'
		},
		{ upper => 1, short => 0.7, form => 0.8 }
	]);

sub new
{
	my ($class, $seed, $scale) = @_;
	return bless {
		random   => Fake::Random->new("orgs/$seed"),
		entities => int(1200 * ($scale // 1)),
		mix      => {},
		rows     => 0,
		sources  => [
			map {
				Fake::Table::table(
					$_->[0], 'id',
					kind   => 'o',
					map    => $_->[1],
					region => $_->[1]{country})
			} @nine
		]
	}, $class;
}

sub sources { return $_[0]{sources} }

sub mix { return $_[0]{mix} }

sub generate
{
	my ($self, $emit) = @_;
	my $made = 0;
	while ($made < $self->{entities})
	{
		my @family = $self->_family;
		$self->_write($emit, ++$made, $_) for @family;
	}
	return $self;
}

# One company, or a group of up to four that share the first word and often the place.
sub _family
{
	my ($self) = @_;
	my $random = $self->{random};
	my $first  = $self->_company($random->chance(0.3) ? $random->pick(\@founder) : undef);
	my @family = ($first);
	return @family unless $random->chance(0.15);
	my $stem = (split / /, $first->{name})[0];
	for (1 .. $random->between(1, 3))
	{
		my $other = $self->_company($stem);
		next if grep { $_->{name} eq $other->{name} } @family;
		@$other{qw(country address)} = @$first{qw(country address)} if $random->chance(0.6);
		$other->{form}               = $random->pick($form{ $other->{country} });
		push @family, $other;
	}
	return @family;
}

sub _company
{
	my ($self, $stem) = @_;
	my $random  = $self->{random};
	my $country = $random->pick_weighted(\%Fake::Place::share);
	my $address = Fake::Place::address($random, $country);
	my $name    = join ' ', $stem // $random->pick(\@place), $random->pick(\@noun),
	  $random->pick(\@last);
	$name = join ' & ', $random->pick(\@founder),
	  $random->pick(\@founder) . ' ' . $random->pick(\@last)
	  if !defined $stem && $random->chance(0.25);
	my $domain = lc(join '', ($name =~ /(\w+)/g)[ 0, 1 ]) . $random->pick([qw(.com .eu .net .org)]);
	return {
		name    => $name,
		country => $country,
		address => $address,
		form    => $random->pick($form{$country}),
		phone   => Fake::Place::landline($random, $address),
		domain  => $domain,
		number  => $country . $random->digits(9)
	};
}

sub _write
{
	my ($self, $emit, $entity, $company) = @_;
	my $random = $self->{random};
	my $times  = $random->pick_weighted(
		{ 1 => 0.25, 2 => 0.2, 3 => 0.2, 4 => 0.15, 5 => 0.1, 6 => 0.06, 9 => 0.04 });
	my @lists = @{ $random->shuffle([ 0 .. $#nine ]) }[ 0 .. $times - 1 ];
	# A press cutting alone says too little to be told from a namesake.
	for my $list (@lists, $random->chance(0.08) ? $lists[0] : ())
	{
		my ($table, $map, $style) = @{ $nine[$list] };
		my %has = $self->_values($company, $style);
		my %row = (id => ++$self->{rows});
		$row{ $map->{$_} } = $has{$_} for keys %$map;
		$emit->($table, "$entity/$company->{name}", \%row);
	}
	return;
}

sub _values
{
	my ($self, $company, $style) = @_;
	my $random  = $self->{random};
	my $name    = _name($random, $company, $style);
	my $address = $company->{address};
	my $street  = Fake::Place::street_line($address);
	$street = Fake::Noise::shorten_street($street) if $random->chance(0.4);
	return (
		name         => $name,
		organization => $name,
		street       => $random->chance(0.95) ? $street                 : undef,
		postal_code  => $random->chance(0.9)  ? $address->{postal_code} : undef,
		city         => $random->chance(0.05) ? Fake::Noise::typo($random, $address->{city})
		: $address->{city},
		country    => $company->{country},
		tax_number => $random->chance(0.8) ? $company->{number} : undef,
		phone      => $random->chance(0.8)
		? Fake::Place::write_phone($random, $company->{country}, $company->{phone}, 0.5)
		: undef,
		email => $random->chance(0.9)
		? $random->pick([qw(info contact sales office)]) . "\@$company->{domain}"
		: undef);
}

sub _name
{
	my ($random, $company, $style) = @_;
	my $name = $company->{name};
	$name = join ' ',
	  map { $short{$_} && $random->chance($style->{short} // 0) ? $short{$_} : $_ } split / /,
	  $name;
	$name =~ s/ & / and /                     if $random->chance(0.25);
	$name = Fake::Noise::typo($random, $name) if $random->chance($style->{typo} // 0.02);
	if ($random->chance($style->{form} // 0.5))
	{
		my $written = $form_written{ $company->{form} };
		$name .=
		  ' ' . ($written && $random->chance(0.4) ? $random->pick($written) : $company->{form});
	}
	$name = "The $name" if $random->chance(0.04);
	return uc $name if $random->chance($style->{upper} // 0);
	return $random->chance($style->{lower} // 0) ? lc $name : $name;
}

1;
