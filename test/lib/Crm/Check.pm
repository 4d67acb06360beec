# What every test of a preset asks: its page's statements run, the application's tables stay as they
# were, rows become the customers that they are, and nobody else does.
package Crm::Check;

use strict;
use warnings;
use utf8;
use Test::More;
use Quality;

# The SQL blocks of doc/presets/NAME.md; %replace: text of the page => text for this machine
sub page
{
	my ($name, %replace) = @_;
	open my $file, '<:encoding(UTF-8)', "$ENV{TREE}/doc/presets/$name.md" or die "$name.md: $!\n";
	my $text = do { local $/; <$file> };
	for my $old (keys %replace)
	{
		$text =~ s/\Q$old\E/$replace{$old}/ or die "$name.md says nowhere \"$old\"\n";
	}
	return $text =~ /^```sql\n(.*?)^```$/msg;
}

# Runs all of a page, as an administrator would copy it.
sub follow_page
{
	my ($database, $name, %replace) = @_;
	return follow($database, $name, page($name, %replace));
}

# Runs these blocks of a page; returns the notices.
sub follow
{
	my ($database, $name, @blocks) = @_;
	cmp_ok scalar @blocks, '>', 0, "the page of $name has statements";
	my ($status, $out, $err) = $database->try(join "\n", @blocks);
	is $status, 0, "the statements of $name.md run" or diag $err;
	return $err;
}

sub _tables
{
	my ($database, @schemas) = @_;
	return map { $_->[0] } $database->rows(
		"SELECT c.oid::regclass FROM pg_class c WHERE relkind IN ('r', 'f') AND relnamespace::regnamespace::text = ANY ('{"
		  . join(',', @schemas) . "}') ORDER BY 1");
}

# One line for each table of the schemas: everything that is in it.
sub checksums
{
	my ($database, @schemas) = @_;
	return join "\n", map {
		"$_ " . $database->value(
			"SELECT concat_ws(' ', count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text)))) FROM $_ t")
	} _tables($database, @schemas);
}

sub schema_dump
{
	my ($database, @schemas) = @_;
	my $dump = join '', map { `pg_dump -s -n '$_' -d "${\ $database->name }"` } @schemas;
	die "pg_dump failed\n" if $? || $dump eq '';
	# newer servers put a random word around the dump
	return $dump =~ s/^\\(?:un)?restrict .*\n//mgr;
}

# Precision and recall over pairs of rows, and who must not be there.
sub judge
{
	my ($database, $name, %least) = @_;
	my $found = Quality::evaluate($database);
	diag sprintf '%-14s %s', $name, Quality::figures_text($found);
	diag join ' ', map { $_ // '' } @$_
	  for $ENV{VERBOSE} ? $database->rows('SELECT customer_id, source, source_key, entity FROM demo_truth.result r
		WHERE (SELECT count(DISTINCT entity) FROM demo_truth.result o WHERE o.customer_id = r.customer_id) > 1 ORDER BY 1, 2, 3') : ();
	is $found->{unresolved}, 0, "$name: every row that is a customer's has one" or diag _unresolved($database);
	cmp_ok $found->{$_}, '>=', $least{$_}, "$name: $_" for sort keys %least;
	strangers($database, $name);
	return $found;
}

sub _unresolved
{
	my ($database) = @_;
	return map { "  @$_\n" } $database->rows(
		'SELECT source, source_key FROM demo_truth.result WHERE customer_id IS NULL ORDER BY 1, 2 LIMIT 10');
}

sub strangers
{
	my ($database, $name) = @_;
	my @known = $database->rows('SELECT why, count(*) FROM demo_truth.other GROUP BY 1 ORDER BY 1');
	cmp_ok scalar @known, '>', 0, "$name has rows that must not become customers" or return;
	is join(', ', map { "@$_" } $database->rows(
		'SELECT o.why, s.source, s.source_key FROM crm.customer_source s JOIN demo_truth.other o USING (source, source_key)')),
	  '', "$name: none of them did: " . join ', ', map { "$_->[1] $_->[0]" } @known;
	return;
}

# Each link that holds in truth is a relation between the customers of its rows, unless they are one,
# and nothing else is.
sub relations
{
	my ($database, $name) = @_;
	my $truth = <<~'SQL';
		SELECT DISTINCT a.customer_id, b.customer_id AS related_customer_id
		FROM demo_truth.relation t
		JOIN crm.customer_source a ON a.source = t.source AND a.source_key = t.source_key
		JOIN crm.customer_source b ON b.source = t.related AND b.source_key = t.related_key
		WHERE a.customer_id <> b.customer_id
		SQL
	cmp_ok $database->value("SELECT count(*) FROM ($truth) t"), '>', 0, "$name has relations";
	my $found = 'SELECT DISTINCT customer_id, related_customer_id FROM crm.relation';
	is $database->value("SELECT count(*) FROM ($truth EXCEPT $found) t"), 0, "$name: no relation is missing";
	is $database->value("SELECT count(*) FROM ($found EXCEPT ($truth)) t"), 0, "$name: no relation is invented";
	return;
}

# Everything that crm knows: which rows are one customer, every value of each, and who belongs to whom.
sub knowledge
{
	my ($database) = @_;
	return $database->run(<<~'SQL');
		SELECT string_agg(source || ' ' || source_key, ', ' ORDER BY source, source_key) FROM crm.customer_source GROUP BY customer_id ORDER BY 1;
		SELECT source, source_key, attribute, value FROM crm.customer_lineage ORDER BY 1, 2, 3, 4;
		SELECT DISTINCT r.relation, a.source, a.source_key, b.source, b.source_key FROM crm.relation r
		JOIN crm.customer_source a ON a.customer_id = r.customer_id JOIN crm.customer_source b ON b.customer_id = r.related_customer_id
		ORDER BY 1, 2, 3, 4, 5;
		SQL
}

# After all changes: who starts anew with the rows as they are knows the same. Ends without crm. What
# followed may weigh by a model of fewer rows; the fresh start trains on all, or has too few to.
sub same_as_fresh
{
	my ($database, $name, @statements) = @_;
	my $enough = $database->value('SELECT count(*) >= 500 FROM crm.customer_source') eq 't';
	$database->run($enough ? 'SELECT crm.train_model()' : 'SELECT crm.use_model(0)');
	$database->run('CALL crm.resolve()');
	my $known = knowledge($database);
	$database->run(join ';', 'SELECT crm.uninstall(dry_run => false)', 'CREATE EXTENSION crm CASCADE', @statements, 'CALL crm.resolve()');
	my $fresh = knowledge($database);
	ok $known ne '' && $fresh eq $known, "$name: a fresh start knows the same as what followed every change"
	  or diag _difference($known, $fresh);
	$database->run('SELECT crm.uninstall(dry_run => false)');
	return;
}

sub _difference
{
	my ($known, $fresh) = map { my %lines = map { $_ => 1 } split /\n/; \%lines } @_;
	my @lines = ((map { "followed: $_\n" } grep { !$fresh->{$_} } sort keys %$known),
		(map { "fresh:    $_\n" } grep { !$known->{$_} } sort keys %$fresh));
	return @lines[ 0 .. ($#lines > 19 ? 19 : $#lines) ];
}

# The customer of a row, or undef
sub customer
{
	my ($database, $source, $key) = @_;
	return $database->value("SELECT customer_id FROM crm.customer_source WHERE source = '$source' AND source_key = '$key'");
}

1;
