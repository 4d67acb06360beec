-- use: puts an operating model in force, as one dated change of the charter.

CREATE FUNCTION crm_internal.check_model(model text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF NOT EXISTS (SELECT FROM crm_internal.operating_model o WHERE o.name = model) THEN
		RAISE undefined_object USING
			MESSAGE = format('operating model "%s" does not exist', model),
			HINT = format('Operating models: %s.', (SELECT string_agg(o.name, ', ' ORDER BY o.name) FROM crm_internal.operating_model o));
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_model(text) IS 'raises 42704 for a model that does not exist';
REVOKE ALL ON FUNCTION crm_internal.check_model(text) FROM PUBLIC;

CREATE FUNCTION crm_internal.model_roles(model text)
RETURNS text[]
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.array_agg(DISTINCT p ORDER BY p)
	FROM crm_internal.operating_model_rule r
	CROSS JOIN LATERAL (VALUES (r.position), (r.from_position)) AS v (p)
	WHERE r.model = model_roles.model AND p IS NOT NULL;
END;
COMMENT ON FUNCTION crm_internal.model_roles(text) IS 'the roles of an operating model';
REVOKE ALL ON FUNCTION crm_internal.model_roles(text) FROM PUBLIC;

-- A role is a position of that name unless the company says which; null: it has none, what the charter gives goes to the board.
CREATE FUNCTION crm_internal.map_roles(model text, positions jsonb, board text)
RETURNS jsonb
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	roles text[] := crm_internal.model_roles(model);
	mapped jsonb;
	unknown text;
	missing text;
	add_them text;
BEGIN
	IF jsonb_typeof(positions) <> 'object' THEN
		RAISE invalid_parameter_value USING
			MESSAGE = 'positions maps roles to positions',
			HINT = format('For example positions => ''{%s: "my_position"}''; roles are %s.', to_json(roles[1]), array_to_string(roles, ', '));
	END IF;
	SELECT k INTO unknown FROM jsonb_object_keys(positions) k WHERE k <> ALL (roles || 'board'::text) ORDER BY k LIMIT 1;
	IF unknown IS NOT NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('operating model "%s" has no role "%s"', model, unknown),
			HINT = format('Its roles are %s.', array_to_string(roles, ', '));
	END IF;
	SELECT jsonb_object_agg(r, CASE WHEN positions ? r THEN positions -> r ELSE to_jsonb(r) END) INTO mapped
	FROM unnest(roles || 'board'::text) r;
	IF board IS NOT NULL THEN
		mapped := mapped || jsonb_build_object('board', board);
	END IF;
	SELECT string_agg(coalesce(p.value, p.key), ', ' ORDER BY p.key),
		string_agg(format('SELECT crm.add_position(%L, department => ''…''%s);', coalesce(p.value, p.key),
			CASE WHEN p.key <> 'board' THEN format(', reports_to => %L', mapped ->> 'board') END), ' ' ORDER BY p.key <> 'board', p.key)
	INTO missing, add_them
	FROM jsonb_each_text(mapped) p
	WHERE (p.value IS NOT NULL OR p.key = 'board')
		AND NOT EXISTS (SELECT FROM crm_internal.position o
			WHERE o.name = p.value AND (o.closed_at IS NULL OR o.closed_at > clock_timestamp()));
	IF missing IS NOT NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('operating model "%s" needs positions that do not exist: %s', model, missing),
			DETAIL = format('Its roles are %s.', array_to_string(roles, ', ')),
			HINT = add_them || ' Or name yours: positions => ''{"role": "position"}'', null for a role that nobody has.';
	END IF;
	RETURN mapped;
END
$$;
COMMENT ON FUNCTION crm_internal.map_roles(text, jsonb, text) IS 'role to position for all roles of a model; raises 42704 with the statements that add what is missing';
REVOKE ALL ON FUNCTION crm_internal.map_roles(text, jsonb, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_limits(model text, limits jsonb)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	bounded text[] := ARRAY(SELECT DISTINCT r.decision FROM crm_internal.operating_model_rule r
		WHERE r.model = check_limits.model AND r.bound <> 'none' ORDER BY r.decision);
BEGIN
	IF jsonb_typeof(limits) = 'object' AND NOT EXISTS (SELECT FROM jsonb_each(limits) l
		WHERE l.key <> ALL (bounded) OR jsonb_typeof(l.value) <> 'number' OR (l.value #>> '{}')::numeric < 0) THEN
		RETURN;
	END IF;
	RAISE invalid_parameter_value USING
		MESSAGE = 'limits gives amounts to decisions of the operating model',
		HINT = CASE WHEN cardinality(bounded) > 0
			THEN format('For example limits => ''{"%s": 250}''; this model has limits for %s.', bounded[1], array_to_string(bounded, ', '))
			ELSE format('Operating model "%s" has no limits.', model) END;
END
$$;
COMMENT ON FUNCTION crm_internal.check_limits(text, jsonb) IS 'raises 22023 for limits that the model does not have';
REVOKE ALL ON FUNCTION crm_internal.check_limits(text, jsonb) FROM PUBLIC;

-- What ends: the model before, and any charter that would make a second accountable. What stands on it falls by itself.
CREATE FUNCTION crm_internal.end_charters(model text, at timestamptz)
RETURNS integer[]
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	WITH ended AS (
		UPDATE crm_internal.mandate m SET
			revoked_at = CASE WHEN m.valid_from < end_charters.at THEN end_charters.at ELSE pg_catalog.clock_timestamp() END,
			revoked_by = crm_internal.acting_person(),
			revoked_why = pg_catalog.format('operating model %s', end_charters.model)
		WHERE least(m.revoked_at, m.valid_until) > end_charters.at
			AND (m.operating_model IS NOT NULL
				OR (m.kind = 'charter' AND EXISTS (SELECT FROM crm_internal.operating_model_rule r
					WHERE r.model = end_charters.model AND r.kind = 'charter'
						AND (crm_internal.is_within(m.decision, r.decision) OR crm_internal.is_within(r.decision, m.decision)))))
		RETURNING m.mandate_id
	)
	SELECT pg_catalog.array_agg(e.mandate_id) FROM ended e;
END;
COMMENT ON FUNCTION crm_internal.end_charters(text, timestamptz) IS 'ends what an operating model replaces; what had not begun by then never does';
REVOKE ALL ON FUNCTION crm_internal.end_charters(text, timestamptz) FROM PUBLIC;

-- The positions that a rule gives to: of a joint one all of them, at its first rule; none where roles fell together or nobody has them.
CREATE FUNCTION crm_internal.rule_receivers(rule crm_internal.operating_model_rule, roles jsonb)
RETURNS text[]
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE
		WHEN (rule).from_position IS NOT NULL AND roles ->> (rule).from_position IS NULL THEN NULL
		WHEN (rule).kind = 'joint' THEN (
			SELECT CASE WHEN pg_catalog.min(j.sequence) = (rule).sequence AND pg_catalog.count(DISTINCT roles ->> j.position) > 1
				THEN pg_catalog.array_agg(DISTINCT roles ->> j.position) FILTER (WHERE roles ->> j.position IS NOT NULL) END
			FROM crm_internal.operating_model_rule j
			WHERE j.model = (rule).model AND j.decision = (rule).decision AND j.kind = 'joint')
		WHEN (rule).kind = 'charter' THEN ARRAY[coalesce(roles ->> (rule).position, roles ->> 'board')]
		WHEN roles ->> (rule).position IS DISTINCT FROM roles ->> (rule).from_position THEN ARRAY[roles ->> (rule).position]
	END;
END;
COMMENT ON FUNCTION crm_internal.rule_receivers(crm_internal.operating_model_rule, jsonb) IS 'positions that a rule of a model gives its mandate to; NULL: none';
REVOKE ALL ON FUNCTION crm_internal.rule_receivers(crm_internal.operating_model_rule, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.begin_model(model text, roles jsonb, limits jsonb, deadline interval, at timestamptz)
RETURNS integer[]
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	rule crm_internal.operating_model_rule;
	m crm_internal.mandate;
	receivers text[];
	maximum numeric;
	ids integer[] := '{}';
BEGIN
	FOR rule IN SELECT r.* FROM crm_internal.operating_model_rule r WHERE r.model = begin_model.model ORDER BY r.sequence LOOP
		receivers := crm_internal.rule_receivers(rule, roles);
		maximum := (limits ->> rule.decision)::numeric;
		CONTINUE WHEN array_length(array_remove(receivers, NULL), 1) IS NULL
			OR (rule.bound IN ('needed', 'beyond') AND maximum IS NULL)
			OR EXISTS (SELECT FROM crm_internal.mandate o WHERE o.mandate_id = ANY (ids) AND o.kind = rule.kind AND rule.kind <> 'joint'
				AND o.decision = rule.decision AND o.to_position = receivers[1]);
		m := crm_internal.mandate_draft(rule.kind, rule.decision, roles ->> rule.from_position,
			CASE WHEN rule.bound IN ('taken', 'needed') THEN maximum END, '{}', at, NULL, NULL);
		m.operating_model := model;
		m.depth := rule.depth;
		m.quorum := CASE WHEN rule.kind = 'joint' THEN 2 END;
		m.deadline := CASE WHEN rule.kind = 'consult' THEN deadline END;
		IF m.from_position IS NOT NULL THEN
			m := crm_internal.stand_on(m);
		END IF;
		ids := ids || crm_internal.write_mandate(m, receivers);
	END LOOP;
	RETURN ids;
END
$$;
COMMENT ON FUNCTION crm_internal.begin_model(text, jsonb, jsonb, interval, timestamptz) IS 'writes the mandates of an operating model; returns their numbers, of joint ones the first';
REVOKE ALL ON FUNCTION crm_internal.begin_model(text, jsonb, jsonb, interval, timestamptz) FROM PUBLIC;

-- Written as the owner of crm's tables; the actor must hold the decision org.model.
CREATE FUNCTION crm.use_operating_model(model text, positions jsonb DEFAULT '{}', valid_from timestamptz DEFAULT NULL, board text DEFAULT NULL,
	limits jsonb DEFAULT '{}', deadline interval DEFAULT '5 days')
RETURNS TABLE (change text, mandate_id integer, kind text, decision text, from_position text, to_position text, amount numeric)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	roles jsonb;
	at timestamptz;
	before integer[];
	after integer[];
	ended integer[];
	begun integer[];
	is_first boolean;
BEGIN
	PERFORM crm_internal.check_model(model);
	PERFORM crm_internal.check_limits(model, coalesce(limits, '{}'));
	IF deadline <= '0' OR valid_from < transaction_timestamp() THEN
		RAISE invalid_parameter_value USING
			MESSAGE = CASE WHEN deadline <= '0' THEN 'a deadline must be longer than nothing' ELSE 'an operating model cannot begin in the past' END,
			HINT = 'Leave it out: a model begins now, and its consults wait 5 days.';
	END IF;
	PERFORM crm_internal.take_turn();
	roles := crm_internal.map_roles(model, coalesce(positions, '{}'), board);
	PERFORM crm_internal.take_act('org.model', subject => format('crm.use_operating_model(%s)', model));
	at := greatest(valid_from, clock_timestamp());
	is_first := crm_internal.begins_mandates(at);
	before := ARRAY(SELECT e.mandate_id FROM crm_internal.mandate_effects(NULL, at) e);
	ended := crm_internal.end_charters(model, at);
	begun := crm_internal.begin_model(model, roles, coalesce(limits, '{}'), deadline, at);
	after := ARRAY(SELECT e.mandate_id FROM crm_internal.mandate_effects(NULL, at) e);
	IF is_first THEN
		PERFORM crm_internal.tell_what_closes(at);
	END IF;
	RETURN QUERY
		SELECT CASE WHEN m.mandate_id = ANY (ended) THEN 'ends' WHEN m.mandate_id = ANY (before) THEN 'loses its effect' ELSE 'begins' END,
			m.mandate_id, m.kind, m.decision, m.from_position, m.to_position, m.amount
		FROM crm_internal.mandate m
		WHERE m.mandate_id = ANY (ended) OR m.mandate_id = ANY (begun) OR m.joint_id = ANY (begun)
			OR (m.mandate_id = ANY (before) AND m.mandate_id <> ALL (after))
		ORDER BY m.mandate_id;
END
$$;
COMMENT ON FUNCTION crm.use_operating_model(text, jsonb, timestamptz, text, jsonb, interval) IS 'puts an operating model (crm.operating_models) in force at valid_from (now): its mandates begin, those of the model before and other charters for the same decisions end, and what stood on them loses its effect; each is returned. positions: role to position where the names differ, null for a role that nobody has (the board is accountable then); board: the position on top; limits: such as {"goodwill": 250}; deadline: of consults. Errors: 42704 for a model, role or position that does not exist, with the statements that add it; 22023; 42501 without the decision org.model';
REVOKE ALL ON FUNCTION crm.use_operating_model(text, jsonb, timestamptz, text, jsonb, interval) FROM PUBLIC;
