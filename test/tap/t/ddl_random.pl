#!/usr/bin/env perl
# Any sequence of a department's DDL and changes of rows, with runs of crm in between: in the end crm
# knows what a fresh install on the final table would. SEED=... ROUNDS=... plays others.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Ddl;
use Test::More;

my $first = $ENV{SEED} || 1;
my $rounds = $ENV{ROUNDS} || 3;
my (%name, %moved, $table, $next, $number, $swapped, $renamed);

sub any { return $_[ rand @_ ] }
sub row { return 1 + int rand 12 }
sub fresh { return "n" . ++$number }
sub quoted { return '"' . $_[0] . '"' }

sub values_of
{
	my ($id) = @_;
	my $person = any('Anneke Oosterhof', 'Bertram Wolfsburg', 'Carolien Dijkgraaf', 'Elvira Montessori', 'Frederike Zandvliet');
	my $mail = any('NULL', "'anneke\@oosterhof.example'", "'bertram\@wolfsburg.example'", "'fz\@zandvliet.example'", "'x$id\@x.example'");
	my $day = 1 + int rand 28;
	return "($id, '$person', $mail, '+31 6 1234 560" . int(rand 10) . "', '" . any('Zwolle', 'Emmen', 'Urk') . "', NULL, " . any('true', 'true', 'false') . ", '2024-02-${day}Z')";
}

sub columns { return join ', ', @name{qw(id name mail phone city born active changed)} }

# Each gives statements, and keeps the names in mind. A table that was swapped in is known by its names
# alone, one that was renamed by what it was: one of both between two runs. So is a column.
my @changes = (
	sub { return "INSERT INTO $table (" . columns() . ") VALUES " . values_of($next++) },
	sub { return "INSERT INTO $table (" . columns() . ") VALUES " . values_of(row()) . " ON CONFLICT DO NOTHING" },
	sub { return "UPDATE $table SET $name{city} = 'Ens', $name{changed} = '2024-03-0" . (1 + int rand 9) . "Z' WHERE $name{id} % 3 = " . int rand 3 },
	sub { return "UPDATE $table SET $name{mail} = 'fz\@zandvliet.example' WHERE $name{id} = " . row() },
	sub { return "UPDATE $table SET $name{active} = NOT $name{active} WHERE $name{id} = " . row() },
	sub { return "DELETE FROM $table WHERE $name{id} = " . row() },
	sub { return "UPDATE $table SET $name{id} = $name{id} + 1000 WHERE $name{id} = " . row() . " AND NOT EXISTS (SELECT FROM $table t WHERE t.$name{id} > 1000)" },
	sub { return "BEGIN; DELETE FROM $table; ALTER TABLE $table DROP COLUMN $name{mail}; ROLLBACK" },
);
my @ddl = (
	sub { my $column = any(sort keys %name); return "SELECT 'not now'" if $swapped || $moved{$column}++; $renamed = 1; my ($old, $new) = ($name{$column}, quoted(fresh())); $name{$column} = $new; return "ALTER TABLE $table RENAME $old TO $new" },
	sub { my ($one, $other) = ('phone', 'city'); return "SELECT 'not now'" if $moved{$one}++ + $moved{$other}++; my ($a, $b) = @name{ $one, $other }; return "BEGIN; ALTER TABLE $table RENAME $a TO swapping; ALTER TABLE $table RENAME $b TO $a; ALTER TABLE $table RENAME swapping TO $b; COMMIT" },
	sub { my $new = fresh(); return "ALTER TABLE $table ADD COLUMN $new text DEFAULT 'x'" . any('', "; UPDATE $table SET $new = 'y'", "; ALTER TABLE $table DROP COLUMN $new") },
	sub { my $column = $name{ any(qw(name mail phone city)) }; return "ALTER TABLE $table ALTER $column TYPE " . any('text', 'varchar(200)') . any('', " USING upper($column)", " USING lower($column)") },
	sub { my $column = any(qw(mail phone city)); return "SELECT 'not now'" if $moved{$column}++; my $new = fresh(); return "ALTER TABLE $table ADD COLUMN $new text; UPDATE $table SET $new = lower($name{$column}); ALTER TABLE $table DROP COLUMN $name{$column}; ALTER TABLE $table RENAME $new TO $name{$column}" },
	sub { return "SELECT 'not now'" if $swapped++; my ($old, $new) = ($table, 'sales.' . fresh()); $table = $new; return "ALTER TABLE $old RENAME TO " . ($new =~ s/sales\.//r) },
	sub { return "SELECT 'not now'" if $renamed || $swapped++; my $copy = fresh(); my ($bare) = $table =~ /(\w+)$/; my $end = any("DROP TABLE sales.${bare}_$copy; ", ''); return "BEGIN; CREATE TABLE sales.$copy (LIKE $table INCLUDING ALL); INSERT INTO sales.$copy SELECT * FROM $table WHERE $name{id} <> " . row() . "; ALTER TABLE $table RENAME TO ${bare}_$copy; ALTER TABLE sales.$copy RENAME TO $bare; ${end}COMMIT" },
	sub { return "ALTER TABLE $table DISABLE TRIGGER USER; UPDATE $table SET $name{name} = $name{name} || ' jr' WHERE $name{id} = " . row() . "; ALTER TABLE $table ENABLE TRIGGER USER" },
	sub { return "VACUUM FULL $table" },
	sub { return "TRUNCATE $table; INSERT INTO $table (" . columns() . ') VALUES ' . join(', ', map { values_of($_) } 1 .. 6) },
);

sub registration
{
	my %raw = map { $_ => $name{$_} =~ s/"/\\"/gr } keys %name;
	return "SELECT crm.add_source('$table', 'sales', '{\"name\": \"$raw{name}\", \"email\": \"$raw{mail}\", \"phone\": \"$raw{phone}\", \"city\": \"$raw{city}\"}', key => ARRAY['"
	  . ($name{id} =~ s/"//gr) . "'], filter => '$name{active}', changed_at => '$name{changed}');";
}

ddl_begin('random');
for my $seed ($first .. $first + $rounds - 1)
{
	srand $seed;
	%name = map { $_ => $_ } qw(id name mail phone city born active changed);
	($table, $next, $number) = ('sales.account', 20, 0);
	($swapped, $renamed, %moved) = (0, 0);
	my $database = ddl_database("random$seed", 'ready');
	ddl_start($database, registration());
	my @done;
	for (1 .. 30)
	{
		my $step = rand() < 0.35 ? any(@ddl)->() : any(@changes)->();
		push @done, $step;
		ddl_run($database, $step);
		next if rand() > 0.3;
		push @done, 'CALL crm.resolve()';
		($swapped, $renamed, %moved) = (0, 0);
		ddl_resolve($database);
	}
	ddl_resolve($database);
	my @statements = map { "$_;" } @done;
	subtest "seed $seed" => sub { ddl_compare($database, registration(), '', 'in the end') }
	  or diag join "\n", "SEED=$seed", @statements;
}
ddl_end();
