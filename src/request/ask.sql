-- ask: requests are made, answered by who was consulted, withdrawn; notices are acknowledged.

CREATE FUNCTION crm_internal.check_open(r crm_internal.request)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF r.status <> 'open' OR r.expires_at <= clock_timestamp() THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('request %s is not open', r.request_id),
			DETAIL = CASE WHEN r.status = 'open' THEN 'It has expired.' ELSE format('It is %s.', r.status) END,
			HINT = 'SELECT * FROM crm.requests shows what became of it.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_open(crm_internal.request) IS 'error 55000 unless the request still waits for an answer';
REVOKE ALL ON FUNCTION crm_internal.check_open(crm_internal.request) FROM PUBLIC;

-- Locked, so that of two who answer at once the second sees what the first did.
CREATE FUNCTION crm_internal.locked_request(request_id bigint)
RETURNS crm_internal.request
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	r crm_internal.request;
BEGIN
	PERFORM crm_internal.lock_request(locked_request.request_id);
	SELECT q.* INTO r FROM crm_internal.request q WHERE q.request_id = locked_request.request_id FOR UPDATE;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('request %s does not exist', coalesce(locked_request.request_id::text, 'NULL')),
			HINT = 'SELECT * FROM crm.inbox shows what waits for you, crm.requests what you asked for.';
	END IF;
	RETURN r;
END
$$;
COMMENT ON FUNCTION crm_internal.locked_request(bigint) IS 'the request, which nobody else changes until the transaction ends; error 42704';
REVOKE ALL ON FUNCTION crm_internal.locked_request(bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_need(person text, decision text, ruling record)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF ruling.verdict = 'allowed' AND ruling.has_money THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('decision "%s" needs no request', decision),
			DETAIL = CASE WHEN ruling."position" IS NULL THEN 'No mandates are in force yet: everything is allowed.'
				ELSE format('"%s" may take it as "%s" under mandate %s.', person, ruling."position", ruling.mandate_id) END,
			HINT = 'Just do it.';
	END IF;
	IF ruling.verdict = 'banned' THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('decision "%s" is banned', decision),
			DETAIL = 'No approval lifts a ban.',
			HINT = 'Who gave the ban may revoke it: SELECT * FROM crm.mandates WHERE kind = ''ban''.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_need(text, text, record) IS 'error 55000 where it may be done without asking, 42501 where asking is no use';
REVOKE ALL ON FUNCTION crm_internal.check_need(text, text, record) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_asked_customer(customer bigint)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	check_function text := (SELECT c.check_function FROM crm_internal.customer_register c);
BEGIN
	IF customer IS NOT NULL AND check_function IS NOT NULL THEN
		EXECUTE format('SELECT %s($1)', check_function) USING customer;
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_asked_customer(bigint) IS 'error 42704 where the room that has the customers knows none of this id';
REVOKE ALL ON FUNCTION crm_internal.check_asked_customer(bigint) FROM PUBLIC;

-- Also for rows that were written in a waiting state, whose trigger has taken the ruling already.
CREATE FUNCTION crm_internal.open_request(requester text, known_by text, login text, decision text, customer bigint, amount numeric,
	reason text, scope jsonb, guard integer, operation text, row_key text, subject text, asked jsonb)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	ruling record;
	rules record;
	turn text;
	joint integer;
	signatures integer;
	moment timestamptz := clock_timestamp();
	due timestamptz;
	id bigint;
BEGIN
	PERFORM crm_internal.check_decision(open_request.decision);
	IF amount IS NOT NULL THEN
		PERFORM crm_internal.check_amount(amount);
	END IF;
	SELECT d.escalate_after, d.expires_after INTO rules FROM crm_internal.decision_now d WHERE d.code::text = open_request.decision;
	SELECT r.* INTO ruling
	FROM crm_internal.rulings(open_request.requester, open_request.decision, open_request.amount, open_request.scope, open_request.customer) r
	ORDER BY r.has_money DESC, r.amount_limit, r.mandate_id LIMIT 1;
	PERFORM crm_internal.check_need(open_request.requester, open_request.decision, ruling);
	IF NOT (ruling.verdict = 'consult_first' AND ruling.has_money) THEN
		SELECT l."position", l.joint_id, l.quorum INTO turn, joint, signatures
		FROM crm_internal.ladder(open_request.requester, open_request.decision, open_request.amount, open_request.scope, open_request.customer) l
		ORDER BY l.rung, l."position" COLLATE "C" LIMIT 1;
		-- Who only has to consult is told by the act itself whether the money is there: an UPDATE takes the difference.
		IF NOT FOUND AND ruling.verdict <> 'consult_first' THEN
			RAISE insufficient_privilege USING
				MESSAGE = format('nobody may take the decision "%s" for you', open_request.decision),
				HINT = 'SELECT * FROM crm.mandate_gaps shows what nobody may decide.';
		END IF;
	END IF;
	IF asked IS NOT NULL THEN
		UPDATE crm_internal.request r SET status = 'withdrawn', decided_at = clock_timestamp(), decided_by = open_request.requester
		WHERE r.guard_id = open_request.guard AND r.row_key = open_request.row_key AND r.asked IS NOT NULL AND r.status = 'open';
	END IF;
	due := CASE WHEN turn IS NOT NULL THEN moment + rules.escalate_after END;
	INSERT INTO crm_internal.request AS r (decision, requester, known_by, login, customer_id, amount, scope, guard_id, operation, row_key,
		subject, asked, reason, "position", due_at, expires_at, joint_id, quorum, created_at)
	VALUES (open_request.decision, open_request.requester, open_request.known_by, open_request.login, open_request.customer,
		open_request.amount, open_request.scope, open_request.guard, open_request.operation, open_request.row_key, open_request.subject, open_request.asked,
		open_request.reason, turn, due, moment + rules.expires_after, joint, signatures, moment)
	RETURNING r.request_id INTO id;
	INSERT INTO crm_internal.request_consult (request_id, "position", mandate_id, due_at)
	SELECT DISTINCT ON (c."position") id, c."position", c.mandate_id, moment + coalesce(c.deadline, rules.escalate_after)
	FROM unnest(ruling.consult_positions, ruling.consult_mandates, ruling.consult_deadlines) AS c ("position", mandate_id, deadline)
	ORDER BY c."position", coalesce(c.deadline, rules.escalate_after) DESC;
	IF due IS NULL THEN
		UPDATE crm_internal.request r SET due_at = (SELECT max(c.due_at) FROM crm_internal.request_consult c WHERE c.request_id = id)
		WHERE r.request_id = id;
	END IF;
	INSERT INTO crm_internal.request_signature (request_id, person, "position", mandate_id, verdict)
	SELECT id, open_request.requester, r."position", r.mandate_id, 'approve'
	FROM crm_internal.rulings(open_request.requester, open_request.decision, open_request.amount, open_request.scope, open_request.customer) r
	WHERE r.verdict = 'signatures' AND r.joint_id = joint AND r.capacity IN ('holder', 'deputy', 'acting')
	LIMIT 1;
	RETURN id;
END
$$;
COMMENT ON FUNCTION crm_internal.open_request(text, text, text, text, bigint, numeric, text, jsonb, integer, text, text, text, jsonb) IS 'writes a request with whom it goes to and who is consulted; one who asks again about a row that waits replaces what he asked before; errors 42704, 22023, 55000, 42501';
REVOKE ALL ON FUNCTION crm_internal.open_request(text, text, text, text, bigint, numeric, text, jsonb, integer, text, text, text, jsonb) FROM PUBLIC;

-- One value a dimension, as an act has it; a dimension without a value says nothing.
CREATE FUNCTION crm_internal.checked_scope(scope jsonb)
RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF scope IS NULL THEN
		RETURN '{}';
	END IF;
	IF jsonb_typeof(scope) <> 'object' OR jsonb_path_exists(scope, 'strict $.* ? (@.type() == "object" || @.type() == "array")') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'the scope of an act has one value for each dimension',
			HINT = 'For example scope => ''{"department": "sales"}''.';
	END IF;
	RETURN coalesce((SELECT jsonb_object_agg(e.key, e.value) FROM jsonb_each_text(scope) e WHERE e.value IS NOT NULL), '{}');
END
$$;
COMMENT ON FUNCTION crm_internal.checked_scope(jsonb) IS 'an object of texts; error 22023';
REVOKE ALL ON FUNCTION crm_internal.checked_scope(jsonb) FROM PUBLIC;

-- Runs as the owner: whoever may execute it may ask, in his own name only.
CREATE FUNCTION crm.request(decision text, amount numeric DEFAULT NULL, customer bigint DEFAULT NULL, reason text DEFAULT NULL,
	scope jsonb DEFAULT NULL, guard integer DEFAULT NULL, operation text DEFAULT NULL, row_key text DEFAULT NULL,
	subject text DEFAULT NULL)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text[] := crm_internal.whoami_actor();
BEGIN
	PERFORM crm_internal.check_asked_customer(request.customer);
	RETURN crm_internal.open_request(who[1], who[2], who[3], request.decision, request.customer, request.amount, request.reason,
		crm_internal.checked_scope(request.scope), request.guard, request.operation, request.row_key, request.subject, NULL);
END
$$;
COMMENT ON FUNCTION crm.request(text, numeric, bigint, text, jsonb, integer, text, text, text) IS 'asks for what one may not do alone; returns the number of the request; the approval holds for exactly this decision, customer and amount, once, and if given only in this scope, through this guard (crm.guards), operation and row, or for this subject of a function of crm; errors 22023 for an amount that is negative or no number, 42704 for a customer that does not exist (as long as crm has no customers, ids are the company''s own), 55000 where it may be done without asking, 42501 where nobody could allow it';
REVOKE ALL ON FUNCTION crm.request(text, numeric, bigint, text, jsonb, integer, text, text, text) FROM PUBLIC;

-- Runs as the owner: withdraws only what the actor himself asked for.
CREATE FUNCTION crm.withdraw(request_id bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text[] := crm_internal.whoami_actor();
	r crm_internal.request := crm_internal.locked_request(withdraw.request_id);
BEGIN
	IF r.requester <> who[1] THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('request %s is not yours', r.request_id),
			HINT = 'Who asked may withdraw, who may answer may decline it.';
	END IF;
	IF r.status <> 'approved' THEN
		PERFORM crm_internal.check_open(r);
	END IF;
	PERFORM crm_internal.release_reservation(r);
	UPDATE crm_internal.request q SET status = 'withdrawn', decided_at = clock_timestamp(), decided_by = who[1]
	WHERE q.request_id = r.request_id;
END
$$;
COMMENT ON FUNCTION crm.withdraw(bigint) IS 'takes back a request of one''s own that is open or not used yet; what was reserved for it is free again; errors 42704, 42501, 55000';
REVOKE ALL ON FUNCTION crm.withdraw(bigint) FROM PUBLIC;

-- Runs as the owner: answers only for a position of the actor.
CREATE FUNCTION crm.answer_consult(request_id bigint, answer text, comment text DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text[] := crm_internal.whoami_actor();
	r crm_internal.request := crm_internal.locked_request(answer_consult.request_id);
	mine text[] := crm_internal.consulted_positions(who[1]);
BEGIN
	IF answer IS NULL OR answer NOT IN ('agree', 'object') THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('answer "%s" does not exist', answer),
			HINT = 'Answers are agree and object; an objection is shown, it does not decide.';
	END IF;
	PERFORM crm_internal.check_open(r);
	UPDATE crm_internal.request_consult c
	SET answered_at = clock_timestamp(), answered_by = who[1], answer = answer_consult.answer, comment = answer_consult.comment
	WHERE c.request_id = r.request_id AND c."position" = ANY (mine) AND c.answered_at IS NULL AND r.requester <> who[1];
	IF NOT FOUND THEN
		RAISE insufficient_privilege USING
			MESSAGE = format('request %s does not wait for your advice', r.request_id),
			HINT = 'SELECT * FROM crm.inbox WHERE kind = ''consult'' shows what does.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.answer_consult(bigint, text, text) IS 'answers for one''s positions that are consulted about a request: agree or object; an objection is shown, it does not decide; errors 42704, 22023, 42501, 55000';
REVOKE ALL ON FUNCTION crm.answer_consult(bigint, text, text) FROM PUBLIC;

-- Runs as the owner: acknowledges only for a position of the actor.
CREATE FUNCTION crm.acknowledge(notice_id bigint)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	who text[] := crm_internal.whoami_actor();
	n crm_internal.notice;
BEGIN
	PERFORM crm_internal.flush_notices();
	SELECT q.* INTO n FROM crm_internal.notice q WHERE q.notice_id = acknowledge.notice_id FOR UPDATE;
	IF NOT FOUND OR n."position" <> ALL (crm_internal.consulted_positions(who[1])) THEN
		RAISE undefined_object USING
			MESSAGE = format('there is no notice %s for you', coalesce(acknowledge.notice_id::text, 'NULL')),
			HINT = 'SELECT * FROM crm.inbox WHERE kind = ''notice'' shows what there is.';
	END IF;
	UPDATE crm_internal.notice q SET acknowledged_at = clock_timestamp(), acknowledged_by = who[1]
	WHERE q.notice_id = n.notice_id AND q.acknowledged_at IS NULL;
END
$$;
COMMENT ON FUNCTION crm.acknowledge(bigint) IS 'takes a notice out of the inbox of one''s position; once acknowledged it stays so; error 42704';
REVOKE ALL ON FUNCTION crm.acknowledge(bigint) FROM PUBLIC;
