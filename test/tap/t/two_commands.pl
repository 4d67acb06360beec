#!/usr/bin/env perl
# `make demo` leaves no process and no folder behind, however it ends; KEEP=1 leaves the server only.
use strict;
use warnings;
use Test::More;
use IPC::Run ();
use Time::HiRes ();

my $clone = "$ENV{OUT}/clone";
my $user = $>;
system('rm', '-rf', $clone) if -e $clone;
system('cp', '-r', '--preserve=mode,timestamps', $ENV{TREE}, $clone) == 0 or die 'cannot copy the tree';
delete $ENV{$_} for grep { /^PG(?!_CONFIG$)/ || /^CRM_/ || $_ eq 'TMPDIR' } keys %ENV;

# stands in for the demo: says where the server is, then does what is asked
sub demo_does
{
	my ($what) = @_;
	system('mkdir', '-p', "$clone/test/demo");
	open my $out, '>', "$clone/test/demo/run" or die $!;
	print $out "#!/bin/sh\nset -e\npsql -XAtc \"SELECT 'up ' || current_setting('listen_addresses') || '.'\"\n",
	  "echo \"\$PGHOST\" >\"\$OUT/../../host\"\n$what\n";
	close $out;
	chmod 0755, "$clone/test/demo/run";
}

sub host
{
	open my $in, '<', "$clone/build/host" or return '';
	chomp(my $host = <$in>);
	return $host;
}

# processes of ours that live in the clone or came from its prefix
sub left_behind
{
	my @found;
	for my $process (glob '/proc/[0-9]*')
	{
		my @about = stat $process or next;
		next if $about[4] != $user;
		my $where = (readlink("$process/cwd") // '') . ' ' . (readlink("$process/exe") // '');
		push @found, "$process $where" if index($where, $clone) >= 0;
	}
	return @found;
}

sub make
{
	my ($signal, $group, @arguments) = @_;
	unlink "$clone/build/host";
	my $pid = fork // die $!;
	if ($pid == 0)
	{
		setpgrp;
		chdir $clone;
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$ENV{OUT}/two_commands.log";
		open STDERR, '>&', \*STDOUT;
		exec 'make', @arguments;
	}
	if ($signal)
	{
		for (1 .. 3000) { last if host() ne '' || waitpid($pid, 1) > 0; Time::HiRes::sleep(0.1); }
		isnt(host(), '', "@arguments: the server came up");
		kill $signal, $group ? -$pid : $pid;
	}
	waitpid $pid, 0;
	return $?;
}

sub slurp { local (@ARGV, $/) = @_; return <> // ''; }

demo_does('exit 0');
is(make('', 0, 'demo'), 0, 'make demo works') or diag slurp("$ENV{OUT}/two_commands.log");
like(slurp("$ENV{OUT}/two_commands.log"), qr/^up \.$/m, 'its server listens on no network address');
is_deeply([ left_behind() ], [], 'no process is left');
ok(host() ne '' && !-e host(), 'no socket folder is left');

demo_does('exit 3');
isnt(make('', 0, 'demo'), 0, 'a demo that fails makes `make demo` fail');
is_deeply([ left_behind() ], [], 'no process is left by a failure');

demo_does('sleep 600 & psql -XAtc "SELECT pg_sleep(600)"');
for my $case ([ 'TERM', 0 ], [ 'INT', 1 ], [ 'HUP', 1 ])
{
	isnt(make(@$case, 'demo'), 0, "$case->[0]: make ends with an error");
	my @left;
	for (1 .. 100) { last if !(@left = left_behind()); Time::HiRes::sleep(0.1); }
	is_deeply(\@left, [], "$case->[0]: no process is left");
	ok(!-e host(), "$case->[0]: no socket folder is left");
}

demo_does('exit 0');
is(make('', 0, 'demo', 'KEEP=1'), 0, 'make demo KEEP=1 works');
my ($line) = slurp("$ENV{OUT}/two_commands.log") =~ /^look around: +(.*?) \S+$/m;
is(defined $line && scalar(`$line postgres -XAtc "SELECT 1"`), "1\n", 'the psql line that it prints works');
is(make('', 0, 'stop'), 0, 'make stop works');
is_deeply([ left_behind() ], [], 'no process is left after make stop');

system('rm', '-rf', $clone);
done_testing();
