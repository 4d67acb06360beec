-- grant_scope: what a mandate is bounded by, as it is written, compared with another's.

-- The function of a dimension may be anything a room registered; the values come from callers, as parameters.
CREATE FUNCTION crm_internal.scope_ancestors(dimension text, value text)
RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	registered text;
	ancestors text[];
BEGIN
	SELECT d.ancestors_function INTO registered FROM crm_internal.scope_dimension d WHERE d.name = dimension;
	IF registered IS NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('scope dimension "%s" does not exist', dimension),
			HINT = coalesce('Dimensions: ' || (SELECT string_agg(d.name, ', ' ORDER BY d.name) FROM crm_internal.scope_dimension d) || '.',
				'There are no dimensions yet: leave the scope out.');
	END IF;
	EXECUTE format('SELECT %s($1)', registered) INTO ancestors USING value;
	RETURN ancestors;
END
$$;
COMMENT ON FUNCTION crm_internal.scope_ancestors(text, text) IS 'a value of a dimension and all that it lies within; NULL if it does not exist';
REVOKE ALL ON FUNCTION crm_internal.scope_ancestors(text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.scope_bound(dimension text, bound jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	named text[];
	missing text;
BEGIN
	CASE
		WHEN jsonb_typeof(bound) = 'string' THEN
			named := ARRAY[bound #>> '{}'];
		WHEN jsonb_typeof(bound) = 'array' AND jsonb_array_length(bound) > 0
			AND NOT EXISTS (SELECT FROM jsonb_array_elements(bound) e WHERE jsonb_typeof(e) <> 'string') THEN
			named := ARRAY(SELECT DISTINCT e FROM jsonb_array_elements_text(bound) e ORDER BY e);
		WHEN jsonb_typeof(bound) = 'object' AND jsonb_typeof(bound -> 'within') = 'string' AND bound - 'within' = '{}' THEN
			named := ARRAY[bound ->> 'within'];
		ELSE
			RAISE invalid_parameter_value USING
				MESSAGE = format('scope of dimension "%s" is not understood', dimension),
				HINT = format('Write {"%1$s": ["a", "b"]} for these values, or {"%1$s": {"within": "a"}} for a and all that lies within it.', dimension);
	END CASE;
	SELECT n INTO missing FROM unnest(named) n WHERE crm_internal.scope_ancestors(dimension, n) IS NULL ORDER BY n LIMIT 1;
	IF missing IS NOT NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('%s "%s" does not exist', dimension, missing),
			HINT = 'A scope names what is registered.';
	END IF;
	RETURN CASE WHEN jsonb_typeof(bound) = 'object' THEN bound ELSE to_jsonb(named) END;
END
$$;
COMMENT ON FUNCTION crm_internal.scope_bound(text, jsonb) IS 'one dimension of a scope, checked: a sorted list of values or {"within": value}';
REVOKE ALL ON FUNCTION crm_internal.scope_bound(text, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_scope(scope jsonb)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF scope IS NULL THEN
		RETURN '{}';
	END IF;
	IF jsonb_typeof(scope) <> 'object' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'a scope is a JSON object',
			HINT = 'For example scope => ''{"department": ["sales", "service"]}''.';
	END IF;
	RETURN (SELECT coalesce(jsonb_object_agg(s.key, crm_internal.scope_bound(s.key, s.value)), '{}') FROM jsonb_each(scope) s);
END
$$;
COMMENT ON FUNCTION crm_internal.check_scope(jsonb) IS 'the scope in its one way of writing; 42704 for a dimension or value that does not exist, 22023 for what is no scope';
REVOKE ALL ON FUNCTION crm_internal.check_scope(jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.bound_values(bound jsonb)
RETURNS SETOF text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 2
BEGIN ATOMIC
	SELECT e FROM pg_catalog.jsonb_array_elements_text(CASE pg_catalog.jsonb_typeof(bound) WHEN 'array' THEN bound ELSE '[]' END) e
	UNION ALL
	SELECT bound ->> 'within' WHERE pg_catalog.jsonb_typeof(bound) = 'object'
	UNION ALL
	SELECT bound #>> '{}' WHERE pg_catalog.jsonb_typeof(bound) = 'string';
END;
COMMENT ON FUNCTION crm_internal.bound_values(jsonb) IS 'the values that one dimension of a scope names';
REVOKE ALL ON FUNCTION crm_internal.bound_values(jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.bound_has(dimension text, bound jsonb, value text)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
	WHEN bound IS NULL THEN true
	WHEN value IS NULL THEN false
	WHEN pg_catalog.jsonb_typeof(bound) = 'object' THEN (bound ->> 'within') = ANY (crm_internal.scope_ancestors(dimension, value))
	ELSE value IN (SELECT crm_internal.bound_values(bound))
END;
COMMENT ON FUNCTION crm_internal.bound_has(text, jsonb, text) IS 'whether a value lies within the bound';
REVOKE ALL ON FUNCTION crm_internal.bound_has(text, jsonb, text) FROM PUBLIC;

-- A list cannot be known to hold all that lies within a value: what is registered later would widen it.
CREATE FUNCTION crm_internal.scope_holds(outer_scope jsonb, inner_scope jsonb)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT NOT EXISTS (
		SELECT
		FROM pg_catalog.jsonb_each(outer_scope) o
		LEFT JOIN pg_catalog.jsonb_each(inner_scope) i ON i.key = o.key
		WHERE i.key IS NULL
			OR (pg_catalog.jsonb_typeof(i.value) = 'object' AND pg_catalog.jsonb_typeof(o.value) <> 'object')
			OR EXISTS (SELECT FROM crm_internal.bound_values(i.value) v WHERE NOT crm_internal.bound_has(o.key, o.value, v)));
END;
COMMENT ON FUNCTION crm_internal.scope_holds(jsonb, jsonb) IS 'whether everything in the inner scope is in the outer one';
REVOKE ALL ON FUNCTION crm_internal.scope_holds(jsonb, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.scopes_meet(one jsonb, other jsonb)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT NOT EXISTS (
		SELECT
		FROM pg_catalog.jsonb_each(one) a
		JOIN pg_catalog.jsonb_each(other) b ON b.key = a.key
		WHERE NOT EXISTS (SELECT FROM crm_internal.bound_values(a.value) v WHERE crm_internal.bound_has(b.key, b.value, v))
			AND NOT EXISTS (SELECT FROM crm_internal.bound_values(b.value) v WHERE crm_internal.bound_has(a.key, a.value, v)));
END;
COMMENT ON FUNCTION crm_internal.scopes_meet(jsonb, jsonb) IS 'whether something can be in both scopes';
REVOKE ALL ON FUNCTION crm_internal.scopes_meet(jsonb, jsonb) FROM PUBLIC;

-- All combinations, one point each: what holds at these holds for the scope.
CREATE FUNCTION crm_internal.scope_points(scope jsonb)
RETURNS SETOF jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE ROWS 2
BEGIN ATOMIC
	WITH RECURSIVE bound AS (
		SELECT s.key, s.value, pg_catalog.row_number() OVER (ORDER BY s.key) AS number
		FROM pg_catalog.jsonb_each(scope) s
	), point AS (
		SELECT 0::bigint AS number, '{}'::jsonb AS at
		UNION ALL
		SELECT b.number, p.at || pg_catalog.jsonb_build_object(b.key, v)
		FROM point p
		JOIN bound b ON b.number = p.number + 1
		CROSS JOIN LATERAL crm_internal.bound_values(b.value) v
	)
	SELECT p.at FROM point p WHERE p.number = (SELECT pg_catalog.count(*) FROM bound);
END;
COMMENT ON FUNCTION crm_internal.scope_points(jsonb) IS 'the values that a scope names, each combination as {"dimension": "value"}';
REVOKE ALL ON FUNCTION crm_internal.scope_points(jsonb) FROM PUBLIC;
