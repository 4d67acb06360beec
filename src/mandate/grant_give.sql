-- grant_give: the calls by which mandates are given.

CREATE FUNCTION crm_internal.write_mandate(m crm_internal.mandate, positions text[])
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	first_id integer;
	receiver text;
BEGIN
	FOREACH receiver IN ARRAY positions LOOP
		m.mandate_id := crm_internal.take_number('crm_internal.mandate_mandate_id_seq');
		first_id := coalesce(first_id, m.mandate_id);
		INSERT INTO crm_internal.mandate (mandate_id, kind, decision, from_position, to_position, parent_id, joint_id, quorum,
			amount, window_amount, window_length, budget, depth, scope, deadline, valid_from, valid_until, recorded_by, reason, operating_model)
		VALUES (m.mandate_id, m.kind, m.decision, m.from_position, receiver, m.parent_id,
			CASE WHEN m.kind = 'joint' THEN first_id END, m.quorum,
			m.amount, m.window_amount, m.window_length, m.budget, m.depth, m.scope, m.deadline,
			m.valid_from, coalesce(m.valid_until, 'infinity'), crm_internal.acting_person(), m.reason, m.operating_model);
	END LOOP;
	RETURN first_id;
END
$$;
COMMENT ON FUNCTION crm_internal.write_mandate(crm_internal.mandate, text[]) IS 'writes a mandate that was checked, one row a position; returns its number, of a joint one the first';
REVOKE ALL ON FUNCTION crm_internal.write_mandate(crm_internal.mandate, text[]) FROM PUBLIC;

-- Everything is allowed until the first charter begins, so whoever gives it closes what he may not have thought of.
CREATE FUNCTION crm_internal.begins_mandates(at timestamptz)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT NOT EXISTS (SELECT FROM crm_internal.mandate m
		WHERE m.kind = 'charter' AND m.valid_from <= begins_mandates.at AND m.valid_from < least(m.valid_until, m.revoked_at));
END;
COMMENT ON FUNCTION crm_internal.begins_mandates(timestamptz) IS 'whether a charter of that time would be the first to begin';
REVOKE ALL ON FUNCTION crm_internal.begins_mandates(timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.tell_what_closes(at timestamptz)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	RAISE NOTICE USING
		MESSAGE = format('from %s on nobody decides without a mandate', CASE WHEN at <= clock_timestamp() THEN 'now' ELSE at::text END),
		DETAIL = format('There was no charter before, and all was allowed. Of %s decisions there are %s that nobody may take then, or not all of their amounts.',
			(SELECT count(*) FROM crm_internal.decision_now), (SELECT count(DISTINCT g.decision) FROM crm_internal.mandate_gaps(at) g)),
		HINT = CASE WHEN at <= clock_timestamp() THEN '' ELSE 'Once it has begun, ' END
			|| 'SELECT * FROM crm.mandate_gaps lists them; crm.use_operating_model() gives all decisions at once.';
END
$$;
COMMENT ON FUNCTION crm_internal.tell_what_closes(timestamptz) IS 'a notice for who gives the first charter: what nobody may decide from then on';
REVOKE ALL ON FUNCTION crm_internal.tell_what_closes(timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.give(m crm_internal.mandate, positions text[], subject text)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	named text := m.budget;
	is_first boolean;
	id integer;
BEGIN
	PERFORM crm_internal.take_turn();
	m.scope := crm_internal.check_scope(m.scope);
	IF m.valid_from IS NULL OR m.valid_from BETWEEN transaction_timestamp() AND clock_timestamp() THEN
		m.valid_from := clock_timestamp();
	END IF;
	PERFORM crm_internal.check_mandate(m, positions);
	PERFORM crm_internal.act_for(m.from_position, format('crm.%s(%s)', subject, m.decision));
	IF m.from_position IS NOT NULL THEN
		IF m.kind = 'ban' THEN
			PERFORM crm_internal.check_not_above(m, positions);
		END IF;
		m := crm_internal.stand_on(m);
		IF m.kind IN ('hand_over', 'joint') THEN
			PERFORM crm_internal.check_not_handed_over(m);
		END IF;
	END IF;
	PERFORM crm_internal.dispose_of_budget(named, m, subject);
	is_first := m.kind = 'charter' AND crm_internal.begins_mandates(m.valid_from);
	id := crm_internal.write_mandate(m, positions);
	IF is_first THEN
		PERFORM crm_internal.tell_what_closes(m.valid_from);
	END IF;
	RETURN id;
END
$$;
COMMENT ON FUNCTION crm_internal.give(crm_internal.mandate, text[], text) IS 'checks a new mandate and who gives it, and writes it; returns its number, of a joint one the first';
REVOKE ALL ON FUNCTION crm_internal.give(crm_internal.mandate, text[], text) FROM PUBLIC;

CREATE FUNCTION crm_internal.mandate_draft(kind text, decision text, from_position text, amount numeric, scope jsonb,
	valid_from timestamptz, valid_until timestamptz, reason text)
RETURNS crm_internal.mandate
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate;
BEGIN
	m.kind := kind;
	m.decision := decision;
	m.from_position := from_position;
	m.amount := amount;
	m.scope := scope;
	m.valid_from := valid_from;
	m.valid_until := valid_until;
	m.reason := reason;
	RETURN m;
END
$$;
COMMENT ON FUNCTION crm_internal.mandate_draft(text, text, text, numeric, jsonb, timestamptz, timestamptz, text) IS 'what all kinds of mandates have';
REVOKE ALL ON FUNCTION crm_internal.mandate_draft(text, text, text, numeric, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must act for from_position or hold the decision org.model.
CREATE FUNCTION crm.grant_mandate(decision text, to_position text, amount numeric DEFAULT NULL, window_amount numeric DEFAULT NULL, window_length interval DEFAULT NULL,
	budget text DEFAULT NULL, depth integer DEFAULT NULL, scope jsonb DEFAULT NULL,
	valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL, reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate := crm_internal.mandate_draft('charter', decision, NULL, amount, scope, valid_from, valid_until, reason);
BEGIN
	m.window_amount := window_amount;
	m.window_length := window_length;
	m.budget := budget;
	m.depth := depth;
	RETURN crm_internal.give(m, ARRAY[to_position], 'grant_mandate');
END
$$;
COMMENT ON FUNCTION crm.grant_mandate(text, text, numeric, numeric, interval, text, integer, jsonb, timestamptz, timestamptz, text) IS 'the charter: gives a position a decision, and all below it, from nobody. amount: per act (NULL: without limit); window_amount: on one customer within window_length; budget: what it spends; depth: how often it may be passed on (NULL: without limit, 0: never); scope: such as {"department": ["sales"]}; valid_from: now or later. Returns the mandate''s number. From the first charter on that has begun, nobody decides without a mandate; who gives it is told so (NOTICE). Errors: 42704, 22023, 42501 without the decision org.model';
REVOKE ALL ON FUNCTION crm.grant_mandate(text, text, numeric, numeric, interval, text, integer, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must act for from_position or hold the decision org.model.
CREATE FUNCTION crm.hand_over(decision text, from_position text, to_position text, amount numeric DEFAULT NULL, window_amount numeric DEFAULT NULL, window_length interval DEFAULT NULL,
	budget text DEFAULT NULL, depth integer DEFAULT NULL, scope jsonb DEFAULT NULL,
	valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL, reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate := crm_internal.mandate_draft('hand_over', decision, from_position, amount, scope, valid_from, valid_until, reason);
BEGIN
	m.window_amount := window_amount;
	m.window_length := window_length;
	m.budget := budget;
	m.depth := depth;
	RETURN crm_internal.give(m, ARRAY[to_position], 'hand_over');
END
$$;
COMMENT ON FUNCTION crm.hand_over(text, text, text, numeric, numeric, interval, text, integer, jsonb, timestamptz, timestamptz, text) IS 'gives a decision away: the receiver decides, the giver no more (above the amount it still does; shares that it gave before stay). Bounds that are left out are the giver''s; a budget may be named where the giver''s mandate has it or a part of it is meant, else by whoever acts for its owner or decides investment. Returns the mandate''s number. Errors: 42501 with the greatest that would pass where a bound exceeds the giver''s, or for a reserved decision, or what is handed over already; 42704, 22023. Who may: holder and deputy of from_position, else with the decision org.model';
REVOKE ALL ON FUNCTION crm.hand_over(text, text, text, numeric, numeric, interval, text, integer, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must act for from_position or hold the decision org.model.
CREATE FUNCTION crm.share(decision text, from_position text, to_position text, amount numeric DEFAULT NULL, window_amount numeric DEFAULT NULL, window_length interval DEFAULT NULL,
	budget text DEFAULT NULL, depth integer DEFAULT NULL, scope jsonb DEFAULT NULL,
	valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL, reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate := crm_internal.mandate_draft('share', decision, from_position, amount, scope, valid_from, valid_until, reason);
BEGIN
	m.window_amount := window_amount;
	m.window_length := window_length;
	m.budget := budget;
	m.depth := depth;
	RETURN crm_internal.give(m, ARRAY[to_position], 'share');
END
$$;
COMMENT ON FUNCTION crm.share(text, text, text, numeric, numeric, interval, text, integer, jsonb, timestamptz, timestamptz, text) IS 'lets another position decide as well; the giver goes on deciding. Bounds that are left out are the giver''s. Returns the mandate''s number. Errors and who may: as crm.hand_over()';
REVOKE ALL ON FUNCTION crm.share(text, text, text, numeric, numeric, interval, text, integer, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must act for from_position or hold the decision org.model.
CREATE FUNCTION crm.share_jointly(decision text, positions text[], quorum integer, from_position text, amount numeric DEFAULT NULL, window_amount numeric DEFAULT NULL, window_length interval DEFAULT NULL,
	budget text DEFAULT NULL, scope jsonb DEFAULT NULL,
	valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL, reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate := crm_internal.mandate_draft('joint', decision, from_position, amount, scope, valid_from, valid_until, reason);
BEGIN
	m.quorum := quorum;
	m.window_amount := window_amount;
	m.window_length := window_length;
	m.budget := budget;
	m.depth := 0;
	RETURN crm_internal.give(m, positions, 'share_jointly');
END
$$;
COMMENT ON FUNCTION crm.share_jointly(text, text[], integer, text, numeric, numeric, interval, text, jsonb, timestamptz, timestamptz, text) IS 'lets these positions decide together only: a request needs the approval of as many different persons among them as quorum says; the giver no longer decides alone (it may be one of them). Returns the joint mandate''s number. Errors and who may: as crm.hand_over()';
REVOKE ALL ON FUNCTION crm.share_jointly(text, text[], integer, text, numeric, numeric, interval, text, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must act for from_position or hold the decision org.model.
CREATE FUNCTION crm.consult(decision text, to_position text, deadline interval DEFAULT '2 days', from_position text DEFAULT NULL, amount numeric DEFAULT NULL, scope jsonb DEFAULT NULL,
	valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL, reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate := crm_internal.mandate_draft('consult', decision, from_position, amount, scope, valid_from, valid_until, reason);
BEGIN
	m.deadline := deadline;
	RETURN crm_internal.give(m, ARRAY[to_position], 'consult');
END
$$;
COMMENT ON FUNCTION crm.consult(text, text, interval, text, numeric, jsonb, timestamptz, timestamptz, text) IS 'this position is asked before anybody else decides for more than amount (NULL: at all): who wants to decide requests it, and may when the answer is there or the deadline over. from_position: whose condition it is, within what it has; NULL: the company''s. Returns the mandate''s number. Errors and who may: as crm.hand_over()';
REVOKE ALL ON FUNCTION crm.consult(text, text, interval, text, numeric, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must act for from_position or hold the decision org.model.
CREATE FUNCTION crm.inform(decision text, to_position text, from_position text DEFAULT NULL, amount numeric DEFAULT NULL, scope jsonb DEFAULT NULL,
	valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL, reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate := crm_internal.mandate_draft('inform', decision, from_position, amount, scope, valid_from, valid_until, reason);
BEGIN
	RETURN crm_internal.give(m, ARRAY[to_position], 'inform');
END
$$;
COMMENT ON FUNCTION crm.inform(text, text, text, numeric, jsonb, timestamptz, timestamptz, text) IS 'this position finds each such act for more than amount (NULL: all) in its inbox. from_position, errors, who may: as crm.consult(). Returns the mandate''s number';
REVOKE ALL ON FUNCTION crm.inform(text, text, text, numeric, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must act for from_position or hold the decision org.model.
CREATE FUNCTION crm.ban(decision text, to_position text, from_position text DEFAULT NULL, amount numeric DEFAULT NULL, scope jsonb DEFAULT NULL,
	valid_from timestamptz DEFAULT NULL, valid_until timestamptz DEFAULT NULL, reason text DEFAULT NULL)
RETURNS integer
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate := crm_internal.mandate_draft('ban', decision, from_position, amount, scope, valid_from, valid_until, reason);
BEGIN
	RETURN crm_internal.give(m, ARRAY[to_position], 'ban');
END
$$;
COMMENT ON FUNCTION crm.ban(text, text, text, numeric, jsonb, timestamptz, timestamptz, text) IS 'nobody who holds this position decides that for more than amount (NULL: at all), whatever mandates there are. from_position, errors, who may: as crm.consult(). Returns the mandate''s number';
REVOKE ALL ON FUNCTION crm.ban(text, text, text, numeric, jsonb, timestamptz, timestamptz, text) FROM PUBLIC;
