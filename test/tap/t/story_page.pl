#!/usr/bin/env perl
# doc/story.md: its SQL blocks run as they stand, each as who its section says, and print what is shown below them; its table
# tells what people may before and after the board changes its mind.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;
use Story;

my $page     = DocPage->read('doc/story.md');
my $roles    = 'SET client_min_messages = error; DROP ROLE IF EXISTS crm_app, chair';
my $postgres = bless { name => 'postgres' }, 'Database';
my $database = Database->create('story_page');
$postgres->run($roles);
my @blocks  = Story::blocks($page);
my $unshown = qr{act_as|add_\w+|answer_consult};
for my $block (@blocks)
{
	table('before') if $block->{sql} =~ /use_operating_model\('marketing/;
	DocPage::prints($block, $database, login => $block->{login}, null => '-', unshown => $unshown);
}
cmp_ok scalar(grep { defined $_->{shown} } @blocks), '>', 9, 'the page shows what comes out';
table('after');
$database->drop;
$postgres->run($roles);
done_testing;

sub table
{
	my ($when) = @_;
	my %cause = (yes => '', 'must ask first' => 'consult_first', 'gave it away' => 'handed_over', 'too much' => 'over_limit', 'no mandate' => 'no_mandate');
	my $rows = 0;
	for my $row (Story::answers($page))
	{
		my $amount = length $row->{amount} ? $row->{amount} : 'NULL';
		my $why = $database->value("SELECT cause FROM crm.why_not('$row->{who}', '$row->{decision}', amount => $amount)") // '';
		is $why, $cause{ $row->{$when} }, "$when: $row->{who} $row->{decision} $row->{amount}: $row->{$when}";
		$rows++;
	}
	cmp_ok $rows, '>', 9, 'the page has a table';
	return;
}
