# Salesforce through Heroku Connect by its preset: person accounts, converted leads, few mapped columns,
# and the triggers of Heroku Connect, which must write what they would have written.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Crm::Check;
use Crm::HerokuConnect;
use Database;

# what an application and the sync worker do all day
my @script = (
	"INSERT INTO salesforce.contact (firstname, lastname, email, systemmodstamp) VALUES ('Ann', 'New', 'ann.new\@example.org', '2024-01-01') RETURNING id, sfid, _hc_lastop",
	"UPDATE salesforce.contact SET phone = '+31612340987' WHERE email = 'ann.new\@example.org' RETURNING _hc_lastop",
	"BEGIN; SET LOCAL xmlbinary = 'hex'; UPDATE salesforce.contact SET sfid = '003000000000000ZZZ', _hc_lastop = 'SYNCED' WHERE email = 'ann.new\@example.org' RETURNING _hc_lastop; COMMIT",
	"UPDATE salesforce.contact SET email = email || 'x' WHERE id <= 3 RETURNING id, email",
	"DELETE FROM salesforce.lead WHERE id = 1 RETURNING sfid",
	"INSERT INTO salesforce.contact (sfid) VALUES ('003000000000000ZZZ')",
	"SELECT id, state, action, table_name, record_id, sfid, old, \"values\" FROM salesforce._trigger_log ORDER BY id");

sub prepare
{
	my ($name, %option) = @_;
	my $database = Database->create($name);
	Crm::HerokuConnect::install($database, %option);
	Crm::HerokuConnect::fill($database, seed => 1, %option);
	return $database;
}

sub answers
{
	my ($database) = @_;
	my $session    = $database->session;
	my @answers    = map { my $a = $session->do($_); "$a->{sqlstate} $a->{count} " . $a->{output} =~ s/^LOCATION.*$//mr } @script;
	$session->close;
	return @answers;
}

my $plain    = prepare('preset_heroku_plain');
my $database = prepare('preset_heroku');
my ($rows, $schema) = (Crm::Check::checksums($database, 'salesforce'), Crm::Check::schema_dump($database, 'salesforce'));
my @blocks = Crm::Check::page('heroku_connect');
my $by_sfid = pop @blocks;
Crm::Check::follow($database, 'heroku_connect', @blocks);
is Crm::Check::checksums($database, 'salesforce'), $rows, 'no row is touched, _trigger_log included';
Crm::Check::judge($database, 'heroku_connect', precision => 0.98, recall => 0.9);
Crm::Check::relations($database, 'heroku_connect');

is $database->value(<<~'SQL'), 0, 'a person account and its contact are one customer';
	SELECT count(*) FROM salesforce.account a JOIN salesforce.contact c ON c.accountid = a.sfid
	WHERE a.ispersonaccount AND NOT a.isdeleted AND NOT c.isdeleted
		AND crm.customer_of('salesforce.account', a.id::text) <> crm.customer_of('salesforce.contact', c.id::text)
	SQL
is $database->value(<<~'SQL'), 0, 'and so are a converted lead and its contact';
	SELECT count(*) FROM salesforce.lead l JOIN salesforce.contact c ON c.sfid = l.convertedcontactid
	WHERE NOT l.isdeleted AND NOT c.isdeleted
		AND crm.customer_of('salesforce.lead', l.id::text) <> crm.customer_of('salesforce.contact', c.id::text)
	SQL

my @plain    = answers($plain);
my @with_crm = answers($database);
is $with_crm[$_], $plain[$_], 'the same answer: ' . substr $script[$_], 0, 60 for 0 .. $#script;
cmp_ok $database->value('SELECT count(*) FROM salesforce._trigger_log'), '>', 0, 'Heroku Connect has noted the changes';
$database->run('CALL crm.resolve()');
is $database->value("SELECT phone FROM crm.customer WHERE email = 'ann.new\@example.org'"), '+31612340987',
  'and crm has followed, the row without sfid included';
is Crm::Check::customer($database, 'salesforce.lead', 1), undef, 'a deleted lead is no customer';
$database->run("SET xmlbinary = 'hex'; UPDATE salesforce.contact SET isdeleted = true WHERE sfid = '003000000000000ZZZ'; CALL crm.resolve()");
is $database->value("SELECT count(*) FROM crm.customer WHERE email = 'ann.new\@example.org'"), 0,
  'who was deleted in Salesforce is no customer';
$database->run('SELECT crm.uninstall(dry_run => false)');
is Crm::Check::schema_dump($database, 'salesforce'), $schema, 'after uninstalling the schema is byte-equal to before';
$_->drop for $plain, $database;

# a reload, which gives each row another id
$database = prepare('preset_heroku');
Crm::Check::follow($database, 'heroku_connect', $blocks[0], $by_sfid);
$database->run(<<~'SQL');
	CREATE TABLE before AS SELECT * FROM crm.customer_source;
	CREATE TABLE again AS SELECT * FROM salesforce.contact;
	UPDATE again SET id = id + 1000;
	BEGIN;
	TRUNCATE salesforce.contact;
	SET LOCAL xmlbinary = 'hex';
	INSERT INTO salesforce.contact SELECT * FROM again;
	COMMIT;
	CALL crm.resolve();
	SQL
is $database->value('SELECT count(*) FROM (SELECT customer_id, source, source_key FROM before
	EXCEPT SELECT customer_id, source, source_key FROM crm.customer_source) d'), 0,
  'known by sfid, every row is the same customer after a reload';
$database->run("INSERT INTO salesforce.contact (lastname, email) VALUES ('Zuidema', 'zz\@example.org'); CALL crm.resolve()");
my $sent = "SELECT count(*) FROM crm.customer WHERE email = 'zz\@example.org'";
is $database->value($sent), 0, 'a row without sfid is no customer yet';
$database->run("UPDATE salesforce.contact SET sfid = '003000000000000ZZZ' WHERE sfid IS NULL; CALL crm.resolve()");
is $database->value($sent), 1, 'but once it has been sent';
$database->drop;

# a mapping of a handful of columns, in a schema of another name
$database = prepare('preset_heroku', few => 1, schema => 'sf');
$database->run("CREATE EXTENSION crm CASCADE; SELECT crm.add_department('sales')");
my ($status, $out, $notices) = $database->try("SELECT crm.add_source('sf', department => 'sales', preset => 'heroku_connect')");
is $status, 0, 'a few mapped columns are enough';
like $notices, qr/lead/, 'what is not there is said';
$database->run('CALL crm.resolve()');
Crm::Check::judge($database, 'few columns', precision => 0.95, recall => 0.75);
Crm::Check::relations($database, 'few columns');

# one more field is mapped, which is an ALTER TABLE that nobody announces
my $key = $database->value("SELECT min(source_key::int) FROM crm.customer_source s WHERE source = 'sf.contact'
	AND (SELECT count(*) FROM crm.customer_source o WHERE o.customer_id = s.customer_id) = 1
	AND (SELECT phone FROM sf.contact c WHERE c.id::text = s.source_key) IS NULL");
$database->run(<<~SQL);
	ALTER TABLE sf.contact ADD COLUMN mobilephone varchar(40);
	UPDATE sf.contact SET mobilephone = '+31612340987' WHERE id = $key;
	SELECT crm.refresh_preset('sf.contact');
	CALL crm.resolve();
	SQL
is $database->value("SELECT phone FROM crm.customer WHERE customer_id = crm.customer_of('sf.contact', '$key')"),
  '+31612340987', 'a column that is mapped later is taken up by crm.refresh_preset()';
$database->drop;
done_testing;
