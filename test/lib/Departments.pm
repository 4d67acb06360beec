# Three departments of different shape in a database, resolved, with rows in every table of crm.
package Departments;
use strict;
use warnings;
use Exporter 'import';

our @EXPORT_OK = qw(psql query run create drop fill_departments register fill_the_rest);

# Runs SQL through psql and returns what it prints; an error ends the test.
sub psql
{
	my ($database, $sql) = @_;
	my $file = "$ENV{OUT}/$database.sql";
	open my $out, '>', $file or die "cannot write $file: $!";
	print $out $sql;
	close $out;
	my $output = `psql -XqAt -v ON_ERROR_STOP=1 -d $database -f $file 2>&1`;
	die "$output\nin: $sql" if $? != 0;
	return $output;
}

sub query
{
	my ($database, $sql) = @_;
	chomp(my $value = psql($database, $sql));
	return $value;
}

# A program, its output only when it fails; true if it succeeds.
sub run
{
	my ($command) = @_;
	my $output = `$command 2>&1`;
	return 1 if $? == 0;
	print STDERR "# $command\n", map { "# $_\n" } split /\n/, $output;
	return 0;
}

sub create
{
	my ($database) = @_;
	drop($database);
	psql('postgres', "CREATE DATABASE $database");
	return;
}

sub drop
{
	my ($database) = @_;
	psql('postgres', "SET client_min_messages = error; DROP DATABASE IF EXISTS $database");
	return;
}

# A plain table, a partitioned one, one with a composite key and a foreign key into it.
sub fill_departments
{
	my ($database) = @_;
	psql($database, <<'SQL');
CREATE SCHEMA sales;
CREATE SCHEMA marketing;
CREATE SCHEMA service;
CREATE TABLE sales.account (
	id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	account_name text NOT NULL,
	mail text,
	telephone text,
	address text,
	zip text,
	town text,
	parent integer REFERENCES sales.account,
	changed timestamptz NOT NULL DEFAULT '2024-01-01',
	CHECK (account_name <> ''));
CREATE INDEX ON sales.account (mail);
COMMENT ON TABLE sales.account IS 'the accounts of sales';
CREATE TABLE marketing.lead (
	id integer,
	region text,
	first_name text,
	last_name text,
	email text,
	birth text,
	PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE marketing.lead_eu PARTITION OF marketing.lead FOR VALUES IN ('eu');
CREATE TABLE marketing.lead_us PARTITION OF marketing.lead FOR VALUES IN ('us');
CREATE TABLE service.client (no text PRIMARY KEY, full_name text, mobile text, company text);
CREATE TABLE service.ticket (id integer PRIMARY KEY, client text REFERENCES service.client ON DELETE CASCADE);
CREATE TABLE service.mail (id integer PRIMARY KEY, client text REFERENCES service.client ON DELETE CASCADE, address text, is_main boolean);
CREATE INDEX ON service.mail (client);
CREATE FUNCTION service.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.no := upper(NEW.no); RETURN NEW; END';
CREATE TRIGGER touch BEFORE INSERT ON service.client FOR EACH ROW EXECUTE FUNCTION service.touch();

INSERT INTO sales.account (account_name, mail, telephone, address, zip, town)
SELECT 'Name' || g || ' Family' || g, 'p' || g || '@example.org', '+3161' || lpad(g::text, 7, '0'),
	'Street ' || g, (1000 + g) || ' AB', 'Utrecht' FROM generate_series(1, 60) g;
INSERT INTO marketing.lead
SELECT g, CASE WHEN g % 2 = 0 THEN 'eu' ELSE 'us' END, 'Name' || g, 'Family' || g, 'P' || g || '@example.org', '198001' || lpad((1 + g % 28)::text, 2, '0')
FROM generate_series(31, 90) g;
INSERT INTO service.client
SELECT 'c' || g, 'Name' || g || ' Family' || g, '06-1' || lpad(g::text, 7, '0'), CASE WHEN g > 75 THEN 'Company ' || g END
FROM generate_series(41, 80) g;
INSERT INTO service.mail SELECT g, 'C' || g % 100, 'p' || g % 100 || CASE WHEN g > 100 THEN 'b' ELSE '' END || '@example.org', g > 100
FROM generate_series(41, 180) g WHERE g % 100 BETWEEN 41 AND 80;
INSERT INTO service.ticket SELECT g, 'C' || g FROM generate_series(41, 80) g;
SQL
	return;
}

sub register
{
	my ($database) = @_;
	psql($database, <<'SQL');
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department(name) FROM unnest('{sales,marketing,service}'::text[]) name;
SELECT crm.add_source('sales.account', department => 'sales', changed_at => 'changed', belongs_to => 'parent', map => '{"name": "account_name",
	"email": "mail", "phone": "telephone", "street": "address", "postal_code": "zip", "city": "town"}');
SELECT crm.add_source('marketing.lead', department => 'marketing', map => '{"given_name": "first_name",
	"family_name": "last_name", "email": "email", "birth_date": "birth"}');
SELECT crm.add_preset('desk', '{"title": "Service desk", "detect": {"tables": {"client": ["no", "full_name"]}}, "sources": [{"table": "client",
	"map": {"name": "full_name", "phone": ["mobile", "landline"], "organization": "company", "external_id": "(1 / (no <> ''BAD'')::integer)::text"}}]}');
SELECT crm.add_source('service.client', department => 'service', region => 'NL', preset => 'desk');
SELECT crm.add_detail('service.mail', of => 'service.client', key => '{client}', map => '{"email": "address"}', preferred => 'is_main');
CALL crm.resolve();
SQL
	return;
}

# What comes with time: changes, departures, a bad row, chosen rules, changes that still wait.
sub fill_the_rest
{
	my ($database) = @_;
	psql($database, <<'SQL');
UPDATE sales.account SET parent = 1 WHERE id IN (2, 3);
UPDATE sales.account SET telephone = '+31620000000', changed = now() WHERE id <= 5;
DELETE FROM marketing.lead WHERE id = 90;
UPDATE marketing.lead SET region = 'eu' WHERE id = 31;
INSERT INTO service.client VALUES ('bad', 'Bad Row', NULL, NULL);
CALL crm.resolve();
SELECT crm.set_survivorship('phone', '{recency,trust}');
SELECT crm.set_source_trust('service.client', 0.8, 'email');
INSERT INTO crm_internal.attribute (name, kind, position) VALUES ('shoe_size', 'text', 50);
INSERT INTO crm_internal.match_model (version, records, candidate_pairs, random_pairs, all_pairs, iterations, converged,
		expected_pairs, by_rule, odds, m, u, reached, random, sampled)
	SELECT 1, 200, 300, 1000, 19900, 9, true, 60, 50, crm_internal.match_odds(), array_agg(l.m ORDER BY l.number),
		array_agg(l.u ORDER BY l.number), array_agg(1.0 ORDER BY l.number), array_agg(1.0 ORDER BY l.number), 200
	FROM crm_internal.match_levels() l;
INSERT INTO crm_internal.match_term (version, key, count) VALUES (1, 7, 3);
SELECT crm.use_model(1);
CALL crm.resolve();
INSERT INTO crm_internal.oversize_component (record_id, records, found_at) VALUES (-1, 1001, '2026-01-01');
SELECT crm.set_review_zone(-4, 5);
SELECT crm.set_source_duplicates('marketing.lead', false);
SELECT crm.undo(crm.merge(crm.customer_of('sales.account', '8'), crm.customer_of('sales.account', '9'), 'one household'));
SELECT crm.merge(crm.customer_of('sales.account', '10'), crm.customer_of('sales.account', '11'), 'sisters');
SELECT crm.reject_match('sales.account', '35', 'marketing.lead', '["us", "35"]', 'father and son');
INSERT INTO crm_internal.cluster_conflict (record_a, record_b, weight, mean) VALUES (1, 2, -9000, 100);
CALL crm.run_maintenance();
INSERT INTO crm_internal.capped_key (key, since) VALUES (7, '2026-01-01');
SELECT crm.add_budget('care', 1000), crm.add_budget('goodwill', 300, parent => 'care');
SELECT crm_internal.take_budget('goodwill', 20), crm_internal.reserve_budget('goodwill', 10, 1);
SELECT crm.add_position('sales_manager', department => 'sales', vacancy => 'acting', acting_share => 0.5);
SELECT crm.add_position('agent', department => 'service', reports_to => 'sales_manager');
SELECT crm.change_position('agent', vacancy => 'acting');
SELECT crm.appoint('sales_manager', 'sam');
SELECT crm.appoint('agent', 'cora', capacity => 'contractor', valid_until => '2100-01-01');
DO $$ BEGIN CREATE ROLE service_app LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
SELECT crm.add_gateway('service_app', departments => '{service}');
SELECT crm.add_actor_column('service.ticket', 'client');
SELECT crm.add_decision('goodwill.travel', title => 'Trips');
SELECT crm.change_decision('goodwill.travel', reserved => true);
SELECT crm.change_decision('goodwill', expires_after => '3 days');
SELECT crm.grant_mandate('goodwill', 'sales_manager', amount => 500, scope => '{"department": ["service"]}', valid_from => '2100-01-01');
SELECT crm.share('goodwill', 'sales_manager', 'agent', amount => 50, valid_from => '2100-01-01');
INSERT INTO crm_internal.request (decision, requester, known_by, login, customer_id, amount, "position", due_at, expires_at)
	VALUES ('goodwill', 'cora', 'act_as', 'service_app', 1, 80, 'sales_manager', '2099-01-01', '2100-01-01');
INSERT INTO crm_internal.request_consult (request_id, "position", mandate_id, due_at) SELECT request_id, 'agent', 2, '2099-01-01' FROM crm_internal.request;
INSERT INTO crm_internal.request_signature (request_id, person, "position", verdict) SELECT request_id, 'sam', 'sales_manager', 'approve' FROM crm_internal.request;
INSERT INTO crm_internal.notice (act_id, mandate_id, "position", created_at) SELECT min(act_id), 1, 'agent', '2026-01-01' FROM crm_internal.act;
SELECT crm.add_guard('service.ticket', 'care.solution', customer => 'client', columns => '{client}', operations => '{UPDATE,DELETE}');
SELECT crm.add_guard('marketing.lead', 'lead.strategy', "when" => 'region = ''us''', scope => '{"department": "''marketing''"}',
	operations => '{UPDATE}', mode => 'observe', journal => 'statement');
SELECT crm.set_source_mode('service.client', 'inline');
UPDATE service.client SET mobile = '06-10000051' WHERE no = 'C50';
UPDATE sales.account SET town = 'Delft' WHERE id = 7;
UPDATE service.mail SET address = 'q7@example.org' WHERE id = 57;
SQL
	return;
}

1;
