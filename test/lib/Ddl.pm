# A department's DDL, case by case: that it goes the same with and without crm, and that afterwards
# crm knows what a fresh install on the final tables would.
#
# A case is { name, script, ... }:
#   script     what the department runs, as its own role: the same output and the same schema and
#              rows are wanted with crm and without
#   setup      before the source is registered, both here and there; beside it two tables that stand
#              already, see tables()
#   add        how the source is registered; final: how it is afterwards, on a fresh install
#   expect     'followed' with like => what crm says of it, 'nothing', or 'attention' with like => and
#              repair => what the statement must match; it is then run
#   changes    rows changed afterwards: they must be captured
#   as         the role that runs the script
#   of         the source that is asked, instead of the first
package Ddl;

use strict;
use warnings;
use Exporter qw(import);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(ddl_begin ddl_case ddl_end ddl_compare ddl_start ddl_run ddl_resolve ddl_database);

my ($node, $folder, $number);

# A person stands in both departments by several spellings; two have no counterpart.
sub tables
{
	return <<'SQL';
CREATE SCHEMA sales AUTHORIZATION ddl_dept;
CREATE SCHEMA service AUTHORIZATION ddl_dept;
SET ROLE ddl_dept;
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text, phone text, city text, born date, active boolean NOT NULL DEFAULT true, changed timestamptz);
INSERT INTO sales.account (id, name, mail, phone, city, born, changed) VALUES
	(1, 'Anneke Oosterhof', 'anneke@oosterhof.example', '+31 6 1234 5601', 'Zwolle', '1970-01-02', '2024-01-01Z'),
	(2, 'Bertram Wolfsburg', 'bertram@wolfsburg.example', '+31 6 1234 5602', 'Emmen', '1971-02-03', '2024-01-02Z'),
	(3, 'Carolien Dijkgraaf', 'carolien@dijkgraaf.example', '+31 6 1234 5603', 'Delft', '1972-03-04', '2024-01-03Z'),
	(4, 'Dirk-Jan Palthe', 'dj@palthe.example', '+31 6 1234 5604', 'Almelo', '1973-04-05', '2024-01-04Z'),
	(5, 'Elvira Montessori', NULL, '+31 6 1234 5605', 'Assen', '1974-05-06', '2024-01-05Z'),
	(6, 'Anneke Oosterhof', 'anneke@oosterhof.example', NULL, 'Zwolle', '1970-01-02', '2024-01-06Z');
UPDATE sales.account SET active = false WHERE id = 4;
CREATE TABLE service.client (id integer PRIMARY KEY, name text, mail text, phone text, changed timestamptz);
INSERT INTO service.client VALUES
	(1, 'A. Oosterhof', 'anneke@oosterhof.example', '+31612345601', '2023-01-01Z'),
	(2, 'Wolfsburg, Bertram', 'BERTRAM@wolfsburg.example', NULL, '2023-01-02Z'),
	(7, 'Elvira Montessori', NULL, '+31612345605', '2023-01-03Z'),
	(8, 'Frederike Zandvliet', 'fz@zandvliet.example', NULL, '2023-01-04Z');
RESET ROLE;
SQL
}

my $second = q(SELECT crm.add_source('service.client', 'service', '{"name": "name", "email": "mail", "phone": "phone"}', changed_at => 'changed'););
our $first = q(SELECT crm.add_source('sales.account', 'sales', '{"name": "name", "email": "mail", "phone": "phone", "city": "city", "birth_date": "born"}', filter => 'active', changed_at => 'changed'););
our $changes = q(UPDATE sales.account SET mail = 'later@example.org', changed = '2025-01-01Z' WHERE id = 2; INSERT INTO sales.account (id, name, mail, changed) VALUES (50, 'Gijsbert Hoogland', 'fz@zandvliet.example', '2025-01-02Z'); DELETE FROM sales.account WHERE id = 3;);

sub ddl_begin
{
	my ($name) = @_;
	$node = PostgreSQL::Test::Cluster->new($name);
	$node->init;
	# An autovacuum that holds a table for a moment would put off following to the next run.
	$node->append_conf('postgresql.conf', "fsync = off\nmax_prepared_transactions = 2\nautovacuum = off\n");
	$node->start;
	$folder = $PostgreSQL::Test::Utils::tmp_check;
	$node->safe_psql('postgres', "CREATE ROLE $_ LOGIN") for qw(ddl_dept ddl_other);
	$node->safe_psql('postgres', 'GRANT ddl_other TO ddl_dept');
	$node->safe_psql('postgres', "CREATE DATABASE $_") for qw(bare ready);
	$node->safe_psql('ready', "CREATE EXTENSION crm CASCADE; SELECT crm.add_department('sales'), crm.add_department('service')");
	for (qw(bare ready))
	{
		$node->safe_psql($_, "GRANT CREATE ON DATABASE $_ TO ddl_dept; CREATE ROLE ddl_reader_$_");
	}
	$number = 0;
	return $node;
}

sub ddl_end
{
	$node->stop;
	done_testing();
	return;
}

sub ddl_database
{
	my ($name, $template) = @_;
	$node->safe_psql('postgres', "CREATE DATABASE $name TEMPLATE $template");
	$node->safe_psql('postgres', "GRANT CREATE ON DATABASE $name TO ddl_dept");
	return $name;
}

# What a client would see, errors and notices included, without stopping at the first error.
sub run_script
{
	my ($database, $role, $script) = @_;
	my $user = $role eq 'superuser' ? '' : " user=$role";    # the one who started the server has any name
	my $file = "$folder/script.sql";
	open my $out, '>:encoding(UTF-8)', $file or die $!;
	print $out $script;
	close $out or die $!;
	my $said = '';
	IPC::Run::run(
		[ 'psql', '-Xa', '-d', $node->connstr($database) . $user, '-f', $file ],
		'<', \undef, '>', \$said, '2>&1');
	return $said;
}

# Schemas and rows of the departments, without what crm adds to them: its triggers.
sub dump_of
{
	my ($database) = @_;
	my $dump = '';
	IPC::Run::run(
		[ 'pg_dump', '-d', $node->connstr($database), '--exclude-schema=crm', '--exclude-schema=crm_internal', '--exclude-schema=public' ],
		'>', \$dump) or die "pg_dump of $database failed";
	$dump =~ s/^--\n-- Name: \S+ crm_50_\w+; Type: TRIGGER.*?(?=^--\n-- )//gms;
	$dump =~ s/^CREATE EXTENSION.*?;\n//gm;
	$dump =~ s/^--\n-- Name: EXTENSION.*?(?=^--\n-- )//gms;
	$dump =~ s/^--\n-- Name: \w+; Type: EXTENSION.*?(?=^--\n-- )//gms;
	$dump =~ s/^\\(?:un)?restrict .*\n//gm;
	return $dump;
}

# Every customer with its rows, values and lineage; ids aside.
sub ddl_customers
{
	my ($database) = @_;
	return $node->safe_psql($database, <<'SQL');
SET TimeZone = 'UTC';
SELECT customer FROM (SELECT (SELECT string_agg(s.source || ' ' || s.source_key, ', ' ORDER BY s.source, s.source_key COLLATE "C") FROM crm.customer_source s WHERE s.customer_id = c.customer_id) || E'\n  '
	|| (to_jsonb(c) - '{customer_id,created_at,updated_at}'::text[])::text || E'\n  '
	|| (SELECT string_agg(concat_ws(' ', l.attribute, l.value, l.wins, l.source, l.source_key, l.rule, l.changed_at), E'\n  ' ORDER BY l.attribute, l.source, l.source_key COLLATE "C", l.value COLLATE "C") FROM crm.customer_lineage l WHERE l.customer_id = c.customer_id) AS customer
FROM crm.customer c) x ORDER BY customer COLLATE "C"
SQL
}

# What waits, what failed, and what does not agree with itself: nothing of it is wanted.
sub troubles
{
	my ($database) = @_;
	return $node->safe_psql($database, <<'SQL');
SELECT concat_ws(' ', 'waits:', source, source_key, op, error) FROM crm.pending
UNION ALL SELECT concat_ws(' ', 'needs attention:', source, needs_attention) FROM crm.source_status WHERE needs_attention IS NOT NULL
UNION ALL SELECT problem FROM crm.verify()
SQL
}

sub resolve
{
	my ($database) = @_;
	my ($out, $err);
	my $rc = $node->psql($database, 'CALL crm.resolve()', stdout => \$out, stderr => \$err);
	is($rc, 0, 'crm.resolve() goes well') or diag $err;
	return;
}

# The two tables in $database, registered and resolved.
sub ddl_start
{
	my ($database, $add) = @_;
	$node->safe_psql($database, tables());
	$node->safe_psql($database, $add . $second);
	$node->safe_psql($database, 'CALL crm.resolve()');
	return;
}

# A script that may fail halfway, as the department.
sub ddl_run
{
	my ($database, $script) = @_;
	return run_script($database, 'ddl_dept', $script . ';');
}

# As whoever started the server; it has to go well.
sub ddl_resolve
{
	my ($database) = @_;
	return $node->safe_psql($database, 'CALL crm.resolve()');
}

# $database, as crm has followed, against a fresh install on the same tables.
sub ddl_compare
{
	my ($database, $final, $changes, $claim) = @_;
	my $fresh = ddl_database("${database}_fresh", 'ready');
	my $file = "$folder/final.sql";
	open my $out, '>', $file or die $!;
	print $out dump_of($database);
	close $out or die $!;
	$node->command_ok([ 'psql', '-Xq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr($fresh), '-f', $file ], 'a copy of the final tables');
	$node->safe_psql($fresh, $final . $second);
	resolve($fresh);
	is(troubles($database), '', "$claim: nothing is left to do");
	is(ddl_customers($database), ddl_customers($fresh), "$claim: the customers are those of a fresh install");
	if ($changes)
	{
		$node->safe_psql($_, $changes) for $database, $fresh;
		resolve($_) for $database, $fresh;
		is(ddl_customers($database), ddl_customers($fresh), "$claim: and so they are after further changes");
	}
	return;
}

sub expectation
{
	my ($case, $watched) = @_;
	my ($attention, $repair, $followed) = split /\|/, $node->safe_psql($watched,
		"SELECT coalesce(needs_attention, ''), coalesce(repair, ''), coalesce(followed, '') FROM crm.source_status WHERE " . ($case->{of} ? "source = '$case->{of}'" : "department = 'sales'")), 3;
	my $expect = $case->{expect};
	my $like = $case->{like} // qr/./;
	if ($expect eq 'attention')
	{
		like($attention, $like, 'it needs attention and says why');
		like($repair, $case->{repair}, 'and which statement repairs it');
		my ($out, $err);
		is($node->psql($watched, $repair, stdout => \$out, stderr => \$err), 0, 'which does') or diag $err;
		# what was swapped with another source takes both statements
		my $other = $node->safe_psql($watched, 'SELECT repair FROM crm.source_status WHERE repair IS NOT NULL');
		$node->safe_psql($watched, $other) if $other;
		resolve($watched);
		return;
	}
	is($attention, '', 'it needs nobody\'s attention');
	like($followed, $like, 'it says what was followed') if $expect eq 'followed';
	is($followed, '', 'there was nothing to follow') if $expect eq 'nothing';
	return;
}

sub ddl_case
{
	my (%case) = @_;
	my $claim = $case{name};
	my $role = $case{as} // 'ddl_dept';
	my $add = $case{add} // $first;
	$number++;
	my $plain = ddl_database("plain$number", 'bare');
	my $watched = ddl_database("watched$number", 'ready');
	my $setup = tables() . ($case{setup} ? "SET ROLE ddl_dept; $case{setup}; RESET ROLE;" : '');
	subtest $claim => sub
	{
		$node->safe_psql($_, $setup) for $plain, $watched;
		$node->safe_psql($watched, $add . $second);
		resolve($watched);
		is(run_script($watched, $role, $case{script}), run_script($plain, $role, $case{script}), 'the department sees what it would without crm');
		is(dump_of($watched), dump_of($plain), 'and its tables are what they would be');
		resolve($watched);
		expectation(\%case, $watched);
		ddl_compare($watched, $case{final} // $add, exists $case{changes} ? $case{changes} : $changes, 'in the end');
	};
	$node->safe_psql('postgres', "DROP DATABASE $_") for $plain, $watched, "${watched}_fresh";
	return;
}

1;
