-- Details: child tables whose rows add values to those of a source; naming, checking, changing and dropping them.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA app;
CREATE TABLE app.client (id bigint PRIMARY KEY, name text, email text);
CREATE TABLE app.client_email (
	id integer PRIMARY KEY,
	client_id integer REFERENCES app.client ON DELETE CASCADE,
	address text,
	is_primary boolean,
	deleted boolean NOT NULL DEFAULT false);
CREATE INDEX ON app.client_email (client_id);
CREATE TABLE app.lead (id uuid PRIMARY KEY, name text);
CREATE TABLE app.memo (id integer PRIMARY KEY, about text, body text);
INSERT INTO app.client VALUES (1, 'Ann Smith', 'own@x.nl'), (2, 'Bob Jones', NULL), (3, 'Cem Kaya', NULL);
INSERT INTO app.client_email VALUES (10, 1, 'old@x.nl'), (11, 1, 'main@x.nl'), (12, 1, 'no@x.nl'), (13, 1, 'main@x.nl'),
	(14, 1, 'gone@x.nl'), (15, 1, 'own@x.nl'), (20, 2, ' bob@x.nl '), (21, 2, ''), (30, NULL, 'nobody@x.nl');
UPDATE app.client_email SET is_primary = id = 11 WHERE id IN (11, 12, 13);
UPDATE app.client_email SET deleted = true WHERE id = 14;
SELECT crm.add_department('app');
SELECT crm.add_source('app.client', department => 'app', map => '{"name": "name", "email": "email"}');
SELECT crm.add_source('app.lead', department => 'app', map => '{"name": "name"}');
CREATE FUNCTION pg_temp.values_of(of text) RETURNS TABLE (source_key text, attributes jsonb, error text) LANGUAGE sql AS $$
	SELECT r.source_key, r.attributes, r.error FROM crm_internal.source s,
		crm_internal.read_source(s.source_id, ARRAY(SELECT generate_series(1, 9)::text)) r
	WHERE s.parent_id IS NULL AND s.schema_name || '.' || s.table_name = of ORDER BY 1
$$;

-- what cannot be
SELECT crm.add_detail(NULL, of => 'app.client', key => '{client_id}');
SELECT crm.add_detail('app.client_email', of => 'app.nowhere', key => '{client_id}');
SELECT crm.add_detail('app.nowhere', of => 'app.client', key => '{client_id}');
SELECT crm.add_detail('app.client_email', of => 'app.client', key => NULL);
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{}');
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client}');
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id,id}');
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id = no}');
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id = id, id}');
SELECT crm.add_detail('app.client_email', of => 'app.lead', key => '{client_id}');
SELECT crm.add_detail('app.memo', of => 'app.client', key => '{about}');
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id}', map => '{"email": "adress"}');
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id}', map => '{"email": "address"}', filter => 'address');
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id}', map => '{"email": "address"}', preferred => 'id');
SELECT count(*) FROM crm.source_detail;
SELECT count(*) FROM crm_internal.departmental_triggers() WHERE relation = 'app.client_email'::regclass;

-- what can: preferred rows first, then the oldest; a value once, without blanks; those of the source first
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id}', map => '{"email": "address"}',
	filter => 'NOT deleted', preferred => 'is_primary');
SELECT * FROM pg_temp.values_of('app.client');
SELECT * FROM crm.source_detail;
-- by mistake once more: nothing changes
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id}', map => '{"email": "address"}', filter => 'not deleted');
-- the same table once more, for other rows
SELECT crm.add_detail('app.client_email', of => 'app.client', key => '{client_id}', map => '{"external_id": "''was '' || address"}', filter => 'deleted');
SELECT * FROM pg_temp.values_of('app.client');
SELECT detail, number, filter, attributes FROM crm.source_detail ORDER BY number;
SELECT crm.change_detail('app.client_email', of => 'app.client', filter => '');
SELECT crm.change_detail('4', of => 'app.client', filter => 'NOT deleted');
SELECT crm.change_detail('4', of => 'app.client', map => '{"external_id": "upper(address)"}', filter => '');
SELECT * FROM pg_temp.values_of('app.client');
SELECT crm.change_detail('4', of => 'app.client', map => '{}');
SELECT * FROM pg_temp.values_of('app.client');
SELECT crm.drop_detail('4', of => 'app.client');
SELECT crm.drop_detail('app.lead', of => 'app.client');
SELECT count(*) FROM crm_internal.departmental_triggers() WHERE relation = 'app.client_email'::regclass;
-- a detail is no source, and one may be made of it
SELECT crm.drop_source('app.client_email');
SELECT crm.add_source('app.client_email', department => 'app', map => '{"email": "address"}');
SELECT crm.drop_source('app.client_email');
SELECT * FROM pg_temp.values_of('app.client') WHERE source_key = '1';

-- customers have the values
CALL crm.resolve();
SELECT name, email FROM crm.customer ORDER BY name;
SELECT attribute, value, source_key FROM crm.customer_lineage WHERE source = 'app.client' AND attribute = 'email' ORDER BY 3, 2;

-- a bad row of a detail: the source's row waits with its error, which tells no value
SELECT crm.change_detail('app.client_email', of => 'app.client', map => '{"email": "address", "external_id": "(100 / (address <> ''no@x.nl'')::integer)::text"}');
CALL crm.resolve();
SELECT source, source_key, op, error, detail FROM crm.pending;
UPDATE app.client_email SET address = 'yes@x.nl' WHERE id = 12;
CALL crm.resolve();
SELECT count(*) FROM crm.pending;

-- what becomes of its table and columns is followed by the next run
ALTER TABLE app.client_email RENAME TO mail;
ALTER TABLE app.mail RENAME COLUMN address TO mail_address;
ALTER TABLE app.mail RENAME COLUMN client_id TO client;
INSERT INTO app.mail VALUES (40, 3, 'cem@x.nl');
CALL crm.resolve();
SELECT detail, key, attributes, needs_attention FROM crm.source_detail;
SELECT name, email FROM crm.customer ORDER BY name;
SELECT source, source_key, op FROM crm.pending;
-- what cannot be shows at the source, with the statement that repairs it
DROP TRIGGER crm_50_capture_3 ON app.mail;
SELECT needs_attention, repair FROM crm.source_status WHERE source = 'app.client';
SELECT repair FROM crm.source_status WHERE source = 'app.client' \gexec
ALTER TABLE app.mail DROP COLUMN mail_address;
SELECT detail, needs_attention, repair FROM crm.source_detail;
DROP TABLE app.mail;
SELECT needs_attention, repair FROM crm.source_status WHERE source = 'app.client';
UPDATE app.client SET name = 'Ann Smyth' WHERE id = 1;
CALL crm.resolve();
SELECT name, email FROM crm.customer ORDER BY name;
SELECT source, op FROM crm.pending;
SELECT repair FROM crm.source_status WHERE source = 'app.client' \gexec
CALL crm.resolve();
SELECT name, email FROM crm.customer ORDER BY name;
SELECT * FROM crm.verify();
