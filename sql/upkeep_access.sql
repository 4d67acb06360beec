-- What each level of access may do, and what nobody without one may.
\set SHOW_CONTEXT never
-- the rows are written by hand, as resolving would write them
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, name text);
SELECT crm.add_department('sales');
SELECT crm.add_source('sales.account', department => 'sales', map => '{"name": "name"}');
DELETE FROM crm_internal.pending;
INSERT INTO crm_internal.customer_identity DEFAULT VALUES;
INSERT INTO crm_internal.record (source_id, source_key, customer_id, kind, attributes, profile, tie, changed_at) VALUES
	(1, '1', 1, 'p', '{"name": ["Ann Lee"], "phone": ["+311"], "city": ["Gent"]}', '\x', 1, '2024-01-01');
SELECT crm_internal.refresh_customers('{1}');
CREATE ROLE regress_crm_nobody;
CREATE ROLE regress_crm_analyst;
CREATE ROLE regress_crm_reader;
CREATE ROLE regress_crm_administrator;
SELECT crm.grant_access('regress_crm_analyst', 'analyst');
SELECT crm.grant_access('regress_crm_reader', 'reader');
SELECT crm.grant_access('regress_crm_administrator', 'administrator');
SELECT crm.grant_access('regress_crm_reader', 'god');
SELECT crm.grant_access('regress_crm_stranger', 'reader');

SET ROLE regress_crm_nobody;
SELECT customer_id FROM crm.customer;

SET ROLE regress_crm_analyst;
SELECT customer_id, kind, city FROM crm.customer;
SELECT attribute, wins, rule FROM crm.customer_lineage WHERE customer_id = 1;
SELECT name FROM crm.customer;
SELECT phones FROM crm.customer;
SELECT attributes FROM crm.customer;
SELECT value FROM crm.customer_lineage;
SELECT value FROM crm.customer_history;
SELECT name FROM crm.customer_source;
SELECT source_key FROM crm.customer_source;
SELECT crm.customer_of('sales.account', '1');

SET ROLE regress_crm_reader;
SELECT customer_id, name, phone FROM crm.customer;
SELECT attribute, value, rule FROM crm.customer_lineage WHERE customer_id = 1;
SELECT attribute, value FROM crm.customer_history ORDER BY attribute;
SELECT name FROM crm.customer_source;
SELECT crm.customer_of('sales.account', '1'), crm.current_customer(1);
SELECT name FROM crm_internal.customer;
SELECT * FROM crm_internal.customer_lineage(1);
SELECT crm.set_survivorship('phone', '{trust}');
SELECT * FROM crm.verify();
CALL crm.run_maintenance();
SELECT crm.grant_access('regress_crm_nobody', 'reader');
SELECT * FROM crm.uninstall();
DELETE FROM crm.customer;

SET ROLE regress_crm_administrator;
SELECT crm.set_survivorship('phone', '{trust}');
SELECT * FROM crm.verify();
CALL crm.run_maintenance();
SELECT phone FROM crm.customer;
SELECT name FROM crm_internal.customer;
SELECT * FROM crm.uninstall();

-- a level replaces the one before, and can be taken back
RESET ROLE;
SELECT crm.grant_access('regress_crm_administrator', 'analyst');
SELECT crm.revoke_access('regress_crm_reader');
SET ROLE regress_crm_administrator;
SELECT city FROM crm.customer;
SELECT name FROM crm.customer;
SELECT * FROM crm.verify();
SET ROLE regress_crm_reader;
SELECT city FROM crm.customer;
RESET ROLE;

-- views of crm that everybody could read, columns of an analyst that are not there: none
SELECT view_name, c FROM crm_internal.access_column, unnest(columns) c
WHERE NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = to_regclass('crm.' || view_name) AND attname = c AND attnum > 0);
SELECT count(*) FROM pg_shdepend WHERE refobjid = 'regress_crm_reader'::regrole;
DROP OWNED BY regress_crm_analyst, regress_crm_reader, regress_crm_administrator;
DROP ROLE regress_crm_nobody, regress_crm_analyst, regress_crm_reader, regress_crm_administrator;
