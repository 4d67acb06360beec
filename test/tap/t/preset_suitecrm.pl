# SuiteCRM in a MariaDB server of its own, read through mysql_fdw by its preset. Foreign tables have no
# triggers: crm.sync() finds what changed on the other side.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::SuiteCRM;
use Database;

my $database = Database->create('preset_suitecrm');
my $missing  = Crm::MariaDB::missing($database);
if ($missing) { $database->drop; plan skip_all => $missing }

my $server = Crm::SuiteCRM::install("$ENV{OUT}/suitecrm");
Crm::SuiteCRM::fill($database, seed => 1, server => $server);
my $before = other_side();
Crm::Check::follow_page($database, 'suitecrm', "port '3306'" => "port '" . $server->port . "'");
Crm::Check::judge($database, 'suitecrm', precision => 0.85, recall => 0.95);
Crm::Check::relations($database, 'suitecrm');
is $database->value("SELECT count(*) FROM crm.search('info\@shared-by-mistake.example')"), 0,
  'an address of which only deleted links are left finds nobody';
is $database->value(<<~'SQL'), 0, 'a converted lead and its contact are one customer';
	SELECT count(*) FROM suitecrm.leads l JOIN suitecrm.contacts c ON c.id = l.contact_id
	WHERE l.deleted = 0 AND c.deleted = 0
		AND crm.customer_of('suitecrm.leads', l.id::text) <> crm.customer_of('suitecrm.contacts', c.id::text)
	SQL
is other_side(), $before, 'nothing is written on the other side';

my ($contact, $address) = @{ $database->row(<<~'SQL') };
	SELECT c.id, e.id FROM suitecrm.contacts c
	JOIN suitecrm.email_addr_bean_rel r ON r.bean_id = c.id AND r.deleted = 0
	JOIN suitecrm.email_addresses e ON e.id = r.email_address_id
	WHERE c.deleted = 0
		AND (SELECT count(*) FROM suitecrm.email_addr_bean_rel o WHERE o.email_address_id = e.id) = 1
		AND (SELECT count(*) FROM crm.customer_source o
			WHERE o.customer_id = crm.customer_of('suitecrm.contacts', c.id::text)) = 1
	ORDER BY 1 LIMIT 1
	SQL
my $of = "FROM crm.customer WHERE customer_id = crm.customer_of('suitecrm.contacts', '$contact')";
change("UPDATE email_addresses SET email_address = 'new.name\@example.org' WHERE id = '$address'");
is $database->value("SELECT email $of"), 'new.name@example.org', 'an address that is spelled anew is found by crm.sync()';
change("UPDATE email_addr_bean_rel SET deleted = 1 WHERE bean_id = '$contact'");
is $database->value("SELECT email $of"), undef, 'a link that is deleted takes its address away';
change("UPDATE contacts SET phone_mobile = '+31612340987' WHERE id = '$contact'");
is $database->value("SELECT phone $of"), '+31612340987', 'a number is found';
change("UPDATE contacts SET deleted = 1 WHERE id = '$contact'");
is Crm::Check::customer($database, 'suitecrm.contacts', $contact), undef, 'a deleted contact is no customer';

# the other side goes away, and comes back
my $known = $database->value('SELECT count(*) FROM crm.customer');
my $asking = 'SELECT count(*) FROM crm.source_status WHERE needs_attention IS NOT NULL';
$server->pause;
sync_all();
is $database->value('SELECT count(*) FROM crm.customer'), $known, 'when the other side cannot be reached, what is known stays';
cmp_ok $database->value($asking), '>', 0, 'and the sources ask for attention';
$server->go_on;
$server->sql("UPDATE contacts SET deleted = 0 WHERE id = '$contact'", 'suitecrm');
sync_all();
is $database->value($asking), 0, 'no more when it is there again';
isnt Crm::Check::customer($database, 'suitecrm.contacts', $contact), undef, 'and what happened meanwhile is found';
$server->stop;
$database->run('SELECT crm.uninstall(dry_run => false)');
$database->drop;
done_testing;

sub change
{
	$server->sql($_[0], 'suitecrm');
	$database->run("CALL crm.sync('suitecrm.contacts'); CALL crm.resolve()");
	return;
}

sub sync_all
{
	my $session = $database->session;
	$session->do($_) for 'CALL crm.sync()', 'CALL crm.resolve()';
	$session->close;
	return;
}

# every row there is, as the server itself dumps it
sub other_side
{
	return join "\n", map { $server->sql("SELECT * FROM $_ ORDER BY 1", 'suitecrm') }
	  qw(accounts contacts leads prospects users accounts_contacts email_addresses email_addr_bean_rel);
}
