-- A warning at entry: which customers a row would join, or is near, before it is stored.
\set VERBOSITY terse
CREATE SCHEMA sales;
SELECT crm.add_department('sales');
CREATE TABLE sales.account (id integer PRIMARY KEY, name text, mail text, phone text, born date, active boolean NOT NULL DEFAULT true);
INSERT INTO sales.account VALUES
	(1, 'Jonathan Smithers', 'jonathan@smithers.nl', '06 12345678', '1970-04-05'),
	(2, 'Jane Smithers', 'jane@smithers.nl', '06 87654321', '1982-11-30'),
	(3, 'Willemijn van den Oosterhof', 'w.oosterhof@example.org', '015 2123456', '1990-01-31');
SELECT crm.add_source('sales.account', 'sales', '{"name": "name", "email": "lower(mail)", "phone": "phone", "birth_date": "born"}', filter => 'active', region => 'NL');
CALL crm.resolve();
CREATE FUNCTION near("row" jsonb) RETURNS TABLE (name text, joins boolean, weight numeric, reason text)
LANGUAGE sql AS 'SELECT name, joins, weight, reason FROM crm.find_duplicates(''sales.account'', "row")';

SELECT * FROM near('{"name": "Jon Smithers", "mail": "JONATHAN@smithers.nl", "active": true}');
SELECT * FROM near('{"name": "Oosterhof, Willemijn", "phone": "0031152123456", "active": true}');
SELECT * FROM near('{"name": "Quirijn Nobody", "mail": "q@nobody.nl", "active": true}');
-- nothing to compare; filtered out; its own stored row
SELECT * FROM near('{"active": true}');
SELECT * FROM near('{"name": "Jon Smithers", "mail": "jonathan@smithers.nl", "active": false}');
SELECT * FROM near('{"id": 1, "name": "Jonathan Smithers", "mail": "jonathan@smithers.nl", "active": true}');
SELECT count(*) FROM crm.find_duplicates('sales.account', '{"name": "Smithers", "mail": "jane@smithers.nl", "active": true}', 0);
-- columns that the table does not have say nothing
SELECT name FROM near('{"no_such": 1, "mail": "jane@smithers.nl", "name": "Jane Smithers", "active": true}');
-- what cannot be read is told without its value
SELECT * FROM near('{"born": "sometime in Delft", "active": true}');
SELECT * FROM near('["Jane Smithers"]');
SELECT * FROM crm.find_duplicates('sales.nothing', '{}');
SELECT * FROM crm.find_duplicates('sales.account', NULL);
-- nothing was stored
SELECT count(*) FROM crm.customer_source;
BEGIN READ ONLY;
SELECT name FROM near('{"mail": "jane@smithers.nl", "name": "Jane Smithers", "active": true}');
COMMIT;

-- The page's trigger, which only warns.
CREATE FUNCTION sales.warn_of_duplicates() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
	near record;
BEGIN
	FOR near IN SELECT * FROM crm.find_duplicates('sales.account', to_jsonb(NEW), 3) WHERE probability > 0.5 LOOP
		RAISE NOTICE 'this may be customer % (%)', near.customer_id, near.name;
	END LOOP;
	RETURN NULL;
END
$$;
CREATE TRIGGER warn_of_duplicates AFTER INSERT ON sales.account FOR EACH ROW EXECUTE FUNCTION sales.warn_of_duplicates();
INSERT INTO sales.account VALUES (4, 'Jane Smithers', 'jane@smithers.nl', NULL, NULL);
INSERT INTO sales.account VALUES (5, 'Quirijn Nobody', NULL, NULL, NULL);
CALL crm.resolve();
DROP TRIGGER warn_of_duplicates ON sales.account;

-- What it says comes true: the row ends with records of the very customers that it says it joins.
CREATE TABLE guess (id integer, customers bigint[], came bigint[]);
CREATE TABLE before AS SELECT record_id, customer_id FROM crm.customer_source;
CREATE PROCEDURE enter(i integer) LANGUAGE plpgsql AS $$
DECLARE
	new sales.account := (i, (ARRAY['Ann', 'Anna', 'Bob', 'Robert', 'Carla'])[1 + i % 5] || ' ' || (ARRAY['Lee', 'Bakker', 'Smit', 'Smits', 'Lopez', 'Kuipers', 'Roskam'])[1 + i / 3 % 7],
		CASE WHEN i % 3 > 0 THEN 'm' || i * 7 % 60 || '@example.org' END, CASE WHEN i % 4 > 0 THEN '06' || lpad((i * 11 % 70)::text, 8, '1') END,
		CASE WHEN i % 2 > 0 THEN date '1950-01-01' + (i * 13 % 50) * 371 END, true);
BEGIN
	INSERT INTO guess SELECT i, array_agg(d.customer_id ORDER BY d.customer_id) FILTER (WHERE d.joins) FROM crm.find_duplicates('sales.account', to_jsonb(new), 1000) AS d;
	INSERT INTO sales.account SELECT new.*;
	COMMIT;
	CALL crm.resolve();
	UPDATE guess SET came =
	(
		SELECT array_agg(DISTINCT b.customer_id ORDER BY b.customer_id)
		FROM crm.customer_source AS s JOIN crm.customer_source AS o USING (customer_id) JOIN before AS b ON b.record_id = o.record_id
		WHERE s.source_key = i::text
	)
	WHERE id = i;
	TRUNCATE before;
	INSERT INTO before SELECT record_id, customer_id FROM crm.customer_source;
END
$$;
DO $$
BEGIN
	FOR i IN 100 .. 299 LOOP
		CALL enter(i);
	END LOOP;
END
$$;
SELECT count(*) AS rows, count(customers) > 50 AS many_join, count(*) FILTER (WHERE customers IS NULL) > 20 AS many_do_not,
	count(*) FILTER (WHERE customers IS DISTINCT FROM came) AS wrong
FROM guess;

-- Who may use search may use it; of a customer he sees what he may read.
CREATE ROLE regress_crm_analyst;
CREATE ROLE regress_crm_reader;
CREATE ROLE regress_crm_desk;
SELECT crm.grant_access('regress_crm_analyst', 'analyst');
SELECT crm.grant_access('regress_crm_reader', 'reader');
GRANT USAGE ON SCHEMA crm TO regress_crm_desk;
GRANT EXECUTE ON FUNCTION crm.find_duplicates(text, jsonb, integer) TO regress_crm_desk;
GRANT SELECT (city, kind) ON crm.customer TO regress_crm_desk;
SET ROLE regress_crm_analyst;
SELECT count(*) FROM crm.find_duplicates('sales.account', '{"mail": "jane@smithers.nl", "name": "Jane Smithers", "active": true}');
SET ROLE regress_crm_reader;
SELECT kind, name, email, phone, birth_date FROM crm.find_duplicates('sales.account', '{"mail": "jane@smithers.nl", "name": "Jane Smithers", "active": true}', 1);
SET ROLE regress_crm_desk;
SELECT kind, name, email, phone, birth_date, reason FROM crm.find_duplicates('sales.account', '{"mail": "jane@smithers.nl", "name": "Jane Smithers", "active": true}', 1);
RESET ROLE;
SELECT crm.revoke_access('regress_crm_analyst'), crm.revoke_access('regress_crm_reader');
DROP OWNED BY regress_crm_desk;
DROP ROLE regress_crm_analyst, regress_crm_reader, regress_crm_desk;
