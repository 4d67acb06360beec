-- What is doubtful is asked, where an answer is worth most first; what was answered is not asked again.
\set SHOW_CONTEXT never
CREATE SCHEMA shop;
CREATE TABLE shop.client (id integer PRIMARY KEY, name text, email text, born text);
CREATE TABLE shop.lead (id integer PRIMARY KEY, name text, email text, born text);
CREATE EXTENSION crm CASCADE;
SELECT crm.add_department('shop');
SELECT crm.add_source('shop.client', department => 'shop', kind => 'person', map => '{"name": "name", "email": "email", "birth_date": "born"}');
SELECT crm.add_source('shop.lead', department => 'shop', kind => 'person', map => '{"name": "name", "email": "email", "birth_date": "born"}');
INSERT INTO shop.client VALUES
	(1, 'Anna Smith', NULL, NULL), (2, 'Anna Smith', NULL, NULL),
	(3, 'Zed Young', 'zed@example.org', '1980-01-02'), (4, 'Zed Young', 'zed@example.org', '1980-01-02');
INSERT INTO shop.lead VALUES (1, 'Zed Young', 'zed@example.org', '1980-01-02');
CALL crm.resolve();
CREATE VIEW public.members AS
	SELECT customer_id, string_agg(source || ' ' || source_key, ', ' ORDER BY source, source_key) AS rows
	FROM crm.customer_source GROUP BY customer_id;
SELECT * FROM members ORDER BY 1;
SELECT kind, customer_id, other_customer_id, source, source_key, other_key, weight BETWEEN -4.3 AND 4.3 AS doubtful,
	abs(probability - 1 / (1 + power(2, -weight))) < 0.001 AS by_weight,
	abs(expected_error - records * probability * (1 - probability)) < 0.001 AS by_formula, statement
FROM crm.review;

-- the zone is policy
SELECT crm.set_review_zone(6.5, 6.6);
SELECT count(*) FROM crm.review;
SELECT crm.set_review_zone(-6, 1);
SELECT crm.set_review_zone(1, -1);
SELECT crm.set_review_zone();
SELECT count(*) FROM crm.review;

-- a steward asks and answers, a reader only asks, others neither
CREATE ROLE crm_test_steward;
CREATE ROLE crm_test_reader;
SELECT crm.grant_access('crm_test_steward', 'steward'), crm.grant_access('crm_test_reader', 'reader');
SET ROLE crm_test_reader;
SELECT count(*) FROM crm.review;
SELECT crm.confirm_match('shop.client', '1', 'shop.client', '2');
SET ROLE crm_test_steward;
SELECT count(*) FROM crm.review;
SELECT crm.undo(crm.confirm_match('shop.client', '1', 'shop.client', '2')) > 0 AS taken_back;
SELECT crm.set_review_zone();
RESET ROLE;
SELECT crm.revoke_access('crm_test_steward'), crm.revoke_access('crm_test_reader');
DROP ROLE crm_test_steward, crm_test_reader;

-- in the inbox of whom customer.merge is, and of no other
SELECT crm.add_position('board', department => 'shop') AS board, crm.add_position('steward', department => 'shop', reports_to => 'board') AS steward,
	crm.appoint('board', 'bart') > 0 AS board_has, crm.appoint('steward', current_user::text) > 0 AS steward_has;
SELECT crm.grant_mandate('customer.merge', 'board') > 0 AS granted;
SELECT count(*) FROM crm.inbox WHERE kind = 'review';
SELECT crm.grant_mandate('customer.merge', 'steward') > 0 AS granted;
SELECT kind, id, "position", decision, customer_id, due_at, statement FROM crm.inbox;
SELECT crm.confirm_match(customer_id, COALESCE(other_customer_id, customer_id), reason => 'she said so') > 0 AS answered FROM crm.review;
SELECT count(*) AS asked FROM crm.review;
SELECT DISTINCT person = current_user AS me, "position", reason FROM crm_internal.match_verdict WHERE withdrawn_at IS NULL;

-- a pair that the others hold together
INSERT INTO shop.lead VALUES (11, 'Carl Cole Jr', 'carl@example.org', '1990-09-09'), (12, 'Carl Cole', 'carl@example.org', NULL), (13, 'Carl Cole', 'carl@example.org', NULL);
INSERT INTO shop.client VALUES (11, 'Carl Cole', 'carl@example.org', NULL), (12, 'Carl Cole Sr', 'carl@example.org', '1955-02-28'), (13, 'Carl Cole', 'carl@example.org', NULL);
CALL crm.resolve();
SELECT rows FROM members WHERE rows ~ '1[123]' ORDER BY 1;
SELECT kind, source, source_key, other_source, other_key, weight < -4.3 AS strong, probability > 0.5 AS held FROM crm.review WHERE kind = 'conflict';
SELECT crm.reject_match(source, source_key, other_source, other_key, 'grandfather') > 0 AS answered FROM crm.review WHERE kind = 'conflict';
SELECT count(*) AS asked FROM crm.review WHERE kind = 'conflict';
SELECT rows FROM members WHERE rows ~ '1[123]' ORDER BY 1;

-- two that may be one
INSERT INTO shop.lead VALUES (21, 'Fay Foxx', NULL, '1980-01-02');
INSERT INTO shop.client VALUES (21, 'Fay Foxxe', NULL, '1981-03-04');
CALL crm.resolve();
SELECT kind, source_key, other_key, weight < 0 AS unlikely, statement FROM crm.review;

-- a department without duplicates of its own
SELECT crm.grant_mandate('process.policy', 'steward') > 0 AS granted;
SELECT crm.set_source_duplicates('shop.client', allowed => false);
SELECT * FROM members ORDER BY 1;
SELECT crm.confirm_match('shop.client', '3', 'shop.client', '4') > 0 AS confirmed;
SELECT * FROM members ORDER BY 1;
INSERT INTO shop.client VALUES (5, 'Zed Young', 'zed@example.org', '1980-01-02');
CALL crm.resolve();
SELECT * FROM members ORDER BY 1;
SELECT crm.set_source_duplicates('shop.client', allowed => true);
SELECT rows FROM members ORDER BY 1;
SELECT crm.set_source_duplicates('shop.nowhere', false);
SELECT * FROM crm.verify();
