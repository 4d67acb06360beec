-- email_address: what is read and shown, what is equal, what an index and a join do with it.
SELECT text, text::email_address AS address, local_part(text::email_address), domain(text::email_address)
FROM (VALUES
	('Ann.O''Neil@EXAMPLE.Org'),
	('  ann@example.org '),
	('"two words"@example.org'),
	('user+tag@[192.0.2.1]'),
	('a@[IPv6:2001:DB8:0::1]'),
	('Dörte@Sörensen.example'),
	('用户@例子.广告')) AS t (text);

-- bad input says what is wrong and where
SELECT ''::email_address;
SELECT 'ann'::email_address;
SELECT 'ann example@x.org'::email_address;
SELECT 'Dörte..S@x.org'::email_address;
SELECT 'ann@-x.org'::email_address;
SELECT 'ann@x_y.org'::email_address;
SELECT 'ann@1.2.3.4'::email_address;
SELECT 'Ann <ann@x.org>'::email_address;
SELECT (repeat('a', 65) || '@x.org')::email_address;
SELECT 'ann'::text::email_address;
SELECT email_address_or_null('ann') IS NULL AS bad, email_address_or_null('ann@X.org') AS good, email_address_or_null(NULL) AS none;

-- case of ASCII letters does not count, that of others does, and what was typed stays
SELECT 'ANN@x.org'::email_address = 'ann@X.ORG' AS ascii, 'Ö@x.org'::email_address = 'ö@x.org' AS wide,
	'a@bücher.example'::email_address = 'A@xn--bcher-kva.example' AS idn;
SELECT x < y AS lt, x <= y AS le, x = y AS eq, x <> y AS ne, x >= y AS ge, x > y AS gt
FROM (VALUES ('a@x.org'::email_address, 'B@x.org'::email_address), ('B@x.org', 'a@x.org'), ('a@x.org', 'A@x.org')) AS t (x, y);

-- every comparison agrees with the one of lower-case text in the C collation
CREATE TABLE address (email email_address PRIMARY KEY, typed text NOT NULL);
INSERT INTO address SELECT typed, typed FROM (
	SELECT CASE i % 3 WHEN 0 THEN upper(t) WHEN 1 THEN initcap(t) ELSE t END
	FROM generate_series(1, 2000) AS i, LATERAL (SELECT chr(97 + i % 26) || i * 7919 % 1000 || i || '@x' || i % 7 || '.org') AS u (t)) AS v (typed);
INSERT INTO address VALUES ('A0@x.org', ''), ('a0@X.ORG', '');
SELECT count(*) AS wrong FROM (
	SELECT row_number() OVER (ORDER BY email) AS a, row_number() OVER (ORDER BY lower(typed) COLLATE "C") AS b FROM address) AS t
WHERE a <> b;
SELECT count(*) > 50000 AS many, count(*) FILTER (WHERE
	(x.email < y.email, x.email = y.email, x.email > y.email) IS DISTINCT FROM
	(lower(x.typed) < lower(y.typed) COLLATE "C", lower(x.typed) = lower(y.typed), lower(x.typed) > lower(y.typed) COLLATE "C")) AS wrong
FROM address AS x, address AS y WHERE x.typed LIKE '%7@x3.org';

-- a literal, a parameter of type text and another spelling use the index
ANALYZE address;
SET plan_cache_mode = force_generic_plan;
PREPARE by_address (email_address) AS SELECT email FROM address WHERE email = $1;
PREPARE by_text (varchar) AS SELECT email FROM address WHERE email = $1;
EXPLAIN (COSTS OFF) EXECUTE by_address ('a@x.org');
EXPLAIN (COSTS OFF) EXECUTE by_text ('a@x.org');
INSERT INTO address VALUES ('Zoe@Bücher.example', 'zoe@xn--bcher-kva.example');
EXECUTE by_address ('ZOE@bücher.example');
EXECUTE by_text ('ZOE@bücher.example');
EXECUTE by_text ('no address');

-- hash and merge joins, grouping both ways, parallel or not, find the same
SET enable_nestloop = off;
SET enable_mergejoin = off;
EXPLAIN (COSTS OFF) SELECT FROM address AS a JOIN address AS b USING (email);
SELECT count(*) FROM address AS a JOIN (SELECT upper(email)::email_address AS email FROM address WHERE typed <> 'zoe@xn--bcher-kva.example') AS b USING (email);
SET enable_hashjoin = off;
SET enable_mergejoin = on;
SELECT count(*) FROM address AS a JOIN (SELECT upper(email)::email_address AS email FROM address WHERE typed <> 'zoe@xn--bcher-kva.example') AS b USING (email);
SELECT count(DISTINCT e) FROM (SELECT email AS e FROM address UNION ALL SELECT upper(email::text)::email_address FROM address WHERE domain(email) <> 'xn--bcher-kva.example') AS t;
SET enable_hashagg = off;
SELECT count(*) FROM (SELECT e FROM (SELECT email AS e FROM address UNION ALL SELECT typed::email_address FROM address) AS t GROUP BY e) AS t;
RESET enable_hashagg;
SELECT count(*) FROM (SELECT e FROM (SELECT email AS e FROM address UNION ALL SELECT typed::email_address FROM address) AS t GROUP BY e) AS t;
SELECT count(*) AS wrong FROM address WHERE email_address_hash(email) <> email_address_hash(upper(email)::email_address) AND typed NOT LIKE 'zoe%';

-- arrays, casts, text functions
SELECT '{a@X.org,"\"b c\"@x.org"}'::email_address[] @> ARRAY['A@x.ORG'::email_address] AS contains, 'A@x.org'::email_address = ANY ('{b@x.org,a@x.org}') AS any;
SELECT email || '!' AS joined, email::varchar AS varchar, pg_typeof(email::text) FROM address WHERE email LIKE 'Zoe@%';
SELECT email_address_send('a@X.org'), pg_column_size(email) AS bytes FROM address WHERE email = 'zoe@bücher.example';
SELECT opcname, amname, amvalidate(o.oid) FROM pg_opclass AS o JOIN pg_am AS a ON a.oid = opcmethod WHERE opcname = 'email_address_ops' ORDER BY amname;
DROP TABLE address;
