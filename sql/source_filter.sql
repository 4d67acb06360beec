-- Filters: a row that leaves its source's filter counts as deleted, one that enters it as inserted; of details alike.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA app;
SELECT crm.add_department('app');
CREATE FUNCTION app.day() RETURNS date LANGUAGE sql STABLE AS $$ SELECT date '2026-01-01' $$;
-- soft deletes, own users, delivery addresses; none of these columns is mapped
CREATE TABLE app.partner (id integer PRIMARY KEY, name text, kind text NOT NULL DEFAULT 'contact', active boolean DEFAULT true, is_user boolean NOT NULL DEFAULT false, deleted_at timestamptz, notes text);
CREATE TABLE app.mail (id integer PRIMARY KEY, partner integer, address text, hidden boolean NOT NULL DEFAULT false, notes text);
INSERT INTO app.partner (id, name) SELECT g, 'Partner ' || chr(64 + g) FROM generate_series(1, 5) g;
INSERT INTO app.mail SELECT g, g, 'p' || g || '@x.nl' FROM generate_series(1, 5) g;
UPDATE app.partner SET is_user = true WHERE id = 5;
SELECT crm.add_source('app.partner', department => 'app', map => '{"name": "name"}',
	filter => 'active AND kind = ''contact'' AND NOT is_user AND deleted_at IS NULL');
SELECT crm.add_detail('app.mail', of => 'app.partner', key => '{partner}', map => '{"email": "address"}', filter => 'NOT hidden');
CREATE FUNCTION pg_temp.known() RETURNS TABLE (keys text, emails text) LANGUAGE sql AS $$
	SELECT (SELECT string_agg(source_key, ' ' ORDER BY source_key) FROM crm.customer_source),
		(SELECT string_agg(email, ' ' ORDER BY email) FROM crm.customer)
$$;
CALL crm.resolve();
SELECT * FROM pg_temp.known();
-- who leaves, whatever column it is by; NULL is not true
UPDATE app.partner SET active = NULL WHERE id = 1;
UPDATE app.partner SET kind = 'delivery' WHERE id = 2;
UPDATE app.partner SET deleted_at = now() WHERE id = 3;
UPDATE app.partner SET notes = 'nobody reads this';
SELECT source_key, op FROM crm.pending ORDER BY 1;
CALL crm.resolve();
SELECT * FROM pg_temp.known();
-- what changes while it is out is not told; what enters is as new
UPDATE app.partner SET name = 'Partner X' WHERE id = 1;
UPDATE app.mail SET address = 'x@x.nl' WHERE partner = 1;
CALL crm.resolve();
SELECT * FROM pg_temp.known();
UPDATE app.partner SET active = true, kind = 'contact', is_user = false, deleted_at = NULL;
CALL crm.resolve();
SELECT * FROM pg_temp.known();
-- in and out again before anybody looked
UPDATE app.partner SET active = false WHERE id = 4;
UPDATE app.partner SET active = true WHERE id = 4;
CALL crm.resolve();
SELECT * FROM pg_temp.known();
-- a detail's row leaves and enters
UPDATE app.mail SET hidden = true WHERE id IN (1, 2);
SELECT source_key, op FROM crm.pending ORDER BY 1;
CALL crm.resolve();
SELECT * FROM pg_temp.known();
UPDATE app.mail SET hidden = false WHERE id = 1;
CALL crm.resolve();
SELECT * FROM pg_temp.known();

-- inline
SELECT crm.change_source('app.partner', mode => 'inline');
CALL crm.resolve();
UPDATE app.partner SET is_user = true WHERE id = 1;
SELECT * FROM pg_temp.known();
UPDATE app.partner SET is_user = false WHERE id = 1;
SELECT * FROM pg_temp.known();
UPDATE app.mail SET hidden = NOT hidden;
SELECT * FROM pg_temp.known();
SELECT count(*) FROM crm.pending;

-- another filter: the whole source is looked at; a full look finds nothing to add to what capture told
SELECT crm.change_source('app.partner', filter => 'id <> 3 AND app.day() > ''2025-12-31''');
SELECT crm.change_detail('app.mail', of => 'app.partner', filter => '');
CALL crm.resolve();
SELECT * FROM pg_temp.known();
CALL crm.sync('app.partner');
SELECT count(*) FROM crm.pending;
SELECT crm.change_source('app.partner', filter => '');
CALL crm.resolve();
SELECT * FROM pg_temp.known();
-- a filter that fails for a row: that row waits, the others go on
SELECT crm.change_source('app.partner', filter => '10 / (id - 3) IS NOT NULL');
CALL crm.resolve();
SELECT source_key, op, error FROM crm.pending;
SELECT * FROM pg_temp.known();
