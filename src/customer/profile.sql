-- profile: how good the values are that each source holds, by attribute and by who entered them.

-- Shows departmental values to whoever executes it.
CREATE FUNCTION crm_internal.source_values(source_id integer)
RETURNS TABLE (
	row_number bigint,
	attribute text,
	entered_by text,
	shown text,
	standard text,
	quality "char",
	is_first boolean,
	is_row_valid boolean)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE ROWS 1000000
AS 'MODULE_PATHNAME', 'crm_source_values';
COMMENT ON FUNCTION crm_internal.source_values(integer) IS
	'every value that the rows of a source and their details hold, judged by the rules of matching: quality v valid, i invalid, p placeholder; of values of a row that are the same one; is_first and is_row_valid (all are valid) once a row and attribute; and for each row a line without attribute. A source that cannot be read is an error (RM001)';
REVOKE ALL ON FUNCTION crm_internal.source_values(integer) FROM PUBLIC;

-- Two passes over what was read, which spills to disk; the planner cannot know how much it is.
CREATE FUNCTION crm_internal.profile_one(source_id integer)
RETURNS TABLE (
	attribute text,
	entered_by text,
	rows bigint,
	filled bigint,
	valid bigint,
	distinct_values bigint,
	duplicates bigint,
	worst_values text[])
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET enable_nestloop = off
SET jit = off
BEGIN ATOMIC
	WITH said AS MATERIALIZED (
		SELECT v.row_number, v.attribute COLLATE "C" AS attribute, v.entered_by COLLATE "C" AS entered_by, v.shown,
			v.standard COLLATE "C" AS standard, v.quality, v.is_first, v.is_row_valid
		FROM crm_internal.source_values(profile_one.source_id) v
	),
	mapped AS (
		SELECT a.name, a.kind, a.position
		FROM crm_internal.attribute a
		WHERE a.name IN (
			SELECT m.name FROM crm_internal.source s CROSS JOIN LATERAL jsonb_object_keys(s.mapping) m (name)
			WHERE profile_one.source_id IN (s.source_id, s.root_id))
	),
	-- who NULL: all together; rows of which it is not known who entered them are only in that
	counted AS (
		SELECT COALESCE(s.entered_by, '') AS who, count(*) AS rows
		FROM said s
		WHERE s.attribute IS NULL
		GROUP BY GROUPING SETS ((), (s.entered_by))
		HAVING GROUPING(s.entered_by) = 1 OR s.entered_by IS NOT NULL
	),
	value AS MATERIALIZED (
		SELECT s.attribute, s.entered_by, s.standard, s.quality, min(s.shown) AS shown, count(*) AS rows,
			sum(count(*)) OVER (PARTITION BY s.attribute, s.standard, s.quality) AS rows_of_all
		FROM said s
		WHERE s.attribute IS NOT NULL
		GROUP BY s.attribute, s.entered_by, s.standard, s.quality
	),
	filled AS (
		SELECT s.attribute, COALESCE(s.entered_by, '') AS who,
			count(*) FILTER (WHERE s.is_first) AS filled,
			count(*) FILTER (WHERE s.is_first AND s.is_row_valid) AS valid,
			count(DISTINCT s.row_number) FILTER (WHERE d.standard IS NOT NULL) AS duplicates
		FROM said s
		LEFT JOIN (
			SELECT DISTINCT v.attribute, v.standard, v.quality FROM value v WHERE v.quality = 'v' AND v.rows_of_all > 1
		) d ON d.attribute = s.attribute AND d.standard = s.standard AND d.quality = s.quality
		WHERE s.attribute IS NOT NULL
		GROUP BY GROUPING SETS ((s.attribute), (s.attribute, s.entered_by))
		HAVING GROUPING(s.entered_by) = 1 OR s.entered_by IS NOT NULL
	),
	different AS (
		SELECT v.attribute, COALESCE(v.entered_by, '') AS who, count(DISTINCT v.standard) AS distinct_values
		FROM value v
		WHERE v.quality = 'v'
		GROUP BY GROUPING SETS ((v.attribute), (v.attribute, v.entered_by))
		HAVING GROUPING(v.entered_by) = 1 OR v.entered_by IS NOT NULL
	),
	-- that two people live in one town is no fault; that two rows have one number may be
	doubtful AS (
		SELECT v.attribute, COALESCE(v.entered_by, '') AS who, min(v.shown) AS shown, v.quality, sum(v.rows) AS rows,
			row_number() OVER (PARTITION BY v.attribute, v.entered_by, GROUPING(v.entered_by)
				ORDER BY sum(v.rows) DESC, v.quality, v.standard) AS rank
		FROM value v
		JOIN mapped m ON m.name = v.attribute
		WHERE v.quality <> 'v' OR (v.rows_of_all > 1 AND m.kind IN ('name', 'organization', 'email', 'phone', 'identifier'))
		GROUP BY GROUPING SETS ((v.attribute, v.standard, v.quality), (v.attribute, v.entered_by, v.standard, v.quality))
		HAVING GROUPING(v.entered_by) = 1 OR v.entered_by IS NOT NULL
	),
	worst AS (
		SELECT d.attribute, d.who, array_agg(format('%s (%s, %s)', d.shown,
			CASE d.quality WHEN 'v' THEN 'shared' WHEN 'i' THEN 'invalid' ELSE 'placeholder' END,
			CASE d.rows WHEN 1 THEN '1 row' ELSE d.rows || ' rows' END) ORDER BY d.rank) AS worst_values
		FROM doubtful d
		WHERE d.rank <= 5
		GROUP BY d.attribute, d.who
	)
	SELECT m.name, NULLIF(c.who, ''), c.rows, COALESCE(f.filled, 0), COALESCE(f.valid, 0),
		COALESCE(d.distinct_values, 0), COALESCE(f.duplicates, 0), COALESCE(w.worst_values, '{}')
	FROM mapped m
	CROSS JOIN counted c
	LEFT JOIN filled f ON f.attribute = m.name AND f.who = c.who
	LEFT JOIN different d ON d.attribute = m.name AND d.who = c.who
	LEFT JOIN worst w ON w.attribute = m.name AND w.who = c.who
	ORDER BY m.position, m.name, c.who;
END;
COMMENT ON FUNCTION crm_internal.profile_one(integer) IS 'what crm.profile_source() tells of one source';
REVOKE ALL ON FUNCTION crm_internal.profile_one(integer) FROM PUBLIC;

CREATE FUNCTION crm_internal.profile_sources(source_id integer)
RETURNS TABLE (
	source text,
	department text,
	attribute text,
	entered_by text,
	rows bigint,
	filled bigint,
	fill_rate numeric,
	valid bigint,
	validity numeric,
	distinct_values bigint,
	duplicates bigint,
	worst_values text[])
LANGUAGE plpgsql VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
	one record;
BEGIN
	FOR one IN
		SELECT s.source_id AS number, s.schema_name || '.' || s.table_name AS name, s.department
		FROM crm_internal.source s
		WHERE s.parent_id IS NULL AND (profile_sources.source_id IS NULL OR s.source_id = profile_sources.source_id)
		ORDER BY 2
	LOOP
		BEGIN
			RETURN QUERY
			SELECT one.name, one.department, p.attribute, p.entered_by, p.rows,
				p.filled, round(p.filled::numeric / NULLIF(p.rows, 0), 4),
				p.valid, round(p.valid::numeric / NULLIF(p.filled, 0), 4),
				p.distinct_values, p.duplicates, p.worst_values
			FROM crm_internal.profile_one(one.number) p;
		EXCEPTION WHEN SQLSTATE 'RM001' THEN
			-- One that cannot be read does not hide the others.
			IF profile_sources.source_id IS NOT NULL THEN
				RAISE;
			END IF;
			RAISE WARNING '%', SQLERRM;
		END;
	END LOOP;
END
$$;
COMMENT ON FUNCTION crm_internal.profile_sources(integer) IS 'the part of crm.profile_source() that runs as the owner of the tables; NULL: all sources';
REVOKE ALL ON FUNCTION crm_internal.profile_sources(integer) FROM PUBLIC;

-- Switches to the owner of crm's tables inside C, once the source has been found, and from there to
-- that of the departmental table: who may execute it sees its worst values.
CREATE FUNCTION crm.profile_source(name text DEFAULT NULL)
RETURNS TABLE (
	source text,
	department text,
	attribute text,
	entered_by text,
	rows bigint,
	filled bigint,
	fill_rate numeric,
	valid bigint,
	validity numeric,
	distinct_values bigint,
	duplicates bigint,
	worst_values text[])
LANGUAGE c VOLATILE PARALLEL UNSAFE ROWS 100 COST 100000
AS 'MODULE_PATHNAME', 'crm_profile_source';
COMMENT ON FUNCTION crm.profile_source(text) IS 'reads a source, or all, and tells how good its values are: a line for each attribute and, where the source names it, for each who entered rows (entered_by NULL: all). filled: rows with a value; valid: of these the rows all of whose values can be of that kind, by the rules of matching, and stand for no "none"; distinct_values and duplicates: different valid values, and rows that share one with another row; worst_values: the five most frequent that are invalid, placeholders or, where that should not be, shared';
REVOKE ALL ON FUNCTION crm.profile_source(text) FROM PUBLIC;
