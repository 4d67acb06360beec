#!/usr/bin/env perl
# A register of five hundred delegations, given through the public functions, is what a slow reading of it says: who may, by
# which path, where nobody may and where two are accountable. What exceeds its giver is refused, and the hint passes.
use strict;
use warnings;
use lib "$ENV{TREE}/test/lib";
use Test::More;
use Time::HiRes qw(time);
use Database;
use Register;

my $register = Register->new;
my @entries = $register->entries;
my @leaves = Register::leaves();
my $database = Database->create('mandate_register');
$database->run("CREATE EXTENSION crm CASCADE");
$database->run($register->organisation);

my %share = map { $_ => $register->group_size($_) } qw(hq region shared);
is scalar @entries, 500, 'five hundred entries';
is_deeply \%share, { hq => 200, region => 145, shared => 155 }, 'two in five at headquarters, 29 % in regions, 31 % shared';

my $began = time;
my $numbers = $database->run(join "\n", map { $register->statement($_) } @entries);
my $loaded = time - $began;
is +(split /\n/, $numbers)[-1], 500, 'each entry is the mandate of its number';
is $database->value('SELECT count(*) FROM crm.mandates WHERE status = $$in force$$'), 500, 'all are in force';
is $database->value('SELECT count(*) FROM crm.verify() WHERE check_name = $$mandate$$'), 0, 'and agree with themselves';

subtest 'who may' => sub {
	my (@wanted, $sql);
	my @place = (undef, undef, 'headquarters', @Register::REGION, map { "${_}_field" } @Register::REGION);
	for (1 .. 400)
	{
		my $point = { decision => $leaves[$register->random(50)], place => $place[$register->random(scalar @place)],
			amount => 10**(1 + $register->random(6)) * (1 + $register->random(9)) };
		my $scope = $point->{place} ? qq('{"department": "$point->{place}"}') : 'NULL';
		push @wanted, join ',', $register->who_may($point);
		$sql .= "SELECT coalesce(string_agg(DISTINCT position, ',' ORDER BY position), '') FROM crm.who_may('$point->{decision}', amount => $point->{amount}, scope => $scope);\n";
	}
	my $asked = time;
	my @got = split /\n/, $database->run($sql), -1;
	my $took = time - $asked;
	is_deeply [ @got[ 0 .. $#wanted ] ], \@wanted, 'at four hundred points as the slow reading says';
	my %different = map { $_ => 1 } @wanted;
	cmp_ok scalar keys %different, '>', 50, 'with many different answers';
	note sprintf '400 questions who may: %.1f ms each', 1000 * $took / 400;
};

subtest 'path' => sub {
	my $longest = $database->value('SELECT max(step) FROM crm.mandates m CROSS JOIN LATERAL crm.mandate_path(m.mandate_id) p');
	is $longest, 4, 'the longest goes from charter to director, head, chief and desk';
	is $database->value(<<'SQL'), 0, 'each begins with a charter and goes from giver to receiver, never for more';
SELECT count(*) FROM crm.mandates m CROSS JOIN LATERAL (
	SELECT p.*, lag(p.to_position) OVER w AS giver, lag(p.amount) OVER w AS greatest FROM crm.mandate_path(m.mandate_id) p WINDOW w AS (ORDER BY p.step)) p
WHERE m.kind IN ('charter', 'hand_over', 'share', 'joint')
	AND CASE WHEN p.step = 1 THEN p.kind <> 'charter' ELSE p.from_position <> p.giver OR p.amount > p.greatest END
SQL
};

subtest 'gaps and overlaps' => sub {
	my $own = join ' OR ', map { "decision LIKE '$_.%'" } @Register::CATEGORY;
	my $asked = time;
	is $database->value("SELECT count(*) FROM crm.mandate_gaps WHERE above IS NULL AND ($own)"), 0, 'no authority of the register is nobody\'s for small amounts';
	note sprintf 'gaps found in %.0f ms', 1000 * (time - $asked);
	is $database->value("SELECT count(*) FROM crm.mandate_overlaps WHERE $own"), 0, 'none has two accountable';
	is $database->value("SELECT min(above) FROM crm.mandate_gaps WHERE decision = 'contracts.approve'"),
	  $register->{director}{contracts}{amount}, 'above the limit of the director nobody may';
	$database->run("SELECT crm.grant_mandate('contracts.approve', 'audit_office', amount => 500)");
	is $database->value("SELECT string_agg(DISTINCT array_to_string(positions, ' '), '|') FROM crm.mandate_overlaps WHERE decision = 'contracts.approve' AND scope = '{}' AND above IS NULL"),
	  'desk_contracts audit_office', 'a second charter is an overlap';
	$database->run("SELECT crm.revoke(501)");
};

subtest 'what exceeds its giver is refused' => sub {
	my ($refused, $passed) = (0, 0);
	my @given = grep { $_->{kind} eq 'share' && $_->{group} eq 'shared' } @entries;
	for my $entry (@given[ map { $_ * 4 } 0 .. 19 ])
	{
		my ($status, $out, $err) = $database->try($register->statement($entry, amount => $entry->{amount} * 1000));
		$refused++ if $status && $err =~ /cannot share decision "\Q$entry->{decision}\E" for/;
		my ($greatest) = $err =~ /HINT: +amount => ([\d.]+) is the greatest that passes/ or next;
		($status) = $database->try('BEGIN; ' . $register->statement($entry, amount => $greatest) . ' ROLLBACK;');
		my ($more) = $database->try('BEGIN; ' . $register->statement($entry, amount => $greatest + 0.01) . ' ROLLBACK;');
		$passed++ if !$status && $more;
	}
	is $refused, 20, 'with the amount in the message';
	is $passed, 20, 'what the hint names passes, a cent more does not';
	my $deep = (grep { $_->{kind} eq 'share' && $_->{group} eq 'region' && !$_->{depth} } @entries)[0];
	my ($status, $out, $err) = $database->try($register->statement($deep, from => $deep->{to}, to => 'audit_office'));
	like $err, qr/Mandate $deep->{id} may not be passed on/, 'what may not be passed on is not';
	is $database->value('SELECT count(*) FROM crm.mandates WHERE status = $$in force$$'), 500, 'nothing of it stays';
};

subtest 'revoking the charter of a directorate' => sub {
	my $asked = time;
	my $fell = $database->value('SELECT count(*) FROM crm.revoke(1) WHERE effect = $$loses its effect$$');
	my $below = grep { $_->{kind} !~ /consult|inform/ && $_->{decision} =~ /^contracts\./ } @entries;
	is $fell, $below, "takes the effect of all $below that stand on it";
	note sprintf 'revoked in %.0f ms', 1000 * (time - $asked);
	is $database->value('SELECT count(*) FROM crm.who_may($$contracts.approve$$, amount => 1)'), 0, 'nobody may';
	is $database->value('SELECT count(*) FROM crm.who_may($$grants.approve$$, amount => 1)') > 0, 1, 'others as before';
};
note sprintf 'given in %.1f s, %.1f ms each', $loaded, 1000 * $loaded / 500;
$database->drop;
done_testing;
