#!/usr/bin/env perl
# Rows of an inline source are customers when their transaction commits, and nothing if it does not;
# sessions that get in each other's way leave rows waiting, never a silent double.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Crowd;
use Database;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(time);

my $node = PostgreSQL::Test::Cluster->new('inline');
$node->init;
$node->append_conf('postgresql.conf', "log_min_messages = warning\n");
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
my $folder = $PostgreSQL::Test::Utils::tmp_check;
my $shop   = Database->create('shop');

$shop->run(crowd_tables() . crowd_people(60, 60) . crowd_sources('inline') . <<'SQL');
CREATE ROLE clerk LOGIN;
GRANT USAGE ON SCHEMA dept TO clerk;
GRANT ALL ON dept.lead TO clerk;
CALL crm.resolve();
SQL

# all that crm keeps, so that nothing of a rolled-back transaction can hide
my $everything = 'SELECT md5(string_agg(x, chr(10) ORDER BY x COLLATE "C")) FROM (' . join(' UNION ALL ',
	map { "SELECT '$_' || t::text AS x FROM crm_internal.$_ t" }
	  qw(record record_key edge customer_identity customer_event identity_clock customer customer_history pending pending_error ticket phone_region))
  . ') y';
my $robert = q{'Robert', 'Zandbergen', 'robert@zandbergen.nl', 'Delft'};
sub robert { my ($id) = @_; return "INSERT INTO dept.lead VALUES ($id, $robert)" }
sub customers
{
	return $shop->value("SELECT count(DISTINCT c) || ' of ' || count(c) FROM (SELECT crm.customer_of('dept.lead', id::text) AS c FROM dept.lead WHERE id > 1000) x");
}
sub waiting { return $shop->value('SELECT count(*) FROM crm.pending') }
sub clean { $shop->run('DELETE FROM dept.lead WHERE id > 1000; CALL crm.resolve()'); return }

# commit, rollback, savepoints
my $before = $shop->value($everything);
$shop->run('BEGIN; ' . robert(1001) . '; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK');
is($shop->value($everything), $before, 'ROLLBACK leaves nothing, even of what was resolved already');
$shop->run('BEGIN; SAVEPOINT a; ' . robert(1001) . '; SET CONSTRAINTS ALL IMMEDIATE; ROLLBACK TO a; COMMIT');
is($shop->value($everything), $before, 'nor does a savepoint that is rolled back');
is($shop->value('BEGIN; ' . robert(1001) . "; SET CONSTRAINTS ALL IMMEDIATE; SELECT count(*) FROM crm.customer WHERE family_name = 'Zandbergen'; ROLLBACK"),
	1, 'within its transaction the row is a customer');
$shop->run('SET ROLE clerk; ' . robert(1001));
is(customers() . ', waiting ' . waiting(), '1 of 1, waiting 0', 'a role without rights on crm commits a customer');
$shop->run('SET ROLE clerk; BEGIN; ' . robert(1002) . '; SAVEPOINT a; ' . robert(1003) . '; ROLLBACK TO a; ' . robert(1004) . '; COMMIT');
is(customers() . ', waiting ' . waiting(), '1 of 3, waiting 0', 'what is left of savepoints is resolved');
clean();

# limits
$shop->run("SET crm.inline_limit = 3; INSERT INTO dept.lead SELECT 1000 + n, $robert FROM generate_series(1, 4) n");
is(customers() . ', waiting ' . waiting(), '0 of 0, waiting 4', 'more than crm.inline_limit rows wait');
$shop->run('CALL crm.resolve()');
is(customers() . ', waiting ' . waiting(), '1 of 4, waiting 0', 'and are resolved then');
clean();
$shop->run("SET crm.inline_timeout = 1; SET crm.inline_limit = 10000; INSERT INTO dept.lead SELECT 1000 + n, $robert FROM generate_series(1, 800) n");
is($shop->value('SELECT count(*) FROM dept.lead WHERE id > 1000') . ', waiting ' . waiting(), '800, waiting 800',
	'what takes longer than crm.inline_timeout waits, committed');
clean();

# two sessions at once
my @levels = ('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE');
for my $first (@levels)
{
	for my $second (@levels)
	{
		my ($x, $y) = map { $shop->session } 1, 2;
		$x->do("BEGIN ISOLATION LEVEL $first; SELECT count(*) FROM dept.account");
		$y->do("BEGIN ISOLATION LEVEL $second; SELECT count(*) FROM dept.account");
		$x->do(robert(1001));
		$y->do(robert(1002));
		my $one = $x->do('COMMIT')->{sqlstate};
		my $two = $y->do('COMMIT')->{sqlstate};
		my $both = "$one $two" eq '00000 00000';
		ok($both, "$first then $second: both commit") or diag "$one $two";
		my $rows = $shop->value('SELECT count(*) FROM dept.lead WHERE id > 1000');
		my ($known, $silent) = @{ $shop->row('SELECT (SELECT count(crm.customer_of($$dept.lead$$, id::text)) FROM dept.lead WHERE id > 1000),'
			  . ' (SELECT count(*) FROM dept.lead l WHERE id > 1000 AND crm.customer_of($$dept.lead$$, id::text) IS NULL AND id::text NOT IN (SELECT source_key FROM crm.pending))') };
		is($silent, 0, "$first then $second: each row is a customer's or waits ($known of $rows are known)");
		is((customers() =~ /^(\d+)/)[0] <= 1 ? 'one' : 'two', 'one', "$first then $second: no double, not even for a moment");
		$shop->run('CALL crm.resolve()');
		is(customers() . ', waiting ' . waiting(), '1 of 2, waiting 0', "$first then $second: one customer");
		$_->close for $x, $y;
		clean();
	}
}

# somebody sits in a transaction that has resolved already
my ($sitter, $other) = map { $shop->session } 1, 2;
$sitter->do('BEGIN');
$sitter->do(robert(1001));
$sitter->do('SET CONSTRAINTS ALL IMMEDIATE');
my $began = time;
is($other->do(robert(1002))->{sqlstate}, '00000', 'another department commits meanwhile');
my $took = time - $began;
cmp_ok($took, '<', 1, sprintf 'without waiting for it (%.0f ms)', 1000 * $took);
is(waiting(), 1, 'its row waits');
is($other->do("SET lock_timeout = '100ms'; CALL crm.resolve()")->{sqlstate}, '55P03', 'crm.resolve() obeys lock_timeout');
$sitter->do('COMMIT');
$shop->run('CALL crm.resolve()');
is(customers() . ', waiting ' . waiting(), '1 of 2, waiting 0', 'one customer in the end');
$_->close for $sitter, $other;
clean();

# many writers, and crm.resolve() all the time
my $script = "$folder/write.sql";
append_to_file($script, <<'SQL');
\set id random(1, 60)
\set new random(2000, 2600)
\set who random(1, 90)
\set what random(1, 6)
BEGIN;
\if :what = 1
INSERT INTO dept.lead VALUES (:new, dept.word(:who, 'given'), dept.word(:who, 'family'), dept.word(:who, 'given') || :who || '@' || dept.word(:who, 'domain') || '.nl', dept.town(:who)) ON CONFLICT (id) DO NOTHING;
\elif :what = 2
UPDATE dept.account SET city = dept.town(:who), name = dept.word(:who, 'given') || ' ' || dept.word(:who, 'family') WHERE id = :id;
\elif :what = 3
DELETE FROM dept.lead WHERE id = :new;
\elif :what = 4
UPDATE dept.lead SET first = dept.word(:who, 'given'), mail = NULL WHERE id = :id;
SAVEPOINT a;
UPDATE dept.lead SET last = dept.word(:who, 'family') WHERE id = :new;
ROLLBACK TO a;
\elif :what = 5
INSERT INTO dept.lead SELECT :new + 1000 + n, dept.word(:who, 'given'), dept.word(:who, 'family'), NULL, dept.town(:who) FROM generate_series(1, 3) n ON CONFLICT (id) DO UPDATE SET last = excluded.last;
\else
DELETE FROM dept.account WHERE id = :id;
INSERT INTO dept.account VALUES (:id, dept.word(:who, 'given') || ' ' || dept.word(:who, 'family'), NULL, date '1940-01-01' + :who * 37 % 20000, dept.town(:who)) ON CONFLICT (id) DO NOTHING;
\endif
COMMIT;
SQL
my $log = -s $node->logfile;
my $writers = IPC::Run::start([ 'pgbench', '-n', '-c', 4, '-T', 8, '--max-tries', 10, '-f', $script, 'shop' ], '>', \my $out, '2>', \my $err);
my $calls = 0;
while ($writers->pumpable)
{
	$writers->pump_nb;
	$shop->run('CALL crm.resolve(20)');
	$calls++;
}
ok($writers->finish, "writers and $calls runs of crm.resolve() get on") or diag $err;
my ($done) = $out =~ /actually processed: (\d+)/;
cmp_ok($done, '>', 200, "$done transactions");
$shop->run('CALL crm.resolve()');
# the model was trained on rows of some moment; on these rows it is that of a fresh load
$shop->run('SELECT crm.train_model()');
$shop->run('CALL crm.resolve()');
is(partition_of($node, 'shop'), fresh_partition($node, 'shop', $folder), 'the customers of a fresh load');
is(healthy($node, 'shop'), '', 'and nothing left or doubled');
unlike(slurp_file($node->logfile, $log), qr/deadlock detected|PANIC|TRAP/, 'no deadlock in the log');

$node->stop;
done_testing();
