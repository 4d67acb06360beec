#!/usr/bin/env perl
# From install to uninstall the departments stay as they are: the dump of their schemas and their rows.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Departments qw(psql query run create drop fill_departments register);
use Test::More;

my $database = 'test_uninstall';
create($database);
fill_departments($database);
my @before = state_of_departments('before');

register($database);
is_deeply([state_of_rows()], $before[1], 'in watch mode no row of a department has changed');
isnt(query($database, 'SELECT count(*) FROM crm.customer'), '0', 'there are customers');

# a source that is gone from the registry has left its trigger, a partition was detached with one
psql($database, <<'SQL');
ALTER TABLE marketing.lead DETACH PARTITION marketing.lead_us;
DELETE FROM crm_internal.source WHERE table_name = 'client';
SQL
my @statements = split /\n/, query($database, 'SELECT statement FROM crm.uninstall()');
my $triggers = query($database, q{SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm\_%' AND tgparentid = 0
	AND tgrelid::regclass::text NOT LIKE 'crm%'});
is(scalar(@statements), $triggers + 2, 'a dry run lists every trigger, and the extensions');
is_deeply([@statements[-2, -1]], [ 'DROP EXTENSION crm CASCADE', 'DROP EXTENSION ltree' ], 'what crm brought goes last');
isnt(query($database, q{SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm\_%'}), '0', 'and removes none');

is(query($database, 'SELECT statement FROM crm.uninstall(dry_run => false)'), join("\n", @statements),
	'what was listed is what is run');
is(query($database, q{SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm\_%'}), '0', 'no trigger is left');
is(query($database, q{SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'crm%'}), '0', 'no schema is left');
is(query($database, q{SELECT count(*) FROM pg_type WHERE typname IN ('email_address', 'phone_number')}),
	'0', 'no type is left');

psql($database, q{ALTER TABLE marketing.lead ATTACH PARTITION marketing.lead_us FOR VALUES IN ('us')});
my @after = state_of_departments('after');
is($after[0], $before[0], 'the schema dump of the departments is byte-equal to the one before');
is_deeply($after[1], $before[1], 'and so are their rows, physically');
psql($database, q{INSERT INTO service.client VALUES ('new', 'Somebody', NULL, NULL)});
drop($database);

# ltree is somebody's own if it was there before, or is used by others
for my $case (
	[ 'brought by crm', '', '', 0 ],
	[ 'there before', 'CREATE EXTENSION ltree', '', 1 ],
	[ 'brought by crm, type of a column', '', 'CREATE TABLE shelf (path ltree)', 1 ],
	[ 'brought by crm, array of a column', '', 'CREATE TABLE shelf (paths ltree[])', 1 ],
	[ 'brought by crm, called by a view', '', q{CREATE VIEW shelf AS SELECT public.nlevel('a.b') AS depth}, 1 ],
	[ 'brought by crm, the reason of a function', '', 'CREATE FUNCTION shelf() RETURNS int LANGUAGE sql RETURN 1; ALTER FUNCTION shelf() DEPENDS ON EXTENSION ltree', 1 ])
{
	my ($name, $before, $after, $stays) = @$case;
	create($database);
	psql($database, "$before; CREATE EXTENSION crm CASCADE; $after");
	my $dry = query($database, 'SELECT statement FROM crm.uninstall()');
	is($dry, 'DROP EXTENSION crm CASCADE' . ($stays ? '' : "\nDROP EXTENSION ltree"), "ltree $name: the dry run");
	is(query($database, 'SELECT statement FROM crm.uninstall(dry_run => false)'), $dry, 'is what is done');
	is(query($database, q{SELECT count(*) FROM pg_extension WHERE extname = 'ltree'}), $stays, $stays ? 'it stays' : 'it goes');
	drop($database);
}

# a restore makes it by itself, and nobody knows any more who wanted it
create($database);
psql($database, 'CREATE EXTENSION crm CASCADE');
run("pg_dump -Fc -d $database -f $ENV{OUT}/uninstall.dump") or die 'pg_dump';
create($database);
run("pg_restore -e -d $database $ENV{OUT}/uninstall.dump") or die 'pg_restore';
is(query($database, 'SELECT statement FROM crm.uninstall(dry_run => false)'), 'DROP EXTENSION crm CASCADE', 'after a restore ltree is left alone');
drop($database);
done_testing();

# xmin and ctid too: nothing was even rewritten
sub state_of_rows
{
	return map { query($database, "SELECT md5(string_agg(concat(t.xmin, t.ctid, t), '|' ORDER BY t.ctid, t.tableoid)) FROM $_ t") }
	  qw(sales.account marketing.lead_eu marketing.lead_us service.client service.ticket);
}

sub state_of_departments
{
	my ($when) = @_;
	my $file = "$ENV{OUT}/uninstall_$when.sql";
	run("pg_dump -s -d $database -f $file") or die 'pg_dump';
	my $dump = do { local (@ARGV, $/) = ($file); <> };
	$dump =~ s/^\\(?:un)?restrict .*\n//mg;    # a random token in newer versions
	return ($dump, [state_of_rows()]);
}
