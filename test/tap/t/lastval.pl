#!/usr/bin/env perl
# What crm numbers in the transaction of an application is not what lastval() answers with: it is
# the application's own number, before and after COMMIT, for a role without any right on crm.
# Numbers taken at once, in many sessions, are distinct.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Database;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

use constant { CLIENTS => 8, ROUNDS => 60, START => 7000 };

my $node = PostgreSQL::Test::Cluster->new('lastval');
$node->init;
$node->append_conf('postgresql.conf', "fsync = off\nmax_prepared_transactions = 4\nautovacuum = off\n");
$node->start;
$ENV{PGHOST} = $node->host;
$ENV{PGPORT} = $node->port;
my $desk   = Database->create('desk');

$desk->run(<<'SQL');
CREATE EXTENSION crm CASCADE;
CREATE ROLE app LOGIN;
CREATE SCHEMA desk;
CREATE TABLE desk.voucher (id bigint GENERATED ALWAYS AS IDENTITY (START 7000) PRIMARY KEY, value numeric);
CREATE TABLE desk.refund (LIKE desk.voucher INCLUDING ALL);
CREATE TABLE desk.repair (LIKE desk.voucher INCLUDING ALL);
CREATE TABLE desk.trial (LIKE desk.voucher INCLUDING ALL);
CREATE TABLE desk.credit (LIKE desk.voucher INCLUDING ALL, state text);
CREATE TABLE desk.account (id integer GENERATED ALWAYS AS IDENTITY (START 7000) PRIMARY KEY, name text, mail text);
CREATE TABLE desk.lead (LIKE desk.account INCLUDING ALL);
CREATE TABLE desk.address (id integer GENERATED ALWAYS AS IDENTITY (START 7000) PRIMARY KEY, lead integer, city text);
CREATE INDEX ON desk.address (lead);
CREATE TABLE desk.note (id text PRIMARY KEY, value numeric);
CREATE TABLE desk.contact (id text PRIMARY KEY, name text);
GRANT USAGE ON SCHEMA desk TO app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA desk TO app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA desk TO app;
SELECT crm.add_department('desk');
SELECT crm.add_source('desk.account', 'desk', '{"name": "name", "email": "mail"}');
SELECT crm.add_source('desk.lead', 'desk', '{"name": "name", "email": "mail"}', mode => 'inline');
SELECT crm.add_detail('desk.address', of => 'desk.lead', key => '{lead}', map => '{"city": "city"}');
SELECT crm.add_source('desk.contact', 'desk', '{"name": "name"}', mode => 'inline');
SELECT crm.add_position('board', department => 'desk');
SELECT crm.add_position('clerk', department => 'desk', reports_to => 'board');
SELECT crm.appoint('board', session_user::text), crm.appoint('clerk', 'app');
SELECT crm.add_budget('care', 1000000, owner => 'board');
SELECT crm.grant_mandate(d, 'board') FROM unnest('{goodwill,care.solution,process.policy,org.model,investment}'::text[]) d;
SELECT crm.share('goodwill', 'board', 'clerk', amount => 100);
SELECT crm.share('care.solution', 'board', 'clerk', budget => 'care');
SELECT crm.inform('goodwill', 'board');
SELECT crm.add_guard('desk.voucher', 'goodwill', amount => 'value');
SELECT crm.add_guard('desk.refund', 'goodwill', amount => 'value', journal => 'statement');
SELECT crm.add_guard('desk.repair', 'care.solution', amount => 'value');
SELECT crm.add_guard('desk.trial', 'goodwill', amount => 'value', mode => 'observe');
SELECT crm.add_guard('desk.credit', 'goodwill', amount => 'value', waiting => '{"state": "asked"}');
SELECT crm.add_guard('desk.note', 'goodwill', amount => 'value');
CALL crm.resolve();
SQL

subtest 'the number is the application\'s own' => \&own_number;
subtest 'no number where it used no sequence'  => \&no_number;
subtest 'a transaction that is prepared'       => \&prepared;
subtest 'many at once'                         => \&at_once;
subtest 'after a crash'                        => \&crash;
done_testing();

# As the application: what it says in one session, line by line, and the errors.
sub as_app
{
	my ($sql) = @_;
	local $ENV{PGUSER} = 'app';
	my ($status, $out, $errors) = $desk->try("\\set ON_ERROR_STOP off\n\\set VERBOSITY sqlstate\n$sql");
	return join ' ', map { s/\s+/ /gr =~ s/^ | $//gr } grep { $_ ne '' } $out, $errors;
}

# $wrote: a query whose result must grow, so that crm did number something
sub own_number
{
	my %values = (name => "VALUES ('Ada Lovelace', 'ada\@example.org')", value => 'VALUES (40)');
	my $acts   = 'SELECT count(*) FROM crm_internal.act';
	my $events = 'SELECT count(*) FROM crm_internal.customer_event';
	my @cases  = (
		['an act a row',            'voucher', 'value',      $values{value},                                      $acts],
		['a notice of an act',      'voucher', 'value',      $values{value},                                      'SELECT count(*) FROM crm_internal.notice'],
		['several acts',            'voucher', 'value',      'SELECT n FROM generate_series(1, 5) n',             $acts],
		['an act a statement',      'refund',  'value',      'SELECT n FROM generate_series(1, 5) n',             $acts],
		['a budget',                'repair',  'value',      $values{value},                                      'SELECT count(*) FROM crm_internal.ledger'],
		['a guard that observes',   'trial',   'value',      'VALUES (4000)',                                      $acts],
		['a request',               'credit',  'value',      'VALUES (400)',                                       'SELECT count(*) FROM crm_internal.request'],
		['capture',                 'account', 'name, mail', $values{name},                                       'SELECT count(*) FROM crm_internal.pending'],
		['a customer at COMMIT',    'lead',    'name, mail', "VALUES ('Bob ' || clock_timestamp(), 'b\@x.nl')",   $events],
		['several customers',       'lead',    'name, mail', "SELECT 'Cleo ' || md5(n::text), md5(n::text) || '\@x.nl' FROM generate_series(1, 5) n", $events],
		['a detail at COMMIT',      'address', 'lead, city', "VALUES (7000, 'Delft ' || clock_timestamp())",      'SELECT max(changed_at) FROM crm_internal.record'],
	);
	for my $case (@cases)
	{
		my ($claim, $table, $columns, $rows, $wrote) = @$case;
		my $before = $desk->value($wrote);
		my $insert = "INSERT INTO desk.$table ($columns) $rows";
		my $own    = "SELECT lastval() = currval('desk.${table}_id_seq') AND lastval() = (SELECT max(id) FROM desk.$table)";
		is(as_app("BEGIN; $insert; $own; SET CONSTRAINTS ALL IMMEDIATE; $own; COMMIT; $own; $insert; $own"), 't t t t', $claim);
		isnt($desk->value($wrote), $before, '… was there');
	}
	for my $statement ('UPDATE desk.voucher SET value = value + 1 WHERE id = 7000', 'UPDATE desk.lead SET name = name || 1 WHERE id = 7000',
		'DELETE FROM desk.lead WHERE id = 7000', 'TRUNCATE desk.account', 'TRUNCATE desk.lead, desk.address')
	{
		my $own = "SELECT lastval() = currval('desk.repair_id_seq')";
		is(as_app("INSERT INTO desk.repair (value) VALUES (1); $statement; $own; BEGIN; $statement; $own; COMMIT; $own"), 't t t', $statement);
	}
	$desk->run("CREATE TABLE desk.done (LIKE desk.voucher INCLUDING ALL); GRANT SELECT, TRUNCATE ON desk.done TO app; INSERT INTO desk.done (value) VALUES (1)");
	$desk->run("SELECT crm.share('goodwill', 'board', 'clerk', reason => 'for TRUNCATE')");
	$desk->run("SELECT crm.add_guard('desk.done', 'goodwill', amount => 'value')");
	is(as_app("INSERT INTO desk.repair (value) VALUES (1); TRUNCATE desk.done; SELECT lastval() = currval('desk.repair_id_seq')"), 't', 'TRUNCATE of a guarded table');
	is($desk->value("SELECT count(*) FROM crm_internal.act WHERE operation = 'TRUNCATE'"), 1, '… was an act');
	is($desk->run('SELECT check_name, problem FROM crm.verify()'), '', 'crm is well');
	return;
}

sub no_number
{
	my $acts   = $desk->value('SELECT count(*) FROM crm_internal.act');
	my $people = $desk->value('SELECT count(*) FROM crm_internal.record');
	like(as_app("INSERT INTO desk.note VALUES ('a', 1), ('b', 2); INSERT INTO desk.contact VALUES ('a', 'Dora Dean'); BEGIN; DELETE FROM desk.note; SELECT 1; COMMIT; SELECT lastval()"),
		qr/^1 .*ERROR: 55000$/, 'lastval() is still undefined');
	cmp_ok($desk->value('SELECT count(*) FROM crm_internal.act'), '>', $acts, 'after acts');
	cmp_ok($desk->value('SELECT count(*) FROM crm_internal.record'), '>', $people, 'and a record');
	my (undef, undef, $errors) = $desk->try("\\set VERBOSITY sqlstate\nSELECT crm.add_department('other'), crm.add_position('aide', 'other', reports_to => 'clerk'), crm.appoint('aide', 'x'), "
		  . "crm.share('goodwill', 'clerk', 'aide', amount => 1), crm.add_budget('more', 1, owner => 'board'), crm.add_guard('desk.contact', 'goodwill'), crm.add_source('desk.done', 'other', '{\"name\": \"value::text\"}'); CALL crm.resolve(); SELECT lastval()");
	like($errors, qr/^\S*\s*ERROR:  55000$/, 'nor do calls of crm define it');
	return;
}

sub prepared
{
	is(as_app("BEGIN; INSERT INTO desk.repair (value) VALUES (5); PREPARE TRANSACTION 'p'; SELECT lastval() = currval('desk.repair_id_seq')"), 't', 'keeps it too');
	is(as_app("SET lock_timeout = '2s'; INSERT INTO desk.repair (value) SELECT 0 FROM generate_series(1, 9); SELECT lastval() = currval('desk.repair_id_seq')"),
		't', 'and keeps nobody from numbering');
	$desk->run("COMMIT PREPARED 'p'");
	return;
}

# All sessions take from the same sequences: acts, bookings, requests. A number given twice would
# fail by its primary key.
sub at_once
{
	my $count  = 'SELECT count(*) FROM crm_internal.';
	my $before = $desk->value($count . 'ledger');
	my $kept   = CLIENTS * (ROUNDS - int(ROUNDS / 7));
	is(join('', in_parallel('app', map { client_script() } 1 .. CLIENTS)), '', 'nothing fails, lastval() is each session\'s own');
	is($desk->value($count . 'ledger') - $before, $kept, 'each booking is on record');
	is($desk->value("SELECT count(DISTINCT a.batch) FROM crm_internal.act a JOIN crm_internal.ledger l USING (batch) WHERE a.decision = 'care.solution'"),
		$desk->value('SELECT count(*) FROM crm_internal.ledger WHERE batch IS NOT NULL'), 'under a number of its transaction alone');


	$desk->run('CREATE SEQUENCE crm_internal.shared');
	my @taken = map { split /\n/ } in_parallel(scalar getpwuid $<, map { ("SELECT $_('crm_internal.shared') FROM generate_series(1, 2000);\n") x (CLIENTS / 2) } qw(crm_internal.take_number nextval));
	is(join(' ', (sort { $a <=> $b } @taken)[0, -1]), '1 ' . 2000 * CLIENTS, 'of numbers taken one by one none is left out');
	my %once = map { $_ => 1 } @taken;
	is(scalar keys %once, 2000 * CLIENTS, 'nor given twice, not even beside nextval()');
	return;
}

# The log says how far a sequence was, whatever took from it last.
sub crash
{
	my %last;
	for my $way (map { ["$_->[0]_$_->[1]", @$_] } map { my $n = $_; map { [$n, $_] } qw(take next) } 1, 40, 254, 300)
	{
		my ($name, $n, $last) = @$way;
		my ($take, $next) = map { "SELECT count($_('crm_internal.\"$name\"')) FROM generate_series(1, $n)" } qw(crm_internal.take_number nextval);
		$desk->run("CREATE SEQUENCE crm_internal.\"$name\"; CHECKPOINT; " . ($last eq 'take' ? "$next; $take" : "$take; $next"));
		$last{$name} = 2 * $n;
	}
	$node->stop('immediate');
	$node->start;
	cmp_ok($desk->value("SELECT crm_internal.take_number('crm_internal.\"$_\"')"), '>', $last{$_}, $_) for sort keys %last;
	is($desk->value("SELECT crm_internal.take_number('crm_internal.\"254_take\"')"), 2 * 254 + 2, 'and it goes on from there');
	is(as_app("BEGIN; INSERT INTO desk.repair (value) VALUES (1); COMMIT; SELECT lastval() = currval('desk.repair_id_seq')"), 't', 'so do the tables of crm');
	return;
}

sub client_script
{
	my $sql = "\\set VERBOSITY sqlstate\n";
	for my $round (1 .. ROUNDS)
	{
		my $own = "SELECT 'another' WHERE lastval() <> currval('desk.repair_id_seq')";
		$sql .= "BEGIN; INSERT INTO desk.voucher (value) VALUES (1), (2), (3);";
		$sql .= "INSERT INTO desk.credit (value) VALUES (400);" if $round % 3 == 0;
		$sql .= "INSERT INTO desk.repair (value) VALUES (1); $own; " . ($round % 7 == 0 ? 'ROLLBACK' : 'COMMIT') . "; $own;\n";
	}
	return $sql;
}

# What each session said, errors too.
sub in_parallel
{
	my ($user, @scripts) = @_;
	my @said = ('') x @scripts;
	my @runs = map { IPC::Run::start(['psql', '-XqAt', '-U', $user, '-d', 'desk'], '<', \$scripts[$_], '>', \$said[$_], '2>&1') } 0 .. $#scripts;
	IPC::Run::finish($_) for @runs;
	return @said;
}
