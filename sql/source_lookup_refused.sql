-- What lookup(...) refuses, by itself and in the expressions of a source.
\set SHOW_CONTEXT never
SELECT crm.add_department('sales');
CREATE SCHEMA sales;
CREATE TABLE sales.country (id integer PRIMARY KEY, code text, spot point, span int4range, pair int[]);
CREATE TABLE sales.link (a integer, b integer, word text, PRIMARY KEY (a, b));
CREATE TABLE sales.partner (id integer PRIMARY KEY, mail text, home_id integer REFERENCES sales.country, work_id integer REFERENCES sales.country,
	note text, at date, pair int4range);
CREATE TYPE sales.both AS (a integer, b text);
CREATE TABLE sales.whole (id integer PRIMARY KEY, v sales.both);
CREATE TEMPORARY TABLE passing (id integer PRIMARY KEY, v text);
CREATE SEQUENCE sales.counter;
INSERT INTO sales.partner VALUES (1, 'a@b.example', NULL, NULL, 'sales.country.code', NULL, NULL);

-- by itself
SELECT crm.lookup(1, 'sales.contry.code');
SELECT crm.lookup(1, 'sales.country.cod');
SELECT crm.lookup(1, 'sales.country(idd).code');
SELECT crm.lookup(1, 'nowhere.country.code');
SELECT crm.lookup(1, 'sales.link.word');
SELECT crm.lookup(1, 'sales.country.ctid');
SELECT crm.lookup(1, 'sales.counter.last_value');
SELECT crm.lookup(1, 'sales.whole.v');
SELECT crm.lookup(1, 'code');
SELECT crm.lookup(1, NULL);
SELECT crm.lookup(1, VARIADIC '{}');
SELECT crm.lookup(true, 'sales.country.code');
SELECT crm.lookup('x'::text, 'sales.country.code');
SELECT crm.lookup(point '(1,1)', 'sales.country(spot).code');
SELECT crm.lookup(int4range(1, 2), 'sales.country(span).code');
SELECT crm.lookup('{1}'::int[], 'sales.country(pair).code');

-- in a source
CREATE FUNCTION sales.try(expression text) RETURNS void LANGUAGE sql BEGIN ATOMIC
	SELECT crm.add_source('sales.partner', 'sales', jsonb_build_object('email', 'mail', 'country', expression));
END;
SELECT sales.try($$lookup('country.code')$$);
SELECT sales.try($$lookup('link.word')$$);
SELECT sales.try($$lookup(home_id, 'link.word')$$);
SELECT sales.try($$lookup(home_id, 'contry.code')$$);
SELECT sales.try($$lookup(home_id, 'country.cod')$$);
SELECT sales.try($$lookup(home_id, 'country(cod).id')$$);
SELECT sales.try($$lookup(homeid, 'country.code')$$);
SELECT sales.try($$lookup()$$);
SELECT sales.try($$lookup(home_id)$$);
SELECT sales.try($$lookup(home_id, note)$$);
SELECT sales.try($$lookup(home_id, 'sales.' || 'country.code')$$);
SELECT sales.try($$lookup(home_id, 'country.code', note)$$);
SELECT sales.try($$lookup(home_id, VARIADIC string_to_array(note, ','))$$);
SELECT sales.try($$lookup(home_id, VARIADIC ARRAY[note])$$);
SELECT sales.try($$lookup(path => 'country.code')$$);
SELECT sales.try($$lookup(home_id, NULL)$$);
SELECT sales.try($$lookup(home_id, 1)$$);
SELECT sales.try($$lookup(home_id, 'country')$$);
SELECT sales.try($$lookup(home_id, 'country.Code; DROP TABLE sales.country')$$);
SELECT sales.try($$lookup(at, 'country.code')$$);
SELECT sales.try($$lookup(home_id, 'country.pair', 'country.code')$$);
SELECT sales.try($$lookup(partner, 'country.code')$$);
SELECT sales.try($$lookup(home_id, 'passing.v')$$);
SELECT sales.try($$lookup(home_id, 'counter.last_value')$$);
SELECT sales.try($$lookup(home_id, 'whole.v')$$);
SELECT sales.try($$lookup((SELECT 1), 'country.code')$$);
SELECT sales.try($$lookup((random() * 9)::integer, 'country.code')$$);
-- by another name it would read what the row says
CREATE OPERATOR sales.@> (LEFTARG = anyelement, RIGHTARG = text[], FUNCTION = crm.lookup);
SELECT sales.try($$home_id OPERATOR(sales.@>) ARRAY[note]$$);
SELECT count(*) AS sources FROM crm_internal.source;
SELECT sales.try($$lookup(work_id, 'country.code')$$);
SELECT mapping FROM crm_internal.source WHERE parent_id IS NULL;
