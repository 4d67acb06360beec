#!/usr/bin/env perl
# The SQL blocks of doc/explain.md run as they stand, and print what the blocks below them say.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/explain.md');
my $database = Database->create('explain_page');
$database->run('CREATE EXTENSION crm CASCADE');
DocPage::prints($_, $database, unshown => qr/add_\w+/) for $page->blocks;
is scalar $page->blocks, 6, 'the page has its blocks';
$database->drop;
done_testing;
