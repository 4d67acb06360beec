# Which rows of an application's tables are which customer, and which must not become one. Kept in the
# schema demo_truth, which crm never reads.
package Crm::Truth;

use strict;
use warnings;

sub new { return bless { customers => {}, others => {}, relations => [] }, $_[0] }

sub customer
{
	my ($self, $table, $key, $entity) = @_;
	$self->{customers}{$table}{$key} = ref $entity ? $entity->{id} : $entity;
	return;
}

# $why in a few words; is counted and shown
sub other
{
	my ($self, $table, $key, $why) = @_;
	$self->{others}{$table}{$key} = $why;
	return;
}

# the customer of the first row stands in relation to that of the second
sub relation
{
	my ($self, @rows) = @_;
	push @{ $self->{relations} }, \@rows;
	return;
}

sub save
{
	my ($self, $database) = @_;
	$database->feed(
		sub {
			my ($file) = @_;
			print $file <<~'SQL';
				SET client_min_messages = warning;
				CREATE SCHEMA IF NOT EXISTS demo_truth;
				CREATE TABLE IF NOT EXISTS demo_truth.row (source text, source_key text, entity text NOT NULL, PRIMARY KEY (source, source_key));
				CREATE TABLE IF NOT EXISTS demo_truth.other (source text, source_key text, why text NOT NULL, PRIMARY KEY (source, source_key));
				CREATE TABLE IF NOT EXISTS demo_truth.relation (source text, source_key text, related text, related_key text);
				SQL
			_copy($file, 'row',   $self->{customers});
			_copy($file, 'other', $self->{others});
			print $file "COPY demo_truth.relation FROM stdin;\n",
			  (map { join("\t", @$_) . "\n" } @{ $self->{relations} }), "\\.\n";
		});
	return $self;
}

sub _copy
{
	my ($file, $table, $rows) = @_;
	print $file "COPY demo_truth.$table FROM stdin;\n";
	for my $source (sort keys %$rows)
	{
		print $file join("\t", $source, $_, $rows->{$source}{$_}) . "\n"
		  for sort keys %{ $rows->{$source} };
	}
	print $file "\\.\n";
	return;
}

1;
