#!/usr/bin/env perl
# What was committed is in crm_internal.pending: after a crash, through PREPARE, under logical
# replication apply; and a restore of a dump captures nothing and loses nothing.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('durable');
$node->init(allows_streaming => 'logical');
$node->append_conf('postgresql.conf', "max_prepared_transactions = 4\nrestart_after_crash = on\n");
$node->start;

my $tables = <<'SQL';
CREATE TABLE public.item (id integer PRIMARY KEY, name text);
SQL
my $watch = <<'SQL';
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('a');
SELECT crm.add_source('public.item', 'a', '{"name": "name"}');
DELETE FROM crm_internal.pending;
SQL
$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(shop copy restored);
$node->safe_psql('shop', $tables . $watch);

# rows of the table without an entry, and entries without a row: none, ever
my $lost = <<'SQL';
SELECT (SELECT count(*) FROM item) || ' rows, ' ||
	(SELECT count(*) FROM item WHERE id::text NOT IN (SELECT source_key FROM crm_internal.pending)) || ' lost, ' ||
	(SELECT count(*) FROM crm_internal.pending WHERE source_key NOT IN (SELECT id::text FROM item)) || ' invented';
SQL

# a crash amid writers: what they were told is committed is noted, what was not is not
$node->safe_psql('shop', 'INSERT INTO item SELECT n FROM generate_series(1, 20000) n');
my $script = "$PostgreSQL::Test::Utils::tmp_check/write.sql";
append_to_file($script, "BEGIN;\nINSERT INTO item VALUES (nextval('numbers'));\nSAVEPOINT s;\nINSERT INTO item SELECT nextval('numbers') FROM generate_series(1, 5);\nROLLBACK TO s;\nINSERT INTO item VALUES (nextval('numbers'));\nCOMMIT;\n");
$node->safe_psql('shop', 'CREATE SEQUENCE numbers START 100000');
my $writers = IPC::Run::start([ 'pgbench', '-n', '-c', 3, '-T', 20, '-f', $script, '-h', $node->host, '-p', $node->port, 'shop' ],
	'>', \my $out, '2>', \my $err);
$node->poll_query_until('shop', 'SELECT count(*) > 20500 FROM item') or die 'nobody writes';
my $killed = $node->safe_psql('shop', "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND datname = 'shop' AND pid <> pg_backend_pid() LIMIT 1");
kill KILL => $killed;
$writers->finish;
for (1 .. 300)
{
	last if $node->psql('shop', 'SELECT true') == 0;
	select undef, undef, undef, 0.1;
}
like($node->safe_psql('shop', $lost), qr/^\d{5} rows, 0 lost, 0 invented$/, 'a backend is killed: nothing committed is lost');
$node->safe_psql('shop', 'INSERT INTO item VALUES (-1)');
$node->stop('immediate');
$node->start;
like($node->safe_psql('shop', $lost), qr/^\d{5} rows, 0 lost, 0 invented$/, 'nor by a crash of the server');
is($node->safe_psql('shop', "SELECT op FROM crm_internal.pending WHERE source_key = '-1'"), 'I', 'the last one included');

# prepared transactions
$node->safe_psql('shop', 'TRUNCATE item, crm_internal.pending');
$node->safe_psql('shop', 'DELETE FROM crm_internal.pending');
$node->safe_psql('shop', "BEGIN; INSERT INTO item VALUES (1); PREPARE TRANSACTION 'a'; BEGIN; INSERT INTO item VALUES (2); PREPARE TRANSACTION 'b'");
is($node->safe_psql('shop', 'SELECT count(*) FROM crm_internal.pending'), 0, 'prepared: not seen yet');
$node->stop('immediate');
$node->start;
$node->safe_psql('shop', "COMMIT PREPARED 'a'");
$node->safe_psql('shop', "ROLLBACK PREPARED 'b'");
is($node->safe_psql('shop', $lost), '1 rows, 0 lost, 0 invented', 'committed after a crash: noted; rolled back: not');

# logical replication into a watched table of another database
$node->safe_psql('copy', $tables . $watch);
$node->safe_psql('shop', "DROP EXTENSION crm CASCADE; TRUNCATE item; INSERT INTO item VALUES (1, 'one'), (2, 'two'); CREATE PUBLICATION items FOR TABLE item; SELECT pg_create_logical_replication_slot('items', 'pgoutput')");
(my $connection = $node->connstr('shop')) =~ s/'/''/g;
$node->safe_psql('copy', "CREATE SUBSCRIPTION items CONNECTION '$connection' PUBLICATION items WITH (create_slot = false, slot_name = 'items')");
$node->wait_for_subscription_sync($node, 'items', 'copy') if $node->can('wait_for_subscription_sync');
$node->poll_query_until('copy', 'SELECT count(*) = 2 FROM crm_internal.pending') or die 'the first copy is not seen';
is($node->safe_psql('copy', $lost), '2 rows, 0 lost, 0 invented', 'the first copy of a subscription is captured');
$node->safe_psql('copy', 'DELETE FROM crm_internal.pending');
$node->safe_psql('shop', "BEGIN; INSERT INTO item VALUES (3); UPDATE item SET name = 'zwei' WHERE id = 2; DELETE FROM item WHERE id = 1; COMMIT; UPDATE item SET name = name; INSERT INTO item VALUES (4)");
$node->wait_for_catchup('items');
is($node->safe_psql('copy', "SELECT string_agg(source_key || op::text, ' ' ORDER BY source_key) FROM crm_internal.pending"), '1D 2U 3I 4I', 'so are applied changes');
$node->safe_psql('shop', 'TRUNCATE item');
$node->wait_for_catchup('items');
is($node->safe_psql('copy', "SELECT count(*) FROM crm_internal.pending WHERE op = 'T'"), 1, 'and a replicated TRUNCATE');
$node->safe_psql('copy', 'ALTER SUBSCRIPTION items DISABLE; ALTER SUBSCRIPTION items SET (slot_name = NONE); DROP SUBSCRIPTION items');
$node->safe_psql('shop', "SELECT pg_drop_replication_slot('items')");

# all tables published: capture writes and whoever empties pending can delete
$node->safe_psql('copy', 'CREATE PUBLICATION everything FOR ALL TABLES');
$node->safe_psql('copy', "UPDATE crm_internal.source SET mode = 'inline'");
$node->safe_psql('copy', 'SET crm.inline_limit = 0; INSERT INTO item VALUES (10); DELETE FROM crm_internal.pending; INSERT INTO item VALUES (11)');
is($node->safe_psql('copy', "SELECT string_agg(source_key, ' ') FROM crm_internal.pending"), '11', 'a publication of all tables hinders nobody');
$node->safe_psql('copy', "DROP PUBLICATION everything; UPDATE crm_internal.source SET mode = 'watch'");

# a restore brings rows and what was pending, and captures nothing of its own doing
$node->safe_psql('copy', "TRUNCATE item, crm_internal.pending; DELETE FROM crm_internal.pending; INSERT INTO item VALUES (1), (2), (3); DELETE FROM item WHERE id = 3");
my $pending = "SELECT string_agg(source_id || source_key || op::text, ' ' ORDER BY source_key, op) FROM crm_internal.pending";
my $before = $node->safe_psql('copy', $pending);
my $dump = "$PostgreSQL::Test::Utils::tmp_check/dump";
for my $how ([ '-Fc', 'data then triggers' ], [ '-Fp', 'plain' ], [ '-Fd', 'directory, two jobs' ])
{
	my ($format, $claim) = @$how;
	$node->safe_psql('postgres', 'DROP DATABASE restored');
	$node->safe_psql('postgres', 'CREATE DATABASE restored');
	system('rm', '-rf', $dump);
	$node->command_ok([ 'pg_dump', $format, '-f', $dump, '-d', $node->connstr('copy') ], "dump: $claim");
	$node->command_ok($format eq '-Fp'
		? [ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-f', $dump, '-d', $node->connstr('restored') ]
		: [ 'pg_restore', ($format eq '-Fd' ? ('-j', 2) : ()), '-d', $node->connstr('restored'), $dump ], "restore: $claim");
	is($node->safe_psql('restored', $pending), $before, "pending is as it was: $claim");
	$node->safe_psql('restored', 'INSERT INTO item VALUES (77)');
	is($node->safe_psql('restored', "SELECT count(*) FROM crm_internal.pending WHERE source_key = '77'"), 1, "and capture goes on: $claim");
}

$node->stop;
done_testing();
