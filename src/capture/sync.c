/* sync.c - crm.sync(): compares sources with what was read of them. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "capture/capture.h"
#include "follow/follow.h"
#include "source/source_part.h"
#include "source/source_read.h"

PG_FUNCTION_INFO_V1(crm_sync);

static List *follow_tables(FunctionCallInfo fcinfo);
static void sync_one(int32 source_id, List *unreadable, int level);

Datum
crm_sync(PG_FUNCTION_ARGS)
{
	List *unreadable = follow_tables(fcinfo);
	ListCell *cell;

	if (!PG_ARGISNULL(0))
	{
		crm_source *source = crm_source_find(text_to_cstring(PG_GETARG_TEXT_PP(0)));

		sync_one(source->source_id, unreadable, ERROR);
		PG_RETURN_VOID();
	}
	/* One source that cannot be read keeps none of the others from being compared. */
	foreach (cell, crm_source_ids())
		sync_one(lfirst_int(cell), unreadable, WARNING);
	PG_RETURN_VOID();
}

/*
 * A transaction each, where that is possible: departments must not wait for their tables until all
 * is compared. Within a transaction block the next crm.resolve() does it. The sources that must not
 * be read now.
 */
static List *
follow_tables(FunctionCallInfo fcinfo)
{
	List *unreadable = NIL;
	MemoryContext context = CurrentMemoryContext;
	int n;
	int32 *changed;

	if (fcinfo->context == NULL || !IsA(fcinfo->context, CallContext) ||
		((CallContext *) fcinfo->context)->atomic)
		return NIL;
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	changed = crm_source_changed(&n);
	for (int i = 0; i < n; i++)
	{
		int32 source_id = crm_source_follow(changed[i]);
		MemoryContext old = MemoryContextSwitchTo(context);

		if (source_id != 0)
			unreadable = lappend_int(unreadable, source_id);
		MemoryContextSwitchTo(old);
		SPI_commit();
	}
	SPI_finish();
	return unreadable;
}

/* For a first load there is nothing to compare with, which the join finds out quickly enough. */
int64
crm_source_enqueue_difference(int32 source_id)
{
	crm_source *source = crm_source_load(source_id);
	const crm_source *broken;
	Oid types[] = {INT4OID};
	Datum values[1];
	ErrorData *error;
	crm_user before;
	int nest_level;
	int64 queued;

	/* What cannot be told of a part is to be found out of all of its source. */
	if (source != NULL)
		source = crm_part_root(source);
	if (source == NULL)
		return -1;
	source_id = source->source_id;
	values[0] = Int32GetDatum(source_id);
	error = crm_source_probe_all(source, &broken);
	if (error != NULL)
	{
		crm_source_mark_broken(broken, error);
		return -1;
	}
	before = crm_become(crm_owner(), 0);
	nest_level = crm_source_pin();
	SPI_connect();
	crm_source_execute(
		"INSERT INTO crm_internal.pending (source_id, source_key, op, queued_at) "
		"SELECT $1, coalesce(s.source_key, r.source_key), "
		"(CASE WHEN r.source_key IS NULL THEN 'I' WHEN s.source_key IS NULL THEN 'D' "
		"ELSE 'U' END)::\"char\", clock_timestamp() "
		"FROM crm_internal.scan_source($1) s FULL JOIN (SELECT source_key, source_hash "
		"FROM crm_internal.record WHERE source_id = $1) r USING (source_key) "
		"WHERE s.hash IS DISTINCT FROM r.source_hash OR s.hash = 0 OR r.source_key IS NULL",
		1, types, values, NULL, SPI_OK_INSERT);
	queued = SPI_processed;
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	if (source->attention != NULL)
		crm_source_mark(source_id, NULL, NULL);
	return queued;
}

static void
sync_one(int32 source_id, List *unreadable, int level)
{
	if (list_member_int(unreadable, source_id) || crm_source_enqueue_difference(source_id) < 0)
		crm_source_raise_marked(crm_source_load(source_id), level);
}
