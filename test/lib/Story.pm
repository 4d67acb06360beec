# The story of doc/story.md: its blocks, and its people, who share one login behind a pooler.
package Story;
use strict;
use warnings;

my %login = ('The company' => undef, 'The board changes its mind' => 'chair');

# Those of the page, each with its login (undef: the administrator's).
sub blocks
{
	my ($page) = @_;
	return map { { %$_, login => exists $login{ $_->{section} } ? $login{ $_->{section} } : 'crm_app' } } $page->blocks;
}

# The rows of its table, by the names of its columns.
sub answers
{
	my ($page) = @_;
	my ($head, @rows) = grep { !/---/ } $page->text =~ /^\|(.*)\|$/mg;
	my @names = split /\s*\|\s*/, $head =~ s/^\s+|\s+$//gr;
	return map { my %row; @row{@names} = map { s/^[\s`]+|[\s`]+$//gr } split /\|/, $_, -1; \%row } @rows;
}

# A program that keeps its connection: psql, to which one talks line by line.
package Story::Client;
use strict;
use warnings;
use IPC::Open3;

sub new
{
	my ($class, %where) = @_;
	my $self = bless { person => $where{person} }, $class;
	$self->{pid} = open3($self->{in}, $self->{out}, undef, 'psql', '-XqAt', '-h', $where{host}, '-p', $where{port},
		'-U', $where{user}, '-d', $where{database});
	return $self;
}

# What comes back for these statements, errors included.
sub says
{
	my ($self, $sql) = @_;
	my ($in, $out) = @$self{qw(in out)};
	my @lines;
	print $in "$sql\n\\echo end of answer\n";
	$in->flush;
	while (defined(my $line = <$out>))
	{
		return join "\n", @lines if $line eq "end of answer\n";
		chomp $line;
		push @lines, $line;
	}
	die "psql of $self->{person} is gone: @lines\n";
}

# In the name of its person: from here to the end of the transaction.
sub begin { my ($self) = @_; return $self->says("BEGIN;\nSELECT crm.act_as('$self->{person}')\\g /dev/null") }

sub leave
{
	my ($self) = @_;
	close $self->{in};
	waitpid $self->{pid}, 0;
	return;
}

1;
