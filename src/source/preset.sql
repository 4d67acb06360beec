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
