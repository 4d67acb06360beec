# Who may decide what, read off the stored mandates as slowly and as literally as the rules are
# written. Knows nothing of how crm does it.
package Authority;
use strict;
use warnings;
use JSON::PP;
use List::Util qw(any all min first);

my @acting_capacities = qw(holder deputy contractor machine);

sub load
{
	my ($class, $db) = @_;
	my $self = bless {}, $class;
	$self->{position}{ $_->[0] } = { reports_to => $_->[1], acting => $_->[2] eq 'acting', share => $_->[3], closed => moment($_->[4] // 'infinity') }
	  for $db->rows('SELECT name, reports_to, vacancy, acting_share, extract(epoch FROM closed_at) FROM crm_internal.position');
	$self->{appointments} = [ map {
		{ position => $_->[0], person => $_->[1], capacity => $_->[2], from => moment($_->[3]), until => moment($_->[4]) }
	} $db->rows('SELECT position, person, capacity, extract(epoch FROM valid_from), extract(epoch FROM valid_until) FROM crm_internal.appointment') ];
	my @columns = qw(id kind decision from to parent joint quorum amount depth scope);
	$self->{mandates} = [ map {
		my @row = @$_;
		my %m = (map { $columns[$_] => $row[$_] } 0 .. $#columns);
		@m{qw(valid_from valid_until revoked_at)} = map { moment($_) } @row[ 11 .. 13 ];
		$m{scope} = decode_json($m{scope});
		\%m;
	} $db->rows('SELECT mandate_id, kind, decision, from_position, to_position, parent_id, joint_id, quorum, amount, depth, scope,
		extract(epoch FROM valid_from), extract(epoch FROM valid_until), extract(epoch FROM revoked_at) FROM crm_internal.mandate ORDER BY mandate_id') ];
	$self->{reserved} = [ map { $_->[0] } $db->rows('SELECT code FROM crm_internal.decision_now WHERE reserved') ];
	$self->{inside} = { map { @$_ } $db->rows('SELECT name, parent FROM crm_internal.department') };
	return $self;
}

sub moment { my ($text) = @_; return $text =~ /inf/i ? 9**20 * ($text =~ /^-/ ? -1 : 1) : $text }

sub mandates { return @{ $_[0]{mandates} } }

sub is_duty { return $_[0]{kind} =~ /^(?:consult|inform|ban)$/ }

sub below { my ($code, $of) = @_; return $code eq $of || index($code, "$of.") == 0 }

sub ancestors
{
	my ($self, $value) = @_;
	my @found;
	while (defined $value && exists $self->{inside}{$value})
	{
		push @found, $value;
		$value = $self->{inside}{$value};
	}
	return @found;
}

# A point: decision, scope (a hash), amount (undef: unknown), at.
sub covers
{
	my ($self, $m, $x) = @_;
	return 0 unless below($x->{decision}, $m->{decision});
	return 0 unless $m->{valid_from} <= $x->{at} && $x->{at} < $m->{valid_until} && $x->{at} < $m->{revoked_at};
	return 0 if $m->{kind} =~ /^(?:hand_over|share|joint)$/ && any { below($x->{decision}, $_) } @{ $self->{reserved} };
	for my $dimension (keys %{ $m->{scope} })
	{
		my $value = $x->{scope}{$dimension} // return 0;
		my $bound = $m->{scope}{$dimension};
		my $within = ref $bound eq 'HASH';
		$bound = $bound->{within} if $within;
		my @listed = ref $bound ? @$bound : $bound;
		my @own = $within ? $self->ancestors($value) : $value;
		return 0 unless any { my $v = $_; any { $_ eq $v } @listed } @own;
	}
	return 1 unless defined $m->{amount};
	return !defined $x->{amount} || $x->{amount} > $m->{amount} if is_duty($m);
	return defined $x->{amount} && $x->{amount} <= $m->{amount};
}

# Sets {effective} and {support} of each mandate, in the order of their ids.
sub judge
{
	my ($self, $x) = @_;
	my @before;
	for my $m ($self->mandates)
	{
		my @givers = grep { $self->supports($_, $m, \@before) } @before;
		$m->{support} = (first { defined $m->{parent} && $_->{id} == $m->{parent} } @givers) // $givers[0];
		$m->{effective} = $self->covers($m, $x) && ($m->{kind} eq 'charter' || (is_duty($m) && !defined $m->{from}) || @givers > 0);
		push @before, $m;
	}
	return;
}

sub supports
{
	my ($self, $p, $m, $before) = @_;
	return 0 unless $p->{effective} && defined $m->{from} && $p->{to} eq $m->{from} && $p->{kind} =~ /^(?:charter|hand_over|share)$/;
	return 0 if !is_duty($m) && defined $p->{depth} && !(defined $m->{depth} && $m->{depth} < $p->{depth});
	return !any { $_->{id} > $p->{id} && takes($_, $p->{to}) && !(defined $m->{joint} && defined $_->{joint} && $m->{joint} == $_->{joint}) } @$before;
}

sub takes { my ($h, $position) = @_; return $h->{effective} && $h->{kind} =~ /^(?:hand_over|joint)$/ && $h->{from} eq $position }

# After judge(): the mandates by which a position decides.
sub authority
{
	my ($self, $position) = @_;
	return grep {
		my $m = $_;
		$m->{effective} && $m->{kind} =~ /^(?:charter|hand_over|share)$/ && $m->{to} eq $position
		  && !any { $_->{id} > $m->{id} && takes($_, $position) } $self->mandates
	} $self->mandates;
}

sub path
{
	my ($m) = @_;
	my @path = $m;
	unshift @path, $path[0]{support} while $path[0]{kind} ne 'charter' && $path[0]{support};
	return @path;
}

# Of a mandate for somebody with this hat: the least on its path. undef: none.
sub limit
{
	my ($self, $m, $capacity) = @_;
	my @limits = grep { defined } map { $_->{amount} } path($m);
	push @limits, $m->{amount} * $self->{position}{ $m->{to} }{share} if $capacity eq 'acting' && defined $m->{amount};
	return @limits ? min(@limits) : undef;
}

sub is_open { my ($self, $position, $at) = @_; my $p = $self->{position}{$position}; return $p && $at < $p->{closed} }

sub is_vacant
{
	my ($self, $position, $at) = @_;
	return !$self->is_open($position, $at) || !any {
		my $a = $_;
		$a->{position} eq $position && $a->{from} <= $at && $at < $a->{until} && any { $_ eq $a->{capacity} } @acting_capacities
	} @{ $self->{appointments} };
}

# Position to capacity.
sub hats
{
	my ($self, $person, $at) = @_;
	my %hats;
	my @own = grep { $_->{person} eq $person && $_->{from} <= $at && $at < $_->{until} && $self->is_open($_->{position}, $at) } @{ $self->{appointments} };
	for my $capacity (@acting_capacities)
	{
		$hats{ $_->{position} } //= $capacity for grep { $_->{capacity} eq $capacity } @own;
	}
	for my $position (sort keys %{ $self->{position} })
	{
		next unless $self->is_open($position, $at) && $self->is_vacant($position, $at) && $self->{position}{$position}{acting};
		my $above = $self->{position}{$position}{reports_to};
		$above = $self->{position}{$above}{reports_to} while defined $above && $self->is_vacant($above, $at);
		$hats{$position} //= 'acting' if defined $above && any { $_->{position} eq $above && $_->{capacity} eq 'holder' } @own;
	}
	return %hats;
}

# After judge(): [position, mandate, limit] of all by which a person decides.
sub ways
{
	my ($self, $x, %hats) = @_;
	my @ways;
	for my $position (sort keys %hats)
	{
		for my $m ($self->authority($position))
		{
			my $scaled = defined $m->{amount} ? $m->{amount} * $self->{position}{$position}{share} : undef;
			next if $hats{$position} eq 'acting' && defined $scaled && !(defined $x->{amount} && $x->{amount} <= $scaled);
			push @ways, [ $position, $m, $self->limit($m, $hats{$position}) ];
		}
	}
	return @ways;
}

sub named_amounts
{
	my ($self) = @_;
	return map { my $m = $_; ($m->{amount}, $m->{amount} * ($self->{position}{ $m->{to} }{share} // 1)) } grep { defined $_->{amount} } $self->mandates;
}

sub verdict
{
	my ($self, $person, $x) = @_;
	my $begun = min(map { $_->{valid_from} } grep { $_->{kind} eq 'charter' } $self->mandates);
	return 'allowed' if !defined $begun || $x->{at} < $begun;
	my %hats = $self->hats($person, $x->{at});
	return 'no_position' unless %hats;
	$self->judge($x);
	my @effective = grep { $_->{effective} } $self->mandates;
	return 'banned' if any { $_->{kind} eq 'ban' && $hats{ $_->{to} } } @effective;
	if ($self->ways($x, %hats))
	{
		return (any { $_->{kind} eq 'consult' && !$hats{ $_->{to} } } @effective) ? 'consult_first' : 'allowed';
	}
	my $fits = sub {
		my ($m) = @_;
		return $hats{ $m->{to} } && ($hats{ $m->{to} } ne 'acting' || !defined $m->{amount}
			  || (defined $x->{amount} && $x->{amount} <= $m->{amount} * $self->{position}{ $m->{to} }{share}));
	};
	return 'signatures' if any { $_->{kind} eq 'joint' && $fits->($_) } @effective;
	my $had = any { $_->{kind} =~ /^(?:charter|hand_over|share)$/ && $fits->($_) } @effective;
	for my $less ($self->named_amounts)
	{
		next if defined $x->{amount} && $less >= $x->{amount};
		my %smaller = (%$x, amount => $less);
		$self->judge(\%smaller);
		return defined $x->{amount} ? 'over_limit' : 'unknown_amount' if $self->ways(\%smaller, %hats);
	}
	return $had ? 'handed_over' : 'no_mandate';
}

# Positions that answer for what is decided at a point; a joint mandate is one.
sub accountable
{
	my ($self, $x) = @_;
	$self->judge($x);
	my %found;
	for my $position (keys %{ $self->{position} })
	{
		$found{$position} = 1 if any { $_->{kind} ne 'share' } $self->authority($position);
	}
	$found{"joint $_->{joint}"} = 1 for grep { $_->{kind} eq 'joint' && $_->{effective} } $self->mandates;
	return sort keys %found;
}

# [position, person, limit] of all who may at once, the least privileged position first.
sub who_may
{
	my ($self, $x) = @_;
	my %persons = map { $_->{person} => 1 } @{ $self->{appointments} };
	my @found;
	for my $person (sort keys %persons)
	{
		next unless $self->verdict($person, $x) eq 'allowed';
		my %hats = $self->hats($person, $x->{at});
		$self->judge($x);
		my %least;
		for my $way ($self->ways($x, %hats))
		{
			my ($position, undef, $limit) = @$way;
			$limit //= 9**20;
			$least{$position} = $limit if !defined $least{$position} || $limit < $least{$position};
		}
		push @found, [ $_, $person, $least{$_} ] for sort keys %least;
	}
	return sort { $a->[2] <=> $b->[2] || $self->height($b->[0]) <=> $self->height($a->[0]) || $a->[0] cmp $b->[0] } @found;
}

sub height
{
	my ($self, $position) = @_;
	my $n = 0;
	$n++ while defined($position = $self->{position}{$position}{reports_to}) && $n < 100;
	return $n;
}

1;
