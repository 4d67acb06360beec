-- grant: what every new mandate is checked for. None exceeds what its giver has when it begins.

CREATE FUNCTION crm_internal.acting_person()
RETURNS text
LANGUAGE sql VOLATILE PARALLEL UNSAFE
RETURN (crm_internal.whoami_actor())[1];
COMMENT ON FUNCTION crm_internal.acting_person() IS 'who acts now';
REVOKE ALL ON FUNCTION crm_internal.acting_person() FROM PUBLIC;

CREATE FUNCTION crm_internal.acts_for("position" text)
RETURNS boolean
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	SELECT EXISTS (SELECT FROM crm_internal.hats(crm_internal.acting_person(), pg_catalog.clock_timestamp()) h
		WHERE h."position" = acts_for."position" AND h.capacity IN ('holder', 'deputy'));
END;
COMMENT ON FUNCTION crm_internal.acts_for(text) IS 'whether the one who acts now may give and take mandates of a position: as holder or deputy';
REVOKE ALL ON FUNCTION crm_internal.acts_for(text) FROM PUBLIC;

-- Says whose it is where the act is refused: the hint, how to ask for it, stays.
CREATE FUNCTION crm_internal.act_for("position" text, subject text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	how text;
	why text;
BEGIN
	IF "position" IS NULL THEN
		PERFORM crm_internal.take_act('org.model', subject => subject);
	ELSIF NOT crm_internal.acts_for("position") THEN
		BEGIN
			PERFORM crm_internal.take_act('org.model', subject => subject);
		EXCEPTION WHEN insufficient_privilege THEN
			GET STACKED DIAGNOSTICS why = MESSAGE_TEXT, how = PG_EXCEPTION_HINT;
			RAISE insufficient_privilege USING
				MESSAGE = format('what position "%s" gives and takes back is for its holder and deputies', "position"),
				DETAIL = format('Else for whoever decides org.model: %s.', why),
				HINT = coalesce(nullif(how, ''), 'Ask the holder of that position.');
		END;
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.act_for(text, text) IS 'raises 42501 unless the one who acts is holder or deputy of the position or decides org.model, which is an act then';
REVOKE ALL ON FUNCTION crm_internal.act_for(text, text) FROM PUBLIC;

-- Budgets belong to a later room, which has registered what is asked here.
CREATE FUNCTION crm_internal.check_budget(budget text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF budget IS NOT NULL THEN
		EXECUTE format('SELECT %s($1)', (SELECT r.check_function FROM crm_internal.mandate_money r)) USING budget;
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_budget(text) IS 'raises 42704 or 55000 for a budget that does not exist or is closed';
REVOKE ALL ON FUNCTION crm_internal.check_budget(text) FROM PUBLIC;

CREATE FUNCTION crm_internal.budget_is_within(budget text, whole text)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	is_within boolean;
BEGIN
	EXECUTE format('SELECT %s($1, $2)', (SELECT r.within_function FROM crm_internal.mandate_money r)) INTO is_within USING budget, whole;
	RETURN is_within;
END
$$;
COMMENT ON FUNCTION crm_internal.budget_is_within(text, text) IS 'whether a budget is another one or a part of it';
REVOKE ALL ON FUNCTION crm_internal.budget_is_within(text, text) FROM PUBLIC;

-- Of a mandate that has a budget, that budget or a part of it is the giver's to pass on: stand_on() has seen to it.
-- Who grants a charter decides org.model: he could grant investment as well, so nothing more is asked of him.
CREATE FUNCTION crm_internal.dispose_of_budget(budget text, m crm_internal.mandate, subject text)
RETURNS void
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF budget IS NOT NULL AND m.from_position IS NOT NULL
		AND NOT EXISTS (SELECT FROM crm_internal.mandate p WHERE p.mandate_id = m.parent_id AND p.budget IS NOT NULL) THEN
		EXECUTE format('SELECT %s($1, $2, $3)', (SELECT r.dispose_function FROM crm_internal.mandate_money r))
			USING budget, m.from_position, format('crm.%s(%s, %s)', subject, m.decision, budget);
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.dispose_of_budget(text, crm_internal.mandate, text) IS 'raises 42501 if a new mandate names a budget that its giver does not have by the mandate it stands on, and that is not his to give';
REVOKE ALL ON FUNCTION crm_internal.dispose_of_budget(text, crm_internal.mandate, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.verb_of(kind text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
	WHEN kind = 'hand_over' THEN 'hand over'
	WHEN kind = 'joint' THEN 'share jointly'
	WHEN kind = 'consult' THEN 'ask for a consult on'
	WHEN kind = 'inform' THEN 'ask for informs on'
	ELSE kind
END;
COMMENT ON FUNCTION crm_internal.verb_of(text) IS 'a kind of mandate as a word of an error message';
REVOKE ALL ON FUNCTION crm_internal.verb_of(text) FROM PUBLIC;

-- What does not depend on who gives.
CREATE FUNCTION crm_internal.check_mandate(m crm_internal.mandate, positions text[])
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	wrong text;
	hint text;
BEGIN
	PERFORM crm_internal.check_decision(m.decision);
	IF coalesce(cardinality(positions), 0) = 0 OR array_position(positions, NULL) IS NOT NULL THEN
		RAISE invalid_parameter_value USING MESSAGE = 'a mandate is given to a position', HINT = 'Name a position of crm.positions.';
	END IF;
	PERFORM crm_internal.check_position(p) FROM unnest(positions) p;
	PERFORM crm_internal.check_position(m.from_position) WHERE m.from_position IS NOT NULL;
	PERFORM crm_internal.check_budget(m.budget);
	CASE
		WHEN m.from_position IS NULL AND m.kind IN ('hand_over', 'share', 'joint') THEN
			wrong := 'a position can only give what one has: from_position is missing';
			hint := 'A mandate from nobody is a charter: crm.grant_mandate().';
		WHEN m.kind IN ('hand_over', 'share') AND m.from_position = ANY (positions) THEN
			wrong := format('position "%s" cannot %s to itself', m.from_position, crm_internal.verb_of(m.kind));
			hint := 'Name another position.';
		WHEN m.amount < 0 OR m.window_amount < 0 OR m.amount = 'NaN' OR m.window_amount = 'NaN' THEN
			wrong := 'an amount cannot be negative';
			hint := 'Leave it out where there is no limit.';
		WHEN (m.window_amount IS NULL) <> (m.window_length IS NULL) OR m.window_length <= '0' THEN
			wrong := 'a window needs an amount and a length';
			hint := 'For example window_amount => 500, window_length => ''1 year'': for one customer in any year.';
		WHEN m.depth < 0 THEN
			wrong := 'depth cannot be negative';
			hint := '0: not passed on; 1: once; NULL: as often as its giver may.';
		WHEN m.deadline <= '0' THEN
			wrong := 'a deadline must be longer than nothing';
			hint := 'Give an interval such as ''2 days''.';
		WHEN m.deadline >= (SELECT d.expires_after FROM crm_internal.decision_now d WHERE d.code::text = m.decision) THEN
			wrong := 'a deadline must be shorter than requests live';
			hint := format('crm.decisions says how long those for "%s" do (expires_after).', m.decision);
		WHEN m.kind = 'joint' AND m.quorum IS NULL THEN
			wrong := 'a joint mandate needs a quorum';
			hint := 'For example quorum => 2: so many different persons must sign.';
		WHEN m.kind = 'joint' AND (m.quorum < 2 OR m.quorum > cardinality(positions)
			OR cardinality(positions) <> (SELECT count(DISTINCT p) FROM unnest(positions) p)) THEN
			wrong := format('%s of %s positions cannot decide jointly', m.quorum, (SELECT count(DISTINCT p) FROM unnest(positions) p));
			hint := 'The quorum is at least 2 and at most the number of positions, each named once.';
		WHEN m.valid_from < transaction_timestamp() THEN
			wrong := 'a mandate cannot begin in the past';
			hint := 'What was decided before now stays as it was: leave valid_from out.';
		WHEN m.valid_until <= m.valid_from THEN
			wrong := 'a mandate must begin before it ends';
			hint := 'valid_until is the first moment at which it is over.';
		ELSE
			RETURN;
	END CASE;
	RAISE invalid_parameter_value USING MESSAGE = wrong, HINT = hint;
END
$$;
COMMENT ON FUNCTION crm_internal.check_mandate(crm_internal.mandate, text[]) IS 'raises 22023 or 42704 for a mandate that makes no sense whoever gives it';
REVOKE ALL ON FUNCTION crm_internal.check_mandate(crm_internal.mandate, text[]) FROM PUBLIC;
