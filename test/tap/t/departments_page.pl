#!/usr/bin/env perl
# The SQL blocks of doc/departments.md run as they stand, each as whom it says, and show what it says of them.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/departments.md');
is scalar $page->blocks, 8, 'the page has its blocks';
my $database = Database->create('departments_page');
$database->run('DROP ROLE IF EXISTS service_app');

my $out = join '', map { (DocPage::runs($_, $database))[0] } $page->blocks;
like $out, qr/^service_manager\|\{\}\|t\|\{dora\}$/m, 'whom the service manager reports to acts for him';
like $out, qr/^ann\|act_as\|service_app\|\{"agent": "holder"\}\nservice_app\|login$/m, 'an application acts for somebody in a transaction';
like $out, qr/^ann$/m, 'or for a session';
like $out, qr/^desk\.voucher\|entered_by$/m, 'or a column says it';

# what the text says besides
my $gateway = sub {
	my ($sql) = @_;
	local $ENV{PGUSER} = 'service_app';
	return $database->try($sql);
};
like((($gateway->("BEGIN; SELECT crm.act_as('sam')"))[2]), qr/may not act for "sam"/, 'the departments of a gateway bound it');
like((($gateway->("\\set VERBOSITY verbose\nSELECT crm.act_as('ann')"))[2]), qr/25P01/, 'alone it is refused');
is((($gateway->("SELECT crm.act_as('ann')\\; SELECT person FROM crm.whoami()"))[1]), "\nann", 'in one message with another it is not');
like $database->run("SELECT crm.change_position(position_name => 'agent', reports_to => '')"), qr/agent/, 'the parameter needs no quotes';
my ($table) = $page->text =~ /^\| capacity \|.*?\n\|---.*?\n(.*?)\n\n/ms;
for my $capacity ($table =~ /^\| (\w+) \|/mg)
{
	my ($status, undef, $err) = $database->try("SELECT crm.appoint('sales_manager', 'eve', capacity => '$capacity', valid_from => '2090-01-01', valid_until => '2091-01-01')");
	is $status, 0, "$capacity is one" or diag $err;
}
$database->run('DROP OWNED BY service_app; DROP ROLE service_app');
$database->drop;
done_testing;
