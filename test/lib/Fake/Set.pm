# Test sets by name: company:SEED[:SCALE], orgs:SEED, heavy:SEED, crmlike:SEED, and files of identity
# data when they are there (febrl1, febrl2, febrl3, fake1000). A set has sources() and
# generate(emit); this module turns its rows into COPY text, truth and canonical records.
package Fake::Set;

use strict;
use warnings;
use utf8;

my %module = (company => 'Company', orgs => 'Orgs', heavy => 'Heavy', crmlike => 'Crmlike');

# where the published files would be
sub folder
{
	require Fake::File;
	return Fake::File::folder();
}

# undef if the file of the set is not there
sub open_set
{
	my ($name) = @_;
	my ($kind, $seed, $scale) = split /:/, $name;
	my $module = $module{$kind}
	  // ($kind =~ /^(?:febrl[123]|fake1000)$/ ? 'File' : die "unknown set \"$name\"\n");
	require "Fake/$module.pm";
	my $set = "Fake::$module"->new($module eq 'File' ? $kind : $seed // 1, $scale) or return;
	$set->{name} = $name;
	return $set;
}

sub _columns { return ref $_[0] ? @{ $_[0] } : $_[0] }

# attribute => [ values ], empty ones left out
sub canonical
{
	my ($source, $row) = @_;
	my %record;
	for my $attribute (keys %{ $source->{map} })
	{
		my @values = grep { length } map {
			join ' ',
			  grep { defined && length }
			  map  { $row->{$_} }
			  _columns($_)
		} @{ $source->{map}{$attribute} };
		$record{$attribute} = \@values if @values;
	}
	return \%record;
}

# The SQL expression of a mapping value: columns put together, missing ones left out.
sub expression
{
	my ($value) = @_;
	my @columns = _columns($value);
	return $columns[0] if @columns == 1;
	my ($first, $second) = @columns;
	return "coalesce($first || ' ' || $second, $first, $second)";
}

sub key_text
{
	my ($source, $row) = @_;
	return join '|', map { $row->{$_} } @{ $source->{key} };
}

# One line of COPY text
sub copy_line
{
	return join("\t", map { _copy_value($_) } @_) . "\n";
}

sub _copy_value
{
	my ($value) = @_;
	return '\N' unless defined $value && length $value;
	$value =~ s/([\\\t\n\r])/{ "\\" => "\\\\", "\t" => '\t', "\n" => '\n', "\r" => '\r' }->{$1}/ge;
	return $value;
}

# The arguments of crm.add_source as SQL text.
sub add_source_sql
{
	my ($source, %more) = @_;
	my @map = map {
		my @values =
		  map { '"' . expression($_) =~ s/(["\\])/\\$1/gr . '"' } @{ $source->{map}{$_} };
		qq("$_": ) . (@values == 1 ? $values[0] : '[' . join(', ', @values) . ']')
	} sort keys %{ $source->{map} };
	my $quote     = sub { "'" . $_[0] =~ s/'/''/gr . "'" };
	my @arguments = (
		$quote->($source->{table}),
		'department => ' . $quote->($source->{department}),
		'map => ' . $quote->('{' . join(', ', @map) . '}'));
	for my $what (qw(kind region changed_at))
	{
		push @arguments, "$what => " . $quote->($source->{$what}) if defined $source->{$what};
	}
	push @arguments, "trust => $source->{trust}" if defined $source->{trust};
	push @arguments, "$_ => " . $quote->($more{$_}) for sort keys %more;
	return 'SELECT crm.add_source(' . join(', ', @arguments) . ')';
}

1;
