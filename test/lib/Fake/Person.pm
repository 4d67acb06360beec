# People as they are: households with shared numbers, fathers and sons of one name, twins, and what
# changes in a life (a move, a marriage, a new address or number). `at` gives one as of a moment.
package Fake::Person;

use strict;
use warnings;
use utf8;
use Fake::Names;
use Fake::Noise;
use Fake::Place;

my @providers = qw(gmail.com hotmail.com outlook.com icloud.com proton.me yahoo.com);
my %provider  = (
	NL => [qw(ziggo.nl kpnmail.nl xs4all.nl planet.nl)],
	DE => [qw(gmx.de web.de t-online.de freenet.de)],
	GB => [qw(btinternet.com sky.com virginmedia.com)],
	FR => [qw(orange.fr free.fr laposte.net)],
	ES => [qw(telefonica.net yahoo.es hotmail.es)]);

our %age_suffix = (
	GB => [ [ 'Sr', 'Snr' ], [ 'Jr', 'Jnr', 'Jr.' ] ],
	NL => [ ['sr.'],         ['jr.'] ],
	DE => [ ['sen.'],        ['jun.'] ],
	FR => [ ['Sr'],          ['Jr'] ],
	ES => [ ['Sr'],          [ 'Jr', 'hijo' ] ]);

# The members of one new household. %$taken keeps e-mail addresses unique.
sub household
{
	my ($random, $taken) = @_;
	my $country = Fake::Place::country($random);
	my $home    = {
		country => $country,
		address => Fake::Place::address($random, $country),
		family  => Fake::Names::family_name($random, $country),
		taken   => $taken
	};
	$home->{landline} = Fake::Place::landline($random, $home->{address}) if $random->chance(0.5);
	my $kind = $random->pick_weighted(
		{ single => 0.52, couple => 0.26, family => 0.13, juniors => 0.05, twins => 0.04 });
	my @people = _members($random, $home, $kind);
	if (@people > 1 && $random->chance(0.15))
	{
		my $shared = _email($random, $home, [ 'familie', 'family', 'fam' ]->[ $random->below(3) ],
			$home->{family});
		$_->{email} = [ $shared, $shared ], $_->{shared_email} = 1 for @people;
	}
	$_->{traits}{"a household that shares a number"} = 1
	  for @people > 1 && $home->{landline} ? @people : ();
	return @people;
}

sub _members
{
	my ($random, $home, $kind) = @_;
	# whoever has children that are customers too is not young
	my $parent = $kind eq 'juniors' || $kind eq 'family';
	my $first  = _person(
		$random, $home,
		$random->date(1938, $parent ? 1970 : 1998),
		$kind eq 'juniors' ? (gender => 'm') : ());
	return $first if $kind eq 'single';
	return _juniors($random, $home, $first) if $kind eq 'juniors';
	return _twins($random, $home, $first) if $kind eq 'twins';
	my $partner = _person(
		$random, $home,
		_later($random, $first->{birth_date}, -6, 6),
		gender => $first->{gender} eq 'f' ? 'm' : 'f');
	$partner->{family} = [ (Fake::Names::family_name($random, $home->{country})) x 2 ]
	  if $random->chance(0.4);
	my @children =
	  $kind eq 'family'
	  ? map { _person($random, $home, _later($random, $first->{birth_date}, 22, 38)) }
	  1 .. $random->between(1, 2)
	  : ();
	# Two members whose names begin alike could not be told apart by anybody.
	my %seen;
	return grep { !$seen{ substr $_->{given}, 0, 2 }++ } $first, $partner, @children;
}

sub _juniors
{
	my ($random, $home, $father) = @_;
	my $birth_date = _later($random, $father->{birth_date}, 20, 35);
	my $son = _person($random, $home, $birth_date, %$father{qw(given gender)});
	my $suffixes = $age_suffix{ $home->{country} };
	($father->{suffixes}, $son->{suffixes}) = @$suffixes;
	$_->{traits}{'father and son of one name'} = 1, $_->{keep_birth} = 1 for $father, $son;
	return ($father, $son);
}

sub _twins
{
	my ($random, $home, $first) = @_;
	my $twin = _person($random, $home, $first->{birth_date});
	return $first if substr($twin->{given}, 0, 2) eq substr($first->{given}, 0, 2);
	$_->{traits}{'twins'} = 1 for $first, $twin;
	return ($first, $twin);
}

sub _later
{
	my ($random, $date, $from, $to) = @_;
	my $year = substr($date, 0, 4) + $random->between($from, $to);
	return $random->date($year, $year);
}

# Every value that can change in a life is a pair: before and after.
sub _person
{
	my ($random, $home, $birth_date, %given) = @_;
	my $country = $home->{country};
	my $gender  = $given{gender} // $random->pick([qw(m f)]);
	my $person  = {
		kind       => 'person',
		country    => $country,
		gender     => $gender,
		birth_date => $birth_date,
		given      => $given{given} // Fake::Names::given_name($random, $country, $gender),
		family     => [ ($home->{family}) x 2 ],
		address    => [ ($home->{address}) x 2 ],
		landline   => [ ($home->{landline}) x 2 ],
		traits     => {},
		changed    => {}
	};
	$person->{middle} = Fake::Names::given_name($random, $country, $gender)
	  if $random->chance(0.25);
	$person->{email}  = [ (_email($random, $home, $person->{given}, $home->{family})) x 2 ];
	$person->{mobile} = [ (Fake::Place::mobile($random, $country)) x 2 ];
	_live($random, $home, $person);
	return $person;
}

sub _live
{
	my ($random, $home, $person) = @_;
	my $country = $home->{country};
	if ($random->chance(0.12))
	{
		my $address = $person->{address}[1] = Fake::Place::address($random, $country);
		$person->{landline}[1] =
		  $random->chance(0.4) ? Fake::Place::landline($random, $address) : undef;
		$person->{changed}{address} = $random->real;
		$person->{traits}{'moved'}  = 1;
	}
	if ($person->{gender} eq 'f' && $random->chance(0.07))
	{
		my $new = Fake::Names::family_name($random, $country);
		$person->{family}[1]       = $random->chance(0.25) ? "$new-$home->{family}" : $new;
		$person->{changed}{family} = $random->real;
		$person->{traits}{'changed the family name'} = 1;
	}
	if ($random->chance(0.15))
	{
		$person->{email}[1] = _email($random, $home, $person->{given}, $person->{family}[1]);
		$person->{changed}{email} = $random->real;
	}
	if ($random->chance(0.12))
	{
		$person->{mobile}[1] = Fake::Place::mobile($random, $country);
		$person->{changed}{mobile} = $random->real;
	}
}

sub _email
{
	my ($random, $home, $given, $family) = @_;
	my ($g, $f) = map { lc Fake::Noise::without_marks($random, $_) =~ s/[^A-Za-z]//gr } $given,
	  $family;
	my $domain =
		$random->chance(0.6)
	  ? $random->pick(\@providers)
	  : $random->pick($provider{ $home->{country} });
	my $local = $random->pick([ "$g.$f", "$g$f", substr($g, 0, 1) . ".$f", "${g}_$f", "$f.$g" ]);
	$local .= $random->between(1, 99) if $random->chance(0.3);
	$local .= $random->below(10) while $home->{taken}{"$local\@$domain"}++;
	return "$local\@$domain";
}

# Somebody who works for a company: known by an address at its domain, often only by info@.
sub contact
{
	my ($random, $company) = @_;
	my $country = $company->{country};
	my $gender  = $random->pick([qw(m f)]);
	my $given   = Fake::Names::given_name($random, $country, $gender);
	my $family  = Fake::Names::family_name($random, $country);
	my ($g, $f) = map { lc Fake::Noise::without_marks($random, $_) =~ s/[^A-Za-z]//gr } $given,
	  $family;
	return {
		kind     => 'person',
		country  => $country,
		gender   => $gender,
		given    => $given,
		family   => [ $family, $family ],
		email    => [ ("$g.$f\@$company->{domain}") x 2 ],
		mobile   => [ (Fake::Place::mobile($random, $country)) x 2 ],
		address  => [ (undef) x 2 ],
		landline => [ (undef) x 2 ],
		traits   => {},
		changed  => {}
	};
}

# The person at a moment between 0 and 1.
sub at
{
	my ($person, $moment) = @_;
	my %now =
	  %$person{qw(kind country gender birth_date given middle suffixes keep_birth shared_email)};
	for my $what (qw(family address landline email mobile))
	{
		my $changed = $person->{changed}{ $what eq 'landline' ? 'address' : $what };
		$now{$what} = $person->{$what}[ defined $changed && $moment >= $changed ? 1 : 0 ];
	}
	return \%now;
}

1;
