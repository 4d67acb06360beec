-- Rows of the register that no function of crm would write: circles, orders and positions that are
-- not, as a restore of parts or another server may bring them. Nobody gets more than a giver has.
\set VERBOSITY terse
SET client_min_messages = warning;
SELECT crm.add_department('desk') \g /dev/null
SELECT crm.add_position('board', department => 'desk') \g /dev/null
SELECT crm.add_position(p, department => 'desk', reports_to => 'board') FROM unnest('{clerk,peer}'::text[]) p \g /dev/null
SELECT crm.appoint('board', 'bea'), crm.appoint('clerk', 'carl'), crm.appoint('peer', 'pia') \g /dev/null
SELECT crm.grant_mandate('org.model', 'board'), crm.grant_mandate('goodwill', 'board'), crm.grant_mandate('goodwill', 'clerk', amount => 100) \g /dev/null

INSERT INTO crm_internal.mandate (mandate_id, kind, decision, from_position, to_position, parent_id, valid_from, recorded_by)
OVERRIDING SYSTEM VALUE VALUES
	(-5, 'share', 'goodwill', 'board', 'peer', 2, '2020-01-01', 'test'),
	(100, 'share', 'goodwill', 'clerk', 'peer', 101, '2020-01-01', 'test'),
	(101, 'share', 'goodwill', 'peer', 'clerk', 100, '2020-01-01', 'test'),
	(102, 'share', 'goodwill', 'peer', 'peer', 102, '2020-01-01', 'test'),
	(103, 'hand_over', 'goodwill', 'ghost', 'peer', NULL, '2020-01-01', 'test'),
	(104, 'share', 'pricing', 'peer', 'clerk', 9999, '2020-01-01', 'test'),
	(105, 'hand_over', 'product', 'board', 'board', 105, '2020-01-01', 'test'),
	(106, 'ban', 'goodwill', 'clerk', 'board', 106, '2020-01-01', 'test'),
	(107, 'share', 'pricing', NULL, 'clerk', NULL, '2020-01-01', 'test');
SELECT p AS person, d AS decision, a AS amount, crm.may(p, d, a)
FROM unnest('{bea,carl,pia}'::text[]) p, (VALUES ('goodwill', 100), ('goodwill', 101), ('pricing', 1), ('product', 1)) x (d, a)
ORDER BY d COLLATE "C", a, p COLLATE "C";
SELECT problem FROM crm.verify() WHERE check_name = 'mandate' ORDER BY problem COLLATE "C";

-- A circle of thousands of hands ends.
INSERT INTO crm_internal.mandate (mandate_id, kind, decision, from_position, to_position, parent_id, valid_from, recorded_by)
OVERRIDING SYSTEM VALUE
SELECT 1000 + n, CASE WHEN n % 3 = 0 THEN 'hand_over' ELSE 'share' END, 'goodwill', ('{clerk,peer}'::text[])[1 + n % 2], ('{peer,clerk}'::text[])[1 + n % 2], 1000 + n + 1, '2020-01-01', 'test'
FROM generate_series(1, 3000) n;
SET statement_timeout = '60s';
SELECT bool_or(crm.may(p, 'goodwill', 50)) AS some, bool_or(crm.may(p, 'goodwill', 101)) AS more FROM unnest('{carl,pia}'::text[]) p;
SELECT count(*) > 0 AS told FROM crm.mandate_gaps;
SELECT count(*) AS found FROM crm.verify() WHERE problem LIKE '%came later%';
