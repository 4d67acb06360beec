-- What a guard can be asked for, what crm says to the rest, and how it is changed and removed.
\set VERBOSITY default
\set SHOW_CONTEXT never
SELECT crm.add_department('service');
CREATE SCHEMA service;
CREATE TABLE service.client (id integer PRIMARY KEY, name text);
CREATE TABLE service.voucher (
	id integer PRIMARY KEY,
	client integer REFERENCES service.client,
	customer bigint,
	value integer,
	price money,
	doubled integer GENERATED ALWAYS AS (value * 2) STORED,
	status text,
	"on" date);
CREATE VIEW service.open_voucher AS SELECT * FROM service.voucher;
CREATE TABLE service.note (text text);
CREATE TABLE service.part (id integer, at date) PARTITION BY RANGE (at);
CREATE TABLE service.part_2024 PARTITION OF service.part FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

-- refused, each with what to do
SELECT crm.add_guard(NULL, 'goodwill');
SELECT crm.add_guard('service.voucher', NULL);
SELECT crm.add_guard('service.vouchers', 'goodwill');
SELECT crm.add_guard('service.open_voucher', 'goodwill');
SELECT crm.add_guard('service.part_2024', 'goodwill');
SELECT crm.add_guard('pg_catalog.pg_class', 'goodwill');
SELECT crm.add_guard('service.voucher', 'goodwil');
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'valu');
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'status');
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'random() * value');
SELECT crm.add_guard('service.voucher', 'goodwill', amount => '(SELECT 1)');
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'value; DROP TABLE service.voucher');
SELECT crm.add_guard('service.voucher', 'goodwill', "when" => 'value');
SELECT crm.add_guard('service.voucher', 'goodwill', customer => 'status');
SELECT crm.add_guard('service.voucher', 'goodwill', customer => 'client');
SELECT crm.add_guard('service.voucher', 'goodwill', customer => 'client', customer_source => 'service.client');
SELECT crm.add_guard('service.voucher', 'goodwill', operations => '{}');
SELECT crm.add_guard('service.voucher', 'goodwill', operations => '{SELECT}');
SELECT crm.add_guard('service.voucher', 'goodwill', columns => '{value,worth}');
SELECT crm.add_guard('service.voucher', 'goodwill', mode => 'warn');
SELECT crm.add_guard('service.voucher', 'goodwill', journal => 'none');
SELECT crm.add_guard('service.voucher', 'goodwill', scope => '[]');
SELECT crm.add_guard('service.voucher', 'goodwill', scope => '{"department": null}');
SELECT crm.add_guard('service.voucher', 'goodwill', scope => '{"planet": "status"}');
SELECT crm.add_guard('service.voucher', 'goodwill', waiting => '{"state": "waits"}');
SELECT crm.add_guard('service.voucher', 'goodwill', waiting => '{"value": "waits"}');
SELECT crm.add_guard('service.voucher', 'goodwill', waiting => '{"status": "waits"}', operations => '{DELETE}');
SELECT crm.add_guard('service.voucher', 'goodwill', waiting => '{"status": "waits"}', operations => '{INSERT}');
SELECT crm.add_guard('service.voucher', 'goodwill', waiting => '{"status": "waits"}', amount => 'doubled');
SELECT crm.add_guard('service.note', 'goodwill', waiting => '{"text": "waits"}');
SELECT crm.add_guard('service.part', 'goodwill', waiting => '{"at": "2024-01-01"}');
SELECT count(*) FROM crm.guards;

-- columns, expressions, what is not a number but becomes one
SELECT crm.add_guard('service.voucher', decision => 'goodwill', amount => 'value', customer => 'customer', "when" => $$status <> 'draft'$$,
	columns => '{status,on}', scope => '{"department": "''service''"}', operations => '{insert,update,delete}', waiting => '{"status": "waits"}',
	mode => 'observe', journal => 'statement');
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'price', customer => 'client + 0');
SELECT crm.add_guard('service.voucher', 'pricing', amount => 'doubled', operations => '{DELETE}');
SELECT table_name, decision, operations, amount, customer, customer_source, "when", columns, scope, waiting, mode, journal, state, repair
FROM crm.guards ORDER BY guard_id \gx
\d service.voucher

-- a foreign key to a source says whose key the customer is
SELECT crm.add_source('service.client', department => 'service', map => '{"name": "name"}');
SELECT crm.add_guard('service.voucher', 'care.solution', customer => 'client');
SELECT customer, customer_source FROM crm.guards WHERE decision = 'care.solution';

-- changed: NULL keeps, what is empty removes
SELECT crm.change_guard(99, mode => 'observe');
SELECT crm.change_guard(1, amount => 'worth');
SELECT crm.change_guard(1, mode => 'enforce', journal => 'row');
SELECT crm.change_guard(1, amount => 'value * 2', columns => '{}', scope => '{}', waiting => '{}', "when" => '', operations => '{INSERT}');
SELECT amount, customer, "when", columns, scope, waiting, mode, journal, operations, state FROM crm.guards WHERE guard_id = 1;
SELECT tgname, tgtype, tgenabled FROM pg_trigger WHERE tgrelid = 'service.voucher'::regclass AND tgname LIKE 'crm%\_1' ORDER BY tgname;

-- a source that is dropped while customers are found by it: nothing is written past the guard unseen
BEGIN;
SELECT crm.drop_source('service.client');
INSERT INTO service.voucher VALUES (1);
ROLLBACK;
BEGIN;
SELECT crm.drop_source('service.client');
UPDATE crm_internal.guard SET decision = 'no_such' WHERE guard_id = 4;
SELECT * FROM crm.verify() WHERE check_name = 'guard' ORDER BY problem;
ROLLBACK;

-- dropped, by number or by table and decision
SELECT crm.drop_guard(1);
SELECT crm.drop_guard(1);
SELECT crm.drop_guard('service.voucher', 'campaign');
SELECT crm.drop_guard('service.voucher', 'goodwill');
SELECT guard_id, decision FROM crm.guards ORDER BY guard_id;
SELECT tgname FROM pg_trigger WHERE tgrelid = 'service.voucher'::regclass AND NOT tgisinternal ORDER BY tgname;
-- also when the table is gone; a table of that name that comes later is another one
DROP TABLE service.voucher CASCADE;
SELECT crm.drop_guard('service.voucher', 'care.solution');
SELECT guard_id, decision, state FROM crm.guards ORDER BY guard_id;

-- each of these was a decision
SELECT decision, subject FROM crm_internal.act WHERE subject LIKE 'crm.%guard%' ORDER BY act_id;
