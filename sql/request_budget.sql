-- What an approved request needs is kept free on the budget until it is used, declined, withdrawn or has lapsed.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('crm');
SELECT crm.add_position('board', department => 'crm');
SELECT crm.add_position('manager', department => 'crm', reports_to => 'board');
SELECT crm.add_position('agent', department => 'crm', reports_to => 'manager');
SELECT count(*) FROM (VALUES ('board', 'ann'), ('manager', 'mia'), ('agent', 'bob')) v (p, who), crm.appoint(p, who);
SELECT crm.grant_mandate('goodwill', 'board') IS NOT NULL, crm.grant_mandate('investment', 'board') IS NOT NULL, crm.grant_mandate('org.model', 'board') IS NOT NULL;
SELECT crm.act_as('ann', for_session => true);
SELECT crm.add_budget('service', 1000) IS NOT NULL AS budget;
SELECT crm.share('goodwill', from_position => 'board', to_position => 'manager', budget => 'service') IS NOT NULL;
SELECT crm.share('goodwill', from_position => 'manager', to_position => 'agent', amount => 100, window_amount => 150, window_length => '30 days') IS NOT NULL;
CREATE VIEW money AS SELECT spent, reserved, amount - spent - reserved AS free FROM crm_internal.budget WHERE name = 'service';

-- used
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('goodwill', customer => 1, amount => 600) AS first \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:first);
SELECT * FROM money;
SELECT crm_internal.take_act('goodwill', customer => 2, amount => 500);
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', customer => 1, amount => 600);
SELECT * FROM money;
SELECT kind, amount FROM crm_internal.ledger WHERE kind IN ('spend', 'reserve', 'release') ORDER BY entry_id;

-- not more than there is
SELECT crm.request('goodwill', customer => 1, amount => 500) AS second \gset
SELECT "position" FROM crm.requests WHERE request_id = :second;
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:second);
SELECT crm.act_as('bob', for_session => true);
-- taken back by who asked, by who approved, by time
SELECT crm.request('goodwill', customer => 1, amount => 300) AS third \gset
SELECT crm.request('goodwill', customer => 2, amount => 300) AS fourth \gset
SELECT crm.request('goodwill', customer => 3, amount => 300) AS fifth \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:third);
SELECT crm.approve(:fourth);
SELECT * FROM money;
SELECT crm.act_as('bob', for_session => true);
SELECT crm.withdraw(:third);
SELECT * FROM money;
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:fourth);
SELECT crm.decline(:fourth, 'no');
SELECT * FROM money;
SELECT crm.approve(:fifth);
UPDATE crm_internal.request SET expires_at = clock_timestamp() WHERE request_id = :fifth;
SELECT * FROM money;
SELECT crm.escalate_requests();
SELECT * FROM money;
SELECT status, reserved FROM crm_internal.request ORDER BY request_id;

-- a limit in time is one of the mandate: beyond it one asks
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', customer => 9, amount => 100);
SELECT crm_internal.take_act('goodwill', customer => 9, amount => 60);
SELECT crm_internal.take_act('goodwill', customer => 8, amount => 60);
SELECT crm.request('goodwill', customer => 9, amount => 50);
SELECT crm.request('goodwill', customer => 9, amount => 60) AS sixth \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:sixth);
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('goodwill', customer => 9, amount => 60);
-- an amount that is not known is never within a budget
SELECT crm.act_as('mia', for_session => true);
SELECT crm_internal.take_act('goodwill', customer => 9);
SELECT * FROM money;
