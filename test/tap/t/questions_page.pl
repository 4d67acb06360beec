#!/usr/bin/env perl
# The SQL blocks of doc/questions.md run as they stand, and print what the blocks below them say.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/questions.md');
my $database = Database->create('questions_page');
$database->run('CREATE EXTENSION crm CASCADE');
DocPage::prints($_, $database, unshown => qr/grant_mandate|hand_over|share|add_\w+|count/) for $page->blocks;
cmp_ok scalar $page->blocks, '>=', 5, 'the page has its blocks';
$database->drop;
done_testing;
