# Who may answer a request, and to whom it goes, as SQL over the tables: everybody is judged, nothing is kept between two questions.
package SlowLadder;

use strict;
use warnings;

# Statements, each ended by ;; and a line's end.
sub definition
{
	return <<'SQL';
CREATE SCHEMA slow;;
CREATE FUNCTION slow.approvers(requester text, decision text, amount numeric, scope jsonb, customer bigint, only_person text DEFAULT NULL)
RETURNS TABLE (person text, "position" text, capacity text, joint_id integer, quorum integer, amount_limit numeric, budget text, mandate_path integer[], mandate_id integer, has_money boolean)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	WITH theirs AS MATERIALIZED (
		SELECT h."position" FROM crm_internal.hats(approvers.requester, pg_catalog.clock_timestamp()) h
	), candidate AS MATERIALIZED (
		SELECT DISTINCT a.person FROM crm_internal.appointment a WHERE coalesce(a.person = approvers.only_person, true)
	)
	SELECT c.person, r."position", r.capacity, r.joint_id, r.quorum, r.amount_limit, r.budget, r.mandate_path, r.mandate_id, r.has_money
	FROM candidate c
	CROSS JOIN LATERAL crm_internal.rulings(c.person, approvers.decision, approvers.amount, approvers.scope, approvers.customer) r
	WHERE c.person <> approvers.requester AND r.verdict IN ('allowed', 'consult_first', 'signatures')
		AND r.capacity IN ('holder', 'deputy', 'acting')
		AND r."position" NOT IN (SELECT t."position" FROM theirs t)
		AND NOT EXISTS (SELECT
			FROM crm_internal.mandate m
			JOIN theirs t ON t."position" = m.from_position
			WHERE m.mandate_id = ANY (r.mandate_path) AND m.kind = 'share');
END;;
CREATE FUNCTION slow.distance_from_top("position" text)
RETURNS integer
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE up AS (
		SELECT p.name, p.reports_to, 0 AS distance
		FROM crm_internal.position p
		WHERE p.name = distance_from_top."position"
		UNION
		SELECT p.name, p.reports_to, u.distance + 1
		FROM up u
		JOIN crm_internal.position p ON p.name = u.reports_to
		WHERE u.distance < 1000
	)
	SELECT pg_catalog.max(u.distance) FROM up u;
END;;
CREATE FUNCTION slow.ladder(requester text, decision text, amount numeric, scope jsonb, customer bigint)
RETURNS TABLE (rung integer, "position" text, joint_id integer, quorum integer)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	WITH RECURSIVE above AS (
		SELECT a."position" AS name
		FROM crm_internal.appointment a
		WHERE a.person = ladder.requester AND a.capacity <> 'liaison'
			AND a.valid_from <= pg_catalog.clock_timestamp() AND a.valid_until > pg_catalog.clock_timestamp()
		UNION
		SELECT p.reports_to
		FROM above b
		JOIN crm_internal.position p ON p.name = b.name
		WHERE p.reports_to IS NOT NULL
	), able AS MATERIALIZED (
		SELECT a.person, a."position", a.joint_id, a.quorum, a.amount_limit, a.has_money, a.mandate_path
		FROM slow.approvers(ladder.requester, ladder.decision, ladder.amount, ladder.scope, ladder.customer) a
	), alone AS (
		SELECT a."position", pg_catalog.min(coalesce(a.amount_limit, 'Infinity')) AS amount_limit, pg_catalog.bool_or(a.has_money) AS has_money
		FROM able a
		WHERE a.joint_id IS NULL
		GROUP BY a."position"
	), own AS MATERIALIZED (
		SELECT DISTINCT r.joint_id
		FROM crm_internal.rulings(ladder.requester, ladder.decision, ladder.amount, ladder.scope, ladder.customer) r
		WHERE r.verdict = 'signatures' AND r.capacity IN ('holder', 'deputy', 'acting')
	), quorate AS (
		SELECT a.joint_id
		FROM able a
		WHERE a.joint_id IS NOT NULL AND NOT EXISTS (SELECT FROM alone o WHERE o.has_money)
		GROUP BY a.joint_id
		HAVING pg_catalog.count(DISTINCT a.person) + CASE WHEN a.joint_id IN (SELECT o.joint_id FROM own o) THEN 1 ELSE 0 END >= pg_catalog.max(a.quorum)
		ORDER BY a.joint_id IN (SELECT o.joint_id FROM own o) DESC, a.joint_id
		LIMIT 1
	), jointly AS (
		SELECT DISTINCT a."position", a.joint_id, a.quorum
		FROM able a
		WHERE a.joint_id = (SELECT q.joint_id FROM quorate q)
	), giver AS (
		SELECT DISTINCT coalesce(m.from_position, (SELECT p.name
			FROM crm_internal.position p
			WHERE p.reports_to IS NULL AND p.closed_at IS NULL
				AND EXISTS (SELECT FROM crm_internal.position q WHERE q.reports_to = p.name)
			ORDER BY p.created_at, p.name COLLATE "C" LIMIT 1)) AS name
		FROM able a
		JOIN crm_internal.mandate m ON m.mandate_id = a.mandate_path[1]
	), stop AS (
		SELECT a."position", NULL::integer AS joint_id, NULL::integer AS quorum, 1 AS part, a.has_money, a.amount_limit
		FROM alone a
		UNION ALL
		SELECT j."position", j.joint_id, j.quorum, 1, true, NULL
		FROM jointly j
		UNION ALL
		SELECT g.name, NULL, NULL, 2, true, NULL
		FROM giver g
		WHERE g.name IS NOT NULL AND g.name NOT IN (SELECT a."position" FROM alone a UNION ALL SELECT j."position" FROM jointly j)
			AND EXISTS (SELECT FROM crm_internal.hats_at(pg_catalog.clock_timestamp()) h WHERE h."position" = g.name)
			AND (EXISTS (SELECT FROM alone) OR EXISTS (SELECT FROM jointly))
	)
	SELECT CASE WHEN s.joint_id IS NOT NULL THEN 1
			ELSE (pg_catalog.row_number() OVER (PARTITION BY s.joint_id IS NULL ORDER BY s.part, s.has_money DESC, s.amount_limit,
					s."position" IN (SELECT b.name FROM above b) DESC, slow.distance_from_top(s."position") DESC NULLS LAST, s."position" COLLATE "C"))::integer
				+ CASE WHEN EXISTS (SELECT FROM jointly) THEN 1 ELSE 0 END
			END,
		s."position", s.joint_id, s.quorum
	FROM stop s;
END
SQL
}

1;
