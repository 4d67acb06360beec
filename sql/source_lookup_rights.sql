-- Whose rights a look-up runs with, and whose code it may run.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE ROLE crm_test_owner;
CREATE ROLE crm_test_other;
CREATE ROLE crm_test_admin;
CREATE SCHEMA sales AUTHORIZATION crm_test_owner;
CREATE SCHEMA ref AUTHORIZATION crm_test_other;
GRANT USAGE ON SCHEMA sales TO crm_test_admin;
GRANT EXECUTE ON FUNCTION crm.add_source, crm.change_source, crm.drop_source TO crm_test_admin;
SET ROLE crm_test_owner;
CREATE TABLE sales.account (id integer PRIMARY KEY, mail text, country_id integer);
INSERT INTO sales.account VALUES (1, 'a@b.example', 1);
GRANT SELECT, TRIGGER ON sales.account TO crm_test_admin;
RESET ROLE;
SET ROLE crm_test_other;
CREATE TABLE ref.country (id integer PRIMARY KEY, code text, secret text);
INSERT INTO ref.country VALUES (1, 'NL', 's');
RESET ROLE;

-- of the extension's schema everybody may name this function, and nothing else
SET ROLE crm_test_owner;
SELECT crm.lookup(1, 'sales.account.mail');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}');
SELECT * FROM crm.customer;
SELECT crm.lookup(1, 'ref.country.code');
SELECT crm.lookup(1, 'crm_internal.source(source_id).table_name');
RESET ROLE;

-- the caller must be able to read what is looked up, and watch it
SET ROLE crm_test_admin;
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail", "country": "lookup(country_id, ''ref.country.code'')"}');
RESET ROLE;
GRANT USAGE ON SCHEMA ref TO crm_test_admin;
GRANT SELECT (id, code) ON ref.country TO crm_test_admin;
SET ROLE crm_test_admin;
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail", "country": "lookup(country_id, ''ref.country.secret'')"}');
-- and so must the owner of the table, as whom expressions run: his schema, his columns
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail", "country": "lookup(country_id, ''ref.country.code'')"}');
RESET ROLE;
GRANT USAGE ON SCHEMA ref TO crm_test_owner;
SET ROLE crm_test_admin;
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail", "country": "lookup(country_id, ''ref.country.code'')"}');
RESET ROLE;
GRANT SELECT (id, code) ON ref.country TO crm_test_owner;
GRANT TRIGGER ON ref.country TO crm_test_admin;
SET ROLE crm_test_admin;
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail", "country": "lookup(country_id, ''ref.country.code'')"}');
RESET ROLE;
SELECT attributes FROM crm_internal.read_source(1, '{1}');

-- a right that goes is noticed
REVOKE SELECT (code) ON ref.country FROM crm_test_owner;
SELECT attributes FROM crm_internal.read_source(1, '{1}');
SELECT source, needs_attention FROM crm.source_status;
GRANT SELECT (code) ON ref.country TO crm_test_owner;
SELECT attributes FROM crm_internal.read_source(1, '{1}');

-- nothing of a third party runs with the owner's rights: neither what he puts in the table's place later
SET ROLE crm_test_other;
CREATE FUNCTION ref.steal(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$;
ALTER TABLE ref.country RENAME TO real_country;
CREATE VIEW ref.country AS SELECT id, ref.steal(code) AS code FROM ref.real_country;
GRANT SELECT ON ref.country TO crm_test_owner, crm_test_admin;
RESET ROLE;
SELECT attributes FROM crm_internal.read_source(1, '{1}');
SET ROLE crm_test_owner;
SELECT crm.lookup(1, 'ref.country.code');
SELECT crm.lookup(1, 'ref.country(id).code');
RESET ROLE;
SET ROLE crm_test_admin;
SELECT crm.change_source('sales.account', map => '{"email": "mail", "country": "lookup(country_id, ''ref.country(id).code'')"}');
RESET ROLE;
SET ROLE crm_test_other;
DROP VIEW ref.country;
ALTER TABLE ref.real_country RENAME TO country;
-- nor the conditions of his row security
ALTER TABLE ref.country ENABLE ROW LEVEL SECURITY;
CREATE POLICY trap ON ref.country USING (ref.steal(code) IS NULL);
RESET ROLE;
SELECT attributes FROM crm_internal.read_source(1, '{1}');
SET ROLE crm_test_admin;
SELECT crm.change_source('sales.account', map => '{"email": "mail", "country": "lookup(country_id, ''ref.country.code'')"}');
RESET ROLE;
SET ROLE crm_test_other;
DROP POLICY trap ON ref.country;
ALTER TABLE ref.country DISABLE ROW LEVEL SECURITY;
-- nor his cast, where a value becomes text
CREATE TYPE ref.mood AS ENUM ('glad', 'sad');
CREATE FUNCTION ref.mood_text(ref.mood) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ran as %', current_user; END $$;
CREATE CAST (ref.mood AS text) WITH FUNCTION ref.mood_text(ref.mood);
CREATE TABLE ref.person (mood ref.mood PRIMARY KEY, other ref.mood);
INSERT INTO ref.person VALUES ('glad', 'sad');
GRANT SELECT ON ref.person TO crm_test_owner;
RESET ROLE;
SET ROLE crm_test_owner;
SELECT crm.lookup('glad'::text, 'ref.person.other');
RESET ROLE;

-- his own row security hides from the owner of the table what it hides from him elsewhere; a superuser's holds too
ALTER TABLE ref.country OWNER TO CURRENT_USER;
ALTER TABLE ref.country ENABLE ROW LEVEL SECURITY;
SELECT attributes FROM crm_internal.read_source(1, '{1}');
CREATE POLICY shown ON ref.country USING (code <> current_setting('crm_test.hidden', true));
SET crm_test.hidden = 'XX';
SELECT attributes FROM crm_internal.read_source(1, '{1}');
SELECT attributes FROM crm_internal.read_source(1, '{1}');
SET ROLE crm_test_owner;
CREATE FUNCTION sales.hidden(id integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	seen text := '';
BEGIN
	FOREACH seen IN ARRAY '{XX,NL}'::text[] LOOP
		PERFORM set_config('crm_test.hidden', seen, true);
		seen := coalesce(crm.lookup(id, 'ref.country.code'), 'nothing');
		RAISE NOTICE 'with % hidden: %', current_setting('crm_test.hidden'), seen;
	END LOOP;
	RETURN seen;
END $$;
SELECT sales.hidden(1);
RESET ROLE;
SET client_min_messages = warning;
SELECT crm.drop_source('sales.account');
DROP SCHEMA sales, ref CASCADE;
DROP OWNED BY crm_test_owner, crm_test_other, crm_test_admin;
DROP ROLE crm_test_owner, crm_test_other, crm_test_admin;
