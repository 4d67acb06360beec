# Which rows of a CRM are which customer in the real world, which must not become customers, and who
# belongs to whom: kept while a CRM is filled, then put into a schema that crm never reads.
package Crm::Answers;

use strict;
use warnings;
use Fake::Set;

sub new { return bless { customers => {}, others => {}, relations => [] }, $_[0] }

# A row of table (schema.table) that is an observation of this entity.
sub customer
{
	my ($self, $table, $key, $entity) = @_;
	$self->{customers}{$table}{$key} = $entity;
	return $key;
}

# A row that must not become a customer, and why.
sub other
{
	my ($self, $table, $key, $why) = @_;
	$self->{others}{$table}{$key} = $why;
	return $key;
}

sub is_other { return exists $_[0]{others}{ $_[1] }{ $_[2] } }

sub relation
{
	my ($self, @link) = @_; # table, key, table, key
	push @{ $self->{relations} }, \@link;
	return;
}


# Into demo_truth, which Quality::evaluate reads; several CRMs may be stored in one database.
sub save
{
	my ($self, $database) = @_;
	$database->run(<<~'SQL');
		CREATE SCHEMA IF NOT EXISTS demo_truth;
		CREATE TABLE IF NOT EXISTS demo_truth.row
			(source text, source_key text, entity text NOT NULL, PRIMARY KEY (source, source_key));
		CREATE TABLE IF NOT EXISTS demo_truth.other
			(source text, source_key text, why text NOT NULL, PRIMARY KEY (source, source_key));
		CREATE TABLE IF NOT EXISTS demo_truth.relation
			(source text, source_key text, related text, related_key text);
		SQL
	my %lines = map { $_ => '' } qw(row other relation);
	for my $what ([ row => 'customers' ], [ other => 'others' ])
	{
		my ($table, $known) = ($what->[0], $self->{ $what->[1] });
		for my $source (sort keys %$known)
		{
			$lines{$table} .= Fake::Set::copy_line($source, $_, $known->{$source}{$_})
			  for sort keys %{ $known->{$source} };
		}
	}
	$lines{relation} .= Fake::Set::copy_line(@$_) for @{ $self->{relations} };
	$database->feed(
		sub { print { $_[0] } map { "COPY demo_truth.$_ FROM stdin;\n$lines{$_}\\.\n" } sort keys %lines }
	);
	return $self;
}

1;
