-- preset: how the tables of known systems are read, one document a system.

-- A preset of one's own stands before a builtin one of its name, which a later version may bring.
CREATE TABLE crm_internal.preset
(
	name text NOT NULL CHECK (name OPERATOR(pg_catalog.~) '^[a-z][a-z0-9_]*$'),
	title text NOT NULL GENERATED ALWAYS AS (definition OPERATOR(pg_catalog.->>) 'title') STORED,
	definition jsonb NOT NULL,
	builtin boolean NOT NULL DEFAULT true,
	PRIMARY KEY (name, builtin)
);
COMMENT ON TABLE crm_internal.preset IS 'how the tables of known systems are read; builtin rows are made by the install script';
COMMENT ON COLUMN crm_internal.preset.definition IS 'the document: see "How to write a preset" in doc/sources.md';
COMMENT ON COLUMN crm_internal.preset.builtin IS 'false for those of crm.add_preset(), which a dump keeps';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.preset', 'WHERE NOT builtin');

CREATE FUNCTION crm_internal.preset_definition(preset text)
RETURNS jsonb
LANGUAGE sql STABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
	SELECT p.definition FROM crm_internal.preset p WHERE p.name = preset ORDER BY p.builtin LIMIT 1;
END;
COMMENT ON FUNCTION crm_internal.preset_definition(text) IS 'the document of a preset, NULL if there is none';
REVOKE ALL ON FUNCTION crm_internal.preset_definition(text) FROM PUBLIC;

-- A field of a document that takes one text or several.
CREATE FUNCTION crm_internal.preset_choices(field jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE pg_catalog.jsonb_typeof(field)
	WHEN 'array' THEN field
	WHEN 'string' THEN pg_catalog.jsonb_build_array(field)
	ELSE '[]'
END;
COMMENT ON FUNCTION crm_internal.preset_choices(jsonb) IS 'the array itself, or a single text as an array, or an empty one';
REVOKE ALL ON FUNCTION crm_internal.preset_choices(jsonb) FROM PUBLIC;

-- several: an array may hold alternatives, each an array itself.
CREATE FUNCTION crm_internal.is_preset_text(field jsonb, several boolean)
RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE pg_catalog.jsonb_typeof(field)
	WHEN 'string' THEN field OPERATOR(pg_catalog.#>>) '{}' OPERATOR(pg_catalog.~) '\S'
	WHEN 'array' THEN NOT EXISTS (
		SELECT FROM pg_catalog.jsonb_array_elements(field) e
		WHERE NOT CASE pg_catalog.jsonb_typeof(e)
			WHEN 'string' THEN e OPERATOR(pg_catalog.#>>) '{}' OPERATOR(pg_catalog.~) '\S'
			WHEN 'array' THEN several AND NOT EXISTS (
				SELECT FROM pg_catalog.jsonb_array_elements(e) i
				WHERE pg_catalog.jsonb_typeof(i) OPERATOR(pg_catalog.<>) 'string')
			ELSE false
		END)
	ELSE false
END;
COMMENT ON FUNCTION crm_internal.is_preset_text(jsonb, boolean) IS 'whether a field of a document is a text, an array of texts or, several, an array of alternatives';
REVOKE ALL ON FUNCTION crm_internal.is_preset_text(jsonb, boolean) FROM PUBLIC;

CREATE VIEW crm.presets AS
	SELECT p.name, p.title, p.builtin,
		ARRAY(SELECT DISTINCT t OPERATOR(pg_catalog.#>>) '{}'
			FROM pg_catalog.jsonb_path_query(p.definition, 'strict $.sources.**.table') f,
				pg_catalog.jsonb_path_query(f, 'lax $[*]') t
			ORDER BY 1) AS tables,
		ARRAY(SELECT DISTINCT k
			FROM pg_catalog.jsonb_path_query(p.definition, 'strict $.sources.**.map') m,
				pg_catalog.jsonb_object_keys(m) k
			ORDER BY 1) AS attributes
	FROM crm_internal.preset p
	WHERE NOT p.builtin
		OR NOT EXISTS (SELECT FROM crm_internal.preset o WHERE o.name OPERATOR(pg_catalog.=) p.name AND NOT o.builtin);
COMMENT ON VIEW crm.presets IS 'systems whose tables crm.add_source(..., preset => ...) knows how to read';
COMMENT ON COLUMN crm.presets.name IS 'what to give as preset';
COMMENT ON COLUMN crm.presets.title IS 'the system, in words';
COMMENT ON COLUMN crm.presets.builtin IS 'false for those of crm.add_preset()';
COMMENT ON COLUMN crm.presets.tables IS 'the tables that it reads, of those that are there';
COMMENT ON COLUMN crm.presets.attributes IS 'the attributes that it fills where the columns are there';

-- A document's mistakes are told when it is added, not when somebody's tables are read by it.
CREATE FUNCTION crm_internal.preset_entry_problems(entry jsonb, is_detail boolean, place text)
RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	known text[] := CASE WHEN is_detail
		THEN '{table,key,requires,map,filter,preferred,belongs_to,related,relation,since,until,details}'::text[]
		ELSE '{table,key,requires,map,filter,kind,region,changed_at,entered_by,belongs_to,related,relation,since,until,details}'::text[]
	END;
	detail jsonb;
BEGIN
	IF jsonb_typeof(entry) <> 'object' THEN
		RETURN NEXT format('%s is no object', place);
		RETURN;
	END IF;
	place := place || ' ' || coalesce(entry ->> 'table', '');
	RETURN QUERY SELECT format('%s: field "%s" is unknown', place, k) FROM jsonb_object_keys(entry) k WHERE k <> ALL (known);
	IF jsonb_array_length(crm_internal.preset_choices(entry -> 'table')) = 0 THEN
		RETURN NEXT format('%s: "table" is not the name of a table', place);
	END IF;
	IF is_detail AND jsonb_array_length(crm_internal.preset_choices(entry -> 'key')) = 0 THEN
		RETURN NEXT format('%s: a detail needs a "key"', place);
	END IF;
	RETURN QUERY SELECT format('%s: "%s" is neither a text nor an array of texts', place, f.key)
		FROM jsonb_each(entry) f
		WHERE f.key = ANY (known) AND f.key NOT IN ('map', 'details') AND f.value <> 'null'
			AND NOT crm_internal.is_preset_text(f.value, f.key IN ('key', 'requires', 'filter'));
	IF coalesce(jsonb_typeof(entry -> 'map'), '') <> 'object' THEN
		RETURN NEXT format('%s: "map" is no object', place);
	ELSE
		RETURN QUERY SELECT format('%s: attribute "%s" is unknown', place, k) FROM jsonb_object_keys(entry -> 'map') k
			WHERE NOT EXISTS (SELECT FROM crm_internal.attribute a WHERE a.name = k);
		RETURN QUERY SELECT format('%s: "%s" is neither an expression nor an array of them', place, m.key)
			FROM jsonb_each(entry -> 'map') m WHERE NOT crm_internal.is_preset_text(m.value, true);
	END IF;
	IF jsonb_typeof(entry -> 'details') <> 'array' THEN
		RETURN NEXT format('%s: "details" is no array', place);
	END IF;
	FOR detail IN SELECT d FROM jsonb_array_elements(crm_internal.preset_choices(entry -> 'details')) d LOOP
		RETURN QUERY SELECT p FROM crm_internal.preset_entry_problems(detail, true, place || ', detail') p;
	END LOOP;
	RETURN QUERY SELECT format('%s: "%s" is a detail twice, so no detail can hang on it: use lookup()', place, d.detail ->> 'table')
		FROM jsonb_array_elements(crm_internal.preset_choices(entry -> 'details')) d (detail)
		GROUP BY d.detail ->> 'table'
		HAVING count(*) > 1 AND bool_or(d.detail ? 'details');
END
$$;
COMMENT ON FUNCTION crm_internal.preset_entry_problems(jsonb, boolean, text) IS 'what is wrong with a source or detail of a preset''s document';
REVOKE ALL ON FUNCTION crm_internal.preset_entry_problems(jsonb, boolean, text) FROM PUBLIC;

CREATE FUNCTION crm_internal.preset_problems(definition jsonb)
RETURNS SETOF text
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	entry jsonb;
BEGIN
	IF jsonb_typeof(definition) <> 'object' THEN
		RETURN NEXT 'it is no object';
		RETURN;
	END IF;
	RETURN QUERY SELECT format('field "%s" is unknown', k) FROM jsonb_object_keys(definition) k WHERE k NOT IN ('title', 'detect', 'sources');
	IF coalesce(definition ->> 'title', '') !~ '\S' THEN
		RETURN NEXT '"title" is missing';
	END IF;
	IF NOT EXISTS (SELECT FROM jsonb_path_query(definition, 'lax $.detect[*].tables'))
		OR EXISTS (SELECT FROM jsonb_path_query(definition, 'lax $.detect[*]') d
			WHERE coalesce(jsonb_typeof(d -> 'tables'), '') <> 'object' OR d -> 'tables' = '{}')
		OR EXISTS (SELECT FROM jsonb_path_query(definition, 'lax $.detect[*].tables.keyvalue()') t
			WHERE NOT (jsonb_typeof(t -> 'value') = 'array' AND crm_internal.is_preset_text(t -> 'value', false))) THEN
		RETURN NEXT '"detect" names no tables: {"tables": {"table": ["column"]}}';
	END IF;
	IF jsonb_array_length(crm_internal.preset_choices(definition -> 'sources')) = 0 THEN
		RETURN NEXT '"sources" is no array of sources';
	END IF;
	FOR entry IN SELECT s FROM jsonb_array_elements(crm_internal.preset_choices(definition -> 'sources')) s LOOP
		RETURN QUERY SELECT p FROM crm_internal.preset_entry_problems(entry, false, 'source') p;
	END LOOP;
	RETURN QUERY SELECT format('source %s stands there twice', t #>> '{}')
		FROM jsonb_path_query(definition, 'strict $.sources[*].table', '{}', true) f, jsonb_path_query(f, 'lax $[*]') t
		GROUP BY t HAVING count(*) > 1;
END
$$;
COMMENT ON FUNCTION crm_internal.preset_problems(jsonb) IS 'what is wrong with a preset''s document; no row: nothing';
REVOKE ALL ON FUNCTION crm_internal.preset_problems(jsonb) FROM PUBLIC;

-- Runs as the owner: keeps a document; what it may read is decided by the rights of who uses it.
CREATE FUNCTION crm.add_preset(name text, definition jsonb)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	problems text;
BEGIN
	PERFORM crm_internal.take_act('process.policy', subject => format('crm.add_preset(%s)', name));
	IF name !~ '^[a-z][a-z0-9_]*$' THEN
		RAISE invalid_name USING
			MESSAGE = format('"%s" is no name for a preset', name),
			HINT = 'Use small letters, digits and underscores.';
	END IF;
	SELECT string_agg(p, E'\n') INTO problems FROM crm_internal.preset_problems(definition) p;
	IF problems IS NOT NULL THEN
		RAISE invalid_parameter_value USING
			MESSAGE = format('the definition of preset "%s" cannot be used', name),
			DETAIL = problems,
			HINT = 'doc/sources.md says how to write a preset.';
	END IF;
	INSERT INTO crm_internal.preset (name, definition, builtin) VALUES (add_preset.name, add_preset.definition, false);
EXCEPTION WHEN unique_violation THEN
	RAISE duplicate_object USING
		MESSAGE = format('preset "%s" exists', name),
		HINT = format('SELECT crm.drop_preset(%L) first; sources made by it stay as they are.', name);
END
$$;
COMMENT ON FUNCTION crm.add_preset(text, jsonb) IS
	'adds a preset of one''s own, for an application that several schemas or companies use; one of the name of a builtin preset stands before it. The definition is checked as a whole, its columns and expressions when it is used. See doc/sources.md for how to write one. An act under process.policy';
REVOKE ALL ON FUNCTION crm.add_preset(text, jsonb) FROM PUBLIC;

-- Runs as the owner: forgets a document that crm.add_preset() kept.
CREATE FUNCTION crm.drop_preset(name text)
RETURNS void
LANGUAGE plpgsql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
	PERFORM crm_internal.take_act('process.policy', subject => format('crm.drop_preset(%s)', name));
	DELETE FROM crm_internal.preset p WHERE p.name = drop_preset.name AND NOT p.builtin;
	IF NOT FOUND THEN
		RAISE undefined_object USING
			MESSAGE = format('there is no preset "%s" of your own', name),
			HINT = 'SELECT name FROM crm.presets WHERE NOT builtin lists them.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm.drop_preset(text) IS 'forgets a preset of crm.add_preset(); a builtin one of that name is used again, sources made by it stay as they are. An act under process.policy';
REVOKE ALL ON FUNCTION crm.drop_preset(text) FROM PUBLIC;
