# Tables of vouchers that are checked in different ways, and a clerk who may write them.
package GuardBench;

use strict;
use warnings;
use File::Temp qw(tempdir);

# What checks a voucher's value against what the clerk may: all read who he is and look his limit up.
our %check = (
	plain   => '',
	empty   => 'CREATE TRIGGER t AFTER INSERT OR UPDATE ON bench.empty FOR EACH ROW EXECUTE FUNCTION bench.empty_trigger()',
	rls     => <<'SQL',
CREATE POLICY p ON bench.rls USING (true) WITH CHECK (EXISTS (SELECT FROM bench.allowed a
	WHERE a.person = current_user AND a.decision = 'goodwill' AND value <= a.amount));
ALTER TABLE bench.rls ENABLE ROW LEVEL SECURITY
SQL
	plpgsql => <<'SQL',
CREATE FUNCTION bench.check_voucher() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM bench.allowed a
		WHERE a.person = current_user AND a.decision = 'goodwill' AND new.value <= a.amount) THEN
		RAISE insufficient_privilege USING MESSAGE = 'not allowed';
	END IF;
	RETURN NULL;
END $$;
CREATE TRIGGER t AFTER INSERT OR UPDATE ON bench.plpgsql FOR EACH ROW EXECUTE FUNCTION bench.check_voucher()
SQL
	guard =>
	  q(SELECT crm.add_guard('bench.guard', decision => 'goodwill', amount => 'value', mode => 'enforce', journal => 'statement')),
	journal =>
	  q(SELECT crm.add_guard('bench.journal', decision => 'goodwill', amount => 'value', mode => 'enforce', journal => 'row')),
	budget =>
	  q(SELECT crm.add_guard('bench.budget', decision => 'care.solution', amount => 'value', mode => 'enforce', journal => 'statement')),
	window =>
	  q(SELECT crm.add_guard('bench.window', decision => 'care.process', amount => 'value', customer => 'client', mode => 'enforce', journal => 'row')),
);

our @order = qw(plain empty guard rls plpgsql journal);

# Priced apart: here the cache alone does not decide.
our @money = qw(empty budget window);

sub build_module
{
	my ($tree) = @_;
	my $folder = tempdir(CLEANUP => 1);
	my $config = $ENV{PG_CONFIG} // 'pg_config';
	chomp(my ($cc, $flags, $include) = map { scalar `$config --$_` } qw(cc cflags includedir-server));
	chmod 0755, $folder;
	system("$cc $flags -fPIC -shared -I$include -o $folder/empty_trigger.so $tree/test/module/empty_trigger.c") == 0
	  or die "empty_trigger.c does not build\n";
	return "$folder/empty_trigger";
}

sub prepare
{
	my ($database, $module) = @_;
	$database->run(<<"SQL");
CREATE EXTENSION crm CASCADE;
DO 'BEGIN CREATE ROLE bench_clerk LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END';
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO bench_clerk;
CREATE TABLE bench.allowed (person name, decision text, amount numeric, PRIMARY KEY (person, decision));
INSERT INTO bench.allowed VALUES ('bench_clerk', 'goodwill', 1000);
INSERT INTO bench.allowed SELECT 'other' || i, 'goodwill', 1000 FROM generate_series(1, 999) i;
GRANT SELECT ON bench.allowed TO bench_clerk;
CREATE FUNCTION bench.empty_trigger() RETURNS trigger LANGUAGE c AS '$module', 'empty_trigger';
SELECT crm.add_department('bench');
SELECT crm.add_position('head', department => 'bench'), crm.add_position('clerk', department => 'bench', reports_to => 'head');
SELECT crm.appoint('clerk', 'bench_clerk');
SELECT crm.add_budget('bench', 1e15);
SELECT crm.grant_mandate('goodwill', to_position => 'clerk', amount => 1000);
SELECT crm.grant_mandate('care.solution', to_position => 'clerk', budget => 'bench');
SELECT crm.grant_mandate('care.process', to_position => 'clerk', window_amount => 1e15, window_length => '1 day');
SELECT crm.grant_mandate('org.model', to_position => 'head'), crm.appoint('head', session_user);
SQL
	for my $table (@order, grep { $_ ne 'empty' } @money)
	{
		$database->run(<<"SQL");
CREATE TABLE bench.$table (id integer, client bigint, value numeric, note text);
GRANT SELECT, INSERT, UPDATE, DELETE ON bench.$table TO bench_clerk;
$check{$table};
SQL
	}
	return;
}

# Milliseconds that a process of the server has computed for; undef where the system does not tell.
sub processor_ms
{
	my ($pid) = @_;
	open my $file, '<', "/proc/$pid/schedstat" or return undef; ## no critic (explicit: in a list it must not vanish)
	my ($ns) = split ' ', <$file> // '';
	return defined $ns ? $ns / 1e6 : undef;
}

# Mandates of others, in the same decision.
sub crowd
{
	my ($database, $n) = @_;
	$database->run(<<"SQL");
SELECT count(crm.add_position('other' || i, department => 'bench', reports_to => 'head')) FROM generate_series(1, $n) i;
SELECT count(crm.grant_mandate('goodwill', to_position => 'other' || i, amount => 500 + i)) FROM generate_series(1, $n) i;
SQL
	return;
}

1;
