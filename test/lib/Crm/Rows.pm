# Rows on their way into tables: collected in any order, written as COPY in the order in which the
# tables were first named.
package Crm::Rows;

use strict;
use warnings;
use Fake::Set;

# In a row, where a text is there and empty; undef is NULL.
use constant EMPTY => "\x{FFFF}";

sub new { return bless { order => [], rows => {}, serial => {} }, $_[0] }

# { column => value }; a column that no row of the table has is left to its default
sub add
{
	my ($self, $table, $row) = @_;
	push @{ $self->{order} }, $table unless $self->{rows}{$table};
	push @{ $self->{rows}{$table} }, $row;
	return $row;
}

sub next_number { return ++$_[0]{serial}{ $_[1] } }

sub columns
{
	my ($self, $table) = @_;
	my %seen;
	return [ grep { !$seen{$_}++ } map { sort keys %$_ } @{ $self->{rows}{$table} } ];
}

# A row that lacks a column that others of its table have has NULL there.
sub load
{
	my ($self, $database) = @_;
	$database->feed(
		sub {
			my ($file) = @_;
			for my $table (@{ $self->{order} })
			{
				my $columns = $self->columns($table);
				print $file 'COPY ', _quoted($table), ' (', join(', ', map { qq("$_") } @$columns),
				  ") FROM stdin;\n",
				  (map { _line(@$_{@$columns}) } @{ $self->{rows}{$table} }), "\\.\n";
			}
		});
	return;
}

sub _quoted { return join '.', map { qq("$_") } split /\./, $_[0] }

sub _line { return Fake::Set::copy_line(@_) =~ s/${\EMPTY}//gr }

1;
