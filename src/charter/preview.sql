-- preview: what a hand-over would move, before it is made.

CREATE FUNCTION crm_internal.moving_mandates(decision text, from_position text, amount numeric, scope jsonb, at timestamptz)
RETURNS TABLE (what text, id bigint, subject text, amount numeric, detail text)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	SELECT
		CASE
			WHEN m.to_position = moving_mandates.from_position THEN 'mandate'
			WHEN m.kind = 'share' THEN 'share that stays'
			WHEN m.kind IN ('hand_over', 'joint') THEN 'handed over already'
			ELSE m.kind || ' that stays'
		END,
		m.mandate_id::bigint, m.decision, m.amount,
		CASE
			WHEN m.to_position = moving_mandates.from_position THEN m.kind || coalesce(' from ' || m.from_position, '')
			ELSE pg_catalog.format('to %s', m.to_position)
		END
	FROM crm_internal.mandate m
	JOIN crm_internal.mandate_states(moving_mandates.at, NULL) s ON s.mandate_id = m.mandate_id AND s.has_effect
	WHERE (m.to_position = moving_mandates.from_position AND m.kind IN ('charter', 'hand_over', 'share')
			OR m.from_position = moving_mandates.from_position)
		AND (crm_internal.is_within(m.decision, moving_mandates.decision) OR crm_internal.is_within(moving_mandates.decision, m.decision))
		AND crm_internal.scopes_meet(m.scope, moving_mandates.scope);
END;
COMMENT ON FUNCTION crm_internal.moving_mandates(text, text, numeric, jsonb, timestamptz) IS 'mandates that a position has, and has given, in a decision, and that have effect then';
REVOKE ALL ON FUNCTION crm_internal.moving_mandates(text, text, numeric, jsonb, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.moving_work(decision text, from_position text, amount numeric)
RETURNS TABLE (what text, id bigint, subject text, amount numeric, detail text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT 'open request', r.request_id, r.decision, r.amount,
		pg_catalog.format('waits since %s', pg_catalog.to_char(r.created_at, 'YYYY-MM-DD HH24:MI'))
	FROM crm_internal.request r
	WHERE r.status = 'open' AND r.position = moving_work.from_position
		AND crm_internal.is_within(r.decision, moving_work.decision)
		AND (moving_work.amount IS NULL OR r.amount <= moving_work.amount)
	UNION ALL
	SELECT DISTINCT 'budget', b.budget_id::bigint, b.name, b.amount - b.spent - b.reserved - b.carved, 'amount: what is left of it'
	FROM crm_internal.mandate m
	JOIN crm_internal.budget b ON b.name = m.budget
	WHERE m.to_position = moving_work.from_position AND m.kind IN ('charter', 'hand_over', 'share')
		AND least(m.valid_until, m.revoked_at) > pg_catalog.clock_timestamp()
		AND (crm_internal.is_within(m.decision, moving_work.decision) OR crm_internal.is_within(moving_work.decision, m.decision))
	UNION ALL
	SELECT 'guarded table', g.guard_id::bigint, g.table_name, NULL::numeric, pg_catalog.format('%s, %s', g.decision, g.mode)
	FROM crm_internal.guard g
	WHERE g.dropped_at IS NULL AND crm_internal.is_within(g.decision, moving_work.decision);
END;
COMMENT ON FUNCTION crm_internal.moving_work(text, text, numeric) IS 'requests that wait for a position in a decision, budgets that it spends, tables that the decision guards';
REVOKE ALL ON FUNCTION crm_internal.moving_work(text, text, numeric) FROM PUBLIC;

-- Reads as the owner of crm's tables, for who may hand over: registry entries and amounts of requests, no names of customers.
CREATE FUNCTION crm.preview_hand_over(decision text, from_position text, to_position text, amount numeric DEFAULT NULL, scope jsonb DEFAULT NULL, valid_from timestamptz DEFAULT NULL)
RETURNS TABLE (what text, id bigint, subject text, amount_left numeric, detail text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate := crm_internal.mandate_draft('hand_over', decision, from_position, amount, NULL,
		greatest(valid_from, clock_timestamp()), NULL, NULL);
	message text;
	reason text;
BEGIN
	m.scope := crm_internal.check_scope(scope);
	PERFORM crm_internal.act_for(from_position, format('crm.preview_hand_over(%s)', decision));
	BEGIN
		PERFORM crm_internal.check_mandate(m, ARRAY[to_position]);
		m := crm_internal.stand_on(m);
		PERFORM crm_internal.check_not_handed_over(m);
		RETURN QUERY SELECT 'would move'::text, m.parent_id::bigint, m.decision, m.amount,
			format('from %s to %s%s', from_position, to_position, CASE WHEN m.scope <> '{}' THEN format(' in scope %s', m.scope) END);
	EXCEPTION WHEN insufficient_privilege THEN
		GET STACKED DIAGNOSTICS message = MESSAGE_TEXT, reason = PG_EXCEPTION_DETAIL;
		RETURN QUERY SELECT 'would be refused'::text, NULL::bigint, m.decision, m.amount, format('%s: %s', message, reason);
	END;
	RETURN QUERY SELECT v.what, v.id, v.subject, v.amount, v.detail
		FROM crm_internal.moving_mandates(m.decision, from_position, m.amount, m.scope, m.valid_from) v ORDER BY v.id;
	RETURN QUERY SELECT w.what, w.id, w.subject, w.amount, w.detail
		FROM crm_internal.moving_work(m.decision, from_position, m.amount) w ORDER BY w.what DESC, w.id;
END
$$;
COMMENT ON FUNCTION crm.preview_hand_over(text, text, text, numeric, jsonb, timestamptz) IS 'what crm.hand_over() with the same arguments would move, or why it would be refused: the giver''s mandates concerned, what it gave before (shares stay), open requests that wait for it, budgets, guarded tables. amount_left: the limit of a mandate, the amount of a request, what is left of a budget. Changes nothing. Who may: as crm.hand_over(). Errors: 42704, 22023, 42501';
REVOKE ALL ON FUNCTION crm.preview_hand_over(text, text, text, numeric, jsonb, timestamptz) FROM PUBLIC;
