# The checks behind test/lint/run. Each returns what it found, a line of text a finding.
package Lint;
use strict;
use warnings;
use JSON::PP;

# Aims are told, limits fail.
my %limit = (file_aim => 400, file => 600, function_aim => 40, function => 80);

our ($checks, $failed) = (0, 0);

sub result
{
	my ($claim, @found) = @_;
	$checks++;
	$failed++ if @found;
	print((@found ? 'not ok' : 'ok'), " $checks - $claim\n");
	print STDERR "#   $_\n" for @found;
}

sub slurp
{
	my ($file) = @_;
	open my $in, '<', $file or die "cannot read $file: $!";
	local $/;
	my $content = <$in>;
	return $content // '';
}

sub lines { return split /\n/, slurp($_[0]) }

sub grep_lines
{
	my ($pattern, @files) = @_;
	my @found;
	for my $file (@files)
	{
		my $n = 0;
		for (lines($file))
		{
			$n++;
			push @found, "$file:$n: $_" if /$pattern/;
		}
	}
	return @found;
}

# Rooms in the order of their first part.
sub rooms
{
	my (%at, $n);
	for (lines('src/ORDER'))
	{
		$at{$1} //= ++$n if m{^(\w+)/};
	}
	return \%at;
}

sub order
{
	my @sql = @_;
	my (%times, @found);
	$times{"src/$_.sql"}++ for lines('src/ORDER');
	push @found, map { "$_ is not in src/ORDER" } grep { !$times{$_} } @sql;
	push @found, map { "src/ORDER names $_ twice" } grep { $times{$_} > 1 } sort keys %times;
	push @found, map { "src/ORDER names $_, which is not there" } grep { !-f && !-f s/\.sql$/.h/r } sort keys %times;
	my $rooms = rooms();
	push @found, map { "$_ is no room of src/ORDER" } grep { !$rooms->{s{^src/}{}r} } grep { -d } glob 'src/*';
	my $told = join ' ', map { m{^\| `(\w+)` \|} } lines('doc/developing.md');
	my $order = join ' ', sort { $rooms->{$a} <=> $rooms->{$b} } keys %$rooms;
	push @found, "doc/developing.md has the rooms $told, src/ORDER $order" if $told ne $order;
	return @found;
}

sub includes
{
	my $rooms = rooms();
	my @found;
	for my $file (grep { $_ ne 'src/crm.c' } @_)
	{
		my ($own) = $file =~ m{^src/(\w+)/} or next;
		for (lines($file))
		{
			my ($other, $header) = m{^#\s*include\s+"(\w+)/([\w.]+)"} or next;
			next unless -d "src/$other";
			push @found, "$file includes $other/$header, a room below its own"
				if ($rooms->{$other} // 1e9) > ($rooms->{$own} // 0);
		}
	}
	return @found;
}

sub inits
{
	my $all = join '', map { slurp($_) } grep { /\.c$/ } @_;
	my @found;
	for my $file (grep { /\.h$/ } @_)
	{
		for (slurp($file) =~ /^extern void (crm_\w+_init)\(void\);/mg)
		{
			push @found, "nobody calls $_" if $all !~ /\b$_\(\);/ && $all =~ /^$_\(void\)\n\{/m;
		}
	}
	return @found;
}

sub symbols
{
	my ($library) = @_;
	my @found;
	for (`nm -D --defined-only $library`)
	{
		my ($kind, $name) = /\s([A-Z])\s(\S+)$/ or next;
		next if $kind !~ /[TDBR]/ || $name =~ /^(?:crm_|pg_finfo_crm_|_PG_init$|_PG_fini$|Pg_magic_func$)/;
		next if $name =~ /^(?:_init|_fini|_edata|_end|__bss_start)$|^__(?:asan|gcov|odr)/;
		push @found, "$library: $name";
	}
	return @found;
}

# Statements outside bodies: comments, quoted texts and dollar-quoted bodies are taken out.
sub statements
{
	my ($sql) = @_;
	$sql =~ s/(\$\w*\$).*?\1/''/gs;
	$sql =~ s/'(?:[^']|'')*'/''/g;
	$sql =~ s/--[^\n]*//g;
	return grep { /\S/ } split /;/, $sql;
}

sub install_sql
{
	my ($file) = @_;
	my @found;
	for my $statement (statements(slurp($file)))
	{
		my ($first) = $statement =~ /(\S[^\n]*)/;
		push @found, "$file: OR REPLACE in: $first" if $statement =~ /^\s*CREATE\s+OR\s+REPLACE\b/i;
		push @found, "$file: IF NOT EXISTS in: $first" if $statement =~ /^\s*CREATE\b[^(]*\bIF\s+NOT\s+EXISTS\b/i;
		push @found, "$file: sets the search_path: $first" if $statement =~ /^\s*SET\s+(?:LOCAL\s+)?search_path\b/i;
		push @found, "$file: a foreign key in: $first"
			if $statement =~ /^\s*(?:CREATE|ALTER)\s+TABLE\b.*\b(?:REFERENCES|FOREIGN\s+KEY)\b/is;
		push @found, "$file: SECURITY DEFINER without a pinned search_path: $first"
			if $statement =~ /\bSECURITY\s+DEFINER\b/i
			&& $statement !~ /\bSET\s+search_path\s*(?:=|TO)\s*pg_catalog,\s*pg_temp\b/i;
		push @found, "$file: volatility or PARALLEL is left to the default in: $first"
			if $statement =~ /^\s*CREATE\s+FUNCTION\b/i && $statement !~ /\bRETURNS\s+(?:event_)?trigger\b/i
			&& !($statement =~ /\b(?:IMMUTABLE|STABLE|VOLATILE)\b/i && $statement =~ /\bPARALLEL\s+\w+/i);
		push @found, "$file: several calls of pg_extension_config_dump in one statement"
			if (() = $statement =~ /pg_extension_config_dump/g) > 1;
	}
	return @found;
}

sub head
{
	my ($file) = @_;
	my ($name) = $file =~ m{([^/]+)$};
	my $content = slurp($file);
	return () if $content eq '';
	return () if $file =~ /\.sql$/ ? $content =~ /^-- \S/ : $content =~ m{^/\*\s+(?:\* )?\Q$name\E - \S};
	return "$file: its first line does not say what it is for";
}

sub width
{
	my ($file, $most) = @_;
	my ($n, @found) = (0);
	for (lines($file))
	{
		$n++;
		my $line = $_;
		1 while $line =~ s/^([^\t]*)\t/$1 . ' ' x (4 - length($1) % 4)/e;
		utf8::decode($line);
		push @found, "$file:$n: " . length($line) . ' columns' if length($line) > $most;
	}
	return @found;
}

sub length_of
{
	my ($file) = @_;
	my (@found, $start, $name, $before);
	my @lines = lines($file);
	push @found, "$file: " . @lines . " lines, at most $limit{file}" if @lines > $limit{file};
	note("$file: " . @lines . ' lines') if @lines > $limit{file_aim} && !@found;
	return @found if $file =~ /\.sql$/;
	for my $n (1 .. @lines)
	{
		my $line = $lines[ $n - 1 ];
		$name = $1 if $line =~ /^(\w+)\(/;
		$start = $n if $line eq '{';
		next unless $line eq '}' && $start;
		my $long = $n - $start - 1;
		push @found, "$file:$start: $name() has $long lines, at most $limit{function}" if $long > $limit{function};
		note("$file:$start: $name() has $long lines") if $long > $limit{function_aim} && $long <= $limit{function};
		undef $start;
	}
	return @found;
}

sub note { print "# longer than aimed at: $_[0]\n" }

sub pairs
{
	my %there = map { $_ => 1 } @_;
	my @found;
	for (sort keys %there)
	{
		push @found, "$_ has no expected output" if m{^sql/(\w+)\.sql$} && !$there{"expected/$1.out"};
		push @found, "$_ has no expected output"
			if m{^test/isolation/specs/([\w-]+)\.spec$} && !$there{"test/isolation/expected/$1.out"};
		push @found, "$_ has no test"
			if m{^expected/(\w+?)(?:_\d)?\.out$} && !$there{"sql/$1.sql"} && !(m{^expected/(\w+)\.out$} && $there{"sql/$1.sql"});
		push @found, "$_ has no test"
			if m{^test/isolation/expected/([\w-]+?)(?:_\d)?\.out$} && !$there{"test/isolation/specs/$1.spec"};
	}
	return @found;
}

sub versions
{
	my ($version) = slurp('crm.control') =~ /^default_version = '(.*)'/m or return 'crm.control has no default_version';
	my @found;
	my $meta = eval { JSON::PP->new->decode(slurp('META.json')) } or return "META.json: $@";
	my $provided = $meta->{provides}{crm} // {};
	push @found, "META.json: version is not $version" if ($meta->{version} // '') ne $version;
	push @found, "META.json: provides another version than $version" if ($provided->{version} // '') ne $version;
	push @found, "META.json: provides another file than crm--$version.sql"
		if ($provided->{file} // '') ne "crm--$version.sql";
	push @found, "CHANGELOG.md: its newest entry is not $version" if slurp('CHANGELOG.md') !~ /\A(?:(?!^## ).)*^## \[\Q$version\E\]/ms;
	return @found;
}

sub white_space
{
	my ($file) = @_;
	my $content = slurp($file);
	my @found;
	push @found, "$file: white space at a line end" if $content =~ /[ \t]$/m;
	push @found, "$file: carriage return" if $content =~ /\r/;
	push @found, "$file: no newline at the end" if $content ne '' && $content !~ /\n\z/;
	return @found;
}

sub shell
{
	my ($file) = @_;
	my ($first) = slurp($file) =~ /\A(#![^\n]*\b(?:ba)?sh\b)/ or return ();
	my $shell = $first =~ /bash/ ? 'bash' : 'sh';
	return map { chomp; $_ } `$shell -n '$file' 2>&1`;
}

sub cppcheck
{
	return 'cppcheck is not installed' if system('command -v cppcheck >/dev/null') != 0;
	my @found = `cppcheck --quiet --std=c11 --enable=warning,portability --inline-suppr \\
		--library=posix --template='{file}:{line}: {id}: {message}' --suppressions-list=test/lint/cppcheck.txt \\
		-Isrc -DPG_VERSION_NUM=150000 --include=test/lint/cppcheck.h src 2>&1`;
	chomp @found;
	return @found;
}

# Told, not failed: versions of clang-format differ among themselves.
sub format_count
{
	return if system('command -v clang-format >/dev/null') != 0;
	my @c = grep { /\.[ch]$/ } @_;
	my %files;
	for (`clang-format --dry-run @c 2>&1`)
	{
		$files{$1}++ if /^([^:]+):\d+:\d+: warning: code should be clang-formatted/;
	}
	print '# clang-format would change ', scalar(keys %files), ' of ', scalar(@c), " files\n";
}

1;
