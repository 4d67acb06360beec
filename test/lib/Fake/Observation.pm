# One row before it is written down: what a department came to know of an entity at a moment.
package Fake::Observation;

use strict;
use warnings;
use utf8;
use Fake::Noise;
use Fake::Organization;
use Fake::Person;
use Fake::Place;

# How often a department asks for a thing.
my %asks = (
	sales => {
		email      => 0.72,
		mobile     => 0.45,
		landline   => 0.6,
		address    => 0.93,
		birth_date => 0.6,
		tax_number => 0.6
	},
	marketing => {
		email      => 0.9,
		mobile     => 0.35,
		landline   => 0.2,
		address    => 0.75,
		birth_date => 0.6,
		tax_number => 0
	},
	service => {
		email      => 0.75,
		mobile     => 0.6,
		landline   => 0.6,
		address    => 0.95,
		birth_date => 0.75,
		tax_number => 0.5
	});

sub _asked
{
	my ($random, $department, $now, $silent) = @_;
	for my $what (qw(email mobile landline address birth_date tax_number))
	{
		my $share = $asks{$department}{$what};
		$share = 0 if $silent && $what =~ /^(?:email|mobile|landline)$/;
		delete $now->{$what} unless $random->chance($share);
	}
	return $now;
}

sub of_person
{
	my ($random, $person, $department, $silent) = @_;
	my $moment = $random->real;
	my $now    = _asked($random, $department, Fake::Person::at($person, $moment), $silent);
	@$now{qw(entity department moment silent)} = ($person, $department, $moment, $silent);
	$now->{birth_date} = $person->{birth_date} if $person->{keep_birth} && $random->chance(0.97);
	$now->{mobile}     = Fake::Person::at($person, $moment)->{mobile}
	  if !$silent && !grep { defined $now->{$_} } qw(email mobile landline);
	if ($now->{suffixes} && (!$now->{birth_date} || $random->chance(0.7)))
	{
		$now->{suffix} = $random->pick($now->{suffixes});
	}
	return $now;
}

sub of_company
{
	my ($random, $company, $department, $silent) = @_;
	my $moment = $random->real;
	my $now    = Fake::Organization::at($company, $moment);
	$now->{landline} = delete $now->{phone};
	$now->{email} =
	  $random->pick_weighted({ info => 0.7, office => 0.1, sales => 0.1, mail => 0.1 })
	  . "\@$now->{domain}";
	_asked($random, $department, $now, $silent);
	@$now{qw(entity department moment silent)} = ($company, $department, $moment, $silent);
	return $now;
}

sub of_contact
{
	my ($random, $contact, $company) = @_;
	my $now    = Fake::Person::at($contact, 0);
	my $moment = $random->real;
	my $place  = Fake::Organization::at($company, $moment);
	$now->{organization} = $place;
	$now->{email} = "info\@$place->{domain}", $now->{shared_email} = 1 if $random->chance(0.3);
	delete $now->{email}  if $random->chance(0.1);
	delete $now->{mobile} if $random->chance(0.6);
	$now->{landline} = $place->{phone}   if $random->chance(0.5);
	$now->{address}  = $place->{address} if $random->chance(0.6);
	delete $now->{birth_date};
	@$now{qw(entity department moment silent)} = ($contact, 'marketing', $moment, 0);
	return $now;
}

# Every row must have enough in common with nearly every other one of its entity.
sub make_recognisable
{
	my ($random, $rows) = @_;
	for my $i (1 .. $#$rows)
	{
		for my $j (0 .. $i - 1)
		{
			next                                   if $random->chance(0.04);
			_add_common($random, @$rows[ $i, $j ]) if _common(@$rows[ $i, $j ]) < 2;
		}
	}
	return;
}

sub _same
{
	my ($what, $a, $b) = @_;
	return defined $a->{$what} && defined $b->{$what} && $a->{$what} eq $b->{$what};
}

# Evidence that a reader has for two rows, besides the name.
sub _common
{
	my ($a, $b) = @_;
	my $sum = 0;
	$sum += 1.2                            if _same('birth_date', $a, $b);
	$sum += $a->{shared_email} ? 0.6 : 1.3 if _same('email',      $a, $b);
	$sum += 1.2                            if _same('mobile',     $a, $b);
	$sum += 0.8                            if _same('landline',   $a, $b);
	$sum += 1.0                            if _same('address',    $a, $b);
	$sum += 1.5                            if _same('tax_number', $a, $b);
	$sum += 0.9 if $a->{organization} && $b->{organization};
	$sum += 0.6 if $a->{kind} eq 'organization';
	$sum -= 0.5 if $a->{kind} eq 'person' && $a->{family} ne $b->{family};
	return $sum;
}

# Fill in what the department could well have asked for, on both sides.
sub _add_common
{
	my ($random, $a, $b) = @_;
	my @ways = (
		qw(birth_date address),
		$random->chance(0.5) ? qw(email mobile) : qw(mobile email), 'landline');
	for my $lap (1, 2)
	{
		for my $what (@ways)
		{
			next if $what =~ /^(?:email|mobile|landline)$/ && ($a->{silent} || $b->{silent});
			my ($x, $y) = map { _truth($_) } $a, $b;
			next unless defined $x->{$what} && defined $y->{$what} && $x->{$what} eq $y->{$what};
			($a->{$what}, $b->{$what}) = ($x->{$what}, $y->{$what});
			return if _common($a, $b) >= 2;
		}
		_same_moment($a, $b);
	}
	return;
}

sub _truth
{
	my ($row) = @_;
	my $entity = $row->{entity};
	return Fake::Person::at($entity, $row->{moment}) if $entity->{kind} eq 'person';
	my $now = Fake::Organization::at($entity, $row->{moment});
	$now->{landline} = $now->{phone};
	$now->{email}    = "info\@$now->{domain}";
	return $now;
}

# Too much changed between the two: the later row was written before the change.
sub _same_moment
{
	my ($a, $b) = @_;
	$a->{moment} = $b->{moment};
	my $now = _truth($a);
	for my $what (qw(family address landline mobile email))
	{
		$a->{$what} = $now->{$what}
		  if defined $a->{$what} && defined $now->{$what} && !$a->{organization};
	}
	return;
}

# Spoils a row in place; %$mix counts what was done.
sub spoil
{
	my ($random, $row, $mix) = @_;
	my $count = sub { $mix->{ $_[0] }++; return 1 };
	$count->('neither e-mail nor phone')
	  unless grep { defined $row->{$_} } qw(email mobile landline);
	$count->('a shared info@ address') if defined $row->{email} && $row->{email} =~ /^info@/;
	_spoil_address($random, $row, $count);
	_spoil_contact($random, $row, $count);
	if ($row->{kind} eq 'organization')
	{
		$row->{written} = Fake::Organization::write_name($random, $row, 1);
		return;
	}
	_spoil_person($random, $row, $count);
	$row->{company} = Fake::Organization::write_name($random, $row->{organization}, 0.6)
	  if $row->{organization};
	if (defined $row->{birth_date} && $random->chance(0.035))
	{
		$count->('a wrong birth date');
		$row->{birth_date} = Fake::Noise::date_slip($random, $row->{birth_date});
	}
	return;
}

sub _spoil_address
{
	my ($random, $row, $count) = @_;
	my $address = delete $row->{address} or return;
	my %where   = %$address;
	$where{street} = Fake::Noise::shorten_street($where{street}) if $random->chance(0.2);
	if ($random->chance(0.08) && $count->('a wrong address'))
	{
		my $what = $random->pick([qw(street postal_code city number)]);
		$where{$what} =
			$what eq 'street' || $what eq 'city' ? Fake::Noise::typo($random, $where{$what})
		  : $what eq 'number'                    ? ''
		  :   Fake::Noise::digit_typo($random, $where{postal_code});
	}
	if ($random->chance(0.06) && $count->('an incomplete address'))
	{
		delete $where{ $random->pick([qw(street postal_code city)]) };
	}
	$where{postal_code} =~ s/ // if defined $where{postal_code} && $random->chance(0.25);
	$row->{where} = \%where;
	return;
}

sub _spoil_contact
{
	my ($random, $row, $count) = @_;
	if (defined $row->{email})
	{
		$row->{email} =
		  Fake::Noise::typo($random, $row->{email} =~ s/\@.*//r) . $row->{email} =~ s/.*(?=\@)//r
		  if $random->chance(0.02) && $count->('a wrong e-mail or phone');
		$row->{email} = ucfirst $row->{email} if $random->chance(0.08);
	}
	for my $what (qw(mobile landline))
	{
		next unless defined $row->{$what} && $random->chance(0.015);
		$count->('a wrong e-mail or phone');
		$row->{$what} = Fake::Noise::digit_typo($random, $row->{$what});
	}
	return;
}

sub _spoil_person
{
	my ($random, $row, $count) = @_;
	my $nicknames = $Fake::Names::nickname{ $row->{given} };
	if ($nicknames && $random->chance(0.15) && $count->('a nickname'))
	{
		$row->{given} = $random->pick($nicknames);
	}
	elsif (defined $row->{birth_date} && $random->chance(0.05) && $count->('only an initial'))
	{
		$row->{given} = substr($row->{given}, 0, 1) . '.';
	}
	elsif ($row->{middle} && $random->chance(0.4))
	{
		$row->{given} .=
		  ' ' . ($random->chance(0.5) ? $row->{middle} : substr($row->{middle}, 0, 1) . '.');
	}
	_spoil_family($random, $row, $count);
	for my $what (qw(given family))
	{
		$row->{$what} = Fake::Noise::typo($random, $row->{$what})
		  if $random->chance(0.045) && $count->('a typing error in the name');
	}
	if ($random->chance(0.015) && $count->('given and family name exchanged'))
	{
		@$row{qw(given family)} = @$row{qw(family given)};
	}
	_spoil_writing($random, $row, $count);
	return;
}

sub _spoil_family
{
	my ($random, $row, $count) = @_;
	if ($row->{country} eq 'ES' && $random->chance(0.3) && $count->('one of two family names'))
	{
		$row->{family} =~ s/ .*//;
	}
	if (   $row->{family} =~ /^(?:van|de|der|den|ter|ten) /
		&& $random->chance(0.15)
		&& $count->('a prefix abbreviated'))
	{
		$row->{family} =~ s/^van (?:der|den) /v.d. / or $row->{family} =~ s/^(\w+) (\w.*)/$2, $1/;
	}
	return;
}

sub _spoil_writing
{
	my ($random, $row, $count) = @_;
	my $marks = Fake::Noise::has_marks("$row->{given}$row->{family}") && $random->chance(0.35);
	$count->('accents left out') if $marks;
	my $case = $random->chance(0.1);
	$count->('all capitals or none') if $case;
	my $upper = $random->chance(0.6);
	for my $what (qw(given family))
	{
		$row->{$what} = Fake::Noise::without_marks($random, $row->{$what}) if $marks;
		$row->{$what} = $upper ? uc $row->{$what} : lc $row->{$what}       if $case;
	}
	return;
}

1;
