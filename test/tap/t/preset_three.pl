# Three business applications whose own installers made their tables, or would have made them so, each in
# a schema of its own: one statement registers each, and who is known to several is one customer.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::LedgerSMB;
use Crm::Odoo;
use Crm::Tryton;
use Crm::World;
use Database;

my ($missing) = grep { defined } Crm::Tryton::missing(), Crm::LedgerSMB::missing();
plan skip_all => $missing if $missing;

my $database = Database->create('preset_three');
my $world    = Crm::World->new(seed => 4, people => 300, companies => 120);
my @names    = qw(tryton ledgersmb odoo);

Crm::Tryton::install($database, $ENV{TESTDIR});
Crm::Tryton::fill($database, world => $world);
move('tryton');
Crm::LedgerSMB::install($database);
Crm::LedgerSMB::fill($database, world => $world);
move('ledgersmb');
Crm::Odoo::install($database, schema => 'odoo');
Crm::Odoo::fill($database, schema => 'odoo', world => $world);
my ($rows, $dump) = (Crm::Check::checksums($database, @names), Crm::Check::schema_dump($database, @names));

$database->run('CREATE EXTENSION crm');
for my $name (@names)
{
	is $database->value("SELECT string_agg(preset, ',') FROM crm.detect_preset('$name')"), $name, "$name is recognised";
	$database->run("SELECT crm.add_department('$name')");
	my ($status, $out, $err) =
	  $database->try("SELECT crm.add_source('$name', department => '$name', preset => '$name')");
	is $status, 0, "one statement registers $name" or diag $err;
}
$database->run('CALL crm.resolve()');
is Crm::Check::checksums($database, @names), $rows, 'no row of any of them is touched';
Crm::Check::judge($database, 'three together', precision => 0.95, recall => 0.95);
Crm::Check::relations($database, 'three together');
cmp_ok $database->value(<<~'SQL'), '>', 100, 'many customers are known to several, some to all';
	SELECT count(*) FROM (SELECT FROM crm.customer_source GROUP BY customer_id HAVING count(DISTINCT department) > 1) g
	SQL
$database->run('SELECT crm.uninstall(dry_run => false)');
is Crm::Check::schema_dump($database, @names), $dump, 'after uninstalling the schemas are byte-equal to before';
$database->drop;
done_testing;

# What lies in public gets a schema of its own.
sub move
{
	my ($schema) = @_;
	$database->run(<<~SQL);
		ALTER SCHEMA public RENAME TO $schema;
		CREATE SCHEMA public;
		UPDATE demo_truth.row SET source = replace(source, 'public.', '$schema.');
		UPDATE demo_truth.other SET source = replace(source, 'public.', '$schema.');
		UPDATE demo_truth.relation SET source = replace(source, 'public.', '$schema.'), related = replace(related, 'public.', '$schema.');
		SQL
	return;
}
