# A small set of awkward cases, each written out on purpose: father and son of one name, day and month
# exchanged, a watch list that knows name, country and birth date only, couples on one telephone.
package Fake::Crmlike;

use strict;
use warnings;
use utf8;
use Fake::Names;
use Fake::Noise;
use Fake::Place;
use Fake::Random;
use Fake::Table;

my @shape = (
	Fake::Table::table(
		'crm_export.customer',
		'customer_no',
		kind   => [ 'type', 'ORG' ],
		region => 'country',
		map    => {
			name        => 'name',
			birth_date  => 'dob',
			street      => 'street',
			postal_code => 'zip',
			city        => 'city',
			country     => 'country',
			phone       => [ 'phone_1', 'phone_2' ],
			email       => 'email'
		}),
	Fake::Table::table(
		'bureau.reference',
		'ref',
		kind   => [ 'class', 'B' ],
		region => 'nation',
		map    => {
			given_name   => 'first',
			family_name  => 'last',
			organization => 'business',
			birth_date   => 'birth',
			street       => 'address',
			postal_code  => 'postcode',
			city         => 'town',
			country      => 'nation',
			phone        => 'telephone',
			tax_number   => 'id_number'
		}),
	Fake::Table::table(
		'compliance.watchlist', 'list_no',
		kind   => [ 'subject', 'entity' ],
		region => 'country',
		map    => { name => 'listed_name', birth_date => 'date_of_birth', country => 'country' }));

my @cases = (
	\&_plain,   \&_plain,            \&_juniors,  \&_swapped_date,
	\&_watched, \&_namesake_on_list, \&_couple,   \&_moved,
	\&_company, \&_twins,            \&_nickname, \&_married);

sub new
{
	my ($class, $seed, $scale) = @_;
	return bless {
		random => Fake::Random->new("crmlike/$seed"),
		rounds => int(12 * ($scale // 1)),
		entity => 0,
		made   => 0,
		mix    => {}
	}, $class;
}

sub sources { return \@shape }

sub mix { return $_[0]{mix} }

sub generate
{
	my ($self, $emit) = @_;
	$self->{emit} = $emit;
	for my $case ((@cases) x $self->{rounds}) { $case->($self) }
	return $self;
}

sub _someone
{
	my ($self, %known) = @_;
	my $random  = $self->{random};
	my $country = $known{country} // Fake::Place::country($random);
	my $gender  = $known{gender}  // $random->pick([qw(m f)]);
	my $address = Fake::Place::address($random, $country);
	my $given   = Fake::Names::given_name($random, $country, $gender);
	my $family  = Fake::Names::family_name($random, $country);
	return {
		country => $country,
		gender  => $gender,
		given   => $given,
		family  => $family,
		suffix  => '',
		birth   => $random->date(1945, 1995),
		address => $address,
		phone   => Fake::Place::mobile($random, $country),
		number  => $random->digits(9),
		email   => lc(Fake::Noise::without_marks($random, "$given.$family") =~ s/[^A-Za-z.]//gr)
		  . $random->digits(3)
		  . '@mail.example',
		%known, entity => ++$self->{entity}
	};
}

sub _row
{
	my ($self, $who, $shape, %with) = @_;
	my $random       = $self->{random};
	my %now          = (%$who, %with);
	my $source       = $shape[$shape];
	my $organization = $now{organization};
	my %value        = (
		name => $organization // "$now{given} $now{family}" . ($now{suffix} ? " $now{suffix}" : ''),
		given_name   => $organization ? undef : $now{given},
		family_name  => $organization ? undef : "$now{family} $now{suffix}" =~ s/ $//r,
		organization => $organization,
		birth_date   => $now{birth},
		street       => Fake::Place::street_line($now{address}),
		postal_code  => $now{address}{postal_code},
		city         => $now{address}{city},
		country      => $now{country},
		phone => $now{phone} && Fake::Place::write_phone($random, $now{country}, $now{phone}, 0.5),
		email => $now{email},
		tax_number => $now{number});
	my %row = ($source->{key}[0] => ++$self->{made});
	$row{ $source->{map}{$_}[0] } = $value{$_} for keys %{ $source->{map} };
	my $type = (qw(type class subject))[$shape];
	$row{$type} = $organization ? (qw(ORG B entity))[$shape] : (qw(IND C individual))[$shape];
	$self->{emit}->($source->{table}, $who->{entity}, \%row);
	return;
}

sub _plain
{
	my ($self) = @_;
	my $who = $self->_someone;
	$self->_row($who, 0, $self->{random}->chance(0.5) ? (phone => undef) : (email => undef));
	$self->_row($who, 1) if $self->{random}->chance(0.8);
	$self->_row($who, 0, birth => undef) if $self->{random}->chance(0.3);
	return;
}

sub _juniors
{
	my ($self) = @_;
	my $father = $self->_someone(gender => 'm', suffix => 'Sr');
	my %same   = map { $_ => $father->{$_} } qw(country gender given family address phone);
	my $year   = substr($father->{birth}, 0, 4) + 27;
	my $son = $self->_someone(%same, suffix => 'Jr', birth => $self->{random}->date($year, $year));
	$self->_row($_, 0), $self->_row($_, 1, phone => undef) for $father, $son;
	return;
}

sub _swapped_date
{
	my ($self) = @_;
	my $who = $self->_someone(birth => '1971-05-09');
	$self->_row($who, 0);
	$self->_row($who, 1, birth => '1971-09-05', phone => undef);
	return;
}

sub _watched
{
	my ($self) = @_;
	my $who = $self->_someone;
	$self->_row($who, 0);
	$self->_row($who, 2);
	return;
}

# The list means another man: same name, same country, born on another day.
sub _namesake_on_list
{
	my ($self) = @_;
	my $who    = $self->_someone;
	my $listed = $self->_someone(map { $_ => $who->{$_} } qw(country gender given family));
	$self->_row($who,    0);
	$self->_row($who,    1);
	$self->_row($listed, 2);
	return;
}

sub _couple
{
	my ($self) = @_;
	my $her    = $self->_someone(gender => 'f');
	my $him    = $self->_someone(
		gender => 'm',
		map { $_ => $her->{$_} } qw(country family address phone email));
	$self->_row($_, 0), $self->_row($_, 1) for $her, $him;
	return;
}

sub _moved
{
	my ($self) = @_;
	my $who = $self->_someone;
	$self->_row($who, 0, address => Fake::Place::address($self->{random}, $who->{country}));
	$self->_row($who, 1);
	return;
}

sub _company
{
	my ($self) = @_;
	my $random = $self->{random};
	my $stem   = Fake::Names::family_name($random, 'GB') . ' '
	  . $random->pick([qw(Logistics Foods Motors Textiles Optics)]);
	my $firm = $self->_someone(
		organization => "$stem Ltd",
		birth        => undef,
		country      => 'GB',
		email        => 'info@' . lc($stem =~ s/\W//gr) . $self->{made} . '.example');
	$firm->{phone} = Fake::Place::landline($random, $firm->{address});
	$self->_row($firm, 0);
	$self->_row($firm, 1, organization => "$stem Limited", phone => undef);
	$self->_row($firm, 2, organization => uc $stem) if $random->chance(0.4);
	return;
}

sub _twins
{
	my ($self) = @_;
	my $one    = $self->_someone(gender => 'm', given => 'Simon', country => 'GB');
	my $two    = $self->_someone(
		given => 'Alan',
		map { $_ => $one->{$_} } qw(country gender family address birth phone));
	$self->_row($_, 0), $self->_row($_, 1) for $one, $two;
	return;
}

sub _nickname
{
	my ($self) = @_;
	my $who = $self->_someone(country => 'GB', gender => 'm', given => 'William');
	$self->_row($who, 0, given => 'Bill');
	$self->_row($who, 1, given => 'William J.');
	return;
}

sub _married
{
	my ($self) = @_;
	my $her = $self->_someone(gender => 'f');
	$self->_row($her, 0);
	$self->_row($her, 1, family => Fake::Names::family_name($self->{random}, $her->{country}));
	return;
}

1;
