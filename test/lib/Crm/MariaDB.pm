# A private MariaDB server for a test: a folder of its own, reachable on the loopback address only,
# since mysql_fdw names no socket. Ends with the object.
package Crm::MariaDB;

use strict;
use warnings;
use IO::Socket::INET;
use POSIX qw(WNOHANG);

# What is missing on this machine, as a reason to skip; undef if nothing is.
sub missing
{
	my ($database) = @_;
	for my $program (qw(mariadbd mariadb mariadb-install-db))
	{
		return "no $program here (Debian: mariadb-server-core, mariadb-client-core)"
		  unless _path($program);
	}
	return 'a MariaDB server refuses to run as root' if $> == 0;
	return 'no mysql_fdw for this server (Debian: postgresql-15-mysql-fdw)'
	  unless $database->value("SELECT count(*) FROM pg_available_extensions WHERE name = 'mysql_fdw'");
	return;
}

sub _path
{
	my ($program) = @_;
	return (grep { -x } map { "$_/$program" } split(/:/, $ENV{PATH}), qw(/usr/sbin /usr/libexec))[0];
}

sub start
{
	my ($class, $folder) = @_;
	my $self = bless {
		folder => $folder,
		socket => "$folder/socket",
		port   => _free_port(),
		owner  => $$
	}, $class;
	# a unix socket's path may have 107 bytes; the folder of a test may be deeper
	$self->{socket} = "$ENV{TMPDIR}/mariadb.$$" if length $self->{socket} > 100 && $ENV{TMPDIR};
	system('rm', '-rf', $folder) == 0 && mkdir $folder or die "$folder: $!\n";
	_run("$folder/install.log", _path('mariadb-install-db'), '--no-defaults', "--datadir=$folder/data",
		qw(--auth-root-authentication-method=normal --skip-test-db --skip-name-resolve --innodb-log-file-size=4M)
	) or die "mariadb-install-db failed, see $folder/install.log\n";
	$self->_serve;
	return $self;
}

# Between this and the server's own bind another may take it; the server then does not start.
sub _free_port
{
	my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1) or die "no port: $!\n";
	return $socket->sockport;
}

sub _run
{
	my ($log, @command) = @_;
	my $pid = _fork($log, @command);
	waitpid $pid, 0;
	return $? == 0;
}

sub _fork
{
	my ($log, @command) = @_;
	defined(my $pid = fork) or die "fork: $!\n";
	return $pid if $pid;
	open STDIN,  '<', '/dev/null' or die $!;
	open STDOUT, '>', $log        or die $!;
	open STDERR, '>&', \*STDOUT   or die $!;
	exec @command or POSIX::_exit(127);
}

sub _serve
{
	my ($self) = @_;
	my $folder = $self->{folder};
	$self->{pid} = _fork(
		"$folder/log", _path('mariadbd'), '--no-defaults', "--datadir=$folder/data",
		"--socket=$self->{socket}", '--bind-address=127.0.0.1', "--port=$self->{port}",
		"--pid-file=$folder/pid",
		qw(--skip-log-bin --skip-name-resolve --innodb-flush-log-at-trx-commit=0 --innodb-log-file-size=4M
		--innodb-buffer-pool-size=16M --performance-schema=OFF --character-set-server=utf8mb4));
	for (1 .. 300)
	{
		return if -S $self->{socket} && eval { $self->sql('SELECT 1'); 1 };
		last if waitpid($self->{pid}, WNOHANG) == $self->{pid};
		select undef, undef, undef, 0.1;
	}
	die "the MariaDB server did not start, see $folder/log\n";
}

sub port { return $_[0]{port} }

# Statements, in a database of that server if one is named.
sub sql
{
	my ($self, $sql, $database) = @_;
	my $log = "$self->{folder}/client.log";
	my $pid = open my $in, '|-';
	defined $pid or die "fork: $!\n";
	if (!$pid)
	{
		open STDOUT, '>', $log      or die $!;
		open STDERR, '>&', \*STDOUT or die $!;
		exec _path('mariadb'), '--no-defaults', '--batch', '--default-character-set=utf8mb4',
		  "--socket=$self->{socket}", '--user=root', $database // ()
		  or POSIX::_exit(127);
	}
	binmode $in, ':encoding(UTF-8)';
	local $SIG{PIPE} = 'IGNORE';
	print $in $sql, "\n";
	close $in or die "MariaDB: " . _slurp($log) . "in: " . substr($sql, 0, 200) . "\n";
	return _slurp($log);
}

sub _slurp
{
	my ($file) = @_;
	local (@ARGV, $/) = $file;
	return <> // '';
}

# The data stay; go_on() serves them again, at the same port.
sub pause
{
	my ($self) = @_;
	return unless $self->{pid} && $self->{owner} == $$;
	my $pid = delete $self->{pid};
	local ($?, $!);
	kill TERM => $pid;
	for (1 .. 100)
	{
		last if waitpid($pid, WNOHANG);
		select undef, undef, undef, 0.1;
	}
	kill KILL => $pid if kill 0 => $pid;
	return;
}

sub go_on { $_[0]->_serve unless $_[0]{pid}; return }

sub stop
{
	my ($self) = @_;
	return unless $self->{owner} == $$;
	$self->pause;
	local ($?, $!);
	system 'rm', '-rf', "$self->{folder}/data";
	return;
}

sub DESTROY { $_[0]->stop; return }

1;
