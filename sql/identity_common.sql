-- Keys that too many share, and components that are too large: the order of arrival never shows.
SELECT crm.add_department('sales');
CREATE TABLE public.one_by_one (id integer PRIMARY KEY, name text, mail text, city text);
CREATE TABLE public.in_bulk (LIKE public.one_by_one INCLUDING ALL);
SELECT crm.add_source('one_by_one', 'sales', '{"name": "name", "email": "mail", "city": "city"}');

-- which rows are together, whatever the source is called
CREATE VIEW parts AS
	SELECT string_agg(source_key, ' ' ORDER BY source_key::integer) AS rows
	FROM crm.customer_source GROUP BY customer_id;
CREATE FUNCTION shape() RETURNS TABLE (rows_of_customer bigint, customers bigint)
	LANGUAGE sql AS 'SELECT n, count(*) FROM (SELECT count(*) n FROM crm.customer_source GROUP BY customer_id) x GROUP BY 1 ORDER BY 1';
-- what a fresh load of the same rows gives, compared with what time has made of them
CREATE PROCEDURE against_fresh() LANGUAGE plpgsql AS $$
DECLARE
	lived text[] := ARRAY(SELECT rows FROM parts ORDER BY 1);
	differ bigint;
BEGIN
	TRUNCATE public.in_bulk;
	INSERT INTO public.in_bulk SELECT * FROM public.one_by_one ORDER BY md5(id::text);
	PERFORM crm.drop_source('public.one_by_one');
	PERFORM crm.add_source('in_bulk', 'sales', '{"name": "name", "email": "mail", "city": "city"}');
	COMMIT;
	CALL crm.resolve();
	SELECT count(*) INTO differ FROM (
		(SELECT unnest(lived) EXCEPT ALL SELECT rows FROM parts) UNION ALL
		(SELECT rows FROM parts EXCEPT ALL SELECT unnest(lived))) x;
	RAISE INFO '% customers, % differ from a fresh load', cardinality(lived), differ;
	PERFORM crm.drop_source('public.in_bulk');
	PERFORM crm.add_source('one_by_one', 'sales', '{"name": "name", "email": "mail", "city": "city"}');
	COMMIT;
	CALL crm.resolve();
END
$$;

-- 150 rows of one office, three rows a person, one by one
DO $$
BEGIN
	FOR i IN 1 .. 150 LOOP
		INSERT INTO public.one_by_one VALUES (i,
			chr(65 + i % 10) || 'ap ' || chr(66 + i % 5) || 'uvelmeer' || chr(97 + i % 25), 'info@office.nl', 'Delft');
		COMMIT;
		CALL crm.resolve();
	END LOOP;
END
$$;
SELECT * FROM shape();
CALL against_fresh();
-- the key shrinks below the limit (50) row by row: what it alone connected is connected again
DELETE FROM public.one_by_one WHERE id > 51;
CALL crm.resolve();
CALL against_fresh();
DELETE FROM public.one_by_one WHERE id = 51;
CALL crm.resolve();
CALL against_fresh();
DELETE FROM public.one_by_one WHERE id = 50;
CALL crm.resolve();
CALL against_fresh();
-- and over it again, by updates, by one row and by many
UPDATE public.one_by_one SET mail = 'other@office.nl' WHERE id % 2 = 0;
CALL crm.resolve();
CALL against_fresh();
UPDATE public.one_by_one SET mail = 'info@office.nl';
INSERT INTO public.one_by_one VALUES (50, 'Ann Quist', 'info@office.nl', 'Delft');
CALL crm.resolve();
CALL against_fresh();
INSERT INTO public.one_by_one VALUES (51, 'Ann Quist', 'info@office.nl', 'Delft');
CALL crm.resolve();
CALL against_fresh();
INSERT INTO public.one_by_one SELECT n, 'Ann Quist', 'info@office.nl', 'Delft' FROM generate_series(52, 220) n;
CALL crm.resolve();
CALL against_fresh();
DELETE FROM public.one_by_one WHERE id > 60;
CALL crm.resolve(7);
CALL against_fresh();
SELECT * FROM crm.verify();

-- a component larger than is clustered: 1,100 rows in a chain of keys, none of them common
TRUNCATE public.one_by_one;
INSERT INTO public.one_by_one SELECT n, NULL, 'person' || n / 2 || '@home.nl', NULL FROM generate_series(1, 40) n;
CALL crm.resolve();
SELECT * FROM shape();
CALL against_fresh();
SELECT crm.change_source('one_by_one', map => '{"email": ["''link'' || id || ''@home.nl''", "''link'' || id + 1 || ''@home.nl''"]}');
TRUNCATE public.one_by_one;
INSERT INTO public.one_by_one SELECT n FROM generate_series(1, 1001) n;
CALL crm.resolve();
SELECT * FROM shape();
-- one less, and it is clustered; one more, and its records are customers of their own again
DELETE FROM public.one_by_one WHERE id = 1001;
CALL crm.resolve();
SELECT max(rows_of_customer) > 1 AS clustered, sum(rows_of_customer * customers) AS rows FROM shape();
INSERT INTO public.one_by_one VALUES (1001);
CALL crm.resolve();
SELECT * FROM shape();
-- cut in two, both halves are clustered
DELETE FROM public.one_by_one WHERE id = 500;
CALL crm.resolve();
SELECT max(rows_of_customer) > 1 AS clustered, sum(rows_of_customer * customers) AS rows FROM shape();
SELECT * FROM crm.verify();
