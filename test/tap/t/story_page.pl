#!/usr/bin/env perl
# doc/story.md: its SQL blocks run as they stand, each as who its section says, and print what is shown below them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Database;
use Story;

my $database = Database->create('story_page');
$database->run('DROP ROLE IF EXISTS crm_app, chair');
my $shown = 0;
for my $block (Story::blocks("$ENV{TREE}/doc/story.md"))
{
	my $out = Story::printed($database->name, $block->{login}, $block->{sql});
	my ($name) = "$block->{section}: $block->{sql}" =~ /^(.{1,100})/;
	if (!defined $block->{shown})
	{
		unlike $out, qr/^ERROR/m, $name or diag $block->{sql};
		next;
	}
	ok index($out, $block->{shown}) >= 0, $name or diag "$block->{sql}\nprints:\n$out";
	$shown++;
}
cmp_ok $shown, '>', 9, 'the page shows what comes out';
$database->drop;
$database->run('DROP ROLE crm_app, chair') if 0;
done_testing;
