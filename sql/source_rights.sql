-- Who may make a source of what, and as whom its expressions run.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE ROLE crm_test_owner;
CREATE ROLE crm_test_admin;
CREATE ROLE crm_test_thief;
CREATE SCHEMA sales AUTHORIZATION crm_test_owner;
GRANT USAGE ON SCHEMA sales, crm TO crm_test_admin, crm_test_thief, crm_test_owner;
GRANT EXECUTE ON FUNCTION crm.add_source, crm.drop_source, crm.change_source, crm.repair_source, crm.suggest_mapping TO crm_test_admin, crm_test_thief, crm_test_owner;
GRANT SELECT ON crm.source_status, crm.pending TO crm_test_admin;
SET ROLE crm_test_owner;
CREATE TABLE sales.account (id integer PRIMARY KEY, mail text, secret text);
INSERT INTO sales.account VALUES (1, 'a@b.example', 's'), (2, 'c@d.example', 't');
RESET ROLE;

-- an administrator of crm needs the owner's leave: to read, and to watch
SET ROLE crm_test_admin;
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}');
SELECT crm.suggest_mapping('sales.account');
RESET ROLE;
GRANT SELECT (id, mail) ON sales.account TO crm_test_admin;
SET ROLE crm_test_admin;
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}');
RESET ROLE;
GRANT TRIGGER ON sales.account TO crm_test_admin;
SET ROLE crm_test_admin;
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail", "name": "secret"}');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}', filter => 'account IS NOT NULL');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}');
SELECT source, kind, needs_attention FROM crm.source_status;
SELECT source, source_key, op FROM crm.pending;
SELECT current_user, count(*) FROM crm_internal.source;
RESET ROLE;
SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'sales.account'::regclass AND tgname LIKE 'crm%';

-- row security that binds even the owner hides nothing from crm
ALTER TABLE sales.account ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
SELECT source_key FROM crm_internal.read_source(1, '{1,2}') ORDER BY 1;
-- who owns the table does not own what crm keeps, and may drop and take part all the same
SET ROLE crm_test_owner;
SELECT crm.drop_source('sales.account');
CREATE FUNCTION sales.who(text) RETURNS text LANGUAGE sql STABLE AS 'SELECT current_user::text || current_setting(''search_path'')';
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail", "name": "sales.who(mail)"}');
RESET ROLE;
-- expressions run as the owner of the table, under a fixed search_path
SELECT attributes->'name' AS runs_as FROM crm_internal.read_source(2, '{1}');

-- a function of a third party would run with the owner's rights
GRANT ALL ON SCHEMA sales TO crm_test_thief;
GRANT SELECT, TRIGGER ON sales.account TO crm_test_thief;
SET ROLE crm_test_thief;
CREATE FUNCTION sales.steal(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
CREATE FUNCTION sales.cheat(text, text) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT true';
CREATE OPERATOR sales.@@@ (LEFTARG = text, RIGHTARG = text, FUNCTION = sales.cheat);
SELECT crm.change_source('sales.account', map => '{"email": "sales.steal(mail)"}');
SELECT crm.change_source('sales.account', filter => 'mail OPERATOR(sales.@@@) mail');
-- nor do the checks of his domain, by itself or inside another type, nor a view he made
CREATE DOMAIN sales.checked AS text CHECK (sales.cheat(VALUE, VALUE));
CREATE TYPE sales.pair AS (one sales.checked);
CREATE VIEW sales.look AS SELECT sales.steal('x') AS name;
GRANT SELECT ON sales.look TO crm_test_owner;
SELECT crm.change_source('sales.account', map => '{"email": "mail::sales.checked"}');
SELECT crm.change_source('sales.account', map => '{"email": "(ARRAY[mail]::sales.checked[])[1]"}');
SELECT crm.change_source('sales.account', map => '{"email": "(jsonb_populate_record(NULL::sales.pair, to_jsonb(mail))).one"}');
SELECT crm.change_source('sales.account', map => '{"email": "mail", "name": "table_to_xml(''sales.look'', true, false, mail)::text"}');
RESET ROLE;
-- what the owner may run tells the caller nothing that he may not ask for himself
SET ROLE crm_test_owner;
REVOKE EXECUTE ON FUNCTION sales.who FROM PUBLIC;
SET ROLE crm_test_thief;
SELECT crm.change_source('sales.account', map => '{"email": "mail", "name": "sales.who(mail)"}');
RESET ROLE;
-- an operator of the caller's choosing on his search_path changes nothing inside
SET search_path = sales, pg_catalog;
SET ROLE crm_test_thief;
CREATE FUNCTION sales.same(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$;
CREATE OPERATOR sales.= (LEFTARG = text, RIGHTARG = text, FUNCTION = sales.same);
RESET ROLE;
SELECT crm.change_source('sales.account', trust => 0.7);
CALL crm.sync('sales.account');
SELECT source_key FROM crm_internal.read_source(2, '{1,2}') ORDER BY 1;
SELECT crm.repair_source('sales.account');
SELECT source, needs_attention FROM crm.source_status;
SELECT crm.drop_source('sales.account');
RESET search_path;

-- what the owner himself cannot reach is refused at once
SET ROLE crm_test_owner;
CREATE TABLE sales.far (id integer PRIMARY KEY, mail text);
RESET ROLE;
CREATE FUNCTION public.guarded(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1';
REVOKE EXECUTE ON FUNCTION public.guarded FROM PUBLIC;
SELECT crm.add_source('sales.far', 'sales', '{"email": "public.guarded(mail)"}');
SELECT count(*) AS sources FROM crm_internal.source;

-- to put back or compare what was registered takes no right to the schema either
SELECT crm.add_source('sales.far', 'sales', '{"email": "mail"}');
REVOKE USAGE ON SCHEMA sales FROM crm_test_admin;
GRANT EXECUTE ON PROCEDURE crm.sync TO crm_test_admin;
SET ROLE crm_test_admin;
SELECT crm.repair_source('sales.far');
CALL crm.sync('sales.far');
RESET ROLE;
SELECT source, needs_attention FROM crm.source_status;
SELECT crm.drop_source('sales.far');

-- without EXECUTE nothing goes at all
REVOKE EXECUTE ON FUNCTION crm.add_source, crm.drop_source FROM crm_test_thief;
SET ROLE crm_test_thief;
SELECT crm.add_source('sales.far', 'sales', '{"email": "mail"}');
SELECT crm.drop_source('sales.far');
CALL crm.sync();
RESET ROLE;
SET client_min_messages = warning;
DROP SCHEMA sales CASCADE;
DROP OWNED BY crm_test_owner, crm_test_admin, crm_test_thief;
DROP ROLE crm_test_owner, crm_test_admin, crm_test_thief;
