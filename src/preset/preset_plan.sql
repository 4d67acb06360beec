-- preset_plan: what a preset's document comes to for the tables that are there, as statements.

-- reason: why nothing of the entry can be used, else NULL. parent: of a detail, else NULL.
CREATE FUNCTION crm_internal.preset_part(in_schema text, entry jsonb, parent regclass,
	OUT relation regclass, OUT arguments jsonb, OUT left_out jsonb, OUT reason text)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	keys record;
	missing text;
	map record;
	filter record;
	fields record;
BEGIN
	left_out := '[]';
	relation := crm_internal.preset_table(in_schema, entry -> 'table');
	IF relation IS NULL THEN
		reason := 'the table does not exist';
		RETURN;
	END IF;
	keys := crm_internal.preset_columns(relation, parent, entry -> 'key');
	missing := coalesce(keys.missing, (crm_internal.preset_columns(relation, parent, entry -> 'requires')).missing);
	IF missing IS NULL AND keys.present IS NULL THEN
		reason := crm_internal.expression_problem(relation, 'key', NULL, NULL);
	ELSIF missing IS NOT NULL THEN
		reason := format('column "%s" does not exist', missing);
	END IF;
	IF reason IS NOT NULL THEN
		RETURN;
	END IF;
	map := crm_internal.preset_map(relation, entry -> 'map');
	filter := crm_internal.preset_filter(relation, entry -> 'filter');
	fields := crm_internal.preset_fields(relation, in_schema, entry);
	left_out := map.left_out || filter.left_out || fields.left_out;
	arguments := jsonb_strip_nulls(jsonb_build_object('map', map.usable, 'filter', filter.usable, 'key', keys.present)) || fields.usable;
END
$$;
COMMENT ON FUNCTION crm_internal.preset_part(text, jsonb, regclass) IS 'what of a source or detail of a document the table that is there can serve, as arguments of crm.add_source() or crm.add_detail()';
REVOKE ALL ON FUNCTION crm_internal.preset_part(text, jsonb, regclass) FROM PUBLIC;

-- What the caller gives stands before the document; his filter is one more condition. His
-- expressions are not tried here: what is wrong with them is an error of crm.add_source().
CREATE FUNCTION crm_internal.preset_given(arguments jsonb, given jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH own AS (
		SELECT coalesce(pg_catalog.jsonb_object_agg(g.key, g.value), '{}') AS fields
		FROM pg_catalog.jsonb_each(given) g
		WHERE g.value <> 'null' AND g.key NOT IN ('map', 'filter')
	)
	SELECT arguments OPERATOR(pg_catalog.||) own.fields OPERATOR(pg_catalog.||) pg_catalog.jsonb_strip_nulls(pg_catalog.jsonb_build_object(
		'map', coalesce(arguments OPERATOR(pg_catalog.->) 'map', '{}')
			OPERATOR(pg_catalog.||) CASE pg_catalog.jsonb_typeof(given OPERATOR(pg_catalog.->) 'map')
				WHEN 'object' THEN given OPERATOR(pg_catalog.->) 'map' ELSE '{}' END,
		'filter', CASE
			WHEN given OPERATOR(pg_catalog.->>) 'filter' ~ '\S' AND arguments OPERATOR(pg_catalog.->>) 'filter' IS NOT NULL
				THEN pg_catalog.format('(%s) AND (%s)', crm_internal.preset_operand(arguments OPERATOR(pg_catalog.->>) 'filter'),
					crm_internal.preset_operand(given OPERATOR(pg_catalog.->>) 'filter'))
			ELSE coalesce(nullif(given OPERATOR(pg_catalog.->>) 'filter', ''), arguments OPERATOR(pg_catalog.->>) 'filter')
		END))
	FROM own;
END;
COMMENT ON FUNCTION crm_internal.preset_given(jsonb, jsonb) IS 'arguments from a preset with those that the caller gave beside it';
REVOKE ALL ON FUNCTION crm_internal.preset_given(jsonb, jsonb) FROM PUBLIC;

-- Text with quotes in it is read more easily between dollars, where it holds none itself.
CREATE FUNCTION crm_internal.preset_literal(argument jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
	WHEN pg_catalog.jsonb_typeof(argument) = 'array'
		THEN pg_catalog.quote_literal(crm_internal.preset_texts(argument)::text)
	WHEN pg_catalog.jsonb_typeof(argument) = 'number' THEN argument::text
	WHEN argument OPERATOR(pg_catalog.#>>) '{}' ~ '[''\\]' AND argument OPERATOR(pg_catalog.#>>) '{}' !~ '[$]'
		THEN '$$' || (argument OPERATOR(pg_catalog.#>>) '{}') || '$$'
	ELSE pg_catalog.quote_literal(argument OPERATOR(pg_catalog.#>>) '{}')
END;
COMMENT ON FUNCTION crm_internal.preset_literal(jsonb) IS 'an argument as SQL: texts, arrays of text, objects as jsonb and numbers';
REVOKE ALL ON FUNCTION crm_internal.preset_literal(jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.preset_call(routine text, subject text, arguments jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.format('SELECT crm.%I(%L', routine, subject)
		OPERATOR(pg_catalog.||) coalesce(pg_catalog.string_agg(
			pg_catalog.format(', %I => %s', a.key, crm_internal.preset_literal(a.value)), '' ORDER BY p.position), '')
		OPERATOR(pg_catalog.||) ');'
	FROM pg_catalog.unnest('{department,of,key,map,filter,preferred,kind,region,changed_at,entered_by,trust,mode,belongs_to,related,relation,since,until}'::text[])
		WITH ORDINALITY p (name, position)
	JOIN pg_catalog.jsonb_each(arguments) a ON a.key = p.name;
END;
COMMENT ON FUNCTION crm_internal.preset_call(text, text, jsonb) IS 'the statement that calls crm.routine with this first argument and these named ones';
REVOKE ALL ON FUNCTION crm_internal.preset_call(text, text, jsonb) FROM PUBLIC;

-- One step a detail, a parent before what hangs on it. What cannot be used is left out with all
-- that hangs on it, and so is a detail that would give nothing.
CREATE FUNCTION crm_internal.preset_details(in_schema text, details jsonb, parent regclass, parent_key jsonb, path text, nested boolean)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry jsonb;
	part record;
	label text;
	deeper jsonb;
	steps jsonb := '[]';
BEGIN
	FOR entry IN SELECT e FROM jsonb_array_elements(crm_internal.preset_choices(details)) e LOOP
		part := crm_internal.preset_part(in_schema, entry, parent);
		label := coalesce(crm_internal.preset_label(part.relation), format('%I.%I', in_schema, crm_internal.preset_choices(entry -> 'table') ->> 0));
		deeper := '[]';
		IF part.reason IS NULL THEN
			part.reason := crm_internal.detail_key_problem(part.relation, part.arguments -> 'key', parent, parent_key, nested);
		END IF;
		IF part.reason IS NULL THEN
			deeper := crm_internal.preset_details(in_schema, entry -> 'details', part.relation, part.arguments -> 'key', path || '/' || label, true);
			IF part.arguments -> 'map' = '{}' AND NOT part.arguments ? 'belongs_to'
				AND NOT jsonb_path_exists(deeper, '$[*].statement ? (@ != null)') THEN
				part.reason := 'none of its values can be read';
			ELSIF EXISTS (
				SELECT FROM jsonb_array_elements(steps) s
				WHERE s ->> 'name' = label AND s ? 'statement'
					AND s #> '{arguments,key}' = part.arguments -> 'key' AND (s #> '{arguments,filter}') IS NOT DISTINCT FROM part.arguments -> 'filter') THEN
				part.reason := 'what is left of its filter tells its rows from those of no other detail';
			END IF;
		END IF;
		IF part.reason IS NOT NULL THEN
			steps := steps || jsonb_build_object('role', 'd', 'name', label, 'of', path,
				'left_out', part.left_out || jsonb_build_object('field', 'details', 'expression', crm_internal.preset_choices(entry -> 'table') -> 0, 'reason', part.reason));
			CONTINUE;
		END IF;
		part.arguments := part.arguments || jsonb_build_object('of', path);
		steps := steps || jsonb_build_object('role', 'd', 'name', label, 'of', path, 'left_out', part.left_out,
			'arguments', part.arguments, 'statement', crm_internal.preset_call('add_detail', label, part.arguments)) || deeper;
	END LOOP;
	RETURN steps;
END
$$;
COMMENT ON FUNCTION crm_internal.preset_details(text, jsonb, regclass, jsonb, text, boolean) IS 'the steps that add the details of a source or detail';
REVOKE ALL ON FUNCTION crm_internal.preset_details(text, jsonb, regclass, jsonb, text, boolean) FROM PUBLIC;

-- The steps of one source: itself, then its details. A source that cannot be used is one step
-- without a statement.
CREATE FUNCTION crm_internal.preset_source(in_schema text, entry jsonb, given jsonb)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	part record;
	step jsonb;
	label text;
BEGIN
	part := crm_internal.preset_part(in_schema, entry, NULL);
	label := coalesce(crm_internal.preset_label(part.relation), format('%I.%I', in_schema, crm_internal.preset_choices(entry -> 'table') ->> 0));
	IF part.reason IS NULL THEN
		part.arguments := crm_internal.preset_given(part.arguments, given);
		IF part.arguments -> 'map' = '{}' THEN
			part.reason := 'none of its attributes can be read';
		END IF;
	END IF;
	step := jsonb_build_object('role', 's', 'name', label, 'left_out', part.left_out);
	IF part.reason IS NOT NULL THEN
		RETURN jsonb_build_array(step || jsonb_build_object('left_out',
			part.left_out || jsonb_build_object('field', 'sources', 'expression', crm_internal.preset_choices(entry -> 'table') -> 0, 'reason', part.reason)));
	END IF;
	RETURN jsonb_build_array(step || jsonb_build_object('schema', in_schema, 'table', (SELECT c.relname FROM pg_class c WHERE c.oid = part.relation),
		'known_as', coalesce(entry ->> 'known_as', (SELECT c.relname FROM pg_class c WHERE c.oid = part.relation)),
		'arguments', part.arguments, 'statement', crm_internal.preset_call('add_source', label, part.arguments)))
		|| crm_internal.preset_details(in_schema, entry -> 'details', part.relation, part.arguments -> 'key', label, false);
END
$$;
COMMENT ON FUNCTION crm_internal.preset_source(text, jsonb, jsonb) IS 'the steps that add a source of a document with its details';
REVOKE ALL ON FUNCTION crm_internal.preset_source(text, jsonb, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.preset_plan(in_schema text, only_table text, preset text, given jsonb, known_as text DEFAULT NULL)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	definition jsonb := crm_internal.preset_definition(preset);
	entry jsonb;
	steps jsonb := '[]';
BEGIN
	IF definition IS NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('preset "%s" does not exist', preset),
			HINT = 'SELECT name, title FROM crm.presets lists them; SELECT * FROM crm.detect_preset() says which fits.';
	END IF;
	FOR entry IN SELECT e FROM jsonb_array_elements(definition -> 'sources') e LOOP
		CONTINUE WHEN only_table IS NOT NULL AND NOT crm_internal.preset_choices(entry -> 'table') ? coalesce(known_as, only_table);
		IF only_table IS NOT NULL THEN
			-- by the name that it has now, also where something is related to it
			entry := replace(entry::text, '"related": ' || to_jsonb(coalesce(known_as, only_table))::text,
				'"related": ' || to_jsonb(only_table)::text)::jsonb
				|| jsonb_build_object('table', only_table, 'known_as', coalesce(known_as, only_table));
		END IF;
		steps := steps || crm_internal.preset_source(in_schema, entry, given);
	END LOOP;
	IF steps = '[]' AND only_table IS NOT NULL THEN
		RAISE undefined_object USING
			MESSAGE = format('preset "%s" has no source "%s"', preset, only_table),
			HINT = format('Its sources are %s; SELECT * FROM crm.suggest_mapping(%L) proposes a mapping.',
				(SELECT string_agg(DISTINCT t #>> '{}', ', ') FROM jsonb_path_query(definition, 'strict $.sources[*].table') f, jsonb_path_query(f, 'lax $[*]') t),
				format('%I.%I', in_schema, only_table));
	END IF;
	RETURN steps;
END
$$;
COMMENT ON FUNCTION crm_internal.preset_plan(text, text, text, jsonb, text) IS 'what crm.add_source() with this preset does to a schema or one table of it: an array of steps; known_as: what the preset calls the table, if not as it is called by now';
REVOKE ALL ON FUNCTION crm_internal.preset_plan(text, text, text, jsonb, text) FROM PUBLIC;

-- jsonb of reasons as a person reads it, one a line.
CREATE FUNCTION crm_internal.preset_reasons(left_out jsonb)
RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.string_agg(pg_catalog.format('%s: %s: %s', coalesce(l.item OPERATOR(pg_catalog.->>) 'attribute', l.item OPERATOR(pg_catalog.->>) 'field'),
		l.item OPERATOR(pg_catalog.->>) 'expression', l.item OPERATOR(pg_catalog.->>) 'reason'), E'\n' ORDER BY l.position)
	FROM pg_catalog.jsonb_array_elements(left_out) WITH ORDINALITY l (item, position);
END;
COMMENT ON FUNCTION crm_internal.preset_reasons(jsonb) IS 'field: expression: reason, a line each; NULL if nothing was left out';
REVOKE ALL ON FUNCTION crm_internal.preset_reasons(jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.plan_rows(plan jsonb)
RETURNS TABLE (step integer, statement text, left_out text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT s.position::integer, s.item OPERATOR(pg_catalog.->>) 'statement',
		coalesce(pg_catalog.format(CASE WHEN s.item OPERATOR(pg_catalog.?) 'statement' THEN '%2$s' ELSE E'%1$s is left out\n%2$s' END,
			s.item OPERATOR(pg_catalog.->>) 'name', crm_internal.preset_reasons(s.item OPERATOR(pg_catalog.->) 'left_out')), '')
	FROM pg_catalog.jsonb_array_elements(plan) WITH ORDINALITY s (item, position)
	ORDER BY s.position;
END;
COMMENT ON FUNCTION crm_internal.plan_rows(jsonb) IS 'a plan as crm.preset_statements() shows it';
REVOKE ALL ON FUNCTION crm_internal.plan_rows(jsonb) FROM PUBLIC;

CREATE FUNCTION crm.preset_statements(source text, preset text, department text DEFAULT NULL)
RETURNS TABLE (step integer, statement text, left_out text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_preset_statements';
COMMENT ON FUNCTION crm.preset_statements(text, text, text) IS
	'the statements that crm.add_source() with this preset would run for a schema, or for one table of it and its details, in their order: to be read, or changed and run by hand; left_out: what of the preset the tables that are there cannot serve, and why; a step without a statement is left out as a whole. department: by default the name of the schema. Changes nothing.';
REVOKE ALL ON FUNCTION crm.preset_statements(text, text, text) FROM PUBLIC;
