-- turn: whose turn a request is, what waits for whom, how long it took.

-- Runs as the owner: tells who may read a request where it has gone.
CREATE FUNCTION crm_internal.turn(r crm_internal.request, OUT "position" text, OUT due_at timestamptz)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	patience interval;
	rungs text[];
	k integer;
BEGIN
	"position" := r."position";
	due_at := r.due_at;
	IF r.status <> 'open' OR r."position" IS NULL OR r.due_at > clock_timestamp() THEN
		RETURN;
	END IF;
	SELECT d.escalate_after INTO patience FROM crm_internal.decision_now d WHERE d.code::text = r.decision;
	SELECT array_agg(l.name ORDER BY l.rung) INTO rungs
	FROM (
		SELECT l.rung, min(l."position" COLLATE "C") AS name
		FROM crm_internal.ladder(r.requester, r.decision, r.amount, r.scope, r.customer_id) l
		GROUP BY l.rung
	) l;
	IF rungs IS NULL OR patience IS NULL THEN
		RETURN;
	END IF;
	k := 1 + least(floor(extract(epoch FROM clock_timestamp() - r.created_at) / extract(epoch FROM patience)), cardinality(rungs))::integer;
	IF k < cardinality(rungs) THEN
		due_at := r.created_at + k * patience;
	ELSE
		k := cardinality(rungs);
		due_at := r.expires_at;
	END IF;
	"position" := rungs[k];
END
$$;
COMMENT ON FUNCTION crm_internal.turn(crm_internal.request) IS 'whose turn a request is now, and until when: who lets escalate_after of the decision pass loses it to the next of the ladder; it stays with the last until it expires';
REVOKE ALL ON FUNCTION crm_internal.turn(crm_internal.request) FROM PUBLIC;

-- Runs as the owner: changes only what time has changed already, so whoever may run maintenance may call it.
CREATE FUNCTION crm.escalate_requests()
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	id bigint;
	r crm_internal.request;
	t record;
	changed bigint := 0;
BEGIN
	FOR id IN
		SELECT q.request_id FROM crm_internal.request q
		WHERE (q.status = 'open' AND q.due_at <= clock_timestamp() AND q."position" IS NOT NULL)
			OR (q.status IN ('open', 'approved') AND q.expires_at <= clock_timestamp())
		ORDER BY q.request_id
	LOOP
		r := crm_internal.locked_request(id);
		CONTINUE WHEN r.status NOT IN ('open', 'approved');
		IF r.expires_at <= clock_timestamp() THEN
			PERFORM crm_internal.release_reservation(r);
			UPDATE crm_internal.request q SET status = 'expired' WHERE q.request_id = id;
			changed := changed + 1;
		ELSIF r.status = 'open' THEN
			t := crm_internal.turn(r);
			UPDATE crm_internal.request q SET "position" = t."position", due_at = t.due_at
			WHERE q.request_id = id AND (q."position", q.due_at) IS DISTINCT FROM (t."position", t.due_at);
			changed := changed + CASE WHEN FOUND THEN 1 ELSE 0 END;
		END IF;
	END LOOP;
	RETURN changed;
END
$$;
COMMENT ON FUNCTION crm.escalate_requests() IS 'books what time has done to requests: those that waited too long are the next position''s, those that expired have nothing reserved any more; returns how many it changed';
REVOKE ALL ON FUNCTION crm.escalate_requests() FROM PUBLIC;

-- Runs as the owner: tells the actor of himself only.
CREATE FUNCTION crm_internal.myself(OUT person text, OUT positions text[])
LANGUAGE plpgsql STABLE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	person := (crm_internal.whoami_actor())[1];
	positions := crm_internal.consulted_positions(person);
END
$$;
COMMENT ON FUNCTION crm_internal.myself() IS 'who acts, and the positions for which he is told and asked';
REVOKE ALL ON FUNCTION crm_internal.myself() FROM PUBLIC;

-- All of them for who may read all of crm, else those that concern him.
-- What concerns somebody is found once, and looked up in a hash for each request; outside of the lateral join, where the planner
-- would reckon that a new hash is made for each, and would compile for a second.
CREATE VIEW crm.requests WITH (security_barrier) AS
	WITH me AS MATERIALIZED (SELECT m.person, m.positions FROM crm_internal.myself() m)
	SELECT r.request_id, r.decision, r.requester, r.customer_id, r.amount, r.scope, r.reason,
		CASE WHEN r.status IN ('open', 'approved') AND r.expires_at <= pg_catalog.clock_timestamp() THEN 'expired' ELSE r.status END AS status,
		coalesce(t."position", r."position") AS "position", coalesce(t.due_at, r.due_at) AS due_at, r.expires_at,
		(SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('position', c."position", 'due_at', c.due_at, 'answer', c.answer,
				'by', c.answered_by, 'comment', c.comment) ORDER BY c."position")
			FROM crm_internal.request_consult c WHERE c.request_id = r.request_id) AS consults,
		(SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('position', s."position", 'by', s.person, 'verdict', s.verdict,
				'comment', s.comment, 'at', s.at) ORDER BY s.at)
			FROM crm_internal.request_signature s WHERE s.request_id = r.request_id) AS signatures,
		r.quorum, r.guard_id, r.operation, r.row_key, r.subject, r.reserved, r.created_at, r.decided_at, r.decided_by, r.used_at
	FROM crm_internal.request r
	LEFT JOIN LATERAL (
		SELECT u."position", u.due_at
		FROM crm_internal.turn(r) u
		WHERE r.status = 'open' AND r."position" IS NOT NULL
		OFFSET 0	-- asked before the function is called
	) t ON true
	WHERE (SELECT pg_catalog.has_table_privilege(c.view_name, 'SELECT') FROM crm_internal.customer_register c)
		OR (SELECT m.person FROM me m) IN (r.requester, r.decided_by)
		OR coalesce(t."position", r."position") = ANY ((SELECT m.positions FROM me m)::text[])
		OR r.request_id IN (SELECT s.request_id FROM crm_internal.request_signature s WHERE s.person = (SELECT m.person FROM me m))
		OR r.request_id IN (SELECT c.request_id FROM crm_internal.request_consult c WHERE c."position" = ANY ((SELECT m.positions FROM me m)::text[]))
		OR r.joint_id IN (SELECT j.joint_id FROM crm_internal.mandate j
			WHERE j.joint_id IS NOT NULL AND j.to_position = ANY ((SELECT m.positions FROM me m)::text[]));
COMMENT ON VIEW crm.requests IS 'what was asked for and what became of it: those that concern the one who asks, or all for a reader';
COMMENT ON COLUMN crm.requests.request_id IS 'its number';
COMMENT ON COLUMN crm.requests.decision IS 'which decision it asks for';
COMMENT ON COLUMN crm.requests.requester IS 'who asked';
COMMENT ON COLUMN crm.requests.customer_id IS 'about which customer; the approval holds for no other';
COMMENT ON COLUMN crm.requests.amount IS 'for how much; the approval holds for no other amount';
COMMENT ON COLUMN crm.requests.scope IS 'in which scope';
COMMENT ON COLUMN crm.requests.reason IS 'why, in his words';
COMMENT ON COLUMN crm.requests.status IS 'open, approved (may be used once), declined, withdrawn, used or expired';
COMMENT ON COLUMN crm.requests."position" IS 'whose turn it is now, or who approved; NULL: only advice is awaited';
COMMENT ON COLUMN crm.requests.due_at IS 'when it goes to the next position';
COMMENT ON COLUMN crm.requests.expires_at IS 'when it lapses: an open one unanswered, an approved one unused';
COMMENT ON COLUMN crm.requests.consults IS 'who must be asked, by when, and the answers';
COMMENT ON COLUMN crm.requests.signatures IS 'who approved or declined';
COMMENT ON COLUMN crm.requests.quorum IS 'how many persons must sign; NULL: one approves';
COMMENT ON COLUMN crm.requests.guard_id IS 'the guard that it is bound to';
COMMENT ON COLUMN crm.requests.operation IS 'the operation that it is bound to';
COMMENT ON COLUMN crm.requests.row_key IS 'the row that it is bound to';
COMMENT ON COLUMN crm.requests.subject IS 'what a function of crm would do, as its refusal named it, that it is bound to';
COMMENT ON COLUMN crm.requests.reserved IS 'what the approval keeps free on a budget';
COMMENT ON COLUMN crm.requests.created_at IS 'when it was asked';
COMMENT ON COLUMN crm.requests.decided_at IS 'when it was approved, declined or withdrawn';
COMMENT ON COLUMN crm.requests.decided_by IS 'by whom';
COMMENT ON COLUMN crm.requests.used_at IS 'when the approved act was done';
