-- phone_number: what is read and shown, what national writing becomes.
SELECT text, text::phone_number AS number FROM (VALUES
	('+31612345678'), ('+31 (0)6-1234 5678'), ('0031 6 12345678'), ('tel:+31-6-1234-5678'), ('(+31) 6.1234/5678'),
	('+44 (0)20 7946 0958'), ('+1 (212) 555-1234'), ('+39 (0)6 698 12345')) AS t (text);

-- bad input says what is wrong
SELECT ''::phone_number;
SELECT '0612345678'::phone_number;
SELECT '+31 6 CALL NOW'::phone_number;
SELECT '+31 20 1234567 ext. 5'::phone_number;
SELECT '+999 1234567'::phone_number;
SELECT '+31 06 12345678'::phone_number;
SELECT '+316123456789012345'::phone_number;
SELECT '+31 612'::phone_number;
SELECT '0612345678'::text::phone_number;
SELECT phone_number_or_null('0612345678') IS NULL AS bad, phone_number_or_null('0031612345678') AS good;

-- national writing needs a region
SELECT text, region, crm.parse_phone(text, region), crm.is_valid_phone(text, region) FROM (VALUES
	('06-1234 5678', 'NL'), ('020 123 4567', 'nl'), ('020 123 4567 ext. 5', 'NL'), ('0171 1234567', 'DE'),
	('06 12 34 56 78', 'FR'), ('(212) 736-5000', 'US'), ('020 7946 0958', 'GB'), ('612 34 56 78', 'ES'),
	('0011 31 6 12345678', 'AU'), ('+31 (0)6-1234 5678', 'US'), ('0031 6 12345678', NULL), ('+31 06 12345678', NULL),
	('+52 1 55 1234 5678', NULL), ('+52 55 1234 5678', NULL), ('tel:020-1234567;phone-context=+31', 'NL'), (NULL, 'NL')) AS t (text, region);
SELECT text, region, crm.is_valid_phone(text, region) FROM (VALUES
	('0612345678', NULL), ('+31 6 1234', 'NL'), ('+31 99 1234567', NULL), ('not a number', 'NL'), ('', 'NL'), (NULL, NULL)) AS t (text, region);
SELECT crm.is_valid_phone('+31612345678');
SELECT crm.parse_phone('0612345678', NULL);
SELECT crm.parse_phone('not a number', 'NL');
SELECT crm.parse_phone('12', 'NL');
SELECT crm.parse_phone('0612345678', 'XX');
SELECT crm.parse_phone('0612345678', 'ZZ');
SELECT crm.is_valid_phone('0612345678', 'Netherlands');

-- equal and ordered by the digits
SELECT x < y AS lt, x <= y AS le, x = y AS eq, x <> y AS ne, x >= y AS ge, x > y AS gt
FROM (VALUES ('+31612345678'::phone_number, '+31612345679'::phone_number), ('+31612345679', '+31612345678'), ('0031612345678', '+31 6 12345678')) AS t (x, y);
CREATE TABLE number (phone phone_number PRIMARY KEY, typed text NOT NULL);
INSERT INTO number SELECT typed::phone_number, typed FROM (SELECT '+31 6 ' || 10000000 + i * 7919 FROM generate_series(1, 2000) AS i) AS t (typed);
INSERT INTO number VALUES ('+31 6 10007919', ''), ('0031610007919', '');
ANALYZE number;
SET plan_cache_mode = force_generic_plan;
PREPARE by_text (varchar) AS SELECT phone FROM number WHERE phone = $1;
EXPLAIN (COSTS OFF) EXECUTE by_text ('');
EXECUTE by_text ('00 31 6-1000-7919');
EXECUTE by_text ('no number');
SET enable_nestloop = off;
SET enable_mergejoin = off;
SELECT count(*) FROM number AS a JOIN number AS b ON a.phone = b.typed::phone_number;
SET enable_hashjoin = off;
SET enable_mergejoin = on;
SELECT count(*) FROM number AS a JOIN number AS b ON a.phone = b.typed::phone_number;
SELECT count(DISTINCT phone), count(DISTINCT phone::text), min(phone::text), max(phone::text) FROM number;
SELECT count(*) AS groups FROM (SELECT phone FROM number GROUP BY phone) AS t;
SELECT count(*) AS wrong FROM number WHERE phone::text::phone_number IS DISTINCT FROM phone OR phone::text <> replace(typed, ' ', '');

-- arrays, casts, 8 bytes
SELECT '{+31612345678,0031612345679}'::phone_number[] @> ARRAY['+31 6 12345679'::phone_number] AS contains;
SELECT phone::varchar AS varchar, pg_column_size(phone) AS bytes, phone_number_send(phone) FROM number ORDER BY phone LIMIT 1;
SELECT phone LIKE '+31%' FROM number; -- not without saying so: as text, two spellings are two
SELECT opcname, amname, amvalidate(o.oid) FROM pg_opclass AS o JOIN pg_am AS a ON a.oid = opcmethod WHERE opcname = 'phone_number_ops' ORDER BY amname;
DROP TABLE number;
