-- Keys of many types: what capture notes is what reading finds, and the table's index serves it.
\set SHOW_CONTEXT never
CREATE EXTENSION citext;
SELECT crm.add_department('d');
CREATE SCHEMA d;
CREATE DOMAIN d.nr AS integer CHECK (value > 0);
CREATE TYPE d.color AS ENUM ('red', 'green');
CREATE TABLE d.c (k citext PRIMARY KEY, m citext);
CREATE TABLE d.e (k d.color, on_day date, at timestamp, m text, PRIMARY KEY (k, on_day, at));
CREATE TABLE d.f (k numeric PRIMARY KEY, m text);
CREATE TABLE d.n (k d.nr PRIMARY KEY, m text);
CREATE TABLE d.z (k timestamptz PRIMARY KEY, m text);
INSERT INTO d.c VALUES ('Abc', 'x'), ('d', 'y');
INSERT INTO d.e VALUES ('red', '2020-02-03', '2020-01-01 10:00:00.5', 'x');
INSERT INTO d.f VALUES (1.50, 'x');
INSERT INTO d.n VALUES (5, 'x');
INSERT INTO d.z VALUES ('2020-01-01 10:00:00+03', 'x');
SELECT crm.add_source('d.c', 'd', '{"email": "m"}'), crm.add_source('d.e', 'd', '{"email": "m"}'), crm.add_source('d.f', 'd', '{"email": "m"}'),
	crm.add_source('d.n', 'd', '{"email": "m"}'), crm.add_source('d.z', 'd', '{"email": "m"}');
-- noted by a session with settings of its own, read by another
SET DateStyle = 'SQL, DMY';
SET TimeZone = 'Asia/Tokyo';
UPDATE d.c SET m = 'z';
UPDATE d.e SET m = 'z';
UPDATE d.f SET m = 'z';
UPDATE d.n SET m = 'z';
UPDATE d.z SET m = 'z';
RESET DateStyle;
RESET TimeZone;
SELECT s.table_name, p.source_key, r.source_key = p.source_key AS found, r.attributes
FROM crm_internal.pending p JOIN crm_internal.source s USING (source_id), LATERAL crm_internal.read_source(p.source_id, ARRAY[p.source_key]) r
WHERE p.source_key IS NOT NULL ORDER BY 1, 2;
-- and the same keys by a look at all of it
SELECT s.table_name, k.source_key FROM crm_internal.source s, LATERAL crm_internal.scan_source(s.source_id) k
EXCEPT SELECT s.table_name, p.source_key FROM crm_internal.pending p JOIN crm_internal.source s USING (source_id);

-- by index: reading one row of many touches few
CREATE TABLE d.big (a text, b integer, m text, PRIMARY KEY (a, b));
INSERT INTO d.big SELECT 'k' || i % 7, i, 'm' FROM generate_series(1, 20000) i;
ANALYZE d.big;
SELECT crm.add_source('d.big', 'd', '{"email": "m"}');
SELECT pg_stat_force_next_flush();
SELECT pg_stat_reset_single_table_counters('d.big'::regclass);
SELECT count(*) FROM generate_series(1, 20) i, LATERAL crm_internal.read_source(6, ARRAY[format('["k%s", "%s"]', i % 7, i)]);
SELECT pg_stat_force_next_flush();
SELECT seq_scan AS whole_scans, idx_scan >= 20 AS by_index FROM pg_stat_user_tables WHERE relid = 'd.big'::regclass;
