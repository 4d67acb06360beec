#!/usr/bin/env perl
# The SQL blocks of doc/budgets.md run as they stand, and print what the blocks below them say.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use Story;

my $page = do { local (@ARGV, $/) = "$ENV{TREE}/doc/budgets.md"; <> };
my $database = Database->create('budgets_page');
$database->run('DROP ROLE IF EXISTS desk_app');
$database->run('CREATE EXTENSION crm CASCADE');
my ($number, $shown) = (0, 0);
while ($page =~ /^```sql\n(.*?)^```\n(?:^```\n(.*?)^```\n)?/msg)
{
	my ($sql, $wanted) = ($1, $2);
	my $login = $number++ == 0 ? undef : 'desk_app';
	my $printed = Story::printed($database->name, $login, $sql);
	if (defined $wanted)
	{
		ok index($printed, $wanted =~ s/[ ]+$//mgr) >= 0, "block $number prints what the page shows" or diag $printed;
		$shown++;
		next;
	}
	unlike $printed, qr/ERROR/, "block $number runs";
}
is "$number $shown", '5 4', 'the page has its blocks';
is $database->run("SELECT * FROM crm.verify() WHERE check_name NOT LIKE 'guard%'"), '', 'crm.verify() finds nothing';
$database->drop;
$database = Database->create('budgets_page');
$database->run('DROP ROLE desk_app');
$database->drop;
done_testing;
