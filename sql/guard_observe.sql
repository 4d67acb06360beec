-- To observe writes down the same acts as to enforce, and refuses nothing; a statement can be one act.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SELECT crm.add_gateway(session_user, session_allowed => true);
SELECT crm.add_department('service');
SELECT crm.add_position('board', 'service'), crm.add_position('agent', 'service', reports_to => 'board');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('agent', 'bob')) a (p, w);
CREATE SCHEMA service;
CREATE TABLE service.enforced (id integer PRIMARY KEY, value numeric);
CREATE TABLE service.observed (LIKE service.enforced INCLUDING ALL);
CREATE TABLE service.summed (LIKE service.enforced INCLUDING ALL);
SELECT crm.add_guard('service.enforced', 'goodwill', amount => 'value', operations => '{INSERT,UPDATE,DELETE}');
SELECT crm.add_guard('service.observed', 'goodwill', amount => 'value', operations => '{INSERT,UPDATE,DELETE}', mode => 'observe');
SELECT crm.add_guard('service.summed', 'goodwill', amount => 'value', operations => '{INSERT,UPDATE,DELETE}', journal => 'statement');
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.share('goodwill', 'board', 'agent', amount => 100);
-- Each statement on its own: what one table refuses must be what the other notes as refused.
CREATE FUNCTION on_each(statement text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	EXECUTE format(statement, 'service.observed');
	BEGIN
		EXECUTE format(statement, 'service.enforced');
	EXCEPTION WHEN insufficient_privilege THEN
		-- so that both go on from the same rows
		SET LOCAL crm.guards_enabled = off;
		EXECUTE format(statement, 'service.enforced');
		SET LOCAL crm.guards_enabled = on;
		INSERT INTO refused VALUES (statement);
	END;
END $$;
CREATE TEMPORARY TABLE refused (statement text);
SELECT crm.act_as('bob', for_session => true);
SELECT on_each(format('INSERT INTO %%s VALUES (%s, %s)', i, i * 7)) FROM generate_series(1, 20) i;
SELECT on_each(format('UPDATE %%s SET value = value + %s WHERE id = %s', i * 3 % 50, 1 + i * 7 % 20)) FROM generate_series(1, 20) i;
SELECT on_each(format('DELETE FROM %%s WHERE id = %s', i)) FROM generate_series(1, 20, 3) i;
SELECT on_each('TRUNCATE %s');
SELECT count(*) FROM refused;
SELECT verdict, operation, count(*), sum(amount) FROM crm_internal.act WHERE guard_id = 2 GROUP BY 1, 2 ORDER BY 1, 2;
SELECT count(*) AS differ FROM (
	(SELECT person, "position", decision, mandate_path, operation, replace(subject, 'enforced', 'observed'), amount FROM crm_internal.act WHERE guard_id = 1
	EXCEPT ALL SELECT person, "position", decision, mandate_path, operation, subject, amount FROM crm_internal.act WHERE guard_id = 2 AND verdict = 'allowed')
	UNION ALL
	(SELECT person, "position", decision, mandate_path, operation, subject, amount FROM crm_internal.act WHERE guard_id = 2 AND verdict = 'allowed'
	EXCEPT ALL SELECT person, "position", decision, mandate_path, operation, replace(subject, 'enforced', 'observed'), amount FROM crm_internal.act WHERE guard_id = 1)) d;
SELECT (SELECT count(*) FROM refused) = count(*) AS all_told FROM crm_internal.act WHERE guard_id = 2 AND verdict = 'would_refuse';

-- Rows of a statement under one mandate are one act, and add up.
INSERT INTO service.summed SELECT i, i FROM generate_series(1, 100) i;
INSERT INTO service.summed SELECT i, 1 FROM generate_series(101, 105) i;
INSERT INTO service.summed VALUES (106, 1), (107, 101);
UPDATE service.summed SET value = value + 1 WHERE id > 100;
UPDATE service.summed SET value = value WHERE id > 100;
DELETE FROM service.summed WHERE id > 103;
BEGIN;
SAVEPOINT s;
INSERT INTO service.summed VALUES (201, 9);
ROLLBACK TO s;
INSERT INTO service.summed VALUES (201, 8);
COMMIT;
SELECT person, "position", mandate_path, operation, subject, amount, entries FROM crm_internal.act WHERE guard_id = 3 ORDER BY act_id;
-- what a statement inserts and what it updates are two
MERGE INTO service.summed t USING (VALUES (101), (401), (102), (402)) s (id) ON t.id = s.id
WHEN MATCHED THEN UPDATE SET value = t.value + 1
WHEN NOT MATCHED THEN INSERT VALUES (s.id, 7);
SELECT operation, sum(amount) AS amount, sum(entries) AS entries FROM crm_internal.act
WHERE guard_id = 3 AND batch = (SELECT max(batch) FROM crm_internal.act) GROUP BY operation ORDER BY operation;
