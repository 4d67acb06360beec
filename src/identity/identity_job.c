/* identity_job.c - how far long work is: a row others can read, and the activity string. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "pgstat.h"
#include "storage/lock.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "identity/identity_job.h"
#include "identity/identity_store.h"

/* The class of advisory locks ("crm") that crm.progress looks for. */
#define JOB_LOCK_CLASS 0x63726D

/* Whether this session holds the lock of its job: a user may have taken it by its number. */
static bool is_locked = false;

/*
 * Held by the session from batch to batch and released however the work ends, also with the
 * process: everybody can see it, which holds for nothing else about a session.
 */
static LOCKTAG
job_lock(int64 job_id)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, JOB_LOCK_CLASS, (uint32) job_id, 2);
	return tag;
}

int64
crm_job_start(const char *kind, const char *phase, int64 total)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {TEXTOID, TEXTOID, INT8OID, INT4OID};
	Datum args[] = {CStringGetTextDatum(kind), CStringGetTextDatum(phase), Int64GetDatum(total),
					Int32GetDatum(MyProcPid)};
	LOCKTAG tag;
	bool isnull;
	int64 job_id;

	crm_plan(&plan,
			 "INSERT INTO crm_internal.job (kind, phase, total, pid)"
			 " VALUES ($1, $2, $3, $4) RETURNING job_id",
			 4, types);
	crm_store_run(plan, args, total < 0 ? "  n " : NULL);
	job_id = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	tag = job_lock(job_id);
	is_locked = LockAcquire(&tag, ExclusiveLock, true, true) != LOCKACQUIRE_NOT_AVAIL;
	return job_id;
}

void
crm_job_leave(int64 job_id)
{
	LOCKTAG tag = job_lock(job_id);

	if (is_locked)
		(void) LockRelease(&tag, ExclusiveLock, true);
	is_locked = false;
}

void
crm_job_update(int64 job_id, const char *phase, int64 done, int64 total)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, TEXTOID, INT8OID, INT8OID};
	Datum args[] = {Int64GetDatum(job_id), CStringGetTextDatum(phase), Int64GetDatum(done),
					Int64GetDatum(total)};
	char activity[128];

	crm_plan(&plan,
			 "UPDATE crm_internal.job j SET phase = $2, done = $3, total = $4,"
			 " updated_at = pg_catalog.clock_timestamp()"
			 " WHERE j.job_id OPERATOR(pg_catalog.=) $1",
			 4, types);
	crm_store_run(plan, args, NULL);
	snprintf(activity, sizeof(activity), "crm.resolve: %s " INT64_FORMAT "/" INT64_FORMAT, phase,
			 done, total);
	pgstat_report_activity(STATE_RUNNING, activity);
}

void
crm_job_finish(int64 job_id, int64 done)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, INT8OID};
	Datum args[] = {Int64GetDatum(job_id), Int64GetDatum(done)};

	crm_plan(&plan,
			 "UPDATE crm_internal.job j SET phase = 'done', done = $2, total = $2,"
			 " updated_at = pg_catalog.clock_timestamp(),"
			 " finished_at = pg_catalog.clock_timestamp()"
			 " WHERE j.job_id OPERATOR(pg_catalog.=) $1",
			 2, types);
	crm_store_run(plan, args, NULL);
}
