# The story of doc/story.md: its blocks, and people who share one login behind a pooler.
package Story;
use strict;
use warnings;

my %login = ('The company' => undef, 'The board changes its mind' => 'chair');

# { section, login (undef: the administrator), sql, shown (undef: nothing is) }
sub blocks
{
	my ($page) = @_;
	my $text = do { local (@ARGV, $/) = $page; <> };
	my @blocks;
	for my $section (split /^(?=## )/m, $text)
	{
		my ($title) = $section =~ /^## (.*)/ or next;
		my $login = exists $login{$title} ? $login{$title} : 'crm_app';
		push @blocks, { section => $title, login => $login, sql => $1, shown => $2 }
		  while $section =~ /^```sql\n(.*?)^```\n(?:^```\n(.*?)^```\n)?/msg;
	}
	return @blocks;
}

# What psql prints, errors included, without trailing blanks.
sub printed
{
	my ($database, $login, $sql) = @_;
	open my $file, '>', "$ENV{OUT}/story.sql" or die $!;
	print $file $sql;
	close $file;
	my $user = defined $login ? "-U $login" : '';
	my $out = `psql -Xq -P footer=off -P null=- $user -d $database < "$ENV{OUT}/story.sql" 2>&1`;
	return $out =~ s/[ ]+$//mgr;
}

1;
