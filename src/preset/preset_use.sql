-- preset_use: which sources were made by a preset, and what of it was left out.

CREATE TABLE crm_internal.preset_use
(
	source_id integer PRIMARY KEY,
	preset text NOT NULL,
	given jsonb NOT NULL,
	steps jsonb NOT NULL,
	applied_at timestamptz NOT NULL DEFAULT pg_catalog.now()
);
COMMENT ON TABLE crm_internal.preset_use IS 'the preset that a source was made by';
COMMENT ON COLUMN crm_internal.preset_use.given IS 'what the caller gave beside it';
COMMENT ON COLUMN crm_internal.preset_use.steps IS 'what the preset came to: arguments and left_out of the source, then of each detail';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.preset_use', '');

CREATE FUNCTION crm_internal.forget_preset_use(source_id integer)
RETURNS void
LANGUAGE sql VOLATILE PARALLEL UNSAFE
BEGIN ATOMIC
	DELETE FROM crm_internal.preset_use u WHERE u.source_id = forget_preset_use.source_id;
END;
COMMENT ON FUNCTION crm_internal.forget_preset_use(integer) IS 'takes out by which preset a source was made';
REVOKE ALL ON FUNCTION crm_internal.forget_preset_use(integer) FROM PUBLIC;
INSERT INTO crm_internal.source_departure (forget_function, turn) VALUES ('crm_internal.forget_preset_use', 30);

CREATE VIEW crm.preset_report AS
	SELECT s.schema_name OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) s.table_name AS source,
		u.preset,
		u.applied_at,
		p.item OPERATOR(pg_catalog.->>) 'name' AS "table",
		coalesce(l.item OPERATOR(pg_catalog.->>) 'attribute', l.item OPERATOR(pg_catalog.->>) 'field') AS field,
		l.item OPERATOR(pg_catalog.->>) 'expression' AS expression,
		l.item OPERATOR(pg_catalog.->>) 'reason' AS reason
	FROM crm_internal.preset_use u
	JOIN crm_internal.source s ON s.source_id OPERATOR(pg_catalog.=) u.source_id,
		LATERAL pg_catalog.jsonb_array_elements(u.steps) WITH ORDINALITY p (item, position)
	LEFT JOIN LATERAL pg_catalog.jsonb_array_elements(p.item OPERATOR(pg_catalog.->) 'left_out') WITH ORDINALITY l (item, position) ON true
	WHERE l.item IS NOT NULL OR p.position OPERATOR(pg_catalog.=) 1
	ORDER BY s.source_id, p.position, l.position;
COMMENT ON VIEW crm.preset_report IS 'sources made by a preset, and what of it their tables could not serve when it was applied; crm.refresh_preset() looks again';
COMMENT ON COLUMN crm.preset_report.source IS 'schema.table';
COMMENT ON COLUMN crm.preset_report.preset IS 'the preset, see crm.presets';
COMMENT ON COLUMN crm.preset_report.applied_at IS 'when it was applied or refreshed';
COMMENT ON COLUMN crm.preset_report."table" IS 'the table of the source or of its detail';
COMMENT ON COLUMN crm.preset_report.field IS 'the attribute, or field of the document, for which something was left out; NULL: nothing was';
COMMENT ON COLUMN crm.preset_report.expression IS 'the column, expression or table that was left out';
COMMENT ON COLUMN crm.preset_report.reason IS 'why';

-- Before anything is done: whether there is something to do, and nothing twice.
CREATE FUNCTION crm_internal.check_preset_plan(plan jsonb, preset text, target text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	registered text;
	label text;
BEGIN
	SELECT format('%s.%s', p ->> 'schema', p ->> 'table'), p ->> 'name' INTO registered, label
	FROM jsonb_array_elements(plan) p
	JOIN crm_internal.source s ON s.schema_name = p ->> 'schema' AND s.table_name = p ->> 'table' AND s.parent_id IS NULL
	LIMIT 1;
	IF registered IS NOT NULL THEN
		RAISE duplicate_object USING
			MESSAGE = format('"%s" is already a source', registered),
			DETAIL = 'Nothing was changed.',
			HINT = CASE WHEN EXISTS (
					SELECT FROM crm_internal.preset_use u
					JOIN crm_internal.source s ON s.source_id = u.source_id
					JOIN jsonb_array_elements(plan) p ON s.schema_name = p ->> 'schema' AND s.table_name = p ->> 'table'
					WHERE p ->> 'name' = label)
				THEN format('SELECT * FROM crm.refresh_preset(%L) takes up what the table has become able to serve; another table of the preset is added by its own name.', label)
				ELSE format('SELECT crm.drop_source(%L) first, or leave it so; another table of the preset is added by its own name.', label)
			END;
	END IF;
	IF NOT jsonb_path_exists(plan, '$[*].statement') THEN
		RAISE undefined_object USING
			MESSAGE = format('preset "%s" finds nothing to read in "%s"', preset, target),
			DETAIL = (SELECT string_agg(format('%s: %s', p ->> 'name', p -> 'left_out' -> -1 ->> 'reason'), E'\n' ORDER BY n)
				FROM jsonb_array_elements(plan) WITH ORDINALITY a (p, n)),
			HINT = 'SELECT * FROM crm.detect_preset() says which preset fits; SELECT * FROM crm.suggest_mapping(''schema.table'') proposes a mapping for a table of any shape.';
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.check_preset_plan(jsonb, text, text) IS 'an error if there is nothing to do, or if a source is there already';
REVOKE ALL ON FUNCTION crm_internal.check_preset_plan(jsonb, text, text) FROM PUBLIC;

-- The steps of the source at this place of the plan: itself and its details.
CREATE FUNCTION crm_internal.steps_of_source(plan jsonb, place bigint)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT pg_catalog.jsonb_agg(p.item ORDER BY p.position)
	FROM pg_catalog.jsonb_array_elements(plan) WITH ORDINALITY p (item, position)
	WHERE p.position = place
		OR (p.position > place AND NOT EXISTS (
			SELECT FROM pg_catalog.jsonb_array_elements(plan) WITH ORDINALITY o (item, position)
			WHERE o.position > place AND o.position <= p.position AND o.item OPERATOR(pg_catalog.->>) 'role' = 's'));
END;
COMMENT ON FUNCTION crm_internal.steps_of_source(jsonb, bigint) IS 'the steps from this one up to the next source';
REVOKE ALL ON FUNCTION crm_internal.steps_of_source(jsonb, bigint) FROM PUBLIC;

CREATE FUNCTION crm_internal.tell_left_out(steps jsonb, preset text)
RETURNS void
LANGUAGE plpgsql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	source jsonb := steps -> 0;
	title text := coalesce((source ->> 'schema') || '.' || (source ->> 'table'), source ->> 'name');
	lines text;
BEGIN
	IF NOT source ? 'statement' THEN
		RAISE NOTICE USING MESSAGE = format('"%s" of preset "%s" is left out: %s', title, preset, source -> 'left_out' -> -1 ->> 'reason');
		RETURN;
	END IF;
	SELECT string_agg(concat_ws(': ', CASE WHEN p ->> 'role' = 'd' THEN p ->> 'name' END, coalesce(l ->> 'attribute', l ->> 'field'), l ->> 'expression', l ->> 'reason'), E'\n' ORDER BY n, m)
	INTO lines
	FROM jsonb_array_elements(steps) WITH ORDINALITY a (p, n), jsonb_array_elements(p -> 'left_out') WITH ORDINALITY b (l, m);
	IF lines IS NOT NULL THEN
		RAISE NOTICE USING
			MESSAGE = format('of preset "%s" something is left out for "%s"', preset, title),
			DETAIL = lines,
			HINT = format('crm.preset_report keeps this; SELECT * FROM crm.refresh_preset(%L) looks again.', source ->> 'name');
	END IF;
END
$$;
COMMENT ON FUNCTION crm_internal.tell_left_out(jsonb, text) IS 'a notice of what of a preset a source does without';
REVOKE ALL ON FUNCTION crm_internal.tell_left_out(jsonb, text) FROM PUBLIC;

-- Details are named by number where a table hangs at one place more than once, and numbers are known
-- only when they are there: they came in the order of the steps.
CREATE FUNCTION crm_internal.number_details(source_id integer, steps jsonb, since integer)
RETURNS jsonb
LANGUAGE sql STABLE PARALLEL SAFE
BEGIN ATOMIC
	WITH RECURSIVE below (source_id, path, parent) AS (
		SELECT s.source_id, pg_catalog.format('%I.%I', s.schema_name, s.table_name), NULL::text
		FROM crm_internal.source s
		WHERE s.source_id = number_details.source_id
		UNION ALL
		SELECT s.source_id, b.path || pg_catalog.format('/%I.%I', s.schema_name, s.table_name), b.path
		FROM below b
		JOIN crm_internal.source s ON s.parent_id = b.source_id
		WHERE s.role = 'd'
	), registered AS (
		SELECT b.source_id, b.path, pg_catalog.row_number() OVER (PARTITION BY b.path ORDER BY b.source_id) AS place
		FROM below b
		WHERE b.source_id > since AND b.parent IS NOT NULL
	), planned AS (
		SELECT s.position, s.item, (s.item ->> 'of') || '/' || (s.item ->> 'name') AS path,
			s.item ? 'statement' AND NOT s.item ? 'number' AS new,
			pg_catalog.row_number() OVER (PARTITION BY (s.item ->> 'of'), (s.item ->> 'name'), s.item ? 'statement' AND NOT s.item ? 'number' ORDER BY s.position) AS place
		FROM pg_catalog.jsonb_array_elements(steps) WITH ORDINALITY s (item, position)
	)
	SELECT pg_catalog.jsonb_agg(p.item || CASE WHEN r.source_id IS NULL THEN '{}' ELSE pg_catalog.jsonb_build_object('number', r.source_id) END ORDER BY p.position)
	FROM planned p
	LEFT JOIN registered r ON p.new AND r.path = p.path AND r.place = p.place;
END;
COMMENT ON FUNCTION crm_internal.number_details(integer, jsonb, integer) IS 'the steps of a source, with the numbers of the details that they made after this number was given';
REVOKE ALL ON FUNCTION crm_internal.number_details(integer, jsonb, integer) FROM PUBLIC;

-- After its statements ran: remembers the plan and says what is left out.
CREATE FUNCTION crm_internal.note_preset(plan jsonb, preset text, given jsonb)
RETURNS text
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	place bigint;
	source jsonb;
	own jsonb;
	names text[] := '{}';
BEGIN
	FOR place, source IN
		SELECT n, p FROM jsonb_array_elements(plan) WITH ORDINALITY a (p, n) WHERE p ->> 'role' = 's' ORDER BY n
	LOOP
		own := crm_internal.steps_of_source(plan, place);
		PERFORM crm_internal.tell_left_out(own, preset);
		CONTINUE WHEN NOT source ? 'statement';
		names := names || format('%s.%s', source ->> 'schema', source ->> 'table');
		INSERT INTO crm_internal.preset_use (source_id, preset, given, steps)
			SELECT s.source_id, note_preset.preset, note_preset.given, crm_internal.number_details(s.source_id, own, 0)
			FROM crm_internal.source s
			WHERE s.schema_name = source ->> 'schema' AND s.table_name = source ->> 'table' AND s.parent_id IS NULL;
	END LOOP;
	RETURN array_to_string(names, ', ');
END
$$;
COMMENT ON FUNCTION crm_internal.note_preset(jsonb, text, jsonb) IS 'remembers which sources a preset made and from what; their names';
REVOKE ALL ON FUNCTION crm_internal.note_preset(jsonb, text, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.start_preset(in_schema text, only_table text, preset text, given jsonb)
RETURNS jsonb
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	plan jsonb := crm_internal.preset_plan(in_schema, only_table, preset, given);
BEGIN
	PERFORM crm_internal.check_preset_plan(plan, preset, concat_ws('.', in_schema, only_table));
	RETURN plan;
END
$$;
COMMENT ON FUNCTION crm_internal.start_preset(text, text, text, jsonb) IS 'the plan of a preset that can be carried out';
REVOKE ALL ON FUNCTION crm_internal.start_preset(text, text, text, jsonb) FROM PUBLIC;

CREATE FUNCTION crm_internal.given_to_preset(arguments jsonb)
RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
	SELECT coalesce(pg_catalog.jsonb_object_agg(a.key, a.value), '{}')
	FROM pg_catalog.jsonb_each(arguments) a
	WHERE a.value <> 'null' AND (a.key, a.value) NOT IN (('trust', '0.5'), ('mode', '"watch"'));
END;
COMMENT ON FUNCTION crm_internal.given_to_preset(jsonb) IS 'the arguments of crm.add_source() that were given and are not its defaults';
REVOKE ALL ON FUNCTION crm_internal.given_to_preset(jsonb) FROM PUBLIC;
