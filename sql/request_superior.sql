-- Of several who may the same, one's own superior is asked, and named by the refusal.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('sales');
SELECT crm.add_position('board', department => 'sales');
SELECT count(crm.add_position(p, department => 'sales', reports_to => 'board')) FROM unnest('{north,south,clerk}'::text[]) p;
SELECT crm.add_position('south_team', department => 'sales', reports_to => 'south');
SELECT crm.add_position('south_agent', department => 'sales', reports_to => 'south_team');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('north', 'nora'), ('south', 'sam'), ('south_agent', 'bob'), ('clerk', 'cid')) v (p, w);
SELECT crm.grant_mandate('goodwill', 'board') IS NOT NULL AS granted;
SELECT count(crm.share('goodwill', from_position => 'board', to_position => p, amount => 1000)) FROM unnest('{north,south}'::text[]) p;

SELECT hint FROM crm.why_not('bob', 'goodwill', customer => 7, amount => 400);
SELECT hint FROM crm.why_not('cid', 'goodwill', customer => 7, amount => 400);
SELECT next_position, next_person FROM crm.limits('bob') WHERE decision = 'goodwill';
-- the list of all who may is the same for everybody
SELECT position, person FROM crm.who_may('goodwill', 400);
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('goodwill', customer => 7, amount => 400) AS id \gset
SELECT position FROM crm.requests WHERE request_id = :id;
SELECT crm.act_as('cid', for_session => true);
SELECT crm.request('goodwill', customer => 7, amount => 400) AS id \gset
SELECT position FROM crm.requests WHERE request_id = :id;
-- who may for less goes before a superior who may for more
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.share('goodwill', from_position => 'board', to_position => 'clerk', amount => 600) IS NOT NULL AS shared;
SELECT hint FROM crm.why_not('bob', 'goodwill', customer => 7, amount => 400);
