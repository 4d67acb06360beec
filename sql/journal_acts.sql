-- The journal: an act is on record when its transaction commits, whatever its savepoints did, and then for ever.
\set SHOW_CONTEXT never
CREATE TEMPORARY VIEW acts AS SELECT decision, subject, customer_id, amount, entries FROM crm.journal ORDER BY act_id;

-- savepoints
BEGIN;
SELECT crm_internal.take_act('goodwill', 'kept', 1, 10);
SAVEPOINT a;
SELECT crm_internal.take_act('goodwill', 'gone', 2, 10);
SAVEPOINT b;
SELECT crm_internal.take_act('goodwill', 'gone too', 3, 10);
RELEASE b;
ROLLBACK TO a;
SELECT crm_internal.take_act('pricing', 'after', NULL, NULL, '{"department": "sales"}');
SAVEPOINT c;
SELECT crm_internal.take_act('pricing', 'released');
RELEASE c;
COMMIT;
TABLE acts;
SELECT DISTINCT verdict, person = session_user AS own, login = session_user AS own_login, known_by, mandate_path, operation FROM crm.journal;
SELECT count(DISTINCT batch) AS transactions, count(DISTINCT act_id) AS acts FROM crm.journal;
SELECT scope FROM crm.journal WHERE subject = 'after';
BEGIN; SELECT crm_internal.take_act('goodwill', 'gone'); ROLLBACK;

-- so many that they are written before the end: what an outer one added outlives the inner one
BEGIN;
SELECT count(crm_internal.take_act('goodwill', 'outer', g, 1)) FROM generate_series(1, 990) g;
SAVEPOINT a;
SELECT count(crm_internal.take_act('goodwill', 'inner', g, 1)) FROM generate_series(1, 2500) g;
ROLLBACK TO a;
SELECT count(crm_internal.take_act('goodwill', 'outer', g, 1)) FROM generate_series(991, 3000) g;
SAVEPOINT b;
SELECT count(crm_internal.take_act('goodwill', 'released', g, 1)) FROM generate_series(1, 1500) g;
RELEASE b;
SELECT subject, count(*) > 0 AS written_before_the_end FROM crm.journal WHERE subject IN ('inner', 'outer') GROUP BY subject;
COMMIT;
SELECT subject, count(*), count(DISTINCT customer_id), sum(amount), count(DISTINCT batch) FROM crm.journal WHERE amount = 1 GROUP BY subject ORDER BY subject;

-- a block with an exception handler is a savepoint: each second act is gone
DO $$
BEGIN
	FOR g IN 1 .. 2400 LOOP
		BEGIN
			PERFORM crm_internal.take_act('goodwill', 'block', g, 2);
			IF g % 2 = 0 THEN
				RAISE division_by_zero;
			END IF;
		EXCEPTION WHEN division_by_zero THEN
			NULL;
		END;
	END LOOP;
END
$$;
SELECT count(*), min(customer_id), max(customer_id), bool_and(customer_id % 2 = 1) FROM crm.journal WHERE amount = 2;

-- in the transaction that removes it the journal goes too, and nothing fails
DROP VIEW acts;
BEGIN; SELECT crm_internal.take_act('goodwill', 'last'); DROP EXTENSION crm; COMMIT;
CREATE EXTENSION crm;
SELECT count(*) FROM crm.journal;

-- only by adding, whoever tries and in whatever role
UPDATE crm_internal.act SET person = 'nobody';
DELETE FROM crm_internal.act WHERE act_id < 0;
SET session_replication_role = replica;
TRUNCATE crm_internal.act;
RESET session_replication_role;
MERGE INTO crm_internal.act a USING (VALUES (1)) v (n) ON a.act_id = v.n WHEN MATCHED THEN DELETE;
INSERT INTO crm_internal.act (at, batch, verdict, person, known_by, login, decision, mandate_path)
	VALUES (now(), 0, 'allowed', 'ann', 'login', 'ann', 'goodwill', '{}') ON CONFLICT (act_id) DO UPDATE SET person = 'nobody';

-- and whoever switches that off is found out
ALTER TABLE crm_internal.act DISABLE TRIGGER crm_10_append_only;
SELECT check_name, problem, repair FROM crm.verify();
ALTER TABLE crm_internal.act ENABLE TRIGGER ALL;
SELECT repair FROM crm.verify() \gexec
ALTER TABLE crm_internal.act DISABLE ROW LEVEL SECURITY;
SELECT check_name, problem FROM crm.verify();
SELECT repair FROM crm.verify() \gexec
SELECT check_name, problem FROM crm.verify();
