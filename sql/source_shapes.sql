-- Partitioned tables, inheritance children, views, materialized views and foreign tables.
\set SHOW_CONTEXT never
SELECT crm.add_department('shop');
CREATE SCHEMA shop;
CREATE VIEW trigger_of AS SELECT tgrelid::regclass AS relation, tgname, tgenabled, tgparentid <> 0 AS cloned
	FROM pg_trigger WHERE tgname LIKE 'crm\_50\_%' AND tgrelid::regclass::text LIKE 'shop.%' ORDER BY tgrelid::regclass::text, tgname;

-- partitions of partitions: the row trigger clones itself, TRUNCATE triggers stand on each
CREATE TABLE shop.lead (country text, id integer, mail text, PRIMARY KEY (country, id)) PARTITION BY LIST (country);
CREATE TABLE shop.lead_nl PARTITION OF shop.lead FOR VALUES IN ('NL');
CREATE TABLE shop.lead_de PARTITION OF shop.lead FOR VALUES IN ('DE') PARTITION BY RANGE (id);
CREATE TABLE shop.lead_de_1 PARTITION OF shop.lead_de FOR VALUES FROM (0) TO (100);
INSERT INTO shop.lead VALUES ('NL', 1, 'a@b.example'), ('DE', 2, 'c@d.example');
SELECT crm.add_source('shop.lead', 'shop', '{"email": "mail"}');
TABLE trigger_of;
SELECT source_key, attributes FROM crm_internal.read_source(1, ARRAY['["NL", "1"]', '["DE", "2"]']) ORDER BY 1;
-- a later partition gets the row trigger by itself; what it lacks the next run attaches
CREATE TABLE shop.lead_be PARTITION OF shop.lead FOR VALUES IN ('BE');
SELECT needs_attention, repair FROM crm.source_status;
CALL crm.resolve();
SELECT needs_attention, followed FROM crm.source_status;
SELECT * FROM trigger_of WHERE relation = 'shop.lead_be'::regclass;
ALTER TABLE shop.lead_nl DISABLE TRIGGER crm_50_capture_1;
SELECT needs_attention FROM crm.source_status;
SELECT crm.repair_source('shop.lead');
SELECT needs_attention FROM crm.source_status;
SELECT crm.drop_source('shop.lead');
TABLE trigger_of;

-- inheritance children get both; a key holds across all of them
CREATE TABLE shop.party (id integer PRIMARY KEY, mail text);
CREATE TABLE shop.person (born date) INHERITS (shop.party);
INSERT INTO shop.party VALUES (1, 'p@q.example');
INSERT INTO shop.person VALUES (1, 'twice@q.example', NULL);
SELECT crm.add_source('shop.party', 'shop', '{"email": "mail"}');
UPDATE shop.person SET id = 2;
SET client_min_messages = warning;
SELECT crm.add_source('shop.party', 'shop', '{"email": "mail"}');
RESET client_min_messages;
TABLE trigger_of;
CREATE TABLE shop.company () INHERITS (shop.party);
CALL crm.resolve();
SELECT followed FROM crm.source_status;
INSERT INTO shop.company VALUES (2, 'same@q.example');
SELECT needs_attention, repair FROM crm.source_status;
DELETE FROM shop.company;
SELECT crm.drop_source('shop.party');
TABLE trigger_of;

-- views and foreign tables carry no trigger and are compared by crm.sync()
CREATE TABLE shop.base (id integer, mail text, seen boolean DEFAULT true);
INSERT INTO shop.base VALUES (1, 'v@w.example'), (2, 'x@y.example');
CREATE VIEW shop.shown AS SELECT id, mail FROM shop.base WHERE seen;
CREATE MATERIALIZED VIEW shop.kept AS SELECT id, mail FROM shop.base;
CREATE EXTENSION postgres_fdw;
CREATE SERVER here FOREIGN DATA WRAPPER postgres_fdw OPTIONS (dbname 'test_source_shapes');
DO $$ BEGIN EXECUTE format('ALTER SERVER here OPTIONS (ADD host %L)', current_setting('unix_socket_directories')); END $$;
CREATE FOREIGN TABLE shop.far (id integer, mail text) SERVER here OPTIONS (schema_name 'shop', table_name 'base');
-- the owner cannot reach the server yet
SELECT crm.add_source('shop.far', 'shop', '{"email": "mail"}', key => '{id}');
CREATE USER MAPPING FOR CURRENT_USER SERVER here OPTIONS (user 'postgres');
SELECT crm.add_source('shop.shown', 'shop', '{"email": "mail"}', key => '{id}'),
	crm.add_source('shop.kept', 'shop', '{"email": "mail"}', key => '{id}'),
	crm.add_source('shop.far', 'shop', '{"email": "mail"}', key => '{id}');
TABLE trigger_of;
SELECT source, kind, pending, needs_attention FROM crm.source_status ORDER BY source;
DELETE FROM crm_internal.pending;
CALL crm.sync('shop.shown');
CALL crm.sync('shop.far');
SELECT source, source_key, op FROM crm.pending ORDER BY source, source_key;
DROP VIEW shop.shown;
SELECT source, needs_attention, repair FROM crm.source_status WHERE source = 'shop.shown';
SELECT repair FROM crm.source_status WHERE source = 'shop.shown' \gexec
SELECT source FROM crm.source_status ORDER BY source;
DROP VIEW trigger_of;
