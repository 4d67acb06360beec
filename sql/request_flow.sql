-- Requests: what one may not do alone is asked of who may, and the answer holds for exactly that, once.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('crm');
SELECT crm.add_position('board', department => 'crm');
SELECT crm.add_position('manager', department => 'crm', reports_to => 'board');
SELECT crm.add_position('agent', department => 'crm', reports_to => 'manager');
SELECT crm.add_position('clerk', department => 'crm', reports_to => 'manager');
SELECT count(*) FROM (VALUES ('board', 'ann'), ('manager', 'mia'), ('agent', 'bob'), ('clerk', 'cid')) v (p, who), crm.appoint(p, who);

-- before a board is named everything may be done
SELECT crm_internal.take_act('goodwill', amount => 10000, customer => 42);
SELECT crm.request('goodwill', customer => 42, amount => 10000);

SELECT crm.grant_mandate('goodwill', 'board') IS NOT NULL AS charter;
SELECT crm.grant_mandate('org.model', 'board') IS NOT NULL AS charter;
SELECT crm.share('goodwill', from_position => 'board', to_position => 'manager', amount => 1000) IS NOT NULL AS shared;
SELECT crm.share('goodwill', from_position => 'manager', to_position => 'agent', amount => 100) IS NOT NULL AS shared;

-- the agent may up to 100
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', amount => 100, customer => 42);
SELECT crm_internal.take_act('goodwill', amount => 400, customer => 42);
SELECT crm_internal.take_act('goodwill', customer => 42);
SELECT crm.request('goodwill', customer => 42, amount => 100);
SELECT crm.request('goodwil', customer => 42, amount => 400);
SELECT crm.request('goodwill', customer => 42, amount => 400, scope => '[]');
SELECT crm.request('goodwill', customer => 42, amount => 400, scope => '{"department": ["sales"]}');
SELECT crm.request('goodwill', customer => 42, amount => 400, reason => 'third complaint') AS first \gset
SELECT decision, requester, customer_id, amount, reason, status, "position", due_at - created_at > '1 day' AS due,
	expires_at > due_at AS expires FROM crm.requests WHERE request_id = :first;
SELECT count(*) FROM crm.inbox;

-- nobody approves his own, and nobody without a mandate
SELECT crm.approve(:first);
SELECT crm.act_as('cid', for_session => true);
SELECT crm.approve(:first);
SELECT crm.decline(:first, 'no');
SELECT count(*) FROM crm.inbox;

-- the least privileged who may has it in the inbox
SELECT crm.act_as('ann', for_session => true);
SELECT count(*) FROM crm.inbox;
SELECT crm.act_as('mia', for_session => true);
SELECT kind, "position", decision, customer_id, amount, from_person, reason, replace(statement, :'first', 'N') AS statement FROM crm.inbox;
SELECT crm.approve(:first, 'once');
SELECT crm.approve(:first);
SELECT count(*) FROM crm.inbox;

-- it holds for exactly that
SELECT crm.act_as('bob', for_session => true);
SELECT kind, "position", decision, amount, from_person, reason, due_at > since AS due, replace(statement, :'first', 'N') AS statement FROM crm.inbox;
SELECT crm_internal.take_act('goodwill', amount => 401, customer => 42);
SELECT crm_internal.take_act('goodwill', amount => 400, customer => 43);
SELECT crm_internal.take_act('goodwill', amount => 400);
SELECT crm_internal.take_act('goodwill.voucher', amount => 400, customer => 42);
SELECT crm.act_as('cid', for_session => true);
SELECT crm_internal.take_act('goodwill', amount => 400, customer => 42);
-- and once; what is rolled back was not used
SELECT crm.act_as('bob', for_session => true);
BEGIN;
SELECT crm_internal.take_act('goodwill', amount => 400.00, customer => 42);
SELECT status FROM crm.requests WHERE request_id = :first;
ROLLBACK;
SELECT crm_internal.take_act('goodwill', amount => 400, customer => 42);
SELECT crm_internal.take_act('goodwill', amount => 400, customer => 42);
SELECT status, "position", decided_by, used_at IS NOT NULL AS used FROM crm.requests WHERE request_id = :first;
SELECT count(*) FROM crm.inbox;
SELECT person, "position", decision, amount, request_id = :first AS by_request FROM crm.journal WHERE amount >= 400 AND amount < 10000;

-- declined, and withdrawn
SELECT crm.request('goodwill', customer => 42, amount => 500) AS second \gset
SELECT crm.request('goodwill', customer => 42, amount => 5000) AS third \gset
SELECT "position" FROM crm.requests WHERE request_id = :third;
SELECT crm.withdraw(:third);
SELECT crm.withdraw(:third);
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:third);
SELECT crm.withdraw(:second);
SELECT crm.decline(:second, '');
SELECT crm.decline(:second, 'he had enough');
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', amount => 500, customer => 42);
SELECT r.status, r.decided_by, s->>'verdict' AS verdict, s->>'comment' AS comment
FROM crm.requests r LEFT JOIN jsonb_array_elements(r.signatures) s ON true WHERE request_id IN (:second, :third) ORDER BY request_id;

-- an approval can be taken back until it is used
SELECT crm.request('goodwill', customer => 42, amount => 600) AS fourth \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:fourth);
SELECT crm.decline(:fourth, 'on second thoughts');
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', amount => 600, customer => 42);

-- what nobody may decide cannot be asked for
SELECT crm.request('pricing', amount => 1);
-- a ban is not lifted by an approval
SELECT crm.request('goodwill', customer => 42, amount => 700) AS fifth \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:fifth);
SELECT crm.act_as('ann', for_session => true);
SELECT crm.ban('goodwill', 'agent') IS NOT NULL AS banned;
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', amount => 700, customer => 42);
SELECT crm.request('goodwill', customer => 42, amount => 800);

-- how long it took whom
SELECT crm.act_as(NULL, for_session => true);
SELECT kind, "position", decision, answered, open, median IS NOT NULL AS median, p90 >= median AS p90, oldest FROM crm.decision_latency;
