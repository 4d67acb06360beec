#!/usr/bin/env perl
# doc/safety.md: its SQL runs as it stands, and the locks that it names are those that are seen.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Database;
use DocPage;
use Test::More;
use Time::HiRes qw(sleep);

my $safety = DocPage->read('doc/safety.md');
my $page = $safety->text;

subtest 'the statements' => sub {
	my $database = Database->create('test_safety');
	my @blocks = map { $_->{sql} } $safety->blocks;
	my ($install, $off, $remove, $by_hand) = @blocks;
	is(scalar(@blocks), 4, 'blocks to install, switch off, remove, and remove by hand');

	my ($status, $out, $err) = $database->try($install);
	is($status, 0, 'install and look') or diag $err;
	like($out, qr/^sales\.account\|watch\|2\|[\d:.]+\|2\|2\|00:00:00\.\d+\|/m, 'the first load and two rows as one key wait, and have cost time');

	($status, $out, $err) = $database->try("CALL crm.resolve(); $off");
	is($status, 0, 'switch off and on') or diag $err;
	is($database->value('SELECT string_agg(phone, $$ $$ ORDER BY phone) FROM crm.customer'), '+31612345678 +31687654321', 'what was missed is found, of the detail too');
	is($database->value('SELECT mode FROM crm.source_status'), 'watch', 'and the mode is back');

	# a database like it, for the way by hand, whose library cannot be loaded any more
	my $other = Database->create('test_safety_by_hand');
	$other->run($install);
	$other->run("UPDATE pg_proc SET probin = '/nowhere/crm' WHERE pronamespace = 'crm_internal'::regnamespace");
	isnt(($other->try("INSERT INTO sales.account VALUES (3, 'X', 'x')"))[0], 0, 'without its library nothing can be written');
	($status, $out, $err) = $other->try($by_hand);
	is($status, 0, 'removed by hand') or diag $err;

	($status, $out, $err) = $database->try($remove);
	is($status, 0, 'removed') or diag $err;
	for ($database, $other)
	{
		is($_->value("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), 0, 'no trigger is left');
		is($_->value("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'crm%'"), 0, 'no schema is left');
		$_->run("INSERT INTO sales.account VALUES (4, 'Y', 'y')");
		$_->drop;
	}
};

# The table of the page: statement -> lock.
my %named;
for my $row ($page =~ /^\| (.*) \| (?:`[A-Z ]+`|none.*?) \| .*\|$/mg)
{
	my ($lock) = $page =~ /^\| \Q$row\E \| `?(none|[A-Z ]+[A-Z])/m;
	$named{$_} = $lock for $row =~ /`(?:CALL )?(crm\.\w+)/g;
	$named{"write $_"} = $lock for $row =~ /^(?:your|the same).*mode `(\w+)`/;
}
is($named{'crm.add_source'}, 'SHARE ROW EXCLUSIVE', 'the page has a table of locks');

my @strength = ('none', 'ACCESS SHARE', 'ROW SHARE', 'ROW EXCLUSIVE', 'SHARE UPDATE EXCLUSIVE', 'SHARE', 'SHARE ROW EXCLUSIVE',
	'EXCLUSIVE', 'ACCESS EXCLUSIVE');
my %strength = map { $strength[$_] => $_ } 0 .. $#strength;
my $database = Database->create('test_safety');
$database->run(<<'SQL');
CREATE EXTENSION crm CASCADE;
CREATE SCHEMA s
	CREATE TABLE account (id integer, region text, name text, town integer, PRIMARY KEY (region, id)) PARTITION BY LIST (region)
	CREATE TABLE phone (id integer PRIMARY KEY, region text, account integer, number text)
	CREATE TABLE town (id integer PRIMARY KEY, name text);
CREATE TABLE s.account_nl PARTITION OF s.account FOR VALUES IN ('nl');
SELECT crm.add_department('s');
CREATE VIEW public.held AS
	SELECT l.pid, c.relnamespace::regnamespace::text AS schema, c.relname::text AS relation, l.granted,
		upper(regexp_replace(replace(l.mode, 'Lock', ''), '([a-z])([A-Z])', '\1 \2', 'g')) AS lock
	FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
	WHERE l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND c.relkind IN ('r', 'p');
SQL
my %seen = ('write watch' => 1, 'write inline' => 1, 'crm.resolve' => 1);    # further down
my ($session, $looker) = ($database->session, $database->session);
my $pid = $session->do('SELECT pg_backend_pid()')->{output};

# The strongest lock that the session holds on tables of the department, of these names.
sub held
{
	my (@tables) = @_;
	my $names = join ', ', map { "'$_'" } @tables;
	my @locks = split /\n/, $looker->do("SELECT lock FROM public.held WHERE pid = $pid AND granted AND schema = 's' AND relation IN ($names)")->{output};
	return (sort { $strength{$b} <=> $strength{$a} } @locks, 'none')[0];
}

sub does
{
	my ($name, $statement, @tables) = @_;
	my $answer = $session->do("BEGIN; $statement");
	is($answer->{sqlstate}, '00000', "$name runs") or diag $answer->{output};
	is(held(@tables), $named{$name}, "$name: on @tables");
	$seen{$name} = 1;
	is($looker->do("SELECT count(*) FROM public.held WHERE pid = $pid AND schema = 's' AND lock = 'ACCESS EXCLUSIVE'")->{output}, 0,
		"$name shuts no reader out")
	  if $named{$name} ne 'ACCESS EXCLUSIVE';
	$session->do('COMMIT');
	return;
}

my @account = qw(account account_nl);
does('crm.suggest_mapping', "SELECT crm.suggest_mapping('s.account')", @account);
does('crm.add_source', "SELECT crm.add_source('s.account', 's', '{\"name\": \"name\", \"city\": \"lookup(town, ''s.town.name'')\"}')", @account, 'town');
does('crm.add_detail', "SELECT crm.add_detail('s.phone', of => 's.account', key => '{region, account}', map => '{\"phone\": \"number\"}')", 'phone');
does('crm.change_source', "SELECT crm.change_source('s.account', filter => 'id > 0')", @account);
does('crm.change_detail', "SELECT crm.change_detail('s.phone', of => 's.account', filter => 'id > 0')", 'phone');
does('crm.repair_source', "SELECT crm.repair_source('s.account')", @account);
$session->do('CALL crm.resolve()');
does('crm.set_source_mode', "SELECT crm.set_source_mode('s.account', 'watch')", @account, 'phone');
does('crm.source_status', 'SELECT * FROM crm.source_status', @account);
does('crm.add_guard', "SELECT crm.add_guard('s.account', 'system.change', \"when\" => 'id < 0')", @account);
does('crm.change_guard', "SELECT crm.change_guard(1, mode => 'observe')", @account);
does('crm.guards', 'SELECT * FROM crm.guards', @account);
does('crm.drop_guard', 'SELECT crm.drop_guard(1)', @account);
does('crm.customer', 'SELECT * FROM crm.customer', @account, 'phone');
does('crm.search', "SELECT * FROM crm.search('ann')", @account, 'phone');
does('crm.sync', 'CALL crm.sync()', @account, 'phone');

# A writer: its own locks until it commits, then one append, for which it waits for nobody.
my $own = "SELECT string_agg(concat_ws(' ', schema, relation, lock), ', ' ORDER BY schema, relation, lock COLLATE \"C\") FROM public.held WHERE pid = $pid AND granted";
$session->do("SET crm.enabled = off; BEGIN; INSERT INTO s.account VALUES (1, 'nl', 'Ann')");
my $without = $looker->do($own)->{output};
$session->do("ROLLBACK; RESET crm.enabled; BEGIN; INSERT INTO s.account VALUES (1, 'nl', 'Ann')");
is($looker->do($own)->{output}, $without, 'a watched write holds the locks of a write, no more');
my $blocker = $database->session;
$blocker->do('BEGIN; LOCK TABLE crm_internal.pending IN SHARE MODE');
$session->send('COMMIT');
is(waited_for(), 'crm_internal.pending ROW EXCLUSIVE', 'its commit appends to one table');
is($named{'write watch'}, $looker->do($own)->{output} eq $without ? 'none' : 'some', 'and takes no other lock');
$blocker->do('ROLLBACK');
is($session->answer->{sqlstate}, '00000', 'it commits');

# what a batch of resolve holds while it writes
$blocker->do('BEGIN; LOCK TABLE crm_internal.record IN SHARE MODE');
$session->send('CALL crm.resolve()');
is(waited_for(), 'crm_internal.record ROW EXCLUSIVE', 'a batch has read and is about to write');
is(held(@account), $named{'crm.resolve'}, "crm.resolve: on @account");
$blocker->do('ROLLBACK');
$session->answer;
is(held(@account, 'phone'), 'none', 'at its end nothing is held');

# resolving in the writing transaction: the same, beside the writer's own
$session->do("SELECT crm.set_source_mode('s.account', 'inline')");
$session->do("BEGIN; SET CONSTRAINTS ALL IMMEDIATE; INSERT INTO s.phone VALUES (1, 'nl', 1, '0612345678')");
is(held(@account), $named{'write inline'}, 'what a detail hangs on is read in the writing transaction');
$session->do('COMMIT');
is($database->value('SELECT count(*) FROM crm_internal.pending'), 0, '... which resolved it');

does('crm.drop_detail', "SELECT crm.drop_detail('s.phone', of => 's.account')", 'phone');
does('crm.drop_source', "SELECT crm.drop_source('s.account')", @account, 'town');
$session->do("SELECT crm.add_source('s.account', 's', '{\"name\": \"name\"}')");
does('crm.uninstall', 'SELECT * FROM crm.uninstall(dry_run => false)', @account);
is(join(', ', grep { !$seen{$_} } sort keys %named), '', 'every statement of the table was tried');
$_->close for $session, $looker, $blocker;
$database->drop;
done_testing();

# The lock that the session waits for by now.
sub waited_for
{
	for (1 .. 100)
	{
		my $what = $looker->do("SELECT concat_ws(' ', schema || '.' || relation, lock) FROM public.held WHERE pid = $pid AND NOT granted")->{output};
		return $what if $what ne '';
		sleep 0.05;
	}
	return 'nothing';
}
