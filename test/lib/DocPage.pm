# A page of doc and its blocks of SQL, which a test of the page runs as they stand.
package DocPage;
use strict;
use warnings;
use Test::More;

# All of it, or the part under one heading (under => 'Details'), or before one (before => 'Filters').
sub read
{
	my ($class, $file, %part) = @_;
	my $text = do { local (@ARGV, $/) = "$ENV{TREE}/$file"; <> };
	($text) = $text =~ /^## \Q$part{under}\E\n(.*?)(?=^## |\z)/ms if defined $part{under};
	($text) = $text =~ /\A(.*?)^## \Q$part{before}\E$/ms          if defined $part{before};
	my @blocks;
	for my $section (split /^(?=## )/m, $text)
	{
		my ($title) = $section =~ /^## (.*)/;
		push @blocks, { number => 1 + @blocks, section => $title, sql => $1, shown => $2 }
		  while $section =~ /^```sql\n(.*?)^```\n(?:\n?```\n(.*?)^```\n)?/msg;
	}
	return bless { text => $text, blocks => \@blocks }, $class;
}

sub text   { return $_[0]{text} }
sub blocks { return @{ $_[0]{blocks} } }

# Runs a block as who it says ("-- in a session of desk_app"); what it printed, unaligned, and its notices.
sub runs
{
	my ($block, $database) = @_;
	local $ENV{PGUSER} = $1 if $block->{sql} =~ /^-- in a session of (\w+)$/m;
	my ($status, $out, $err) = $database->try($block->{sql});
	is $status, 0, "block $block->{number} runs" or diag $err;
	return ($out, $err);
}

# What psql prints of a block as a reader sees it, errors included; of errors what they say, not where.
sub printed
{
	my ($block, $database, %how) = @_;
	my $file = "$ENV{OUT}/" . $database->name . '.sql';
	open my $out, '>:raw', $file or die "cannot write $file: $!";
	print $out "\\set SHOW_CONTEXT never\n", $how{terse} ? "\\set VERBOSITY terse\n" : '', $block->{sql};
	close $out;
	my $name    = $database->name;
	my $null    = defined $how{null}  ? "-P null=$how{null}" : '';
	my $user    = defined $how{login} ? "-U $how{login}"     : '';
	my $printed = `psql -Xq -P footer=off $null $user -d $name -f $file 2>&1`;
	return $printed =~ s/^psql:.*?: (?=ERROR|WARNING|NOTICE)//mgr;
}

# A block prints what the page shows below it, no more and no less, but for what calls return whose columns
# $how{unshown} matches, and for notices where the page shows none. $how{login}: who runs it.
sub prints
{
	my ($block, $database, %how) = @_;
	my ($shown, $name) = ($block->{shown} // '', "block $block->{number}");
	my $printed = printed($block, $database, %how);
	like $printed, qr/ERROR/, "$name is refused" if $shown =~ /ERROR/;
	unlike $printed, qr/ERROR|WARNING/, "$name runs" or diag $block->{sql} if $shown !~ /ERROR/;
	return if $shown eq '';
	my $notice = qr/^NOTICE:.*\n(?:(?:DETAIL|HINT):.*\n)*/m;
	my $after  = $shown =~ /^NOTICE:/m;
	$printed =~ s/($notice)/$after ? "$1\n" : ''/ge;
	my @tables = grep { !/^ *(?:$how{unshown})\b[\w |]*\n-/ } split /\n\n/, "$printed\n";
	is squeeze(join "\n", @tables), squeeze($shown), "$name prints what the page shows";
	return;
}

# Without what only aligns columns.
sub squeeze
{
	my ($text) = @_;
	$text =~ s/^[-+]+$/---/mg;
	$text =~ s/ +/ /g;
	$text =~ s/^ | $//mg;
	$text =~ s/\n+/\n/g;
	return $text =~ s/^\n|\n$//gr;
}

1;
