# What every quality test does: load a set, let crm resolve it at default settings, judge it.
package QualityTest;

use strict;
use warnings;
use utf8;
use Test::More;
use Time::HiRes qw(time);
use Database;
use Quality;

# judge('company:7', precision => 0.99, recall => 0.93): asserts each figure that is named
sub judge
{
	my ($name, %least) = @_;
	my $set      = Fake::Set::open_set($name);
	my $database = Database->create('quality_' . $name =~ s/\W/_/gr);
	Quality::load($database, $set);
	Quality::register($database, $set);
	my $began = time;
	$database->run('CALL crm.resolve()');
	my $seconds = time - $began;
	my $found   = Quality::evaluate($database);
	diag sprintf '%-14s %s  %.1f s', $name, Quality::figures_text($found), $seconds;
	my $mail = Quality::evaluate_email($database, $set);
	diag sprintf '%-14s %s  (joined on e-mail)', '', Quality::figures_text($mail) if $mail;
	is $found->{unresolved}, 0, "$name: every row has a customer";
	cmp_ok $found->{$_}, '>=', $least{$_}, "$name: $_"
	  for grep { $_ ne 'email_at_most' } sort keys %least;
	cmp_ok $mail->{f}, '<=', $least{email_at_most}, "$name: joining on e-mail is not enough"
	  if $least{email_at_most};

	if ($ENV{VERBOSE})
	{
		diag $_ for Quality::worst($database, $name, $ENV{VERBOSE} > 1 ? $ENV{VERBOSE} : 8);
	}
	$database->drop unless $ENV{KEEP};
	return $found;
}

1;
