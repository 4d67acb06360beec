-- Joint mandates: nobody alone, a quorum of different persons together. Four eyes in all their forms.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('crm');
SELECT crm.add_position('board', department => 'crm');
SELECT count(*) FROM unnest('{sales,care,brand,agent}'::text[]) p, crm.add_position(p, department => 'crm', reports_to => 'board');
SELECT count(*) FROM (VALUES ('board', 'ann', 'holder'), ('sales', 'sam', 'holder'), ('sales', 'sue', 'deputy'), ('care', 'cleo', 'holder'),
	('brand', 'bea', 'holder'), ('agent', 'bob', 'holder')) v (p, who, c), crm.appoint(p, who, c);
SELECT crm.grant_mandate('care', 'board') IS NOT NULL, crm.grant_mandate('org.model', 'board') IS NOT NULL;
SELECT crm.share_jointly('care.solution', positions => '{sales,care,brand}', quorum => 2, from_position => 'board') IS NOT NULL AS joint;

-- no member alone, nor the giver
SELECT crm.act_as('sam', for_session => true);
SELECT crm_internal.take_act('care.solution', customer => 7);
SELECT crm.act_as('ann', for_session => true);
SELECT crm_internal.take_act('care.solution', customer => 7);

-- a member who asks has signed; one more is enough
SELECT crm.act_as('sam', for_session => true);
SELECT crm.request('care.solution', customer => 7) AS first \gset
SELECT status, quorum, s->>'by' AS by FROM crm.requests, jsonb_array_elements(signatures) s WHERE request_id = :first;
SELECT count(*) FROM crm.inbox;
SELECT crm.approve(:first);
-- his deputy sees with his eyes
SELECT crm.act_as('sue', for_session => true);
SELECT crm.approve(:first);
SELECT crm.act_as('ann', for_session => true);
SELECT crm.approve(:first);
SELECT crm.act_as('bea', for_session => true);
SELECT kind, "position", from_person FROM crm.inbox;
SELECT crm.approve(:first);
SELECT crm.act_as('sam', for_session => true);
SELECT crm_internal.take_act('care.solution', customer => 7);

-- one who is no member needs two
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('care.solution', customer => 8) AS second \gset
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.approve(:second);
SELECT crm.approve(:second);
SELECT count(*) FROM crm.inbox WHERE id = :second;
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('care.solution', customer => 8);
SELECT crm.act_as('sue', for_session => true);
SELECT crm.approve(:second);
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('care.solution', customer => 8);
-- one who declines ends it
SELECT crm.request('care.solution', customer => 9) AS third \gset
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.approve(:third);
SELECT crm.act_as('bea', for_session => true);
SELECT crm.decline(:third, 'no');
SELECT crm.act_as('sam', for_session => true);
SELECT crm.approve(:third);

-- a person with two of the positions is one person
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.appoint('brand', 'cleo', capacity => 'deputy') IS NOT NULL AS appointed;
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('care.solution', customer => 10) AS fourth \gset
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.approve(:fourth);
SELECT crm.approve(:fourth);
SELECT status, jsonb_array_length(signatures) FROM crm.requests WHERE request_id = :fourth;

-- not through a position that the requester holds too, nor by what came through one
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.end_appointment('brand', 'cleo') IS NOT NULL AS ended;
SELECT crm.grant_mandate('investment', 'board') IS NOT NULL;
SELECT crm.share('investment', from_position => 'board', to_position => 'sales', amount => 100) IS NOT NULL;
SELECT crm.share('investment', from_position => 'sales', to_position => 'brand', amount => 100) IS NOT NULL;
SELECT crm.appoint('sales', 'bob', capacity => 'contractor', valid_until => now() + interval '1 year') IS NOT NULL;
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('investment', amount => 150) AS fifth \gset
SELECT crm.act_as('sam', for_session => true);
SELECT crm.approve(:fifth);
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('investment', amount => 90);
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.share('investment', from_position => 'sales', to_position => 'care', amount => 50) IS NOT NULL;
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.request('investment', amount => 80) AS sixth \gset
SELECT "position" FROM crm.requests WHERE request_id = :sixth;
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.appoint('sales', 'cleo', capacity => 'deputy') IS NOT NULL;
SELECT crm.act_as('bea', for_session => true);
SELECT crm.approve(:sixth);
SELECT crm.act_as('sam', for_session => true);
SELECT crm.approve(:sixth);
SELECT crm.act_as('ann', for_session => true);
SELECT crm.approve(:sixth);

-- who acts, but approves nothing
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.appoint('brand', 'robot', capacity => 'machine') IS NOT NULL;
SELECT crm.act_as('bob', for_session => true);
SELECT crm.withdraw(:fifth);
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.end_appointment('sales', 'bob');
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('investment', amount => 60) AS seventh \gset
SELECT crm.act_as('robot', for_session => true);
SELECT crm_internal.take_act('investment', amount => 60);
SELECT crm.approve(:seventh);
-- a login that did not say who he is may be who asked
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.appoint('board', session_user::text, capacity => 'deputy') IS NOT NULL;
\set VERBOSITY terse
SELECT crm.approve(:seventh);
\set VERBOSITY default
SELECT status FROM crm.requests WHERE request_id = :seventh;

-- nor does a role help that one may become
CREATE ROLE regress_crm_asks LOGIN;
CREATE ROLE regress_crm_leads LOGIN;
GRANT regress_crm_leads TO regress_crm_asks;
SELECT crm.grant_access(r, 'member') FROM unnest('{regress_crm_asks,regress_crm_leads}'::text[]) r;
SELECT crm.appoint('agent', 'regress_crm_asks', capacity => 'deputy') + crm.appoint('board', 'regress_crm_leads', capacity => 'deputy') > 0 AS appointed;
SET SESSION AUTHORIZATION regress_crm_asks;
SELECT crm.request('investment', amount => 5000) AS eighth \gset
SET ROLE regress_crm_leads;
SELECT crm.approve(:eighth);
RESET ROLE;
CREATE FUNCTION pg_temp.approve(id bigint) RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT crm.approve(id)';
SELECT pg_temp.approve(:eighth);
SET SESSION AUTHORIZATION regress_crm_leads;
SELECT crm.approve(:eighth);
SET SESSION AUTHORIZATION regress_crm_asks;
SELECT status, decided_by FROM crm.requests WHERE request_id = :eighth;
RESET SESSION AUTHORIZATION;
DROP OWNED BY regress_crm_asks, regress_crm_leads;
DROP ROLE regress_crm_asks, regress_crm_leads;

-- who handed over, alone or jointly, asks who has it now: he gave the power away
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.grant_mandate('pricing', 'sales') IS NOT NULL AS granted;
SELECT crm.hand_over('pricing', from_position => 'sales', to_position => 'care') IS NOT NULL AS handed_over;
SELECT crm.act_as('sue', for_session => true);
SELECT hint FROM crm.why_not('sue', 'pricing', customer => 11);
SELECT crm.request('pricing', customer => 11) AS sixth \gset
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.approve(:sixth);
SELECT crm.act_as('sue', for_session => true);
SELECT crm_internal.take_act('pricing', customer => 11);
SELECT crm.act_as('ann', for_session => true);
SELECT crm.request('care.solution', customer => 11) AS seventh \gset
SELECT crm.act_as('cleo', for_session => true);
SELECT crm.approve(:seventh);
SELECT crm.act_as('bea', for_session => true);
SELECT crm.approve(:seventh);
