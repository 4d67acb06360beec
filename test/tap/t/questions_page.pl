#!/usr/bin/env perl
# The SQL blocks of doc/questions.md run as they stand, and print what the blocks below them say.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;

my $page = do { local (@ARGV, $/) = "$ENV{TREE}/doc/questions.md"; <> };
my $database = Database->create('questions_page');
$database->run('CREATE EXTENSION crm CASCADE');
my $name = $database->name;
my $number = 0;
while ($page =~ /^```sql\n(.*?)^```\n(?:^```\n(.*?)^```\n)?/msg)
{
	my ($sql, $shown) = ($1, $2);
	my $file = "$ENV{OUT}/questions_page.sql";
	open my $out, '>:raw', $file or die "cannot write $file: $!";
	print $out "\\set SHOW_CONTEXT never\n$sql";
	close $out;
	$number++;
	my $printed = `psql -Xq -P footer=off -d $name -f $file 2>&1`;
	$printed =~ s/^psql:.*?: (?=ERROR)//mg;
	like $printed, qr/ERROR/, "block $number is refused" if ($shown // '') =~ /ERROR/;
	unlike $printed, qr/ERROR/, "block $number runs" if ($shown // '') !~ /ERROR/;
	next unless defined $shown;

	# calls that only return numbers are not shown on the page
	my @tables = grep { !/^ *(?:grant_mandate|hand_over|share|add_\w+|count) *\n-/ } split /\n\n/, "$printed\n";
	my $got = join "\n", @tables;
	is squeeze($got), squeeze($shown), "block $number prints what the page shows";
}
cmp_ok $number, '>=', 5, 'the page has its blocks';
$database->drop;
done_testing;

sub squeeze
{
	my ($text) = @_;
	$text =~ s/^[-+]+$/---/mg;
	$text =~ s/ +/ /g;
	$text =~ s/^ | $//mg;
	$text =~ s/\n+/\n/g;
	return $text =~ s/^\n|\n$//gr;
}
