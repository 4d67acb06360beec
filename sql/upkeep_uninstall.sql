-- crm.uninstall() lists what would go, refuses while others depend on crm, and then leaves nothing.
\set SHOW_CONTEXT never
CREATE SCHEMA shop;
CREATE TABLE shop.client (id integer PRIMARY KEY, name text) PARTITION BY RANGE (id);
CREATE TABLE shop.client_1 PARTITION OF shop.client FOR VALUES FROM (0) TO (100);
-- a trigger of crm that no source knows of any more
CREATE FUNCTION crm_internal.left_over() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
ALTER EXTENSION crm ADD FUNCTION crm_internal.left_over();
CREATE TRIGGER crm_10_capture AFTER INSERT ON shop.client FOR EACH ROW EXECUTE FUNCTION crm_internal.left_over();
CREATE TRIGGER own BEFORE UPDATE ON shop.client_1 FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();

-- objects of others
CREATE VIEW shop.golden AS SELECT customer_id, name FROM crm.customer;
CREATE VIEW shop.more AS SELECT * FROM shop.golden;
CREATE FUNCTION shop.who(integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT crm.customer_of('shop.client', $1::text); END;
CREATE TABLE shop.contact (customer bigint DEFAULT crm.current_customer(1));
-- made at run time in crm's own schema
CREATE VIEW crm.report AS SELECT count(*) FROM crm.customer;

SELECT * FROM crm.uninstall();
SELECT * FROM crm.uninstall(dry_run => false);
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'shop.%' ORDER BY 1, 2;

DROP VIEW shop.golden CASCADE;
DROP FUNCTION shop.who;
ALTER TABLE shop.contact ALTER customer DROP DEFAULT;
SELECT * FROM crm.uninstall();
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT * FROM crm.uninstall(dry_run => false);
SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'shop.%' ORDER BY 1, 2;
SELECT nspname FROM pg_namespace WHERE nspname LIKE 'crm%';
SELECT extname FROM pg_extension WHERE extname = 'crm';
INSERT INTO shop.client VALUES (1, 'Ann');
-- and it can come back
CREATE EXTENSION crm CASCADE;
SELECT count(*) FROM crm.customer;
