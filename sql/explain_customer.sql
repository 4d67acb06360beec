-- Why these records are one customer, and no others.
\set VERBOSITY terse
SELECT crm.add_department('sales');
CREATE TABLE public.account (id integer PRIMARY KEY, given text, family text, mail text, phone text, born date, city text);
INSERT INTO account VALUES
	(1, 'Anna', 'Kuipers', 'anna@kuipers.nl', '0612345678', '1980-02-17', 'Delft'),
	(2, 'Anna', 'Kuipers', 'anna@kuipers.nl', NULL, '1980-02-17', 'Delft'),
	(3, 'Anna', 'Roskam', NULL, '0612345678', '1980-02-17', NULL),
	(4, 'A.', 'Roskam', 'a.roskam@example.org', NULL, '1980-02-17', 'Breda'),
	(5, 'Tom', 'Kuipers', 'tom@kuipers.nl', '0612345678', '1979-01-01', 'Delft'),
	(6, 'Willem', 'Zandbergen', NULL, '0687654321', NULL, NULL);
SELECT crm.add_source('account', 'sales', '{"given_name": "given", "family_name": "family", "email": "mail", "phone": "phone", "birth_date": "born", "city": "city"}', region => 'NL');
CALL crm.resolve();
SELECT customer_id, array_agg(record_id ORDER BY record_id) FROM crm.customer_source GROUP BY 1 ORDER BY 1;
SELECT step, part, records, other_records, other_customer_id, source_key, weight, mean, round(probability::numeric, 3) AS probability, reason
FROM crm.explain_customer(1);
-- one record, and nobody near
SELECT part, records, source, source_key, mean FROM crm.explain_customer(crm.customer_of('public.account', '6'));
SELECT * FROM crm.explain_customer(99);
SELECT * FROM crm.explain_customer(NULL);
-- a customer that was merged away answers with the one that answers for it
INSERT INTO account VALUES (7, 'Willem', 'Zandbergen', 'willem@zandbergen.nl', NULL, '1960-05-05', NULL);
CALL crm.resolve();
UPDATE account SET mail = 'willem@zandbergen.nl', born = '1960-05-05' WHERE id = 6;
CALL crm.resolve();
SELECT DISTINCT crm.current_customer(customer_id) = customer_id AS is_itself, array_agg(part ORDER BY step) AS parts
FROM crm_internal.customer_identity CROSS JOIN LATERAL crm.explain_customer(customer_id)
WHERE crm.current_customer(customer_id) = crm.customer_of('public.account', '6') GROUP BY customer_id ORDER BY 1;

-- Whatever the customers: the joins lead from single records to the whole, each mean above zero, no later one higher.
INSERT INTO account
SELECT i, (ARRAY['Ann', 'Anna', 'Bob', 'Robert', 'Carla'])[1 + i % 5], (ARRAY['Lee', 'Bakker', 'Smit', 'Smits', 'Lopez', 'Kuipers', 'Roskam'])[1 + i / 3 % 7],
	CASE WHEN i % 3 > 0 THEN 'm' || i / 9 || '@example.org' END, CASE WHEN i % 4 > 0 THEN '06' || lpad((i / 8)::text, 8, '1') END,
	CASE WHEN i % 2 > 0 THEN date '1950-01-01' + (i / 10) * 371 END, (ARRAY['Delft', 'Gouda'])[1 + i % 2]
FROM generate_series(100, 399) AS i;
CALL crm.resolve();
WITH told AS
(
	SELECT c.customer_id, c.source_records, e.*, lag(e.mean) OVER (PARTITION BY c.customer_id, e.part ORDER BY e.step) AS before
	FROM crm.customer AS c CROSS JOIN LATERAL crm.explain_customer(c.customer_id) AS e
)
SELECT count(DISTINCT customer_id) FILTER (WHERE source_records > 2) > 10 AS some_are_large,
	count(*) FILTER (WHERE part = 'record') = (SELECT count(*) FROM crm.customer_source) AS every_record,
	count(*) FILTER (WHERE part = 'join') = (SELECT sum(source_records - 1) FROM crm.customer) AS every_join,
	count(*) FILTER (WHERE part = 'join' AND (mean <= 0 OR mean > before)) AS wrong_joins,
	count(*) FILTER (WHERE part = 'apart' AND other_customer_id = customer_id) AS apart_from_itself,
	count(*) FILTER (WHERE part = 'apart') > 0 AS some_are_near
FROM told;

-- What a steward said is told, and decides: the mean of the pair does not.
SELECT crm.confirm_match('public.account', '5', 'public.account', '6', reason => 'he said so') > 0 AS confirmed;
CALL crm.resolve();
SELECT part, records, other_records, weight, mean, regexp_replace(reason, '[0-9]{4}-.*|[0-9-]{10}', 'DATE') AS reason
FROM crm.explain_customer(crm.customer_of('public.account', '6')) WHERE part IN ('join', 'decided') ORDER BY step;

-- Who may not read keys is told the records.
CREATE ROLE regress_crm_analyst;
SELECT crm.grant_access('regress_crm_analyst', 'analyst');
SET ROLE regress_crm_analyst;
SELECT count(*) > 0 AS rows, count(source_key) AS keys FROM crm.explain_customer(1);
RESET ROLE;
SELECT crm.revoke_access('regress_crm_analyst');
DROP ROLE regress_crm_analyst;
