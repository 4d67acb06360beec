-- The key text that capture writes, over partitions, types and renamed columns.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA shop;
SELECT crm.add_department('shop');
CREATE PROCEDURE pg_temp.watch(of text, map jsonb, key text[] DEFAULT NULL, mode text DEFAULT 'watch') LANGUAGE plpgsql AS $$
BEGIN
	PERFORM crm.add_source(of, department => 'shop', map => map, key => key, mode => mode);
	-- the first load
	DELETE FROM crm_internal.pending;
END $$;
CREATE FUNCTION pg_temp.seen() RETURNS TABLE (source text, ops text, keys text) LANGUAGE sql AS $$
	WITH gone AS (DELETE FROM crm_internal.pending RETURNING *)
	SELECT s.table_name, string_agg(g.op::text, '' ORDER BY g.source_key COLLATE "C", g.op), string_agg(g.source_key, ' ' ORDER BY g.source_key COLLATE "C", g.op)
	FROM gone g JOIN crm_internal.source s USING (source_id) GROUP BY 1 ORDER BY 1
$$;


-- partitions have attribute numbers of their own; moving to another is a delete and an insert of one key
CREATE TABLE shop.part (region text, id integer, name text, PRIMARY KEY (region, id)) PARTITION BY LIST (region);
CREATE TABLE shop.part_nl PARTITION OF shop.part FOR VALUES IN ('NL');
CREATE TABLE shop.part_be (gone integer, name text, id integer NOT NULL, region text NOT NULL);
ALTER TABLE shop.part_be DROP COLUMN gone;
ALTER TABLE shop.part ATTACH PARTITION shop.part_be FOR VALUES IN ('BE');
CALL pg_temp.watch('shop.part', '{"name": "name"}');
INSERT INTO shop.part VALUES ('NL', 1, 'a'), ('BE', 2, 'b');
SELECT * FROM pg_temp.seen();
UPDATE shop.part SET name = 'c';
UPDATE shop.part_be SET name = name;
SELECT * FROM pg_temp.seen();
UPDATE shop.part SET region = 'BE' WHERE id = 1;
SELECT * FROM pg_temp.seen();
TRUNCATE shop.part_be;
SELECT * FROM pg_temp.seen();
TRUNCATE shop.part;
SELECT * FROM pg_temp.seen();
-- a partition that is attached later is captured too
CREATE TABLE shop.part_de PARTITION OF shop.part FOR VALUES IN ('DE');
INSERT INTO shop.part_de VALUES ('DE', 3, 'd');
SELECT * FROM pg_temp.seen();

-- the canonical text is that of jsonb, quotes, control characters and all
CREATE TABLE shop.odd (a text, b varchar(20), c char(6), PRIMARY KEY (a, b, c));
CALL pg_temp.watch('shop.odd', '{"name": "a"}');
INSERT INTO shop.odd VALUES ('qu"ote', E'tab\tback\\slash', 'pad'), (E'\x01\b\f\n\r\x1f\x7f', 'é€😀', ''), ('', ' ', 'x y z');
SELECT count(*), bool_and(EXISTS (SELECT FROM crm_internal.pending WHERE source_key = jsonb_build_array(a::text, b::text, c::text)::text)) FROM shop.odd;
TRUNCATE crm_internal.pending;

-- one column: what ::text gives, whatever the session likes to see
CREATE DOMAIN shop.code AS varchar CHECK (value <> '');
CREATE TYPE shop.size AS ENUM ('s', 'm');
CREATE TABLE shop.kind (name text);
SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601'; SET TimeZone = 'Asia/Tokyo'; SET bytea_output = 'escape'; SET extra_float_digits = -3;
CREATE TEMP TABLE keys (n serial, type text, key text, op "char");
DO $$
DECLARE
	kind record;
BEGIN
	FOR kind IN SELECT * FROM (VALUES ('smallint', '-32768'), ('integer', '-2147483648'), ('bigint', '9223372036854775807'),
		('text', 'Jan'), ('varchar(9)', 'Jan'), ('char(9)', 'Jan'), ('name', 'Jan'), ('boolean', 'true'), ('uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'),
		('numeric', '1.50'), ('date', '2026-02-01'), ('timestamptz', '2026-02-01 00:00:00+09'), ('timestamp', '2026-02-01'), ('interval', '1 day 02:00'),
		('float8', '0.1'), ('bytea', '\x00ff'), ('inet', '10.0.0.1'), ('oid', '4294967295'), ('shop.code', 'C1'), ('shop.size', 'm'),
		('regclass', 'shop.kind')) v (type, value)
	LOOP
		EXECUTE format('CREATE TABLE shop.one (k %s, v text)', kind.type);
		CALL pg_temp.watch('shop.one', '{"name": "v"}', '{k}');
		EXECUTE format('INSERT INTO shop.one VALUES (%L)', kind.value);
		COMMIT;
		INSERT INTO keys (type, key, op) SELECT kind.type, source_key, op FROM crm_internal.pending;
		PERFORM crm.drop_source('shop.one');
		DROP TABLE shop.one;
	END LOOP;
END $$;
RESET DateStyle; RESET IntervalStyle; RESET TimeZone; RESET bytea_output; RESET extra_float_digits;
SELECT type, key, op FROM keys ORDER BY n;

-- no key, no record; a key that comes and goes is an insert and a delete
CREATE TABLE shop.loose (k integer UNIQUE, v text);
CALL pg_temp.watch('shop.loose', '{"name": "v"}', '{k}');
INSERT INTO shop.loose VALUES (NULL, 'a');
UPDATE shop.loose SET v = 'b';
SELECT * FROM pg_temp.seen();
UPDATE shop.loose SET k = 1;
UPDATE shop.loose SET k = NULL;
SELECT * FROM pg_temp.seen();

-- values kept outside the row: unchanged is unchanged
CREATE TABLE shop.wide (k integer PRIMARY KEY, v text, n integer);
ALTER TABLE shop.wide ALTER v SET STORAGE EXTERNAL;
CALL pg_temp.watch('shop.wide', '{"name": "v"}');
INSERT INTO shop.wide VALUES (1, repeat('wide ', 5000));
TRUNCATE crm_internal.pending;
UPDATE shop.wide SET n = 1;
SELECT * FROM pg_temp.seen();
UPDATE shop.wide SET v = v || '.';
SELECT * FROM pg_temp.seen();

-- the department renames, drops, and goes on writing; what cannot be told by key is told as a whole, once
ALTER TABLE shop.wide RENAME v TO w;
UPDATE shop.wide SET n = 2;
SELECT * FROM pg_temp.seen();
ALTER TABLE shop.wide RENAME k TO id;
INSERT INTO shop.wide SELECT generate_series(2, 9);
SELECT source_key, op FROM crm_internal.pending;
TRUNCATE crm_internal.pending;
-- changes of the registry are heeded in the same session, prepared statements included
PREPARE write AS UPDATE shop.wide SET w = coalesce(w, '') || '.' WHERE id = 1;
UPDATE crm_internal.source SET key_columns = '{id}', columns = '{id,w}' WHERE table_name = 'wide';
EXECUTE write;
UPDATE crm_internal.source SET columns = '{id}' WHERE table_name = 'wide';
EXECUTE write;
SELECT * FROM pg_temp.seen();
-- a trigger left over without a source does nothing
DELETE FROM crm_internal.source WHERE table_name = 'wide';
UPDATE shop.wide SET id = id + 10;
SELECT count(*) FROM crm_internal.pending;

-- not a trigger that could swallow rows
CREATE TRIGGER wrong BEFORE INSERT ON shop.wide FOR EACH ROW EXECUTE FUNCTION crm_internal.capture('1');
INSERT INTO shop.wide VALUES (100);
DROP TRIGGER wrong ON shop.wide;
CREATE TRIGGER odd AFTER INSERT ON shop.wide FOR EACH ROW EXECUTE FUNCTION crm_internal.capture('7x', '');
CREATE TRIGGER odder AFTER INSERT ON shop.wide FOR EACH ROW EXECUTE FUNCTION crm_internal.capture();
INSERT INTO shop.wide VALUES (100);
SELECT count(*) FROM crm_internal.pending;
DROP SCHEMA shop CASCADE;
