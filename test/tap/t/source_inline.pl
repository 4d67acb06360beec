#!/usr/bin/env perl
# Inline sources: resolved in the writing transaction where that goes well, and where it does not
# the department's transaction goes through and the rows wait. With a resolver made for the test.
use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = PostgreSQL::Test::Cluster->new('inline');
$node->init;
$node->append_conf('postgresql.conf', "max_prepared_transactions = 4\nlog_min_messages = warning\n");
$node->start;

my $config = $ENV{PG_CONFIG} // 'pg_config';
chomp(my ($cc, $flags, $include) = map { scalar `$config --$_` } qw(cc cflags includedir-server));
my $module = "$PostgreSQL::Test::Utils::tmp_check/resolver.so";
system("$cc $flags -fPIC -shared -I$ENV{TREE}/src -I$include -o $module $ENV{TREE}/test/module/resolver.c") == 0
  or die 'the module does not build';

$node->safe_psql('postgres', <<'SQL');
CREATE EXTENSION crm CASCADE;
CREATE TABLE public.resolved (n integer GENERATED ALWAYS AS IDENTITY, source_id integer, key text, op text, by name);
CREATE TABLE public.wanted (x integer);
CREATE ROLE app LOGIN;
CREATE TABLE public.inlined (k text PRIMARY KEY, v text);
CREATE TABLE public.watched (k text PRIMARY KEY, v text);
ALTER TABLE public.inlined OWNER TO app;
ALTER TABLE public.watched OWNER TO app;
SELECT crm.add_department('a');
SELECT crm.add_source('public.inlined', 'a', '{"name": "v"}', mode => 'inline');
SELECT crm.add_source('public.watched', 'a', '{"name": "v"}');
DELETE FROM crm_internal.pending;
SQL

my $load = "LOAD 'crm'; LOAD '$module'; SET SESSION AUTHORIZATION app;\n";

# What the statements left: resolved and pending, each as key:op, and the server's complaint if any.
sub outcome
{
	my ($sql, %with) = @_;
	my ($out, $err);
	$node->psql('postgres', $load . ($with{before} // '') . $sql, stdout => \$out, stderr => \$err,
		on_error_stop => 0);
	my $after = $node->safe_psql('postgres', <<'SQL');
SELECT coalesce((SELECT string_agg(key || ':' || op, ' ' ORDER BY n) FROM public.resolved), '') || '|' ||
	coalesce((SELECT string_agg(coalesce(source_key, '*') || ':' || op::text, ' ' ORDER BY source_key COLLATE "C", op) FROM crm_internal.pending), '') || '|' ||
	(SELECT count(*) FROM crm_internal.ticket);
DELETE FROM public.resolved; DELETE FROM crm_internal.pending;
SQL
	my $complaint = $err =~ /(?:ERROR|FATAL|WARNING):\s+(.*)/ ? " $1" : '';
	return $after . $complaint . ($with{show} ? " $out" : '');
}

my $clean = 'TRUNCATE public.inlined, public.watched;';
sub emptied { $node->safe_psql('postgres', "SET crm.enabled = off; $clean") }

sub shows
{
	my ($sql, $expected, $claim, %with) = @_;
	is(outcome($sql, %with), $expected, $claim);
	emptied();
}

shows("INSERT INTO inlined VALUES ('a'), ('b')", 'a:I b:I||0', 'resolved with the row');
shows("BEGIN; INSERT INTO inlined VALUES ('b'), ('a'); UPDATE inlined SET v = 1 WHERE k = 'b'; DELETE FROM inlined WHERE k = 'a'; COMMIT",
	'a:D b:I||0', 'the final state of each key, in order of keys, once');
shows("INSERT INTO inlined VALUES ('m'); BEGIN; DELETE FROM inlined; INSERT INTO inlined VALUES ('m'); COMMIT",
	'm:I m:U||0', 'delete and insert of a key is a move');
shows("BEGIN; INSERT INTO inlined VALUES ('a'); INSERT INTO watched VALUES ('w'); COMMIT",
	'a:I|w:I|0', 'a watched table beside it goes to pending');
shows("BEGIN; INSERT INTO inlined VALUES ('a'); ROLLBACK", '||0', 'rolled back is nothing');
is($node->safe_psql('postgres', $load . "INSERT INTO inlined VALUES ('who'); RESET SESSION AUTHORIZATION; SELECT by FROM resolved"),
	$node->safe_psql('postgres', 'SELECT nspowner::regrole FROM pg_namespace WHERE nspname = $$crm_internal$$'),
	'the resolver runs as the owner of the tables of crm, whoever writes');
$node->safe_psql('postgres', 'TRUNCATE resolved'); emptied();

# savepoints
shows("BEGIN; SAVEPOINT a; INSERT INTO inlined VALUES ('a'); ROLLBACK TO a; INSERT INTO inlined VALUES ('b'); COMMIT",
	'b:I||0', 'a ticket that was bought in a rolled-back savepoint is bought again');
shows("BEGIN; SAVEPOINT a; INSERT INTO inlined VALUES ('a'); SAVEPOINT b; INSERT INTO inlined VALUES ('b'); RELEASE a; COMMIT",
	'a:I b:I||0', 'nested savepoints, released');
shows("BEGIN; INSERT INTO inlined VALUES ('a'); SAVEPOINT a; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO a; COMMIT",
	'a:I||0', 'resolved inside a savepoint that is rolled back: resolved again');
shows("BEGIN; INSERT INTO inlined VALUES ('a'); SAVEPOINT a; SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO inlined VALUES ('b'); RELEASE a; COMMIT",
	'a:I b:I||0', 'and released: once');
shows("DO \$\$ BEGIN INSERT INTO inlined VALUES ('a'); BEGIN INSERT INTO inlined VALUES ('b'); PERFORM 1 / 0; EXCEPTION WHEN division_by_zero THEN NULL; END; COMMIT; INSERT INTO inlined VALUES ('c'); END \$\$",
	'a:I c:I||0', 'exception blocks and commits of a DO block');

# SET CONSTRAINTS
is($node->safe_psql('postgres', $load . "RESET SESSION AUTHORIZATION; BEGIN; INSERT INTO inlined VALUES ('a'), ('b'); SET CONSTRAINTS ALL IMMEDIATE; SELECT string_agg(key, ' ') FROM resolved; ROLLBACK"),
	'a b', 'SET CONSTRAINTS ALL IMMEDIATE resolves at once');
shows("BEGIN; SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO inlined VALUES ('a'), ('b'); COMMIT", 'a:I b:I||0',
	'immediate before the first row');

# the application's own deferred triggers see the row before crm does, and what they write is resolved
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION public.late() RETURNS trigger LANGUAGE plpgsql AS
	$$ BEGIN INSERT INTO public.inlined VALUES (new.k || '-late') ON CONFLICT DO NOTHING; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER late AFTER INSERT ON public.inlined DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.k NOT LIKE '%-late') EXECUTE FUNCTION public.late();
SQL
shows("INSERT INTO inlined VALUES ('a'), ('b')", 'a:I a-late:I b:I b-late:I||0', 'deferred triggers of the application run first');
$node->safe_psql('postgres', 'DROP TRIGGER late ON public.inlined');
shows("INSERT INTO inlined VALUES ('again', '')", 'again:I again:U||0', 'what the resolver itself changes is resolved too, until quiet');
shows("BEGIN; DECLARE c CURSOR WITH HOLD FOR SELECT 1 FROM (SELECT 1) x; INSERT INTO inlined VALUES ('h'); COMMIT; FETCH c", 'h:I||0', 'with a held cursor');

# everything that sends the rows to pending and lets the department commit
shows("INSERT INTO inlined SELECT 'k' || n FROM generate_series(1, 3) n", '|k1:I k2:I k3:I|0', 'above crm.inline_limit',
	before => "RESET SESSION AUTHORIZATION; SET crm.inline_limit = 2;");
shows("BEGIN; INSERT INTO inlined VALUES ('a'); UPDATE inlined SET v = 1; UPDATE inlined SET v = 2; COMMIT", 'a:I||0', 'keys are counted, not changes',
	before => "RESET SESSION AUTHORIZATION; SET crm.inline_limit = 1;");
shows("BEGIN ISOLATION LEVEL SERIALIZABLE; INSERT INTO inlined VALUES ('a'); COMMIT", '|a:I|0', 'serializable');
shows("BEGIN ISOLATION LEVEL REPEATABLE READ; INSERT INTO inlined VALUES ('a'); COMMIT", 'a:I||0', 'repeatable read');
shows("BEGIN; INSERT INTO inlined VALUES ('a'); TRUNCATE inlined; COMMIT", '|a:I *:T|0', 'a truncated table');
shows("BEGIN; INSERT INTO inlined VALUES ('a'), ('fail'); COMMIT", '|a:I fail:I|0', 'an error of the resolver');
shows("BEGIN; INSERT INTO inlined VALUES ('a'); SET TRANSACTION READ ONLY; COMMIT", '|a:I|0', 'read only since');
$node->safe_psql('postgres', 'INSERT INTO inlined SELECT $$many$$ || n FROM generate_series(1, 30000) n');
is($node->safe_psql('postgres', 'SELECT count(*), count(DISTINCT source_key) FROM crm_internal.pending'), '30000|30000', 'more than is kept in memory');
$node->safe_psql('postgres', 'TRUNCATE crm_internal.pending'); emptied();

my $began = time;
shows("INSERT INTO inlined VALUES ('slow')", '|slow:I|0', 'above crm.inline_timeout');
shows("INSERT INTO inlined VALUES ('spin')", '|spin:I|0', 'also where nothing waits');
cmp_ok(time - $began, '<', 20, 'in time');
shows("SET statement_timeout = '20s'; INSERT INTO inlined VALUES ('slow'); SELECT pg_sleep(0.3)", '|slow:I|0', 'the cancel of the budget hits nothing else');
shows("BEGIN; INSERT INTO inlined VALUES ('cancel'); COMMIT", '||0 canceling statement due to user request', 'the cancel of a user is a cancel');
shows("SET statement_timeout = '100ms'; BEGIN; INSERT INTO inlined VALUES ('slow'); SET CONSTRAINTS ALL IMMEDIATE; COMMIT", '||0 canceling statement due to statement timeout',
	'so is the statement timeout', before => "RESET SESSION AUTHORIZATION; SET crm.inline_timeout = '30s';");


# locks that others hold: a prepared transaction keeps them without a session
sub while_locked
{
	my ($lock, @shows) = @_;
	$node->safe_psql('postgres', "BEGIN; $lock; PREPARE TRANSACTION 'holder'");
	shows(@shows);
	$node->safe_psql('postgres', "ROLLBACK PREPARED 'holder'");
}
while_locked('LOCK TABLE wanted', "SET crm_test.x = 1; INSERT INTO inlined VALUES ('lock')", '|lock:I|0', 'a lock is waited for 50 ms',
	before => "RESET SESSION AUTHORIZATION; SET crm.inline_timeout = '30s'; SET SESSION AUTHORIZATION app;");
cmp_ok(time - $began, '<', 30, 'not for the whole budget');

# nobody may write to pending: the department commits, and is told
$node->safe_psql('postgres', "BEGIN; LOCK TABLE crm_internal.pending IN SHARE MODE; PREPARE TRANSACTION 'holder'");
my ($out, $err);
$node->psql('postgres', "$load SET lock_timeout = '10ms'; INSERT INTO watched VALUES ('w')", stdout => \$out, stderr => \$err, on_error_stop => 0);
like($err, qr/^[^\n]*WARNING:  changes of this transaction could not be noted for crm/m, 'a rebuilt pending table: a warning');
$node->safe_psql('postgres', "ROLLBACK PREPARED 'holder'");
is($node->safe_psql('postgres', 'SELECT k FROM watched'), 'w', '... and the department commits');
emptied();

# somebody gave the table an index or a trigger: no heap insert past them
$node->safe_psql('postgres', 'CREATE INDEX foreign_index ON crm_internal.pending (source_key)');
is($node->safe_psql('postgres', "$load INSERT INTO watched SELECT n FROM generate_series(1, 300) n; RESET SESSION AUTHORIZATION; SET enable_seqscan = off; SELECT count(*) FROM crm_internal.pending WHERE source_key > ''"),
	'300', 'an index that somebody made is looked after');
$node->safe_psql('postgres', 'DROP INDEX crm_internal.foreign_index; TRUNCATE crm_internal.pending');
emptied();
$node->safe_psql('postgres', "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING MESSAGE = ''no''; END'; CREATE TRIGGER no BEFORE INSERT ON crm_internal.pending FOR EACH ROW EXECUTE FUNCTION public.no()");
shows("INSERT INTO watched VALUES ('w'); SELECT count(*) FROM watched", '||0 changes of this transaction could not be noted for crm: no 1', 'a trigger that somebody made cannot fail the department', show => 1);
$node->safe_psql('postgres', 'DROP TRIGGER no ON crm_internal.pending');

# PREPARE TRANSACTION: queued, for locks of the resolver would stay
is(outcome("BEGIN; INSERT INTO inlined VALUES ('p'); PREPARE TRANSACTION 'p'"), '||0', 'prepared: not there yet');
$node->restart;
$node->safe_psql('postgres', "COMMIT PREPARED 'p'");
is(outcome('SELECT 1'), '|p:I|0', 'prepared, restarted, committed: waits in pending');
emptied();

# a security-restricted operation cannot queue deferred triggers
$node->safe_psql('postgres', <<'SQL');
CREATE FUNCTION public.writes() RETURNS integer LANGUAGE sql VOLATILE AS $$ INSERT INTO public.inlined VALUES ('mv') ON CONFLICT DO NOTHING; SELECT 1 $$;
CREATE MATERIALIZED VIEW public.mv AS SELECT public.writes() WITH NO DATA;
ALTER MATERIALIZED VIEW public.mv OWNER TO app;
SQL
shows('REFRESH MATERIALIZED VIEW mv', '|mv:I|0', 'REFRESH MATERIALIZED VIEW');

# the department migrates its table after it wrote to it
shows("BEGIN; INSERT INTO inlined VALUES ('a'); ALTER TABLE inlined ADD z integer; TRUNCATE watched; COMMIT", 'a:I|*:T|0', 'UPDATE and ALTER TABLE in one transaction');

# the extension goes in the transaction that wrote
is(outcome("RESET SESSION AUTHORIZATION; SET client_min_messages = error; BEGIN; INSERT INTO watched VALUES ('x'); DROP EXTENSION crm CASCADE; ROLLBACK"), '||0', 'dropped and not');
$node->safe_psql('postgres', "SET client_min_messages = error; BEGIN; INSERT INTO watched VALUES ('x'); DROP EXTENSION crm CASCADE; INSERT INTO watched VALUES ('y'); COMMIT");
is($node->safe_psql('postgres', 'SELECT count(*) FROM watched'), 2, 'DROP EXTENSION behind a write in one transaction');

$node->stop;
done_testing();
