# Random statements that write rows of (id integer, amount numeric, department text, note text) in a schema desk, in every way there is.
package Writes;
use strict;
use warnings;

my @amounts = (undef, 10, 90, 100, 240, 251, 480, 900, 1500);
my @departments = (undef, 'sales', 'field', 'inside', 'service');

sub pick { return $_[ rand @_ ] }
sub literal { return defined $_[0] ? "'$_[0]'" : 'NULL' }

# Kind, SQL and what it writes: [table, operation, id, amount, department].
sub statement
{
	my ($next, %row) = @_; # table to id to [amount, department]
	my ($table, $other) = sort { rand() <=> 0.5 } keys %row;
	my @new = map { [ $table, 'INSERT', $$next++, pick(@amounts), pick(@departments) ] } 1 .. pick(1, 1, 2, 3);
	my $values = join ', ', map { "($_->[2], " . literal($_->[3]) . '::numeric, ' . literal($_->[4]) . ')' } @new;
	my @old = (sort { rand() <=> 0.5 } keys %{ $row{$table} })[ 0 .. pick(0, 0, 1, 2) ];
	@old = grep { defined } @old;
	my $kind = @old ? pick(qw(insert copy update update merge upsert both)) : pick(qw(insert copy both));
	return ($kind, "INSERT INTO desk.$table (id, amount, department) VALUES $values", @new) if $kind eq 'insert';
	return ($kind, "COPY desk.$table (id, amount, department) FROM PROGRAM 'printf \"" . join('', map { join('\\t', $_->[2], $_->[3] // '\\\\N', $_->[4] // '\\\\N') . '\\n' } @new) . q("'), @new) if $kind eq 'copy';
	return ($kind, "WITH w AS (INSERT INTO desk.$table (id, amount, department) VALUES $values RETURNING *) INSERT INTO desk.$other (id, amount, department) SELECT id, amount, department FROM w",
		@new, map { [ $other, @$_[ 1 .. 4 ] ] } @new) if $kind eq 'both';
	my ($by, $ids) = (pick(0, 0, 5, 70), join ', ', @old);
	my @more = map { my $is = $row{$table}{$_}; [ $table, 'UPDATE', $_, defined $is->[0] ? $is->[0] + $by : undef, $is->[1] ] } @old;
	return ($kind, "UPDATE desk.$table SET amount = amount + $by, note = 'Mrs Secret ' || id WHERE id IN ($ids)", @more) if $kind eq 'update';
	return ($kind, "MERGE INTO desk.$table t USING (SELECT unnest(ARRAY[$ids]) AS id UNION ALL SELECT $new[0][2]) s ON t.id = s.id WHEN MATCHED THEN UPDATE SET amount = amount + $by
		WHEN NOT MATCHED THEN INSERT (id, amount, department) VALUES (s.id, 90, 'field')" =~ s/\s+/ /gr, @more, [ $table, 'INSERT', $new[0][2], 90, 'field' ]) if $kind eq 'merge';
	return ($kind, "INSERT INTO desk.$table (id, amount, department) SELECT unnest(ARRAY[$ids]), 1, 'sales' ON CONFLICT (id) DO UPDATE SET amount = $table.amount + $by", @more);
}

1;
