-- preset_plan: what of a preset's document the tables that are there can serve, as statements.

CREATE FUNCTION crm_internal.check_expression(relation regclass, field text, attribute text, expression text)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_check_expression';
COMMENT ON FUNCTION crm_internal.check_expression(regclass, text, text, text) IS
	'an error if crm.add_source() could not use the expression as this field of the table, or, of field map, for this attribute; field key: if the table has no key by itself';
REVOKE ALL ON FUNCTION crm_internal.check_expression(regclass, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.preset_target(source text, OUT schema_name text, OUT table_name text)
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'crm_preset_target';
COMMENT ON FUNCTION crm_internal.preset_target(text) IS 'the schema or table of this name, table_name NULL for a schema';
REVOKE ALL ON FUNCTION crm_internal.preset_target(text) FROM PUBLIC;

CREATE FUNCTION crm_internal.expression_problem(relation regclass, field text, attribute text, expression text)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.check_expression(relation, field, attribute, expression);
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE LIKE '53%' THEN
		RAISE;
	END IF;
	RETURN regexp_replace(regexp_replace(SQLERRM, '^.* is not usable: ', ''), '^\w+( ".*")? of source ".*" is ', 'it is ');
END
$$;
COMMENT ON FUNCTION crm_internal.expression_problem(regclass, text, text, text) IS 'why the table cannot serve the expression, or NULL: it can';
REVOKE ALL ON FUNCTION crm_internal.expression_problem(regclass, text, text, text) FROM PUBLIC;

-- The first table of these names that is in the schema.
CREATE FUNCTION crm_internal.preset_table(in_schema text, names jsonb)
RETURNS regclass
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT c.oid::pg_catalog.regclass
	FROM pg_catalog.jsonb_array_elements_text(crm_internal.preset_choices(names)) WITH ORDINALITY n (name, position)
	JOIN pg_catalog.pg_namespace s ON s.nspname = in_schema
	JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND c.relname = n.name
	WHERE c.relkind = ANY ('{r,p,v,m,f}'::"char"[])
	ORDER BY n.position
	LIMIT 1;
END;
COMMENT ON FUNCTION crm_internal.preset_table(text, jsonb) IS 'the first table of these names that is in the schema, or NULL';
REVOKE ALL ON FUNCTION crm_internal.preset_table(text, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.has_column(relation regclass, name text)
RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE
RETURN EXISTS (
	SELECT FROM pg_catalog.pg_attribute a
	WHERE a.attrelid = relation AND a.attname = name AND a.attnum > 0 AND NOT a.attisdropped);
COMMENT ON FUNCTION crm_internal.has_column(regclass, text) IS 'whether the table has a column of exactly this name';
REVOKE ALL ON FUNCTION crm_internal.has_column(regclass, text) FROM PUBLIC;

-- Of an inner array the first that is there. "column = column" names one of each table.
CREATE FUNCTION crm_internal.preset_columns(relation regclass, parent regclass, wanted jsonb, OUT present jsonb, OUT missing text)
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.jsonb_agg(f.name ORDER BY w.position),
		pg_catalog.min(w.names OPERATOR(pg_catalog.#>>) '{}') FILTER (WHERE f.name IS NULL)
	FROM pg_catalog.jsonb_array_elements(crm_internal.preset_choices(wanted)) WITH ORDINALITY w (names, position)
	LEFT JOIN LATERAL (
		SELECT n.name
		FROM pg_catalog.jsonb_array_elements_text(crm_internal.preset_choices(w.names)) WITH ORDINALITY n (name, position),
			LATERAL pg_catalog.regexp_split_to_array(n.name, '\s*=\s*') AS side
		WHERE crm_internal.has_column(relation, side[1])
			AND (side[2] IS NULL OR crm_internal.has_column(parent, side[2]))
		ORDER BY n.position
		LIMIT 1) f ON true;
END;
COMMENT ON FUNCTION crm_internal.preset_columns(regclass, regclass, jsonb) IS 'the columns of these names that the table has, and one that it has not, or NULL';
REVOKE ALL ON FUNCTION crm_internal.preset_columns(regclass, regclass, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.preset_label(relation regclass)
RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
	FROM pg_catalog.pg_class c
	JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	WHERE c.oid = relation;
END;
COMMENT ON FUNCTION crm_internal.preset_label(regclass) IS 'the table as a statement names it, with its schema whatever the search_path';
REVOKE ALL ON FUNCTION crm_internal.preset_label(regclass) FROM PUBLIC;

CREATE FUNCTION crm_internal.first_usable(relation regclass, field text, attribute text, choices jsonb,
	OUT chosen text, OUT left_out jsonb)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	expression text;
	problem text;
BEGIN
	left_out := '[]';
	FOR expression IN SELECT e FROM jsonb_array_elements_text(crm_internal.preset_choices(choices)) e LOOP
		problem := crm_internal.expression_problem(relation, field, attribute, expression);
		IF problem IS NULL THEN
			chosen := expression;
			left_out := '[]';
			RETURN;
		END IF;
		left_out := left_out || jsonb_strip_nulls(jsonb_build_object(
			'field', field, 'attribute', attribute, 'expression', expression, 'reason', problem));
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.first_usable(regclass, text, text, jsonb) IS 'the first of the expressions that the table can serve; if none, why each cannot be used';
REVOKE ALL ON FUNCTION crm_internal.first_usable(regclass, text, text, jsonb) FROM PUBLIC;

-- map: attribute -> [expression]; one that is alone stands without brackets, as a person would write.
CREATE FUNCTION crm_internal.preset_map(relation regclass, map jsonb, OUT usable jsonb, OUT left_out jsonb)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry record;
	element jsonb;
	found record;
	expressions jsonb;
BEGIN
	usable := '{}';
	left_out := '[]';
	FOR entry IN SELECT e.key AS attribute, e.value AS elements FROM jsonb_each(map) e LOOP
		expressions := '[]';
		FOR element IN SELECT e FROM jsonb_array_elements(crm_internal.preset_choices(entry.elements)) e LOOP
			found := crm_internal.first_usable(relation, 'map', entry.attribute, element);
			left_out := left_out || found.left_out;
			IF found.chosen IS NOT NULL THEN
				expressions := expressions || to_jsonb(found.chosen);
			END IF;
		END LOOP;
		IF jsonb_array_length(expressions) = 1 THEN
			expressions := expressions -> 0;
		END IF;
		IF expressions <> '[]' THEN
			usable := usable || jsonb_build_object(entry.attribute, expressions);
		END IF;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.preset_map(regclass, jsonb) IS 'what of a map the table can serve, and what not with the reasons';
REVOKE ALL ON FUNCTION crm_internal.preset_map(regclass, jsonb) FROM PUBLIC;

-- A comment at the end of a condition must not swallow the bracket behind it.
CREATE FUNCTION crm_internal.preset_operand(condition text)
RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN pg_catalog.strpos(condition, '--') > 0 THEN condition || E'\n' ELSE condition END;
COMMENT ON FUNCTION crm_internal.preset_operand(text) IS 'a condition that brackets can be put around';
REVOKE ALL ON FUNCTION crm_internal.preset_operand(text) FROM PUBLIC;

CREATE FUNCTION crm_internal.preset_filter(relation regclass, conjuncts jsonb, OUT usable text, OUT left_out jsonb)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	conjunct jsonb;
	found record;
	conditions text[] := '{}';
BEGIN
	left_out := '[]';
	FOR conjunct IN SELECT e FROM jsonb_array_elements(crm_internal.preset_choices(conjuncts)) e LOOP
		found := crm_internal.first_usable(relation, 'filter', NULL, conjunct);
		left_out := left_out || found.left_out;
		conditions := conditions || crm_internal.preset_operand(found.chosen);
	END LOOP;
	conditions := array_remove(conditions, NULL);
	usable := CASE cardinality(conditions)
		WHEN 0 THEN NULL
		WHEN 1 THEN conditions[1]
		ELSE '(' || array_to_string(conditions, ') AND (') || ')'
	END;
END
$$;
COMMENT ON FUNCTION crm_internal.preset_filter(regclass, jsonb) IS 'those of the conditions that the table can serve, joined by AND';
REVOKE ALL ON FUNCTION crm_internal.preset_filter(regclass, jsonb) FROM PUBLIC;

-- kind, region and so on, each the first usable of its alternatives; of what says more about a
-- relation nothing without the relation itself.
CREATE FUNCTION crm_internal.preset_fields(relation regclass, in_schema text, entry jsonb, OUT usable jsonb, OUT left_out jsonb)
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	field text;
	found record;
	related regclass;
BEGIN
	usable := '{}';
	left_out := '[]';
	FOREACH field IN ARRAY '{kind,region,changed_at,entered_by,preferred,belongs_to,relation,since,until}'::text[] LOOP
		CONTINUE WHEN field IN ('relation', 'since', 'until') AND NOT usable ? 'belongs_to';
		found := crm_internal.first_usable(relation, field, NULL, entry -> field);
		left_out := left_out || found.left_out;
		CONTINUE WHEN found.chosen IS NULL;
		IF field = 'belongs_to' AND entry ? 'related' THEN
			related := crm_internal.preset_table(in_schema, entry -> 'related');
			IF related IS NULL THEN
				left_out := left_out || jsonb_build_object('field', field, 'expression', found.chosen,
					'reason', format('table "%s" does not exist', crm_internal.preset_choices(entry -> 'related') ->> 0));
				CONTINUE;
			END IF;
			usable := usable || jsonb_build_object('related', crm_internal.preset_label(related));
		END IF;
		usable := usable || jsonb_build_object(field, found.chosen);
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.preset_fields(regclass, text, jsonb) IS 'what of the single fields of a document''s entry the table can serve';
REVOKE ALL ON FUNCTION crm_internal.preset_fields(regclass, text, jsonb) FROM PUBLIC;

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
		THEN pg_catalog.quote_literal(ARRAY(SELECT pg_catalog.jsonb_array_elements_text(argument))::text)
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
CREATE FUNCTION crm_internal.preset_details(in_schema text, details jsonb, parent regclass, path text)
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
			deeper := crm_internal.preset_details(in_schema, entry -> 'details', part.relation, path || '/' || label);
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
COMMENT ON FUNCTION crm_internal.preset_details(text, jsonb, regclass, text) IS 'the steps that add the details of a source or detail';
REVOKE ALL ON FUNCTION crm_internal.preset_details(text, jsonb, regclass, text) FROM PUBLIC;

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
		'arguments', part.arguments, 'statement', crm_internal.preset_call('add_source', label, part.arguments)))
		|| crm_internal.preset_details(in_schema, entry -> 'details', part.relation, label);
END
$$;
COMMENT ON FUNCTION crm_internal.preset_source(text, jsonb, jsonb) IS 'the steps that add a source of a document with its details';
REVOKE ALL ON FUNCTION crm_internal.preset_source(text, jsonb, jsonb) FROM PUBLIC;

-- Runs as the owner: tells what tables and columns there are, which everybody may read in the
-- catalogs, and locks each table for the moment in which its columns are looked at.
CREATE FUNCTION crm_internal.preset_plan(in_schema text, only_table text, preset text, given jsonb)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
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
		CONTINUE WHEN only_table IS NOT NULL AND NOT crm_internal.preset_choices(entry -> 'table') ? only_table;
		IF only_table IS NOT NULL THEN
			entry := entry || jsonb_build_object('table', only_table);
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
COMMENT ON FUNCTION crm_internal.preset_plan(text, text, text, jsonb) IS 'what crm.add_source() with this preset does to a schema or one table of it: an array of steps';
REVOKE ALL ON FUNCTION crm_internal.preset_plan(text, text, text, jsonb) FROM PUBLIC;

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

CREATE FUNCTION crm.preset_statements(source text, preset text, department text DEFAULT NULL)
RETURNS TABLE (step integer, statement text, left_out text)
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	SELECT s.position::integer, s.item OPERATOR(pg_catalog.->>) 'statement',
		coalesce(pg_catalog.format(CASE WHEN s.item OPERATOR(pg_catalog.?) 'statement' THEN '%2$s' ELSE E'%1$s is left out\n%2$s' END,
			s.item OPERATOR(pg_catalog.->>) 'name', crm_internal.preset_reasons(s.item OPERATOR(pg_catalog.->) 'left_out')), '')
	FROM crm_internal.preset_target(source) t,
		LATERAL pg_catalog.jsonb_array_elements(crm_internal.preset_plan(t.schema_name, t.table_name, preset,
			pg_catalog.jsonb_build_object('department', coalesce(department, t.schema_name)))) WITH ORDINALITY s (item, position)
	ORDER BY s.position;
END;
COMMENT ON FUNCTION crm.preset_statements(text, text, text) IS
	'the statements that crm.add_source() with this preset would run for a schema, or for one table of it and its details, in their order: to be read, or changed and run by hand; left_out: what of the preset the tables that are there cannot serve, and why; a step without a statement is left out as a whole. department: by default the name of the schema. Changes nothing.';
REVOKE ALL ON FUNCTION crm.preset_statements(text, text, text) FROM PUBLIC;
