# A random history of three departments: what their applications do to their rows, one by one and in
# bulk, in two sessions, with transactions of every isolation level that overlap and are rolled back.
# Few keys and few values, so that customers merge and split all the time.
package History;

use strict;
use warnings;
use utf8;
use Fake::Random;
use HistoryDetail;

my @given  = qw(John Jon Johnny Mary Marie Peter Pieter Anna Ann Robert Bob Lucía);
my @family = (
	'Smith',  'Smyth',   'de Vries', 'Devries', 'Müller', 'Mueller',
	'Jansen', 'Janssen', 'Brown',    'García López');
my @email  = map { "$_\@example.org" } qw(a b c d e john.smith info);
my @phone  = map { "+3161234567$_" } 0 .. 6;
my @birth  = qw(1960-05-04 1971-12-31 1980-04-05 1980-05-04 1990-01-01 2001-02-03);
my @street = ('Dorpsstraat 1', 'Dorpsstr. 1', 'Kerkweg 22', 'High Street 3', 'Kerkweg 23');
my @zip    = ('1011 AB',       '1011AB',      '3011 CD',    '9999 ZZ',       '1011 AC');

# canonical => column; sales has the whole name in one column
my %shape = (
	sales => {
		table   => 'sales.person',
		key     => [qw(region no)],
		types   => [qw(text integer)],
		columns => {
			name        => 'full_name',
			email       => 'email',
			phone       => 'phone',
			birth_date  => 'born',
			street      => 'street',
			postal_code => 'zip'
		}
	},
	marketing => {
		table   => 'marketing.lead',
		key     => ['id'],
		types   => ['bigint'],
		columns => {
			given_name  => 'first_name',
			family_name => 'last_name',
			email       => 'mail',
			phone       => 'tel',
			birth_date  => 'birth',
			postal_code => 'postcode',
			street      => 'address'
		}
	},
	service => {
		table   => 'service.client',
		key     => ['code'],
		types   => ['text'],
		columns => {
			given_name  => 'voornaam',
			family_name => 'achternaam',
			email       => [ 'mail_1', 'mail_2' ],
			phone       => 'telefoon',
			birth_date  => 'geboren',
			street      => 'straat',
			postal_code => 'postcode'
		}
	});

# Who belongs to whom: columns, and what is registered about them.
my %relation = (
	marketing => {
		columns    => { boss => 'bigint', since => 'date' },
		registered => "belongs_to => 'boss', since => 'since'"
	},
	service => {
		columns    => { leads => 'bigint[]', tie => 'text' },
		registered => "belongs_to => 'leads', related => 'marketing.lead', relation => 'tie'"
	});

# Those that others refer to come first.
sub tables { return ((map { $shape{$_}{table} } sort keys %shape), HistoryDetail::tables()) }

sub ddl
{
	my $text = '';
	for my $department (sort keys %shape)
	{
		my $shape = $shape{$department};
		my @columns =
		  map { ref $_ ? @$_ : $_ } map { $shape->{columns}{$_} } sort keys %{ $shape->{columns} };
		my @key  = map { "$shape->{key}[$_] $shape->{types}[$_]" } 0 .. $#{ $shape->{key} };
		my $more = $relation{$department}{columns} // {};
		my $part = $department eq 'marketing';
		$text .=
			"CREATE SCHEMA $department; CREATE TABLE $shape->{table} ("
		  . join(', ', @key, (map { "$_ text" } @columns), map { "$_ $more->{$_}" } sort keys %$more)
		  . ", changed timestamptz NOT NULL, note text, PRIMARY KEY ("
		  . join(', ', @{ $shape->{key} }) . '))'
		  . ($part ? ' PARTITION BY HASH (id)' : '') . ";\n";
		$text .=
		  "CREATE TABLE $shape->{table}_$_ PARTITION OF $shape->{table} FOR VALUES WITH (MODULUS 2, REMAINDER $_);\n"
		  for $part ? (0, 1) : ();
	}
	return $text . HistoryDetail::ddl();
}

# service is resolved inline, in the writing transaction
sub registration
{
	my @statements;
	for my $department (sort keys %shape)
	{
		my $shape = $shape{$department};
		my $map   = join ', ', map {
			my $c = $shape->{columns}{$_};
			ref $c ? qq("$_": ["$c->[0]", "$c->[1]"]) : qq("$_": "$c")
		  }
		  sort keys %{ $shape->{columns} };
		my %trust = (sales => 0.6, marketing => 0.3, service => 0.6);
		push @statements, "SELECT crm.add_department('$department')",
		  "SELECT crm.add_source('$shape->{table}', department => '$department', map => '{$map}', kind => 'person', "
		  . "changed_at => 'changed', trust => $trust{$department}, mode => '"
		  . ($department eq 'service' ? 'inline' : 'watch') . "'"
		  . ($relation{$department}{registered} ? ", $relation{$department}{registered}" : '') . ');'
		  . HistoryDetail::registration($department);
	}
	return @statements;
}

sub new
{
	my ($class, $seed, $operations) = @_;
	my $random = Fake::Random->new("history/$seed");
	my @people = map {
		{
			given  => $random->pick(\@given),
			family => $random->pick(\@family),
			email  => $random->pick(\@email),
			phone  => $random->pick(\@phone),
			birth  => $random->pick(\@birth),
			place  => $random->below(scalar @street)
		}
	} 1 .. 14;
	return bless {
		random => $random,
		people => \@people,
		left   => $operations,
		done   => 0,
		clock  => 0,
		open   => [ 0, 0 ],
		failed => {}
	}, $class;
}

sub _quote { return defined $_[0] ? "'" . $_[0] =~ s/'/''/gr . "'" : 'NULL' }

# What a row says: mostly one person, sometimes half another (a bridge that later goes).
sub _values
{
	my ($self) = @_;
	my $random = $self->{random};
	my ($a, $b) = map { $random->pick($self->{people}) } 1, 2;
	$b = $a unless $random->chance(0.2);
	my %v = (
		given_name  => $a->{given},
		family_name => $a->{family},
		birth_date  => $a->{birth},
		email       => $b->{email},
		phone       => $b->{phone},
		street      => $street[ $a->{place} ],
		postal_code => $zip[ $a->{place} ]);
	$v{given_name} = $random->pick(\@given) if $random->chance(0.08);
	$v{email}      = $random->pick(\@email) if $random->chance(0.08);
	$v{$_}         = undef for grep { $random->chance(0.22) } sort keys %v;
	$v{birth_date} = 'not a date' if $random->chance(0.01);
	$v{name}       = join ' ', grep { defined } @v{qw(given_name family_name)};
	$v{email_2}    = $random->pick(\@email) if $random->chance(0.1);
	return \%v;
}

sub _key
{
	my ($self, $department) = @_;
	my $n = $self->{random}->below(20);
	return
		$department eq 'sales'   ? [ (qw(NL DE))[ $n % 2 ], $n ]
	  : $department eq 'service' ? ["C-$n"]
	  :                            [ 100 + $n ];
}

# column => SQL literal
sub _assignments
{
	my ($self, $department, $values) = @_;
	my $columns = $shape{$department}{columns};
	my %set     = (
		changed => "timestamptz '2024-01-01 00:00+00' + interval '"
		  . $self->{random}->below(400)
		  . " hours'",
		note => "'" . ++$self->{clock} . "'");
	%set = (%set, %{ $self->_relation($department) });
	for my $attribute (sort keys %$columns)
	{
		my @names =
		  ref $columns->{$attribute} ? @{ $columns->{$attribute} } : $columns->{$attribute};
		$set{ $names[0] } = _quote($values->{$attribute});
		$set{ $names[1] } = _quote($values->{"${attribute}_2"}) if @names > 1;
	}
	return \%set;
}

# column => SQL literal, of those that say who belongs to whom
sub _relation
{
	my ($self, $department) = @_;
	my $random = $self->{random};
	my @leads  = map { 100 + $random->below(20) } 1 .. $random->below(3);
	my $none   = $random->chance(0.4);
	return { boss => $none ? 'NULL' : 100 + $random->below(20), since => "'2024-01-0" . $random->between(1, 3) . "'" }
	  if $department eq 'marketing';
	return {} if $department ne 'service';
	return {
		leads => $none ? 'NULL' : "'{" . join(',', @leads) . "}'",
		tie => _quote($random->pick([ 'adviser_of', 'friend_of', ' ', undef ])) };
}

sub _where
{
	my ($department, $key) = @_;
	my $names = $shape{$department}{key};
	return join ' AND ', map { "$names->[$_] = " . _quote($key->[$_]) } 0 .. $#$names;
}

sub _insert
{
	my ($self, $department, $n, $conflict) = @_;
	my $shape = $shape{$department};
	my (@rows, @columns, %seen);
	for (1 .. $n)
	{
		my $key = $self->_key($department);
		next if $seen{"@$key"}++;
		my $set = $self->_assignments($department, $self->_values);
		@columns = sort keys %$set;
		push @rows, '(' . join(', ', map({ _quote($_) } @$key), @$set{@columns}) . ')';
	}
	my $target = join ', ', @{ $shape->{key} };
	return
		"INSERT INTO $shape->{table} ($target, "
	  . join(', ', @columns)
	  . ') VALUES '
	  . join(', ', @rows)
	  . (
		$conflict eq 'update'
		? " ON CONFLICT ($target) DO UPDATE SET " . join(', ', map { "$_ = excluded.$_" } @columns)
		: $conflict eq 'nothing' ? ' ON CONFLICT DO NOTHING'
		:                          '');
}

sub _update
{
	my ($self, $department) = @_;
	my $random  = $self->{random};
	my $set     = $self->_assignments($department, $self->_values);
	my @columns = sort keys %$set;
	@columns = grep { $random->chance(0.4) || /^(?:changed|note)$/ } @columns
	  if $random->chance(0.5);
	return
		"UPDATE $shape{$department}{table} SET "
	  . join(', ', map { "$_ = $set->{$_}" } @columns)
	  . ' WHERE '
	  . _where($department, $self->_key($department));
}

sub _bulk_update
{
	my ($self, $department) = @_;
	my $columns  = $shape{$department}{columns};
	my $what     = $self->{random}->pick([qw(email phone birth_date postal_code street)]);
	my ($column) = map { ref $_ ? $_->[0] : $_ } $columns->{$what};
	my $value    = _quote($self->_values->{$what});
	my $zip      = $columns->{postal_code};
	return
	  "UPDATE $shape{$department}{table} SET $column = $value, changed = changed + interval '1 minute' WHERE $zip = "
	  . _quote($self->{random}->pick(\@zip));
}

sub _merge_statement
{
	my ($self, $department) = @_;
	my $shape   = $shape{$department};
	my $key     = $self->_key($department);
	my $set     = $self->_assignments($department, $self->_values);
	my @columns = sort keys %$set;
	my @keys    = map { _quote($key->[$_]) . "::$shape->{types}[$_]" } 0 .. $#$key;
	return
		"MERGE INTO $shape->{table} t USING (SELECT 1) s ON "
	  . join(' AND ', map { "t.$shape->{key}[$_] = $keys[$_]" } 0 .. $#keys)
	  . ' WHEN MATCHED THEN UPDATE SET '
	  . join(', ', map { "$_ = $set->{$_}" } @columns)
	  . ' WHEN NOT MATCHED THEN INSERT ('
	  . join(', ', @{ $shape->{key} }, @columns)
	  . ') VALUES ('
	  . join(', ', @keys, @$set{@columns}) . ')';
}

sub _change_key
{
	my ($self, $department) = @_;
	my $names = $shape{$department}{key};
	my ($old, $new) = map { $self->_key($department) } 1, 2;
	return
		"UPDATE $shape{$department}{table} SET "
	  . join(', ', map { "$names->[$_] = " . _quote($new->[$_]) } 0 .. $#$names)
	  . ' WHERE '
	  . _where($department, $old);
}

sub _delete
{
	my ($self, $department, $bulk) = @_;
	my $shape = $shape{$department};
	return "DELETE FROM $shape->{table} WHERE "
	  . ($bulk
		? "$shape->{columns}{postal_code} = " . _quote($self->{random}->pick(\@zip))
		: _where($department, $self->_key($department)));
}

# delete and insert of one key: a move, the customer stays
sub _replace
{
	my ($self, $department) = @_;
	my $insert = $self->_insert($department, 1, '');
	my ($key)  = $insert =~ /VALUES \((.*)/;
	my $names  = $shape{$department}{key};
	my @key =
	  map { my ($v, $rest) = $key =~ /^('[^']*'), (.*)/s; $key = $rest; "$names->[$_] = $v" }
	  0 .. $#$names;
	return
		"WITH gone AS (DELETE FROM $shape{$department}{table} WHERE "
	  . join(' AND ', @key)
	  . " RETURNING 1) SELECT count(*) FROM gone;\n$insert";
}

sub _operation
{
	my ($self)     = @_;
	my $random     = $self->{random};
	my $department = $random->pick([qw(sales marketing service)]);
	if ($random->chance(0.2))
	{
		$self->{left}--;
		$self->{done}++;
		return HistoryDetail::operation($random, \@email, \@phone, sub { $self->_key($_[0]) });
	}
	my $kind       = $random->pick_weighted(
		{
			insert      => 26,
			update      => 28,
			delete      => 12,
			upsert      => 8,
			merge       => 6,
			bulk_insert => 6,
			bulk_update => 4,
			bulk_delete => 1.5,
			key         => 4,
			replace     => 4,
			truncate    => 0.3
		});
	$self->{left}--;
	$self->{done}++;
	return $self->_insert($department, 1, '')                            if $kind eq 'insert';
	return $self->_update($department)                                   if $kind eq 'update';
	return $self->_delete($department, $kind eq 'bulk_delete')           if $kind =~ /delete/;
	return $self->_insert($department, $random->between(1, 4), 'update') if $kind eq 'upsert';
	return $self->_insert($department, $random->between(4, 12), 'nothing')
	  if $kind eq 'bulk_insert';
	return $self->_merge_statement($department) if $kind eq 'merge';
	return $self->_bulk_update($department)     if $kind eq 'bulk_update';
	return $self->_change_key($department)      if $kind eq 'key';
	return $self->_replace($department)         if $kind eq 'replace';
	return "TRUNCATE $shape{$department}{table} CASCADE";
}

# Plays the history in two sessions, one statement in four at the same time as one of the other;
# returns the number of operations that succeeded and the errors by SQLSTATE.
sub play
{
	my ($self, @sessions) = @_;
	my $random = $self->{random};
	$_->do("SET lock_timeout = '40ms'") for @sessions;
	while ($self->{left} > 0)
	{
		my @who = $random->chance(0.15) ? (0, 1) : $random->below(scalar @sessions);
		my %sent = map { $_ => $self->_next($_) } @who;
		$sessions[$_]->send($sent{$_}) for @who;
		my %answer = map { $_ => $sessions[$_]->answer } @who;
		$self->_judge($_, $sent{$_}, $answer{$_}, $sessions[$_]) for @who;
	}
	for my $who (grep { $self->{open}[$_] } 0 .. $#sessions)
	{
		$self->_judge($who, 'COMMIT', $sessions[$who]->do('COMMIT'), $sessions[$who]);
	}
	return ($self->{done}, $self->{failed});
}

sub _next
{
	my ($self, $who) = @_;
	return $self->{open}[$who] ? $self->_inside($who) : $self->_outside($who);
}

# A duplicate key, a row that the other session holds and a serialization failure are the
# department's own; whatever else fails, or waits for a table of crm, is told.
sub _judge
{
	my ($self, $who, $statement, $answer, $session) = @_;
	my $state = $answer->{sqlstate};
	return if $state eq '00000';
	$self->{failed}{$state}++;
	if ($statement =~ /^(?:SAVEPOINT|INSERT|UPDATE|DELETE|MERGE|WITH|TRUNCATE)/)
	{
		$self->{left}++;
		$self->{done}--;
	}
	my $own = $state =~ /^(?:23505|55P03|40001|25P02)$/ && $answer->{output} !~ /crm_internal/;
	push @{ $self->{messages} }, "$statement\n$answer->{output}"
	  unless $own || $statement =~ /^CALL/ && $state =~ /^(?:55P03|40001)$/;
	$session->do('ROLLBACK') if $self->{open}[$who];
	$self->{open}[$who] = 0;
	return;
}

sub _outside
{
	my ($self, $who) = @_;
	my $random = $self->{random};
	my $what =
	  $random->pick_weighted({ statement => 60, begin => 25, resolve => 5, isolation => 5 });
	my $level = $random->pick([ 'READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE' ]);
	return 'CALL crm.resolve()'                                       if $what eq 'resolve';
	return "SET default_transaction_isolation = '" . lc($level) . "'" if $what eq 'isolation';
	return $self->_operation                                          if $what eq 'statement';
	$self->{open}[$who] = $random->between(1, 6);
	return "BEGIN ISOLATION LEVEL $level";
}

sub _inside
{
	my ($self, $who) = @_;
	my $random = $self->{random};
	if (--$self->{open}[$who] <= 0)
	{
		$self->{open}[$who] = 0;
		return $random->chance(0.85) ? 'COMMIT' : 'ROLLBACK';
	}
	return 'SET CONSTRAINTS ALL IMMEDIATE' if $random->chance(0.04);
	return
		'SAVEPOINT s; '
	  . $self->_operation
	  . ($random->chance(0.5) ? '; ROLLBACK TO s' : '; RELEASE s')
	  if $random->chance(0.12);
	return $self->_operation;
}

1;
