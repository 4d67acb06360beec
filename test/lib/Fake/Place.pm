# Addresses and telephone numbers of five countries, of the shape that the countries use.
package Fake::Place;

use strict;
use warnings;
use utf8;

our @countries    = qw(NL DE GB FR ES);
our %share        = (NL => 0.35, DE => 0.25, GB => 0.2,  FR => 0.1,  ES => 0.1);
our %calling_code = (NL => '31', DE => '49', GB => '44', FR => '33', ES => '34');

# city, first digits or letters of its postal codes, area code
our %city = map {
	my ($country, $text) = @$_;
	($country => [ map { [ split /\|/ ] } split /,\s*/, $text ])
} ( [
		NL => 'Amsterdam|10|20,Rotterdam|30|10,Den Haag|25|70,Utrecht|35|30,Eindhoven|56|40,
		Groningen|97|50,Tilburg|50|13,Almere|13|36,Breda|48|76,Nijmegen|65|24,Arnhem|68|26,
		Haarlem|20|23,Enschede|75|53,Amersfoort|38|33,Zwolle|80|38,Leiden|23|71,Maastricht|62|43,
		Dordrecht|33|78,Leeuwarden|89|58,Delft|26|15,Deventer|74|570,Alkmaar|18|72,\'s-Hertogenbosch|52|73'
		  =~ s/\s*\n\s*//gr
	],
	[
		DE => 'Berlin|10|30,Hamburg|20|40,München|80|89,Köln|50|221,Frankfurt am Main|60|69,
		Stuttgart|70|711,Düsseldorf|40|211,Leipzig|04|341,Dortmund|44|231,Essen|45|201,Bremen|28|421,
		Dresden|01|351,Hannover|30|511,Nürnberg|90|911,Duisburg|47|203,Bochum|44|234,Bonn|53|228,
		Münster|48|251,Karlsruhe|76|721,Mannheim|68|621,Augsburg|86|821,Lübeck|23|451,Göttingen|37|551'
		  =~ s/\s*\n\s*//gr
	],
	[
		GB => 'London|SW|20,London|N|20,London|E|20,Birmingham|B|121,Manchester|M|161,Leeds|LS|113,
		Liverpool|L|151,Sheffield|S|114,Bristol|BS|117,Glasgow|G|141,Edinburgh|EH|131,Cardiff|CF|29,
		Leicester|LE|116,Nottingham|NG|115,Newcastle upon Tyne|NE|191,Brighton|BN|1273,York|YO|1904,
		Oxford|OX|1865,Cambridge|CB|1223,Reading|RG|118' =~ s/\s*\n\s*//gr
	],
	[
		FR =>
		  'Paris|75|1,Marseille|13|4,Lyon|69|4,Toulouse|31|5,Nice|06|4,Nantes|44|2,Strasbourg|67|3,
		Montpellier|34|4,Bordeaux|33|5,Lille|59|3,Rennes|35|2,Reims|51|3,Grenoble|38|4,Dijon|21|3,
		Angers|49|2,Saint-Étienne|42|4' =~ s/\s*\n\s*//gr
	],
	[
		ES =>
		  'Madrid|28|91,Barcelona|08|93,Valencia|46|96,Sevilla|41|95,Zaragoza|50|976,Málaga|29|95,
		Murcia|30|968,Palma|07|971,Bilbao|48|94,Alicante|03|96,Córdoba|14|957,Valladolid|47|983,
		Vigo|36|986,Gijón|33|98,Granada|18|958,A Coruña|15|981' =~ s/\s*\n\s*//gr
	]);

our %street = (
	NL => [
		map { ("${_}straat", "${_}weg", "${_}laan") }
		  qw(Dorps Kerk Molen School Wilhelmina Juliana
		  Beatrix Oranje Linden Eiken Beuken Stations Markt Haven Nieuw Noorder Zuider Parallel
		  Burgemeester Rembrandt Vermeer Mauritskade Vondel Emma Prins-Bernhard Koning Berken Kastanje)
	],
	DE => [
		map { ("${_}straße", "${_}weg", "${_}gasse") }
		  qw(Haupt Schul Garten Bahnhof Dorf Berg
		  Birken Linden Kirch Wald Ring Wiesen Feld Mühlen Rosen Goethe Schiller Mozart Friedrich
		  Jahn Buchen Tannen Amsel Finken Park Ludwig Bismarck Kaiser)
	],
	GB => [
		map { ("$_ Street", "$_ Road", "$_ Lane", "$_ Avenue") }
		  qw(High Station Church Park
		  Victoria Green Manor Kings Queens New Grange School Mill Albert George Springfield York
		  Windsor North South Chester Highfield Alexandra Richmond Stanley Orchard)
	],
	FR => [
		map { ("rue $_", "avenue $_", "boulevard $_") } (
			'de la République',
			'Victor Hugo',
			'de l\'Église',
			'Pasteur',
			'Jean Jaurès',
			'du Château',
			'Jules Ferry',
			'des Écoles',
			'de la Gare',
			'Gambetta',
			'du Moulin',
			'Émile Zola',
			'de Verdun',
			'Voltaire',
			'des Lilas')
	],
	ES => [
		map { ("Calle $_", "Avenida $_", "Plaza $_") } (
			'Mayor',
			'de la Constitución',
			'Real',
			'de España',
			'del Sol',
			'San Juan',
			'de la Iglesia',
			'Cervantes',
			'de Andalucía',
			'Nueva',
			'San José',
			'del Pilar',
			'Goya',
			'de la Paz',
			'Santa María')
	]);

sub country
{
	my ($random) = @_;
	return $random->pick_weighted(\%share);
}

# { country, city, area, postal_code, street, number }
sub address
{
	my ($random, $country) = @_;
	my ($city, $prefix, $area) = @{ $random->pick_skewed($city{$country}) };
	my $number = $random->between(1, $random->chance(0.7) ? 60 : 240);
	$number .= $random->pick([qw(A B a b)]) if $random->chance(0.1);
	return {
		country     => $country,
		city        => $city,
		area        => $area,
		postal_code => _postal_code($random, $country, $prefix),
		street      => $random->pick_skewed($street{$country}),
		number      => $number
	};
}

sub _postal_code
{
	my ($random, $country, $prefix) = @_;
	my $letter = sub { chr(65 + $random->below(26)) };
	return sprintf '%s%02d %s%s', $prefix, $random->between(11, 99), $letter->(), $letter->()
	  if $country eq 'NL';
	return sprintf '%s%d %d%s%s', $prefix, $random->between(1, 19), $random->below(10), $letter->(),
	  $letter->()
	  if $country eq 'GB';
	return sprintf '%s%03d', $prefix, $random->between(1, 9) * ($country eq 'FR' ? 100 : 10)
	  if $country eq 'FR';
	return sprintf '%s%03d', $prefix, $random->between(1, $country eq 'ES' ? 50 : 999);
}

# House number where the country puts it.
sub street_line
{
	my ($address) = @_;
	my ($street, $number) = @$address{qw(street number)};
	return "$number $street" if $address->{country} eq 'GB' or $address->{country} eq 'FR';
	return $address->{country} eq 'ES' ? "$street, $number" : "$street $number";
}

# National significant digits, without the trunk zero.
sub mobile
{
	my ($random, $country) = @_;
	return '6' . $random->between(1, 5) . $random->digits(7) if $country eq 'NL';
	return _german_mobile($random)                           if $country eq 'DE';
	return '7' . $random->pick([qw(4 5 7 8 9)]) . $random->between(0, 9) . $random->digits(7)
	  if $country eq 'GB';
	return '6' . $random->between(1, 8) . $random->digits(7) if $country eq 'FR';
	return '6' . $random->between(0, 9) . $random->digits(7);
}

sub _german_mobile
{
	my ($random) = @_;
	return '151' . $random->between(1, 9) . $random->digits(7) if $random->chance(0.4);
	return
		$random->pick([qw(160 170 171 172 173 175)])
	  . $random->between(1, 9)
	  . $random->digits(6);
}

sub landline
{
	my ($random,  $address) = @_;
	my ($country, $area)    = @$address{qw(country area)};
	my $length =
		$country eq 'DE' ? length($area) + $random->between(7, 8)
	  : $country eq 'GB' ? 10
	  :                    9;
	my $first =
	  $country eq 'GB' && $area eq '20' ? $random->pick([ 7, 8 ]) : $random->between(2, 7);
	return $area . $first . $random->digits($length - length($area) - 1);
}

# How people and programs write a number: international or national, with or without separators.
sub write_phone
{
	my ($random, $country, $digits, $international_share) = @_;
	my $code = $calling_code{$country};
	my $rest = _group($random, $digits);
	if ($random->chance($international_share))
	{
		my $style = $random->below(4);
		return "+$code$digits"  if $style == 0;
		return "00$code$digits" if $style == 1;
		return $country eq 'ES' || $style == 2 ? "+$code $rest" : "+$code (0)$rest";
	}
	return $rest if $country eq 'ES';
	return $random->chance(0.4) ? "0$digits" : "0$rest";
}

sub _group
{
	my ($random, $digits) = @_;
	my $separator = $random->pick([ ' ', '-', ' ', '/' ]);
	my $head      = $digits =~ /^6/ && length $digits == 9 ? 1 : length $digits == 10 ? 4 : 3;
	my $tail      = substr $digits, $head;
	$tail =~ s/(\d{3,4})(?=\d{3})/$1 /g if $random->chance(0.6);
	return substr($digits, 0, $head) . $separator . $tail;
}

1;
