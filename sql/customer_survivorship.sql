-- Which values survive, and what the lineage says about it.
\set SHOW_CONTEXT never
SET timezone = 'UTC';
-- the rows are written by hand, as resolving would write them
CREATE SCHEMA sales
	CREATE TABLE account (id integer PRIMARY KEY, name text);
CREATE SCHEMA marketing
	CREATE TABLE lead (id integer PRIMARY KEY, name text);
CREATE SCHEMA service
	CREATE TABLE client (region text, no integer, name text, PRIMARY KEY (region, no));
SELECT crm.add_department(name) FROM unnest('{sales,marketing,service}'::text[]) name;
SELECT crm.add_source('sales.account', department => 'sales', map => '{"name": "name"}');
SELECT crm.add_source('marketing.lead', department => 'marketing', map => '{"name": "name"}');
SELECT crm.add_source('service.client', department => 'service', map => '{"name": "name"}');
DELETE FROM crm_internal.pending;
INSERT INTO crm_internal.attribute (name, kind, position) VALUES ('shoe_size', 'text', 99);
INSERT INTO crm_internal.customer_identity (created_at) SELECT '2020-01-01' FROM generate_series(1, 3);
INSERT INTO crm_internal.record (source_id, source_key, customer_id, kind, attributes, profile, tie, changed_at) VALUES
	(1, '1', 1, 'p', '{"name": ["John Smith"], "email": ["John@Example.org", "js@example.com"], "phone": ["+31612345678"],
		"street": ["Main Street 1"], "postal_code": ["1234 AB"], "city": ["Utrecht"], "country": ["nl"], "birth_date": ["19800403"]}', '\x', 30, '2024-01-01'),
	(2, '7', 1, 'p', '{"given_name": ["J."], "family_name": ["Smith"], "email": ["john@example.org"], "phone": ["06 123", "+31600000000"],
		"city": ["Amsterdam"], "region": ["NH"], "birth_date": ["31/02/1980"], "shoe_size": ["44"], "latitude": ["52.1"]}', '\x', 20, '2025-01-01'),
	(3, '["EU", "9"]', 1, 'p', '{"name": ["john smith"], "email": ["not an address"], "gender": ["m"], "shoe_size": ["45"]}', '\x', 10, '2023-01-01'),
	(3, '["EU", "10"]', 2, 'o', '{"organization": ["Acme B.V."], "name": ["Ann Contact"], "latitude": ["52.10"], "longitude": ["5.5"],
		"country": ["Nederland"], "tax_number": ["NL 1"], "external_id": ["X-1"]}', '\x', 5, '2025-01-01');

SELECT crm_internal.refresh_customers('{1,2,3,99}');
\x on
SELECT customer_id, kind, name, given_name, family_name, organization, email, phone, street, postal_code, city, region, country,
	birth_date, gender, language, tax_number, latitude, longitude, attributes, source_records, created_at, emails, phones
FROM crm.customer ORDER BY customer_id;
\x off
SELECT attribute, value, wins, source, source_key, rule, changed_at FROM crm.customer_lineage WHERE customer_id = 1;
SELECT attribute, value, wins, source, source_key, rule FROM crm.customer_lineage WHERE customer_id = 2;
SELECT customer_id, department, source, source_key, changed_at, name, email, phone FROM crm.customer_source ORDER BY changed_at, record_id;

-- a golden value is the winning one of the lineage, and there is one a column
SELECT l.customer_id, l.attribute, count(*) FROM crm.customer_lineage l WHERE l.wins
GROUP BY l.customer_id, l.attribute HAVING count(*) <> 1;
SELECT c.customer_id, l.attribute, l.value FROM crm.customer c JOIN crm.customer_lineage l USING (customer_id)
WHERE l.wins AND to_jsonb(c) ->> l.attribute IS DISTINCT FROM l.value AND c.attributes ->> l.attribute IS DISTINCT FROM l.value;

-- nothing changed: nothing is written
SELECT crm_internal.refresh_customers('{1,2,3}');
SELECT xmin = (SELECT min(xmin::text)::xid FROM crm_internal.customer) AS untouched FROM crm_internal.customer;

-- other rules: at once, back with NULL; the parts of an address share theirs
SELECT crm.set_survivorship('phone', '{completeness}');
SELECT crm.set_survivorship('city', '{recency}');
SELECT attribute, rules FROM crm.survivorship WHERE NOT is_default ORDER BY attribute;
SELECT crm.set_survivorship('email', '{frequency,trust}');
SELECT email, phone, city FROM crm.customer WHERE customer_id = 1;
SELECT attribute, value, rule FROM crm.customer_lineage WHERE customer_id = 1 AND wins AND attribute IN ('email', 'phone', 'city');
SELECT crm.set_survivorship(attribute, NULL) FROM unnest('{phone,street,email}'::text[]) attribute;
SELECT attribute FROM crm.survivorship WHERE NOT is_default;
SELECT crm.set_survivorship('telephone', '{trust}');
SELECT crm.set_survivorship('phone', '{trust,luck}');
SELECT crm.set_survivorship('phone', '{trust,trust}');
SELECT crm.set_survivorship('phone', '{}');

-- trust goes first: maintenance sees that it changed
UPDATE crm_internal.source SET trust = 0.9 WHERE schema_name = 'service';
CALL crm.run_maintenance();
SELECT name, attributes FROM crm.customer WHERE customer_id = 1;
SELECT attribute, value, wins, rule FROM crm.customer_lineage WHERE customer_id = 1 AND attribute IN ('name', 'shoe_size');

-- ids and keys
SELECT crm.customer_of('sales.account', '1'), crm.customer_of('service.client', '["EU",10]'), crm.customer_of('sales.account', '2'),
	crm.customer_of('nowhere.table', '1');
UPDATE crm_internal.customer_identity SET merged_into = 2 WHERE customer_id = 3;
UPDATE crm_internal.customer_identity SET merged_into = 1 WHERE customer_id = 2;
SELECT id, crm.current_customer(id) FROM generate_series(1, 4) id;
UPDATE crm_internal.customer_identity SET ended_at = now() WHERE customer_id = 1;
SELECT crm.current_customer(3) IS NULL AS ended;

-- the unified record is found by index
SET enable_seqscan = off;
EXPLAIN (COSTS OFF) SELECT * FROM crm.customer WHERE customer_id = 1;
EXPLAIN (COSTS OFF) SELECT * FROM crm.customer WHERE email = 'john@example.org';
EXPLAIN (COSTS OFF) SELECT * FROM crm.customer_lineage WHERE customer_id = 1;
