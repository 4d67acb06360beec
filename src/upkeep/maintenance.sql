-- maintenance: what a timer calls.

-- Runs as the owner: deletes rows that an administrator may not touch directly.
CREATE FUNCTION crm.forget_old_jobs(older_than interval DEFAULT '30 days')
RETURNS bigint
LANGUAGE sql VOLATILE STRICT PARALLEL UNSAFE
SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
	WITH gone AS (
		DELETE FROM crm_internal.job j
		WHERE j.finished_at < pg_catalog.now() - older_than
		RETURNING j.job_id
	)
	SELECT pg_catalog.count(*) FROM gone;
END;
COMMENT ON FUNCTION crm.forget_old_jobs(interval) IS 'removes finished jobs from crm.progress; returns how many';
REVOKE ALL ON FUNCTION crm.forget_old_jobs(interval) FROM PUBLIC;

CREATE PROCEDURE crm.run_maintenance()
LANGUAGE plpgsql
AS $$
DECLARE
	last bigint;
BEGIN
	CALL crm.resolve();
	LOOP
		last := crm.refresh_golden_records(last);
		EXIT WHEN last IS NULL;
		COMMIT;
	END LOOP;
	PERFORM crm.escalate_requests();
	PERFORM crm.forget_old_jobs();
END
$$;
COMMENT ON PROCEDURE crm.run_maintenance() IS 'for cron, pg_cron or a timer, as often as you like: resolves what is pending, recomputes golden records whose rules changed, passes on requests that wait too long and lets old ones expire, forgets old jobs. Commits as it goes: not inside a transaction block';
REVOKE ALL ON PROCEDURE crm.run_maintenance() FROM PUBLIC;
