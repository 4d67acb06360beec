-- A write is refused exactly where its actor may not decide it, whichever way it is written.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT crm.add_gateway(session_user, session_allowed => true);
SELECT crm.add_department('service');
SELECT crm.add_position('board', 'service'), crm.add_position('agent', 'service', reports_to => 'board');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('agent', 'bob')) a (p, w);
CREATE SCHEMA service;
CREATE TABLE service.client (id integer PRIMARY KEY);
CREATE TABLE service.voucher (
	id integer PRIMARY KEY,
	client integer REFERENCES service.client ON DELETE CASCADE ON UPDATE CASCADE,
	value numeric,
	status text NOT NULL DEFAULT 'new',
	note text);
INSERT INTO service.client SELECT generate_series(1, 9);
SELECT crm.add_guard('service.voucher', decision => 'goodwill', amount => 'value', columns => '{client}', "when" => $$status <> 'draft'$$,
	operations => '{INSERT,UPDATE,DELETE}');

-- Before a charter begins everything is allowed, and journalled.
INSERT INTO service.voucher VALUES (1, 1, 1000);
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.share('goodwill', from_position => 'board', to_position => 'agent', amount => 100);
SELECT crm.act_as('bob', for_session => true);

-- INSERT: up to the limit; what is a draft is nobody's decision.
INSERT INTO service.voucher VALUES (2, 1, 100, 'new'), (3, 1, 5000, 'draft');
INSERT INTO service.voucher VALUES (4, 1, 100.01);
INSERT INTO service.voucher VALUES (4, 1, NULL);
-- All rows of a statement, or none.
INSERT INTO service.voucher VALUES (4, 1, 1), (5, 1, 101);
SELECT id FROM service.voucher ORDER BY id;

-- UPDATE: a decision where the row comes to meet the condition, or a fact of it changes.
UPDATE service.voucher SET note = 'n';
UPDATE service.voucher SET value = 6000 WHERE id = 3;
UPDATE service.voucher SET status = 'new' WHERE id = 3;
UPDATE service.voucher SET value = 100.00 WHERE id = 2;
UPDATE service.voucher SET value = 101 WHERE id = 2;
UPDATE service.voucher SET client = 2 WHERE id = 1;
UPDATE service.voucher SET client = 2 WHERE id = 2;
UPDATE service.voucher SET status = 'draft', value = 7000 WHERE id = 2;
UPDATE service.voucher SET status = 'new', value = 7 WHERE id = 2;

-- DELETE: the amount that was there.
DELETE FROM service.voucher WHERE id = 1;
DELETE FROM service.voucher WHERE id IN (2, 3);
TRUNCATE service.voucher;
TRUNCATE service.client CASCADE;

-- COPY, MERGE, ON CONFLICT, a writable WITH, a cascade from a table that is not guarded.
COPY service.voucher (id, client, value) FROM stdin;
4	1	50
\.
COPY service.voucher (id, client, value) FROM stdin;
5	1	500
\.
MERGE INTO service.voucher v USING (VALUES (4, 60), (5, 70)) s (id, value) ON v.id = s.id
	WHEN MATCHED THEN UPDATE SET value = s.value WHEN NOT MATCHED THEN INSERT (id, client, value) VALUES (s.id, 1, s.value);
MERGE INTO service.voucher v USING (VALUES (4, 600), (5, 70)) s (id, value) ON v.id = s.id
	WHEN MATCHED THEN UPDATE SET value = s.value WHEN NOT MATCHED THEN INSERT (id, client, value) VALUES (s.id, 1, s.value);
INSERT INTO service.voucher VALUES (4, 1, 61) ON CONFLICT (id) DO UPDATE SET value = EXCLUDED.value;
INSERT INTO service.voucher VALUES (4, 1, 610) ON CONFLICT (id) DO UPDATE SET value = EXCLUDED.value;
INSERT INTO service.voucher VALUES (4, 1, 610) ON CONFLICT (id) DO NOTHING;
WITH w AS (INSERT INTO service.voucher VALUES (6, 2, 800) RETURNING id) SELECT * FROM w;
DELETE FROM service.client WHERE id = 1;
UPDATE service.client SET id = 10 WHERE id = 1;
SELECT id, client, value, status FROM service.voucher ORDER BY id;

-- A column that a trigger of the department changes after the guard could have looked.
CREATE FUNCTION service.raise() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.value := NEW.value * 10; RETURN NEW; END $$;
CREATE TRIGGER zzz BEFORE INSERT OR UPDATE ON service.voucher FOR EACH ROW EXECUTE FUNCTION service.raise();
INSERT INTO service.voucher VALUES (7, 2, 10);
INSERT INTO service.voucher VALUES (8, 2, 11);
UPDATE service.voucher SET note = 'raised' WHERE id = 7;
DROP TRIGGER zzz ON service.voucher;

-- What is rolled back was no act.
BEGIN;
SELECT crm.act_as('bob');
SAVEPOINT s;
INSERT INTO service.voucher VALUES (9, 2, 5000);
ROLLBACK TO s;
INSERT INTO service.voucher VALUES (9, 2, 9);
COMMIT;

-- Who has no position may nothing; the top may all.
SELECT crm.act_as(NULL, for_session => true);
INSERT INTO service.voucher VALUES (20, 2, 1);
SELECT crm.act_as('ann', for_session => true);
INSERT INTO service.voucher VALUES (20, 2, 1000000), (21, 2, NULL);
SELECT crm.act_as(NULL, for_session => true);

-- Each decision has its act.
SELECT a.verdict, nullif(a.person, session_user) AS person, a."position", a.mandate_path, a.decision, a.operation, a.subject, a.amount, a.entries
FROM crm_internal.act a WHERE a.guard_id IS NOT NULL ORDER BY a.act_id;
