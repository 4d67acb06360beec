-- A change in a table where a value is looked up is seen at the next resolve.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE SCHEMA app;
CREATE TABLE app.country (id integer PRIMARY KEY, code text, note text);
CREATE TABLE app.city (id integer PRIMARY KEY, name text, country_id integer REFERENCES app.country);
CREATE TABLE app.address (id integer PRIMARY KEY, street text, city_id integer REFERENCES app.city);
CREATE TABLE app.company (id integer PRIMARY KEY, partner_id integer);
CREATE TABLE app.partner (id integer PRIMARY KEY, mail text, name text, address_id integer REFERENCES app.address, country_code text);
CREATE TABLE app.mail (id integer PRIMARY KEY, partner_id integer REFERENCES app.partner, address text, label_id integer);
CREATE TABLE app.label (id integer PRIMARY KEY, label text);
INSERT INTO app.country VALUES (1, 'NL'), (2, 'DE');
INSERT INTO app.city VALUES (1, 'Delft', 1), (2, 'Bonn', 2);
INSERT INTO app.address VALUES (1, 'Markt 1', 1), (2, 'Rhein 2', 2), (3, 'Gracht 3', 1);
INSERT INTO app.partner VALUES (1, 'ann@a.example', 'Ann Abel', 1, 'nl'), (2, 'bob@b.example', 'Bob Bakker', 2, 'de'), (3, 'cas@c.example', 'Cas Cox', NULL, NULL);
INSERT INTO app.label VALUES (1, 'private'), (2, 'invoices');
INSERT INTO app.mail VALUES (1, 1, 'ann@home.example', 1), (2, 2, 'invoices@b.example', 2);
SELECT crm.add_source('app.partner', 'sales', map => '{"email": "mail", "name": "name", "street": "lookup(''address.street'')",
	"city": "lookup(address_id, ''address.city_id'', ''city.name'')", "country": ["lookup(address_id, ''address.city_id'', ''city.country_id'', ''country.code'')",
	"lookup(upper(country_code), ''country(code).code'')"]}', filter => 'lookup(id, ''company(partner_id).id'') IS NULL');
SELECT crm.add_detail('app.mail', of => 'app.partner', key => '{partner_id}', map => '{"email": "address"}', filter => 'lookup(label_id, ''label.label'') <> ''invoices''');

-- each step that some expression takes stands in the registry once, with triggers of its own
CREATE VIEW part AS SELECT p.source_id, p.role, p.schema_name || '.' || p.table_name AS table, p.key_columns, o.table_name AS hangs_on, p.parent_columns, p.columns, p.column_numbers, p.mode
FROM crm_internal.source p LEFT JOIN crm_internal.source o ON o.source_id = p.parent_id;
SELECT * FROM part ORDER BY source_id;
SELECT tgrelid::regclass AS relation, tgname FROM pg_trigger WHERE tgname LIKE 'crm%' AND tgrelid::regclass::text LIKE 'app.%' ORDER BY tgrelid::regclass::text COLLATE "C", tgname;
CALL crm.resolve();
CREATE VIEW shown AS SELECT r.source_key AS key, email, street, city, country FROM crm.customer c JOIN crm_internal.record r USING (customer_id)
	WHERE r.source_id = 1;
SELECT * FROM shown ORDER BY key;
SELECT source_key, op, source_id FROM crm_internal.pending;

-- a column that nobody reads: nothing to do
UPDATE app.country SET note = 'x';
UPDATE app.address SET street = street;
SELECT count(*) AS pending FROM crm_internal.pending;
-- one row, one step away: who looks there, and nobody else
UPDATE app.address SET street = 'Markt 11' WHERE id = 1;
SELECT source, source_key, detail FROM crm.pending;
CALL crm.resolve();
SELECT key, street FROM shown ORDER BY key;
-- the far end of a chain; its middle; the row's own column
UPDATE app.city SET name = 'Beuel' WHERE id = 2;
CALL crm.resolve();
UPDATE app.address SET city_id = 2 WHERE id = 1;
CALL crm.resolve();
UPDATE app.partner SET address_id = 3 WHERE id = 3;
CALL crm.resolve();
SELECT * FROM shown ORDER BY key;
-- what is looked up by an expression: the whole source is compared
UPDATE app.country SET code = 'BE' WHERE id = 1;
CALL crm.resolve();
SELECT key, country FROM shown ORDER BY key;
SELECT source_key, attributes->'country' AS country FROM crm_internal.read_source(1, '{1,2,3}') ORDER BY 1;
-- a row that comes makes its partner a company of our own; and goes
INSERT INTO app.company VALUES (7, 2);
CALL crm.resolve();
SELECT key FROM shown ORDER BY key;
UPDATE app.company SET partner_id = 3;
CALL crm.resolve();
SELECT key FROM shown ORDER BY key;
DELETE FROM app.company;
CALL crm.resolve();
SELECT key FROM shown ORDER BY key;
-- in a detail
UPDATE app.label SET label = 'bills' WHERE id = 2;
CALL crm.resolve();
SELECT source_key, attributes->'email' AS email FROM crm_internal.read_source(1, '{1,2}') ORDER BY 1;
UPDATE app.mail SET label_id = 1 WHERE id = 2;
DELETE FROM app.label WHERE id = 1;
CALL crm.resolve();
SELECT source_key, attributes->'email' AS email FROM crm_internal.read_source(1, '{1,2}') ORDER BY 1;
-- all at once, undone, and a table emptied
BEGIN;
UPDATE app.address SET street = 'nowhere';
SAVEPOINT one;
DELETE FROM app.country;
ROLLBACK;
SELECT count(*) AS pending FROM crm_internal.pending;
ALTER TABLE app.partner DROP CONSTRAINT partner_address_id_fkey;
TRUNCATE app.address;
SELECT source, source_key, op FROM crm.pending;
CALL crm.resolve();
SELECT * FROM shown ORDER BY key;
-- after each of it a comparison of everything finds nothing more
CALL crm.sync();
SELECT count(*) AS missed FROM crm_internal.pending;

-- in the writing transaction
INSERT INTO app.address VALUES (1, 'Plein 1', 1), (2, 'Plein 2', 2);
CALL crm.resolve();
SELECT crm.change_source('app.partner', mode => 'inline');
SELECT DISTINCT mode FROM part WHERE role = 'l' AND hangs_on = 'partner';
CALL crm.resolve();
UPDATE app.city SET name = 'Den Haag' WHERE id = 1;
SELECT key, street, city FROM shown ORDER BY key;
SELECT count(*) AS pending FROM crm_internal.pending;

-- what is no longer looked up is forgotten, what is shared stays
SELECT crm.change_source('app.partner', map => '{"email": "mail", "city": "lookup(address_id, ''address.city_id'', ''city.name'')"}', filter => '');
SELECT * FROM part ORDER BY source_id;
SELECT tgrelid::regclass::text COLLATE "C" AS relation, count(*) FROM pg_trigger WHERE tgname LIKE 'crm%' AND tgrelid::regclass::text LIKE 'app.%' GROUP BY 1 ORDER BY 1;
-- a view carries no trigger: comparing finds it
CREATE VIEW app.town AS SELECT id, upper(name) AS name FROM app.city;
SELECT crm.change_source('app.partner', map => '{"email": "mail", "city": "lookup(lookup(address_id, ''address.city_id''), ''town(id).name'')"}');
CALL crm.resolve();
UPDATE app.city SET name = 'Breda' WHERE id = 1;
SELECT count(*) AS pending FROM crm_internal.pending;
CALL crm.sync();
CALL crm.resolve();
SELECT key, city FROM shown ORDER BY key;
SELECT * FROM part WHERE role = 'l' ORDER BY source_id;
-- a table where values are looked up may be a source of its own, and the same one
SELECT crm.add_source('app.city', 'sales', map => '{"city": "name", "country": "lookup(''country.code'')"}');
SELECT crm.change_source('app.partner', map => '{"email": "mail", "name": "coalesce(name, lookup(id, ''partner.name''))"}');
CALL crm.resolve();
SELECT source, needs_attention FROM crm.source_status ORDER BY source;
SELECT crm.drop_source('app.partner'), crm.drop_source('app.city');
SELECT count(*) AS rows FROM crm_internal.source;
SELECT count(*) AS triggers FROM pg_trigger WHERE tgname LIKE 'crm%' AND tgrelid::regclass::text LIKE 'app.%';
SELECT * FROM crm.verify();
