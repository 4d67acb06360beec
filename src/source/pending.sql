-- pending: which departmental rows changed and still wait to be resolved. Keys only, no values.
-- The table has no index and no unique key: a departmental transaction only ever appends, never waits.

CREATE TABLE crm_internal.pending
(
	source_id integer NOT NULL,
	source_key text,
	op "char" NOT NULL,
	queued_at timestamptz NOT NULL
);
-- With a publication FOR ALL TABLES nothing could be deleted here otherwise.
ALTER TABLE crm_internal.pending REPLICA IDENTITY FULL;
COMMENT ON TABLE crm_internal.pending IS 'changed rows that wait for crm.resolve()';
COMMENT ON COLUMN crm_internal.pending.source_key IS 'NULL: the whole source is to be compared (first load, TRUNCATE, sync)';
COMMENT ON COLUMN crm_internal.pending.op IS 'I insert, U update, D delete, T truncate, S sync';
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
