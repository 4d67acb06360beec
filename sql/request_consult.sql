-- Consults: who must be asked is asked, by when; before the answer or the deadline nothing passes. An objection does not decide.
\set SHOW_CONTEXT never
SET client_min_messages = error;
SELECT crm.add_gateway(session_user::text, session_allowed => true);
SELECT crm.add_department('crm');
SELECT crm.add_position('board', department => 'crm');
SELECT crm.add_position('manager', department => 'crm', reports_to => 'board');
SELECT crm.add_position('agent', department => 'crm', reports_to => 'manager');
SELECT crm.add_position('ict', department => 'crm', reports_to => 'board');
SELECT crm.add_position('legal', department => 'crm', reports_to => 'board');
SELECT count(*) FROM (VALUES ('board', 'ann', 'holder'), ('manager', 'mia', 'holder'), ('agent', 'bob', 'holder'), ('ict', 'ida', 'holder'),
	('legal', 'leo', 'liaison')) v (p, who, c), crm.appoint(p, who, c);
SELECT crm.grant_mandate('system', 'board') IS NOT NULL, crm.grant_mandate('org.model', 'board') IS NOT NULL;
SELECT crm.share('system', from_position => 'board', to_position => 'manager') IS NOT NULL;
SELECT crm.consult('system.change', 'ict', from_position => 'board', deadline => '3 days') IS NOT NULL;
SELECT crm.consult('system.change', 'legal', from_position => 'board', amount => 100, deadline => '1 day') IS NOT NULL;

-- the manager has the mandate, and must ask
SELECT crm.act_as('mia', for_session => true);
SELECT crm_internal.take_act('system.change', amount => 50);
SELECT crm.request('system.change', amount => 50, reason => 'new telephony') AS small \gset
SELECT crm.request('system.change', amount => 500) AS large \gset
SELECT status, "position", c->>'position' AS asked, c->>'answer' AS answer, (c->>'due_at')::timestamptz - created_at BETWEEN '23 hours' AND '25 hours' AS tomorrow
FROM crm.requests, jsonb_array_elements(consults) c ORDER BY request_id, 3;
SELECT crm_internal.take_act('system.change', amount => 50);
SELECT crm.answer_consult(:small, 'agree');

-- the one who is asked has it in the inbox; a liaison answers for a position too
SELECT crm.act_as('bob', for_session => true);
SELECT crm.answer_consult(:small, 'agree');
SELECT crm.act_as('ida', for_session => true);
SELECT kind, "position", decision, amount, from_person, reason, replace(statement, :'small', 'N') AS statement FROM crm.inbox WHERE id = :small;
SELECT crm.answer_consult(:small, 'perhaps');
SELECT crm.answer_consult(:small, 'object', 'not before the audit');
SELECT crm.answer_consult(:small, 'agree');
SELECT crm.answer_consult(:large, 'agree');

-- asked, so it passes by the manager's own mandate, once; the other one still waits for legal
SELECT crm.act_as('mia', for_session => true);
SELECT c->>'position' AS asked, c->>'answer' AS answer, c->>'by' AS by, c->>'comment' AS comment
FROM crm.requests, jsonb_array_elements(consults) c WHERE request_id = :small;
SELECT kind, amount, from_person FROM crm.inbox;
SELECT crm_internal.take_act('system.change', amount => 500);
SELECT crm_internal.take_act('system.change', amount => 50);
SELECT crm_internal.take_act('system.change', amount => 50);
SELECT person, "position", capacity, request_id = :small AS by_request, cardinality(mandate_path) AS path FROM crm.journal WHERE decision = 'system.change';
SELECT crm.act_as('leo', for_session => true);
SELECT kind, "position" FROM crm.inbox;

-- who lets his time pass has been asked
SELECT crm.act_as(NULL, for_session => true);
UPDATE crm_internal.request_consult SET due_at = clock_timestamp() WHERE request_id = :large AND "position" = 'legal';
SELECT crm.act_as('leo', for_session => true);
SELECT count(*) FROM crm.inbox;
SELECT crm.act_as('mia', for_session => true);
SELECT crm_internal.take_act('system.change', amount => 500);

-- who needs an approval needs the consult as well; approving for a position that is consulted is its answer
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('system.change', amount => 60) AS asked \gset
SELECT "position" FROM crm.requests WHERE request_id = :asked;
SELECT crm.act_as('mia', for_session => true);
\set VERBOSITY terse
SELECT crm.approve(:asked);
\set VERBOSITY default
SELECT crm.act_as('ida', for_session => true);
SELECT crm.answer_consult(:asked, 'agree');
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:asked);
SELECT crm.act_as('bob', for_session => true);
SELECT crm_internal.take_act('system.change', amount => 60);
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.appoint('ict', 'mia', capacity => 'deputy') IS NOT NULL AS deputy;
SELECT crm.act_as('bob', for_session => true);
SELECT crm.request('system.change', amount => 70) AS asked \gset
SELECT crm.act_as('mia', for_session => true);
SELECT crm.approve(:asked);
SELECT c->>'answer' AS answer, c->>'by' AS by FROM crm.requests, jsonb_array_elements(consults) c WHERE request_id = :asked;
-- and who holds the position need not be asked
SELECT crm_internal.take_act('system.change', amount => 50);

SELECT crm.act_as(NULL, for_session => true);
SELECT kind, "position", decision, answered, open FROM crm.decision_latency ORDER BY 1, 2;
