-- A limit within a window of time: many small acts do not do what one large may not, in whatever shape they come.
\set SHOW_CONTEXT never
\set VERBOSITY terse
CREATE SCHEMA service;
CREATE TABLE service.voucher (id integer PRIMARY KEY, client_id bigint, value numeric);
CREATE TABLE service.trip (id integer PRIMARY KEY, client_id bigint, value numeric);
SELECT crm.add_department('service'), crm.add_position('board', department => 'service');
SELECT crm.add_position(p, department => 'service', reports_to => 'board') FROM unnest('{agent,expert}'::text[]) p;
SELECT count(crm.appoint(p, who)) FROM (VALUES ('board', 'bea'), ('agent', 'ann'), ('agent', 'al'), ('expert', 'eve'), ('expert', 'ann')) v (p, who);
SELECT crm.add_gateway(session_user::text, session_allowed => true), crm.add_decision('goodwill.travel');
SELECT crm.grant_mandate(d, 'board') FROM unnest('{goodwill,org.model,process.policy}'::text[]) d;
SELECT crm.share('goodwill', 'board', 'agent', amount => 60, window_amount => 100, window_length => '1 day');
SELECT crm.add_guard('service.voucher', decision => 'goodwill', amount => 'value', customer => 'client_id');
SELECT crm.add_guard('service.trip', decision => 'goodwill.travel', amount => 'value', customer => 'client_id');

-- in one statement, in one transaction, in several; by another person under the same mandate; in a decision below
SELECT crm.act_as('ann', for_session => true);
INSERT INTO service.voucher SELECT g, 7, 30 FROM generate_series(1, 4) g;
BEGIN;
INSERT INTO service.voucher VALUES (1, 7, 40);
SAVEPOINT a;
INSERT INTO service.voucher VALUES (2, 7, 60);
ROLLBACK TO a;
INSERT INTO service.trip VALUES (1, 7, 50);
INSERT INTO service.voucher VALUES (2, 7, 11);
ROLLBACK;
INSERT INTO service.voucher VALUES (1, 7, 40);
INSERT INTO service.trip VALUES (1, 7, 50);
SELECT crm.act_as('al', for_session => true);
INSERT INTO service.voucher VALUES (2, 7, 11);
INSERT INTO service.voucher VALUES (2, 7, 10);
INSERT INTO service.voucher VALUES (3, 7, 0.01);

-- another customer is another limit, and so is none
INSERT INTO service.voucher VALUES (4, 8, 60), (5, NULL, 60);
INSERT INTO service.voucher VALUES (6, NULL, 41);
INSERT INTO service.voucher VALUES (6, 8, 40);

-- an UPDATE counts its difference; what is lowered, and what is deleted, has been given all the same
UPDATE service.voucher SET value = 41 WHERE id = 6;
UPDATE service.voucher SET value = 10 WHERE id = 6;
UPDATE service.voucher SET value = 11 WHERE id = 6;
-- another customer for a voucher is a new one there
UPDATE service.voucher SET client_id = 9 WHERE id = 4;
INSERT INTO service.voucher VALUES (7, 9, 41);
INSERT INTO service.voucher VALUES (7, 9, 40);

-- what the same person did by a wider mandate counts, though that has no such limit
SELECT crm.act_as(NULL, for_session => true);
BEGIN; SELECT crm.act_as('bea'); SELECT crm.share('goodwill', 'board', 'expert', amount => 59); COMMIT;
SELECT crm.act_as('ann', for_session => true);
INSERT INTO service.voucher VALUES (10, 10, 59), (11, 10, 59);
INSERT INTO service.voucher VALUES (12, 10, 60);
-- at the COMMIT, if it was in the same transaction
BEGIN; INSERT INTO service.voucher VALUES (13, 12, 59); INSERT INTO service.voucher VALUES (14, 12, 60); COMMIT;
SELECT crm.act_as('al', for_session => true);
INSERT INTO service.voucher VALUES (12, 10, 60);
SELECT crm.act_as(NULL, for_session => true);
SELECT person, "position", decision, customer_id, amount, counted FROM crm.journal WHERE decision ~ 'goodwill' ORDER BY act_id;

-- time frees it, without any write
BEGIN; SELECT crm.act_as('bea'); SELECT crm.revoke(5); COMMIT;
BEGIN; SELECT crm.act_as('bea'); SELECT crm.share('goodwill', 'board', 'expert', amount => 59, window_amount => 59, window_length => '5 seconds'); COMMIT;
SELECT crm.act_as('eve', for_session => true);
INSERT INTO service.voucher VALUES (20, 11, 59);
INSERT INTO service.voucher VALUES (21, 11, 1);
SELECT pg_sleep(5.1);
INSERT INTO service.voucher VALUES (21, 11, 59);
