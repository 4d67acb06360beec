-- request_inbox: requests, consults and notices in crm.inbox, and how long they wait.

-- A joint request waits for all members who have not signed; any other for the position whose turn it is.
CREATE FUNCTION crm_internal.request_inbox(hats crm_internal.hat[], person text)
RETURNS SETOF crm_internal.inbox_entry
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	WITH mine AS MATERIALIZED (
		SELECT h."position" FROM pg_catalog.unnest(request_inbox.hats) h WHERE h.capacity IN ('holder', 'deputy', 'acting')
	), waiting AS (
		-- Where an overdue one has gone is dear to find out: only if it may be here, that is where it was, at the top, or with who may decide it.
		SELECT r.request_id, t."position", t.due_at
		FROM crm_internal.request r
		CROSS JOIN LATERAL crm_internal.turn(CASE
			WHEN r."position" IN (SELECT m."position" FROM mine m) THEN r
			WHEN r.due_at > pg_catalog.clock_timestamp() THEN NULL
			WHEN EXISTS (SELECT FROM mine m JOIN crm_internal.position p ON p.name = m."position" WHERE p.reports_to IS NULL) THEN r
			WHEN EXISTS (SELECT FROM crm_internal.rulings(request_inbox.person, r.decision, r.amount, r.scope, r.customer_id) q
				WHERE q.verdict IN ('allowed', 'consult_first', 'signatures')) THEN r
			END) t
		WHERE r.status = 'open' AND r.expires_at > pg_catalog.clock_timestamp() AND r.requester <> request_inbox.person
			AND t."position" IN (SELECT m."position" FROM mine m)
		UNION
		SELECT r.request_id, m."position", r.due_at
		FROM crm_internal.request r
		JOIN crm_internal.mandate j ON j.joint_id = r.joint_id
		JOIN mine m ON m."position" = j.to_position
		WHERE r.status = 'open' AND r.expires_at > pg_catalog.clock_timestamp() AND r.requester <> request_inbox.person
	)
	SELECT DISTINCT ON (r.request_id) 'request', r.request_id, w."position", r.decision, r.customer_id, r.amount, r.requester, r.reason, r.created_at, w.due_at,
		pg_catalog.format('SELECT crm.approve(%s); -- SELECT crm.decline(%s, reason => ''...'');', r.request_id, r.request_id)
	FROM waiting w
	JOIN crm_internal.request r ON r.request_id = w.request_id
	WHERE NOT EXISTS (SELECT FROM crm_internal.request_signature s
		WHERE s.request_id = r.request_id AND s.person = request_inbox.person)
	ORDER BY r.request_id, w."position";
END;
COMMENT ON FUNCTION crm_internal.request_inbox(crm_internal.hat[], text) IS 'requests that wait for these positions';
REVOKE ALL ON FUNCTION crm_internal.request_inbox(crm_internal.hat[], text) FROM PUBLIC;
INSERT INTO crm_internal.inbox_kind (kind, function_name) VALUES ('request', 'crm_internal.request_inbox');

CREATE FUNCTION crm_internal.consult_inbox(hats crm_internal.hat[], person text)
RETURNS SETOF crm_internal.inbox_entry
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'consult', r.request_id, c."position", r.decision, r.customer_id, r.amount, r.requester, r.reason, r.created_at, c.due_at,
		pg_catalog.format('SELECT crm.answer_consult(%s, ''agree'', comment => ''...''); -- ''object''', r.request_id)
	FROM crm_internal.request_consult c
	JOIN crm_internal.request r ON r.request_id = c.request_id
	WHERE c.answered_at IS NULL AND c.due_at > pg_catalog.clock_timestamp()
		AND r.status = 'open' AND r.expires_at > pg_catalog.clock_timestamp() AND r.requester <> consult_inbox.person
		AND c."position" IN (SELECT h."position" FROM pg_catalog.unnest(consult_inbox.hats) h);
END;
COMMENT ON FUNCTION crm_internal.consult_inbox(crm_internal.hat[], text) IS 'requests about which these positions are asked';
REVOKE ALL ON FUNCTION crm_internal.consult_inbox(crm_internal.hat[], text) FROM PUBLIC;
INSERT INTO crm_internal.inbox_kind (kind, function_name) VALUES ('consult', 'crm_internal.consult_inbox');

CREATE FUNCTION crm_internal.notice_inbox(hats crm_internal.hat[], person text)
RETURNS SETOF crm_internal.inbox_entry
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.flush_notices();
	RETURN QUERY
	SELECT 'notice', n.notice_id, n."position", a.decision, a.customer_id, a.amount, a.person, a.reason, n.created_at, NULL::timestamptz,
		format('SELECT crm.acknowledge(%s);', n.notice_id)
	FROM crm_internal.notice n
	JOIN crm_internal.act a ON a.act_id = n.act_id
	WHERE n.acknowledged_at IS NULL AND n."position" IN (SELECT h."position" FROM unnest(hats) h);
END
$$;
COMMENT ON FUNCTION crm_internal.notice_inbox(crm_internal.hat[], text) IS 'acts of which these positions are told';
REVOKE ALL ON FUNCTION crm_internal.notice_inbox(crm_internal.hat[], text) FROM PUBLIC;
INSERT INTO crm_internal.inbox_kind (kind, function_name) VALUES ('notice', 'crm_internal.notice_inbox');

-- What the person himself asked for and may now do: approved, or all who had to be asked have been.
CREATE FUNCTION crm_internal.approval_inbox(hats crm_internal.hat[], person text)
RETURNS SETOF crm_internal.inbox_entry
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'approval', r.request_id, NULL::text, r.decision, r.customer_id, r.amount, COALESCE(r.decided_by, r.requester), s.comment,
		COALESCE(r.decided_at, c.done_at), r.expires_at,
		pg_catalog.format('-- do it, once; or SELECT crm.withdraw(%s);', r.request_id)
	FROM crm_internal.request r
	LEFT JOIN crm_internal.request_signature s ON s.request_id = r.request_id AND s.person = r.decided_by
	CROSS JOIN LATERAL (
		SELECT pg_catalog.max(COALESCE(q.answered_at, q.due_at)) AS done_at,
			COALESCE(pg_catalog.bool_and(q.answered_at IS NOT NULL OR q.due_at <= pg_catalog.clock_timestamp()), true) AS are_done
		FROM crm_internal.request_consult q
		WHERE q.request_id = r.request_id
	) c
	WHERE r.requester = approval_inbox.person AND r.expires_at > pg_catalog.clock_timestamp() AND c.are_done
		AND (r.status = 'approved' OR (r.status = 'open' AND r."position" IS NULL));
END;
COMMENT ON FUNCTION crm_internal.approval_inbox(crm_internal.hat[], text) IS 'what this person asked for and may do now';
REVOKE ALL ON FUNCTION crm_internal.approval_inbox(crm_internal.hat[], text) FROM PUBLIC;
INSERT INTO crm_internal.inbox_kind (kind, function_name) VALUES ('approval', 'crm_internal.approval_inbox');

-- A request that was withdrawn or has expired got no answer: it says nothing about who would have given it.
CREATE VIEW crm.decision_latency AS
	WITH wait AS (
		SELECT 'request' AS kind, r."position", r.decision, r.created_at AS since,
			CASE WHEN r.status <> 'open' THEN r.decided_at END AS until
		FROM crm_internal.request r
		WHERE r."position" IS NOT NULL
			AND (r.status IN ('approved', 'declined', 'used') OR (r.status = 'open' AND r.expires_at > pg_catalog.clock_timestamp()))
		UNION ALL
		SELECT 'consult', c."position", r.decision, r.created_at,
			COALESCE(c.answered_at, CASE WHEN c.due_at <= pg_catalog.clock_timestamp() THEN c.due_at END)
		FROM crm_internal.request_consult c
		JOIN crm_internal.request r ON r.request_id = c.request_id
		WHERE c.answered_at IS NOT NULL OR c.due_at <= pg_catalog.clock_timestamp()
			OR (r.status = 'open' AND r.expires_at > pg_catalog.clock_timestamp())
	)
	SELECT w.kind, w."position", w.decision,
		pg_catalog.count(w.until) AS answered,
		pg_catalog.percentile_cont(0.5) WITHIN GROUP (ORDER BY (w.until - w.since)) AS median,
		pg_catalog.percentile_cont(0.9) WITHIN GROUP (ORDER BY (w.until - w.since)) AS p90,
		pg_catalog.count(*) FILTER (WHERE w.until IS NULL) AS open,
		pg_catalog.clock_timestamp() - pg_catalog.min(w.since) FILTER (WHERE w.until IS NULL) AS oldest
	FROM wait w
	GROUP BY w.kind, w."position", w.decision;
COMMENT ON VIEW crm.decision_latency IS 'how long requests and consults wait for which position, and how many wait now';
COMMENT ON COLUMN crm.decision_latency.kind IS 'request, or consult';
COMMENT ON COLUMN crm.decision_latency."position" IS 'for which position they wait or waited: of a request the one that answered, or whose turn it is by the last maintenance';
COMMENT ON COLUMN crm.decision_latency.decision IS 'which decision they are about';
COMMENT ON COLUMN crm.decision_latency.answered IS 'how many were answered, or let pass in time';
COMMENT ON COLUMN crm.decision_latency.median IS 'how long half of those waited at most';
COMMENT ON COLUMN crm.decision_latency.p90 IS 'how long nine of ten of those waited at most';
COMMENT ON COLUMN crm.decision_latency.open IS 'how many wait now';
COMMENT ON COLUMN crm.decision_latency.oldest IS 'how long the oldest of those has waited';
