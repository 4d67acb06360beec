#!/usr/bin/env perl
# Following waits for nobody: where a department holds what would be needed, the next run follows, and
# nothing is lost in between.
use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('locks');
$node->init;
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('sales');
CREATE SCHEMA sales;
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text);
INSERT INTO sales.account VALUES (1, 'Anneke Oosterhof', 'anneke@oosterhof.example');
CREATE TABLE sales.lead (LIKE sales.account INCLUDING ALL);
SELECT crm.add_source('sales.account', 'sales', '{"name": "name", "email": "mail"}');
SELECT crm.add_source('sales.lead', 'sales', '{"name": "name", "email": "mail"}');
CALL crm.resolve();
SQL

# A session that holds something until it is told to end.
sub holding
{
	my ($statements) = @_;
	my ($in, $out) = ("BEGIN;\n$statements;\n\\echo held\n", '');
	my $session = IPC::Run::start([ 'psql', '-Xqt', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$out, '2>&1');
	$session->pump until $out =~ /held/;
	return sub { $in = "COMMIT;\n\\q\n"; $session->finish; };
}

sub run_takes
{
	my ($claim) = @_;
	my $began = time;
	my $log = -s $node->logfile;
	my ($out, $err);
	is($node->psql('postgres', 'CALL crm.resolve()', stdout => \$out, stderr => \$err, timeout => 30), 0, "$claim: the run goes on") or diag $err;
	cmp_ok(time - $began, '<', 5, "$claim: and soon ends");
	return slurp_file($node->logfile, $log);
}

my $shown = "SELECT string_agg(source || ': ' || name || ' ' || email, ', ' ORDER BY source, name) FROM crm.customer_source";
my $followed = "SELECT coalesce(followed, 'nothing') FROM crm.source_status WHERE source = 'sales.account'";

# another table under the name, in which somebody writes
$node->safe_psql('postgres', <<'SQL');
BEGIN; CREATE TABLE sales.copy (LIKE sales.account INCLUDING ALL); INSERT INTO sales.copy SELECT id, upper(name), mail FROM sales.account; DROP TABLE sales.account; ALTER TABLE sales.copy RENAME TO account; COMMIT;
SQL
my $let_go = holding("INSERT INTO sales.account VALUES (2, 'Bertram Wolfsburg', 'bertram\@wolfsburg.example')");
$node->safe_psql('postgres', "INSERT INTO sales.lead VALUES (5, 'Dirk-Jan Palthe', 'dj\@palthe.example')");
like(run_takes('a writer is at work'), qr/source 1 could not follow its table yet: .*in use/, 'the server log says what could not be done');
is($node->safe_psql('postgres', $followed), 'nothing', 'it could not be followed');
is($node->safe_psql('postgres', $shown), 'sales.account: Anneke Oosterhof anneke@oosterhof.example, sales.lead: Dirk-Jan Palthe dj@palthe.example', 'others are resolved meanwhile');
$let_go->();
run_takes('he has committed');
is($node->safe_psql('postgres', $followed), '"sales.account" is another table', 'now it is followed');
is($node->safe_psql('postgres', $shown),
	'sales.account: ANNEKE OOSTERHOF anneke@oosterhof.example, sales.account: Bertram Wolfsburg bertram@wolfsburg.example, sales.lead: Dirk-Jan Palthe dj@palthe.example', 'with all its rows');

# the old table is left behind and in use: its triggers can wait, those of the new one cannot
$node->safe_psql('postgres', <<'SQL');
BEGIN; CREATE TABLE sales.copy (LIKE sales.account INCLUDING ALL); INSERT INTO sales.copy SELECT id, name, 'new.' || mail FROM sales.account; ALTER TABLE sales.account RENAME TO account_old; ALTER TABLE sales.copy RENAME TO account; COMMIT;
SQL
$let_go = holding('SELECT count(*) FROM sales.account_old');
run_takes('somebody reads the old table');
my $carriers = "SELECT string_agg(DISTINCT tgrelid::regclass::text, ' ' ORDER BY tgrelid::regclass::text) FROM pg_trigger WHERE tgname ~ '^crm_50_(capture|truncate)_' AND tgrelid <> 'sales.lead'::regclass";
is($node->safe_psql('postgres', $carriers), 'sales.account sales.account_old', 'the new one has its triggers');
$let_go->();
run_takes('he is done');
is($node->safe_psql('postgres', $carriers), 'sales.account', 'then they go from the old one');

$node->safe_psql('postgres', 'DROP TABLE sales.account_old');

# a department in the midst of its DDL: what is not committed is not followed
$let_go = holding("ALTER TABLE sales.lead RENAME TO prospect; ALTER TABLE sales.prospect RENAME mail TO address");
is($node->safe_psql('postgres', "SELECT count(*) FROM crm_internal.source WHERE table_name = 'lead'"), 1, 'what is not committed is not seen');
$let_go->();
run_takes('it has committed');
is($node->safe_psql('postgres', "SELECT followed FROM crm.source_status WHERE source = 'sales.prospect'"), 'column "mail" is now "address"', 'and followed after that');
is($node->safe_psql('postgres', 'SELECT string_agg(problem, E\'\n\') FROM crm.verify()'), '', 'all agrees');

$node->stop;
done_testing();
