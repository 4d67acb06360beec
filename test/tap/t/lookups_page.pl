#!/usr/bin/env perl
# The SQL block of doc/sources.md on look-ups runs as it stands and shows what the text says of it.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Database;
use DocPage;

my $section = DocPage->read('doc/sources.md', under => 'Look-ups');
is scalar $section->blocks, 1, 'the section has a block';
my $database = Database->create('lookups_page');
$database->run('CREATE EXTENSION crm CASCADE');
my ($out) = map { DocPage::runs($_, $database) } $section->blocks;
like $out, qr/^Cas Smit\|Delft\|NL$/m, 'city and country are those of other tables';
unlike $out, qr/Our own firm.*Cas Smit\|Delft\|NL/s, 'a company of our own is no customer';
like $out, qr/^Cas Smit\|Delft\|DE\nOur own firm\|Delft\|DE$/m, 'until it is sold; and the country changes where it stands';
like $out, qr/\nDE$/, 'the function by itself finds the same';

# every form of the table of forms
my %forms = (q{lookup('city.name')} => 'Delft', q{lookup(birth_country, 'country.code')} => 'DE',
	q{lookup(city_id, 'city.country_id', 'country.code')} => 'DE', q{lookup(id, 'own_company(partner_id).id')} => 'nothing');
for my $form (sort keys %forms)
{
	ok index($section->text, "| `$form` |") >= 0, "$form stands on the page";
	$database->run(qq{SELECT crm.change_source('trade.partner', map => jsonb_build_object('email', 'mail', 'city', \$\$$form\$\$), filter => '')});
	is $database->value(q{SELECT coalesce(attributes->'city'->>0, 'nothing') FROM crm_internal.read_source(1, '{1}')}), $forms{$form},
	  'and finds what it should';
}
$database->drop;
done_testing;
