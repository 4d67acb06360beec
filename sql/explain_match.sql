-- Why two records are one customer: steps that add up to the very weight by which they were matched.
\set VERBOSITY terse
CREATE SCHEMA sales;
CREATE SCHEMA care;
SELECT crm.add_department('sales');
SELECT crm.add_department('care');
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text, phone text, born date, street text, city text);
CREATE TABLE care.client (id integer PRIMARY KEY, given text, family text, company text, mail text, phone text, city text);
INSERT INTO sales.account VALUES
	(1, 'Jonathan Smithers', 'jonathan@smithers.nl', '06 12345678', '1970-04-05', 'Kerkstraat 1', 'Delft'),
	(2, 'Jane Smithers', 'jane@smithers.nl', '06 87654321', '1982-11-30', 'Kerkstraat 1', 'Delft'),
	(3, NULL, 'w.oosterhof@example.org', NULL, NULL, NULL, NULL);
INSERT INTO care.client VALUES
	(1, 'Jon', 'Smithers', NULL, 'jonathan@smithers.nl', '0612345678', 'Delft'),
	(2, NULL, NULL, 'Smithers BV', 'info@smithers.nl', NULL, 'Delft'),
	(3, NULL, NULL, NULL, 'w.oosterhof@example.org', NULL, NULL);
SELECT crm.add_source('sales.account', 'sales', '{"name": "name", "email": "mail", "phone": "phone", "birth_date": "born", "street": "street", "city": "city"}', region => 'NL');
SELECT crm.add_source('care.client', 'care', '{"given_name": "given", "family_name": "family", "organization": "company", "email": "mail", "phone": "phone", "city": "city"}', region => 'NL');
CALL crm.resolve();
SELECT customer_id, source, source_key FROM crm.customer_source ORDER BY customer_id, source, source_key;

-- the waterfall
SELECT step, part, attribute, value_a, value_b, level, weight, total, round(probability::numeric, 3) AS probability
FROM crm.explain_match('sales.account', '1', 'care.client', '1');
SELECT part, attribute, level, weight, total FROM crm.explain_match('sales.account', '3', 'care.client', '3');
-- two of a household: it says what else they may be
SELECT step, part, attribute, level, weight, round(probability::numeric, 3) AS probability
FROM crm.explain_match('sales.account', '1', 'sales.account', '2');
-- a person and a company
SELECT part, attribute, level, weight FROM crm.explain_match('sales.account', '1', 'care.client', '2');
-- by two customers: the strongest pair
SELECT count(DISTINCT (record_a, record_b)), max(total) FILTER (WHERE part = 'total') FROM crm.explain_match(1, 2);
-- what is asked wrongly
SELECT * FROM crm.explain_match('sales.account', '9', 'care.client', '1');
SELECT * FROM crm.explain_match('sales.nothing', '1', 'care.client', '1');
SELECT * FROM crm.explain_match('sales.account', '1', 'sales.account', '1');
SELECT * FROM crm.explain_match(1, 99);
SELECT * FROM crm.explain_match(1, 1);
SELECT * FROM crm.explain_match(NULL, 1);

-- Thousands of pairs: each level weighs log2(m/u) and its frequency, the steps add up, the total is what was stored.
INSERT INTO sales.account
SELECT i, (ARRAY['Ann', 'Anna', 'Bob', 'Robert', 'Carla', 'Dirk', 'Eva', 'Frank'])[1 + i % 8] || ' ' || (ARRAY['Lee', 'Bakker', 'Smit', 'Smits', 'de Vries', 'Kuipers', 'Lopez'])[1 + i % 7],
	CASE WHEN i % 3 > 0 THEN 'm' || i / 4 || '@example.org' END, CASE WHEN i % 5 > 0 THEN '06' || lpad((i / 3)::text, 8, '1') END,
	date '1950-01-01' + (i / 2) * 37 % 20000, 'Kerkstraat ' || i % 90, (ARRAY['Delft', 'Gouda', 'Breda'])[1 + i % 3]
FROM generate_series(100, 899) AS i;
CALL crm.resolve();
SELECT count(*) > 0 AS trained FROM crm_internal.match_model;
CREATE TABLE pair AS
SELECT e.record_a, e.record_b, e.weight, w.*
FROM
(
	SELECT record_a, record_b, weight FROM crm_internal.edge
	UNION ALL
	SELECT a.record_id, b.record_id, NULL
	FROM crm_internal.record AS a
	JOIN crm_internal.record AS b ON b.record_id > a.record_id AND (a.record_id * 7919 + b.record_id * 104729) % 97 = 0
) AS e
JOIN crm.customer_source AS a ON a.record_id = e.record_a
JOIN crm.customer_source AS b ON b.record_id = e.record_b
CROSS JOIN LATERAL
(
	SELECT sum(m.weight) FILTER (WHERE m.part <> 'total') AS sum,
		max(m.total) FILTER (WHERE m.part = 'total') AS total,
		max(m.probability) FILTER (WHERE m.part = 'total') AS probability,
		sum(m.probability) FILTER (WHERE m.part IN ('against', 'total')) AS all_probabilities,
		bool_and(abs(log(2, (m.m / m.u)::numeric) + m.frequency - m.weight) < 0.002) FILTER (WHERE m.m IS NOT NULL) AS is_m_by_u,
		count(*) FILTER (WHERE m.frequency <> 0) AS frequencies
	FROM crm.explain_match(a.source, a.source_key, b.source, b.source_key) AS m
) AS w;
SELECT count(*) > 2000 AS thousands, count(*) FILTER (WHERE sum <> total OR total <> pair.weight / 1000.0) AS wrong,
	count(*) FILTER (WHERE NOT is_m_by_u) AS not_m_by_u, sum(frequencies) > 0 AS some_are_rarer,
	count(*) FILTER (WHERE abs(all_probabilities - 1) > 0.02 AND total > -100) AS no_distribution,
	count(*) FILTER (WHERE abs(probability - 1 / (1 + 2 ^ (-pair.weight / 1000.0))) > 1e-9) AS no_odds
FROM pair;

-- Who may not read the values is told the levels, and cannot name a record by its key.
CREATE ROLE regress_crm_analyst;
CREATE ROLE regress_crm_reader;
CREATE ROLE regress_crm_nobody;
SELECT crm.grant_access('regress_crm_analyst', 'analyst');
SELECT crm.grant_access('regress_crm_reader', 'reader');
SET ROLE regress_crm_analyst;
SELECT count(value_a), count(value_b), count(level) > 0 AS levels FROM crm.explain_match(1, 2);
SELECT count(*) FROM crm.explain_match('sales.account', '1', 'care.client', '1');
SET ROLE regress_crm_reader;
SELECT count(value_a) > 0 AS values, count(level) > 0 AS levels FROM crm.explain_match(1, 2);
SELECT count(*) > 0 AS rows FROM crm.explain_match('sales.account', '1', 'care.client', '1');
SET ROLE regress_crm_nobody;
SELECT count(*) FROM crm.explain_match(1, 2);
RESET ROLE;
SELECT crm.revoke_access('regress_crm_analyst'), crm.revoke_access('regress_crm_reader');
DROP ROLE regress_crm_analyst, regress_crm_reader, regress_crm_nobody;
