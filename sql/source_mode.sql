-- set_source_mode: from watch to inline and back, with no lock on the department's table.
\set SHOW_CONTEXT never
\set VERBOSITY terse
SET client_min_messages = warning;
CREATE ROLE mode_administrator;
CREATE SCHEMA sales;
CREATE TABLE sales.account (id integer PRIMARY KEY, mail text);
CREATE VIEW sales.both AS SELECT * FROM sales.account;
SELECT crm.add_department('sales');
SELECT crm.add_source('sales.account', 'sales', '{"email": "mail"}');
CALL crm.resolve();

BEGIN;
SELECT crm.set_source_mode('sales.account', 'inline');
SELECT mode FROM pg_locks WHERE relation = 'sales.account'::regclass AND pid = pg_backend_pid();
COMMIT;
INSERT INTO sales.account VALUES (1, 'a@b.example');
SELECT mode, rows, pending FROM crm.source_status;

-- what the same transaction wrote before stays what it was noted as
BEGIN;
INSERT INTO sales.account VALUES (2, 'c@d.example');
SELECT crm.set_source_mode('sales.account', 'watch');
INSERT INTO sales.account VALUES (3, 'e@f.example');
COMMIT;
SELECT mode, rows, pending FROM crm.source_status;
SELECT source_key FROM crm.pending;

-- parts follow their source
INSERT INTO crm_internal.source (role, root_id, parent_id, parent_columns, department, schema_name, table_name, relation_kind,
	key_columns, key_types, mapping, columns)
SELECT 'd', source_id, source_id, '{id}', department, schema_name, 'mail', 'r', '{account}', '{int4}', '{}', '{account}'
FROM crm_internal.source;
SELECT crm.set_source_mode('sales.account', 'inline');
SELECT role, mode FROM crm_internal.source ORDER BY role;
SELECT crm.set_source_mode('sales.account', 'watch');
SELECT crm.change_source('sales.account', mode => 'inline');
SELECT role, mode FROM crm_internal.source ORDER BY role;
DELETE FROM crm_internal.source WHERE role = 'd';
CALL crm.resolve();

-- errors say what would be right
SELECT crm.set_source_mode('sales.account', 'online');
SELECT crm.set_source_mode('sales.lead', 'watch');
SELECT crm.set_source_mode('sales.account', NULL) IS NULL AS nothing;
SELECT crm.add_source('sales.both', 'sales', '{"email": "mail"}', key => '{id}');
SELECT crm.set_source_mode('sales.both', 'inline');

-- to burden a table takes a right to it, to relieve it none
SELECT crm.grant_access('mode_administrator', 'administrator');
SET ROLE mode_administrator;
SELECT crm.set_source_mode('sales.account', 'watch');
SELECT crm.set_source_mode('sales.account', 'inline');
RESET ROLE;
GRANT USAGE ON SCHEMA sales TO mode_administrator;
GRANT SELECT, TRIGGER ON sales.account TO mode_administrator;
SET ROLE mode_administrator;
SELECT crm.set_source_mode('sales.account', 'inline');
RESET ROLE;
SELECT source, mode FROM crm.source_status ORDER BY source;
SELECT crm.revoke_access('mode_administrator');
DROP SCHEMA sales CASCADE;
SELECT crm.set_source_mode('sales.account', 'watch');
SELECT crm.set_source_mode('sales.account', 'inline');
DROP ROLE mode_administrator;
