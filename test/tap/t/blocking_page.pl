#!/usr/bin/env perl
# The SQL blocks of doc/blocking.md run as they stand, one after another, and print what the page shows.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page     = DocPage->read('doc/blocking.md');
my $database = Database->create('blocking_page');
$database->run('CREATE EXTENSION crm CASCADE');
DocPage::prints($_, $database, unshown => 'number') for $page->blocks;
ok index($page->text, $_) >= 0, "$_ is told of" for map { $_->[0] } $database->rows(
	q{SELECT 'crm.' || p.proname FROM pg_proc p WHERE p.pronamespace = 'crm'::regnamespace AND p.proname ~ 'blocking|evaluate|expected_errors'});
$database->drop;
done_testing;
