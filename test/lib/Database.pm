# Talks to the server that PGHOST and its like name, through psql: no driver is needed.
package Database;

use strict;
use warnings;
use utf8;
use IPC::Open3;
use Symbol qw(gensym);

# A new, empty database of this name.
sub create
{
	my ($class, $name) = @_;
	my $postgres = bless { name => $ENV{PGDATABASE} // 'postgres' }, $class;
	$postgres->run(qq(DROP DATABASE IF EXISTS "$name"));
	$postgres->run(qq(CREATE DATABASE "$name"));
	return bless { name => $name }, $class;
}

sub name { return $_[0]{name} }

sub drop
{
	my ($self) = @_;
	return (bless { name => $ENV{PGDATABASE} // 'postgres' }, ref $self)
	  ->run(qq(DROP DATABASE IF EXISTS "$self->{name}"));
}

sub _command
{
	my ($self, @more) = @_;
	return ('psql', '-XqAt', '-v', 'ON_ERROR_STOP=1', '-d', $self->{name}, @more);
}

# Runs SQL text of any length; returns what it printed, dies with the server's message.
sub run
{
	my ($self, $sql) = @_;
	my ($status, $out, $err) = $self->try($sql);
	die "$err\nin: " . substr($sql, 0, 300) . "\n" if $status;
	return $out;
}

sub try
{
	my ($self, $sql) = @_;
	open my $copy,   '+>', undef or die $!;
	open my $errors, '+>', undef or die $!;
	my $pid = open my $in, '|-';
	defined $pid or die "fork: $!";
	if (!$pid)
	{
		open STDOUT, '>&', $copy   or die $!;
		open STDERR, '>&', $errors or die $!;
		exec $self->_command('-f', '-') or die "psql: $!";
	}
	binmode $in, ':encoding(UTF-8)';
	print $in ref $sql ? $$sql : $sql, "\n";
	close $in;
	my $status = $? >> 8;
	return ($status, _all($copy), _all($errors));
}

sub _all
{
	my ($file) = @_;
	seek $file, 0, 0;
	binmode $file, ':encoding(UTF-8)';
	my $text = do { local $/; <$file> }
	  // '';
	return $text =~ s/\n\z//r;
}

# Feeds what $write->(file handle) prints to psql.
sub feed
{
	my ($self, $write) = @_;
	open my $in, '|-', $self->_command('-f', '-') or die "psql: $!";
	binmode $in, ':encoding(UTF-8)';
	local $SIG{PIPE} = 'IGNORE';
	$write->($in);
	close $in or die "psql failed while loading $self->{name}\n";
	return;
}

# The rows of a query, each a list of column values; NULL is undef.
sub rows
{
	my ($self, $sql) = @_;
	my $out =
	  $self->run("\\pset fieldsep '\x1f'\n\\pset recordsep '\x1e'\n\\pset null '\x1d'\n$sql");
	return map {
		[ map { $_ eq "\x1d" ? undef : $_ } split /\x1f/, $_ =~ s/\n\z//r, -1 ]
	} split /\x1e/, $out;
}

sub row { my ($self, $sql) = @_; return ($self->rows($sql))[0] }

sub value
{
	my ($self, $sql) = @_;
	my $row = $self->row($sql) // return;
	return $row->[0];
}

# An open session: statements one after the other, errors returned, not died of.
sub session
{
	my ($self)  = @_;
	my $session = bless { name => $self->{name}, n => 0 }, 'Database::Session';
	$session->{pid} = open3(
		$session->{in}, $session->{out}, undef,               'psql',
		'-XqAt',        '-v',            'VERBOSITY=verbose', '-d',
		$self->{name});
	binmode $session->{$_}, ':encoding(UTF-8)' for qw(in out);
	$session->{in}->autoflush(1);
	return $session;
}

package Database::Session;

use strict;
use warnings;

# Sends without waiting; read with answer().
sub send
{
	my ($self, $sql) = @_;
	$self->{mark} = 'done-' . ++$self->{n};
	$sql .= ";" unless $sql =~ /;\s*\z/;
	print { $self->{in} } "$sql\n\\echo :ERROR :SQLSTATE :ROW_COUNT\n\\echo $self->{mark}\n";
	return;
}

# { output, sqlstate ('00000' if it went well), count }
sub answer
{
	my ($self) = @_;
	my @lines;
	my $out = $self->{out};
	while (defined(my $line = <$out>))
	{
		chomp $line;
		if ($line eq $self->{mark})
		{
			my ($error, $sqlstate, $count) = split / /, pop @lines;
			return { output => join("\n", @lines), sqlstate => $sqlstate, count => $count };
		}
		push @lines, $line;
	}
	die "the server closed the connection: @lines\n";
}

sub do
{
	my ($self, $sql) = @_;
	$self->send($sql);
	return $self->answer;
}

sub close
{
	my ($self) = @_;
	CORE::close $self->{in};
	waitpid $self->{pid}, 0;
	return;
}

1;
