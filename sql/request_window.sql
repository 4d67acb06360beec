-- What may be given to one customer in a time binds the approver's mandate too, however many requests it answers.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('crm');
SELECT crm.add_position('board', department => 'crm');
SELECT crm.add_position('manager', department => 'crm', reports_to => 'board');
SELECT crm.add_position('agent', department => 'crm', reports_to => 'manager');
SELECT count(*) FROM (VALUES ('board', 'ann'), ('manager', 'mia'), ('agent', 'bob')) v (p, who), crm.appoint(p, who);
SELECT crm.grant_mandate('goodwill', 'board') IS NOT NULL;
SELECT crm.share('goodwill', from_position => 'board', to_position => 'manager', window_amount => 1000, window_length => '30 days') IS NOT NULL;

SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('goodwill', customer => 1, amount => 600) AS first \gset
SELECT crm.request('goodwill', customer => 1, amount => 600) AS second \gset
SELECT crm.request('goodwill', customer => 2, amount => 600) AS other \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:first), crm.approve(:second), crm.approve(:other);
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', customer => 1, amount => 600);
SELECT crm_internal.take_act('goodwill', customer => 1, amount => 600);
SELECT crm_internal.take_act('goodwill', customer => 2, amount => 600);
SELECT status FROM crm.requests ORDER BY request_id;
-- the manager cannot approve what is over it, the board can
SELECT crm.request('goodwill', customer => 2, amount => 500) AS more \gset
SELECT "position" FROM crm.requests WHERE request_id = :more;
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:more);
SELECT crm.act_as('ann', for_session => true);
SELECT crm.approve(:more);
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', customer => 2, amount => 500);
-- together in one transaction as well
SELECT crm.request('goodwill', customer => 3, amount => 700) AS third \gset
SELECT crm.request('goodwill', customer => 3, amount => 800) AS fourth \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:third), crm.approve(:fourth);
SELECT crm.act_as('bob', for_session => true);
BEGIN;
SELECT crm_internal.take_act('goodwill', customer => 3, amount => 700);
SELECT crm_internal.take_act('goodwill', customer => 3, amount => 800);
ROLLBACK;
