#!/usr/bin/env perl
# doc/bypasses.md: its statements run, its tests are there, its table of decisions is what is walked over.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/bypasses.md');
my $database = Database->create('bypasses_page');
$database->run('CREATE EXTENSION crm CASCADE');
DocPage::runs($_, $database) for $page->blocks;
my $state = q{SELECT string_agg(evtenabled::text, '') FROM pg_event_trigger WHERE evtname LIKE 'crm\_guard\_watch\_%'};
is $database->run($state), 'DDDD', 'there are as many event triggers as the page says, and they are off';
$database->run(q{CREATE TABLE voucher (id integer PRIMARY KEY, value numeric); SELECT crm.add_guard('voucher', decision => 'goodwill', amount => 'value')});
is $database->run($state), 'AAAA', 'on from the first guard';
$database->run(q{SELECT crm.drop_guard('voucher', 'goodwill')});
is $database->run($state), 'DDDD', 'to the last';
$database->drop;

my %tests = map { $_ => 1 } $page->text =~ /`(guard_\w+)`/g;
ok -f "$ENV{TREE}/test/tap/t/$_.pl", "$_ is a test" for sort keys %tests;
is_deeply [ grep { !$tests{$_} } map { m{/(guard_(?:bypass_\w+|watch))\.pl$} } glob "$ENV{TREE}/test/tap/t/guard_*.pl" ], [], 'every test of bypasses is named';

my %walked = DocPage->read('test/pgtap/acts.sql')->text =~ /^\t\('(\w+)', '([a-z.]+)', \$\$/mg;
my %told = (uninstall => 'system.change');
my $text = $page->text;
while ($text =~ /^\| `([a-z.]+)` \| (`.*) \|$/mg)
{
	my ($decision, $functions) = ($1, $2);
	$told{$_} = $decision for grep { !/^(?:read_from|dry_run.*)$/ } $functions =~ /`([^`]+)`/g;
}
is_deeply \%told, { %walked, uninstall => 'system.change' }, 'the functions that decide are those that test/pgtap/acts.sql walks over';
done_testing;
