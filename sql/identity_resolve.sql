-- Three departments' rows become customers, and their ids tell a story that can be followed.
\set VERBOSITY terse
SELECT count(crm.add_department(d)) FROM unnest('{sales,marketing,service}'::text[]) d;
CREATE SCHEMA dept;
CREATE TABLE dept.account (id integer PRIMARY KEY, name text, mail text, phone text, born date, city text, active boolean DEFAULT true);
CREATE TABLE dept.lead (a integer, b text, first text, last text, mail text, tel text, PRIMARY KEY (a, b));
CREATE TABLE dept.client (id integer, region text, name text, mail text, born date, PRIMARY KEY (id, region)) PARTITION BY LIST (region);
CREATE TABLE dept.client_n PARTITION OF dept.client FOR VALUES IN ('n');
CREATE TABLE dept.client_s PARTITION OF dept.client FOR VALUES IN ('s');
INSERT INTO dept.account VALUES
	(1, 'Robert Zandbergen', 'robert@zandbergen.nl', '06-12345678', '1970-04-05', 'Delft', true),
	(2, 'Ingrid Kuipers', 'ingrid@kuipers.nl', NULL, '1982-11-30', 'Breda', true),
	(3, 'Acme Bouw B.V.', 'info@acmebouw.nl', '015 123 4567', NULL, 'Delft', true),
	(4, 'Nobody Inactive', 'gone@x.nl', NULL, NULL, NULL, false);
INSERT INTO dept.lead VALUES (1, 'x', 'Bob', 'Zandbergen', 'Robert@Zandbergen.nl', '+31612345678'), (2, 'x', 'Willemijn', 'Oosterhof', 'w@oosterhof.nl', NULL);
INSERT INTO dept.client VALUES (1, 'n', 'Zandbergen, Robert', 'robert@zandbergen.nl', '1970-04-05'), (2, 's', 'I. Kuipers', 'ingrid@kuipers.nl', '1982-11-30');
SELECT crm.add_source('dept.account', 'sales', '{"name": "name", "email": "mail", "phone": "phone", "birth_date": "born", "city": "city"}', filter => 'active', region => 'NL');
SELECT crm.add_source('dept.lead', 'marketing', '{"given_name": "first", "family_name": "last", "email": "mail", "phone": "tel"}');
SELECT crm.add_source('dept.client', 'service', '{"name": "name", "email": "mail", "birth_date": "born"}');
CALL crm.resolve();

-- who is with whom: each customer by its rows, without numbers that depend on the order of arrival
CREATE VIEW parts AS
	SELECT string_agg(source || ':' || source_key, ' ' ORDER BY source, source_key) AS rows
	FROM crm.customer_source GROUP BY customer_id;
-- events since the last look
CREATE TABLE seen (event_no bigint);
CREATE VIEW news AS
	SELECT e.kind, e.cause, crm.current_customer(e.customer_id) IS NOT NULL AS answers, e.other_customer_id IS NOT NULL AS other
	FROM crm.customer_event e WHERE e.event_no > (SELECT coalesce(max(event_no), 0) FROM seen) ORDER BY e.event_no;
CREATE PROCEDURE look() LANGUAGE sql AS 'INSERT INTO seen SELECT max(event_no) FROM crm.customer_event';
SELECT * FROM parts ORDER BY 1;
SELECT * FROM news;
CALL look();
SELECT crm.customer_of('dept.account', '1') AS robert, crm.customer_of('dept.account', '2') AS ingrid, crm.customer_of('dept.lead', '["2", "x"]') AS willemijn \gset

-- nothing changed: nothing happens, also when the whole source is compared
CALL crm.sync();
CALL crm.resolve();
UPDATE dept.account SET active = active;
CALL crm.resolve();
SELECT * FROM news;

-- a second customer of one row turns out to be Robert: the id of more records survives
UPDATE dept.lead SET first = 'Robert', last = 'Zandbergen', mail = 'robert@zandbergen.nl' WHERE a = 2;
CALL crm.resolve();
SELECT * FROM news;
SELECT crm.customer_of('dept.lead', '["2", "x"]') = :robert AS joined, crm.current_customer(:willemijn) = :robert AS follows;
CALL look();

-- and back: the larger part keeps the id
UPDATE dept.lead SET first = 'Willemijn', last = 'Oosterhof', mail = 'w@oosterhof.nl' WHERE a = 2;
CALL crm.resolve();
SELECT * FROM news;
SELECT crm.customer_of('dept.account', '1') = :robert AS stays, crm.customer_of('dept.lead', '["2", "x"]') NOT IN (:robert, :willemijn) AS fresh,
	crm.current_customer(:willemijn) = :robert AS as_before;
CALL look();

-- an even merge: the oldest survives
INSERT INTO dept.account VALUES (10, 'Pieternel Haverkamp', 'p@haverkamp.nl', NULL, '1990-09-09', 'Ede'), (11, 'Joachim Tuinstra', 'j@tuinstra.nl', NULL, '1960-01-09', 'Urk');
CALL crm.resolve();
SELECT least(a, b) AS older, greatest(a, b) AS younger FROM (SELECT crm.customer_of('dept.account', '10') AS a, crm.customer_of('dept.account', '11') AS b) x \gset
UPDATE dept.account SET name = 'Pieternel Haverkamp', mail = 'p@haverkamp.nl', born = '1990-09-09', city = 'Ede' WHERE id = 11;
CALL crm.resolve();
SELECT * FROM news;
SELECT crm.customer_of('dept.account', '11') = :older AS oldest, crm.current_customer(:younger) = :older AS follows;
CALL look();

-- delete undoes insert
CREATE TABLE before AS TABLE parts;
INSERT INTO dept.client VALUES (9, 'n', 'Ingrid Kuipers', 'ingrid@kuipers.nl', '1982-11-30'), (10, 'n', 'Zebedeus Unmatched', 'z@unmatched.nl', NULL);
CALL crm.resolve();
SELECT count(*) AS changed FROM (TABLE before EXCEPT TABLE parts) x;
DELETE FROM dept.client WHERE id IN (9, 10);
CALL crm.resolve();
TABLE before EXCEPT TABLE parts UNION ALL (TABLE parts EXCEPT TABLE before);
SELECT * FROM news;
SELECT crm.customer_of('dept.account', '2') = :ingrid AS same_ingrid;
CALL look();

-- moves that are none: delete and insert of one key, another partition, another key in one transaction
BEGIN;
DELETE FROM dept.account WHERE id = 1;
INSERT INTO dept.account VALUES (1, 'Robert Zandbergen', 'robert@zandbergen.nl', '0612345678', '1970-04-05', 'Rijswijk');
COMMIT;
CALL crm.resolve();
SELECT crm.customer_of('dept.account', '1') = :robert AS stays;
UPDATE dept.client SET region = 'n' WHERE id = 2;
CALL crm.resolve();
SELECT crm.customer_of('dept.client', '["2", "n"]') = :ingrid AS follows, crm.customer_of('dept.client', '["2", "s"]') IS NULL AS gone;
UPDATE dept.lead SET a = 3 WHERE a = 1;
CALL crm.resolve();
SELECT crm.customer_of('dept.lead', '["3", "x"]') = :robert AS follows;
SELECT * FROM news;

-- the filter
UPDATE dept.account SET active = true WHERE id = 4;
CALL crm.resolve();
SELECT crm.customer_of('dept.account', '4') IS NOT NULL AS entered;
UPDATE dept.account SET active = false WHERE id = 4;
CALL crm.resolve();
SELECT crm.customer_of('dept.account', '4') IS NULL AS left_again;
SELECT kind, count(*) FROM news GROUP BY 1 ORDER BY 1;

-- TRUNCATE and a dropped source: ids and events stay, values go
TRUNCATE dept.client;
CALL crm.resolve();
SELECT rows FROM parts ORDER BY 1;
SELECT crm.drop_source('dept.lead');
SELECT rows FROM parts ORDER BY 1;
SELECT count(*) FROM crm.customer_lineage WHERE source = 'dept.lead';
SELECT * FROM crm.verify();
