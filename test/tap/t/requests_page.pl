#!/usr/bin/env perl
# The SQL blocks of doc/requests.md run as they stand, each as whom it says, and show what it says of them.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $page = DocPage->read('doc/requests.md');
is scalar $page->blocks, 6, 'the page has its blocks';
my $database = Database->create('requests_page');
$database->run('DROP ROLE IF EXISTS desk_app');
my @printed;
for my $block ($page->blocks)
{
	if ($block->{number} == 2)
	{
		local $ENV{PGUSER} = 'desk_app';
		my ($refusal) = $page->text =~ /^```\n(ERROR:.*?)^```$/ms;
		my ($status, undef, $err) = $database->try("BEGIN; SELECT crm.act_as('bob'); INSERT INTO voucher VALUES (1, 42, 400); COMMIT;");
		is $err =~ s/^psql:.*?(?=ERROR)//r, $refusal =~ s/\n\z//r, 'the refusal is what the page shows';
	}
	push @printed, (DocPage::runs($block, $database))[0];
}
like $printed[1], qr/^1\|open\|manager$/m, 'it goes to the least privileged who may';
like $printed[2], qr/^request\|1\|manager\|bob\|third complaint\|SELECT crm\.approve\(1\);/m, 'and is in the inbox';
like $printed[2], qr/^approved\n.*^used\|manager\|mia$/ms, 'approved, used';
like $printed[3], qr/^consult\|2\|goodwill\|600\|mia\|SELECT crm\.answer_consult\(2, 'agree'/m, 'who is consulted finds it';
like $printed[3], qr/"answer": "object"/, 'an objection is shown';
like $printed[4], qr/^notice\|400\|bob\|SELECT crm\.acknowledge\(\d+\);\nnotice\|600\|mia\|/m, 'the director is informed of both acts';
like $printed[5], qr/^consult\|legal\|goodwill\|1\|.*^request\|manager\|goodwill\|1\|/ms, 'and it is known for whom they waited';
is $database->value('SELECT string_agg(value::text, \',\' ORDER BY value) FROM voucher'), '400,600', 'both vouchers are there, the refused one once';
$database->run('DROP OWNED BY desk_app; DROP ROLE desk_app');
$database->drop;
done_testing;
