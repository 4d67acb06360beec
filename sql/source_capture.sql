-- What capture notes of a watched table: each change that matters, once, by the row's key.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
CREATE ROLE crm_test_shop;
CREATE SCHEMA shop AUTHORIZATION crm_test_shop;
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

SET ROLE crm_test_shop;
CREATE TABLE shop.client (id integer PRIMARY KEY, name text, email text, visits integer DEFAULT 0);
CREATE TABLE shop.note (client integer REFERENCES shop.client ON DELETE CASCADE ON UPDATE CASCADE, line integer, body text, PRIMARY KEY (client, line));
RESET ROLE;
CALL pg_temp.watch('shop.client', '{"name": "name", "email": "email"}');
CALL pg_temp.watch('shop.note', '{"name": "body"}');

-- a department's role, which has no right at all on crm, writes as before
SET ROLE crm_test_shop;
INSERT INTO shop.client VALUES (1, 'Ann', 'ann@x.nl'), (2, 'Bob', NULL);
COPY shop.client FROM stdin;
3	Cem	cem@x.nl	0
4	Dee	\N	0
\.
INSERT INTO shop.note VALUES (1, 1, 'a'), (1, 2, 'b'), (2, 1, 'c');
RESET ROLE;
SELECT * FROM pg_temp.seen();
-- a column that nobody mapped is none of our business; a value written anew but unchanged neither
UPDATE shop.client SET visits = visits + 1;
UPDATE shop.client SET name = name, email = email;
SELECT * FROM pg_temp.seen();
UPDATE shop.client SET email = 'b@x.nl' WHERE id IN (1, 2);
UPDATE shop.client SET email = NULL WHERE id = 2;
SELECT * FROM pg_temp.seen();
-- a new key: the old one is gone, the new one came; the foreign key does the same to the child
UPDATE shop.client SET id = 20 WHERE id = 2;
SELECT * FROM pg_temp.seen();
DELETE FROM shop.client WHERE id = 1;
SELECT * FROM pg_temp.seen();
INSERT INTO shop.client VALUES (3, 'Cemal'), (5, 'Eva') ON CONFLICT (id) DO UPDATE SET name = excluded.name;
INSERT INTO shop.client VALUES (3, 'Cemal'), (5, 'Eva') ON CONFLICT DO NOTHING;
MERGE INTO shop.client c USING (VALUES (3, 'x'), (5, NULL), (6, 'Fay')) v (id, name) ON c.id = v.id
	WHEN MATCHED AND v.name IS NULL THEN DELETE WHEN MATCHED THEN UPDATE SET name = v.name
	WHEN NOT MATCHED THEN INSERT VALUES (v.id, v.name);
SELECT * FROM pg_temp.seen();
TRUNCATE shop.client CASCADE;
SELECT * FROM pg_temp.seen();

-- rolled back: nothing; the rest of the transaction stays
BEGIN;
INSERT INTO shop.client VALUES (1);
SAVEPOINT a;
INSERT INTO shop.client VALUES (2);
SAVEPOINT b;
INSERT INTO shop.client VALUES (3);
RELEASE b;
ROLLBACK TO a;
INSERT INTO shop.client VALUES (4);
SAVEPOINT c;
INSERT INTO shop.client VALUES (5);
RELEASE c;
COMMIT;
DO $$ BEGIN
	INSERT INTO shop.client VALUES (6);
	BEGIN INSERT INTO shop.client VALUES (7); INSERT INTO shop.client VALUES (6); EXCEPTION WHEN unique_violation THEN NULL; END;
	BEGIN INSERT INTO shop.client VALUES (8); EXCEPTION WHEN unique_violation THEN NULL; END;
END $$;
DO $$ BEGIN INSERT INTO shop.client VALUES (9); COMMIT; INSERT INTO shop.client VALUES (10); ROLLBACK; INSERT INTO shop.client VALUES (11); END $$;
SELECT * FROM pg_temp.seen();

-- stilled
SET crm.enabled = off;
UPDATE shop.client SET name = 'unseen';
RESET crm.enabled;
-- not stilled by what loaders do
SET session_replication_role = replica;
UPDATE shop.client SET name = 'seen' WHERE id = 1;
RESET session_replication_role;
-- row security of the table, and of crm's own, hides nothing from capture
ALTER TABLE shop.client ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.client FORCE ROW LEVEL SECURITY;
CREATE POLICY all_can ON shop.client USING (id = 4) WITH CHECK (true);
SET ROLE crm_test_shop;
UPDATE shop.client SET name = 'by policy';
RESET ROLE;
SELECT * FROM pg_temp.seen();
DROP SCHEMA shop CASCADE;
DROP ROLE crm_test_shop;
