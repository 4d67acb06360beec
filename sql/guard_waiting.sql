-- A row that its writer may not decide waits in its table's own state, and every way out is guarded.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT crm.add_gateway(session_user, session_allowed => true);
SELECT crm.add_department('service');
SELECT crm.add_position('board', 'service'), crm.add_position('agent', 'service', reports_to => 'board');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('agent', 'bob'), ('agent', 'eve')) a (p, w);
CREATE SCHEMA service;
CREATE TYPE service.state AS ENUM ('draft', 'to_approve', 'granted', 'paid');
CREATE TABLE service.voucher (
	id integer PRIMARY KEY,
	client bigint,
	value numeric,
	state service.state DEFAULT 'granted',
	held boolean DEFAULT false,
	note text);
CREATE TABLE service.log (what text);
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.share('goodwill', 'board', 'agent', amount => 100);
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'value', customer => 'client', "when" => $$state <> 'draft'$$,
	waiting => '{"state": "to_approve", "held": true}');
CREATE VIEW waits AS SELECT request_id, requester, status, amount, customer_id, row_key, asked FROM crm_internal.request ORDER BY request_id;
SELECT crm.act_as('bob', for_session => true);

INSERT INTO service.voucher VALUES (1, 7, 100, 'granted'), (2, 7, 101, 'granted'), (3, 8, NULL, 'paid'), (4, 9, 9000, 'draft');
SELECT * FROM service.voucher ORDER BY id;
SELECT * FROM waits;
-- out of it: whatever is wanted now is asked for instead; even what is no decision elsewhere
UPDATE service.voucher SET state = 'paid', held = false WHERE id = 2;
UPDATE service.voucher SET state = 'draft', held = false WHERE id = 3;
UPDATE service.voucher SET held = false WHERE id = 3;
-- what does not leave it is free
UPDATE service.voucher SET note = 'please' WHERE id = 2;
-- from no decision, and from what was granted already
UPDATE service.voucher SET state = 'granted' WHERE id = 4;
UPDATE service.voucher SET value = 300 WHERE id = 1;
-- a row that is not written asks for nothing, one that is written by its conflict does
INSERT INTO service.voucher VALUES (1, 7, 400) ON CONFLICT (id) DO NOTHING;
INSERT INTO service.voucher VALUES (2, 7, 500) ON CONFLICT (id) DO UPDATE SET value = EXCLUDED.value, state = EXCLUDED.state, held = EXCLUDED.held;
SELECT * FROM service.voucher ORDER BY id;
SELECT * FROM waits;

-- not by oneself, not by a colleague
SELECT crm.approve(request_id) FROM waits WHERE status = 'open' AND row_key = '1';
SELECT crm.act_as('eve', for_session => true);
SELECT crm.approve(request_id) FROM waits WHERE status = 'open' AND row_key = '1';
SELECT crm.act_as('ann', for_session => true);
SELECT row_key, crm.approve(request_id) FROM waits WHERE status = 'open' AND row_key IN ('1', '4');
SELECT * FROM service.voucher WHERE id IN (1, 4) ORDER BY id;
-- what is no longer what was asked for is not approved (the row, its amount, its customer)
UPDATE service.voucher SET client = 70 WHERE id = 2;
SELECT crm.approve(request_id) FROM waits WHERE status = 'open' AND row_key = '2';
UPDATE service.voucher SET client = 7, value = 501 WHERE id = 2;
SELECT crm.approve(request_id) FROM waits WHERE status = 'open' AND row_key = '2';
UPDATE service.voucher SET value = 500.0 WHERE id = 2;
SELECT crm.approve(request_id) FROM waits WHERE status = 'open' AND row_key = '2';
DELETE FROM service.voucher WHERE id = 3;
SELECT crm.approve(request_id) FROM waits WHERE status = 'open' AND row_key = '3';
SELECT crm.decline(request_id, 'gone') FROM waits WHERE status = 'open' AND row_key = '3';
-- an approval was for one write
SELECT crm.act_as('bob', for_session => true);
UPDATE service.voucher SET value = 502 WHERE id = 2;
SELECT state, value FROM service.voucher WHERE id = 2;
-- who may decide leaves no row waiting
SELECT crm.act_as('ann', for_session => true);
UPDATE service.voucher SET state = 'paid', held = false WHERE id = 2;
INSERT INTO service.voucher VALUES (6, 7, 5000);
SELECT id, state, held FROM service.voucher ORDER BY id;
SELECT crm.act_as(NULL, for_session => true);
SELECT * FROM waits;

-- A ban is not waited for, nor does a guard that observes let anything wait.
SELECT crm.ban('goodwill', 'agent', amount => 1000);
SELECT crm.act_as('bob', for_session => true);
INSERT INTO service.voucher VALUES (7, 7, 1001);
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.change_guard(1, mode => 'observe');
SELECT crm.act_as('bob', for_session => true);
INSERT INTO service.voucher VALUES (7, 7, 1001), (8, 7, 200);
SELECT id, state FROM service.voucher WHERE id IN (7, 8) ORDER BY id;
SELECT crm.act_as(NULL, for_session => true);

-- what the approver saw in a listed column is part of what he approved
SELECT crm.change_guard(1, mode => 'enforce', columns => '{note}');
SELECT crm.act_as('bob', for_session => true);
INSERT INTO service.voucher VALUES (9, 7, 600, 'granted', false, 'for Jan');
UPDATE service.voucher SET note = 'for me' WHERE id = 9;
SELECT crm.act_as('ann', for_session => true);
SELECT asked, crm.approve(request_id) FROM waits WHERE status = 'open';
UPDATE service.voucher SET note = 'for Jan' WHERE id = 9;
SELECT asked, crm.approve(request_id) FROM waits WHERE status = 'open';
SELECT * FROM service.voucher WHERE id = 9;
SELECT crm.act_as(NULL, for_session => true);

-- a key of two columns, one of a type of the department
CREATE TABLE service.refund (shop service.state, no text, value integer, status text DEFAULT 'ok', PRIMARY KEY (shop, no));
SELECT crm.add_guard('service.refund', 'goodwill', amount => 'value', waiting => '{"status": null}');
SELECT crm.act_as('bob', for_session => true);
INSERT INTO service.refund VALUES ('paid', 'it''s "1"', 150);
SELECT crm.act_as('ann', for_session => true);
SELECT * FROM service.refund;
SELECT row_key, asked, crm.approve(request_id) FROM waits WHERE status = 'open' AND row_key LIKE '%paid%';
SELECT * FROM service.refund;
SELECT crm.act_as(NULL, for_session => true);
SELECT verdict, person, "position", operation, subject, amount, request_id FROM crm_internal.act WHERE guard_id IS NOT NULL ORDER BY act_id;

-- a row waits for one decision: no second guard lets rows of the table wait, nor one of its parents or children
\set VERBOSITY default
SELECT crm.add_guard('service.refund', 'pricing', amount => 'value', waiting => '{"status": "pricing"}', "when" => $$shop = 'draft'$$);
CREATE TABLE service.child (extra text, PRIMARY KEY (shop, no)) INHERITS (service.refund);
SELECT crm.add_guard('service.child', 'pricing', waiting => '{"status": "pricing"}');
SELECT crm.add_guard('service.refund', 'pricing', amount => 'value') AS second \gset
SELECT crm.change_guard(:second, waiting => '{"status": "pricing"}');
-- its own may change, and another table's may be there; who stops leaves room
SELECT crm.change_guard(guard_id, waiting => '{"status": "waits"}') IS NOT NULL AS changed FROM crm.guards WHERE table_name = 'service.refund' AND decision = 'goodwill';
ALTER TABLE service.refund RENAME TO payback;
SELECT crm.change_guard(:second, waiting => '{"status": "pricing"}');
SELECT crm.change_guard(guard_id, waiting => '{}') IS NOT NULL AS stopped FROM crm.guards WHERE decision = 'goodwill' AND waiting = '{"status": "waits"}';
SELECT crm.change_guard(:second, waiting => '{"status": "pricing"}') IS NOT NULL AS waits_now;
