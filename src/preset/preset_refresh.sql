-- preset_refresh: takes up what the tables of a source have become able to serve.

-- Whether what is registered stays where the document can no longer say it: the column was renamed,
-- which the source follows and the document does not know.
CREATE FUNCTION crm_internal.outlives_preset(source_id integer, before jsonb, after jsonb, field text, attribute text)
RETURNS boolean
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	SELECT EXISTS (
			SELECT FROM pg_catalog.jsonb_array_elements(after -> 'left_out') l
			WHERE l ->> 'field' = field AND (l ->> 'attribute') IS NOT DISTINCT FROM attribute
				AND NOT EXISTS (
					SELECT FROM pg_catalog.jsonb_array_elements(before -> 'left_out') o
					WHERE o ->> 'field' = field AND (o ->> 'attribute') IS NOT DISTINCT FROM attribute AND o ->> 'expression' = l ->> 'expression'))
		AND pg_catalog.bool_and(crm_internal.expression_problem(
			crm_internal.preset_table(s.schema_name, pg_catalog.to_jsonb(s.table_name)), field, attribute, e) IS NULL)
	FROM crm_internal.source s,
		LATERAL pg_catalog.jsonb_array_elements_text(crm_internal.preset_choices(
			CASE WHEN field = 'map' THEN s.mapping -> attribute ELSE pg_catalog.to_jsonb(s) -> field END)) e
	WHERE s.source_id = outlives_preset.source_id;
END;
COMMENT ON FUNCTION crm_internal.outlives_preset(integer, jsonb, jsonb, text, text) IS 'whether a field of a source or detail can be read as it is registered, though the preset has lost it';
REVOKE ALL ON FUNCTION crm_internal.outlives_preset(integer, jsonb, jsonb, text, text) FROM PUBLIC;

-- What somebody changed by hand since stays, unless the preset comes to something else there now.
CREATE FUNCTION crm_internal.changed_map(source_id integer, before jsonb, after jsonb)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	present jsonb := (SELECT s.mapping FROM crm_internal.source s WHERE s.source_id = changed_map.source_id);
	old jsonb := before #> '{arguments,map}';
	new jsonb := after #> '{arguments,map}';
	attribute text;
BEGIN
	FOR attribute IN SELECT jsonb_object_keys(old || new) LOOP
		CONTINUE WHEN old -> attribute = new -> attribute
			OR crm_internal.outlives_preset(source_id, before, after, 'map', attribute) IS TRUE;
		present := CASE WHEN new ? attribute THEN present || jsonb_build_object(attribute, new -> attribute) ELSE present - attribute END;
	END LOOP;
	RETURN present;
END
$$;
COMMENT ON FUNCTION crm_internal.changed_map(integer, jsonb, jsonb) IS 'a registered map, where the preset''s has changed';
REVOKE ALL ON FUNCTION crm_internal.changed_map(integer, jsonb, jsonb) FROM PUBLIC;

-- What crm.change_source() or crm.change_detail() must be given; a field that is gone is emptied.
CREATE FUNCTION crm_internal.changed_arguments(source_id integer, before jsonb, after jsonb)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	old jsonb := before -> 'arguments';
	new jsonb := after -> 'arguments';
	present jsonb := (SELECT s.mapping FROM crm_internal.source s WHERE s.source_id = changed_arguments.source_id);
	field text;
	changes jsonb := '{}';
	map jsonb;
BEGIN
	FOR field IN SELECT jsonb_object_keys(old || new) LOOP
		CONTINUE WHEN old -> field = new -> field OR field IN ('department', 'of', 'trust', 'mode')
			OR (field IN ('key', 'related') AND NOT new ? field);
		IF field = 'map' THEN
			map := crm_internal.changed_map(source_id, before, after);
			changes := changes || CASE WHEN map <> present THEN jsonb_build_object('map', map) ELSE '{}' END;
		ELSIF NOT crm_internal.outlives_preset(source_id, before, after, field, NULL) IS TRUE THEN
			changes := changes || jsonb_build_object(field, coalesce(new -> field, '""'));
		END IF;
	END LOOP;
	RETURN changes;
END
$$;
COMMENT ON FUNCTION crm_internal.changed_arguments(integer, jsonb, jsonb) IS 'the arguments by which what is registered becomes what the preset comes to now';
REVOKE ALL ON FUNCTION crm_internal.changed_arguments(integer, jsonb, jsonb) FROM PUBLIC;

-- The details of a plan, each with its place among those of the same table that hang on the same,
-- by which those of an earlier plan are found. path: from the source, which may be called otherwise now.
CREATE FUNCTION crm_internal.details_of_plan(steps jsonb)
RETURNS TABLE (nth bigint, item jsonb, path text, name text, place bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT s.position, s.item,
		pg_catalog.substr(s.item OPERATOR(pg_catalog.->>) 'of', pg_catalog.length(steps OPERATOR(pg_catalog.->) 0 OPERATOR(pg_catalog.->>) 'name') + 1),
		s.item OPERATOR(pg_catalog.->>) 'name',
		pg_catalog.row_number() OVER (
			PARTITION BY s.item OPERATOR(pg_catalog.->>) 'of', s.item OPERATOR(pg_catalog.->>) 'name' ORDER BY s.position)
	FROM pg_catalog.jsonb_array_elements(steps) WITH ORDINALITY s (item, position)
	WHERE s.item OPERATOR(pg_catalog.->>) 'role' = 'd';
END;
COMMENT ON FUNCTION crm_internal.details_of_plan(jsonb) IS 'the details among the steps of a source';
REVOKE ALL ON FUNCTION crm_internal.details_of_plan(jsonb) FROM PUBLIC;

-- The statement that makes of a detail as it was planned before what is planned now, or NULL.
CREATE FUNCTION crm_internal.detail_change(before jsonb, after jsonb)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	registered text := before ->> 'number';
	changes jsonb;
BEGIN
	-- dropped by hand: so be it, unless the preset says something new
	IF registered IS NULL OR NOT EXISTS (SELECT FROM crm_internal.source s WHERE s.source_id = registered::integer AND s.role = 'd') THEN
		RETURN CASE WHEN after ? 'statement' AND (before -> 'arguments') IS DISTINCT FROM (after -> 'arguments') THEN after ->> 'statement' END;
	ELSIF NOT after ? 'statement' THEN
		RETURN format('SELECT crm.drop_detail(%L, of => %L);', registered, crm_internal.parent_of_detail(registered::integer));
	END IF;
	changes := crm_internal.changed_arguments(registered::integer, before, after);
	RETURN CASE WHEN changes <> '{}'
		THEN crm_internal.preset_call('change_detail', registered, changes || jsonb_build_object('of', crm_internal.parent_of_detail(registered::integer))) END;
END
$$;
COMMENT ON FUNCTION crm_internal.detail_change(jsonb, jsonb) IS 'the statement that brings a detail up to what its preset comes to now, or NULL';
REVOKE ALL ON FUNCTION crm_internal.detail_change(jsonb, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.detail_was_renamed(before jsonb)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (
	SELECT FROM crm_internal.source s
	WHERE s.source_id = (before OPERATOR(pg_catalog.->>) 'number')::integer AND s.role = 'd'
		AND pg_catalog.format('%I.%I', s.schema_name, s.table_name) <> before OPERATOR(pg_catalog.->>) 'name'
		AND crm_internal.preset_table(s.schema_name, pg_catalog.to_jsonb(s.table_name)) IS NOT NULL);
COMMENT ON FUNCTION crm_internal.detail_was_renamed(jsonb) IS 'whether a detail has another name by now, which it followed and the preset does not know';
REVOKE ALL ON FUNCTION crm_internal.detail_was_renamed(jsonb) FROM PUBLIC;

-- The plan, with what it was before in place of each detail that was renamed and what hangs on it.
CREATE FUNCTION crm_internal.keep_renamed(before jsonb, after jsonb)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.jsonb_agg(k.item ORDER BY k.nth, k.within)
	FROM (
		SELECT 0::bigint AS nth, 0::bigint AS within, after OPERATOR(pg_catalog.->) 0 AS item
		UNION ALL
		SELECT a.nth, coalesce(c.nth, 0),
			coalesce(c.item || pg_catalog.jsonb_build_object('of', (after OPERATOR(pg_catalog.->) 0 OPERATOR(pg_catalog.->>) 'name') || c.path), a.item)
		FROM crm_internal.details_of_plan(after) a
		LEFT JOIN crm_internal.details_of_plan(before) b
			ON b.path = a.path AND b.name = a.name AND b.place = a.place AND crm_internal.detail_was_renamed(b.item)
		LEFT JOIN crm_internal.details_of_plan(before) c
			ON c.nth = b.nth OR pg_catalog.starts_with(c.path || '/', b.path || '/' || b.name || '/')
	) k;
END;
COMMENT ON FUNCTION crm_internal.keep_renamed(jsonb, jsonb) IS 'the steps of a source as planned now, those of renamed details as before';
REVOKE ALL ON FUNCTION crm_internal.keep_renamed(jsonb, jsonb) FROM PUBLIC;

-- What a detail hangs on, as a statement names it by now.
CREATE FUNCTION crm_internal.parent_of_detail(detail integer)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT CASE WHEN p.role = 's' THEN pg_catalog.format('%I.%I', p.schema_name, p.table_name) ELSE p.source_id::text END
	FROM crm_internal.source d
	JOIN crm_internal.source p ON p.source_id = d.parent_id
	WHERE d.source_id = detail;
END;
COMMENT ON FUNCTION crm_internal.parent_of_detail(integer) IS 'the source or the number of the detail that a detail hangs on';
REVOKE ALL ON FUNCTION crm_internal.parent_of_detail(integer) FROM PUBLIC;

CREATE FUNCTION crm_internal.refresh_statements(source_id integer, before jsonb, after jsonb)
RETURNS SETOF text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	changes jsonb;
	pair record;
	statement text;
	dropped text[] := '{}';
BEGIN
	changes := crm_internal.changed_arguments(source_id, before -> 0, after -> 0);
	IF changes <> '{}' THEN
		RETURN NEXT crm_internal.preset_call('change_source', after -> 0 ->> 'name', changes);
	END IF;
	FOR pair IN
		SELECT b.item AS before, coalesce(a.item, '{}') AS after, coalesce(a.path, b.path) AS path, coalesce(a.name, b.name) AS name
		FROM crm_internal.details_of_plan(refresh_statements.before) b
		FULL JOIN crm_internal.details_of_plan(refresh_statements.after) a ON a.path = b.path AND a.name = b.name AND a.place = b.place
		ORDER BY b.nth, a.nth
	LOOP
		-- with a detail goes what hangs on it
		CONTINUE WHEN EXISTS (SELECT FROM unnest(dropped) d WHERE starts_with(pair.path || '/', d || '/'));
		statement := crm_internal.detail_change(coalesce(pair.before, '{}'), pair.after);
		IF statement LIKE 'SELECT crm.drop_detail(%' THEN
			dropped := dropped || (pair.path || '/' || pair.name);
		END IF;
		IF statement IS NOT NULL THEN
			RETURN NEXT statement;
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.refresh_statements(integer, jsonb, jsonb) IS 'the statements that bring a source and its details up to what its preset comes to now';
REVOKE ALL ON FUNCTION crm_internal.refresh_statements(integer, jsonb, jsonb) FROM PUBLIC;

-- What crm.refresh_preset() is to do: the plan as it is now, and the statements.
CREATE FUNCTION crm_internal.start_refresh(source_id integer)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	source crm_internal.source;
	used crm_internal.preset_use;
	plan jsonb;
BEGIN
	SELECT s.* INTO source FROM crm_internal.source s WHERE s.source_id = start_refresh.source_id;
	SELECT u.* INTO used FROM crm_internal.preset_use u WHERE u.source_id = start_refresh.source_id;
	IF used IS NULL THEN
		RAISE object_not_in_prerequisite_state USING
			MESSAGE = format('"%s.%s" was not made by a preset', source.schema_name, source.table_name),
			HINT = format('SELECT crm.change_source(%L, ...) changes how it is read.', format('%I.%I', source.schema_name, source.table_name));
	END IF;
	plan := crm_internal.preset_plan(source.schema_name, source.table_name, used.preset, used.given, used.steps -> 0 ->> 'known_as');
	plan := crm_internal.keep_renamed(used.steps, plan);
	IF NOT plan -> 0 ? 'statement' THEN
		RAISE undefined_object USING
			MESSAGE = format('preset "%s" finds nothing to read in "%s.%s" any more', used.preset, source.schema_name, source.table_name),
			DETAIL = plan -> 0 -> 'left_out' -> -1 ->> 'reason',
			HINT = 'The source stays as it was; SELECT needs_attention, repair FROM crm.source_status says how it is doing.';
	END IF;
	RETURN jsonb_build_object('plan', plan,
		'since', (SELECT max(s.source_id) FROM crm_internal.source s),
		'statements',
		(SELECT coalesce(jsonb_agg(s), '[]') FROM crm_internal.refresh_statements(start_refresh.source_id, used.steps, plan) s));
END
$$;
COMMENT ON FUNCTION crm_internal.start_refresh(integer) IS 'the plan of the preset that a source was made by, as it is now, and the statements that bring the source up to it';
REVOKE ALL ON FUNCTION crm_internal.start_refresh(integer) FROM PUBLIC;

-- After the statements ran: remembers the plan as it is now and says what is still left out.
CREATE FUNCTION crm_internal.finish_refresh(source_id integer, refresh jsonb)
RETURNS bigint
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	used crm_internal.preset_use;
	numbered jsonb;
BEGIN
	SELECT u.* INTO used FROM crm_internal.preset_use u WHERE u.source_id = finish_refresh.source_id;
	SELECT jsonb_agg(a.item || CASE WHEN b.number IS NULL THEN '{}' ELSE jsonb_build_object('number', b.number) END ORDER BY a.position) INTO numbered
	FROM jsonb_array_elements(refresh -> 'plan') WITH ORDINALITY a (item, position)
	LEFT JOIN crm_internal.details_of_plan(refresh -> 'plan') d ON d.nth = a.position
	LEFT JOIN LATERAL (
		SELECT o.item -> 'number' AS number
		FROM crm_internal.details_of_plan(used.steps) o
		JOIN crm_internal.source s ON s.source_id = (o.item ->> 'number')::integer AND s.role = 'd'
		WHERE o.path = d.path AND o.name = d.name AND o.place = d.place) b ON true;
	UPDATE crm_internal.preset_use u
	SET steps = crm_internal.number_details(finish_refresh.source_id, numbered, (refresh ->> 'since')::integer), applied_at = now()
	WHERE u.source_id = finish_refresh.source_id;
	PERFORM crm_internal.tell_left_out(refresh -> 'plan', used.preset);
	RETURN jsonb_array_length(refresh -> 'statements');
END
$$;
COMMENT ON FUNCTION crm_internal.finish_refresh(integer, jsonb) IS 'remembers what the preset of a source comes to now; the number of statements that ran';
REVOKE ALL ON FUNCTION crm_internal.finish_refresh(integer, jsonb) FROM PUBLIC;

CREATE FUNCTION crm.refresh_preset(source text)
RETURNS TABLE (step integer, statement text)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_refresh_preset';
COMMENT ON FUNCTION crm.refresh_preset(text) IS
	'looks again at the tables of a source that was made by a preset, after an upgrade of the application or of crm, takes up what they have become able to serve, lets go what they no longer do, and returns the statements that this took; no row: nothing is new. What was changed by hand since stays, unless the preset comes to something else there now. Rights as for crm.change_source() and crm.add_detail(). An act under process.policy';
REVOKE ALL ON FUNCTION crm.refresh_preset(text) FROM PUBLIC;
