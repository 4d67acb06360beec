/* pending.c - writes changes to crm_internal.pending. */
/*
 * By heap multi-insert, a page and a WAL record for hundreds of keys: a third of what an INSERT
 * costs. That looks after no index and no trigger, so a table that somebody gave one, or another
 * shape, gets an INSERT.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type_d.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "source/pending.h"

#define BATCH 256
#define NCOLUMNS 4

static Oid
pending_oid(void)
{
	Oid schema = get_namespace_oid("crm_internal", true);

	return OidIsValid(schema) ? get_relname_relid("pending", schema) : InvalidOid;
}

static bool
is_plain(Relation pending)
{
	static const Oid types[NCOLUMNS] = {INT4OID, TEXTOID, CHAROID, TIMESTAMPTZOID};
	TupleDesc shape = RelationGetDescr(pending);

	if (pending->rd_rel->relkind != RELKIND_RELATION || pending->rd_rel->relhasindex ||
		pending->trigdesc != NULL || shape->natts != NCOLUMNS ||
		(shape->constr != NULL && shape->constr->num_check > 0))
		return false;
	for (int i = 0; i < NCOLUMNS; i++)
		if (TupleDescAttr(shape, i)->atttypid != types[i])
			return false;
	return true;
}

static void
fill(TupleTableSlot *slot, const crm_entry *entry, TimestampTz now)
{
	ExecClearTuple(slot);
	memset(slot->tts_isnull, 0, NCOLUMNS * sizeof(bool));
	slot->tts_values[0] = Int32GetDatum(entry->source_id);
	slot->tts_isnull[1] = entry->whole;
	slot->tts_values[1] = entry->whole ? (Datum) 0 : PointerGetDatum(crm_entry_text(entry));
	slot->tts_values[2] = CharGetDatum(entry->op);
	slot->tts_values[3] = TimestampTzGetDatum(now);
	ExecStoreVirtualTuple(slot);
}

/* A page that was filled half is gone on with by the next batch; one change needs no such care. */
static void
write_plain(Relation pending, crm_entry_scan *scan, TimestampTz now)
{
	TupleTableSlot *slots[BATCH];
	BulkInsertState bulk = NULL;
	MemoryContext batch =
		AllocSetContextCreate(CurrentMemoryContext, "crm pending batch", ALLOCSET_DEFAULT_SIZES);
	MemoryContext outer = CurrentMemoryContext;
	CommandId command = GetCurrentCommandId(true);
	const crm_entry *entry = crm_changes_next(scan);
	int nslots = 0;

	while (entry != NULL)
	{
		int n = 0;

		for (; entry != NULL && n < BATCH; entry = crm_changes_next(scan), n++)
		{
			if (n == nslots)
				slots[nslots++] = table_slot_create(pending, NULL);
			fill(slots[n], entry, now);
		}
		if (n == BATCH && bulk == NULL)
			bulk = GetBulkInsertState();
		MemoryContextSwitchTo(batch);
		table_multi_insert(pending, slots, n, command, 0, bulk);
		MemoryContextSwitchTo(outer);
		MemoryContextReset(batch);
		CHECK_FOR_INTERRUPTS();
	}
	if (bulk != NULL)
		FreeBulkInsertState(bulk);
	for (int i = 0; i < nslots; i++)
		ExecDropSingleTupleTableSlot(slots[i]);
	MemoryContextDelete(batch);
}

static void
write_by_insert(crm_entry_scan *scan, TimestampTz now)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT4OID, TEXTOID, CHAROID, TIMESTAMPTZOID};
	crm_user before = crm_become(crm_owner(), 0);
	const crm_entry *entry;

	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	crm_plan(&plan,
			 "INSERT INTO crm_internal.pending (source_id, source_key, op, queued_at) "
			 "VALUES ($1, $2, $3, $4)",
			 NCOLUMNS, types);
	while ((entry = crm_changes_next(scan)) != NULL)
	{
		Datum values[NCOLUMNS] = {Int32GetDatum(entry->source_id),
								  PointerGetDatum(crm_entry_text(entry)), CharGetDatum(entry->op),
								  TimestampTzGetDatum(now)};

		if (SPI_execute_plan(plan, values, entry->whole ? " n  " : "    ", false, 0) !=
			SPI_OK_INSERT)
			elog(ERROR, "could not insert into crm_internal.pending");
	}
	SPI_finish();
	PopActiveSnapshot();
	crm_restore_user(before);
}

bool
crm_pending_is_ready(void)
{
	Oid oid = pending_oid();
	Relation pending;
	bool ready;

	if (!OidIsValid(oid) || !ConditionalLockRelationOid(oid, RowExclusiveLock))
		return false;
	pending = try_table_open(oid, NoLock);
	if (pending == NULL)
		return false;
	ready = is_plain(pending);
	table_close(pending, NoLock);
	return ready;
}

void
crm_pending_write(crm_entry_scan *scan)
{
	Oid oid = pending_oid();
	Relation pending = OidIsValid(oid) ? try_table_open(oid, RowExclusiveLock) : NULL;
	TimestampTz now = GetCurrentTimestamp();

	if (pending == NULL)
		return;
	if (is_plain(pending))
		write_plain(pending, scan, now);
	else
		write_by_insert(scan, now);
	table_close(pending, NoLock);
}
