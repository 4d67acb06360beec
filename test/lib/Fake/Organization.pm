# Companies: names with a legal form, several ways of writing them, an own or a shared address.
package Fake::Organization;

use strict;
use warnings;
use utf8;
use Fake::Names;
use Fake::Noise;
use Fake::Place;

sub _lines
{
	return [ grep { length } map { s/^\s+|\s+$//gr } split /,/, $_[0] ];
}

my %trade = (
	NL => _lines(
		'Bakkerij,Schildersbedrijf,Installatiebedrijf,Garage,Bouwbedrijf,Transport,Slagerij,
		Drukkerij,Administratiekantoor,Kwekerij,Makelaardij,Tandartspraktijk,Architectenbureau,
		Timmerbedrijf,Loonbedrijf,Groothandel,Fysiotherapie,Notariskantoor'),
	DE => _lines(
		'Bäckerei,Autohaus,Malerbetrieb,Metallbau,Spedition,Druckerei,Elektrotechnik,
		Steuerberatung,Gärtnerei,Zimmerei,Maschinenbau,Apotheke,Architekturbüro,Baugesellschaft,
		Kunststofftechnik,Möbelhaus,Sanitärtechnik,Ingenieurbüro'),
	GB => _lines(
		'Plumbing,Building Services,Motors,Electrical Contractors,Haulage,Catering,Printing,
		Engineering,Joinery,Roofing,Accountants,Garden Centre,Consulting,Decorators,Foods,
		Property Management,Dental Practice,Packaging'),
	FR => _lines(
		'Boulangerie,Garage,Menuiserie,Plomberie,Transports,Imprimerie,Électricité,
		Cabinet Comptable,Pharmacie,Maçonnerie,Traiteur,Peinture,Fleurs,Ambulances'),
	ES => _lines(
		'Panadería,Talleres,Construcciones,Transportes,Imprenta,Electricidad,Asesoría,
		Farmacia,Carpintería,Fontanería,Viveros,Muebles,Reformas,Clínica Dental'));

my $head = _lines(
	'Nova,Alpha,Terra,Inter,Euro,Opti,Vita,Delta,Omni,Tele,Hydro,Agri,Aero,Medi,Solar,
	Data,Cyber,Bio,Stella,Prima,Ultra,Axi,Quanti,Veri,Lumi');
my $tail = _lines(
	'tech,soft,logic,plan,matic,form,flex,line,com,tron,mark,port,med,sys,dyn,fresh,net,lab,cast,grid'
);
my %business = (
	NL => _lines('Logistiek,Software,Techniek,Advies,Media,Vastgoed,Energie,Zorg,Verzekeringen'),
	DE =>
	  _lines('Logistik,Software,Technik,Beratung,Medien,Immobilien,Energie,Systeme,Versicherungen'),
	GB =>
	  _lines('Logistics,Software,Technologies,Solutions,Media,Properties,Energy,Systems,Insurance'),
	FR => _lines('Logistique,Logiciels,Technologies,Conseil,Médias,Immobilier,Énergie,Systèmes'),
	ES => _lines('Logística,Software,Tecnología,Consultores,Medios,Inmobiliaria,Energía,Sistemas'));

# The first of each list is the form in the register.
my %legal_form = (
	NL =>
	  [ [ 'B.V.', 'BV', 'b.v.', 'Besloten Vennootschap' ], [ 'V.O.F.', 'VOF' ], [ 'N.V.', 'NV' ] ],
	DE => [
		[ 'GmbH',          'G.m.b.H.', 'Gmbh', 'Gesellschaft mbH' ],
		[ 'AG',            'Aktiengesellschaft' ],
		[ 'GmbH & Co. KG', 'GmbH u. Co. KG', 'GmbH + Co KG' ],
		[ 'e.K.',          'eK' ]
	],
	GB => [ [ 'Ltd',  'Limited', 'Ltd.', 'LTD' ], [ 'PLC', 'plc', 'P.L.C.' ], [ 'LLP', 'L.L.P.' ] ],
	FR => [ [ 'SARL', 'S.A.R.L.', 'Sàrl' ], [ 'SAS', 'S.A.S.' ], [ 'SA', 'S.A.' ] ],
	ES => [ [ 'S.L.', 'SL', 'Sociedad Limitada' ], [ 'S.A.', 'SA', 'Sociedad Anónima' ] ]);
my %top_level = (NL => 'nl', DE => 'de', GB => 'co.uk', FR => 'fr', ES => 'es');

my @shorten = (
	[ 'Gebroeders',           'Gebr.' ],
	[ 'Gebrüder',             'Gebr.' ],
	[ ' & ',                  ' and ' ],
	[ ' & ',                  ' + ' ],
	[ 'Engineering',          'Eng.' ],
	[ 'Services',             'Svcs' ],
	[ 'Management',           'Mgmt' ],
	[ 'Technologies',         'Tech' ],
	[ 'Installatiebedrijf',   'Install.bedr.' ],
	[ 'Administratiekantoor', 'Adm.kantoor' ],
	[ 'Bouwbedrijf',          'Bouwbedr.' ],
	[ 'Ingenieurbüro',        'Ing.-Büro' ],
	[ 'Transport',            'Transp.' ],
	[ 'Construcciones',       'Constr.' ],
	[ 'Contractors',          'Contr.' ],
	[ 'Versicherungen',       'Vers.' ],
	[ 'Maschinenbau',         'Masch.bau' ],
	[ 'International',        "Int'l" ],
	[ 'Architectenbureau',    'Arch.bureau' ]);

# One new company; $premises, if given, is an address that others have too. %$taken: e-mail domains.
sub company
{
	my ($random, $taken, $premises) = @_;
	my $address = $premises // Fake::Place::address($random, Fake::Place::country($random));
	my $country = $address->{country};
	my $name    = _name($random, $country, $address->{city});
	my $company = {
		kind    => 'organization',
		country => $country,
		name    => $name,
		traits  => {},
		forms   => $random->pick_skewed($legal_form{$country}),
		address => [ ($address) x 2 ],
		phone   => [ (Fake::Place::landline($random, $address)) x 2 ],
		domain  => _domain($random, $name, $country, $taken)
	};
	$company->{tax_number} = _tax_number($random, $country);
	if (!$premises && $random->chance(0.1))
	{
		$address             = $company->{address}[1] = Fake::Place::address($random, $country);
		$company->{phone}[1] = Fake::Place::landline($random, $address) if $random->chance(0.5);
		$company->{moved}    = $random->real;
	}
	return $company;
}

sub _name
{
	my ($random, $country, $city) = @_;
	my $style  = $random->below(10);
	my $trade  = $random->pick($trade{$country});
	my $family = Fake::Names::family_name($random, $country) =~ s/ .*//r;
	$family = ucfirst Fake::Names::family_name($random, $country) if $country eq 'NL';
	return $country eq 'GB' ? "$family $trade" : "$trade $family" if $style < 4;
	return "$family & "
	  . ( $country eq 'NL' ? 'Zonen'
		: $country eq 'DE' ? 'Söhne'
		: $country eq 'GB' ? 'Sons'
		:                    $family)
	  . " $trade"
	  if $style < 5;
	my $word = $random->pick($head) . $random->pick($tail);
	return "$word " . $random->pick($business{$country})                 if $style < 8;
	return $random->chance(0.3) ? "$word International" : "$word $trade" if $style < 9;
	return "$trade $city" . ($random->chance(0.5) ? " $word" : " $family");
}

sub _domain
{
	my ($random, $name, $country, $taken) = @_;
	my @words = map { lc s/[^A-Za-z0-9]//gr } split / +/,
	  Fake::Noise::without_marks($random, $name);
	@words = grep { length } @words;
	my $stem = $random->chance(0.3) ? join('-', @words) : join '', @words;
	$stem = substr $stem, 0, 30;
	$stem .= $random->below(10) while $taken->{"$stem.$top_level{$country}"}++;
	return "$stem.$top_level{$country}";
}

sub _tax_number
{
	my ($random, $country) = @_;
	return 'NL' . $random->digits(9) . 'B0' . $random->between(1, 3) if $country eq 'NL';
	return 'ES' . $random->pick([qw(A B)]) . $random->digits(8)      if $country eq 'ES';
	return $country . $random->digits($country eq 'FR' ? 11 : 9);
}

sub at
{
	my ($company, $moment) = @_;
	my $after = defined $company->{moved} && $moment >= $company->{moved} ? 1 : 0;
	return {
		%$company{qw(kind country name forms domain tax_number)},
		address => $company->{address}[$after],
		phone   => $company->{phone}[$after]
	};
}

# The name as somebody writes it: $trouble between 0 (register) and 1 (careless).
sub write_name
{
	my ($random, $now, $trouble) = @_;
	my $name = $now->{name};
	if ($random->chance(0.35 * $trouble))
	{
		for my $rule (@shorten) { last if $name =~ s/\Q$rule->[0]\E/$rule->[1]/ }
	}
	my $forms = $now->{forms};
	my $form  = $random->chance(0.6 * $trouble) ? $random->pick([ @$forms, '' ]) : $forms->[0];
	$name = Fake::Noise::typo($random, $name) if $random->chance(0.12 * $trouble);
	$name .= " $form" if $form ne '';
	$name = Fake::Noise::without_marks($random, $name)
	  if Fake::Noise::has_marks($name) && $random->chance(0.4 * $trouble);
	$name = Fake::Noise::change_case($random, $name) if $random->chance(0.2 * $trouble);
	return $name;
}

1;
