-- What an act took is given back to its budget, in sum never more than it took.
\set SHOW_CONTEXT never
CREATE TEMPORARY VIEW state AS SELECT name, amount, spent, carved, remaining, closed_at IS NOT NULL AS closed FROM crm.budgets;
CREATE SCHEMA service;
CREATE TABLE service.voucher (id integer PRIMARY KEY, client_id bigint, value numeric);
SELECT crm.add_department('service'), crm.add_position('board', department => 'service');
SELECT crm.appoint('board', session_user::text) > 0 AS appointed;
SELECT crm.add_budget('care', 1000), crm.add_budget('goodwill', 300, parent => 'care'), crm.add_budget('north', 200, parent => 'goodwill');
SELECT crm.grant_mandate(d, 'board') FROM unnest('{investment,org.model,process.policy}'::text[]) d;
SELECT crm.grant_mandate('goodwill', 'board', budget => 'north');
SELECT crm.add_guard('service.voucher', decision => 'goodwill', amount => 'value', customer => 'client_id');
INSERT INTO service.voucher VALUES (1, 7, 50), (2, 7, 30);
UPDATE service.voucher SET value = 60 WHERE id = 1;
UPDATE service.voucher SET value = 10 WHERE id = 2;
SELECT position, amount, counted, budget, subject FROM crm.journal WHERE decision = 'goodwill' ORDER BY act_id;
TABLE state;

-- an UPDATE took the difference, one that lowers the value took nothing
SELECT min(act_id) AS first, min(act_id) + 2 AS raise, min(act_id) + 3 AS lower FROM crm.journal WHERE decision = 'goodwill' \gset
\set VERBOSITY sqlstate
SELECT crm.compensate(:first, 20, 'returned in part');
SELECT crm.compensate(:first, 31, 'too much');
SELECT crm.compensate(:first, 30, 'the rest');
SELECT crm.compensate(:first, 0.01, 'once more');
SELECT crm.compensate(:raise, 10.01, 'the difference only');
SELECT crm.compensate(:lower, 1, 'nothing');
SELECT crm.compensate(:raise, -1, 'negative');
SELECT crm.compensate(:raise, NULL, 'unknown');
SELECT crm.compensate(-1, 1, 'unknown act');
SELECT crm.compensate((SELECT min(act_id) FROM crm.journal), 1, 'took no money');
\set VERBOSITY default
TABLE state;

-- from closed budgets it goes up to the one that is open
SELECT crm.close_budget('north'), crm.close_budget('goodwill');
SELECT crm.compensate(:raise, 10, 'late');
TABLE state;
SELECT budget, kind, amount, act_id - :first AS act, reason FROM crm.ledger ORDER BY entry_id;
SELECT subject = format('crm.compensate(%s)', :raise) AS is_an_act, amount, customer_id FROM crm.journal WHERE decision = 'investment' ORDER BY act_id DESC LIMIT 1;
SELECT check_name, problem FROM crm.verify();
