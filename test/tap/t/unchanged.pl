# In watch mode the departments notice nothing: the same client script gives the same answers with and
# without crm, their rows stay as they are, and after uninstalling their schemas are what they were.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Database;
use Quality;

my $name   = 'company:3:0.05';
my $set    = Fake::Set::open_set($name);
my @tables = map { $_->{table} } @{ $set->sources };

my @script = (
	"INSERT INTO sales.account (country, account_no, account_type, account_name, updated_at) VALUES ('NL', 1, 'C', 'Ann Example', '2024-01-01') RETURNING account_no, account_name",
	"INSERT INTO sales.account (country, account_no, account_type, account_name, updated_at) VALUES ('NL', 1, 'C', 'Twice', '2024-01-01')",
	"INSERT INTO sales.account (country, account_no, account_type, account_name, updated_at) VALUES ('NL', 2, 'X', 'Bad type', '2024-01-01')",
	"INSERT INTO sales.account VALUES ('NL', 3, 'C', 'Ann Other', NULL, NULL, NULL, '06 12345678', 'not an address', '1970-01-01', NULL, '2024-01-01'), ('NL', 4, 'B', 'Firma', NULL, NULL, NULL, 'garbage', NULL, NULL, NULL, '2024-01-01') ON CONFLICT DO NOTHING",
	"INSERT INTO sales.account (country, account_no, account_type, account_name, updated_at) VALUES ('NL', 1, 'C', 'Ann Conflict', '2024-01-01'), ('NL', 5, 'C', 'New', '2024-01-01') ON CONFLICT (country, account_no) DO UPDATE SET account_name = excluded.account_name RETURNING account_no, account_name",
	"UPDATE sales.account SET city = upper(city) WHERE account_no % 7 = 0 RETURNING country, account_no, city",
	"UPDATE sales.account SET account_no = account_no + 900000 WHERE account_no IN (3, 4) RETURNING account_no",
	"UPDATE sales.account SET account_no = 1 WHERE account_no = 5",
	"UPDATE sales.account SET account_name = NULL WHERE account_no = 1",
	"MERGE INTO service.client c USING (VALUES ('K-1', 'Anna'), ('K-2', 'Bert')) v(k, n) ON c.kundennr = v.k WHEN MATCHED THEN UPDATE SET vorname = v.n WHEN NOT MATCHED THEN INSERT (kundennr, vorname) VALUES (v.k, v.n)",
	"MERGE INTO service.client c USING (VALUES ('K-1', 'Annie'), ('K-3', 'Carl')) v(k, n) ON c.kundennr = v.k WHEN MATCHED THEN UPDATE SET vorname = v.n WHEN NOT MATCHED THEN INSERT (kundennr, vorname) VALUES (v.k, v.n)",
	"INSERT INTO marketing.lead (lead_id, first_name, created_at) SELECT n, 'Bulk', '2024-01-01' FROM generate_series(1, 500) n",
	"UPDATE marketing.lead SET lead_id = lead_id + 90000000 WHERE lead_id <= 20 RETURNING lead_id, tableoid::regclass",
	"DELETE FROM marketing.lead WHERE lead_id BETWEEN 21 AND 40 RETURNING lead_id",
	"DELETE FROM marketing.lead WHERE lead_id / 0 = 1",
	"BEGIN; SAVEPOINT a; DELETE FROM service.client; ROLLBACK TO a; INSERT INTO service.client (kundennr) VALUES ('K-9') RETURNING kundennr; COMMIT",
	"BEGIN ISOLATION LEVEL SERIALIZABLE; UPDATE service.client SET ort = 'Bonn' WHERE kundennr = 'K-9' RETURNING ort; COMMIT",
	"DO \$\$ BEGIN INSERT INTO service.client (kundennr) VALUES ('K-1'); EXCEPTION WHEN unique_violation THEN RAISE NOTICE 'there already'; END \$\$",
	"WITH gone AS (DELETE FROM service.client WHERE kundennr = 'K-3' RETURNING *) INSERT INTO service.client SELECT * FROM gone RETURNING kundennr, vorname",
	"COPY service.client (kundennr, nachname) FROM stdin;\nK-20\tTwenty\nK-21\tTwenty-one\n\\.\nSELECT count(*) FROM service.client",
	"COPY service.client (kundennr, nachname) FROM stdin;\nK-20\tagain\n\\.\nSELECT 1",
	"PREPARE TRANSACTION 'nothing'",
	"TRUNCATE marketing.lead_first",
	"ALTER TABLE service.client ADD COLUMN remark text",
	"UPDATE service.client SET remark = kundennr RETURNING remark",
	"ALTER TABLE service.client DROP COLUMN remark");

sub checksums
{
	my ($database) = @_;
	return join "\n", map {
		$database->value(
			"SELECT concat_ws(' ', '$_', count(*), md5(string_agg(md5(t::text), '' ORDER BY md5(t::text)))) FROM $_ t"
		)
	} @tables;
}

sub schemas
{
	my ($database) = @_;
	my $name       = $database->name;
	my $dump       = `pg_dump -s -n sales -n marketing -n service -d "$name"`;
	die "pg_dump failed\n" if $?;
	# newer servers put a random word around the dump
	return $dump =~ s/^\\(?:un)?restrict .*\n//mgr;
}

sub answers
{
	my ($database) = @_;
	my $session = $database->session;
	my @answers;
	for my $statement (@script)
	{
		my $answer = $session->do($statement);
		$answer->{output} =~ s/^LOCATION:.*\n?//mg;
		push @answers,
		  "$statement\n-> $answer->{sqlstate}, $answer->{count} rows\n$answer->{output}";
	}
	$session->close;
	return @answers;
}

my ($plain, $watched) = map { Database->create($_) } 'unchanged_plain', 'unchanged_watched';
Quality::load($_, Fake::Set::open_set($name)) for $plain, $watched;
my ($rows_before, $schemas_before) = (checksums($watched), schemas($watched));
is $schemas_before, schemas($plain), 'both start alike';

Quality::register($watched, $set);
is checksums($watched), $rows_before, 'registering changes no row';
$watched->run('CALL crm.resolve()');
is checksums($watched), $rows_before, 'resolving changes no row';
is $watched->value('SELECT count(*) FROM crm.customer_source'),
  1000, 'every row was read';

my @plain   = answers($plain);
my @watched = answers($watched);
for my $i (0 .. $#script)
{
	is $watched[$i], $plain[$i], 'same answer: ' . substr $script[$i] =~ s/\s+/ /gr, 0, 60;
}
$watched->run('CALL crm.resolve()');
is checksums($watched), checksums($plain), 'the rows are the same afterwards';
is $watched->value('SELECT count(*) FROM crm.customer_source'),
  $watched->value('SELECT sum(n) FROM ('
	  . join(' UNION ALL ', map { "SELECT count(*) AS n FROM $_" } @tables)
	  . ') t'),
  'and crm has followed: one source record a row';

$watched->run('SELECT crm.uninstall(dry_run => false)');
is schemas($watched),   $schemas_before, 'after uninstalling the schemas are byte-equal to before';
is checksums($watched), checksums($plain), 'and the rows are untouched';
is $watched->value("SELECT count(*) FROM pg_namespace WHERE nspname IN ('crm', 'crm_internal')"),
  0, 'nothing of crm is left';
$_->drop for $plain, $watched;
done_testing;
