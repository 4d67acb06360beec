-- detail: child and link tables whose rows add values to those of a source, and how they are read.

-- As the functions of source.sql, these act as whoever calls them where the department's table is
-- checked, and switch to the owner of crm's tables inside C to write the registry and to make or
-- remove triggers named crm_50_*. Whoever may execute them gains exactly that.

CREATE FUNCTION crm.add_detail(
	detail text,
	of text,
	key text[],
	map jsonb DEFAULT NULL,
	filter text DEFAULT NULL,
	preferred text DEFAULT NULL,
	belongs_to text DEFAULT NULL,
	related text DEFAULT NULL,
	relation text DEFAULT NULL,
	since text DEFAULT NULL,
	until text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_add_detail';
COMMENT ON FUNCTION crm.add_detail(text, text, text[], jsonb, text, text, text, text, text, text, text) IS
	'makes a child table (e-mails, telephone numbers, addresses of a client) or a link table a detail of a source, or of another detail, and returns its name as schema.table. of: a source or detail as schema.table, a detail also by the path of tables that leads to it (app.client/app.client_email); key: the columns of the detail''s table that equal the key of what it hangs on, or "column = column" where they equal other columns of it; left out, a foreign key says which; map, filter, belongs_to, related, relation, since, until: as of crm.add_source(), over the row of the detail; map may be empty where further details are to hang on it; preferred: condition, the values of rows for which it holds come first, then those of the oldest by primary key. The caller must be able to read the table and own it or hold TRIGGER on it, and to read the columns that the key equals; expressions run as the table''s owner. The next crm.resolve() compares the whole source. An act under process.policy';
REVOKE ALL ON FUNCTION crm.add_detail(text, text, text[], jsonb, text, text, text, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm.change_detail(
	detail text,
	of text,
	map jsonb DEFAULT NULL,
	key text[] DEFAULT NULL,
	filter text DEFAULT NULL,
	preferred text DEFAULT NULL,
	belongs_to text DEFAULT NULL,
	related text DEFAULT NULL,
	relation text DEFAULT NULL,
	since text DEFAULT NULL,
	until text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_change_detail';
COMMENT ON FUNCTION crm.change_detail(text, text, jsonb, text[], text, text, text, text, text, text, text) IS
	'changes how a detail is read: NULL keeps, an empty text removes filter, preferred, belongs_to, relation, since or until. detail: schema.table, or the number that crm.source_detail shows where that table hangs there more than once. Everything is checked as by crm.add_detail(), and the next crm.resolve() compares the whole source. An act under process.policy';
REVOKE ALL ON FUNCTION crm.change_detail(text, text, jsonb, text[], text, text, text, text, text, text, text) FROM PUBLIC;

CREATE FUNCTION crm.drop_detail(detail text, of text)
RETURNS void
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_drop_detail';
COMMENT ON FUNCTION crm.drop_detail(text, text) IS
	'forgets a detail and what hangs on it: the triggers, and with the next crm.resolve() all that its rows said. detail and of: as of crm.change_detail(). Works when the table is gone. An act under process.policy';
REVOKE ALL ON FUNCTION crm.drop_detail(text, text) FROM PUBLIC;

CREATE VIEW crm.source_detail AS
	WITH RECURSIVE place (source_id, path) AS (
		SELECT s.source_id, s.schema_name OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) s.table_name
		FROM crm_internal.source s
		WHERE s.parent_id IS NULL
		UNION ALL
		SELECT s.source_id, pg_catalog.concat(p.path, '/', s.schema_name, '.', s.table_name)
		FROM place p
		JOIN crm_internal.source s ON s.parent_id OPERATOR(pg_catalog.=) p.source_id
	)
	SELECT
		r.schema_name OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) r.table_name AS source,
		d.schema_name OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) d.table_name AS detail,
		h.path AS hangs_on,
		d.source_id AS number,
		CASE WHEN d.role OPERATOR(pg_catalog.=) 'd' THEN 'detail' ELSE 'lookup' END AS kind,
		(
			SELECT pg_catalog.string_agg(
				CASE WHEN k.mine OPERATOR(pg_catalog.=) k.theirs THEN pg_catalog.quote_ident(k.mine)
					ELSE pg_catalog.format('%I = %I', k.mine, k.theirs) END, ', ' ORDER BY k.n)
			FROM ROWS FROM (pg_catalog.unnest(d.key_columns), pg_catalog.unnest(d.parent_columns))
				WITH ORDINALITY AS k (mine, theirs, n)
		) AS key,
		d.filter,
		ARRAY(
			SELECT m.name
			FROM pg_catalog.jsonb_object_keys(d.mapping) AS m (name)
			LEFT JOIN crm_internal.attribute a ON a.name OPERATOR(pg_catalog.=) m.name
			ORDER BY a.position, m.name
		) AS attributes,
		w.attention AS needs_attention,
		w.repair
	FROM crm_internal.source d
	JOIN crm_internal.source r ON r.source_id OPERATOR(pg_catalog.=) d.root_id
	JOIN place h ON h.source_id OPERATOR(pg_catalog.=) d.parent_id
	LEFT JOIN crm_internal.source_problems() w ON w.source_id OPERATOR(pg_catalog.=) d.source_id;
COMMENT ON VIEW crm.source_detail IS 'the details and lookups of the sources';
COMMENT ON COLUMN crm.source_detail.source IS 'schema.table of the source';
COMMENT ON COLUMN crm.source_detail.detail IS 'schema.table of the detail or lookup';
COMMENT ON COLUMN crm.source_detail.hangs_on IS 'what its rows hang on: the source, or the path of tables to another detail or lookup';
COMMENT ON COLUMN crm.source_detail.number IS 'its number, by which it can be named where the same table hangs there more than once';
COMMENT ON COLUMN crm.source_detail.kind IS 'detail (its rows add values) or lookup (expressions look a value up in it)';
COMMENT ON COLUMN crm.source_detail.key IS 'its columns and the columns of what it hangs on that they equal';
COMMENT ON COLUMN crm.source_detail.filter IS 'condition that its rows must fulfil';
COMMENT ON COLUMN crm.source_detail.attributes IS 'attributes to which it adds values';
COMMENT ON COLUMN crm.source_detail.needs_attention IS 'what is wrong with it; NULL if nothing';
COMMENT ON COLUMN crm.source_detail.repair IS 'the statement that repairs it';
