-- pending: which departmental rows changed and still wait to be resolved. Keys only, no values.
-- The table has no index and no unique key: a departmental transaction only ever appends, never waits.

CREATE TABLE crm_internal.pending
(
	source_id integer NOT NULL,
	source_key text,
	op "char" NOT NULL,
	queued_at timestamptz NOT NULL,
	spent integer,
	written integer
);
-- With a publication FOR ALL TABLES nothing could be deleted here otherwise.
ALTER TABLE crm_internal.pending REPLICA IDENTITY FULL;
COMMENT ON TABLE crm_internal.pending IS 'changed rows that wait for crm.resolve()';
COMMENT ON COLUMN crm_internal.pending.source_key IS 'NULL: the whole source is to be compared (first load, TRUNCATE, sync)';
COMMENT ON COLUMN crm_internal.pending.op IS 'I insert, U update, D delete, T truncate, S sync; P: source_id and source_key are those of a detail or lookup, and mean the rows of its source that hang on it';
COMMENT ON COLUMN crm_internal.pending.spent IS 'microseconds that crm took in the transaction that wrote this source; on one row of it a source, else NULL';
COMMENT ON COLUMN crm_internal.pending.written IS 'where spent is given: how many rows crm wrote for it; negative where the same transaction wrote more rows with a number of their own';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.pending', '');

CREATE TABLE crm_internal.pending_error
(
	source_id integer NOT NULL,
	source_key text NOT NULL,
	error text NOT NULL,
	sqlstate text NOT NULL,
	attempts integer NOT NULL DEFAULT 1,
	failed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
	PRIMARY KEY (source_id, source_key)
);
COMMENT ON TABLE crm_internal.pending_error IS 'rows that could not be read or resolved; each is tried again when it changes';
SELECT pg_catalog.pg_extension_config_dump('crm_internal.pending_error', '');

CREATE VIEW crm.pending AS
	SELECT
		coalesce(r.schema_name, s.schema_name) OPERATOR(pg_catalog.||) '.'
			OPERATOR(pg_catalog.||) coalesce(r.table_name, s.table_name) AS source,
		w.source_key,
		w.op,
		w.queued_at,
		w.error,
		w.attempts,
		CASE WHEN s.parent_id IS NOT NULL
			THEN s.schema_name OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) s.table_name END AS detail
	FROM (
		SELECT
			p.source_id,
			p.source_key,
			CASE
				WHEN p.op OPERATOR(pg_catalog.=) 'I' THEN 'insert'
				WHEN p.op OPERATOR(pg_catalog.=) ANY ('{U,P}'::"char"[]) THEN 'update'
				WHEN p.op OPERATOR(pg_catalog.=) 'D' THEN 'delete'
				WHEN p.op OPERATOR(pg_catalog.=) 'T' THEN 'truncate'
				ELSE 'sync'
			END AS op,
			p.queued_at,
			NULL::text AS error,
			0 AS attempts
		FROM crm_internal.pending p
		UNION ALL
		SELECT e.source_id, e.source_key, 'retry', e.failed_at, e.error, e.attempts
		FROM crm_internal.pending_error e
	) w
	JOIN crm_internal.source s ON s.source_id OPERATOR(pg_catalog.=) w.source_id
	LEFT JOIN crm_internal.source r ON r.source_id OPERATOR(pg_catalog.=) s.root_id;
COMMENT ON VIEW crm.pending IS 'departmental rows that wait to be resolved, and those that could not be';
COMMENT ON COLUMN crm.pending.source IS 'schema.table';
COMMENT ON COLUMN crm.pending.source_key IS 'NULL: the whole source is to be compared';
COMMENT ON COLUMN crm.pending.detail IS 'NULL: source_key is that of a row of the source; else the detail or lookup of whose rows it is the key, by which the source''s rows are found';
COMMENT ON COLUMN crm.pending.op IS 'insert, update, delete, truncate, sync, or retry for a row that failed';
COMMENT ON COLUMN crm.pending.queued_at IS 'when the change was noted, or when the row last failed';
COMMENT ON COLUMN crm.pending.error IS 'why the row could not be read or resolved, without its values; it is tried again when it changes';
COMMENT ON COLUMN crm.pending.attempts IS 'how often that failed';
