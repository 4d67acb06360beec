-- The key text that capture writes, over partitions, types and renamed columns.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE SCHEMA shop;
CREATE FUNCTION pg_temp.watch(of regclass, key text, columns text, mode text DEFAULT 'watch') RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	id integer;
	part regclass;
BEGIN
	INSERT INTO crm_internal.source (department, schema_name, table_name, relation_kind, key_columns, key_types, mapping, columns, mode)
	SELECT 'shop', relnamespace::regnamespace, relname, relkind, key::text[], '{}', '{}', columns::text[], watch.mode
	FROM pg_class WHERE oid = of RETURNING source_id INTO id;
	EXECUTE format('CREATE TRIGGER crm_50_capture AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION crm_internal.capture(%L)', of, id);
	EXECUTE format('ALTER TABLE %s ENABLE ALWAYS TRIGGER crm_50_capture', of);
	FOR part IN SELECT of UNION SELECT relid FROM pg_partition_tree(of) LOOP
		EXECUTE format('CREATE TRIGGER crm_50_truncate AFTER TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION crm_internal.capture(%L)', part, id);
	END LOOP;
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
SELECT pg_temp.watch('shop.part', '{region,id}', '{region,id,name}');
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
SELECT pg_temp.watch('shop.odd', '{a,b,c}', '{a,b,c}');
INSERT INTO shop.odd VALUES ('qu"ote', E'tab\tback\\slash', 'pad'), (E'\x01\b\f\n\r\x1f\x7f', 'é€😀', ''), ('', ' ', 'x y z');
SELECT count(*), bool_and(EXISTS (SELECT FROM crm_internal.pending WHERE source_key = jsonb_build_array(a::text, b::text, c::text)::text)) FROM shop.odd;
TRUNCATE crm_internal.pending;

-- one column: what ::text gives, whatever the session likes to see
CREATE DOMAIN shop.code AS varchar CHECK (value <> '');
CREATE TYPE shop.size AS ENUM ('s', 'm');
CREATE TABLE shop.kind (name text);
SET DateStyle = 'German'; SET IntervalStyle = 'iso_8601'; SET TimeZone = 'Asia/Tokyo'; SET bytea_output = 'escape'; SET extra_float_digits = -3;
DO $$
DECLARE
	kind record;
	found text;
BEGIN
	FOR kind IN SELECT * FROM (VALUES ('smallint', '-32768'), ('integer', '-2147483648'), ('bigint', '9223372036854775807'),
		('text', 'Jan'), ('varchar(9)', 'Jan'), ('char(9)', 'Jan'), ('name', 'Jan'), ('boolean', 'true'), ('uuid', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'),
		('numeric', '1.50'), ('date', '2026-02-01'), ('timestamptz', '2026-02-01 00:00:00+09'), ('timestamp', '2026-02-01'), ('interval', '1 day 02:00'),
		('float8', '0.1'), ('bytea', '\x00ff'), ('inet', '10.0.0.1'), ('oid', '4294967295'), ('shop.code', 'C1'), ('shop.size', 'm'), ('integer[]', '{1,2}'),
		('date[]', '{2026-02-01}'), ('regclass', 'shop.kind')) v (type, value)
	LOOP
		EXECUTE format('CREATE TABLE shop.one (k %s, v text)', kind.type);
		PERFORM pg_temp.watch('shop.one', '{k}', '{k,v}');
		EXECUTE format('INSERT INTO shop.one VALUES (%L)', kind.value);
		DROP TABLE shop.one;
		DELETE FROM crm_internal.source WHERE table_name = 'one';
	END LOOP;
END $$;
RESET DateStyle; RESET IntervalStyle; RESET TimeZone; RESET bytea_output; RESET extra_float_digits;
SELECT source_key, op FROM crm_internal.pending;
TRUNCATE crm_internal.pending;

-- no key, no record; a key that comes and goes is an insert and a delete
CREATE TABLE shop.loose (k integer UNIQUE, v text);
SELECT pg_temp.watch('shop.loose', '{k}', '{k,v}');
INSERT INTO shop.loose VALUES (NULL, 'a');
UPDATE shop.loose SET v = 'b';
SELECT * FROM pg_temp.seen();
UPDATE shop.loose SET k = 1;
UPDATE shop.loose SET k = NULL;
SELECT * FROM pg_temp.seen();

-- values kept outside the row: unchanged is unchanged
CREATE TABLE shop.wide (k integer PRIMARY KEY, v text, n integer);
ALTER TABLE shop.wide ALTER v SET STORAGE EXTERNAL;
SELECT pg_temp.watch('shop.wide', '{k}', '{k,v}');
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
