-- A cast that the owner of a type makes is followed neither where rows are written nor where they are
-- read: it would run with the rights of others, and could make a department's write fail.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE ROLE crm_test_owner;
CREATE ROLE crm_test_thief;
CREATE SCHEMA sales AUTHORIZATION crm_test_owner;
CREATE SCHEMA other AUTHORIZATION crm_test_thief;
GRANT USAGE ON SCHEMA other TO crm_test_owner;
SET ROLE crm_test_thief;
CREATE TYPE other.colour AS ENUM ('red', 'green');
SET ROLE crm_test_owner;
CREATE TABLE sales.account (colour other.colour PRIMARY KEY, name text);
CREATE TABLE sales.mail (colour other.colour REFERENCES sales.account, mail text);
INSERT INTO sales.account VALUES ('red', 'Ann Abel'), ('green', 'Bob Bakker');
INSERT INTO sales.mail VALUES ('red', 'ann@a.example'), ('red', 'abel@a.example');
RESET ROLE;
SET client_min_messages = warning;
SELECT crm.add_source('sales.account', 'sales', map => '{"name": "name"}', filter => 'colour::text <> ''blue''');
SELECT crm.add_source('sales.account', 'sales', map => '{"name": "name"}', filter => 'colour <> ''green'' OR true', entered_by => 'colour', region => 'colour', belongs_to => 'colour', relation => 'colour');
SELECT crm.add_detail('sales.mail', of => 'sales.account', key => '{colour}', map => '{"email": "mail", "city": "colour"}');
CALL crm.resolve();
SET ROLE crm_test_thief;
CREATE FUNCTION other.steal(other.colour) RETURNS text LANGUAGE plpgsql STABLE AS $$ BEGIN RAISE EXCEPTION 'runs as %', current_user; END $$;
CREATE CAST (other.colour AS text) WITH FUNCTION other.steal(other.colour);
SET ROLE crm_test_owner;
UPDATE sales.account SET name = 'Ann Bakker' WHERE colour = 'red';
INSERT INTO sales.mail VALUES ('green', 'bob@b.example');
RESET ROLE;
SELECT source_key, op FROM crm.pending ORDER BY source_key;
\c -
SET client_min_messages = warning;
CALL crm.resolve();
SELECT source_key, attributes FROM crm.customer_source ORDER BY source_key;
SELECT source, needs_attention FROM crm.source_status;
CALL crm.sync();
SELECT count(*) AS pending FROM crm.pending;
SELECT crm.drop_source('sales.account');
DROP OWNED BY crm_test_thief, crm_test_owner CASCADE;
DROP ROLE crm_test_thief, crm_test_owner;
