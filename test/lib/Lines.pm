# Compares two long texts line by line, and shows no more of them than where they differ.
package Lines;
use strict;
use warnings;
use Exporter 'import';
use Test::More;

our @EXPORT = qw(same_lines);

sub same_lines
{
	my ($got, $wanted, $name) = @_;
	my @got = split /\n/, $got, -1;
	my @wanted = split /\n/, $wanted, -1;
	my $last = $#got > $#wanted ? $#got : $#wanted;
	my @different = grep { ($got[$_] // '') ne ($wanted[$_] // '') } 0 .. $last;
	return is(scalar @different, 0, $name)
	  || diag(map { 'got ' . ($got[$_] // 'nothing') . "\nnot " . ($wanted[$_] // 'nothing') . "\n" } @different[ 0 .. ($#different < 5 ? $#different : 5) ]);
}

1;
