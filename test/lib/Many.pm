# Fifty sources with ten details each, as a database with several large applications has them.
package Many;

use strict;
use warnings;
use Time::HiRes qw(time);

# The departments' tables: many.source_1 ... and many.detail_1_1 ..., with some rows in the first.
sub tables
{
	my ($database, $sources, $details) = @_;
	my $sql = "CREATE SCHEMA many;\n";
	for my $s (1 .. $sources)
	{
		$sql .= "CREATE TABLE many.source_$s (id integer PRIMARY KEY, name text, email text, city text, born date);\n";
		$sql .= "CREATE TABLE many.detail_${s}_$_ (id integer PRIMARY KEY, source_id integer NOT NULL REFERENCES many.source_$s,"
		  . " email text); CREATE INDEX ON many.detail_${s}_$_ (source_id);\n"
		  for 1 .. $details;
	}
	$database->run($sql);
	return;
}

sub add_source
{
	my ($session, $s) = @_;
	return timed($session,
		"SELECT crm.add_source('many.source_$s', department => 'many', map => '{\"name\": \"name\", \"email\": \"email\", \"city\": \"city\", \"birth_date\": \"born\"}')");
}

sub add_detail
{
	my ($session, $s, $d) = @_;
	return timed($session,
		"SELECT crm.add_detail('many.detail_${s}_$d', of => 'many.source_$s', key => '{source_id}', map => '{\"email\": \"email\"}')");
}

# Milliseconds of a statement, the way to the server and back included; an error ends the test.
sub timed
{
	my ($session, $sql) = @_;
	my $began  = time;
	my $answer = $session->do($sql);
	die "$answer->{output}\nin: $sql\n" if $answer->{sqlstate} ne '00000';
	return 1000 * (time - $began);
}

# Milliseconds that each of the sessions, with warm caches, needs for so many rows: the least of
# some rounds, in turn, for what else the machine does only ever adds.
sub insert
{
	my ($rows, $rounds, @sessions) = @_;
	return in_turn(
		"INSERT INTO many.source_1 SELECT n, 'Name ' || n, n || '\@example.org', 'Delft', '1970-01-01' FROM generate_series(1, $rows) n",
		$rounds, @sessions);
}

# The same for transactions of one row each, without a round trip: milliseconds for all of them.
sub insert_single
{
	my ($rows, $rounds, @sessions) = @_;
	return in_turn(
		"DO 'BEGIN FOR n IN 1..$rows LOOP INSERT INTO many.source_1 VALUES (n, ''Name'', ''a\@example.org'', ''Delft'', ''1970-01-01''); COMMIT; END LOOP; END'",
		$rounds, @sessions);
}

sub in_turn
{
	my ($sql, $rounds, @sessions) = @_;
	my @times;
	for my $round (0 .. $rounds)
	{
		for my $i (0 .. $#sessions)
		{
			timed($sessions[$i], 'TRUNCATE many.source_1 CASCADE');
			my $time = timed($sessions[$i], $sql);
			push @{ $times[$i] }, $time if $round > 0;
		}
	}
	return map { least(@$_) } @times;
}

sub least { return (sort { $a <=> $b } @_)[0] }
sub most  { return (sort { $b <=> $a } @_)[0] }

1;
