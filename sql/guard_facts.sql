-- How a guard reads a row: expressions, scope, actor, customer; and what departments do to their tables.
\set VERBOSITY terse
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SELECT crm.add_gateway(session_user, session_allowed => true);
SELECT crm.add_department('service'), crm.add_department('sales');
SELECT crm.add_position('board', 'service'), crm.add_position('agent', 'service', reports_to => 'board');
SELECT count(crm.appoint(p, w)) FROM (VALUES ('board', 'ann'), ('agent', 'bob')) a (p, w);
SELECT crm.grant_mandate('goodwill', 'board');
SELECT crm.share('goodwill', 'board', 'agent', amount => 100, scope => '{"department": "sales"}');
CREATE SCHEMA service;
CREATE TABLE service.voucher (id integer PRIMARY KEY, pieces integer, price money, area text, agent text, day timestamptz, note text);
CREATE FUNCTION service.worth(pieces integer, price money) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT pieces * price::numeric';
SELECT crm.add_guard('service.voucher', 'goodwill', amount => 'service.worth(pieces, price)',
	"when" => $$day >= timestamptz '2024-01-01 00:00:00+00' AND day::text LIKE '%+00'$$,
	scope => '{"department": "lower(area)"}');
SELECT "when", amount, scope FROM crm.guards;
SELECT crm.act_as('bob', for_session => true);

-- the dimension, also when a statement goes from one value to another and to none
INSERT INTO service.voucher VALUES (1, 2, 50, 'Sales', NULL, '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (2, 2, 51, 'Sales', NULL, '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (2, 1, 1, 'Service', NULL, '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (2, 1, 1, NULL, NULL, '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (2, 1, 1, 'Sales', NULL, '2024-05-01 12:00+00'), (3, 1, 1, 'SALES', NULL, '2024-05-01 12:00+00'),
	(4, 1, 1, 'service', NULL, '2024-05-01 12:00+00');
UPDATE service.voucher SET area = 'service' WHERE id = 1;
-- who writes cannot choose by his settings what the condition says
SET TimeZone = 'Asia/Tokyo';
INSERT INTO service.voucher VALUES (5, 9, 99, 'sales', NULL, '2024-05-01 12:00+00');
SET DateStyle = 'SQL, DMY';
INSERT INTO service.voucher VALUES (5, 9, 99, 'sales', NULL, '2024-05-01 12:00+00');
RESET TimeZone;
RESET DateStyle;
-- nor by a function of his own in front of the department's
CREATE SCHEMA mine;
CREATE FUNCTION mine.worth(integer, money) RETURNS numeric LANGUAGE sql IMMUTABLE AS 'SELECT 0';
CREATE FUNCTION mine.lower(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$SELECT 'sales'$$;
SET search_path = mine, pg_catalog;
INSERT INTO service.voucher VALUES (5, 9, 99, 'sales', NULL, '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (5, 1, 1, 'service', NULL, '2024-05-01 12:00+00');
RESET search_path;

-- an actor column that is trusted counts where nobody said for whom he acts
INSERT INTO service.voucher VALUES (6, 1, 1, 'sales', 'eve', '2024-05-01 12:00+00');
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.add_actor_column('service.voucher', 'agent');
INSERT INTO service.voucher VALUES (7, 1, 1, 'sales', 'bob', '2024-05-01 12:00+00'), (8, 1, 200, 'sales', 'ann', '2024-05-01 12:00+00'),
	(9, 1, 2, 'sales', 'bob', '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (10, 1, 1, 'sales', 'eve', '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (10, 1, 1, 'sales', 'bob', '2024-05-01 12:00+00'), (11, 1, 1, 'sales', NULL, '2024-05-01 12:00+00');
SELECT person, known_by, operation, subject, amount, scope FROM crm_internal.act WHERE guard_id IS NOT NULL ORDER BY act_id;

-- renamed columns and tables are followed
SELECT crm.act_as('bob', for_session => true);
ALTER TABLE service.voucher RENAME area TO region;
ALTER TABLE service.voucher RENAME price TO each;
INSERT INTO service.voucher VALUES (12, 3, 50, 'sales', 'bob', '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (12, 1, 50, 'service', 'bob', '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (12, 1, 50, 'sales', 'bob', '2024-05-01 12:00+00');
SELECT crm.act_as(NULL, for_session => true);
-- a new column under an old name leaves it open which is meant
ALTER TABLE service.voucher ADD area text DEFAULT 'sales';
SELECT crm.act_as('ann', for_session => true);
INSERT INTO service.voucher VALUES (13, 1, 50, 'sales', 'bob', '2024-05-01 12:00+00');
SELECT state, repair FROM crm.guards;
SELECT crm.act_as(NULL, for_session => true);
SELECT crm.change_guard(1, scope => '{"department": "region"}');
SELECT amount, scope, state FROM crm.guards;
-- a column that is gone: refused, also to who may all, until somebody says what counts now; observing, it is written down
ALTER TABLE service.voucher DROP COLUMN pieces;
SELECT crm.act_as('ann', for_session => true);
INSERT INTO service.voucher VALUES (13, 50, 'sales', 'bob', '2024-05-01 12:00+00');
DELETE FROM service.voucher WHERE id = 1;
TRUNCATE service.voucher;
INSERT INTO service.voucher VALUES (13, 50, 'sales', 'bob', '2024-05-01 12:00+00');
SELECT crm.act_as(NULL, for_session => true);
SELECT state, repair FROM crm.guards;
SELECT crm.change_guard(1, mode => 'observe');
INSERT INTO service.voucher VALUES (13, 50, 'sales', 'bob', '2024-05-01 12:00+00');
SELECT verdict, operation, subject, reason FROM crm_internal.act WHERE guard_id IS NOT NULL ORDER BY act_id DESC LIMIT 1;
SELECT crm.change_guard(1, amount => 'each', mode => 'enforce');
SELECT crm.act_as('bob', for_session => true);
INSERT INTO service.voucher VALUES (14, 101, 'sales', 'bob', '2024-05-01 12:00+00');
INSERT INTO service.voucher VALUES (14, 100, 'sales', 'bob', '2024-05-01 12:00+00');
SELECT crm.act_as(NULL, for_session => true);

-- another owner's functions do not run as he who owns the table now
SELECT crm.change_guard(1, amount => 'service.worth(1, each)');
CREATE ROLE regress_guard_owner;
GRANT CREATE, USAGE ON SCHEMA service TO regress_guard_owner;
ALTER TABLE service.voucher OWNER TO regress_guard_owner;
INSERT INTO service.voucher VALUES (15, 1, 'sales', 'bob', '2024-05-01 12:00+00');
SELECT crm.change_guard(1);
INSERT INTO service.voucher VALUES (15, 1, 'sales', 'bob', '2024-05-01 12:00+00');
ALTER TABLE service.voucher OWNER TO CURRENT_USER;
SELECT crm.change_guard(1);

-- a renamed table takes its guard along; its new name is taken over by the next look at it
ALTER TABLE service.voucher RENAME TO coupon;
INSERT INTO service.coupon VALUES (16, 101, 'sales', 'bob', '2024-05-01 12:00+00');
SELECT table_name, state <> 'armed' AS is_told FROM crm.guards;
SELECT crm.change_guard(1);
SELECT table_name, state FROM crm.guards;

-- only a superuser can still the guards; crm.enabled, which stills capture, does not
SET crm.enabled = off;
INSERT INTO service.coupon VALUES (16, 101, 'sales', 'bob', '2024-05-01 12:00+00');
RESET crm.enabled;
SET crm.guards_enabled = off;
INSERT INTO service.coupon VALUES (16, 101, 'sales', 'bob', '2024-05-01 12:00+00');
RESET crm.guards_enabled;
SET ROLE regress_guard_owner;
SET crm.guards_enabled = off;
RESET ROLE;
DROP OWNED BY regress_guard_owner;
DROP ROLE regress_guard_owner;
