/*
 * identity_run.c - CALL crm.resolve(): everything pending, a COMMIT a batch.
 *
 * A batch takes its rows out of pending and stores their outcome in one transaction: cancelled or
 * crashed, it has not happened, and the next call goes on. A batch that fails is tried again in
 * smaller ones until the row that is to blame stands alone; it then waits with its error.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/array.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "base/base.h"
#include "base/extension.h"
#include "follow/follow.h"
#include "identity/identity_bulk_run.h"
#include "identity/identity_job.h"
#include "identity/identity_pending.h"
#include "identity/identity_resolve.h"
#include "identity/identity_store.h"
#include "identity/identity_training.h"

/* Records that are clustered anew at a time. */
#define RECLUSTER_BATCH 20000

/* Rows resolved in one run from which the server's statistics are worth renewing. */
#define WORTH_STATISTICS 1000

PG_FUNCTION_INFO_V1(crm_resolve);

typedef struct run
{
	crm_user caller;
	MemoryContext context; /* lives through the commits */
	MemoryContext batch;
	crm_ids skipped; /* sources that cannot be read now */
	crm_ids stuck;   /* parts whose changes cannot be followed to their sources now */
	int64 job_id;
	int64 done;
	int64 total;
	int limit; /* rows of the next batch */
	int most;
} run;

static int64
query_int64(const char *sql)
{
	bool isnull;

	if (SPI_execute(sql, false, 1) < 0 || SPI_processed != 1)
		return 0;
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

/*
 * Every transaction of the run is READ COMMITTED: an older snapshot would not see its own past.
 * Between two of them the extension may be removed.
 */
static void
next_transaction(run *r)
{
	crm_restore_user(r->caller);
	SPI_commit();
	SPI_execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED", false, 0);
	crm_extension_hold();
	(void) crm_become(crm_owner(), 0);
	MemoryContextReset(r->batch);
	MemoryContextSwitchTo(r->batch);
}

static void
skip(run *r, int32 source_id)
{
	MemoryContext old = MemoryContextSwitchTo(r->context);

	crm_ids_add(&r->skipped, source_id);
	MemoryContextSwitchTo(old);
}

/* A transaction each: a table is locked no longer than it takes to attach triggers. */
static void
follow_tables(run *r)
{
	MemoryContext old = MemoryContextSwitchTo(r->context);
	int n;
	int32 *changed = crm_source_changed(&n);

	MemoryContextSwitchTo(old);
	for (int i = 0; i < n; i++)
	{
		int32 unreadable;

		next_transaction(r);
		unreadable = crm_source_follow(changed[i]);
		if (unreadable != 0)
			skip(r, unreadable);
	}
	next_transaction(r);
}

/* Changed rows of details and lookups become rows of their sources; false: there were none. */
static bool
expand_parts(run *r)
{
	List *stuck = NIL;
	int64 taken;

	for (int i = 0; i < r->stuck.n; i++)
		stuck = lappend_int(stuck, (int) r->stuck.v[i]);
	taken = crm_source_expand_parts(r->most, &stuck);
	MemoryContextSwitchTo(r->context);
	for (int i = r->stuck.n; i < list_length(stuck); i++)
		crm_ids_add(&r->stuck, list_nth_int(stuck, i));
	MemoryContextSwitchTo(r->batch);
	return taken > 0;
}

/* Resolves the rows in a subtransaction of its own; false: it failed, *error says why. */
static bool
try_changes(run *r, const crm_change *changes, int n, crm_ids *unreadable, ErrorData **error)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		int64 failed = 0;

		crm_resolve_changes(changes, n, "resolve", unreadable, &failed);
		ReleaseCurrentSubTransaction();
		done = true;
	}
	PG_CATCH();
	{
		MemoryContextSwitchTo(context);
		*error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if ((*error)->sqlerrcode == ERRCODE_QUERY_CANCELED ||
			ERRCODE_TO_CATEGORY((*error)->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION)
			ReThrowError(*error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

/* One batch; false when nothing was left to take. */
static bool
run_batch(run *r)
{
	crm_ids unreadable = {0};
	ErrorData *error = NULL;
	crm_change *changes;
	bool expanded;
	int n;

	crm_store_tick();
	expanded = expand_parts(r);
	changes = crm_pending_take(r->limit, &r->skipped, &n);
	if (n == 0)
		return expanded;
	if (try_changes(r, changes, n, &unreadable, &error))
	{
		crm_ids_sort_distinct(&unreadable);
		for (int i = 0; i < n && unreadable.n > 0; i++)
			if (crm_ids_contain(&unreadable, changes[i].source_id))
				crm_pending_put_back(&changes[i]);
		r->done += n;
		r->limit = Min(r->limit * 10, r->most);
	}
	else if (n == 1)
	{
		crm_store_note_error(changes[0].source_id, changes[0].key, error->message,
							 error->sqlerrcode);
		r->done++;
	}
	else
	{
		for (int i = 0; i < n; i++)
			crm_pending_put_back(&changes[i]);
		r->limit = Max(n / 10, 1);
	}
	MemoryContextSwitchTo(r->context);
	for (int i = 0; i < unreadable.n; i++)
		crm_ids_add(&r->skipped, unreadable.v[i]);
	MemoryContextSwitchTo(r->batch);
	crm_job_update(r->job_id, "resolve", r->done, Max(r->total, r->done));
	return true;
}

/*
 * When another model is in force, all records are compared and clustered anew, batch by batch; how
 * far that is stands in the clock row, so it is resumable.
 */
static bool
recluster_batch(run *r)
{
	static SPIPlanPtr next;
	static const Oid types[] = {INT4OID};
	Datum args[] = {Int32GetDatum(RECLUSTER_BATCH)};
	crm_ids records = {0};

	crm_store_tick();
	crm_plan(&next,
			 "UPDATE crm_internal.identity_clock c SET recluster_after = n.last"
			 "  FROM (SELECT pg_catalog.max(r.record_id) AS last,"
			 "               pg_catalog.array_agg(r.record_id) AS ids"
			 "          FROM (SELECT r.record_id FROM crm_internal.record r,"
			 "                       crm_internal.identity_clock k"
			 "                 WHERE r.record_id OPERATOR(pg_catalog.>) k.recluster_after"
			 "                 ORDER BY r.record_id LIMIT $1) AS r) AS n"
			 " WHERE c.recluster_after IS NOT NULL"
			 " RETURNING n.ids",
			 1, types);
	if (crm_store_run(next, args, NULL) == 1)
	{
		bool isnull;
		Datum ids = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);

		if (!isnull)
		{
			ArrayType *array = DatumGetArrayTypePCopy(ids);
			int64 *v = (int64 *) ARR_DATA_PTR(array);

			for (int i = 0; i < ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)); i++)
				crm_ids_add(&records, v[i]);
			crm_resolve_again(records.v, records.n, "model");
			crm_job_update(r->job_id, "cluster", r->done, r->total);
		}
	}
	return records.n > 0;
}

/* At once where memory suffices; else, resumably, batch by batch. */
static void
recluster(run *r)
{
	if (crm_store_is_reclustering() && crm_bulk_can(crm_store_count_records()) &&
		crm_store_count_records() <= 50000)
	{
		crm_store_tick();
		crm_job_update(r->job_id, "cluster", r->done, r->total);
		crm_bulk_run_stored();
		next_transaction(r);
		return;
	}
	while (recluster_batch(r))
		next_transaction(r);
}

static void
tell_progress(void *context, const char *phase, int64 done, int64 total)
{
	const run *r = context;

	crm_job_update(r->job_id, phase, done, total);
}

/* A first load, or one that at least doubles what is stored. */
static void
run_bulk(run *r)
{
	if (!crm_bulk_pays(r->total, crm_store_count_records(), r->most))
		return;
	crm_store_tick();
	r->done += crm_bulk_run_pending(&r->skipped, r->total, tell_progress, r);
	next_transaction(r);
}

static void
check_nonatomic(FunctionCallInfo fcinfo)
{
	if (fcinfo->context == NULL || !IsA(fcinfo->context, CallContext) ||
		((CallContext *) fcinfo->context)->atomic)
		ereport(ERROR,
				(errcode(ERRCODE_ACTIVE_SQL_TRANSACTION),
				 errmsg("crm.resolve() commits batch by batch and cannot run inside a "
						"transaction block"),
				 errhint("Call it on its own; with a driver that opens transactions by itself, "
						 "switch to autocommit.")));
}

/*
 * After a first load the server would otherwise plan for empty tables until autovacuum comes by,
 * and whoever looks at his customers in that minute would wait for a second instead of a
 * millisecond.
 */
static void
refresh_statistics(run *r)
{
	if (r->done < WORTH_STATISTICS || r->done < crm_store_count_records() / 5)
		return;
	next_transaction(r);
	SPI_execute("ANALYZE (SKIP_LOCKED)"
				" crm_internal.record (record_id, source_id, source_key, customer_id),"
				" crm_internal.record_link, crm_internal.customer (customer_id, kind)",
				false, 0);
}

static void
resolve_pending(run *r)
{
	int64 waiting;
	bool expanded;

	follow_tables(r);
	do
	{
		crm_store_tick();
		expanded = expand_parts(r);
		next_transaction(r);
	} while (expanded);
	crm_store_tick();
	crm_pending_add_up_cost();
	crm_pending_expand_sources(&r->skipped);
	next_transaction(r);
	waiting = query_int64("SELECT pg_catalog.count(*) FROM crm_internal.pending");
	crm_store_tick();
	r->total = waiting;
	r->job_id = crm_job_start("resolve", "resolve", waiting);
	next_transaction(r);
	run_bulk(r);
	while (run_batch(r))
		next_transaction(r);
	crm_train_if_due();
	next_transaction(r);
	recluster(r);
	crm_job_finish(r->job_id, r->done);
	SPI_execute("UPDATE crm_internal.source s SET resolved_at = pg_catalog.now()"
				" WHERE s.parent_id IS NULL"
				"   AND NOT EXISTS (SELECT 1 FROM crm_internal.pending p"
				"                    WHERE p.source_id OPERATOR(pg_catalog.=) s.source_id)",
				false, 0);
	refresh_statistics(r);
}

Datum
crm_resolve(PG_FUNCTION_ARGS)
{
	run r = {.most = PG_GETARG_INT32(0)};

	check_nonatomic(fcinfo);
	if (r.most < 1 || r.most > 100000)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("batch_size must be between 1 and 100000")));
	r.limit = r.most;
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	GetUserIdAndSecContext(&r.caller.user_id, &r.caller.security_context);
	r.context = CurrentMemoryContext;
	r.batch = AllocSetContextCreate(r.context, "crm resolve batch", ALLOCSET_DEFAULT_SIZES);
	PG_TRY();
	{
		next_transaction(&r);
		resolve_pending(&r);
	}
	PG_FINALLY();
	{
		crm_job_leave(r.job_id);
		crm_restore_user(r.caller);
	}
	PG_END_TRY();
	SPI_finish();
	PG_RETURN_VOID();
}
