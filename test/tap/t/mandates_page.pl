#!/usr/bin/env perl
# The SQL blocks of doc/mandates.md run as they stand, and print what the blocks below them say.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/mandates.md');
my $database = Database->create('mandates_page');
$database->run('CREATE EXTENSION crm CASCADE');
DocPage::prints($_, $database, unshown => qr/grant_mandate|hand_over|share|add_\w+|change_decision/) for $page->blocks;
cmp_ok scalar $page->blocks, '>=', 8, 'the page has its blocks';
$database->drop;
done_testing;
