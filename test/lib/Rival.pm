# What the benchmark of identity does: tables of generated people, customers by crm and by the peer.
package Rival;

use strict;
use warnings;
use utf8;
use Cwd        qw(abs_path);
use File::Path qw(make_path remove_tree);
use FindBin;
use JSON::PP;
use Time::HiRes qw(time);
use Database;

our $built = abs_path("$FindBin::Bin/../..") . '/build/rival';

my %table = (sales => 'sales.account', marketing => 'marketing.contact', service => 'service.client');
my @columns = qw(given_name family_name birth_date email phone street postal_code city);
my $ddl =
  '(id bigint PRIMARY KEY, given_name text, family_name text, birth_date date, email text, phone text, street text, postal_code text, city text, changed_at date)';
my $map = '{' . join(', ', map { qq("$_": "$_") } @columns) . '}';

# A database with so many records in three departments' tables; those that come later in
# arrival.person, who is who in truth.
sub make
{
	my ($name, $records) = @_;
	my $folder = "$built/$name";
	remove_tree($folder);
	make_path($folder);
	system("$built/people", $records, $ENV{SEED} // 1, $folder) == 0 or die "people failed\n";
	my $database = Database->create($name);
	$database->run('CREATE SCHEMA arrival; CREATE TABLE truth (department text, id bigint, person bigint, record bigint)');
	for my $what (sort(keys %table), 'arrival')
	{
		my $target = $table{$what} // 'arrival.person';
		$database->run(($table{$what} ? "CREATE SCHEMA $what;" : '') . "CREATE TABLE $target $ddl");
		$database->run("\\copy $target FROM '$folder/$what'");
		unlink "$folder/$what";
	}
	$database->run("\\copy truth (department, id, person) FROM '$folder/truth'");
	unlink "$folder/truth";
	$database->run(
		"UPDATE truth SET record = id * 4 + CASE department WHEN 'sales' THEN 0 WHEN 'marketing' THEN 1 ELSE 2 END WHERE department <> 'arrival'"
	);
	$database->run('CREATE EXTENSION crm CASCADE');
	$database->run('VACUUM ANALYZE');
	$database->run('CHECKPOINT');
	return ($database, $folder);
}

sub add_source
{
	my ($database, $source, $mode) = @_;
	$database->run("SELECT crm.add_source('$source', department => '" . $source =~ s/\..*//r
		  . "', map => '$map', kind => 'person', region => 'GB', changed_at => 'changed_at', mode => '$mode')");
	return;
}

# Seconds of processors that sessions and workers of the server took until they ended; undef where
# the server's process cannot be seen.
sub server_cpu
{
	my ($database) = @_;
	my ($pid) = split ' ', $database->value("SELECT split_part(pg_read_file('postmaster.pid'), E'\n', 1)");
	select undef, undef, undef, 0.5;    # the session that asked is gone by then, and counted
	open my $stat, '<', "/proc/$pid/stat" or return;
	my @fields = split ' ', <$stat> =~ s/.*\) //r;
	return ($fields[13] + $fields[14]) / 100;
}

# Seconds from the tables to customers, by the clock and of processors.
sub resolve
{
	my ($database) = @_;
	my $cpu = server_cpu($database);
	my $began = time;
	for my $department (qw(sales marketing service))
	{
		$database->run("SELECT crm.add_department('$department')");
		add_source($database, $table{$department}, 'watch');
	}
	$database->run('CALL crm.resolve()');
	my $seconds = time - $began;
	return ($seconds, defined $cpu ? server_cpu($database) - $cpu : undef);
}

# { precision, recall, f, b3, largest } of a query that gives (record, customer_id)
sub quality
{
	my ($database, $query) = @_;
	$database->run(
		"DROP TABLE IF EXISTS judged; CREATE TABLE judged AS SELECT t.person AS p, q.customer_id AS c FROM truth t LEFT JOIN ($query) q USING (record) WHERE t.record IS NOT NULL"
	);
	my ($found, $truth, $both) =
	  map { $database->value("SELECT coalesce(sum(n * (n - 1) / 2), 0) FROM (SELECT count(*) AS n FROM judged WHERE c IS NOT NULL OR '$_' = 'p' GROUP BY $_) g") }
	  ('c', 'p', 'c, p');
	my ($b_p, $b_r, $largest, $lost) = @{ $database->row(<<~'SQL') };
		SELECT avg(shared / found), avg(shared / truth), max(found) FILTER (WHERE c IS NOT NULL), count(*) FILTER (WHERE c IS NULL)
		FROM (SELECT c, count(*) OVER (PARTITION BY c, p)::float8 AS shared, count(*) OVER (PARTITION BY c) AS found,
			count(*) OVER (PARTITION BY p) AS truth FROM judged) s
		SQL
	die "$lost records have no customer\n" if $lost;
	my ($p, $r) = ($found ? $both / $found : 1, $both / $truth);
	return { precision => $p, recall => $r, f => 2 * $p * $r / ($p + $r), b3 => 2 * $b_p * $b_r / ($b_p + $b_r), largest => $largest };
}

our $ours =
  "SELECT c.source_key::bigint * 4 + CASE c.department WHEN 'sales' THEN 0 WHEN 'marketing' THEN 1 ELSE 2 END AS record, c.customer_id FROM crm.customer_source c WHERE c.department IN ('sales', 'marketing', 'service')";

# What crm compares and how fast one core does; the pairs are left in the folder.
sub pairs
{
	my ($database, $folder, $most) = @_;
	my $version = $database->value('SELECT coalesce(model_version, 0) FROM crm_internal.identity_clock');
	my %query = (
		model => "SELECT unnest(odds || m || u) FROM crm_internal.match_model WHERE version = $version",
		terms => "SELECT key, count FROM crm_internal.match_term WHERE version = $version",
		records =>
		  "SELECT r.source_key::bigint * 4 + CASE s.schema_name WHEN 'sales' THEN 0 WHEN 'marketing' THEN 1 ELSE 2 END, encode(r.profile, 'hex') FROM crm_internal.record r JOIN crm_internal.source s USING (source_id) WHERE s.schema_name IN ('sales', 'marketing', 'service')");
	$database->run("SET extra_float_digits = 1;\n\\copy ($query{$_}) TO '$folder/$_'") for sort keys %query;
	my @lines = `'$built/pairs' '$folder/model' '$folder/terms' '$folder/records' $most '$folder/pairs'`;
	die "pairs failed\n" if $?;
	unlink map { "$folder/$_" } keys %query;
	my $found = { map { split } @lines };
	my $stored = $database->value('SELECT count(*) FROM crm_internal.edge WHERE weight > 0');
	warn "of $found->{candidates} pairs $found->{edges} are edges, but the server has $stored: it is not the same that is timed\n"
	  if $found->{candidates} == $found->{compared} && $found->{edges} != $stored;
	return $found;
}

# What Splink made of the same tables.
sub peer
{
	my ($database, $folder) = @_;
	system("$built/peer/bin/python", "$FindBin::Bin/rival/peer.py", $database->name, $folder) == 0
	  or die "the peer failed\n";
	open my $in, '<', "$folder/peer.json" or die $!;
	return decode_json(do { local $/; <$in> });
}

# Bytes of identity alone and with golden records, indexes included, a record.
sub storage
{
	my ($database, $records) = @_;
	return map { $_ / $records } @{ $database->row(<<~'SQL') };
		SELECT sum(pg_total_relation_size(c.oid)) FILTER (WHERE relname IN ('record', 'record_key', 'record_link', 'edge', 'match_model',
			'match_term', 'customer_event', 'identity_clock', 'pending')), sum(pg_total_relation_size(c.oid))
		FROM pg_class c WHERE relnamespace = 'crm_internal'::regnamespace AND relkind = 'r'
		SQL
}

1;
