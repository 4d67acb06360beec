-- What capture notes of details: the rows of the source that change with them, each once.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA app;
SELECT crm.add_department('app');
CREATE TABLE app.client (id bigint PRIMARY KEY, name text);
CREATE TABLE app.email (id integer PRIMARY KEY, client integer REFERENCES app.client ON DELETE CASCADE ON UPDATE CASCADE, address text, hits integer DEFAULT 0);
CREATE INDEX ON app.email (client);
CREATE TABLE app.address (id integer PRIMARY KEY, street text, city text);
CREATE TABLE app.client_address (client smallint, address integer, kind text, PRIMARY KEY (client, address));
SELECT crm.add_source('app.client', department => 'app', map => '{"name": "name"}');
SELECT crm.add_detail('app.email', of => 'app.client', key => '{client}', map => '{"email": "address"}');
SELECT crm.add_detail('app.client_address', of => 'app.client', key => '{client}', filter => 'kind = ''home''');
SELECT crm.add_detail('app.address', of => 'app.client/app.client_address', key => '{id = address}', map => '{"street": "street", "city": "city"}');
DELETE FROM crm_internal.pending;
CREATE FUNCTION pg_temp.seen() RETURNS TABLE (of text, ops text, keys text) LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM crm_internal.pending RETURNING *)
	SELECT s.table_name, string_agg(g.op::text, '' ORDER BY g.source_key COLLATE "C", g.op), string_agg(coalesce(g.source_key, '*'), ' ' ORDER BY g.source_key COLLATE "C", g.op)
	FROM gone g JOIN crm_internal.source s USING (source_id) GROUP BY 1 ORDER BY 1
$$;

INSERT INTO app.client SELECT g, 'Client ' || g FROM generate_series(1, 4) g;
SELECT * FROM pg_temp.seen();
-- a detail of the source notes the source's own key, in its own writing; one without a key nothing
INSERT INTO app.email VALUES (1, 1, 'a@x.nl'), (2, 1, 'b@x.nl'), (3, 2, 'c@x.nl'), (4, NULL, 'd@x.nl');
SELECT * FROM pg_temp.seen();
UPDATE app.email SET hits = hits + 1;
UPDATE app.email SET address = address;
SELECT * FROM pg_temp.seen();
UPDATE app.email SET address = 'e@x.nl' WHERE id IN (1, 4);
SELECT * FROM pg_temp.seen();
-- moved from one client to another: both; to nobody, and from nobody: the one
UPDATE app.email SET client = 3 WHERE id = 3;
SELECT * FROM pg_temp.seen();
UPDATE app.email SET client = NULL WHERE id = 3;
SELECT * FROM pg_temp.seen();
UPDATE app.email SET client = 4 WHERE id = 3;
SELECT * FROM pg_temp.seen();
DELETE FROM app.email WHERE id = 3;
SELECT * FROM pg_temp.seen();
-- with its client: the foreign key changes and deletes the rows of the detail
UPDATE app.client SET id = 10 WHERE id = 1;
SELECT * FROM pg_temp.seen();
DELETE FROM app.client WHERE id = 10;
SELECT * FROM pg_temp.seen();
-- rolled back
BEGIN;
INSERT INTO app.email VALUES (5, 2, 'x@x.nl');
SAVEPOINT s;
INSERT INTO app.email VALUES (6, 3, 'x@x.nl');
ROLLBACK TO s;
COMMIT;
SELECT * FROM pg_temp.seen();
-- TRUNCATE, also by CASCADE: the whole source
TRUNCATE app.email;
SELECT * FROM pg_temp.seen();
INSERT INTO app.email VALUES (7, 2, 'x@x.nl');
SELECT * FROM pg_temp.seen();
TRUNCATE app.client CASCADE;
SELECT * FROM pg_temp.seen();

-- a detail behind a link notes its own key, which resolve follows to the clients by current rows
INSERT INTO app.client SELECT g, 'Client ' || g FROM generate_series(1, 4) g;
INSERT INTO app.address VALUES (1, 'Long Street 1', 'Delft'), (2, 'Short Street 2', 'Gouda');
INSERT INTO app.client_address VALUES (1, 1, 'home'), (2, 1, 'home'), (3, 1, 'work'), (4, 2, 'home');
SELECT * FROM pg_temp.seen();
INSERT INTO crm_internal.pending SELECT source_id, NULL, 'S', now() FROM crm_internal.source WHERE parent_id IS NULL;
CALL crm.resolve();
CREATE VIEW pg_temp.cities AS SELECT s.source_key, c.city FROM crm.customer_source s JOIN crm.customer c USING (customer_id);
SELECT * FROM pg_temp.cities ORDER BY 1;
UPDATE app.address SET city = 'Leiden' WHERE id = 1;
SELECT source, source_key, op, detail FROM crm.pending;
SELECT pending FROM crm.source_status;
CALL crm.resolve();
SELECT * FROM pg_temp.cities ORDER BY 1;
-- the link and what it leads to in one transaction
BEGIN;
DELETE FROM app.client_address WHERE client = 2;
UPDATE app.address SET city = 'Breda' WHERE id = 1;
UPDATE app.client_address SET address = 1 WHERE client = 4;
COMMIT;
CALL crm.resolve();
SELECT * FROM pg_temp.cities ORDER BY 1;
-- a filter that a link's row leaves and enters
UPDATE app.client_address SET kind = CASE kind WHEN 'home' THEN 'work' ELSE 'home' END;
SELECT source_key, op, detail FROM crm.pending ORDER BY 1;
CALL crm.resolve();
SELECT * FROM pg_temp.cities ORDER BY 1;
TRUNCATE app.address;
CALL crm.resolve();
SELECT * FROM pg_temp.cities ORDER BY 1;

-- inline: in the writing transaction
SELECT crm.change_source('app.client', mode => 'inline');
CALL crm.resolve();
INSERT INTO app.address VALUES (1, 'Long Street 1', 'Hoorn');
SELECT * FROM pg_temp.cities ORDER BY 1;
INSERT INTO app.email VALUES (8, 2, 'inline@x.nl');
UPDATE app.address SET city = 'Edam';
SELECT s.source_key, c.city, c.email FROM crm.customer_source s JOIN crm.customer c USING (customer_id) ORDER BY 1;
SELECT count(*) FROM crm.pending;
-- more clients hang on one address than crm.inline_limit: they wait
SET crm.inline_limit = 1;
INSERT INTO app.client_address SELECT g, 1, 'home' FROM generate_series(1, 4) g ON CONFLICT (client, address) DO UPDATE SET kind = 'home';
CALL crm.resolve();
UPDATE app.address SET city = 'Sneek';
SELECT source, source_key, op, detail FROM crm.pending;
CALL crm.resolve();
RESET crm.inline_limit;
SELECT * FROM pg_temp.cities ORDER BY 1;

-- what hangs on nothing is found
BEGIN;
DELETE FROM crm_internal.source WHERE table_name = 'client_address';
SELECT check_name, regexp_replace(problem, '\d+', 'n', 'g') AS problem FROM crm.verify();
ROLLBACK;
-- dropping takes triggers and what waits along
UPDATE app.client SET name = name || '.';
SELECT crm.drop_source('app.client');
SELECT count(*) FROM crm_internal.departmental_triggers();
SELECT count(*) FROM crm_internal.source;
SELECT count(*) FROM crm_internal.pending;
SELECT * FROM crm.verify();
