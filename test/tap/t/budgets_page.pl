#!/usr/bin/env perl
# The SQL blocks of doc/budgets.md run as they stand, and print what the blocks below them say.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/budgets.md');
my $database = Database->create('budgets_page');
$database->run('DROP ROLE IF EXISTS desk_app');
$database->run('CREATE EXTENSION crm CASCADE');
my $unshown = qr/act_as|appoint|grant_\w+|share|add_\w+/;
for my $block ($page->blocks)
{
	my $login = $block->{number} == 1 ? undef : 'desk_app';
	DocPage::prints($block, $database, login => $login, null => '-', terse => 1, unshown => $unshown);
}
is join(' ', scalar $page->blocks, scalar grep { defined $_->{shown} } $page->blocks), '5 4', 'the page has its blocks';
is $database->run("SELECT * FROM crm.verify() WHERE check_name NOT LIKE 'guard%'"), '', 'crm.verify() finds nothing';
$database->run('DROP OWNED BY desk_app; DROP ROLE desk_app');
$database->drop;
done_testing;
