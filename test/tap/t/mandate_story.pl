#!/usr/bin/env perl
# The story of doc/story.md, told by people who share one login and, behind PgBouncer in transaction mode, two server connections.
# At every step somebody else comes in between; after every step the journal names who acted, and a client that says nothing is nobody.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use IPC::Run ();
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes qw(sleep);
use DocPage;
use Story;

my ($bouncer) = grep { -x } map { "$_/pgbouncer" } split(/:/, $ENV{PATH}), '/usr/sbin', '/usr/local/sbin';
plan skip_all => 'there is no pgbouncer: test/script/applications installs it' unless $bouncer;
plan skip_all => 'pgbouncer does not run as root' if $> == 0;

my $node = PostgreSQL::Test::Cluster->new('story');
$node->init;
$node->start;
$node->safe_psql('postgres', $_->{sql}) for grep { !defined $_->{login} } Story::blocks(DocPage->read('doc/story.md'));

my $file = "$PostgreSQL::Test::Utils::tmp_check/story.ini";
my %where = (host => PostgreSQL::Test::Utils::tempdir_short(), port => PostgreSQL::Test::Cluster::get_free_port(), database => 'story');
append_to_file("$file.users", qq("crm_app" ""\n"chair" ""\n));
append_to_file($file, <<"INI");
[databases]
story = host=@{[ $node->host ]} port=@{[ $node->port ]} dbname=postgres pool_mode=transaction pool_size=2
[pgbouncer]
listen_addr =
listen_port = $where{port}
unix_socket_dir = $where{host}
auth_type = trust
auth_file = $file.users
logfile = $file.log
INI
my $pooler = IPC::Run::start([ $bouncer, '-q', $file ], '<', \undef, '>', "$file.out", '2>', "$file.err");
for (1 .. 100) { last if -S "$where{host}/.s.PGSQL.$where{port}"; sleep 0.1 }

my %client = map { ($_ => Story::Client->new(%where, user => 'crm_app', person => $_)) } qw(brand1 care1 crm1 sales1 agent1 agent2 director1 nobody other);
$client{chair} = Story::Client->new(%where, user => 'chair', person => 'chair');
my $between = 'agent2';
my $seen    = $node->safe_psql('postgres', 'SELECT COALESCE(max(act_id), 0) FROM crm.journal');

# A transaction of one person, in the middle of which the one before has another; what the journal must say of it: decision and amount, none of
# what was refused. Returns what came back.
sub step
{
	my ($person, $sql, $what, @journal) = @_;
	my $client = $client{$person};
	my ($other) = grep { $_ ne $person } $between, 'director1';
	my $came = $client->begin;
	is $client{$other}->begin . $client{$other}->says("SELECT person FROM crm.whoami();\nCOMMIT;"), $other, "$other in between";
	$came .= $client->says($sql);
	$client->says('COMMIT;');
	my $rows = $node->safe_psql('postgres', "SELECT concat_ws(' ', person, known_by, login, decision, amount) FROM crm.journal WHERE act_id > $seen ORDER BY act_id");
	is $rows, join("\n", map { "$person act_as crm_app $_" } @journal), "$person $what: so says the journal";
	$seen = $node->safe_psql('postgres', 'SELECT max(act_id) FROM crm.journal');
	my @left = map { $client{$_}->says("BEGIN; SELECT pg_backend_pid(), person, known_by FROM crm.whoami();") } 'nobody', 'other';
	$client{$_}->says('COMMIT;') for 'nobody', 'other';
	my %on = map { split /\|/, $_, 2 } @left;
	is join(' ', values %on), 'crm_app|login crm_app|login', 'and on both connections nobody is left behind';
	$between = $person;
	return $came;
}

sub voucher { my ($value, $client) = @_; return 'INSERT INTO service.voucher VALUES (' . ($client // 70) . ", $value, 'a reason');" }
my $customer = $node->safe_psql('postgres', "SELECT crm.customer_of('service.client', '70')");
my $inbox    = 'SELECT kind, decision, amount, from_person FROM crm.inbox;';

subtest 'power is handed over, shared, kept' => sub {
	step(brand1 => "SELECT crm.consult('segmentation', from_position => 'brand_manager', to_position => 'brand_manager');
		SELECT crm.hand_over(d, from_position => 'brand_manager', to_position => 'crm_manager') FROM unnest('{segmentation,campaign.execution}'::text[]) d;",
		'gives away what is hers to give');
	like step(brand1 => "SELECT crm.share('goodwill', from_position => 'after_sales_manager', to_position => 'brand_manager');", 'what is not hers'),
	  qr/^ERROR:  what position "after_sales_manager" gives and takes back is for its holder and deputies/m, 'is refused';
	step(care1 => "SELECT crm.consult('goodwill', from_position => 'after_sales_manager', to_position => 'sales_manager', amount => 300);
		SELECT crm.inform('goodwill', from_position => 'after_sales_manager', to_position => 'after_sales_manager');
		SELECT crm.share('goodwill', from_position => 'after_sales_manager', to_position => 'crm_manager', amount => 500, budget => 'goodwill');",
		'shares goodwill within a budget');
	step(crm1 => "SELECT crm.share('goodwill', from_position => 'crm_manager', to_position => 'service_agent', amount => 100, window_amount => 200,
		window_length => '1 year');", 'passes some of it on');
	step(sales1 => "SELECT crm.inform('sales.target', from_position => 'sales_manager', to_position => 'crm_manager');
		INSERT INTO sales.target VALUES (2027, 1000000);", 'keeps power', 'sales.target');
	like step(crm1 => $inbox, 'looks'), qr/^notice\|sales.target\|\|sales1$/m, 'the CRM manager is informed';
	like step(crm1 => 'UPDATE sales.target SET amount = 1;', 'sets a target'), qr/^ERROR:  decision "sales.target" is refused\n.*\nHINT:  sales_manager \(sales1\) may\. /m,
	  'and no more than that';
};

subtest 'who handed over does not decide, who received must ask' => sub {
	my $insert = "INSERT INTO marketing.segment VALUES ('families', 'two children');";
	like step(brand1 => $insert, 'decides'), qr/handed it over to "crm_manager"/, 'she gave it away';
	like step(crm1 => $insert, 'does not ask'), qr/must consult "brand_manager" first/, 'he must ask';
	step(crm1 => "SELECT crm.request('segmentation', reason => 'summer');", 'asks');
	like step(brand1 => "$inbox SELECT crm.answer_consult(1, 'agree');", 'answers'), qr/^consult\|segmentation\|\|crm1$/m, 'she is asked';
	unlike step(crm1 => "$insert INSERT INTO marketing.campaign VALUES ('summer', 'families');", 'acts', 'segmentation', 'campaign.execution'), qr/ERROR/, 'and he acts';
};

my $limits = "SELECT up_to, window_left, budget_left, next_person FROM crm.limits(customer => $customer) WHERE decision = 'goodwill';";

subtest 'the telephone rings' => sub {
	is step(agent1 => $limits, 'asks what he may'), '100|200|5000|crm1', 'the least of limit, window and budget, and who may more';
	unlike step(agent1 => voucher(80), 'gives what is his to give', 'goodwill 80'), qr/ERROR/, '80 pass';
	is step(agent2 => $limits, 'asks what he may'), '100|120|4920|crm1', 'what one gave counts for all under that mandate';
	my $refused = step(agent1 => voucher(400), 'gives too much');
	like $refused, qr/^ERROR:  decision "goodwill" for 400 is refused\nDETAIL:  The limit of position "service_agent" is 100\.\nHINT:  crm_manager \(crm1\)/m, '400 do not';
	my ($ask) = $refused =~ /(SELECT crm\.request\('goodwill', customer => $customer, amount => 400.*;)/;
	ok $ask, 'the hint has the statement' or return;
	is step(agent1 => $ask, 'asks'), '2', 'which asks';
	like step(agent1 => voucher(400), 'does not wait'), qr/is refused/, 'asking is not enough';
	like step(agent2 => 'SELECT crm.approve(2);', 'helps a colleague'), qr/you may not approve/, 'colleagues cannot approve';
	like step(agent1 => 'SELECT crm.approve(2);', 'helps himself'), qr/is your own/, 'nor can he';
	like step(crm1 => "$inbox SELECT crm.approve(2);", 'is too quick'), qr/^request\|goodwill\|400\|agent1\n(?s:.*)"sales_manager" must be consulted first/m, 'it waits for the CRM manager';
	like step(sales1 => "$inbox SELECT crm.answer_consult(2, 'agree');", 'is asked'), qr/^consult\|goodwill\|400\|agent1$/m, 'and for advice of sales';
	is step(crm1 => 'SELECT crm.approve(2);', 'approves'), 'approved', 'the request is approved';
	like step(agent2 => voucher(400), 'uses it'), qr/is refused/, 'for nobody else';
	like step(agent1 => voucher(400, 71), 'gives it to another'), qr/is refused/, 'for no other customer';
	like step(agent1 => voucher(401), 'rounds up'), qr/is refused/, 'for no other amount';
	unlike step(agent1 => voucher(400), 'repeats the statement', 'goodwill 400'), qr/ERROR/, 'it passes';
	like step(agent1 => voucher(400), 'repeats it again'), qr/is refused/, 'once';
	is step(care1 => $inbox, 'looks'), "notice|goodwill|80|agent1\nnotice|goodwill|400|agent1", 'after-sales knows';
	is $node->safe_psql('postgres', "SELECT spent, reserved FROM crm.budgets"), '480|0', 'the budget has paid';
	is $node->safe_psql('postgres', "SELECT position, mandate_path[1] = (SELECT mandate_id FROM crm.mandates WHERE decision = 'goodwill' AND kind = 'charter') FROM crm.journal WHERE amount = 400"),
	  'crm_manager|t', 'under the mandate of who approved, from the charter on';
	like $client{nobody}->says(voucher(1)), qr/"crm_app" holds no position/, 'who says nothing may nothing';
};

subtest 'one call, and another model is in force' => sub {
	my $model = "'marketing_director', limits => '{\"goodwill\": 250}'";
	like $client{chair}->says("SELECT * FROM crm.simulate_operating_model($model);"), qr/^would be refused\|goodwill\|agent1\|1\|80\|no_mandate/m, 'what it would refuse';
	is $client{crm1}->begin . $client{crm1}->says("SELECT crm.may(decision => 'campaign.execution');"), 't', 'the CRM manager is in the middle of his work';
	like $client{chair}->says("SELECT * FROM crm.use_operating_model($model);"), qr/^begins\|\d+\|charter\|goodwill\|\|marketing_director/m, 'the chair calls';
	like $client{crm1}->says("INSERT INTO marketing.campaign VALUES ('late', 'families'); COMMIT;"), qr/^ERROR:  decision "campaign.execution" is refused/,
	  'his next statement is refused';
	$seen = $node->safe_psql('postgres', 'SELECT max(act_id) FROM crm.journal');
	like step(agent1 => voucher(80, 71), 'gives what was his to give'), qr/\nHINT:  after_sales_manager \(care1\), marketing_director \(director1\) may\. /, 'he must ask now';
	is step(agent1 => $limits, 'asks what he may'), '|||care1', 'for all';
	unlike step(care1 => voucher(250, 71), 'gives what is hers to give', 'goodwill 250'), qr/ERROR/, 'after-sales decides up to a limit';
	like step(care1 => voucher(251, 71), 'gives more'), qr/limit of position "after_sales_manager" is 250/, 'and no more';
	unlike step(director1 => voucher(1000, 71), 'gives all he likes', 'goodwill 1000'), qr/ERROR/, 'the director does';
	unlike step(brand1 => "INSERT INTO marketing.segment VALUES ('singles', 'none');", 'has it back', 'segmentation'), qr/ERROR/, 'the brand manager acts for him';
	unlike step(sales1 => 'UPDATE sales.target SET amount = 2000000;', 'keeps power', 'sales.target'), qr/ERROR/, 'sales is as it was';
	like step(director1 => $inbox, 'looks'), qr/^notice\|sales.target\|\|sales1$/m, 'but somebody else is told';
};

$_->leave for values %client;
$pooler->signal('INT');
$pooler->finish;
done_testing;
