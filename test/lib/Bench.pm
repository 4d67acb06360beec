# What the benchmarks share: the database with a resolved company, pgbench runs, limits.
package Bench;

use strict;
use warnings;
use utf8;
use File::Temp  qw(tempdir);
use Time::HiRes qw(time);
use Database;
use Quality;

our $database = 'bench_company';

# The database of the resolve part, made here if that part did not run.
sub company
{
	my $there = bless({ name => $ENV{PGDATABASE} // 'postgres' }, 'Database')
	  ->value("SELECT count(*) FROM pg_database WHERE datname = '$database'");
	return bless { name => $database }, 'Database' if $there;
	return (make_company())[0];
}

# (database, rows, seconds of resolving)
sub make_company
{
	my $rows = $ENV{ROWS} // 100_000;
	my $set  = Fake::Set::open_set('company:1:' . $rows / 20_000);
	my $made = Database->create($database);
	Quality::load($made, $set);
	Quality::register($made, $set);
	$made->run('CHECKPOINT');
	my $began = time;
	$made->run('CALL crm.resolve()');
	my $seconds = time - $began;
	$made->run('VACUUM ANALYZE');
	return ($made, $rows, $seconds, $set);
}

sub limit
{
	my ($text, $value, $limit) = @_;
	my $good = $value <= $limit;
	printf "%s (limit %s)%s\n", $text, $limit, $good ? '' : '   MISSED';
	return $good;
}

# Runs a script for some seconds; { p50, p95 (ms), n, statements => [ average ms of each ] }
sub pgbench
{
	my ($script, $seconds, %more) = @_;
	my $folder = tempdir(CLEANUP => 1);
	open my $file, '>:encoding(UTF-8)', "$folder/script.sql" or die $!;
	print $file $script;
	close $file or die $!;
	my $clients = $more{clients} // 1;
	my $report =
	  `cd '$folder' && pgbench -n -r -M prepared -c $clients -T $seconds -l --log-prefix=log -f script.sql $database 2>&1`;
	die "pgbench: $report\n" if $?;
	my @times =
	  sort { $a <=> $b }
	  map  { (split)[2] / 1000 }
	  map  { my $f = $_; open my $in, '<', $f or die $!; <$in> } glob "$folder/log.*";
	die "pgbench did nothing: $report\n" unless @times;
	die "pgbench failed: $report\n" if $report =~ /number of failed transactions: ([1-9]\d*)/;
	my @statements = $report =~ /^\s+([\d.]+)\s+(?:\d+\s+)?(?:SELECT|INSERT|UPDATE)/mg;
	return {
		p50        => $times[ int @times / 2 ],
		p95        => $times[ int @times * 0.95 ],
		n          => scalar @times,
		statements => \@statements
	};
}

sub median
{
	my @values = sort { $a <=> $b } @_;
	return $values[ int @values / 2 ];
}

1;
