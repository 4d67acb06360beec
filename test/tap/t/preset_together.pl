# A company that has bought one system after the other: six of them in one database, each registered by
# one statement, and who is a customer of several is found. Then it is all taken away again.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::Chinook;
use Crm::EspoCRM;
use Crm::HerokuConnect;
use Crm::Northwind;
use Crm::Pagila;
use Crm::Twenty;
use Database;

my %schema = (
	espocrm        => 'espo',
	heroku_connect => 'salesforce',
	twenty         => Crm::Twenty::schema(),
	northwind      => 'northwind',
	chinook        => 'chinook',
	pagila         => 'pagila');
my @presets = sort keys %schema;
my @schemas = @schema{@presets};

my $database = Database->create('preset_together');
for my $module (map { "Crm::$_" } qw(EspoCRM HerokuConnect Twenty Northwind Chinook Pagila))
{
	$module->can('install')->($database);
	$module->can('fill')->($database, seed => 3);
}
my ($rows, $dump) = (Crm::Check::checksums($database, @schemas), Crm::Check::schema_dump($database, @schemas));

$database->run('CREATE EXTENSION crm CASCADE');
is $database->value("SELECT preset FROM crm.detect_preset('$schema{$_}') LIMIT 1"), $_, "$_ is recognised"
  for @presets;
for my $preset (@presets)
{
	$database->run("SELECT crm.add_department('$preset')");
	my ($status, $out, $err) =
	  $database->try("SELECT crm.add_source('$schema{$preset}', department => '$preset', preset => '$preset')");
	is $status, 0, "one statement registers $preset" or diag $err;
}
$database->run('CALL crm.resolve()');
is Crm::Check::checksums($database, @schemas), $rows, 'no row of any system is touched';
Crm::Check::judge($database, 'together', precision => 0.97, recall => 0.95);
Crm::Check::relations($database, 'together');
cmp_ok $database->value(<<~'SQL'), '>', 60, 'many customers are known to several systems';
	SELECT count(*) FROM (SELECT FROM crm.customer_source GROUP BY customer_id HAVING count(DISTINCT department) > 1) g
	SQL

my ($status, $out, $err) =
  $database->try("SELECT crm.add_source('espo', department => 'espocrm', preset => 'espocrm')");
isnt $status, 0, 'a second registration by mistake is refused';
like $err, qr/is already a source/, 'and says why';
$database->run('SELECT crm.uninstall(dry_run => false)');
is Crm::Check::checksums($database, @schemas), $rows, 'the rows are what they were';
is Crm::Check::schema_dump($database, @schemas), $dump, 'after uninstalling the schemas are byte-equal to before';
$database->drop;
done_testing;
