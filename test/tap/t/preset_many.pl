#!/usr/bin/env perl
# Fifty systems of ten details each in one database: each is registered by preset in well under a second.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../../lib";
use Test::More;
use Database;

my $database = Database->create('preset_many');
$database->run(<<'SQL');
SET client_min_messages = warning;
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('sales');
SELECT crm.add_preset('wide', jsonb_build_object('title', 'Wide', 'detect', '{"tables": {"party": ["id"]}}'::jsonb,
	'sources', jsonb_build_array(jsonb_build_object('table', 'party',
		'map', '{"name": "name", "email": ["email", "mail2"], "phone": ["phone", "mobile", "fax"], "city": "city", "country": "lookup(''country.code'')"}'::jsonb,
		'filter', '["active", "type <> ''x''"]'::jsonb,
		'details', (SELECT jsonb_agg(jsonb_build_object('table', 'detail' || i, 'key', 'party_id', 'filter', '["active", "kind = ''a''"]'::jsonb,
			'map', '{"email": "email", "phone": "phone", "city": "lookup(''town.name'')"}'::jsonb)) FROM generate_series(1, 10) i)))));
CREATE TABLE timing (system integer, ms numeric);
DO $$
BEGIN
	FOR s IN 1 .. 50 LOOP
		EXECUTE format('CREATE SCHEMA s%s', s);
		EXECUTE format('CREATE TABLE s%s.country (id integer PRIMARY KEY, code text)', s);
		EXECUTE format('CREATE TABLE s%s.town (id integer PRIMARY KEY, name text)', s);
		EXECUTE format('CREATE TABLE s%1$s.party (id integer PRIMARY KEY, name text, email text, mail2 text, phone text, mobile text,
			city text, country_id integer REFERENCES s%1$s.country, active boolean, type text)', s);
		FOR d IN 1 .. 10 LOOP
			EXECUTE format('CREATE TABLE s%1$s.detail%2$s (id integer PRIMARY KEY, party_id integer, email text, phone text, active boolean,
				kind text, town_id integer REFERENCES s%1$s.town)', s, d);
			EXECUTE format('CREATE INDEX ON s%s.detail%s (party_id)', s, d);
		END LOOP;
	END LOOP;
END
$$;
DO $$
DECLARE
	began timestamptz;
BEGIN
	FOR s IN 1 .. 50 LOOP
		began := clock_timestamp();
		PERFORM crm.add_source('s' || s, department => 'sales', preset => 'wide');
		INSERT INTO timing VALUES (s, extract(epoch FROM clock_timestamp() - began) * 1000);
	END LOOP;
END
$$;
SQL
is $database->value("SELECT count(*) FROM crm.source_status"), 50, 'fifty sources';
is $database->value("SELECT count(*) FROM crm.source_detail WHERE kind = 'detail'"), 500, 'with five hundred details';
my ($median, $most) = @{ $database->row('SELECT round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)), round(max(ms)) FROM timing') };
note "median $median ms, at most $most ms";
cmp_ok $median, '<', 1000, 'each registered in less than a second';
is $database->value("SELECT count(*) FROM crm.detect_preset() WHERE preset = 'wide'"), 50, 'each is recognised';
is $database->value("SELECT count(*) FROM crm.refresh_preset('s50.party')"), 0, 'and is as it was planned';
$database->drop;
done_testing;
