#!/usr/bin/env perl
# What the types must survive: binary COPY, dump and restore, another encoding, a missing library.
use strict;
use warnings;
use Test::More;

my $out = $ENV{OUT};

sub sql
{
	my ($database, $statement) = @_;
	open my $file, '>', "$out/types.sql" or die "cannot write $out/types.sql: $!";
	print $file "SET search_path = public, contact;\n$statement";
	close $file;
	my $got = `psql -XqAt -v ON_ERROR_STOP=1 -d $database -f $out/types.sql 2>&1`;
	chomp $got;
	return $got;
}

sub fresh
{
	my ($database, $options) = @_;
	sql('postgres', "DROP DATABASE IF EXISTS $database;\nCREATE DATABASE $database $options;\n");
}

fresh('test_types_a', '');
fresh('test_types_b', '');
fresh('test_types_c', "TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'");

my $create = 'CREATE SCHEMA contact; SET client_min_messages = warning; CREATE EXTENSION crm SCHEMA contact CASCADE; RESET client_min_messages;';
my $table = 'CREATE TABLE person (id int PRIMARY KEY, email email_address, phone phone_number, emails email_address[]);
CREATE INDEX ON person (email);
CREATE INDEX ON person USING hash (email);
CREATE INDEX ON person USING hash (phone);';
my $fill = q{INSERT INTO person SELECT i, format('User%s@Example%s.org', i, i % 5)::email_address,
	('+' || 31600000000 + i)::phone_number, ARRAY[format('"%s"@x.org', i)::email_address, 'ö@münchen.de'] FROM generate_series(1, 500) AS i;
INSERT INTO person VALUES (0);};
my $checksum = q{SELECT count(*), md5(string_agg(person::text, ' ' ORDER BY id)) FROM person;};

is(sql('test_types_a', "$create $table $fill"), '', 'a table of people');
my $want = sql('test_types_a', $checksum);
like($want, qr/^501\|\w{32}$/, '501 rows');

is(sql('test_types_b', "$create $table"), '', 'another table');
system qq{psql -Xq -d test_types_a -c "COPY public.person TO STDOUT (FORMAT binary)" | psql -Xq -d test_types_b -c "COPY public.person FROM STDIN (FORMAT binary)"};
is(sql('test_types_b', $checksum), $want, 'binary COPY brings every value');

fresh('test_types_b', '');
system qq{pg_dump -Fc -d test_types_a -f $out/types.dump && pg_restore -d test_types_b $out/types.dump};
is(sql('test_types_b', $checksum), $want, 'so do dump and restore, the types in a schema of their own');
is(sql('test_types_b', q{SET enable_seqscan = off; SELECT id FROM person WHERE email = 'USER77@example2.ORG';}), '77', 'an index finds it there');

sub binary # a value of one column as binary COPY writes it
{
	my ($type, $bytes) = @_;
	open my $pipe, '|-', qq{psql -Xq -d test_types_a -c "CREATE TEMP TABLE t (v contact.$type)" -c "COPY t FROM STDIN (FORMAT binary)" > $out/types.err 2>&1} or die $!;
	binmode $pipe;
	print $pipe "PGCOPY\n\xff\r\n\0" . pack('NNnN', 0, 0, 1, length $bytes) . $bytes . pack('n', 0xffff);
	close $pipe;
	open my $file, '<', "$out/types.err" or die $!;
	local $/;
	return <$file> // '';
}

is(binary('email_address', "\1a\@x.org"), '', 'a good binary address is taken');
like(binary('email_address', "\2a\@x.org"), qr/version 2/, 'one of another version is refused');
like(binary('email_address', "\1a\@\@x.org"), qr/invalid input syntax/, 'and one that is none');
is(binary('phone_number', pack('Q>', 1 << 60 | 31612345678)), '', 'a good binary number is taken');
like(binary('phone_number', pack('Q>', 31612345678)), qr/invalid external binary value/, 'one without the format is refused');
like(binary('phone_number', pack('Q>', 1 << 60 | 9991234567)), qr/invalid external binary value/, 'and one of no country');

is(sql('test_types_c', "SET client_encoding = 'UTF8'; $create SELECT domain('j\xc3\xb6rg\@m\xc3\xbcnchen.de') || ' ' || octet_length('j\xc3\xb6rg\@m\xc3\xbcnchen.de'::email_address::text), 'j\xc3\xb6rg\@m\xc3\xbcnchen.de'::email_address = 'J\xc3\xb6rg\@xn--mnchen-3ya.de'::email_address;"),
	'xn--mnchen-3ya.de 22|t', 'a database in LATIN1 keeps the local part in LATIN1');

sql('postgres', "DROP DATABASE $_;\n") for qw(test_types_a test_types_b test_types_c);
done_testing();
