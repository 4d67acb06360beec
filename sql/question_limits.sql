-- What one may at once, whom one must ask first for the rest, and who is next.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_department('care');
SELECT crm.add_position('board', department => 'care');
SELECT count(crm.add_position(p, department => 'care', reports_to => 'board')) FROM unnest('{manager,legal,sales}'::text[]) p;
SELECT crm.add_position('agent', department => 'care', reports_to => 'manager');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('manager', 'mia'), ('legal', 'leo'), ('sales', 'sam'), ('agent', 'bob')) v (p, w);
SELECT crm.add_budget('gestures', 150, owner => 'manager');
SELECT count(crm.grant_mandate(d, 'board')) FROM unnest('{goodwill,pricing,care.solution}'::text[]) d;
SELECT crm.share('goodwill', from_position => 'board', to_position => 'manager', amount => 500) IS NOT NULL AS shared;
SELECT crm.share('goodwill', from_position => 'manager', to_position => 'agent', amount => 200, budget => 'gestures') IS NOT NULL AS shared;
SELECT crm.hand_over('pricing', from_position => 'board', to_position => 'manager') IS NOT NULL AS handed_over;
SELECT crm.consult('goodwill', 'legal', amount => 300) IS NOT NULL AS consulted;
SELECT crm.consult('pricing', 'sales') IS NOT NULL AS consulted;
SELECT crm.share_jointly('care.solution', positions => '{manager,sales}', quorum => 2, from_position => 'board') IS NOT NULL AS joint;

-- pricing may only be after a consult; goodwill at once up to 300, then up to 500 after one
SELECT decision, may, up_to, amount_limit, position, consults, next_position, next_person
FROM crm.limits('mia') WHERE decision IN ('goodwill', 'pricing', 'care.solution');
SELECT decision, crm.may('mia', decision) FROM crm.limits('mia') l WHERE decision IN ('pricing', 'care.solution');
SELECT crm.may('mia', 'goodwill', 300) AS at_the_limit, crm.may('mia', 'goodwill', 300.01) AS above_it;
-- the budget is least; who is next may at once if somebody does, else after a consult
SELECT decision, may, up_to, amount_limit, budget_left, consults, next_position, next_person
FROM crm.limits('bob') WHERE decision IN ('goodwill', 'pricing');
SELECT decision, may, up_to, consults, next_position FROM crm.limits('ann') WHERE decision IN ('goodwill', 'pricing');
-- whatever the amount, the statement that asks can be run
SELECT a AS amount, w.hint FROM unnest('{NaN,Infinity,400}'::numeric[]) a, crm.why_not('bob', 'goodwill', amount => a) w;
