# Plain text tables for test sets: one description becomes DDL, mapping and kind.
package Fake::Table;

use strict;
use warnings;

# table('list.customer', 'id', kind => 'p' | 'o' | [ column, value that means organization ],
#   map => { attribute => column }, or a list of columns for several values)
sub table
{
	my ($table, $key, %source) = @_;
	my ($schema) = split /\./, $table;
	my %map      = map { $_ => ref $source{map}{$_} ? $source{map}{$_} : [ $source{map}{$_} ] }
	  keys %{ $source{map} };
	my %seen = ($key => 1);
	my @columns =
	  ($key, grep { !$seen{$_}++ } map { ref $_ ? @$_ : $_ } map { @{ $map{$_} } } sort keys %map);
	my $kind = $source{kind} // 'p';
	push @columns, $kind->[0] if ref $kind && !$seen{ $kind->[0] }++;
	my %word = (p => 'person', o => 'organization');
	return {
		table      => $table,
		department => $schema,
		key        => [$key],
		columns    => \@columns,
		map        => \%map,
		ddl        => "CREATE SCHEMA $schema; CREATE TABLE $table ("
		  . join(', ', map { "$_ text" . ($_ eq $key ? ' PRIMARY KEY' : '') } @columns) . ");\n",
		kind => ref $kind
		? "CASE $kind->[0] WHEN '$kind->[1]' THEN 'organization' ELSE 'person' END"
		: $word{$kind},
		kind_of =>
		  sub { ref $kind ? ($_[0]{ $kind->[0] } // '') eq $kind->[1] ? 'o' : 'p' : $kind },
		region => $source{region}
	};
}

1;
