-- crm.verify() finds what does not agree and names the statement that repairs it.
\set SHOW_CONTEXT never
SELECT * FROM crm.verify();
-- the rows are written by hand, as resolving would write them
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, name text);
SELECT crm.add_department('sales');
SELECT crm.add_source('sales.account', department => 'sales', map => '{"name": "name"}');
DELETE FROM crm_internal.pending;
INSERT INTO crm_internal.customer_identity SELECT FROM generate_series(1, 4);
INSERT INTO crm_internal.record (source_id, source_key, customer_id, kind, attributes, profile, tie, changed_at) VALUES
	(1, '1', 1, 'p', '{"name": ["Ann Lee"]}', '\x', 1, '2024-01-01'),
	(1, '2', 2, 'p', '{"name": ["Bob Ray"]}', '\x', 2, '2024-01-01');
SELECT crm_internal.refresh_customers('{1,2}');
SELECT * FROM crm.verify();

-- a golden record that was edited, one that is missing, one too many
UPDATE crm_internal.customer SET name = 'Bob Roy' WHERE customer_id = 2;
DELETE FROM crm_internal.customer WHERE customer_id = 1;
INSERT INTO crm_internal.customer (customer_id, kind, source_records, created_at, updated_at) VALUES (3, 'person', 1, now(), now());
SELECT * FROM crm.verify();
SELECT repair FROM crm.verify() \gexec
SELECT * FROM crm.verify();
SELECT customer_id, name FROM crm.customer ORDER BY customer_id;

-- references that lead nowhere
UPDATE crm_internal.customer_identity SET merged_into = 99 WHERE customer_id = 4;
UPDATE crm_internal.customer_identity SET ended_at = now() WHERE customer_id = 2;
INSERT INTO crm_internal.record_key (key, record_id) VALUES (1, 99);
INSERT INTO crm_internal.edge (record_a, record_b, weight) VALUES (1, 99, 3);
INSERT INTO crm_internal.customer_history (customer_id, attribute, value, record_id, valid_from) VALUES (1, 'name', 'x', 99, now());
INSERT INTO crm_internal.pending_error (source_id, source_key, error, sqlstate) VALUES (7, '1', 'x', '22000');
INSERT INTO crm_internal.preset_use (source_id, preset, given, steps) VALUES (7, 'odoo', '{}', '[]');
UPDATE crm_internal.source SET department = 'sells';
SELECT * FROM crm.verify();
SELECT repair FROM crm.verify() WHERE check_name = 'reference' \gexec
SELECT check_name, problem FROM crm.verify();
UPDATE crm_internal.source SET department = 'sales';

-- what others put on crm's tables
ALTER TABLE crm_internal.customer ADD COLUMN nickname text;
CREATE INDEX theirs_idx ON crm_internal.customer (name);
CREATE POLICY mine ON crm_internal.customer USING (true);
CREATE RULE quiet AS ON DELETE TO crm_internal.department DO INSTEAD NOTHING;
CREATE TRIGGER watch BEFORE UPDATE ON crm_internal.source FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
DROP INDEX crm_internal.customer_email_idx;
SELECT * FROM crm.verify() ORDER BY 1, 2;
SELECT repair FROM crm.verify() WHERE check_name LIKE 'foreign%' \gexec
SELECT check_name, problem FROM crm.verify();
