-- question: what somebody may decide and why not, and who may: what a guard would say, without trying.

CREATE FUNCTION crm.may(person text DEFAULT NULL, decision text DEFAULT NULL, amount numeric DEFAULT NULL, customer bigint DEFAULT NULL, scope jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_may';
COMMENT ON FUNCTION crm.may(text, text, numeric, bigint, jsonb, timestamptz) IS
	'whether a person (NULL: the one who acts) may take a decision: by mandate, with the money that is left, or by an approved request; amount NULL: unknown, or none; scope: one value a dimension; as_of: by the mandates and the organisation of another time, money aside';
REVOKE ALL ON FUNCTION crm.may(text, text, numeric, bigint, jsonb, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm.why_not(person text DEFAULT NULL, decision text DEFAULT NULL, amount numeric DEFAULT NULL, customer bigint DEFAULT NULL, scope jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL)
RETURNS TABLE (cause text, detail text, hint text, "position" text, mandate_id integer, barrier_id integer, amount_limit numeric, consults text[])
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_why_not';
COMMENT ON FUNCTION crm.why_not(text, text, numeric, bigint, jsonb, timestamptz) IS
	'why a person (NULL: the one who acts) may not take a decision, and who may: the detail and hint of the refusal; no row where he may. cause: over_limit, unknown_amount, window, budget, consult_first, signatures, handed_over, banned, no_mandate or no_position; mandate_id: the nearest mandate of his; barrier_id: the ban or hand-over that stands between; arguments as of crm.may()';
REVOKE ALL ON FUNCTION crm.why_not(text, text, numeric, bigint, jsonb, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm.who_may(decision text, amount numeric DEFAULT NULL, customer bigint DEFAULT NULL, scope jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL)
RETURNS TABLE ("position" text, person text, capacity text, amount_limit numeric, mandate_id integer, mandate_path integer[], after_consult boolean, has_money boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_who_may_sql';
COMMENT ON FUNCTION crm.who_may(text, numeric, bigint, jsonb, timestamptz) IS
	'who may take a decision alone, the least privileged position first: smallest limit (NULL: none), then furthest from the top of the reporting line, then by name; after_consult: once others have been asked; has_money: whether budget and window suffice now (NULL with as_of); mandate_path: from the charter down; arguments as of crm.may()';
REVOKE ALL ON FUNCTION crm.who_may(text, numeric, bigint, jsonb, timestamptz) FROM PUBLIC;

CREATE FUNCTION crm_internal.limit_of(person text, decision text, customer bigint, scope jsonb, as_of timestamptz)
RETURNS TABLE (may boolean, up_to numeric, above numeric, amount_limit numeric, window_left numeric, budget text, budget_left numeric, "position" text, mandate_id integer, consults text[], next_position text, next_person text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_limit_of';
COMMENT ON FUNCTION crm_internal.limit_of(text, text, bigint, jsonb, timestamptz) IS 'one row of crm.limits()';
REVOKE ALL ON FUNCTION crm_internal.limit_of(text, text, bigint, jsonb, timestamptz) FROM PUBLIC;

-- Runs as the owner: who may call it may ask of anybody what he may.
CREATE FUNCTION crm.limits(person text DEFAULT NULL, customer bigint DEFAULT NULL, scope jsonb DEFAULT NULL, as_of timestamptz DEFAULT NULL)
RETURNS TABLE (decision text, may boolean, up_to numeric, above numeric, amount_limit numeric, window_left numeric, budget text, budget_left numeric, "position" text, mandate_id integer, consults text[], next_position text, next_person text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE ROWS 30
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
BEGIN
	RETURN QUERY SELECT d.code::text, l.may, l.up_to, l.above, l.amount_limit, l.window_left, l.budget, l.budget_left, l."position", l.mandate_id, l.consults, l.next_position, l.next_person
		FROM crm_internal.decision_now d
		CROSS JOIN LATERAL crm_internal.limit_of(limits.person, d.code::text, limits.customer, limits.scope, limits.as_of) l
		ORDER BY d.code::text COLLATE "C";
END
$$;
COMMENT ON FUNCTION crm.limits(text, bigint, jsonb, timestamptz) IS
	'what a person (NULL: the one who acts) may decide now, or by the mandates and the organisation of another time (money aside), a row a decision. may: anything at all, at once; up_to: how much (where may is false: after consults), the least of amount_limit, window_left and budget_left (NULL: no limit); above: not up to this, for that is handed over or banned (NULL: from nothing on); consults: positions to ask first for more, or, where may is false, for anything; next_position, next_person: who may more with the money that is left, at once, else after consults, else several names: they must sign together (with him, if he is one of them); NULL: nobody';
REVOKE ALL ON FUNCTION crm.limits(text, bigint, jsonb, timestamptz) FROM PUBLIC;
