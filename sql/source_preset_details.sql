-- preset: what hangs on a source is read with it: child tables, link tables, look-ups.
\set SHOW_CONTEXT never
\pset format unaligned
SET client_min_messages = warning;
SELECT crm.add_department('sales');
SELECT crm.add_preset('parties', '{
	"title": "Parties",
	"detect": {"tables": {"party": ["id"], "mechanism": ["party_id"]}},
	"sources": [
		{"table": "party", "key": ["id"], "map": {"name": "name", "country": ["lookup(''country.code'')"], "region": "lookup(country_id, ''country.zone_id'', ''zone.name'')"},
			"details": [
				{"table": "mechanism", "key": [["party_id", "party"]], "filter": ["type = ''email''", "active"], "map": {"email": ["value_compact", "value"]}, "preferred": ["main", "sequence = 1"]},
				{"table": "mechanism", "key": [["party_id", "party"]], "filter": ["type IN (''phone'', ''mobile'')", "active"], "map": {"phone": "value"}},
				{"table": "place_of_party", "key": ["party_id"], "map": {}, "details": [
					{"table": "place", "key": ["id = place_id"], "requires": ["id"], "map": {"street": "street", "city": "city"}, "details": [
						{"table": "place_name", "key": ["place_id = id"], "map": {"region": "name"}}]}]},
				{"table": "membership", "key": ["party_id"], "map": {}, "belongs_to": "group_id", "related": "party", "relation": "household", "since": "since", "until": ["until", "ended"]}]},
		{"table": "Lead", "key": ["Id"], "map": {"name": "Name"}, "details": [
			{"table": "place_of_lead", "key": ["LeadId"], "map": {}, "details": [{"table": "place", "key": ["id = PlaceId"], "map": {"city": "city"}}]}]}]}');
CREATE SCHEMA app
	CREATE TABLE country (id integer PRIMARY KEY, code text)
	CREATE TABLE party (id integer PRIMARY KEY, name text, country_id integer REFERENCES country)
	CREATE TABLE mechanism (id integer PRIMARY KEY, party integer, type text, value text, main boolean)
	CREATE TABLE place (id integer PRIMARY KEY, street text, city text)
	CREATE TABLE place_of_party (party_id integer, place_id integer)
	CREATE TABLE membership (id integer PRIMARY KEY, party_id integer, group_id integer, since date, ended date)
	CREATE TABLE "Lead" ("Id" integer PRIMARY KEY, "Name" text)
	CREATE TABLE place_of_lead (id integer PRIMARY KEY, "LeadId" integer, "PlaceId" integer);
INSERT INTO app.country VALUES (1, 'NL');
INSERT INTO app.place VALUES (1, 'Kade 1', 'Delft'), (2, 'Dam 2', 'Amsterdam');
INSERT INTO app.party VALUES (1, 'Ann Lee', 1), (2, 'Lee Household', 1);
INSERT INTO app.mechanism VALUES (1, 1, 'email', 'old@a.example', false), (2, 1, 'email', 'ann@a.example', true), (3, 1, 'phone', '+31612345678', NULL);
INSERT INTO app.place_of_party VALUES (1, 1);
INSERT INTO app.membership VALUES (1, 1, 2, '2020-01-01', NULL);
INSERT INTO app."Lead" VALUES (1, 'Bob Ray');
INSERT INTO app.place_of_lead VALUES (1, 1, 2);

SELECT * FROM crm.preset_statements('app', 'parties', 'sales');
SELECT crm.add_source('app', department => 'sales', preset => 'parties', filter => 'true');
SELECT hangs_on, detail, kind, key, filter, attributes, needs_attention FROM crm.source_detail ORDER BY number;
SELECT source, "table", field, expression, reason FROM crm.preset_report WHERE field IS NOT NULL;
CALL crm.resolve();
SELECT name, email, phone, street, city, country FROM crm.customer ORDER BY name;
SELECT relation, since, until FROM crm.relation;
-- what hangs there is watched
UPDATE app.mechanism SET value = 'lee@a.example' WHERE id = 2;
UPDATE app.place SET city = 'Gouda' WHERE id = 1;
UPDATE app.country SET code = 'BE';
CALL crm.resolve();
SELECT email, city, country FROM crm.customer WHERE name = 'Ann Lee';
SELECT * FROM crm.refresh_preset('app.party');

-- a module brings columns and a table, another takes some
ALTER TABLE app.mechanism ADD active boolean DEFAULT true, ADD value_compact text;
CREATE TABLE app.place_name (place_id integer, name text);
CREATE TABLE app.zone (id integer PRIMARY KEY, name text);
ALTER TABLE app.country ADD zone_id integer;
ALTER TABLE app.membership DROP ended;
ALTER TABLE app."Lead" ADD "Mail" text;
SELECT * FROM crm.refresh_preset('app.party');
SELECT hangs_on, detail, filter, attributes, needs_attention FROM crm.source_detail WHERE kind = 'detail' ORDER BY hangs_on, detail, number;
SELECT * FROM crm.refresh_preset('app.party');
SELECT * FROM crm.refresh_preset('app."Lead"');
UPDATE app.mechanism SET active = false WHERE id = 3;
CALL crm.resolve();
SELECT email, phone, city FROM crm.customer WHERE name = 'Ann Lee';
-- renamed tables are followed, though the preset does not know them by that name
ALTER TABLE app.party RENAME TO parties;
ALTER TABLE app.place_of_party RENAME TO places_of_party;
ALTER TABLE app.parties ADD nickname text;
SELECT * FROM crm.refresh_preset('app.party');
SELECT * FROM crm.refresh_preset('app.parties');
SELECT hangs_on, detail, filter FROM crm.source_detail WHERE kind = 'detail' AND source = 'app.parties' ORDER BY hangs_on, detail, number;
ALTER TABLE app.parties RENAME TO party;
ALTER TABLE app.places_of_party RENAME TO place_of_party;
CALL crm.resolve();
SELECT * FROM crm.refresh_preset('app.party');
SELECT hangs_on, detail FROM crm.source_detail WHERE kind = 'detail' AND source = 'app.party' ORDER BY hangs_on, detail, number;
-- a link table goes, and with it what hangs on it; a detail that was dropped by hand stays dropped
SELECT crm.drop_detail('app.membership', of => 'app.party');
DROP TABLE app.place_of_party;
SELECT * FROM crm.refresh_preset('app.party');
SELECT hangs_on, detail, filter FROM crm.source_detail WHERE kind = 'detail' AND source = 'app.party' ORDER BY hangs_on, detail, number;
CREATE TABLE app.place_of_party (party_id integer, place_id integer);
SELECT * FROM crm.refresh_preset('app.party');
SELECT hangs_on, detail FROM crm.source_detail WHERE kind = 'detail' AND source = 'app.party' ORDER BY hangs_on, detail, number;
-- keys of types that do not write equal values alike
SELECT crm.drop_source('app.party');
ALTER TABLE app.membership ALTER party_id TYPE text;
ALTER TABLE app.place_name ALTER place_id TYPE uuid USING NULL;
SELECT step, left_out FROM crm.preset_statements('app.party', 'parties') WHERE statement IS NULL;
SELECT crm.add_source('app.party', department => 'sales', preset => 'parties');
-- of two details that no filter tells apart any more one is enough
SELECT crm.drop_source('app.party');
ALTER TABLE app.mechanism DROP type CASCADE;
SELECT step, statement, left_out FROM crm.preset_statements('app.party', 'parties') WHERE statement || left_out ~ 'mechanism' OR left_out ~ 'mechanism';
SELECT crm.add_source('app.party', department => 'sales', preset => 'parties');
-- what hangs on a table that is not there is no trouble for the rest
SELECT crm.drop_source('app.party');
DROP TABLE app.mechanism, app.country CASCADE;
RESET client_min_messages;
SELECT crm.add_source('app.party', department => 'sales', preset => 'parties');
SELECT count(*) FROM crm_internal.source;
SELECT crm.drop_source('app.party'), crm.drop_source('app."Lead"');
SELECT (SELECT count(*) FROM crm_internal.source) AS sources, (SELECT count(*) FROM crm_internal.preset_use) AS presets,
	(SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'crm%' AND tgrelid::regclass::text LIKE 'app.%') AS triggers;
