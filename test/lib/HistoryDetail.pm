# The child and link tables of the departments of a random history, and what happens to their rows.
package HistoryDetail;

use strict;
use warnings;

# Sales links to numbers that several share, marketing has a child table without a foreign key,
# service one whose rows go and change with the client's.
my @tables = qw(sales.phone sales.person_phone marketing.lead_mail service.client_mail);

sub tables { return @tables }

sub ddl
{
	return <<~'SQL';
		CREATE TABLE sales.phone (id integer PRIMARY KEY, number text);
		CREATE TABLE sales.person_phone (region text, no integer, phone integer, main boolean, PRIMARY KEY (region, no, phone));
		CREATE TABLE marketing.lead_mail (id integer PRIMARY KEY, lead integer, mail text, gone boolean NOT NULL);
		CREATE TABLE service.client_mail (id integer PRIMARY KEY, mail text,
			client text REFERENCES service.client ON DELETE CASCADE ON UPDATE CASCADE);
		SQL
}

# What is to be run behind the registration of a department's source.
sub registration
{
	my ($department) = @_;
	my %statements = (
		sales => q{SELECT crm.add_detail('sales.person_phone', of => 'sales.person', key => '{no,region}', preferred => 'main');}
		  . q{SELECT crm.add_detail('sales.phone', of => 'sales.person_phone', key => '{id = phone}', map => '{"phone": "number"}')},
		marketing =>
		  q{SELECT crm.add_detail('marketing.lead_mail', of => 'marketing.lead', key => '{lead}', filter => 'NOT gone', map => '{"email": "mail"}')},
		service =>
		  q{SELECT crm.add_detail('service.client_mail', of => 'service.client', key => '{client}', map => '{"email": "mail"}')});
	return $statements{$department};
}

# One statement: keys is called with a department for the key of one of its rows.
sub operation
{
	my ($random, $emails, $phones, $key) = @_;
	my $table = $random->pick(\@tables);
	my $kind = $random->pick_weighted(
		{ upsert => 50, move => 15, change => 15, delete => 15, truncate => 0.5 });
	my $id   = $random->below(12);
	my $mail = q(') . $random->pick($emails) . q(');
	return "TRUNCATE $table" if $kind eq 'truncate';
	return _link($random, $kind, $id, $key->('sales')) if $table eq 'sales.person_phone';
	return _phone($kind, $random->below(6), $random->pick($phones)) if $table eq 'sales.phone';
	my ($parent) = $table =~ /lead/ ? $key->('marketing')->[0] : $key->('service')->[0];
	my $column = $table =~ /lead/ ? 'lead' : 'client';
	my $gone   = $table =~ /lead/ ? ($random->chance(0.2) ? ', true' : ', false') : '';
	$parent = $random->chance(0.05) ? 'NULL' : "'$parent'";
	return "DELETE FROM $table WHERE id = $id" if $kind eq 'delete';
	return "UPDATE $table SET $column = $parent WHERE id = $id"
	  . ($column eq 'client' ? " AND EXISTS (SELECT FROM service.client WHERE code = $parent)" : '')
	  if $kind eq 'move';
	return "UPDATE $table SET mail = $mail" . ($gone ? ', gone = NOT gone' : '') . " WHERE id % 4 = $id % 4"
	  if $kind eq 'change';
	return "INSERT INTO $table (id, $column, mail" . ($gone ? ', gone' : '') . ") SELECT $id, "
	  . ($column eq 'client' ? "code, $mail FROM service.client WHERE code = $parent" : "$parent, $mail$gone")
	  . ' ON CONFLICT (id) DO UPDATE SET mail = excluded.mail';
}

sub _link
{
	my ($random, $kind, $id, $key) = @_;
	my $phone = $random->below(6);
	my $where = "region = '$key->[0]' AND no = $key->[1]";
	return "DELETE FROM sales.person_phone WHERE $where" if $kind eq 'delete';
	return "UPDATE sales.person_phone SET main = NOT main WHERE phone = $phone" if $kind eq 'change';
	return "UPDATE sales.person_phone SET phone = $phone WHERE $where AND phone = $id" if $kind eq 'move';
	return "INSERT INTO sales.person_phone VALUES ('$key->[0]', $key->[1], $phone, " . ($id % 2 ? 'true' : 'false') . ') ON CONFLICT DO NOTHING';
}

sub _phone
{
	my ($kind, $id, $number) = @_;
	return "DELETE FROM sales.phone WHERE id = $id" if $kind eq 'delete';
	return "INSERT INTO sales.phone VALUES ($id, '$number') ON CONFLICT (id) DO UPDATE SET number = excluded.number";
}

1;
