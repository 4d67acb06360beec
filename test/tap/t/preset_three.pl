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
use Fake::Random;

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
my @statements = map { ("SELECT crm.add_department('$_')", "SELECT crm.add_source('$_', department => '$_', preset => '$_')") } @names;

$database->run('CREATE EXTENSION crm CASCADE');
is $database->value("SELECT string_agg(preset, ',') FROM crm.detect_preset('$_')"), $_, "$_ is recognised" for @names;
for my $statement (@statements)
{
	my ($status, $out, $err) = $database->try($statement);
	is $status, 0, $statement or diag $err;
}
$database->run('CALL crm.resolve()');
is Crm::Check::checksums($database, @names), $rows, 'no row of any of them is touched';
Crm::Check::judge($database, 'three together', precision => 0.95, recall => 0.95);
Crm::Check::relations($database, 'three together');
cmp_ok $database->value(<<~'SQL'), '>', 100, 'many customers are known to several, some to all';
	SELECT count(*) FROM (SELECT FROM crm.customer_source GROUP BY customer_id HAVING count(DISTINCT department) > 1) g
	SQL
change_at_random(Fake::Random->new('changes/1'), 400);
Crm::Check::same_as_fresh($database, 'three together', @statements);
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

# Puts values of other rows into whatever column crm reads, keys among them, and deletes rows, in all
# the tables that it reads. What a constraint of theirs refuses is left so.
sub change_at_random
{
	my ($random, $n) = @_;
	my @columns = $database->rows(<<~'SQL');
		SELECT DISTINCT format('%I.%I', schema_name, table_name), quote_ident(c)
		FROM crm_internal.source, unnest(columns || key_columns) c ORDER BY 1, 2
		SQL
	my %of;
	push @{ $of{ $_->[0] } }, $_->[1] for @columns;
	my $session = $database->session;
	my $done    = 0;
	$session->do("SELECT crm.set_source_mode('odoo.res_partner', 'inline'), crm.set_source_mode('ledgersmb.entity', 'inline')");
	for my $i (1 .. $n)
	{
		my $table = $random->pick([ sort keys %of ]);
		my ($column, $row, $other) = ($random->pick($of{$table}), map { $random->next32 } 1, 2);
		my $some = sub { "FROM $table ORDER BY md5(ctid::text || '$_[0]') LIMIT 1" };
		my $answer = $session->do(
			$random->chance(0.85)
			? "UPDATE $table SET $column = (SELECT $column @{[ $some->($other) ]}) WHERE ctid = (SELECT ctid @{[ $some->($row) ]})"
			: "DELETE FROM $table WHERE ctid = (SELECT ctid @{[ $some->($row) ]})");
		$done++ if $answer->{sqlstate} eq '00000' && $answer->{count};
		$session->do('CALL crm.resolve()') if $i % 40 == 0 || $i == $n;
	}
	$session->close;
	cmp_ok $done, '>', $n / 2, "$done changes at random in " . keys(%of) . ' tables';
	return;
}
