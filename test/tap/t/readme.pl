#!/usr/bin/env perl
# The SQL blocks of the README run as they stand, one after the other, in a fresh database.
use strict;
use warnings;
use Test::More;

my $database = 'test_readme';
my $readme = slurp("$ENV{TREE}/README.md");
my @blocks = $readme =~ /^```sql\n(.*?)^```$/msg;
cmp_ok(scalar(@blocks), '>', 0, 'the README has SQL blocks');

sub slurp
{
	local (@ARGV, $/) = @_;
	return <> // '';
}

sub psql
{
	my ($name, $sql) = @_;
	my $file = "$ENV{OUT}/readme.sql";
	open my $out, '>', $file or die "cannot write $file: $!";
	print $out $sql;
	close $out;
	my $output = `psql -X -v ON_ERROR_STOP=1 -d $name -f $file 2>&1`;
	return ($? == 0, $output);
}

psql('postgres', "DROP DATABASE IF EXISTS $database;\nCREATE DATABASE $database;\n");
my ($worked, $output) = psql($database, join "\n", @blocks);
ok($worked, 'they run without an error') or diag $output;

# the claims of the text beside them
my $rows = `psql -XAt -d $database -c "SELECT source_records FROM crm.customer ORDER BY 1"`;
is($rows, "1\n1\n2\n2\n", 'six rows of three tables are four customers');
my $contact = `psql -XAt -d $database -c "SELECT c.name FROM crm.related(crm.customer_of('sales.account', '3')) r JOIN crm.customer c USING (customer_id) WHERE c.customer_id = crm.customer_of('service.client', '71')"`;
is($contact, "Carol Smit\n", 'the contact of the company is the client of service, by an address in a child table');
my $may = "SELECT crm.may('agent1', 'goodwill', amount => 100), crm.may('agent1', 'goodwill', amount => 400), crm.may('manager1', 'goodwill', amount => 400)";
is(`psql -XAt -d $database -c "$may"`, "t|f|t\n", 'an agent may give 100, his manager 400');
my (undef, $refused) = psql($database, 'INSERT INTO service.voucher VALUES (70, 400)');
like($refused, qr/service_manager \(manager1\) may\. To ask: SELECT crm\.request\('goodwill', customer => 1, amount => 400, reason => '...'\);/,
	'the error names who may, and the statement that asks');
psql('postgres', "DROP DATABASE $database;\n");
done_testing();
