#!/usr/bin/env perl
# The SQL blocks of doc/sources.md on details run as they stand and show what the text beside them says.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my @blocks = DocPage->read('doc/sources.md', under => 'Details')->blocks;
is scalar @blocks, 3, 'the section has three blocks';
my $database = Database->create('details_page');
$database->run('CREATE EXTENSION crm CASCADE');

my ($out, $err) = DocPage::runs($blocks[0], $database);
unlike $err, qr/NOTICE/, 'a detail is added whose key has an index';
($out) = DocPage::runs($blocks[1], $database);
like $out, qr/Ann Lee\|ann\@new\.example\|Leeds\nBob Day\|bob\@example\.org\|\n/,
  'a preferred address wins, a place of work is no home';
like $out, qr/care\.client\|care\.address\|1$/, 'what waits is the changed address';
is $database->value(q{SELECT city FROM crm.customer WHERE name = 'Ann Lee'}), 'Hull', 'which is found when it is resolved';
($out) = DocPage::runs($blocks[2], $database);
like $out, qr/care\.client\|care\.address\|care\.client\/care\.client_address\|id = address_id\|\|\{street,city\}/, 'details were shown, then changed and dropped';
is $database->value('SELECT string_agg(detail, $$ $$) FROM crm.source_detail'), 'care.client_email', 'one is left';
$database->drop;
done_testing;
