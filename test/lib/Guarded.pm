# A guarded table in a database of its own, and the people who write to it.
#
# bypass_app is an application's login and a person at once, the clerk, who may give goodwill up to
# 100; bypass_owner owns the tables, and nobody can log in as it; bypass_chief may change the system.
package Guarded;
use strict;
use warnings;
use Exporter 'import';
use Test::More;

our @EXPORT = qw(guarded_begin guarded_end sql by found closed_to rearms rearm clean);

my $database;

sub guarded_begin
{
	my ($name, $setup) = @_;
	$database = "test_guard_$name";
	in_database('postgres', <<SQL);
SET client_min_messages = error;
DROP DATABASE IF EXISTS $database;
DO \$\$
DECLARE r text;
BEGIN
	FOREACH r IN ARRAY '{bypass_owner,bypass_app,bypass_chief,bypass_other}'::text[] LOOP
		IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
			EXECUTE format('CREATE ROLE %I', r);
		END IF;
	END LOOP;
END
\$\$;
ALTER ROLE bypass_app LOGIN;
ALTER ROLE bypass_chief LOGIN;
CREATE DATABASE $database;
SQL
	sql(<<'SQL');
SET client_min_messages = warning;
CREATE EXTENSION crm CASCADE;
CREATE SCHEMA desk AUTHORIZATION bypass_owner;
GRANT USAGE ON SCHEMA desk TO bypass_app, bypass_chief;
SET ROLE bypass_owner;
CREATE TABLE desk.voucher (id integer PRIMARY KEY, value numeric, note text);
RESET ROLE;
ALTER DEFAULT PRIVILEGES IN SCHEMA desk GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO bypass_app;
ALTER DEFAULT PRIVILEGES FOR ROLE bypass_owner IN SCHEMA desk GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON TABLES TO bypass_app;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON desk.voucher TO bypass_app;
SELECT crm.add_department('desk', roles => '{bypass_app}');
SELECT crm.add_position('board', department => 'desk');
SELECT crm.add_position('clerk', department => 'desk', reports_to => 'board');
SELECT crm.add_position('engineer', department => 'desk', reports_to => 'board');
SELECT crm.appoint('board', 'berta');
SELECT crm.appoint('clerk', 'bypass_app');
SELECT crm.appoint('engineer', 'bypass_chief');
SELECT crm.grant_access('bypass_chief', 'administrator');
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.grant_mandate('goodwill', 'clerk', amount => 100);
SELECT crm.grant_mandate('system.change', 'engineer');
SQL
	sql($setup // q{SELECT crm.add_guard('desk.voucher', decision => 'goodwill', amount => 'value', operations => '{INSERT,UPDATE,DELETE}')});
	clean('a table that is guarded cleanly');
	return;
}

sub guarded_end
{
	in_database('postgres', "DROP DATABASE $database");
	done_testing();
	return;
}

sub in_database
{
	my ($where, $text, $status) = @_;
	my $file = "$ENV{OUT}/" . ($database // 'guarded') . '.sql';
	open my $out, '>', $file or die "cannot write $file: $!";
	print $out $text;
	close $out;
	my $output = `psql -XqAt -v ON_ERROR_STOP=1 -d $where -f $file 2>&1`;
	$$status = $? if $status;
	die "$output\nin: $text" if $? != 0 && !$status;
	$output =~ s/^psql:\S+: //gm;
	chomp $output;
	return $output;
}

# As a superuser; an error ends the test, warnings are part of the answer.
sub sql
{
	my ($text) = @_;
	return in_database($database, $text);
}

# As a role that logged in; the answer, or the error.
sub by
{
	my ($role, $text) = @_;
	my $status;
	return in_database($database, "SET SESSION AUTHORIZATION $role;\n$text", \$status);
}

sub findings
{
	return sql("SELECT concat_ws(' | ', table_name, severity, finding, repair) FROM crm.verify_guards() WHERE severity <> 'information'");
}

# verify_guards tells of it.
sub found
{
	my ($like, $name) = @_;
	my $found = sql("SELECT concat_ws(' | ', table_name, severity, finding, repair) FROM crm.verify_guards()");
	return like($found, $like, "$name is found");
}

# A write of 400 by one who may 100 does not pass.
sub closed_to
{
	my ($write, $name) = @_;
	return like(by('bypass_app', $write), qr/ERROR:  decision "goodwill"(?: for [0-9.]+)? is refused/, $name);
}

# rearm_guards closes what was found, and then nothing is found.
sub rearms
{
	my ($name) = @_;
	isnt(sql('SELECT count(*) FROM crm.rearm_guards()'), '0', "$name: a dry run lists what is to be done");
	isnt(findings(), '', "$name: and does nothing");
	rearm();
	return clean("$name, rearmed");
}

# It is a decision of its own.
sub rearm
{
	my $answer = by('bypass_chief', 'SELECT count(*) FROM crm.rearm_guards(dry_run => false)');
	die $answer if $answer =~ /ERROR/;
	return $answer;
}

sub clean
{
	my ($name) = @_;
	return is(findings(), '', "$name: nothing is found");
}

1;
