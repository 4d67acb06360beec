-- A table that is source, detail and lookup in one, replaced by another as an ORM does it.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT crm.add_department('sales');
CREATE SCHEMA app;
CREATE TABLE app.partner (id integer PRIMARY KEY, name text, parent_id integer);
CREATE TABLE app.lead (id integer PRIMARY KEY, partner_id integer, name text);
INSERT INTO app.partner VALUES (1, 'Acme', NULL), (2, 'Ann Abel', 1);
INSERT INTO app.lead VALUES (1, 2, 'A. Abel');
SELECT crm.add_source('app.partner', 'sales', map => '{"name": "name", "organization": "lookup(parent_id, ''app.partner.name'')"}');
SELECT crm.add_source('app.lead', 'sales', map => '{"name": "name", "city": "lookup(partner_id, ''app.partner.name'')"}');
SELECT crm.add_detail('app.partner', of => 'app.lead', key => '{id = partner_id}', map => '{"organization": "name"}');
CALL crm.resolve();
BEGIN;
CREATE TABLE app.partner_new (id integer PRIMARY KEY, name text, parent_id integer, note text);
INSERT INTO app.partner_new SELECT id, name, parent_id FROM app.partner;
DROP TABLE app.partner;
ALTER TABLE app.partner_new RENAME TO partner;
UPDATE app.partner SET name = 'Acme Ltd' WHERE id = 1;
COMMIT;
CALL crm.resolve();
SELECT source, needs_attention, repair FROM crm.source_status ORDER BY source;
UPDATE app.partner SET name = 'Ann Bakker' WHERE id = 2;
CALL crm.resolve();
SELECT source, source_key, attributes FROM crm.customer_source ORDER BY source, source_key;
SELECT count(*) AS pending FROM crm_internal.pending;
