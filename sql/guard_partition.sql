-- A guard on a partitioned table holds on every partition, and for rows on their way between them.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT crm.add_gateway(session_user, session_allowed => true);
SELECT crm.add_department('service');
SELECT crm.add_position('board', 'service'), crm.add_position('agent', 'service', reports_to => 'board');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('agent', 'bob')) a (p, w);
CREATE SCHEMA service;
CREATE TABLE service.voucher (id integer, value numeric, year integer, note text, PRIMARY KEY (id, year)) PARTITION BY LIST (year);
CREATE TABLE service.voucher_1 PARTITION OF service.voucher FOR VALUES IN (1);
-- its columns stand in another order
CREATE TABLE service.voucher_2 (note text, junk text, year integer NOT NULL, value numeric, id integer NOT NULL);
ALTER TABLE service.voucher_2 DROP COLUMN junk;
ALTER TABLE service.voucher ATTACH PARTITION service.voucher_2 FOR VALUES IN (2);
CREATE TABLE service.voucher_3 PARTITION OF service.voucher FOR VALUES IN (3, 4) PARTITION BY LIST (year);
CREATE TABLE service.voucher_33 PARTITION OF service.voucher_3 FOR VALUES IN (3);
CREATE TABLE service.invoice (LIKE service.voucher INCLUDING ALL) PARTITION BY LIST (year);
CREATE TABLE service.invoice_1 PARTITION OF service.invoice FOR VALUES IN (1);
CREATE TABLE service.invoice_2 PARTITION OF service.invoice FOR VALUES IN (2);
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.share('goodwill', 'board', 'agent', amount => 100);
-- one guard of changes alone, one of inserts alone
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'value', operations => '{UPDATE}');
SELECT crm.add_guard('service.invoice', 'goodwill', amount => 'value', operations => '{INSERT}');
SELECT tgrelid::regclass, tgname, tgtype, tgenabled FROM pg_trigger
WHERE tgfoid = 'crm_internal.guard_trigger'::regproc ORDER BY tgrelid::regclass::text, tgname;
SELECT crm.act_as('bob', for_session => true);

-- plain inserts and deletes are not asked for
INSERT INTO service.voucher VALUES (1, 500, 1), (2, 50, 1), (3, 500, 3);
DELETE FROM service.voucher WHERE id = 3;
-- a move with a new amount is an update; one without is none
UPDATE service.voucher SET year = 2 WHERE id = 1;
UPDATE service.voucher SET year = 3, value = 501 WHERE id = 1;
UPDATE service.voucher SET year = 3, value = 60 WHERE id = 2;
UPDATE service.voucher SET year = 2, value = 600 WHERE id = 2;
-- several rows, moved and not, in one statement and by MERGE
INSERT INTO service.voucher SELECT i, 10, 1 + i % 2 FROM generate_series(10, 15) i;
UPDATE service.voucher SET year = 3 - year, value = value + 1 WHERE id >= 10;
UPDATE service.voucher SET year = 3 - year, value = value + CASE id WHEN 15 THEN 100 ELSE 1 END WHERE id >= 10;
MERGE INTO service.voucher v USING (VALUES (14, 2), (15, 1), (16, 1)) s (id, year) ON v.id = s.id
	WHEN MATCHED THEN UPDATE SET year = s.year, value = v.value + 1 WHEN NOT MATCHED THEN INSERT VALUES (s.id, 5000, s.year);
SELECT tableoid::regclass, id, value FROM service.voucher ORDER BY id;
-- straight into a partition
UPDATE service.voucher_2 SET value = 700 WHERE id = 1;
UPDATE ONLY service.voucher_33 SET value = 700;
-- moved rows are not inserted
INSERT INTO service.invoice VALUES (1, 50, 1), (2, 60, 1);
INSERT INTO service.invoice VALUES (3, 500, 1);
UPDATE service.invoice SET year = 2, value = 5000 WHERE id = 1;
-- a row that a trigger brings in on the way is
CREATE FUNCTION service.bring() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO service.invoice VALUES (OLD.id + 100, 900, 1); RETURN NULL; END $$;
CREATE TRIGGER aaa AFTER DELETE ON service.invoice FOR EACH ROW EXECUTE FUNCTION service.bring();
UPDATE service.invoice SET year = 2 WHERE id = 2;
DROP TRIGGER aaa ON service.invoice;
SELECT tableoid::regclass, id, value FROM service.invoice ORDER BY id;

-- TRUNCATE, of whatever part
TRUNCATE service.voucher;
TRUNCATE service.voucher_3;
TRUNCATE service.voucher_33;
TRUNCATE service.voucher_1;

-- partitions that come later, made or attached
SELECT crm.act_as('ann', for_session => true);
CREATE TABLE service.voucher_34 PARTITION OF service.voucher_3 FOR VALUES IN (4);
CREATE TABLE service.voucher_5 (LIKE service.voucher);
INSERT INTO service.voucher_5 VALUES (50, 5, 5);
ALTER TABLE service.voucher ATTACH PARTITION service.voucher_5 FOR VALUES IN (5);
SELECT crm.act_as('bob', for_session => true);
UPDATE service.voucher SET value = 800 WHERE year = 5;
TRUNCATE service.voucher_5;
TRUNCATE service.voucher_34;
SELECT guard_id, state FROM crm.guards ORDER BY guard_id;
SELECT crm.act_as(NULL, for_session => true);

-- a row that a trigger keeps from arriving was deleted
CREATE TABLE service.claim (id integer, value numeric, year integer) PARTITION BY LIST (year);
CREATE TABLE service.claim_1 PARTITION OF service.claim FOR VALUES IN (1);
CREATE TABLE service.claim_2 PARTITION OF service.claim FOR VALUES IN (2);
INSERT INTO service.claim VALUES (1, 500, 1), (2, 500, 1);
CREATE FUNCTION service.swallow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER aaa BEFORE INSERT ON service.claim_2 FOR EACH ROW EXECUTE FUNCTION service.swallow();
SELECT crm.add_guard('service.claim', 'goodwill', amount => 'value', operations => '{INSERT,UPDATE,DELETE}') > 0 AS guarded;
SELECT crm.act_as('bob', for_session => true);
DELETE FROM service.claim WHERE id = 1;
UPDATE service.claim SET year = 2 WHERE id = 1;
UPDATE service.claim SET year = 2;
BEGIN;
SAVEPOINT before;
UPDATE service.claim SET year = 2 WHERE id = 1;
ROLLBACK TO before;
COMMIT;
SELECT id, year FROM service.claim ORDER BY id;
SELECT crm.act_as(NULL, for_session => true);

SELECT person, operation, subject, amount FROM crm_internal.act WHERE guard_id IS NOT NULL ORDER BY act_id;
