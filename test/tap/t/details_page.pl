#!/usr/bin/env perl
# The SQL blocks of doc/sources.md on details run as they stand and show what the text beside them says.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Database;

my $page = do { local (@ARGV, $/) = "$ENV{TREE}/doc/sources.md"; <> };
my ($section) = $page =~ /^## Details\n(.*?)(?=^## |\z)/ms;
my @blocks = $section =~ /^```sql\n(.*?)^```$/msg;
is scalar @blocks, 3, 'the section has three blocks';
my $database = Database->create('details_page');
$database->run('CREATE EXTENSION crm CASCADE');

my ($status, $out, $err) = $database->try($blocks[0]);
is $status, 0, 'a detail is added' or diag $err;
unlike $err, qr/NOTICE/, 'whose key has an index';
($status, $out, $err) = $database->try($blocks[1]);
is $status, 0, 'details of a detail are added' or diag $err;
like $out, qr/Ann Lee\|ann\@new\.example\|Leeds\nBob Day\|bob\@example\.org\|\n/,
  'a preferred address wins, a place of work is no home';
like $out, qr/care\.client\|care\.address\|1$/, 'what waits is the changed address';
is $database->value(q{SELECT city FROM crm.customer WHERE name = 'Ann Lee'}), 'Hull', 'which is found when it is resolved';
($status, $out, $err) = $database->try($blocks[2]);
is $status, 0, 'details are changed and dropped' or diag $err;
like $out, qr/care\.client\|care\.address\|care\.client\/care\.client_address\|id = address_id\|\|\{street,city\}/, 'after they were shown';
is $database->value('SELECT string_agg(detail, $$ $$) FROM crm.source_detail'), 'care.client_email', 'one is left';
$database->drop;
done_testing;
