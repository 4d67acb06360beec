# What happens to values on their way into a table: typing errors, habits of writing, swaps.
package Fake::Noise;

use strict;
use warnings;
use utf8;
use Unicode::Normalize qw(NFD);

my %neighbour = (
	a => 'sq',
	b => 'vn',
	c => 'xv',
	d => 'sf',
	e => 'wr',
	f => 'dg',
	g => 'fh',
	h => 'gj',
	i => 'uo',
	j => 'hk',
	k => 'jl',
	l => 'k',
	m => 'n',
	n => 'bm',
	o => 'ip',
	p => 'o',
	q => 'w',
	r => 'et',
	s => 'ad',
	t => 'ry',
	u => 'yi',
	v => 'cb',
	w => 'qe',
	x => 'zc',
	y => 'tu',
	z => 'x');

my %digraph =
  ('ä' => 'ae', 'ö' => 'oe', 'ü' => 'ue', 'ß' => 'ss', 'Ä' => 'Ae', 'Ö' => 'Oe', 'Ü' => 'Ue');

# One slip of the finger: replace, leave out, double or swap a letter, never the first if avoidable.
sub typo
{
	my ($random, $text) = @_;
	my $n = length $text;
	return $text if $n < 3;
	my $at     = $random->between($random->chance(0.85) ? 1 : 0, $n - 2);
	my $letter = substr $text, $at, 1;
	my $what   = $random->below(4);
	if    ($what == 0) { substr($text, $at, 1) = _slip($random, $letter) }
	elsif ($what == 1) { substr($text, $at, 1) = '' }
	elsif ($what == 2) { substr($text, $at, 1) = $letter x 2 }
	else               { substr($text, $at, 2) = reverse substr $text, $at, 2 }
	return $text;
}

sub _slip
{
	my ($random, $letter) = @_;
	return $random->below(10) if $letter =~ /[0-9]/;
	my $near = $neighbour{ lc $letter } or return $letter;
	return substr $near, $random->below(length $near), 1;
}

# A digit replaced or two neighbours swapped; separators stay.
sub digit_typo
{
	my ($random, $text) = @_;
	my @at = grep { substr($text, $_, 1) =~ /\d/ } 1 .. length($text) - 1;
	return $text if @at < 3;
	my $i = $random->between(1, $#at - 1);
	if ($random->chance(0.5)) { substr($text, $at[$i], 1) = $random->below(10) }
	else
	{
		my ($a, $b) = map { substr $text, $_, 1 } @at[ $i, $i + 1 ];
		substr($text, $at[$i],       1) = $b;
		substr($text, $at[ $i + 1 ], 1) = $a;
	}
	return $text;
}

# Müller as Muller, and as Germans write it without the key: Mueller.
sub without_marks
{
	my ($random, $text) = @_;
	$text =~ s/([äöüßÄÖÜ])/$digraph{$1}/g if $random->chance(0.7);
	$text =~ s/ß/ss/g;
	$text = NFD($text);
	$text =~ s/\p{Mn}//g;
	$text =~ tr/ıøłİ/iolI/;
	return $text;
}

sub has_marks { return $_[0] =~ /[^\x00-\x7F]/ }

sub change_case
{
	my ($random, $text) = @_;
	my $what = $random->below(3);
	return $what == 0 ? lc $text : uc $text;
}

# A date (YYYY-MM-DD) wrongly written down: day and month exchanged, a digit, a neighbouring year.
sub date_slip
{
	my ($random, $date) = @_;
	my ($year, $month, $day) = split /-/, $date;
	my $what = $random->below(4);
	if    ($what <= 1 && $day <= 12 && $day != $month) { ($month, $day) = ($day, $month) }
	elsif ($what == 2) { $year += $random->pick([ -10, -1, 1, 10 ]) }
	else               { $day = $random->between(1, 28) }
	return sprintf '%04d-%02d-%02d', $year, $month, $day;
}

my @street_short = (
	[ qr/straat\b/,      'str.' ],
	[ qr/straße\b/,      'str.' ],
	[ qr/\bStreet\b/,    'St' ],
	[ qr/\bRoad\b/,      'Rd' ],
	[ qr/\bAvenue\b/,    'Ave' ],
	[ qr/\bLane\b/,      'Ln' ],
	[ qr/\bavenue\b/,    'av.' ],
	[ qr/\bboulevard\b/, 'bd' ],
	[ qr/\bCalle\b/,     'C/' ],
	[ qr/\bAvenida\b/,   'Avda.' ],
	[ qr/\bPlaza\b/,     'Pl.' ],
	[ qr/Burgemeester/,  'Burg. ' ],
	[ qr/\brue\b/,       'r.' ],
	[ qr/weg\b/,         'wg' ]);

sub shorten_street
{
	my ($text) = @_;
	for my $rule (@street_short)
	{
		return $text if $text =~ s/$rule->[0]/$rule->[1]/;
	}
	return $text;
}

1;
