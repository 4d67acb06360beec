-- grant_revoke: takes a mandate back, and tells what falls with it and what stands on something else.

-- A mandate is told effective if it is so in all of its outermost points.
CREATE FUNCTION crm_internal.mandate_effects(decision text, at timestamptz)
RETURNS TABLE (mandate_id integer, supporter integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 20
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate;
	found_points bigint;
	all_points bigint;
BEGIN
	FOR m IN
		SELECT c.* FROM crm_internal.mandate c
		WHERE least(c.valid_until, c.revoked_at) > mandate_effects.at
			AND (mandate_effects.decision IS NULL OR crm_internal.is_within(c.decision, mandate_effects.decision) OR crm_internal.is_within(mandate_effects.decision, c.decision))
		ORDER BY c.mandate_id
	LOOP
		SELECT count(*), count(e.mandate_id), max(e.supporter) INTO all_points, found_points, supporter
		FROM crm_internal.scope_points(m.scope) s
		LEFT JOIN LATERAL crm_internal.effective_at(m.decision, s,
			CASE WHEN m.kind IN ('consult', 'inform', 'ban')
				THEN (SELECT p.amount FROM crm_internal.mandate p WHERE p.mandate_id = m.parent_id)
				ELSE m.amount
			END, greatest(m.valid_from, mandate_effects.at)) e
			ON e.mandate_id = m.mandate_id;
		IF found_points = all_points THEN
			mandate_id := m.mandate_id;
			RETURN NEXT;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.mandate_effects(text, timestamptz) IS 'the mandates in, above or below a decision (NULL: all) that have effect at a time, or will when they begin, and what each stands on';
REVOKE ALL ON FUNCTION crm_internal.mandate_effects(text, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.revocable(mandate_id integer)
RETURNS crm_internal.mandate
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate;
BEGIN
	SELECT c.* INTO m FROM crm_internal.mandate c WHERE c.mandate_id = revocable.mandate_id;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('mandate %s does not exist', coalesce(mandate_id::text, 'NULL')),
			HINT = 'SELECT * FROM crm.mandates lists them.';
	END IF;
	IF least(m.revoked_at, m.valid_until) <= clock_timestamp() THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('mandate %s is over already', mandate_id),
			DETAIL = format('It ended at %s.', least(m.revoked_at, m.valid_until));
	END IF;
	PERFORM crm_internal.act_for(m.from_position, format('crm.revoke(%s)', mandate_id));
	RETURN m;
END
$$;
COMMENT ON FUNCTION crm_internal.revocable(integer) IS 'the mandate, if the actor may take it back';
REVOKE ALL ON FUNCTION crm_internal.revocable(integer) FROM PUBLIC;

CREATE FUNCTION crm_internal.decides_again(m crm_internal.mandate)
RETURNS integer[]
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	SELECT pg_catalog.array_agg(DISTINCT e.mandate_id)
	FROM crm_internal.scope_points((m).scope) s
	CROSS JOIN LATERAL crm_internal.effective_at((m).decision, s, (m).amount, greatest((m).valid_from, pg_catalog.clock_timestamp())) e
	WHERE (m).kind IN ('hand_over', 'joint') AND e.has_authority AND e.to_position = (m).from_position;
END;
COMMENT ON FUNCTION crm_internal.decides_again(crm_internal.mandate) IS 'by which mandates the giver decides what it had handed over, now that this one is revoked';
REVOKE ALL ON FUNCTION crm_internal.decides_again(crm_internal.mandate) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must act for the giver or hold the decision org.model.
CREATE FUNCTION crm.revoke(mandate integer, reason text DEFAULT NULL)
RETURNS TABLE (mandate_id integer, effect text, kind text, decision text, from_position text, to_position text, stands_on integer)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate;
	ids integer[];
	again integer[];
	before jsonb;
	after jsonb;
BEGIN
	PERFORM crm_internal.take_turn();
	m := crm_internal.revocable(mandate);
	ids := ARRAY(SELECT c.mandate_id FROM crm_internal.mandate c
		WHERE c.mandate_id = revoke.mandate OR c.joint_id = m.joint_id);
	SELECT coalesce(jsonb_object_agg(e.mandate_id, e.supporter), '{}') INTO before FROM crm_internal.mandate_effects(m.decision, clock_timestamp()) e;
	UPDATE crm_internal.mandate c SET
		revoked_at = clock_timestamp(),
		revoked_by = crm_internal.acting_person(),
		revoked_why = revoke.reason
	WHERE c.mandate_id = ANY (ids);
	SELECT coalesce(jsonb_object_agg(e.mandate_id, e.supporter), '{}') INTO after FROM crm_internal.mandate_effects(m.decision, clock_timestamp()) e;
	again := CASE WHEN before ? m.mandate_id::text THEN crm_internal.decides_again(m) END;
	RETURN QUERY
		SELECT c.mandate_id,
			CASE
				WHEN c.mandate_id = ANY (ids) THEN 'is revoked'
				WHEN before ? c.mandate_id::text AND NOT after ? c.mandate_id::text THEN 'loses its effect'
				WHEN after ? c.mandate_id::text AND NOT before ? c.mandate_id::text THEN 'has effect again'
				WHEN c.mandate_id = ANY (again) THEN 'decides again'
				ELSE 'stays, it stands on another'
			END,
			c.kind, c.decision, c.from_position, c.to_position, (after ->> c.mandate_id::text)::integer
		FROM crm_internal.mandate c
		WHERE c.mandate_id = ANY (ids)
			OR c.mandate_id = ANY (again)
			OR before ? c.mandate_id::text <> after ? c.mandate_id::text
			OR before -> c.mandate_id::text <> after -> c.mandate_id::text
		ORDER BY c.mandate_id = ANY (ids) DESC, c.mandate_id;
END
$$;
COMMENT ON FUNCTION crm.revoke(integer, text) IS 'takes a mandate back, of a joint one all of it, at once; what was done under it stays valid. Returns it and each mandate whose support changes: is revoked, loses its effect (nothing else carries it), stays (stands_on: what carries it now), decides again (a mandate of who had handed over), has effect again. Who may: holder and deputy of the giver, else with the decision org.model. Errors: 42704 if it does not exist, 55000 if it is over, 42501';
REVOKE ALL ON FUNCTION crm.revoke(integer, text) FROM PUBLIC;
