-- grant_effect: which mandates have effect at a point, by the rules that guards ask.

CREATE FUNCTION crm_internal.effects_at(decision text, dimensions text[], dimension_values text[], amount numeric, at timestamptz)
RETURNS TABLE (mandate_id integer, supporter integer, has_authority boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 10
AS 'MODULE_PATHNAME', 'crm_effects_at';
COMMENT ON FUNCTION crm_internal.effects_at(text, text[], text[], numeric, timestamptz) IS 'crm_internal.effective_at() with the scope as two arrays';
REVOKE ALL ON FUNCTION crm_internal.effects_at(text, text[], text[], numeric, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.effective_at(decision text, scope jsonb, amount numeric, at timestamptz)
RETURNS TABLE (mandate_id integer, kind text, from_position text, to_position text, joint_id integer, supporter integer, has_authority boolean)
LANGUAGE sql VOLATILE PARALLEL UNSAFE ROWS 10
BEGIN ATOMIC
	SELECT m.mandate_id, m.kind, m.from_position, m.to_position, m.joint_id, e.supporter, e.has_authority
	FROM crm_internal.effects_at(effective_at.decision,
		ARRAY(SELECT s.key FROM pg_catalog.jsonb_each_text(scope) s ORDER BY s.key COLLATE "C"),
		ARRAY(SELECT s.value FROM pg_catalog.jsonb_each_text(scope) s ORDER BY s.key COLLATE "C"),
		effective_at.amount, effective_at.at) e
	JOIN crm_internal.mandate m ON m.mandate_id = e.mandate_id;
END;
COMMENT ON FUNCTION crm_internal.effective_at(text, jsonb, numeric, timestamptz) IS 'the mandates that have effect at a point: decision, scope as {"dimension": "value"}, amount (NULL: without limit), time; supporter: on what each stands; has_authority: its position decides by it, having not handed that over';
REVOKE ALL ON FUNCTION crm_internal.effective_at(text, jsonb, numeric, timestamptz) FROM PUBLIC;
