#!/usr/bin/env perl
# The SQL blocks of doc/guards.md run as they stand, and print what the blocks below them say.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/guards.md');
my $database = Database->create('guards_page');
$database->run('CREATE EXTENSION crm CASCADE');
DocPage::prints($_, $database, unshown => qr/grant_mandate|share|act_as|appoint|approve|change_guard|add_\w+/, terse => 1) for $page->blocks;
cmp_ok scalar $page->blocks, '>=', 6, 'the page has its blocks';
$database->drop;
done_testing;
