-- approve: requests are approved, declined, go up the ladder and lapse.

-- Two persons of whom one is only a login that both come through cannot be told apart.
CREATE FUNCTION crm_internal.check_four_eyes(r crm_internal.request, who text[])
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF r.requester = who[1] THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('request %s is your own', r.request_id),
			DETAIL = 'Who asks does not approve.',
			HINT = 'SELECT * FROM crm.requests shows whose turn it is.';
	END IF;
	IF r.login = who[3] AND 'login' IN (r.known_by, who[2]) THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('who approves request %s cannot be told from who made it', r.request_id),
			DETAIL = format('Both came through the login "%s", and one of them did not say who he is.', r.login),
			HINT = 'Say for whom you act with crm.act_as(), then ask and approve.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_four_eyes(crm_internal.request, text[]) IS 'error 42501 where the one who answers may be the one who asked';
REVOKE ALL ON FUNCTION crm_internal.check_four_eyes(crm_internal.request, text[]) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_consulted(r crm_internal.request)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	c crm_internal.request_consult;
BEGIN
	SELECT q.* INTO c
	FROM crm_internal.request_consult q
	WHERE q.request_id = r.request_id AND q.answered_at IS NULL AND q.due_at > clock_timestamp()
	ORDER BY q.due_at DESC, q."position" LIMIT 1;
	IF FOUND THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('"%s" must be consulted first', c."position"),
			DETAIL = format('It may answer until %s.', c.due_at),
			HINT = format('For "%s": SELECT crm.answer_consult(%s, ''agree'');', c."position", r.request_id);
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_consulted(crm_internal.request) IS 'error 55000 while somebody who must be asked has neither answered nor let his time pass';
REVOKE ALL ON FUNCTION crm_internal.check_consulted(crm_internal.request) FROM PUBLIC;

CREATE FUNCTION crm_internal.settle_approved(r crm_internal.request, who text[], "position" text, mandate_path integer[], budget text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	UPDATE crm_internal.request q
	SET status = 'approved', decided_at = clock_timestamp(), decided_by = who[1], "position" = settle_approved."position",
		mandate_path = settle_approved.mandate_path,
		expires_at = clock_timestamp() + (SELECT d.expires_after FROM crm_internal.decision_now d WHERE d.code::text = r.decision)
	WHERE q.request_id = r.request_id;
	IF budget IS NOT NULL AND r.amount IS NOT NULL AND r.asked IS NULL THEN
		PERFORM crm_internal.reserve_budget(budget, r.amount, r.request_id);
		UPDATE crm_internal.request q
		SET reserved = r.amount, budget_id = (SELECT b.budget_id FROM crm_internal.budget b WHERE b.name = settle_approved.budget)
		WHERE q.request_id = r.request_id;
	END IF;
	-- Uses the approval up, in the name of who asked: a row that waits is approved and written in one transaction.
	IF r.asked IS NOT NULL THEN
		PERFORM crm_internal.release_waiting(r.request_id);
		UPDATE crm_internal.request q SET status = 'used', used_at = clock_timestamp()
		WHERE q.request_id = r.request_id AND q.status = 'approved';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.settle_approved(crm_internal.request, text[], text, integer[], text) IS 'the request is approved: its amount is reserved, or the row that waited gets the state that was asked for';
REVOKE ALL ON FUNCTION crm_internal.settle_approved(crm_internal.request, text[], text, integer[], text) FROM PUBLIC;

CREATE FUNCTION crm_internal.sign(r crm_internal.request, who text[], "position" text, mandate_id integer, verdict text, comment text)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	INSERT INTO crm_internal.request_signature AS s (request_id, person, "position", mandate_id, verdict, comment)
	VALUES ((sign.r).request_id, sign.who[1], sign."position", sign.mandate_id, sign.verdict, sign.comment)
	ON CONFLICT (request_id, person) DO UPDATE
	SET "position" = EXCLUDED."position", mandate_id = EXCLUDED.mandate_id, verdict = EXCLUDED.verdict,
		comment = EXCLUDED.comment, at = pg_catalog.clock_timestamp();
	-- Who approves or declines has been consulted.
	UPDATE crm_internal.request_consult c
	SET answered_at = pg_catalog.clock_timestamp(), answered_by = sign.who[1], comment = sign.comment,
		answer = CASE sign.verdict WHEN 'approve' THEN 'agree' ELSE 'object' END
	WHERE c.request_id = (sign.r).request_id AND c.answered_at IS NULL
		AND c."position" = ANY (crm_internal.consulted_positions(sign.who[1]));
END;
COMMENT ON FUNCTION crm_internal.sign(crm_internal.request, text[], text, integer, text, text) IS 'one verdict a person; where his position is consulted it is the answer too';
REVOKE ALL ON FUNCTION crm_internal.sign(crm_internal.request, text[], text, integer, text, text) FROM PUBLIC;

-- Runs as the owner: approves only what the actor has a mandate for.
CREATE FUNCTION crm.approve(request_id bigint, comment text DEFAULT NULL)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text[] := crm_internal.whoami_actor();
	r crm_internal.request := crm_internal.locked_request(approve.request_id);
	able record;
BEGIN
	PERFORM crm_internal.check_open(r);
	PERFORM crm_internal.check_four_eyes(r, who);
	SELECT a.* INTO able
	FROM crm_internal.approvers(r.requester, r.decision, r.amount, r.scope, r.customer_id, who[1]) a
	WHERE a.joint_id IS NULL OR a.joint_id = r.joint_id
	ORDER BY a.joint_id IS NOT NULL, a.has_money DESC, a.amount_limit, a.mandate_id LIMIT 1;
	IF NOT FOUND THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('you may not approve request %s', r.request_id),
			DETAIL = crm_internal.why_not_approver(r, who[1]),
			HINT = format('SELECT * FROM crm.who_may(%L%s);', r.decision, ', amount => ' || r.amount);
	END IF;
	IF NOT able.has_money THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('mandate %s has not enough left for request %s', able.mandate_id, r.request_id),
			DETAIL = 'Its budget, or what it may give one customer in a time, is used up.',
			HINT = format('SELECT * FROM crm.who_may(%L%s);', r.decision, ', amount => ' || r.amount);
	END IF;
	PERFORM crm_internal.sign(r, who, able."position", able.mandate_id, 'approve', approve.comment);
	PERFORM crm_internal.check_consulted(r);
	IF able.joint_id IS NULL OR r.quorum <= (SELECT count(*) FROM crm_internal.request_signature s
			WHERE s.request_id = r.request_id AND s.verdict = 'approve') THEN
		PERFORM crm_internal.settle_approved(r, who, able."position", able.mandate_path, able.budget);
	END IF;
	RETURN (SELECT q.status FROM crm_internal.request q WHERE q.request_id = r.request_id);
END
$$;
COMMENT ON FUNCTION crm.approve(bigint, text) IS 'approves a request under one''s own mandate, or signs it under a joint one; returns its status: open (more signatures are needed), approved (may now be done, once) or used (a row that waited has its state); errors 42704, 42501, 55000 (not open, or somebody must be consulted first)';
REVOKE ALL ON FUNCTION crm.approve(bigint, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.why_not_approver(r crm_internal.request, person text)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	theirs text[] := ARRAY(SELECT h."position" FROM crm_internal.hats(r.requester, clock_timestamp()) h);
	own record;
BEGIN
	SELECT q.* INTO own
	FROM crm_internal.rulings(why_not_approver.person, r.decision, r.amount, r.scope, r.customer_id) q LIMIT 1;
	RETURN CASE
		WHEN own.verdict = 'no_position' THEN 'You hold no position.'
		WHEN own.verdict = 'banned' THEN 'The decision is banned for you.'
		WHEN own.verdict NOT IN ('allowed', 'consult_first', 'signatures') THEN 'You have no mandate for it.'
		WHEN own.capacity NOT IN ('holder', 'deputy', 'acting') THEN format('As %s of "%s" you act, but do not approve.', own.capacity, own."position")
		WHEN own."position" = ANY (theirs) THEN format('Who asked holds "%s" too.', own."position")
		WHEN own.verdict = 'signatures' AND own.joint_id IS DISTINCT FROM r.joint_id THEN 'You may sign with others only, and the request went to somebody else.'
		ELSE format('Your mandate %s was shared by a position of the one who asked.', own.mandate_id)
	END;
END
$$;
COMMENT ON FUNCTION crm_internal.why_not_approver(crm_internal.request, text) IS 'why this person may not answer this request, as a sentence';
REVOKE ALL ON FUNCTION crm_internal.why_not_approver(crm_internal.request, text) FROM PUBLIC;

-- Runs as the owner: declines only what the actor may approve, or what is waiting for his position.
CREATE FUNCTION crm.decline(request_id bigint, reason text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text[] := crm_internal.whoami_actor();
	r crm_internal.request := crm_internal.locked_request(decline.request_id);
	able record;
BEGIN
	IF coalesce(reason, '') = '' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a request is declined with a reason',
			HINT = format('SELECT crm.decline(%s, reason => ''...'');', r.request_id);
	END IF;
	IF r.status <> 'approved' OR r.decided_by <> who[1] THEN
		PERFORM crm_internal.check_open(r);
	END IF;
	PERFORM crm_internal.check_four_eyes(r, who);
	SELECT a."position", a.mandate_id INTO able
	FROM crm_internal.approvers(r.requester, r.decision, r.amount, r.scope, r.customer_id, who[1]) a
	ORDER BY a.joint_id IS NOT NULL, a.amount_limit, a.mandate_id LIMIT 1;
	IF NOT FOUND THEN
		SELECT h."position", NULL::integer AS mandate_id INTO able
		FROM crm_internal.hats(who[1], clock_timestamp()) h
		WHERE h.capacity IN ('holder', 'deputy', 'acting') AND h."position" = (crm_internal.turn(r))."position";
	END IF;
	IF NOT FOUND THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('you may not decline request %s', r.request_id),
			DETAIL = crm_internal.why_not_approver(r, who[1]),
			HINT = 'SELECT * FROM crm.inbox shows what waits for you.';
	END IF;
	PERFORM crm_internal.sign(r, who, able."position", able.mandate_id, 'decline', decline.reason);
	PERFORM crm_internal.release_reservation(r);
	UPDATE crm_internal.request q SET status = 'declined', decided_at = clock_timestamp(), decided_by = who[1]
	WHERE q.request_id = r.request_id;
END
$$;
COMMENT ON FUNCTION crm.decline(bigint, text) IS 'declines a request that one may approve or that waits for one''s position, or takes back one''s own approval that was not used yet; errors 42704, 22023, 42501, 55000';
REVOKE ALL ON FUNCTION crm.decline(bigint, text) FROM PUBLIC;
