-- A row that is moved into another scope is paid there, unless one mandate covers both; nothing comes back by itself.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT crm.add_gateway(session_user, session_allowed => true);
SELECT crm.add_department(d) FROM unnest('{company,sales,service}'::text[]) d;
SELECT crm.add_position('board', 'company'), crm.add_position('agent', 'sales', reports_to => 'board'), crm.add_position('head', 'sales', reports_to => 'board');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('agent', 'bob'), ('head', 'hal')) v(p, w);
SELECT crm.add_budget('plenty', 10000), crm.add_budget('scarce', 150), crm.add_budget('all', 1000);
SELECT crm.grant_mandate('goodwill', 'agent', budget => 'plenty', scope => '{"department": "sales"}'),
	crm.grant_mandate('goodwill', 'agent', budget => 'scarce', scope => '{"department": "service"}'),
	crm.grant_mandate('goodwill', 'head', budget => 'all');
SELECT crm.grant_mandate(d, 'board') FROM unnest('{investment,org.model}'::text[]) d;
CREATE TABLE voucher (id integer PRIMARY KEY, client bigint, value numeric, department text);
SELECT crm.add_guard('voucher', 'goodwill', amount => 'value', customer => 'client', scope => '{"department": "department"}', operations => '{INSERT,UPDATE,DELETE}');
CREATE VIEW money AS SELECT name, spent FROM crm.budgets ORDER BY name;

-- what is scarce is not paid by who has plenty
SELECT crm.act_as('bob', for_session => true);
INSERT INTO voucher VALUES (1, 7, 100, 'sales'), (2, 7, 100, 'sales'), (3, 7, 40, 'sales');
UPDATE voucher SET department = 'service' WHERE id = 1;
SELECT * FROM money;
UPDATE voucher SET department = 'service' WHERE id = 2;
UPDATE voucher SET department = 'service', value = 50 WHERE id = 3;
UPDATE voucher SET department = 'service', value = value + 1 WHERE id = 1;
SELECT * FROM money;
-- nor does a way there and back bring anything
UPDATE voucher SET department = 'sales' WHERE id = 1;
SELECT * FROM money;
SELECT subject, amount, counted, budget, scope ->> 'department' AS department FROM crm_internal.act WHERE operation = 'UPDATE' ORDER BY act_id;

-- one mandate for both: what was paid is paid, also where another one had paid it
SELECT crm.act_as('hal', for_session => true);
INSERT INTO voucher VALUES (5, 8, 600, 'sales');
UPDATE voucher SET department = 'service' WHERE id = 5;
UPDATE voucher SET department = 'sales', value = 700 WHERE id = 5;
UPDATE voucher SET department = NULL WHERE id = 5;
UPDATE voucher SET department = 'service' WHERE id = 2;
SELECT * FROM money;

-- what was paid where the row is no more is given back by who decides investment
SELECT crm.act_as('ann', for_session => true);
SELECT crm.compensate(min(act_id), 100, 'moved to service') FROM crm_internal.act WHERE subject LIKE '%voucher(1)';
SELECT * FROM money;
SELECT check_name, problem FROM crm.verify() WHERE check_name IN ('ledger', 'budget');
