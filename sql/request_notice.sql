-- Notices: each act of which a position is to be told is in its inbox with the act, or not at all.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('crm');
SELECT crm.add_position('board', department => 'crm');
SELECT crm.add_position('sales', department => 'crm', reports_to => 'board');
SELECT crm.add_position('manager', department => 'crm', reports_to => 'board');
SELECT crm.add_position('watch', department => 'crm', reports_to => 'board');
SELECT count(*) FROM (VALUES ('sales', 'sam', 'holder'), ('manager', 'mia', 'holder'), ('watch', 'leo', 'liaison')) v (p, who, c), crm.appoint(p, who, c);
SELECT crm.grant_mandate('sales', 'sales') IS NOT NULL, crm.grant_mandate('org.model', 'board') IS NOT NULL;
SELECT crm.inform('sales', 'manager', from_position => 'sales') IS NOT NULL;
SELECT crm.inform('sales.target', 'watch', from_position => 'sales', amount => 100) IS NOT NULL;
CREATE VIEW told AS
	SELECT n."position", a.decision, a.amount, n.acknowledged_by
	FROM crm_internal.notice n JOIN crm_internal.act a USING (act_id) ORDER BY n.notice_id, n."position";

SELECT crm.act_as('sam', for_session => true);
SELECT crm_internal.take_act('sales.target', amount => 100, customer => 5);
SELECT crm_internal.take_act('sales.target', amount => 101);
SELECT * FROM told;
-- with the act, or not at all
BEGIN;
SELECT crm_internal.take_act('sales.tools', amount => 1);
SAVEPOINT one;
SELECT crm_internal.take_act('sales.tools', amount => 2);
SAVEPOINT two;
SELECT crm_internal.take_act('sales.tools', amount => 3);
SELECT crm_internal.flush_notices();
SELECT amount FROM told WHERE decision = 'sales.tools';
ROLLBACK TO two;
SELECT crm_internal.take_act('sales.tools', amount => 4);
RELEASE one;
SELECT crm_internal.flush_notices();
SAVEPOINT three;
SELECT crm_internal.take_act('sales.tools', amount => 5);
SELECT crm_internal.flush_notices();
ROLLBACK TO three;
SELECT crm_internal.take_act('sales.tools', amount => 6);
COMMIT;
SELECT amount FROM told WHERE decision = 'sales.tools' ORDER BY amount;
BEGIN;
SELECT crm_internal.take_act('sales.tools', amount => 7);
SELECT crm_internal.flush_notices();
ROLLBACK;
SELECT count(*) FROM told WHERE amount = 7;
-- many at once
DO $$ BEGIN FOR i IN 1..20000 LOOP PERFORM crm_internal.take_act('sales.tools', amount => 1000 + i); END LOOP; END $$;
DO $$
BEGIN
	FOR i IN 1..20000 LOOP
		BEGIN
			PERFORM crm_internal.take_act('sales.tools', amount => 100000 + i);
			IF i % 2 = 0 THEN
				RAISE division_by_zero;
			END IF;
		EXCEPTION WHEN division_by_zero THEN
		END;
	END LOOP;
END
$$;
SELECT count(*), count(DISTINCT amount) FROM told WHERE amount BETWEEN 1001 AND 99999;
SELECT count(*), count(DISTINCT amount), count(*) FILTER (WHERE amount % 2 = 0) AS rolled_back FROM told WHERE amount > 100000;
SELECT count(*) FROM crm_internal.act a WHERE a.amount > 1000 AND NOT EXISTS (SELECT FROM crm_internal.notice n WHERE n.act_id = a.act_id);

-- seen, also in the transaction of the act, and acknowledged
SELECT crm.act_as('mia', for_session => true);
SELECT kind, "position", decision, amount, customer_id, from_person, due_at FROM crm.inbox WHERE amount <= 101 ORDER BY amount;
SELECT statement = format('SELECT crm.acknowledge(%s);', id) AS ready FROM crm.inbox WHERE amount = 1;
SELECT crm.acknowledge(id) FROM crm.inbox WHERE amount = 1;
SELECT count(*) FROM crm.inbox WHERE amount = 1;
SELECT crm.act_as('leo', for_session => true);
SELECT id AS notice FROM crm.inbox WHERE kind = 'notice' \gset
SELECT crm.acknowledge(:notice);
SELECT crm.acknowledge(:notice);
SELECT crm.act_as('mia', for_session => true);
SELECT crm.acknowledge(:notice);
SELECT crm.acknowledge(NULL);
SELECT * FROM told WHERE acknowledged_by IS NOT NULL;
