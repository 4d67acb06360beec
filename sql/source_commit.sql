-- The commit phase: what a transaction leaves in pending, whatever its savepoints, size and mode.
SET client_min_messages = warning;
\set SHOW_CONTEXT never
-- nothing is resolved here, all is left to pending: test/tap/t/source_inline.pl shows the other road
SET crm.inline_limit = 0;
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
CREATE TABLE shop.client (id integer PRIMARY KEY, name text);
CREATE TABLE shop.visit (id bigint PRIMARY KEY, name text);
RESET ROLE;
-- entries by source, rows without an entry, entries without a row
CREATE FUNCTION pg_temp.keys() RETURNS TABLE (source text, entries bigint, missing bigint, invented bigint) LANGUAGE sql AS $$
	WITH rows AS (SELECT 'client' AS of, id::text FROM shop.client UNION ALL SELECT 'visit', id::text FROM shop.visit),
		gone AS (DELETE FROM crm_internal.pending RETURNING *)
	SELECT s.table_name, (SELECT count(*) FROM gone g WHERE g.source_id = s.source_id),
		(SELECT count(*) FROM (SELECT id FROM rows r WHERE r.of = s.table_name EXCEPT SELECT source_key FROM gone g WHERE g.source_id = s.source_id) x),
		(SELECT count(*) FROM (SELECT source_key FROM gone g WHERE g.source_id = s.source_id EXCEPT SELECT id FROM rows r WHERE r.of = s.table_name) x)
	FROM crm_internal.source s ORDER BY 1
$$;
CREATE PROCEDURE pg_temp.anew() LANGUAGE sql SET crm.enabled = off AS 'TRUNCATE shop.client, shop.visit, crm_internal.pending';
CALL pg_temp.watch('shop.client', '{"name": "name"}', mode => 'inline');
CALL pg_temp.watch('shop.visit', '{"name": "name"}');
SET ROLE crm_test_shop;

-- an inline and a watched table in one transaction, by a role without any right on crm
BEGIN;
INSERT INTO shop.client VALUES (1, 'a'), (2, 'b');
INSERT INTO shop.visit VALUES (1, 'a');
SET CONSTRAINTS ALL IMMEDIATE;
INSERT INTO shop.client VALUES (3, 'c');
SET CONSTRAINTS ALL DEFERRED;
DELETE FROM shop.client WHERE id = 1;
COMMIT;
RESET ROLE;
SELECT * FROM pg_temp.seen();
SELECT count(*) AS tickets FROM crm_internal.ticket;

CALL pg_temp.anew();
-- too much for memory, inside and outside of savepoints, kept and rolled back
BEGIN;
INSERT INTO shop.client SELECT generate_series(101, 5100);
SAVEPOINT a;
INSERT INTO shop.client SELECT generate_series(5101, 25100);
INSERT INTO shop.visit SELECT generate_series(5101, 25100);
ROLLBACK TO a;
INSERT INTO shop.client SELECT generate_series(30001, 50000);
SAVEPOINT b;
INSERT INTO shop.visit SELECT generate_series(30001, 50000);
SAVEPOINT c;
INSERT INTO shop.client SELECT generate_series(50001, 50003);
RELEASE b;
COMMIT;
SELECT * FROM pg_temp.keys();
CALL pg_temp.anew();

-- a savepoint a row, the way error handling in a loop makes them: every third fails
DO $$
BEGIN
	FOR n IN 100001..130000 LOOP
		BEGIN
			INSERT INTO shop.visit VALUES (n);
			IF n % 3 = 0 THEN
				RAISE division_by_zero;
			END IF;
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
	END LOOP;
END $$;
SELECT * FROM pg_temp.keys();
CALL pg_temp.anew();

-- many small savepoints that are kept, and what they left written out inside one that is not
CREATE FUNCTION pg_temp.drops_by_little(low integer, high integer) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	FOR n IN low..high LOOP
		BEGIN
			INSERT INTO shop.client VALUES (n);
		EXCEPTION WHEN division_by_zero THEN NULL;
		END;
	END LOOP;
END $$;
BEGIN;
SELECT pg_temp.drops_by_little(200001, 208192);
SAVEPOINT a;
INSERT INTO shop.client VALUES (209001);
INSERT INTO shop.client VALUES (209002);
ROLLBACK TO a;
SAVEPOINT b;
SELECT pg_temp.drops_by_little(210001, 220000);
RELEASE b;
COMMIT;
SELECT * FROM pg_temp.keys();
CALL pg_temp.anew();
INSERT INTO shop.client VALUES (2), (3);
TRUNCATE crm_internal.pending;

-- levels of isolation
BEGIN ISOLATION LEVEL SERIALIZABLE;
UPDATE shop.client SET name = 's' WHERE id = 2;
COMMIT;
BEGIN ISOLATION LEVEL REPEATABLE READ;
UPDATE shop.client SET name = 'r' WHERE id = 3;
COMMIT;
SELECT * FROM pg_temp.seen();

-- nobody else can run the triggers' functions, or read and write what they keep
SET ROLE crm_test_shop;
INSERT INTO crm_internal.ticket VALUES (1);
CREATE TRIGGER mine AFTER INSERT ON shop.client FOR EACH ROW EXECUTE FUNCTION crm_internal.drain();
RESET ROLE;
-- a ticket out of turn is taken and does nothing
INSERT INTO crm_internal.ticket VALUES (1), (2), (99);
SELECT count(*) FROM crm_internal.ticket;
CREATE TABLE shop.wrong (lap smallint);
CREATE TRIGGER wrong AFTER UPDATE ON shop.wrong FOR EACH ROW EXECUTE FUNCTION crm_internal.drain();
INSERT INTO shop.wrong VALUES (1);
UPDATE shop.wrong SET lap = 2;
DROP SCHEMA shop CASCADE;
DROP ROLE crm_test_shop;
