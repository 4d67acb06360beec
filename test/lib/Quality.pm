# Loads a set of test data into a database, has crm resolve it and compares with the truth. The truth
# lies in a schema of its own that crm never reads.
package Quality;

use strict;
use warnings;
use utf8;
use Fake::Set;

# The psql script that makes the departments' tables, fills them, and keeps the truth apart.
sub script
{
	my ($set, $file) = @_;
	my %source = map { $_->{table} => $_ } @{ $set->sources };
	my ($truth, %lines) = ('');
	die "a set is generated once; open it anew\n" if $set->{generated}++;
	$set->generate(
		sub {
			my ($table, $entity, $row) = @_;
			my $source = $source{$table};
			$lines{$table} .= Fake::Set::copy_line(@$row{ @{ $source->{columns} } });
			$truth .= Fake::Set::copy_line($table, Fake::Set::key_text($source, $row), $entity);
		});
	for my $source (@{ $set->sources })
	{
		print $file $source->{ddl};
		_copy(
			$file,
			"$source->{table} (" . join(', ', @{ $source->{columns} }) . ')',
			$lines{ $source->{table} } // '');
	}
	print $file "CREATE SCHEMA demo_truth;\n",
	  "COMMENT ON SCHEMA demo_truth IS 'who is who, for the evaluation only; keys of several columns are joined by |';\n",
	  "CREATE TABLE demo_truth.row (source text, source_key text, entity text NOT NULL, PRIMARY KEY (source, source_key));\n";
	_copy($file, 'demo_truth.row', $truth);
	print $file "ANALYZE;\n";
	return;
}

sub _copy
{
	my ($file, $target, $lines) = @_;
	print $file "COPY $target FROM stdin;\n$lines\\.\n";
	return;
}

sub load
{
	my ($database, $set) = @_;
	$database->feed(sub { script($set, $_[0]) });
	return;
}

# The statements by which an administrator registers the set; $mode: table => 'inline'.
sub registration
{
	my ($set, %mode) = @_;
	my %seen;
	return (
		(   map { "SELECT crm.add_department('$_')" }
			grep { !$seen{$_}++ } map { $_->{department} } @{ $set->sources }),
		map {
			Fake::Set::add_source_sql($_,
				$mode{ $_->{table} } ? (mode => $mode{ $_->{table} }) : ())
		} @{ $set->sources });
}

sub register
{
	my ($database, $set, %mode) = @_;
	$database->run('CREATE EXTENSION crm CASCADE');
	$database->run($_) for registration($set, %mode);
	return;
}

# A table demo_truth.result(source, source_key, entity, customer_id).
sub _result
{
	my ($database) = @_;
	$database->run(<<~'SQL');
		DROP TABLE IF EXISTS demo_truth.result;
		CREATE TABLE demo_truth.result AS
		SELECT t.source, t.source_key, t.entity, c.customer_id
		FROM demo_truth.row t
		LEFT JOIN (
			SELECT source, customer_id, CASE WHEN source_key LIKE '[%'
				THEN (SELECT string_agg(v, '|' ORDER BY n) FROM jsonb_array_elements_text(source_key::jsonb) WITH ORDINALITY e(v, n))
				ELSE source_key END AS source_key
			FROM crm.customer_source) c USING (source, source_key);
		ANALYZE demo_truth.result;
		SQL
	return;
}

sub _pairs
{
	return
	  "coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM demo_truth.result $_[0]) g";
}

sub _figures
{
	my ($truth, $found, $both) = @_;
	my $precision = $found               ? $both / $found                                    : 1;
	my $recall    = $truth               ? $both / $truth                                    : 1;
	my $f         = $precision + $recall ? 2 * $precision * $recall / ($precision + $recall) : 0;
	return (precision => $precision, recall => $recall, f => $f);
}

# { precision, recall, f, b3, largest, customers, unresolved } of what crm found
sub evaluate
{
	my ($database) = @_;
	_result($database);
	my ($truth, $found, $both) = map { $database->value("SELECT " . _pairs($_)) } 'GROUP BY entity',
	  'WHERE customer_id IS NOT NULL GROUP BY customer_id',
	  'WHERE customer_id IS NOT NULL GROUP BY entity, customer_id';
	my $others = $database->row(<<~'SQL');
		WITH sized AS (
			SELECT count(*) OVER (PARTITION BY entity, customer_id)::float8 AS shared,
				count(*) OVER (PARTITION BY customer_id) AS found, count(*) OVER (PARTITION BY entity) AS truth, customer_id
			FROM demo_truth.result)
		SELECT avg(shared / found), avg(shared / truth), max(found) FILTER (WHERE customer_id IS NOT NULL),
			count(DISTINCT customer_id), count(*) FILTER (WHERE customer_id IS NULL)
		FROM sized
		SQL
	my ($p, $r) = @$others[ 0, 1 ];
	return {
		_figures($truth, $found, $both),
		b3         => $p + $r ? 2 * $p * $r / ($p + $r) : 0,
		largest    => $others->[2] // 0,
		customers  => $others->[3],
		unresolved => $others->[4]
	};
}

# The same for what people do by hand: rows are one customer if they share an e-mail address.
sub evaluate_email
{
	my ($database, $set) = @_;
	my @mails;
	for my $source (@{ $set->sources })
	{
		my $key = join " || '|' || ", map { "$_" . '::text' } @{ $source->{key} };
		push @mails, map {
				"SELECT '$source->{table}' AS source, $key AS source_key, lower("
			  . Fake::Set::expression($_)
			  . ") AS mail FROM $source->{table}"
		} @{ $source->{map}{email} // [] };
	}
	return unless @mails;
	my $row = $database->row(<<~SQL);
		WITH mail AS (SELECT DISTINCT r.entity, r.source, r.source_key, mail
			FROM (@{[ join "\nUNION ALL ", @mails ]}) m JOIN demo_truth.row r USING (source, source_key) WHERE mail <> ''),
		pair AS (SELECT DISTINCT a.source, a.source_key, b.source AS source_b, b.source_key AS key_b, a.entity = b.entity AS same
			FROM mail a JOIN mail b ON a.mail = b.mail AND (a.source, a.source_key) < (b.source, b.source_key))
		SELECT count(*), count(*) FILTER (WHERE same),
			(SELECT sum(n * (n - 1) / 2) FROM (SELECT count(*) AS n FROM demo_truth.row GROUP BY entity) g) FROM pair
		SQL
	return { _figures($row->[2], $row->[0], $row->[1]) };
}

# Lines that show what went wrong most: wrongly joined first, then torn apart.
sub worst
{
	my ($database, $name, $limit) = @_;
	my $set = Fake::Set::open_set($name);
	my %text;
	my %source = map { $_->{table} => $_ } @{ $set->sources };
	$set->generate(
		sub {
			my ($table, $entity, $row) = @_;
			my $record = Fake::Set::canonical($source{$table}, $row);
			$text{ "$table|" . Fake::Set::key_text($source{$table}, $row) } = join '; ', map {
				my $a = $_;
				map { "$a=$_" } @{ $record->{$a} }
			} sort keys %$record;
		});
	my @lines;
	for my $what ([ 'joined wrongly', 'customer_id', 'entity' ],
		[ 'torn apart', 'entity', 'customer_id' ])
	{
		my ($label, $group, $inside) = @$what;
		my @groups = map { $_->[0] } $database->rows(
			"SELECT $group FROM demo_truth.result GROUP BY 1 HAVING count(DISTINCT $inside) > 1
			AND $group IS NOT NULL ORDER BY count(DISTINCT $inside) DESC, md5($group\::text) LIMIT $limit");
		for my $id (@groups)
		{
			push @lines, "$label: $group $id";
			push @lines,
			  map { "  [$_->[2]] $_->[0] $_->[1]: " . ($text{"$_->[0]|$_->[1]"} // '') }
			  $database->rows(
					"SELECT source, source_key, $inside FROM demo_truth.result WHERE $group = '"
				  . $id =~ s/'/''/gr
				  . "' ORDER BY 3, 1, 2");
		}
	}
	return @lines;
}

# One line of figures
sub figures_text
{
	my ($e) = @_;
	return
	  sprintf('precision %.4f  recall %.4f  F %.4f', @$e{qw(precision recall f)})
	  . (
		defined $e->{b3}
		? sprintf('  B-cubed F %.4f  largest %d  customers %d', @$e{qw(b3 largest customers)})
		: '');
}

1;
