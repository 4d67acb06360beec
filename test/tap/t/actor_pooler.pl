#!/usr/bin/env perl
# Many people behind one login, one server connection behind PgBouncer: whoever comes next is never
# who was there before. In transaction mode, and for whole sessions in session mode.
use strict;
use warnings;
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);

my ($bouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin', '/usr/local/sbin';
plan skip_all => 'there is no pgbouncer: test/script/applications installs it' unless $bouncer;
plan skip_all => 'pgbouncer does not run as root' if $> == 0;

my $node = PostgreSQL::Test::Cluster->new('pooled');
$node->init;
$node->start;
$node->safe_psql('postgres', <<'SQL');
CREATE ROLE app LOGIN;
CREATE ROLE desk LOGIN;
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('service');
SELECT crm.add_position('agent', department => 'service');
SELECT crm.appoint('agent', 'p' || n, capacity => 'deputy') FROM generate_series(0, 9) n;
SELECT crm.add_gateway('app'), crm.add_gateway('desk', session_allowed => true);
SELECT crm.grant_access(r, 'member') FROM unnest('{app,desk}'::text[]) r;
CREATE TABLE note (expected text, person text);
GRANT ALL ON note TO app;
SQL

my $folder = PostgreSQL::Test::Utils::tempdir_short();
my $port = PostgreSQL::Test::Cluster::get_free_port();
my $file = "$PostgreSQL::Test::Utils::tmp_check/pgbouncer.ini";
my $host = $node->host;
my $server = "host=$host port=" . $node->port . ' dbname=postgres pool_size=1';
append_to_file("$file.users", qq("app" ""\n"desk" ""\n));
append_to_file($file, <<"INI");
[databases]
by_transaction = $server pool_mode=transaction
by_session = $server pool_mode=session
[pgbouncer]
listen_addr =
listen_port = $port
unix_socket_dir = $folder
auth_type = trust
auth_file = $file.users
logfile = $file.log
pidfile = $file.pid
server_reset_query = DISCARD ALL
max_client_conn = 50
INI
my $pooler = IPC::Run::start([ $bouncer, '-q', $file ], '<', \undef, '>', "$file.out", '2>', "$file.err");

sub command
{
	my ($database, $user) = @_;
	return ('psql', '-XqAt', '-h', $folder, '-p', $port, '-U', $user, '-d', $database);
}

# What a client of its own prints, and what is said to it.
sub says
{
	my ($database, $sql, $user) = @_;
	my ($out, $err) = ('', '');
	IPC::Run::run([ command($database, $user // 'app') ], '<', \$sql, '>', \$out, '2>', \$err);
	chomp $out;
	return wantarray ? ($out, $err) : $out;
}

my $who = 'SELECT person, known_by FROM crm.whoami()';
my $act = "SELECT crm.act_as('p1')\\g /dev/null\n";
for (1 .. 100)
{
	last if (says('by_transaction', 'SELECT 1') // '') eq '1';
	sleep 0.1;
}
my $backend = says('by_transaction', 'SELECT pg_backend_pid()');
like($backend, qr/^\d+$/, 'the pooler answers') or diag slurp_file("$file.err");

is(says('by_transaction', "BEGIN;\n$act$who; COMMIT; $who;"), "p1|act_as\napp|login", 'for a transaction');
is(says('by_transaction', $who), 'app|login', 'the next client is nobody else');
is(says('by_transaction', "BEGIN;\n${act}SELECT 1 / 0; ROLLBACK; $who;"), 'app|login', 'nor after an error');
is(says('by_transaction', "BEGIN;\n${act}SAVEPOINT s; SELECT crm.act_as('p2')\\g /dev/null\nRELEASE s; ROLLBACK; $who;"),
	'app|login', 'nor after savepoints');
is(says('by_transaction', $who), 'app|login', 'nor the one after that');

my ($out, $error) = says('by_transaction', "$act$who;");
is($out, 'app|login', 'a client that commits each statement by itself does not act for anybody');
like($error, qr/would end with its own statement/, 'and is told so');
(undef, $error) = says('by_transaction', "SELECT crm.act_as('p1', for_session => true);");
like($error, qr/in a transaction only/, 'nor for a session, which others would share');
is(says('by_transaction', $who), 'app|login', 'the next client is nobody else');
is(says('by_transaction', 'SELECT pg_backend_pid()'), $backend, 'all of it over one server connection');

# A client that goes away in mid-transaction, with and without a word.
for my $way ('quits', 'is killed')
{
	my ($in, $output) = ("BEGIN;\n$act$who;\n", '');
	my $client = IPC::Run::start([ command('by_transaction', 'app') ], '<', \$in, '>', \$output, '2>', \my $silence);
	for (1 .. 100)
	{
		$client->pump_nb;
		last if $output =~ /act_as/;
		sleep 0.05;
	}
	like($output, qr/^p1\|act_as/, "a client $way in mid-transaction");
	if ($way eq 'is killed') { $client->kill_kill } else { $in .= "\\q\n"; $client->finish }
	is(says('by_transaction', $who), 'app|login', 'the next client is nobody else');
}

# Many at once: each transaction is its own person's, whatever comes between.
append_to_file("$file.acts", <<'SQL');
\set n random(0, 9)
BEGIN;
SELECT crm.act_as('p' || :n);
INSERT INTO note SELECT 'p' || :n, person FROM crm.whoami();
COMMIT;
SQL
append_to_file("$file.fails", <<'SQL');
\set n random(0, 9)
BEGIN;
SELECT crm.act_as('p' || :n);
INSERT INTO note SELECT 'p' || :n, person FROM crm.whoami();
ROLLBACK;
SQL
append_to_file("$file.login", "INSERT INTO note SELECT 'app', person FROM crm.whoami();\n");
my $crowd = [ 'pgbench', '-n', '-h', $folder, '-p', $port, '-U', 'app', '-c', '8', '-t', '50',
	map({ ('-f', "$file.$_") } qw(acts fails login)), 'by_transaction' ];
ok(IPC::Run::run($crowd, '>', \$out, '2>', \$error), 'eight clients over one connection') or diag $error;
is($node->safe_psql('postgres', 'SELECT count(*) FROM note WHERE expected <> person'), '0', 'nobody is taken for another');
cmp_ok($node->safe_psql('postgres', 'SELECT count(DISTINCT person) FROM note'), '==', 11, 'and all were there');

# Whole sessions, with a reset between clients.
is(says('by_session', "SELECT crm.act_as('p1', for_session => true)\\g /dev/null\n$who;\n$who;", 'desk'), "p1|act_as\np1|act_as", 'for a session');
is(says('by_session', $who, 'desk'), 'desk|login', 'the reset ends it');
is(says('by_session', "SELECT crm.act_as('p1', for_session => true)\\g /dev/null\nBEGIN; SELECT crm.act_as('p2')\\g /dev/null\nSELECT 1 / 0;", 'desk'), '', 'in a transaction that failed');
is(says('by_session', $who, 'desk'), 'desk|login', 'too');

$pooler->signal('INT');
$pooler->finish;
done_testing();
