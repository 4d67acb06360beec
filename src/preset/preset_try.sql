-- preset_try: what of one entry of a preset's document the table that is there can serve.

CREATE FUNCTION crm_internal.check_expression(relation regclass, field text, attribute text, expression text)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_check_expression';
COMMENT ON FUNCTION crm_internal.check_expression(regclass, text, text, text) IS
	'an error if crm.add_source() could not use the expression as this field of the table, or, of field map, for this attribute; field key: if the table has no key by itself';
REVOKE ALL ON FUNCTION crm_internal.check_expression(regclass, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.check_detail_key(relation regclass, key text[], parent regclass, parent_key text[], parent_is_detail boolean)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_check_detail_key';
COMMENT ON FUNCTION crm_internal.check_detail_key(regclass, text[], regclass, text[], boolean) IS
	'an error if crm.add_detail() could not hang the table on the other by this key';
REVOKE ALL ON FUNCTION crm_internal.check_detail_key(regclass, text[], regclass, text[], boolean) FROM PUBLIC;

-- A table that is locked, or a server that is out of something, is no reason to leave anything out.
CREATE FUNCTION crm_internal.expression_problem(relation regclass, field text, attribute text, expression text)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.check_expression(relation, field, attribute, expression);
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE LIKE '53%' OR SQLSTATE IN ('55P03', '40P01') THEN
		RAISE;
	END IF;
	RETURN regexp_replace(regexp_replace(SQLERRM, '^.* is not usable: ', ''), '^\w+( ".*")? of source ".*" is ', 'it is ');
END
$$;
COMMENT ON FUNCTION crm_internal.expression_problem(regclass, text, text, text) IS 'why the table cannot serve the expression, or NULL: it can';
REVOKE ALL ON FUNCTION crm_internal.expression_problem(regclass, text, text, text) FROM PUBLIC;

-- An array of a document as one of the server.
CREATE FUNCTION crm_internal.preset_texts(elements jsonb)
RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN pg_catalog.jsonb_typeof(elements) = 'array' THEN ARRAY(SELECT pg_catalog.jsonb_array_elements_text(elements)) END;
COMMENT ON FUNCTION crm_internal.preset_texts(jsonb) IS 'the texts of an array, NULL for anything else';
REVOKE ALL ON FUNCTION crm_internal.preset_texts(jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.detail_key_problem(relation regclass, key jsonb, parent regclass, parent_key jsonb, parent_is_detail boolean)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.check_detail_key(relation, crm_internal.preset_texts(key), parent, crm_internal.preset_texts(parent_key), parent_is_detail);
	RETURN NULL;
EXCEPTION WHEN OTHERS THEN
	IF SQLSTATE LIKE '53%' OR SQLSTATE IN ('55P03', '40P01') THEN
		RAISE;
	END IF;
	RETURN SQLERRM;
END
$$;
COMMENT ON FUNCTION crm_internal.detail_key_problem(regclass, jsonb, regclass, jsonb, boolean) IS 'why the table cannot hang on the other by this key, or NULL: it can';
REVOKE ALL ON FUNCTION crm_internal.detail_key_problem(regclass, jsonb, regclass, jsonb, boolean) FROM PUBLIC;

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
