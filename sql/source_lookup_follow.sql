-- What departments do to tables in which values are looked up.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE SCHEMA app;
CREATE TABLE app.country (id integer PRIMARY KEY, code text, "Note" text);
CREATE TABLE app.city (id integer PRIMARY KEY, name text, country_id integer REFERENCES app.country);
CREATE TABLE app.partner (id integer PRIMARY KEY, mail text, city_id integer REFERENCES app.city);
CREATE TABLE app.mail (id integer PRIMARY KEY, partner_id integer REFERENCES app.partner, address text, country_id integer REFERENCES app.country);
INSERT INTO app.country VALUES (1, 'NL', 'it''s \ flat'), (2, 'DE', 'n');
INSERT INTO app.city VALUES (1, 'Delft', 1), (2, 'Bonn', 2);
INSERT INTO app.partner VALUES (1, 'ann@a.example', 1), (2, 'bob@b.example', 2);
INSERT INTO app.mail VALUES (1, 1, 'ann@home.example', 2);
SELECT crm.add_source('app.partner', 'sales', map => '{"email": "mail", "city": "lookup(''city.name'') || ''''", "country": "lookup(city_id, ''city.country_id'', ''country.code'')",
	"region": "CASE lookup(city_id, ''city.country_id'', ''country.\"Note\"'') WHEN E''it''''s \\\\ flat'' THEN ''flat'' END"}', filter => 'lookup(city_id, ''city.country_id'') <> ''9''');
SELECT crm.add_detail('app.mail', of => 'app.partner', key => '{partner_id}', map => '{"email": "address", "country": "lookup(''country.code'')"}');
CALL crm.resolve();
CREATE VIEW expression AS SELECT s.source_id, m.key, m.value->>0 AS value FROM crm_internal.source s, jsonb_each(s.mapping) m
	UNION ALL SELECT source_id, 'filter', filter FROM crm_internal.source WHERE filter IS NOT NULL;
CREATE VIEW part AS SELECT source_id, role, schema_name || '.' || table_name AS table, key_columns, parent_columns, columns, attention FROM crm_internal.source;
CREATE VIEW shown AS SELECT r.source_key AS key, c.city, c.country, c.region FROM crm.customer c JOIN crm_internal.record r USING (customer_id);
SELECT * FROM part ORDER BY source_id;
SELECT * FROM shown ORDER BY key;

-- columns get other names: followed, in source and detail, by key, link and value
ALTER TABLE app.country RENAME code TO iso;
ALTER TABLE app.city RENAME country_id TO "Land";
ALTER TABLE app.city RENAME id TO nr;
ALTER TABLE app.country RENAME "Note" TO """note""";
SELECT needs_attention, repair FROM crm.source_status;
UPDATE app.country SET iso = 'BE' WHERE id = 1;
CALL crm.resolve();
SELECT * FROM expression ORDER BY source_id, key COLLATE "C";
SELECT * FROM part ORDER BY source_id;
SELECT * FROM shown ORDER BY key;
SELECT source_key, attributes->'country' AS country FROM crm_internal.read_source(1, '{1,2}') ORDER BY 1;
-- the table gets another name and another schema; the row's own columns others at the same time
CREATE SCHEMA ref;
ALTER TABLE app.country RENAME TO land;
ALTER TABLE app.land SET SCHEMA ref;
ALTER TABLE app.partner RENAME city_id TO town_id;
ALTER TABLE app.mail RENAME country_id TO land_id;
UPDATE ref.land SET iso = 'FR' WHERE id = 2;
CALL crm.resolve();
SELECT needs_attention, repair FROM crm.source_status;
SELECT * FROM expression ORDER BY source_id, key COLLATE "C";
SELECT * FROM part ORDER BY source_id;
SELECT * FROM shown ORDER BY key;
UPDATE app.city SET "Land" = 2 WHERE nr = 1;
CALL crm.resolve();
SELECT * FROM shown ORDER BY key;
-- a new table under the old name, as migrations make one
BEGIN;
CREATE TABLE app.new_city (nr integer PRIMARY KEY, name varchar(40), "Land" integer);
INSERT INTO app.new_city SELECT nr, upper(name), "Land" FROM app.city;
ALTER TABLE app.city RENAME TO old_city;
ALTER TABLE app.new_city RENAME TO city;
COMMIT;
CALL crm.resolve();
SELECT needs_attention, repair FROM crm.source_status;
UPDATE app.city SET name = 'Lyon' WHERE nr = 2;
CALL crm.resolve();
SELECT * FROM shown ORDER BY key;
SELECT tgrelid::regclass::text COLLATE "C" AS relation, count(*) FROM pg_trigger WHERE tgname LIKE 'crm%' AND tgrelid::regclass::text ~ '^(app|ref)' GROUP BY 1 ORDER BY 1;

-- a column that goes, and a table: said with the statement that repairs it
ALTER TABLE ref.land DROP COLUMN """note""";
SELECT source, needs_attention FROM crm.source_status;
CALL crm.resolve();
SELECT repair FROM crm.source_status \gexec
SELECT needs_attention FROM crm.source_status;
UPDATE app.city SET name = 'Nice' WHERE nr = 2;
CALL crm.resolve();
SELECT * FROM shown ORDER BY key;
-- a right that goes: with the statement that gives it back
CREATE ROLE crm_test_owner;
GRANT ALL ON SCHEMA app TO crm_test_owner;
ALTER TABLE app.partner OWNER TO crm_test_owner;
ALTER TABLE app.city OWNER TO crm_test_owner;
SELECT needs_attention, repair FROM crm.source_status;
CALL crm.resolve();
SELECT repair FROM crm.source_status \gexec
SELECT needs_attention, repair FROM crm.source_status;
SELECT repair FROM crm.source_status \gexec
SELECT needs_attention, repair FROM crm.source_status;
CALL crm.resolve();
SELECT needs_attention, repair FROM crm.source_status;
DROP TABLE app.city;
SELECT source, needs_attention FROM crm.source_status;
SELECT repair FROM crm.source_status \gexec
CALL crm.resolve();
SELECT * FROM shown ORDER BY key;
SELECT needs_attention FROM crm.source_status;
SELECT * FROM part ORDER BY source_id;
SELECT crm.drop_source('app.partner');
DROP OWNED BY crm_test_owner CASCADE;
DROP ROLE crm_test_owner;
