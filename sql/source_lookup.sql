-- lookup(...) in expressions: what it finds, and how it is kept.
\set SHOW_CONTEXT never
\pset format unaligned
SELECT crm.add_department('sales');
CREATE SCHEMA sales;
CREATE SCHEMA "Ref";
CREATE TABLE "Ref".country (id integer PRIMARY KEY, code text UNIQUE, "Full Name" text);
CREATE TABLE sales.city (id bigint PRIMARY KEY, name text, country_id integer REFERENCES "Ref".country);
CREATE TABLE sales."user" (id uuid PRIMARY KEY, "nameFirst" text, born date, tags text[], active boolean);
CREATE TABLE sales.partner (id integer PRIMARY KEY, mail text, city_id integer, country_code text REFERENCES "Ref".country (code), "userId" text, company boolean);
CREATE TABLE sales.company (id smallint PRIMARY KEY, partner_id bigint, title text);
INSERT INTO "Ref".country VALUES (1, 'NL', 'Netherlands'), (2, 'DE', 'Germany'), (3, NULL, 'Nowhere');
INSERT INTO sales.city VALUES (10, 'Delft', 1), (20, 'Bonn', 2), (30, 'Utopia', 3), (40, 'Adrift', NULL);
INSERT INTO sales."user" VALUES ('00000000-0000-0000-0000-000000000001', 'Ann', '1980-02-03', '{x,y}', true);
INSERT INTO sales.partner VALUES (1, 'a@b.example', 10, 'DE', '00000000-0000-0000-0000-000000000001', true),
	(2, 'c@d.example', 40, 'NL', NULL, false), (3, 'e@f.example', 99, NULL, '00000000-0000-0000-0000-00000000000f', false), (4, 'us@own.example', 20, 'NL', NULL, true);
INSERT INTO sales.company VALUES (7, 4, 'b'), (8, 4, 'a'), (9, 4, NULL);

-- by itself: one step, several, another key column, another type of key; nothing there is NULL
SET search_path = sales, "Ref";
SELECT crm.lookup(1, 'country.code'), crm.lookup(1::bigint, '"Ref".country.code'), crm.lookup('2'::text, '"Ref".country(id)."Full Name"') AS name;
SELECT crm.lookup(10, 'city.country_id', 'country.code'), crm.lookup('NL'::varchar, 'country(code).id') AS id, crm.lookup('NL '::char(3), 'country(code).id') AS padded;
SELECT crm.lookup(30, 'city.country_id', 'country.code') IS NULL AS no_value, crm.lookup(40, 'city.country_id', 'country.code') IS NULL AS no_key,
	crm.lookup(99, 'city.country_id', 'country.code') IS NULL AS no_row, crm.lookup(NULL::integer, 'city.name') IS NULL AS nothing, crm.lookup(5000000000, 'country.code') IS NULL AS too_great;
-- of several the least, and none of them is no value
SELECT crm.lookup(4, 'company(partner_id).title') AS title, crm.lookup(4, 'company(partner_id).id') AS id, crm.lookup(5, 'company(partner_id).id') IS NULL AS none;
-- many keys, more than are kept, over and over, are found as a join finds them
CREATE TABLE sales.big AS SELECT i AS id, 'v' || i AS v FROM generate_series(1, 6000) i;
ALTER TABLE sales.big ADD PRIMARY KEY (id);
SELECT count(*) AS rows, count(*) FILTER (WHERE crm.lookup(k, 'big.v') IS DISTINCT FROM b.v) AS wrong
FROM (SELECT (i * 7919) % 6007 AS k FROM generate_series(1, 20000) i) q LEFT JOIN sales.big b ON b.id = k;
SELECT count(*) FILTER (WHERE crm.lookup(i::text, 'big(v).id') IS NOT NULL) AS wrong, count(crm.lookup('v' || i, 'big(v).id')) AS found FROM generate_series(1, 40) i;
-- never what was true before
CREATE FUNCTION sales.twice() RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	seen text := '';
BEGIN
	FOR i IN 1..2 LOOP
		FOR j IN 1..2 LOOP
			seen := seen || crm.lookup(1, 'country.code') || ' ';
		END LOOP;
		UPDATE "Ref".country SET code = code || i WHERE id = 1;
	END LOOP;
	BEGIN
		UPDATE "Ref".country SET code = 'undone' WHERE id = 1;
		RAISE division_by_zero;
	EXCEPTION WHEN division_by_zero THEN
		RETURN seen || crm.lookup(1, 'country.code');
	END;
END $$;
BEGIN;
ALTER TABLE sales.partner DROP CONSTRAINT partner_country_code_fkey;
SELECT sales.twice();
ROLLBACK;
RESET search_path;

-- in a source: by the foreign key, by a column, in larger expressions; with all that was left out
SET search_path = "Ref";
SELECT crm.add_source('sales.partner', 'sales', map => '{"email": "mail", "city": "lookup(city_id, ''city.name'')",
	"country": ["lookup(''country.code'')", "upper(lookup(city_id, ''city.country_id'', ''country.code''))"],
	"given_name": "CASE WHEN company THEN lookup(\"userId\", ''\"user\".\"nameFirst\"'') END", "birth_date": "crm.lookup(\"userId\", ''sales.user.born'')",
	"region": "lookup(country_code, ''country(code).\"Full Name\"'')"}', filter => 'lookup(id, ''sales.company(partner_id).id'') IS NULL',
	kind => 'CASE lookup("userId", ''user.active'') WHEN ''t'' THEN ''organization'' END', region => 'lookup(country_code, ''country.code'')',
	belongs_to => 'lookup(lookup(city_id, ''city.country_id'')::integer, ''country.id'')', relation => 'household', since => 'lookup("userId", ''user.born'')::date');
RESET search_path;
SELECT key, value FROM crm_internal.source s, jsonb_each(s.mapping) ORDER BY key COLLATE "C";
SELECT columns, filter, kind, region, belongs_to, since FROM crm_internal.source WHERE parent_id IS NULL \gx
SELECT * FROM crm_internal.read_source(1, '{1,2,3,4}') ORDER BY source_key;
SET DateStyle = 'SQL, DMY';
SELECT attributes->'birth_date' AS birth_date FROM crm_internal.read_source(1, '{1}');
RESET DateStyle;

-- what is kept is read again as it is, whatever foreign key is there by now
ALTER TABLE sales.partner DROP CONSTRAINT partner_country_code_fkey;
CREATE TEMPORARY TABLE before AS SELECT mapping, filter, kind, region, belongs_to, since FROM crm_internal.source WHERE parent_id IS NULL;
SELECT crm.change_source('sales.partner', trust => 0.6);
SELECT count(*) AS same FROM before NATURAL JOIN crm_internal.source;
-- values that come and go are seen at the next look
UPDATE "Ref".country SET code = 'BE' WHERE code = 'DE';
DELETE FROM sales.company;
INSERT INTO sales.company VALUES (1, 2, 'new');
SELECT source_key, attributes->'country' AS country FROM crm_internal.read_source(1, '{1,2,3,4}') ORDER BY source_key;
-- a key that is no key of the column's type is the row's error
UPDATE sales.partner SET "userId" = 'none' WHERE id = 3;
SELECT source_key, attributes, error FROM crm_internal.read_source(1, '{1,3}') ORDER BY source_key;
SELECT crm.drop_source('sales.partner');
-- where it would be slow: an index is advised, none for a table of a few blocks
SELECT crm.add_source('sales.partner', 'sales', '{"email": "mail", "city": ["lookup(mail, ''big(v).id'')", "lookup(id, ''big.v'')", "lookup(id, ''company(partner_id).id'')"]}');
SELECT crm.drop_source('sales.partner');
