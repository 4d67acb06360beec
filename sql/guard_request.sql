-- What a guard refuses passes once when it was approved; budgets, windows on a customer, consults, informs.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT crm.add_gateway(session_user, session_allowed => true);
SELECT crm.add_department('service');
SELECT crm.add_position('board', 'service'), crm.add_position('agent', 'service', reports_to => 'board'), crm.add_position('law', 'service', reports_to => 'board');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('agent', 'bob'), ('law', 'lex')) a (p, w);
CREATE SCHEMA service;
CREATE TABLE service.client (no text PRIMARY KEY, mail text);
CREATE TABLE service.voucher (id integer PRIMARY KEY, client text REFERENCES service.client ON UPDATE CASCADE, value integer);
INSERT INTO service.client VALUES ('A1', 'a@example.org'), ('A2', 'a@example.org'), ('B1', 'b@example.org'), ('C1', NULL);
SELECT crm.add_source('service.client', department => 'service', map => '{"email": "mail"}');
CALL crm.resolve();
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'value', customer => 'client');
SELECT crm.add_budget('care', 300);
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.grant_mandate('care.solution', 'board', budget => 'care');
SELECT crm.share('care.solution', 'board', 'agent', amount => 100);
SELECT crm.share('goodwill', 'board', 'agent', amount => 100, window_amount => 250, window_length => '1 year');
CREATE VIEW acts AS SELECT person, "position", operation, subject, amount, customer_id IS NOT NULL AS customer, request_id AS request
	FROM crm_internal.act WHERE guard_id IS NOT NULL ORDER BY act_id;
SELECT crm.act_as('bob', for_session => true);

-- the same statement, after it was approved, once; another one not
INSERT INTO service.voucher VALUES (1, 'B1', 400);
SELECT crm.request('goodwill', customer => c.customer_id, amount => 400, reason => 'late') FROM crm.customer_source c WHERE c.source_key = 'B1';
INSERT INTO service.voucher VALUES (1, 'B1', 400);
SELECT crm.act_as('ann', for_session => true);
SELECT crm.approve(1);
SELECT crm.act_as('bob', for_session => true);
INSERT INTO service.voucher VALUES (1, 'B1', 401);
INSERT INTO service.voucher VALUES (1, 'A1', 400);
BEGIN;
INSERT INTO service.voucher VALUES (1, 'B1', 400);
ROLLBACK;
INSERT INTO service.voucher VALUES (1, 'B1', 400);
INSERT INTO service.voucher VALUES (2, 'B1', 400);

-- the window is on the customer, whose rows A1 and A2 both are; what an UPDATE adds counts, what it takes away does not give back
INSERT INTO service.voucher VALUES (10, 'A1', 100), (11, 'A2', 100);
INSERT INTO service.voucher VALUES (12, 'A2', 51);
INSERT INTO service.voucher VALUES (12, 'A2', 20);
UPDATE service.voucher SET value = 50 WHERE id = 12;
UPDATE service.voucher SET value = 51 WHERE id = 12;
UPDATE service.voucher SET value = 10 WHERE id = 12;
UPDATE service.voucher SET value = 11 WHERE id = 12;
-- a voucher that goes to another customer counts there as a whole, and has not been given back here
INSERT INTO service.voucher VALUES (13, 'C1', 90);
UPDATE service.voucher SET client = 'A1' WHERE id = 13;
DELETE FROM service.voucher WHERE id = 11;
INSERT INTO service.voucher VALUES (14, 'A1', 1);
SELECT * FROM acts;
SELECT crm.act_as(NULL, for_session => true);

-- a budget: several rows of a statement, several statements of a transaction
CREATE TABLE service.repair (id integer PRIMARY KEY, cost numeric);
SELECT crm.add_guard('service.repair', 'care.solution', amount => 'cost');
SELECT crm.act_as('bob', for_session => true);
INSERT INTO service.repair SELECT i, 100 FROM generate_series(1, 4) i;
BEGIN;
INSERT INTO service.repair VALUES (1, 100), (2, 100);
SAVEPOINT s;
INSERT INTO service.repair VALUES (3, 100), (4, 1);
ROLLBACK TO s;
INSERT INTO service.repair VALUES (3, 99);
COMMIT;
UPDATE service.repair SET cost = cost + 1 WHERE id = 3;
UPDATE service.repair SET cost = 0;
UPDATE service.repair SET cost = 1 WHERE id = 1;
SELECT crm.act_as(NULL, for_session => true);
SELECT spent, reserved, amount FROM crm_internal.budget;

-- who must be asked, and who is told
SELECT crm.consult('goodwill', 'law', amount => 1000, deadline => '1 day');
SELECT crm.inform('goodwill', 'law');
SELECT crm.act_as('ann', for_session => true);
INSERT INTO service.voucher VALUES (20, 'C1', 1000);
INSERT INTO service.voucher VALUES (21, 'C1', 1001);
SELECT crm.request('goodwill', customer => c.customer_id, amount => 1001, reason => 'big') FROM crm.customer_source c WHERE c.source_key = 'C1';
SELECT crm.act_as('lex', for_session => true);
SELECT crm.answer_consult(max(request_id), 'agree', 'fine') FROM crm_internal.request;
SELECT crm.act_as('ann', for_session => true);
INSERT INTO service.voucher VALUES (21, 'C1', 1001);
SELECT crm.act_as(NULL, for_session => true);
SELECT n."position", a.person, a.subject FROM crm_internal.notice n JOIN crm_internal.act a USING (act_id) ORDER BY n.notice_id;
