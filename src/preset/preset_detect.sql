-- preset_detect: which known system's tables a schema holds.

-- A misspelt schema would look like one that no preset fits.
CREATE FUNCTION crm_internal.is_known_schema(schema text)
RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	IF is_known_schema.schema IS NOT NULL
		AND NOT EXISTS (SELECT FROM pg_catalog.pg_namespace n WHERE n.nspname = is_known_schema.schema)
	THEN
		RAISE EXCEPTION 'schema "%" does not exist', is_known_schema.schema
			USING ERRCODE = '3F000', HINT = 'SELECT * FROM crm.detect_preset() looks at all schemas.';
	END IF;
	RETURN true;
END;
$$;
COMMENT ON FUNCTION crm_internal.is_known_schema(text) IS 'true if the schema is there or NULL; else error 3F000';
REVOKE ALL ON FUNCTION crm_internal.is_known_schema(text) FROM PUBLIC;

-- Where two presets know the same table the one that knows more of it is meant. Nothing here is worth
-- a compilation, which takes longer than the look at all schemas.
CREATE FUNCTION crm.detect_preset(INOUT schema text DEFAULT NULL, OUT preset text, OUT confidence real, OUT missing text[])
RETURNS SETOF record
LANGUAGE sql STABLE PARALLEL SAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET jit = off
BEGIN ATOMIC
	WITH document AS (
		SELECT p.name, d.position AS way, d.tables
		FROM (
			SELECT DISTINCT ON (o.name) o.name, o.definition
			FROM crm_internal.preset o
			ORDER BY o.name, o.builtin
		) p,
			ROWS FROM (pg_catalog.jsonb_path_query(p.definition, 'lax $.detect[*].tables'))
				WITH ORDINALITY d (tables, position)
	), wanted AS (
		SELECT d.name, d.way, t.key AS table_name, c AS column_name
		FROM document d,
			pg_catalog.jsonb_each(d.tables) t,
			LATERAL (SELECT NULL::text UNION ALL SELECT pg_catalog.jsonb_array_elements_text(t.value)) c (c)
	), present AS (
		SELECT n.nspname::text AS schema_name, c.relname::text AS table_name, c.oid AS relation
		FROM pg_catalog.pg_class c
		JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = ANY ('{r,p,v,m,f}'::"char"[])
			AND c.relname IN (SELECT w.table_name FROM wanted w)
			AND (detect_preset.schema IS NULL OR n.nspname = detect_preset.schema)
			AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'crm', 'crm_internal')
			AND n.nspname !~ '^pg_(toast|temp)'
	), looked AS (
		SELECT s.schema_name, w.name, w.way, w.table_name, w.column_name,
			p.relation IS NOT NULL AS table_there,
			p.relation IS NOT NULL AND (w.column_name IS NULL OR a.attname IS NOT NULL) AS there
		FROM (SELECT DISTINCT p.schema_name FROM present p) s
		CROSS JOIN wanted w
		LEFT JOIN present p ON p.schema_name = s.schema_name AND p.table_name = w.table_name
		LEFT JOIN pg_catalog.pg_attribute a
			ON a.attrelid = p.relation AND a.attname = w.column_name AND a.attnum > 0 AND NOT a.attisdropped
	), fit AS (
		SELECT l.schema_name, l.name, l.way,
			(pg_catalog.count(*) FILTER (WHERE l.there))::real / pg_catalog.count(*)::real AS share,
			coalesce(pg_catalog.array_agg(pg_catalog.concat_ws('.', l.table_name, l.column_name) ORDER BY l.table_name, l.column_name NULLS FIRST)
				FILTER (WHERE NOT l.there AND (l.table_there OR l.column_name IS NULL)), '{}') AS missing,
			pg_catalog.array_agg(DISTINCT l.table_name) FILTER (WHERE l.table_there) AS tables
		FROM looked l
		GROUP BY l.schema_name, l.name, l.way
	), best AS (
		SELECT DISTINCT ON (f.schema_name, f.name) f.schema_name, f.name, f.share, f.missing, f.tables
		FROM fit f
		WHERE f.share >= 0.5
		ORDER BY f.schema_name, f.name, f.share DESC, f.way
	)
	SELECT b.schema_name, b.name, b.share, b.missing
	FROM best b
	WHERE crm_internal.is_known_schema(detect_preset.schema) AND NOT EXISTS (
		SELECT FROM best o
		WHERE o.schema_name = b.schema_name AND o.tables && b.tables AND o.share > b.share)
	ORDER BY b.share DESC, b.schema_name, b.name;
END;
COMMENT ON FUNCTION crm.detect_preset(text) IS
	'which presets of crm.presets fit a schema, or all schemas, by the tables and columns that are there: confidence is the share of those by which the system is known, from 0.5 to 1; missing: those of them that are not there, as table or table.column. Names of tables and columns are all that it looks at. Errors: 3F000 for a schema that is not there.';
REVOKE ALL ON FUNCTION crm.detect_preset(text) FROM PUBLIC;

CREATE FUNCTION crm_internal.preset_of_table(in_schema text, only_table text)
RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	SELECT d.preset
	FROM crm.detect_preset(in_schema) d
	WHERE EXISTS (
		SELECT FROM pg_catalog.jsonb_array_elements(crm_internal.preset_definition(d.preset) -> 'sources') s
		WHERE crm_internal.preset_choices(s -> 'table') ? only_table)
	ORDER BY d.confidence DESC, d.preset
	LIMIT 1;
END;
COMMENT ON FUNCTION crm_internal.preset_of_table(text, text) IS 'the preset that fits the schema and knows this table as a source, or NULL';
REVOKE ALL ON FUNCTION crm_internal.preset_of_table(text, text) FROM PUBLIC;
