-- grant_effect: which mandates are effective at a point. The same rule as the one that guards ask, in SQL, for calls that are rare.

CREATE FUNCTION crm_internal.mandate_covers(mandate crm_internal.mandate, decision text, scope jsonb, amount numeric, at timestamptz)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN (mandate).valid_from <= at AND at < (mandate).valid_until AND at < (mandate).revoked_at
	AND crm_internal.is_within(decision, (mandate).decision)
	AND CASE
		WHEN (mandate).amount IS NULL THEN true
		WHEN (mandate).kind IN ('consult', 'inform', 'ban') THEN coalesce(amount > (mandate).amount, true)
		ELSE coalesce(amount <= (mandate).amount, false)
	END
	AND NOT EXISTS (SELECT FROM pg_catalog.jsonb_each((mandate).scope) s WHERE NOT crm_internal.bound_has(s.key, s.value, scope ->> s.key));
COMMENT ON FUNCTION crm_internal.mandate_covers(crm_internal.mandate, text, jsonb, numeric, timestamptz) IS 'whether a point lies within the bounds of a mandate; amount NULL: unknown, or without limit';
REVOKE ALL ON FUNCTION crm_internal.mandate_covers(crm_internal.mandate, text, jsonb, numeric, timestamptz) FROM PUBLIC;

CREATE TYPE crm_internal.effective_mandate AS
(
	mandate_id integer,
	kind text,
	from_position text,
	to_position text,
	parent_id integer,
	joint_id integer,
	depth integer,
	supporter integer,
	has_authority boolean
);
COMMENT ON TYPE crm_internal.effective_mandate IS 'a mandate that is effective at a point, whom it has that from, and whether its position decides by it (it did not hand it over)';

-- Each mandate stands on one with a lower number, so one pass in that order decides all.
CREATE FUNCTION crm_internal.effective_at(decision text, scope jsonb, amount numeric, at timestamptz)
RETURNS SETOF crm_internal.effective_mandate
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	m crm_internal.mandate;
	done crm_internal.effective_mandate[] := '{}';
	stands_on integer;
	is_reserved boolean := EXISTS (SELECT FROM crm_internal.decision_now d
		WHERE d.reserved AND crm_internal.is_within(effective_at.decision, d.code::text));
BEGIN
	FOR m IN
		SELECT c.* FROM crm_internal.mandate c
		WHERE crm_internal.is_within(effective_at.decision, c.decision)
			AND crm_internal.mandate_covers(c, effective_at.decision, effective_at.scope, effective_at.amount, effective_at.at)
		ORDER BY c.mandate_id
	LOOP
		stands_on := NULL;
		IF m.kind <> 'charter' AND NOT (m.from_position IS NULL AND m.kind IN ('consult', 'inform', 'ban')) THEN
			CONTINUE WHEN is_reserved AND m.kind IN ('hand_over', 'share', 'joint');
			SELECT p.mandate_id INTO stands_on
			FROM unnest(done) p
			WHERE p.to_position = m.from_position AND p.kind IN ('charter', 'hand_over', 'share')
				AND (p.depth IS NULL OR m.kind IN ('consult', 'inform', 'ban') OR m.depth < p.depth)
				AND NOT EXISTS (SELECT FROM unnest(done) h
					WHERE h.from_position = m.from_position AND h.kind IN ('hand_over', 'joint')
						AND h.mandate_id > p.mandate_id AND (h.joint_id = m.joint_id) IS NOT TRUE)
			ORDER BY p.mandate_id IS DISTINCT FROM m.parent_id, p.mandate_id
			LIMIT 1;
			CONTINUE WHEN stands_on IS NULL;
		END IF;
		done := done || ROW(m.mandate_id, m.kind, m.from_position, m.to_position, m.parent_id, m.joint_id, m.depth, stands_on, false)::crm_internal.effective_mandate;
	END LOOP;
	RETURN QUERY
		SELECT e.mandate_id, e.kind, e.from_position, e.to_position, e.parent_id, e.joint_id, e.depth, e.supporter,
			e.kind IN ('charter', 'hand_over', 'share')
				AND NOT EXISTS (SELECT FROM unnest(done) h
					WHERE h.from_position = e.to_position AND h.kind IN ('hand_over', 'joint') AND h.mandate_id > e.mandate_id)
		FROM unnest(done) e;
END
$$;
COMMENT ON FUNCTION crm_internal.effective_at(text, jsonb, numeric, timestamptz) IS 'the mandates that are effective at a point: decision, scope as {"dimension": "value"}, amount (NULL: without limit), time';
REVOKE ALL ON FUNCTION crm_internal.effective_at(text, jsonb, numeric, timestamptz) FROM PUBLIC;
