-- resolve: the calls that resolve what is pending, and how far they are.

CREATE PROCEDURE crm.resolve(batch_size integer DEFAULT 5000)
LANGUAGE c
AS 'MODULE_PATHNAME', 'crm_resolve';
COMMENT ON PROCEDURE crm.resolve(integer) IS
	'Resolves everything pending, batch_size rows (1 to 100000) a transaction (a first load, or one that doubles what is stored, in one, unless batch_size is below 2000): reads the changed rows, finds which are one customer, renews golden records. Resumable, may run twice at once; progress in crm.progress. Errors: 25001 inside a transaction block.';
REVOKE ALL ON PROCEDURE crm.resolve(integer) FROM PUBLIC;

CREATE FUNCTION crm_internal.forget_source(source_id integer) RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_forget_source';
COMMENT ON FUNCTION crm_internal.forget_source(integer) IS
	'takes all records of a source out, as if its rows had been deleted';
REVOKE ALL ON FUNCTION crm_internal.forget_source(integer) FROM PUBLIC;
INSERT INTO crm_internal.source_departure (forget_function, turn) VALUES ('crm_internal.forget_source', 10);

CREATE FUNCTION crm_internal.rename_source(source_id integer) RETURNS void
LANGUAGE c
VOLATILE STRICT PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'crm_rename_source';
COMMENT ON FUNCTION crm_internal.rename_source(integer) IS
	'makes ties of the records of a source break by its present name, and has the next crm.resolve() cluster all records anew';
REVOKE ALL ON FUNCTION crm_internal.rename_source(integer) FROM PUBLIC;

CREATE VIEW crm.progress AS
SELECT j.job_id,
	j.kind,
	j.phase,
	j.done,
	j.total,
	CASE WHEN j.done OPERATOR(pg_catalog.>) 0 AND j.updated_at OPERATOR(pg_catalog.>) j.started_at
		THEN pg_catalog.round((j.done
			OPERATOR(pg_catalog./) EXTRACT(epoch FROM j.updated_at OPERATOR(pg_catalog.-) j.started_at)
			)::pg_catalog.numeric)
	END AS rows_per_second,
	CASE WHEN j.finished_at IS NULL AND j.done OPERATOR(pg_catalog.>) 0
		THEN (j.updated_at OPERATOR(pg_catalog.-) j.started_at)
			OPERATOR(pg_catalog.*) ((j.total OPERATOR(pg_catalog.-) j.done)::pg_catalog.float8
				OPERATOR(pg_catalog./) j.done)
	END AS remaining,
	CASE
		WHEN j.finished_at IS NOT NULL THEN 'finished'
		-- the advisory lock of identity_job.c: class 'crm', number of the job
		WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_locks l
			JOIN pg_catalog.pg_database d ON d.oid OPERATOR(pg_catalog.=) l.database
			WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
			AND l.locktype OPERATOR(pg_catalog.=) 'advisory'
			AND l.classid OPERATOR(pg_catalog.=) 6517357::pg_catalog.oid
			AND l.objid OPERATOR(pg_catalog.=) (j.job_id OPERATOR(pg_catalog.&) 4294967295)::pg_catalog.oid
			AND l.objsubid OPERATOR(pg_catalog.=) 2) THEN 'running'
		ELSE 'stopped'
	END AS state,
	j.started_at,
	j.updated_at,
	j.finished_at,
	j.pid
FROM crm_internal.job j;
COMMENT ON VIEW crm.progress IS 'long work of crm: how far it is, how fast, and whether it still runs';
COMMENT ON COLUMN crm.progress.job_id IS 'number of the work, ascending';
COMMENT ON COLUMN crm.progress.kind IS 'what is being done';
COMMENT ON COLUMN crm.progress.phase IS 'which step of it';
COMMENT ON COLUMN crm.progress.done IS 'rows dealt with';
COMMENT ON COLUMN crm.progress.total IS 'rows that waited when it began';
COMMENT ON COLUMN crm.progress.rows_per_second IS 'rate so far';
COMMENT ON COLUMN crm.progress.remaining IS 'time to go at that rate; NULL when finished';
COMMENT ON COLUMN crm.progress.state IS 'running, finished, or stopped: cancelled or crashed, call it again to go on';
COMMENT ON COLUMN crm.progress.started_at IS 'when it began';
COMMENT ON COLUMN crm.progress.updated_at IS 'when it last said how far it is';
COMMENT ON COLUMN crm.progress.finished_at IS 'when it was done; NULL before';
COMMENT ON COLUMN crm.progress.pid IS 'process that does it';
