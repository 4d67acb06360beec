#!/usr/bin/env perl
# The SQL blocks of doc/stewardship.md run as they stand and print what the page shows.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/stewardship.md');
is scalar $page->blocks, 5, 'the page has its blocks';
my $database = Database->create('stewardship_page');
DocPage::prints($_, $database, unshown => 'set_source_duplicates') for $page->blocks;

# what the text says besides
is $database->run(q(SELECT count(*) FROM crm.verify())), '0', 'nothing contradicts';
for my $call ('crm.set_review_zone(-5, 7)', 'crm.set_review_zone(-4.3, 4.3)')
{
	my ($status, undef, $err) = $database->try("SELECT $call");
	is $status, 0, "$call is possible" or diag $err;
}
$database->drop;
done_testing;
