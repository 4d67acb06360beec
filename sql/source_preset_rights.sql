-- preset: what a preset does it does with the rights of whoever asks for it.
\set SHOW_CONTEXT never
\pset format unaligned
SET client_min_messages = warning;
CREATE ROLE preset_administrator;
CREATE ROLE preset_owner;
CREATE ROLE preset_reader;
SELECT crm.grant_access('preset_administrator', 'administrator'), crm.grant_access('preset_reader', 'reader');
SELECT crm.add_department('sales');
SET SESSION AUTHORIZATION preset_administrator;
SELECT crm.add_preset('desk', '{"title": "Desk", "detect": {"tables": {"client": ["id", "mail"]}}, "sources": [
	{"table": "client", "map": {"email": ["mail"], "name": [["tidy(name)", "name"]]}, "filter": "id <> 0"}, {"table": "lead", "map": {"email": "mail"}}]}');
RESET SESSION AUTHORIZATION;
CREATE SCHEMA app AUTHORIZATION preset_owner
	CREATE TABLE client (id integer PRIMARY KEY, name text, mail text)
	CREATE TABLE lead (id integer PRIMARY KEY, mail text);
ALTER TABLE app.client OWNER TO preset_owner;
ALTER TABLE app.lead OWNER TO preset_owner;

-- an administrator of crm may read what would happen, but the tables are not his
SET SESSION AUTHORIZATION preset_administrator;
SELECT statement FROM crm.preset_statements('app', 'desk');
SELECT schema, preset FROM crm.detect_preset('app');
SELECT crm.add_source('app', department => 'sales', preset => 'desk');
RESET SESSION AUTHORIZATION;
GRANT USAGE ON SCHEMA app TO preset_administrator;
GRANT SELECT, TRIGGER ON app.client TO preset_administrator;
-- all or nothing
SET SESSION AUTHORIZATION preset_administrator;
SELECT crm.add_source('app', department => 'sales', preset => 'desk');
SELECT source FROM crm.source_status;
SELECT crm.add_source('app.client', department => 'sales', preset => 'desk');
SELECT source, preset FROM crm.preset_report;
RESET SESSION AUTHORIZATION;
ALTER TABLE app.client ADD phone text;
SET SESSION AUTHORIZATION preset_administrator;
SELECT crm.drop_preset('desk');
SELECT * FROM crm.refresh_preset('app.client');
SELECT crm.add_preset('desk', '{"title": "Desk", "detect": {"tables": {"client": ["id", "mail"]}}, "sources": [{"table": "client", "map": {"email": ["mail"], "phone": "phone"}}]}');
RESET SESSION AUTHORIZATION;
REVOKE TRIGGER ON app.client FROM preset_administrator;
SET SESSION AUTHORIZATION preset_administrator;
SELECT * FROM crm.refresh_preset('app.client');
RESET SESSION AUTHORIZATION;
GRANT TRIGGER ON app.client TO preset_administrator;
SET SESSION AUTHORIZATION preset_administrator;
SELECT * FROM crm.refresh_preset('app.client');

-- readers see what there is and do nothing
SET SESSION AUTHORIZATION preset_reader;
SELECT name FROM crm.presets WHERE NOT builtin;
SELECT source, preset FROM crm.preset_report;
SELECT * FROM crm.preset_statements('app', 'desk');
SELECT * FROM crm.detect_preset();
SELECT crm.add_preset('x', '{}');
SELECT crm.drop_preset('desk');
SELECT * FROM crm.refresh_preset('app.client');
SELECT crm_internal.preset_plan('app', NULL, 'desk', '{}');
RESET SESSION AUTHORIZATION;

-- what a document makes run, it makes run with the rights of who asked
SET SESSION AUTHORIZATION preset_owner;
CREATE FUNCTION app.who(text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE WARNING 'checked by %', current_user; RETURN true; END $$;
CREATE DOMAIN app.spy AS text CHECK (app.who(VALUE));
GRANT USAGE ON SCHEMA app TO preset_administrator;
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION preset_administrator;
SELECT crm.add_preset('spy', '{"title": "Spy", "detect": {"tables": {"client": ["id"]}}, "sources": [{"table": "client", "map": {"email": ["mail", "(''{x}''::app.spy[])[1]"]}}]}');
SELECT left_out FROM crm.preset_statements('app.client', 'spy');
RESET SESSION AUTHORIZATION;

-- nothing that is written in a name or a document gets out of its quotes
CREATE TABLE public.harm (note text);
CREATE SCHEMA "a'b"
	CREATE TABLE "c""d$$'; INSERT INTO harm VALUES (1); --" (id integer PRIMARY KEY, "e'f" text, "g""h\" text);
SELECT crm.add_preset('hostile', jsonb_build_object('title', 'x', 'detect', '{"tables": {"x": []}}'::jsonb, 'sources', jsonb_build_array(jsonb_build_object(
	'table', 'c"d$$''; INSERT INTO harm VALUES (1); --', 'map', jsonb_build_object('name', jsonb_build_array('e''f', 'g"h\', '''$$ || $x$''', '''\''', '1); INSERT INTO harm VALUES (2); --')),
	'filter', jsonb_build_array('id <> 1) OR (true', 'id <> 2 -- ', 'id <> 3; INSERT INTO harm VALUES (3)', 'id <> 4'),
	'kind', 'person''; INSERT INTO harm VALUES (4); --', 'key', jsonb_build_array('id')))));
SELECT * FROM crm.preset_statements('"a''b"', 'hostile', department => 'x''; INSERT INTO harm VALUES (5); --');
SELECT crm.add_source('"a''b"', department => 'sales', preset => 'hostile', filter => 'id <> 5) OR (true');
SELECT crm.add_source('"a''b"', department => 'sales', preset => 'hostile', filter => 'id <> 5');
SET escape_string_warning = off;
SET standard_conforming_strings = off;
SELECT statement FROM crm.preset_statements('"a\'b"', 'hostile');
RESET standard_conforming_strings;
SELECT mapping, filter FROM crm_internal.source WHERE schema_name = 'a''b';
SELECT * FROM public.harm;

SELECT crm.revoke_access('preset_administrator'), crm.revoke_access('preset_reader');
DROP OWNED BY preset_administrator, preset_owner, preset_reader;
DROP ROLE preset_administrator, preset_owner, preset_reader;
