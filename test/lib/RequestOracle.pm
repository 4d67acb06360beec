# Who may ask, answer and act: by the text of the semantics, apart from the code. Amounts and positions only, one decision at a time.
package RequestOracle;

use strict;
use warnings;
use List::Util qw(any all none first min max uniq);

# positions: { name => [reports_to, vacancy] }, in this order of age
sub new
{
	my ($class, @positions) = @_;
	return bless { order => [ map { $_->[0] } @positions ], position => { map { $_->[0] => $_ } @positions }, appointments => [], mandates => [] }, $class;
}

sub appoint { my ($self, $position, $person, $capacity) = @_; push @{ $self->{appointments} }, [ $position, $person, $capacity ]; return }

sub dismiss
{
	my ($self, $position, $person) = @_;
	$self->{appointments} = [ grep { !($_->[0] eq $position && $_->[1] eq $person) } @{ $self->{appointments} } ];
	return;
}

# id, kind, decision, from, to, amount, joint, quorum, parent, deadline
sub mandate { my ($self, %m) = @_; push @{ $self->{mandates} }, {%m}; return }

sub _vacant { my ($self, $position) = @_; return none { $_->[0] eq $position && $_->[2] ne 'liaison' } @{ $self->{appointments} } }

sub _acting_position
{
	my ($self, $vacant) = @_;
	my $up = $self->{position}{$vacant}[1];
	$up = $self->{position}{$up}[1] while defined $up && $self->_vacant($up);
	return $up;
}

# Position to capacity.
sub hats
{
	my ($self, $person) = @_;
	my %hat;
	my %rank = (holder => 1, deputy => 2, contractor => 3, machine => 4, acting => 5);
	for (grep { $_->[1] eq $person && $_->[2] ne 'liaison' } @{ $self->{appointments} })
	{
		$hat{ $_->[0] } = $_->[2] if !$hat{ $_->[0] } || $rank{ $_->[2] } < $rank{ $hat{ $_->[0] } };
	}
	for my $vacant (grep { $self->{position}{$_}[2] eq 'acting' && $self->_vacant($_) } @{ $self->{order} })
	{
		my $up = $self->_acting_position($vacant) // next;
		$hat{$vacant} //= 'acting' if any { $_->[0] eq $up && $_->[1] eq $person && $_->[2] eq 'holder' } @{ $self->{appointments} };
	}
	return \%hat;
}

# Positions for which a person is told and asked.
sub informed
{
	my ($self, $person) = @_;
	return { %{ $self->hats($person) }, map { $_->[0] => 'liaison' } grep { $_->[1] eq $person && $_->[2] eq 'liaison' } @{ $self->{appointments} } };
}

sub _covers
{
	my ($m, $decision, $amount) = @_;
	return 0 if $m->{decision} ne $decision;
	return 1 if !defined $m->{amount};
	return !defined $amount || $amount > $m->{amount} if $m->{kind} =~ /^(?:consult|inform|ban)$/;
	return defined $amount && $amount <= $m->{amount};
}

sub _supporters
{
	my ($self, $m, @at) = @_;
	# rows of one joint mandate do not stand in each other's way
	return grep { my $p = $_; $p->{id} < $m->{id} && $p->{to} eq $m->{from} && $p->{kind} =~ /^(?:charter|hand_over|share)$/
		&& $self->effective($p, @at)
		&& none { my $h = $_; $h->{id} > $p->{id} && $h->{id} < $m->{id} && ($h->{from} // '') eq $p->{to} && $h->{kind} =~ /^(?:hand_over|joint)$/
			&& ($h->{joint} // 0) != ($m->{joint} // -1) && $self->effective($h, @at) } @{ $self->{mandates} } } @{ $self->{mandates} };
}

sub effective
{
	my ($self, $m, @at) = @_;
	return 0 unless _covers($m, @at);
	return 1 if $m->{kind} eq 'charter' || !defined $m->{from};
	return scalar($self->_supporters($m, @at)) > 0;
}

sub path
{
	my ($self, $m, @at) = @_;
	return ($m) if $m->{kind} eq 'charter';
	my @supporters = $self->_supporters($m, @at);
	my $supporter = (first { $_->{id} == ($m->{parent} // 0) } @supporters) // (sort { $a->{id} <=> $b->{id} } @supporters)[0];
	return ($self->path($supporter, @at), $m);
}

sub authority
{
	my ($self, $position, @at) = @_;
	return grep { my $m = $_; $m->{to} eq $position && $m->{kind} =~ /^(?:charter|hand_over|share)$/ && $self->effective($m, @at)
		&& none { my $h = $_; $h->{id} > $m->{id} && ($h->{from} // '') eq $position && $h->{kind} =~ /^(?:hand_over|joint)$/
			&& $self->effective($h, @at) } @{ $self->{mandates} } } @{ $self->{mandates} };
}

sub _effective_of_kind { my ($self, $kind, @at) = @_; return grep { $_->{kind} eq $kind && $self->effective($_, @at) } @{ $self->{mandates} } }

sub consulted
{
	my ($self, $person, @at) = @_;
	my $hats = $self->hats($person);
	my %deadline;
	for my $c (grep { !$hats->{ $_->{to} } } $self->_effective_of_kind('consult', @at))
	{
		$deadline{ $c->{to} } = max($c->{deadline}, $deadline{ $c->{to} } // 0);
	}
	return \%deadline;
}

sub informs { my ($self, @at) = @_; return scalar($self->_effective_of_kind('inform', @at)) }

sub verdict
{
	my ($self, $person, @at) = @_;
	my $hats = $self->hats($person);
	return 'no_position' unless %$hats;
	return 'banned' if any { $hats->{ $_->{to} } } $self->_effective_of_kind('ban', @at);
	if (any { $self->authority($_, @at) } keys %$hats)
	{
		return %{ $self->consulted($person, @at) } ? 'consult_first' : 'allowed';
	}
	return 'no_mandate';
}

sub persons { my ($self) = @_; return uniq map { $_->[1] } @{ $self->{appointments} } }

# Four eyes: the mandates by which a person may answer a request of another one; joint ones too.
sub may_answer
{
	my ($self, $person, $requester, @at) = @_;
	return () if $person eq $requester;
	my ($hats, $theirs) = ($self->hats($person), $self->hats($requester));
	return () if any { $hats->{ $_->{to} } } $self->_effective_of_kind('ban', @at);
	my @own = map { $self->authority($_, @at) } keys %$hats;
	@own = grep { $hats->{ $_->{to} } } $self->_effective_of_kind('joint', @at) unless @own;
	return grep {
		$hats->{ $_->{to} } =~ /^(?:holder|deputy|acting)$/ && !$theirs->{ $_->{to} }
		  && none { $_->{kind} eq 'share' && $theirs->{ $_->{from} } } $self->path($_, @at)
	} @own;
}

sub is_member
{
	my ($self, $person, @at) = @_;
	my $hats = $self->hats($person);
	return any { ($hats->{ $_->{to} } // '') =~ /^(?:holder|deputy|acting)$/ } $self->_effective_of_kind('joint', @at);
}

sub _distance { my ($self, $position) = @_; my $n = 0; while (defined($position = $self->{position}{$position}[1])) { $n++ } return $n }

# Positions at and above those of a person.
sub _line
{
	my ($self, $person) = @_;
	my %line;
	for my $position (keys %{ $self->hats($person) })
	{
		for (my $at = $position; defined $at; $at = $self->{position}{$at}[1]) { $line{$at} = 1 }
	}
	return \%line;
}

# Where a request goes first: undef where nobody may, '' where the members of a joint mandate sign.
sub first_turn
{
	my ($self, $requester, @at) = @_;
	my (%limit, %signers, $quorum);
	for my $person ($self->persons)
	{
		for my $m ($self->may_answer($person, $requester, @at))
		{
			if ($m->{kind} eq 'joint') { $signers{$person} = 1; $quorum = $m->{quorum}; next }
			my $limit = min(map { $_->{amount} // 9e9 } $self->path($m, @at));
			$limit{ $m->{to} } = min($limit, $limit{ $m->{to} } // $limit);
		}
	}
	if (!%limit)
	{
		return unless $quorum && keys(%signers) + ($self->is_member($requester, @at) ? 1 : 0) >= $quorum;
		return '';
	}
	my $line = $self->_line($requester);
	return (sort { $limit{$a} <=> $limit{$b} || ($line->{$b} // 0) <=> ($line->{$a} // 0) || $self->_distance($b) <=> $self->_distance($a) || $a cmp $b } keys %limit)[0];
}

1;
