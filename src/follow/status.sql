-- status: how each source is doing, looked up when somebody asks.

-- Looks at the departments' catalogs and tables as their owners; it gives away names of tables and
-- columns to whoever may read crm.source_status, and cannot be reached but through that view.
CREATE FUNCTION crm_internal.source_problems()
RETURNS TABLE (source_id integer, attention text, repair text)
LANGUAGE c VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_source_problems';
COMMENT ON FUNCTION crm_internal.source_problems() IS
	'sources that cannot be read or whose changes are not all captured, and the statement that repairs each';

CREATE VIEW crm.source_status AS
	SELECT
		s.schema_name OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) s.table_name AS source,
		s.department,
		CASE
			WHEN s.relation_kind OPERATOR(pg_catalog.=) 'r' THEN 'table'
			WHEN s.relation_kind OPERATOR(pg_catalog.=) 'p' THEN 'partitioned table'
			WHEN s.relation_kind OPERATOR(pg_catalog.=) 'v' THEN 'view'
			WHEN s.relation_kind OPERATOR(pg_catalog.=) 'm' THEN 'materialized view'
			ELSE 'foreign table'
		END AS kind,
		s.mode,
		s.trust,
		s.attribute_trust,
		(
			SELECT pg_catalog.count(*)
			FROM crm_internal.record r
			WHERE r.source_id OPERATOR(pg_catalog.=) s.source_id
		) AS rows,
		CASE WHEN b.whole THEN 'whole source' ELSE COALESCE(b.keys, 0)::text END AS pending,
		(
			SELECT pg_catalog.count(*)
			FROM crm_internal.pending_error e
			WHERE e.source_id OPERATOR(pg_catalog.=) s.source_id
		) AS errors,
		s.resolved_at AS last_resolved,
		CASE
			-- A foreign server that is away shows only when rows are fetched.
			WHEN w.attention IS NULL AND s.relation_kind OPERATOR(pg_catalog.=) ANY ('{v,f}'::"char"[]) THEN s.attention
			ELSE w.attention
		END AS needs_attention,
		CASE
			WHEN w.attention IS NULL AND s.relation_kind OPERATOR(pg_catalog.=) ANY ('{v,f}'::"char"[]) THEN s.repair
			ELSE w.repair
		END AS repair,
		s.followed,
		s.followed_at,
		COALESCE(b.keys, 0) AS backlog,
		pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) b.oldest AS oldest,
		COALESCE(c.rows, 0)::bigint AS cost_rows,
		COALESCE(c.microseconds, 0)::double precision OPERATOR(pg_catalog.*) interval '1 microsecond' AS cost_time,
		COALESCE(c.transactions, 0)::bigint AS cost_transactions,
		COALESCE(c.since, s.registered_at) AS cost_since
	FROM crm_internal.source s
	LEFT JOIN (
		SELECT
			COALESCE(t.root_id, t.source_id) AS source_id,
			pg_catalog.bool_or(k.source_key IS NULL) AS whole,
			pg_catalog.count(*) AS keys,
			pg_catalog.min(k.oldest) AS oldest
		FROM (
			SELECT p.source_id, p.source_key, pg_catalog.min(p.queued_at) AS oldest
			FROM crm_internal.pending p
			GROUP BY p.source_id, p.source_key
		) k
		JOIN crm_internal.source t ON t.source_id OPERATOR(pg_catalog.=) k.source_id
		GROUP BY COALESCE(t.root_id, t.source_id)
	) b ON b.source_id OPERATOR(pg_catalog.=) s.source_id
	LEFT JOIN (
		SELECT
			COALESCE(t.root_id, t.source_id) AS source_id,
			pg_catalog.min(a.since) AS since,
			pg_catalog.sum(a.transactions) AS transactions,
			pg_catalog.sum(a.rows) AS rows,
			pg_catalog.sum(a.microseconds) AS microseconds
		FROM crm_internal.cost_to_add a
		JOIN crm_internal.source t ON t.source_id OPERATOR(pg_catalog.=) a.source_id
		GROUP BY COALESCE(t.root_id, t.source_id)
	) c ON c.source_id OPERATOR(pg_catalog.=) s.source_id
	LEFT JOIN crm_internal.source_problems() w ON w.source_id OPERATOR(pg_catalog.=) s.source_id
	WHERE s.parent_id IS NULL;
COMMENT ON VIEW crm.source_status IS 'the sources and how they are doing; what needs attention is looked up at reading';
COMMENT ON COLUMN crm.source_status.source IS 'schema.table';
COMMENT ON COLUMN crm.source_status.department IS 'the department whose application owns it';
COMMENT ON COLUMN crm.source_status.kind IS 'table, partitioned table, view, materialized view or foreign table; the last three are read by crm.sync()';
COMMENT ON COLUMN crm.source_status.mode IS 'watch or inline';
COMMENT ON COLUMN crm.source_status.trust IS '0 to 1';
COMMENT ON COLUMN crm.source_status.attribute_trust IS 'attribute -> trust, where it is not that of the source; of the parts of a name under name, of the parts of an address under street';
COMMENT ON COLUMN crm.source_status.rows IS 'rows that crm knows';
COMMENT ON COLUMN crm.source_status.pending IS 'number of keys that wait for crm.resolve(), those of its details and lookups among them, or ''whole source''';
COMMENT ON COLUMN crm.source_status.errors IS 'rows that could not be read or resolved, see crm.pending';
COMMENT ON COLUMN crm.source_status.last_resolved IS 'when crm.resolve() last took changes of it';
COMMENT ON COLUMN crm.source_status.needs_attention IS 'what is wrong with the source as a whole; NULL if nothing';
COMMENT ON COLUMN crm.source_status.repair IS 'the statement that repairs it';
COMMENT ON COLUMN crm.source_status.followed IS 'the last change of the table that the source followed by itself';
COMMENT ON COLUMN crm.source_status.followed_at IS 'when it did';
COMMENT ON COLUMN crm.source_status.backlog IS 'keys that wait for crm.resolve(), those of its details and lookups included; a whole source that is to be compared counts as one';
COMMENT ON COLUMN crm.source_status.oldest IS 'how long the oldest of them has waited; NULL if none waits';
COMMENT ON COLUMN crm.source_status.cost_rows IS 'rows that crm wrote in the departments'' transactions: one a changed key in mode watch, what resolving wrote in mode inline';
COMMENT ON COLUMN crm.source_status.cost_time IS 'time that crm took in the departments'' transactions, measured there: the first row of a statement and each sixteenth of the others (taken for sixteen), the writing of what was noted, and all of resolving in mode inline. Not in it: what the server itself takes to call a trigger (about 0.1 microseconds a row) and to flush the few more bytes of WAL, transactions that were rolled back, and those of which nothing was to be noted. A session tells of its last few microseconds with its next transaction';
COMMENT ON COLUMN crm.source_status.cost_transactions IS 'transactions of the departments that this was spread over, counted by source and by detail';
COMMENT ON COLUMN crm.source_status.cost_since IS 'when the counting began';
