# The sets of identity data that other people published: read from $CRM_TEST_DATA, or from
# ../shared/data/identity beside the repository; never part of it. Their rows are dealt out to three
# schemas of different shape.
package Fake::File;

use strict;
use warnings;
use utf8;
use File::Basename qw(dirname);
use File::Spec;

my %file = (
	febrl1   => 'febrl_dataset1.csv',
	febrl2   => 'febrl_dataset2.csv',
	febrl3   => 'febrl_dataset3.csv',
	fake1000 => 'splink_fake_1000.csv');

sub folder
{
	return $ENV{CRM_TEST_DATA} if defined $ENV{CRM_TEST_DATA};
	my $root = File::Spec->rel2abs(dirname(__FILE__) . '/../../..');
	return "$root/../shared/data/identity";
}

# undef if the file is not there; $shape 'name': one of the schemas has the full name in one column
sub new
{
	my ($class, $set, $shape) = @_;
	my $path = folder() . "/$file{$set}";
	return unless -r $path;
	my $self = bless { set => $set, path => $path, full => ($shape // '') eq 'name' }, $class;
	$self->{sources} = $set eq 'fake1000' ? _fake_sources() : _febrl_sources($self->{full});
	return $self;
}

sub sources { return $_[0]{sources} }

sub mix { return {} }

sub _table
{
	my ($table, $key, $columns, %source) = @_;
	my ($schema) = split /\./, $table;
	my $list     = join ', ', map { "$_ text" } @$key, @$columns;
	return {
		table      => $table,
		department => $schema,
		key        => $key,
		columns    => [ @$key, @$columns ],
		ddl        => "CREATE SCHEMA $schema; CREATE TABLE $table ($list, PRIMARY KEY ("
		  . join(', ', @$key) . "));\n",
		kind    => 'person',
		kind_of => sub { 'p' },
		%source
	};
}

sub _febrl_sources
{
	my ($full) = @_;
	return [
		_table(
			'sales.person',
			['id'],
			[
				qw(given_name surname street_number address_1 address_2 suburb postcode state
				  date_of_birth soc_sec_id)
			],
			map => {
				given_name  => ['given_name'],
				family_name => ['surname'],
				street      => [ [ 'street_number', 'address_1' ] ],
				city        => ['suburb'],
				postal_code => ['postcode'],
				region      => ['state'],
				birth_date  => ['date_of_birth'],
				tax_number  => ['soc_sec_id']
			}),
		_table(
			'marketing.contact',
			[qw(list number)],
			[qw(voornaam achternaam adres plaats postcode provincie geboren bsn)],
			map => {
				$full
				? (name => [ [ 'voornaam', 'achternaam' ] ])
				: (given_name => ['voornaam'], family_name => ['achternaam']),
				street      => ['adres'],
				city        => ['plaats'],
				postal_code => ['postcode'],
				region      => ['provincie'],
				birth_date  => ['geboren'],
				tax_number  => ['bsn']
			}),
		_table(
			'service.client',
			['client_no'],
			[qw(last_name first_name line_1 line_2 town zip area dob ssn)],
			map => {
				given_name  => ['first_name'],
				family_name => ['last_name'],
				street      => ['line_1'],
				city        => ['town'],
				postal_code => ['zip'],
				region      => ['area'],
				birth_date  => ['dob'],
				tax_number  => ['ssn']
			})
	];
}

sub _fake_sources
{
	return [
		_table(
			'sales.person',
			['id'],
			[qw(first_name surname dob city email)],
			map => {
				given_name  => ['first_name'],
				family_name => ['surname'],
				birth_date  => ['dob'],
				city        => ['city'],
				email       => ['email']
			}),
		_table(
			'marketing.contact',
			[qw(list number)],
			[qw(mail voornaam achternaam geboren plaats)],
			map => {
				given_name  => ['voornaam'],
				family_name => ['achternaam'],
				birth_date  => ['geboren'],
				city        => ['plaats'],
				email       => ['mail']
			}),
		_table(
			'service.client',
			['client_no'],
			[qw(last_name given town birth_date address)],
			map => {
				given_name  => ['given'],
				family_name => ['last_name'],
				birth_date  => ['birth_date'],
				city        => ['town'],
				email       => ['address']
			})
	];
}

sub generate
{
	my ($self, $emit) = @_;
	open my $file, '<:encoding(UTF-8)', $self->{path} or die "$self->{path}: $!\n";
	my @header = split /\s*,\s*/, <$file> =~ s/\s+\z//r;
	my $n      = 0;
	while (my $line = <$file>)
	{
		$line =~ s/[\r\n]+\z//;
		my %in;
		@in{@header} = map { s/^\s+|\s+$//gr } split /,/, $line, -1;
		$n++;
		my $source = $self->{sources}[ $n * 2654435761 % 4294967296 % 3 ];
		my $entity = $in{cluster} // ($in{rec_id} =~ /^rec-(\d+)-/)[0];
		my $fill   = $self->{set} eq 'fake1000' ? \&_fake_row : \&_febrl_row;
		$emit->($source->{table}, $entity, $fill->($source, \%in, $n));
	}
	close $file or die "$self->{path}: $!\n";
	return $self;
}

sub _key
{
	my ($source, $n) = @_;
	return $source->{table} eq 'marketing.contact'
	  ? (list => 'L' . $n % 4, number => $n)
	  : ($source->{key}[0] => $n);
}

sub _febrl_row
{
	my ($source, $in, $n) = @_;
	my $address = join ' ', grep { length } @$in{qw(street_number address_1)};
	my $iso     = $in->{date_of_birth} =~ s/^(\d{4})(\d\d)(\d\d)$/$1-$2-$3/r;
	return { _key($source, $n), %$in } if $source->{table} eq 'sales.person';
	return {
		_key($source, $n),
		voornaam   => $in->{given_name},
		achternaam => $in->{surname},
		adres      => $address,
		plaats     => $in->{suburb},
		postcode   => $in->{postcode},
		provincie  => $in->{state},
		geboren    => $iso,
		bsn        => $in->{soc_sec_id}
	  }
	  if $source->{table} eq 'marketing.contact';
	return {
		_key($source, $n),
		last_name  => $in->{surname},
		first_name => $in->{given_name},
		line_1     => $address,
		line_2     => $in->{address_2},
		town       => $in->{suburb},
		zip        => $in->{postcode},
		area       => $in->{state},
		dob        => $iso,
		ssn        => $in->{soc_sec_id}
	};
}

sub _fake_row
{
	my ($source, $in, $n) = @_;
	my @names = {
		'sales.person'      => [qw(first_name surname dob city email)],
		'marketing.contact' => [qw(voornaam achternaam geboren plaats mail)],
		'service.client'    => [qw(given last_name birth_date town address)]
	}->{ $source->{table} }->@*;
	my %row = _key($source, $n);
	@row{@names} = @$in{qw(first_name surname dob city email)};
	return \%row;
}

1;
