-- What the planner works out about a table of somebody else would run his functions: no look-up there.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE ROLE crm_test_owner;
CREATE ROLE crm_test_other;
CREATE SCHEMA sales AUTHORIZATION crm_test_owner;
CREATE SCHEMA ref AUTHORIZATION crm_test_other;
GRANT USAGE ON SCHEMA ref TO crm_test_owner;
SET ROLE crm_test_other;
CREATE FUNCTION ref.holds(integer) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS
	$$ BEGIN IF current_user <> 'crm_test_other' THEN RAISE WARNING 'runs with the rights of somebody else'; END IF; RETURN true; END $$;
CREATE FUNCTION ref.plain(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN lower($1); END $$;
CREATE FUNCTION ref.put(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT CASE WHEN ref.holds(2) THEN $1 END';
CREATE TABLE ref.country (id integer PRIMARY KEY, name text);
INSERT INTO ref.country VALUES (1, 'Netherlands');
GRANT SELECT ON ref.country TO crm_test_owner;
-- over the row, and not in SQL: nothing that could be worked out beforehand
CREATE INDEX ON ref.country (ref.plain(name), lower(name)) WHERE name <> 'x';
SET ROLE crm_test_owner;
SELECT crm.lookup(1, 'ref.country.name');
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, country_id integer);
INSERT INTO sales.account VALUES (1, 'Ann Abel', 1);
RESET ROLE;
SELECT crm.add_source('sales.account', 'sales', map => '{"name": "name", "country": "lookup(country_id, ''ref.country.name'')"}');
CALL crm.resolve();
SET ROLE crm_test_other;
CREATE INDEX planned ON ref.country (id) WHERE ref.holds(1);
RESET ROLE;
SELECT source, needs_attention FROM crm.source_status;
UPDATE sales.account SET name = 'Ann Bakker';
CALL crm.resolve();
SET ROLE crm_test_owner;
SELECT crm.lookup(1, 'ref.country.name');
RESET ROLE;
DROP INDEX ref.planned;
CALL crm.resolve();
SELECT attributes FROM crm.customer_source;
-- so it is with what stands in the place of a call, with constraints and with statistics
SET ROLE crm_test_other;
CREATE INDEX planned ON ref.country (ref.put(name));
SET ROLE crm_test_owner;
SELECT crm.lookup(1, 'ref.country.name');
SET ROLE crm_test_other;
DROP INDEX ref.planned;
CREATE TABLE ref.former (CONSTRAINT planned CHECK (ref.holds(3))) INHERITS (ref.country);
SET ROLE crm_test_owner;
SELECT crm.lookup(1, 'ref.country.name');
SET ROLE crm_test_other;
DROP TABLE ref.former;
CREATE STATISTICS ref.planned ON ref.put(name) FROM ref.country;
SET ROLE crm_test_owner;
SELECT crm.lookup(1, 'ref.country.name');
RESET ROLE;
SET client_min_messages = warning;
SELECT crm.drop_source('sales.account');
DROP OWNED BY crm_test_owner, crm_test_other;
DROP ROLE crm_test_owner, crm_test_other;
