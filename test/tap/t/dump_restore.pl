#!/usr/bin/env perl
# A dump and restore, in every format, loses nothing and changes no id; the restored one works on.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Departments qw(psql query run create drop fill_departments register fill_the_rest);
use Test::More;

my $source = 'test_dump';
my $copy = 'test_restore';
my $role = 'test_dump_reader';
my $folder = "$ENV{OUT}/dump";

drop($copy);
create($source);
psql('postgres', "SET client_min_messages = error; DROP ROLE IF EXISTS $role; CREATE ROLE $role");
fill_departments($source);
register($source);
fill_the_rest($source);
psql($source, "SELECT crm.grant_access('$role', 'analyst'); CREATE VIEW crm.at_run_time AS SELECT count(*) FROM crm.customer");

my @tables = split /\n/, query($source, <<'SQL');
SELECT format('%I.%I', n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
WHERE n.nspname IN ('crm', 'crm_internal') AND c.relkind IN ('r', 'p') AND c.relname <> 'ticket' ORDER BY 1
SQL
my @empty = grep { query($source, "SELECT count(*) FROM $_") eq '0' } @tables;
is("@empty", '', 'there are rows in every table of the extension');

my %ways = (
	'-Fc' => ["pg_dump -Fc -f $folder $source", "pg_restore -e -d $copy $folder"],
	'-Fd -j4' => ["pg_dump -Fd -j4 -f $folder $source", "pg_restore -e -j4 -d $copy $folder"],
	'plain' => ["pg_dump -f $folder $source", "psql -X -v ON_ERROR_STOP=1 -d $copy -f $folder"],
	'--inserts' => ["pg_dump --inserts -f $folder $source", "psql -X -v ON_ERROR_STOP=1 -d $copy -f $folder"],
);

for my $way (sort keys %ways)
{
	subtest $way => sub {
		system('rm', '-rf', $folder);
		create($copy);
		ok(run($ways{$way}[0]), 'dumps') or return;
		ok(run($ways{$way}[1]), 'restores without an error') or return;
		compare();
		works_on();
	};
}
drop($_) for $source, $copy;
psql('postgres', "DROP ROLE $role");
done_testing();

sub rows
{
	my ($database) = @_;
	return map { $_ => query($database, "SELECT count(*) || ' ' || md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM $_ t") } @tables;
}

sub next_values
{
	my ($database) = @_;
	return query($database, <<'SQL');
SELECT string_agg(sequencename || ' ' || COALESCE(last_value::text, 'never'), ', ' ORDER BY sequencename)
FROM pg_sequences WHERE schemaname IN ('crm', 'crm_internal') AND sequencename <> 'ticket_ticket_id_seq'
SQL
}

sub rights
{
	my ($database) = @_;
	return query($database, <<"SQL");
SELECT string_agg(what, E'\\n' ORDER BY what) FROM (
	SELECT format('%s.%s %s', table_name, column_name, privilege_type) FROM information_schema.column_privileges WHERE grantee = '$role'
	UNION ALL
	SELECT format('%s %s', routine_name, privilege_type) FROM information_schema.routine_privileges WHERE grantee = '$role') all_of (what)
SQL
}

sub triggers
{
	my ($database) = @_;
	return query($database, q{SELECT string_agg(concat_ws(' ', tgrelid::regclass, tgname, tgenabled, tgargs), E'\n'
		ORDER BY tgrelid::regclass::text, tgname) FROM pg_trigger WHERE tgname LIKE 'crm%'});
}

sub compare
{
	my %got = rows($copy);
	my %wanted = rows($source);
	is($got{$_}, $wanted{$_}, $_) for @tables;
	is(next_values($copy), next_values($source), 'identities go on where they were');
	is(rights($copy), rights($source), 'who may read what');
	is(triggers($copy), triggers($source), 'capture is on the same tables');
	is(query($copy, 'TABLE crm.at_run_time'), query($source, 'TABLE crm.at_run_time'), 'a view made at run time');
	is(query($copy, 'SELECT check_name, problem FROM crm.verify()'), '', 'crm.verify() finds nothing');
	return;
}

# What waited is resolved, and nobody gets another id by it.
sub works_on
{
	my $ids = q{SELECT string_agg(source || ' ' || source_key || ' ' || customer_id, ', ' ORDER BY source, source_key) FROM crm.customer_source};
	my $before = query($copy, $ids);

	is(query($copy, 'SELECT count(*) > 0 FROM crm_internal.pending'), 't', 'a change waits');
	psql($copy, 'CALL crm.run_maintenance()');
	is(query($copy, q{SELECT city FROM crm.customer WHERE email = 'p7@example.org'}), 'Delft', 'it is resolved');
	is(query($copy, $ids), $before, 'every row keeps its customer');
	psql($copy, q{INSERT INTO sales.account (account_name, mail) VALUES ('New Person', 'new@example.org'); CALL crm.resolve()});
	is(query($copy, q{SELECT customer_id > (SELECT max(customer_id) FROM crm_internal.customer_identity i
		WHERE i.created_at < c.created_at) FROM crm.customer c WHERE email = 'new@example.org'}), 't', 'a new customer gets a new id');
	is(query($copy, 'SELECT check_name, problem FROM crm.verify()'), '', 'crm.verify() still finds nothing');
	return;
}
