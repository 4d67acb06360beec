# A register of delegated authority as a large administration keeps one: five hundred entries, each an authority, to which
# office, up to how much, in which region, whether it may be passed on, and whether others share it. Made up, the same each time.
# Beside it a slow reading of what the entries mean, written apart from the extension: who has authority at a point.
package Register;
use strict;
use warnings;

our @CATEGORY = qw(contracts grants claims inspections licences refunds staffing travel publications settlements);
our @ACTION = qw(approve amend cancel waive sign);
our @REGION = qw(north northeast east southeast south southwest west northwest coast islands);

sub new
{
	my ($class) = @_;
	my $self = bless { seed => 20260101, entries => [], next => 1 }, $class;
	$self->charters;
	$self->regions;
	$self->shares;
	$self->hand_downs;
	$self->conditions;
	return $self;
}

sub entries { return @{ $_[0]{entries} } }
sub leaves { return map { my $c = $_; map { "$c.$_" } @ACTION } @CATEGORY }

sub group_size
{
	my ($self, $group) = @_;
	return scalar grep { $_->{group} eq $group } $self->entries;
}

sub positions
{
	return ('council', 'legal_office', 'audit_office', (map { my $o = $_; map { "${o}_$_" } @CATEGORY } qw(director head chief desk)),
		map { ("regional_$_", "field_$_") } @REGION);
}

# The same sequence everywhere.
sub random
{
	my ($self, $below) = @_;
	$self->{seed} = ($self->{seed} * 1103515245 + 12345) % 2147483648;
	return int($self->{seed} / 65536) % $below;
}

sub add
{
	my ($self, %entry) = @_;
	$entry{id} = $self->{next}++;
	push @{ $self->{entries} }, \%entry;
	return \%entry;
}

# What the council gives to directors, and these to their heads: one office each.
sub charters
{
	my ($self) = @_;
	my $number = 0;
	for my $category (@CATEGORY)
	{
		my $director = $self->add(kind => 'charter', decision => $category, to => "director_$category", group => 'hq',
			amount => 1000000 * (1 + $self->random(5)), depth => $number++ % 3 == 0 ? 4 : undef);
		$self->{director}{$category} = $director;
	}
	for my $leaf (leaves())
	{
		my ($category) = split /\./, $leaf;
		my $director = $self->{director}{$category};
		$self->{head}{$leaf} = $self->add(kind => 'hand_over', decision => $leaf, from => $director->{to}, to => "head_$category",
			group => 'hq', amount => $director->{amount} / (2 + $self->random(4)), depth => defined $director->{depth} ? 3 : 2 + $self->random(2));
	}
	return;
}

# In its region a regional office acts as well; some pass it on to the field, for less.
sub regions
{
	my ($self) = @_;
	my @leaf = leaves();
	my @passed;
	for my $number (0 .. 99)
	{
		my $leaf = $leaf[$number % 50];
		my $region = $REGION[($number * 7 + int($number / 50)) % 10];
		my $head = $self->{head}{$leaf};
		my $entry = $self->add(kind => 'share', decision => $leaf, from => $head->{to}, to => "regional_$region", group => 'region',
			amount => $head->{amount} / (5 * (1 + $self->random(4))), depth => $number % 2, scope => { within => $region });
		push @passed, [ $entry, $region ] if $entry->{depth} && @passed < 45;
	}
	for (@passed)
	{
		my ($above, $region) = @$_;
		$self->add(kind => 'share', decision => $above->{decision}, from => $above->{to}, to => "field_$region", group => 'region',
			amount => $above->{amount} / 2, depth => 0, scope => { is => "${region}_field" });
	}
	return;
}

# Offices of other directorates that share an authority, and what is signed by two.
sub shares
{
	my ($self) = @_;
	my @leaf = grep { !/sign$/ } leaves();
	for my $number (0 .. 124)
	{
		my $leaf = $leaf[$number % 40];
		my $other = $CATEGORY[(int($number / 4) + 1 + int($number / 40)) % 10];
		my $head = $self->{head}{$leaf};
		next if $head->{to} eq "head_$other";
		$self->add(kind => 'share', decision => $leaf, from => $head->{to}, to => "head_$other", group => 'shared',
			amount => $head->{amount} / (3 + $self->random(5)), depth => 0);
	}
	for my $category (@CATEGORY)
	{
		my $head = $self->{head}{"$category.sign"};
		my $first = $self->{next};
		$self->add(kind => 'joint', decision => "$category.sign", from => $head->{to}, to => $_, group => 'shared', joint => $first,
			amount => $head->{amount}, depth => 0)
		  for "head_$category", "chief_$category", 'legal_office';
	}
	while ($self->group_size('shared') < 155)
	{
		my $leaf = $leaf[$self->random(40)];
		my $head = $self->{head}{$leaf};
		$self->add(kind => 'share', decision => $leaf, from => $head->{to}, to => 'legal_office', group => 'shared',
			amount => $head->{amount} / (10 + $self->random(90)), depth => 0);
	}
	return;
}

# Small amounts go down the line: who hands them down keeps what is above.
sub hand_downs
{
	my ($self) = @_;
	for my $leaf (grep { !/sign$/ } leaves())
	{
		my ($category) = split /\./, $leaf;
		my $head = $self->{head}{$leaf};
		my $chief = $self->add(kind => 'hand_over', decision => $leaf, from => $head->{to}, to => "chief_$category", group => 'hq',
			amount => $head->{amount} / 10, depth => 1);
		$self->add(kind => 'hand_over', decision => $leaf, from => $chief->{to}, to => "desk_$category", group => 'hq',
			amount => $chief->{amount} / 10, depth => 0);
	}
	return;
}

sub conditions
{
	my ($self) = @_;
	my @leaf = leaves();
	for my $number (0 .. 29)
	{
		$self->add(kind => 'consult', decision => $leaf[$number], to => 'legal_office', group => 'hq', amount => 100000, deadline => '10 days');
		$self->add(kind => 'inform', decision => $leaf[$number + 20], to => 'audit_office', group => 'hq', amount => 1000 * $self->random(9));
	}
	return;
}

sub literal
{
	my ($value) = @_;
	return defined $value ? "'$value'" : 'NULL';
}

sub scope_json
{
	my ($entry) = @_;
	my $scope = $entry->{scope} or return 'NULL';
	return $scope->{within} ? qq('{"department": {"within": "$scope->{within}"}}') : qq('{"department": "$scope->{is}"}');
}

# The statement that gives an entry; of a joint one at its first row only.
sub statement
{
	my ($self, $entry, %change) = @_;
	my %e = (%$entry, %change);
	my $common = 'amount => ' . literal($e{amount}) . ', scope => ' . scope_json(\%e);
	my $depth = ', depth => ' . ($e{depth} // 'NULL');
	return "SELECT crm.grant_mandate('$e{decision}', '$e{to}', $common$depth);" if $e{kind} eq 'charter';
	return "SELECT crm.$e{kind}('$e{decision}', '$e{from}', '$e{to}', $common$depth);" if $e{kind} =~ /^(?:hand_over|share)$/;
	return "SELECT crm.consult('$e{decision}', '$e{to}', deadline => '$e{deadline}', $common);" if $e{kind} eq 'consult';
	return "SELECT crm.inform('$e{decision}', '$e{to}', $common);" if $e{kind} eq 'inform';
	return '' if $e{joint} != $e{id};
	my $all = join ',', map { $_->{to} } grep { ($_->{joint} // 0) == $e{joint} } $self->entries;
	return "SELECT crm.share_jointly('$e{decision}', '{$all}', 2, '$e{from}', $common);";
}

sub organisation
{
	my ($self) = @_;
	my @sql = ("SELECT crm.add_department('headquarters');", "SELECT crm.add_department('regions');");
	push @sql, "SELECT crm.add_department('$_', parent => 'regions'); SELECT crm.add_department('${_}_field', parent => '$_');" for @REGION;
	push @sql, map { my $c = $_; ("SELECT crm.add_decision('$c');", map { "SELECT crm.add_decision('$c.$_');" } @ACTION) } @CATEGORY;
	for my $position ($self->positions)
	{
		my $above = $position =~ /^head_(.*)/ ? "director_$1" : $position =~ /^chief_(.*)/ ? "head_$1" : $position =~ /^desk_(.*)/ ? "chief_$1"
		  : $position =~ /^field_(.*)/ ? "regional_$1" : $position eq 'council' ? undef : 'council';
		my $department = $position =~ /^regional_(.*)/ ? $1 : $position =~ /^field_(.*)/ ? "$1_field" : 'headquarters';
		push @sql, "SELECT crm.add_position('$position', department => '$department', reports_to => " . literal($above) . ");";
	}
	push @sql, map { "SELECT crm.appoint('$_', 'holder of $_');" } $self->positions;
	return join "\n", @sql;
}

# The slow reading. A point is a decision, a place (a department, or none) and an amount.
sub covers
{
	my ($entry, $point) = @_;
	return 0 unless $point->{decision} eq $entry->{decision} || index($point->{decision}, "$entry->{decision}.") == 0;
	return 0 if $point->{amount} > $entry->{amount};
	my $scope = $entry->{scope} or return 1;
	my $place = $point->{place} // return 0;
	return $place eq $scope->{is} if $scope->{is};
	return $place eq $scope->{within} || $place eq "$scope->{within}_field";
}

sub effective
{
	my ($self, $point) = @_;
	my @in_effect;
	for my $entry (grep { $_->{kind} =~ /^(?:charter|hand_over|share|joint)$/ && covers($_, $point) } $self->entries)
	{
		push @in_effect, $entry if $entry->{kind} eq 'charter' || grep {
			my $support = $_;
			$support->{to} eq $entry->{from} && $support->{kind} ne 'joint'
			  && (!defined $support->{depth} || (defined $entry->{depth} && $entry->{depth} < $support->{depth}))
			  && !grep { ($_->{from} // '') eq $entry->{from} && $_->{kind} =~ /^(?:hand_over|joint)$/ && $_->{id} > $support->{id}
				  && ($_->{joint} // 0) != ($entry->{joint} // -1) } @in_effect;
		} @in_effect;
	}
	return @in_effect;
}

sub who_may
{
	my ($self, $point) = @_;
	my @in_effect = $self->effective($point);
	my %may;
	for my $entry (grep { $_->{kind} ne 'joint' } @in_effect)
	{
		next if grep { ($_->{from} // '') eq $entry->{to} && $_->{kind} =~ /^(?:hand_over|joint)$/ && $_->{id} > $entry->{id} } @in_effect;
		$may{ $entry->{to} } = 1;
	}
	return sort keys %may;
}

1;
