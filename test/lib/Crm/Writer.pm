# Rows on their way into an application's tables: collected by table, given ids, then copied. Its
# tables may refer to each other in circles, so foreign keys sleep meanwhile and are checked after.
package Crm::Writer;

use strict;
use warnings;
use Fake::Set;

# new(schema of the tables)
sub new
{
	my ($class, $schema) = @_;
	return bless { schema => $schema, order => [], rows => {}, ids => {} }, $class;
}

# the next id of a table
sub id
{
	my ($self, $table) = @_;
	return ++$self->{ids}{$table};
}

sub row
{
	my ($self, $table, %row) = @_;
	push @{ $self->{order} },        $table unless $self->{rows}{$table};
	push @{ $self->{rows}{$table} }, \%row;
	return \%row;
}

sub save
{
	my ($self, $database) = @_;
	$database->feed(sub { $self->_print($_[0]) });
	return;
}

sub _print
{
	my ($self, $file) = @_;
	print $file "SET client_min_messages = warning;\nBEGIN;\n",
	  "SET LOCAL session_replication_role = replica;\n";
	for my $table (@{ $self->{order} })
	{
		my %seen;
		my @columns = sort grep { !$seen{$_}++ } map { keys %$_ } @{ $self->{rows}{$table} };
		print $file qq(COPY $self->{schema}."$table" \(),
		  join(', ', map { qq("$_") } @columns), ") FROM stdin;\n",
		  (map { Fake::Set::copy_line(@$_{@columns}) } @{ $self->{rows}{$table} }), "\\.\n";
	}
	print $file "SET LOCAL session_replication_role = origin;\n", $self->_check, "COMMIT;\n";
	return;
}

# A foreign key that is made anew is checked; a sequence goes on behind the ids that were given out.
sub _check
{
	my ($self) = @_;
	my @sequences = map {
		qq(PERFORM setval('$self->{schema}."${_}_id_seq"', $self->{ids}{$_});)
	} sort keys %{ $self->{ids} };
	return <<~SQL;
		DO \$\$
		DECLARE
			k record;
		BEGIN
			FOR k IN SELECT conrelid::regclass AS at, conname, pg_get_constraintdef(oid) AS def
				FROM pg_constraint WHERE contype = 'f' AND connamespace = '$self->{schema}'::regnamespace
			LOOP
				EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', k.at, k.conname, k.conname, k.def);
			END LOOP;
			@sequences
		END \$\$;
		SQL
}

1;
