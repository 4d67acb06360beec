-- What golden values were, and that a departed row leaves nothing but ids.
\set SHOW_CONTEXT never
-- the rows are written by hand, as resolving would write them
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, name text);
CREATE SCHEMA marketing
	CREATE TABLE lead (id integer PRIMARY KEY, name text);
SELECT crm.add_department(name) FROM unnest('{sales,marketing}'::text[]) name;
SELECT crm.add_source('sales.account', department => 'sales', map => '{"name": "name"}');
SELECT crm.add_source('marketing.lead', department => 'marketing', map => '{"name": "name"}');
DELETE FROM crm_internal.pending;
INSERT INTO crm_internal.customer_identity DEFAULT VALUES;
INSERT INTO crm_internal.customer_identity DEFAULT VALUES;
CREATE VIEW past AS
SELECT customer_id, attribute, value, valid_to IS NULL AS now, source, source_key
FROM crm.customer_history ORDER BY customer_id, attribute, valid_from, value;

INSERT INTO crm_internal.record (source_id, source_key, customer_id, kind, attributes, profile, tie, changed_at) VALUES
	(1, '1', 1, 'p', '{"name": ["Ann Lee"], "phone": ["+311"]}', '\x', 1, '2024-01-01'),
	(2, '1', 1, 'p', '{"name": ["Ann Lee"], "phone": ["+312"]}', '\x', 2, '2025-01-01');
SELECT crm_internal.refresh_customers('{1}');
TABLE past;
SELECT count(*) AS written FROM crm_internal.customer_history;

-- the winning row says something else; then another row does
UPDATE crm_internal.record SET attributes = attributes || '{"phone": ["+313"]}' WHERE source_id = 2;
SELECT crm_internal.refresh_customers('{1}');
UPDATE crm_internal.record SET attributes = attributes || '{"phone": ["+314"], "city": ["Gent"]}', changed_at = '2026-01-01' WHERE source_id = 1;
SELECT crm_internal.refresh_customers('{1}');
TABLE past;

-- the same value from another row: nothing has changed for who reads
UPDATE crm_internal.record SET attributes = attributes || '{"phone": ["+314", "+313"]}', changed_at = '2026-02-01' WHERE source_id = 2;
SELECT updated_at AS before FROM crm.customer \gset
SELECT crm_internal.refresh_customers('{1}');
SELECT updated_at = :'before' AS same FROM crm.customer;
SELECT * FROM past WHERE attribute = 'phone';

-- it was true for no time: no row
BEGIN;
UPDATE crm_internal.record SET attributes = attributes || '{"city": ["Brugge"]}' WHERE source_id = 1;
SELECT crm_internal.refresh_customers('{1}');
UPDATE crm_internal.record SET attributes = attributes || '{"city": ["Aalst"]}' WHERE source_id = 1;
SELECT crm_internal.refresh_customers('{1}');
COMMIT;
SELECT * FROM past WHERE attribute = 'city';

-- validity never overlaps and leaves no hole
SELECT a.attribute FROM crm.customer_history a JOIN crm.customer_history b USING (customer_id, attribute)
WHERE a.valid_from < b.valid_from AND COALESCE(a.valid_to, 'infinity') > b.valid_from;

-- the record moves to another customer: its history stays with the customer it had
UPDATE crm_internal.record SET customer_id = 2 WHERE source_id = 1;
SELECT crm_internal.refresh_customers('{1,2}');
SELECT customer_id, phone, city, source_records FROM crm.customer ORDER BY customer_id;
SELECT * FROM past WHERE attribute = 'city';

-- the row goes: so do its values, here by hand as identity tells it
SELECT record_id AS gone FROM crm_internal.record WHERE source_id = 1 \gset
SELECT crm_internal.forget_records(ARRAY[:gone]::bigint[]);
DELETE FROM crm_internal.record WHERE record_id = :gone;
SELECT crm_internal.refresh_customers('{1,2}');
TABLE past;
SELECT count(*) AS traces FROM crm_internal.customer_history WHERE record_id = :gone;
SELECT customer_id, phone, city FROM crm.customer;
SELECT customer_id FROM crm_internal.customer_identity ORDER BY 1;
SELECT crm_internal.refresh_customers('{1,2}');
SELECT crm_internal.refresh_customers('{{1},{2}}');
SELECT crm_internal.refresh_customers('{1,NULL}');
