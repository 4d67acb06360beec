# Random numbers that are the same on every machine and every Perl: the mulberry32 generator,
# seeded by a hash of any text. Streams with different names are independent, so that a change to
# one part of a generator leaves the rest of the data as it was.
package Fake::Random;

use strict;
use warnings;

sub new
{
	my ($class, $name) = @_;
	my $state = 2166136261;
	$state = (($state ^ ord $_) * 16777619) & 0xFFFFFFFF for split //, $name;
	return bless { state => $state, weights => {} }, $class;
}

sub next32
{
	my ($self) = @_;
	my $s      = $self->{state} = ($self->{state} + 0x6D2B79F5) & 0xFFFFFFFF;
	my $t      = (($s ^ ($s >> 15)) * (1 | $s)) & 0xFFFFFFFF;
	$t ^= ($t + ((($t ^ ($t >> 7)) * (61 | $t)) & 0xFFFFFFFF)) & 0xFFFFFFFF;
	return ($t ^ ($t >> 14)) & 0xFFFFFFFF;
}

# 0 <= real < 1
sub real { return $_[0]->next32 / 4294967296 }

# 0 .. n - 1
sub below { return int($_[0]->next32 / 4294967296 * $_[1]) }

# inclusive at both ends
sub between { return $_[1] + $_[0]->below($_[2] - $_[1] + 1) }

sub chance { return $_[0]->next32 / 4294967296 < $_[1] }

sub pick { return $_[1][ $_[0]->below(scalar @{ $_[1] }) ] }

# The first entries of a list are the frequent ones: rank r has weight 1 / (r + 3).
sub pick_skewed
{
	my ($self, $list) = @_;
	my $sums = $self->{weights}{ scalar @$list } //= _skewed_sums(scalar @$list);
	my $x    = $self->real * $sums->[-1];
	my ($low, $high) = (0, $#$sums);
	while ($low < $high)
	{
		my $middle = ($low + $high) >> 1;
		if   ($sums->[$middle] > $x) { $high = $middle }
		else                         { $low  = $middle + 1 }
	}
	return $list->[$low];
}

sub _skewed_sums
{
	my ($n) = @_;
	my ($sum, @sums) = (0);
	push @sums, $sum += 1 / ($_ + 3) for 1 .. $n;
	return \@sums;
}

# A hash reference value => weight, in the order of its keys.
sub pick_weighted
{
	my ($self, $weights) = @_;
	my $total = 0;
	$total += $_ for values %$weights;
	my $x = $self->real * $total;
	for my $key (sort keys %$weights)
	{
		return $key if ($x -= $weights->{$key}) < 0;
	}
	return (sort keys %$weights)[-1];
}

sub digits
{
	my ($self, $n) = @_;
	return join '', map { $self->below(10) } 1 .. $n;
}

sub shuffle
{
	my ($self, $list) = @_;
	for my $i (reverse 1 .. $#$list)
	{
		my $j = $self->below($i + 1);
		@$list[ $i, $j ] = @$list[ $j, $i ];
	}
	return $list;
}

sub date
{
	my ($self, $first_year, $last_year) = @_;
	return sprintf '%04d-%02d-%02d', $self->between($first_year, $last_year),
	  $self->between(1, 12), $self->between(1, 28);
}

1;
