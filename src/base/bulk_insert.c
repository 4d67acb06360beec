/*
 * bulk_insert.c - many rows into one of crm's own tables, past the executor.
 *
 * A page and a record in the log for as many rows as fit, and the indexes behind them, as COPY does
 * it: an INSERT of one row through SPI costs several times as much. Defaults, checks and triggers
 * are not looked after, so it is for crm's own tables only, whose rows the caller makes whole.
 */
#include "postgres.h"

#include "access/heapam.h"
#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/base.h"
#include "base/bulk_insert.h"

#define ROWS_AT_ONCE 500

struct crm_bulk_insert
{
	MemoryContext context;
	Relation table;
	EState *estate;
	ResultRelInfo *result;
	BulkInsertState bulk;
	CommandId command;
	TupleTableSlot *slots[ROWS_AT_ONCE];
	int nslots;
	int n;
	const char *rebuild; /* index that is built at the end, or NULL */
};

static void flush(crm_bulk_insert *insert);

crm_bulk_insert *
crm_bulk_insert_begin(const char *table)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "crm bulk insert", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);
	crm_bulk_insert *insert = palloc0(sizeof(*insert));
	Oid oid = get_relname_relid(table, get_namespace_oid("crm_internal", false));

	if (!OidIsValid(oid))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("table \"crm_internal.%s\" does not exist", table)));
	insert->context = context;
	insert->table = table_open(oid, RowExclusiveLock);
	insert->estate = CreateExecutorState();
	insert->result = makeNode(ResultRelInfo);
	InitResultRelInfo(insert->result, insert->table, 1, NULL, 0);
	ExecOpenIndices(insert->result, false);
	insert->bulk = GetBulkInsertState();
	insert->command = GetCurrentCommandId(true);
	MemoryContextSwitchTo(before);
	return insert;
}

crm_bulk_insert *
crm_bulk_insert_begin_empty(const char *table, const char *index)
{
	Oid schema = get_namespace_oid("crm_internal", false);
	crm_bulk_insert *insert = crm_bulk_insert_begin(table);

	if (ConditionalLockRelationOid(get_relname_relid(table, schema), ShareLock) &&
		ConditionalLockRelationOid(get_relname_relid(index, schema), AccessExclusiveLock))
		insert->rebuild = index;
	return insert;
}

TupleDesc
crm_bulk_insert_desc(const crm_bulk_insert *insert)
{
	return RelationGetDescr(insert->table);
}

TupleTableSlot *
crm_bulk_insert_shape(const crm_bulk_insert *insert)
{
	return MakeSingleTupleTableSlot(RelationGetDescr(insert->table), &TTSOpsMinimalTuple);
}

void
crm_bulk_insert_row(crm_bulk_insert *insert, const Datum *values, const bool *nulls)
{
	MemoryContext before = MemoryContextSwitchTo(insert->context);
	TupleTableSlot *slot;
	int natts = RelationGetDescr(insert->table)->natts;

	if (insert->n == ROWS_AT_ONCE)
		flush(insert);
	if (insert->n == insert->nslots)
		insert->slots[insert->nslots++] = table_slot_create(insert->table, NULL);
	slot = insert->slots[insert->n++];
	ExecClearTuple(slot);
	memcpy(slot->tts_values, values, natts * sizeof(Datum));
	if (nulls != NULL)
		memcpy(slot->tts_isnull, nulls, natts * sizeof(bool));
	else
		memset(slot->tts_isnull, 0, natts * sizeof(bool));
	ExecStoreVirtualTuple(slot);
	ExecMaterializeSlot(slot);
	MemoryContextSwitchTo(before);
}

static void
flush(crm_bulk_insert *insert)
{
	MemoryContext before = MemoryContextSwitchTo(GetPerTupleMemoryContext(insert->estate));

	CHECK_FOR_INTERRUPTS();
	table_multi_insert(insert->table, insert->slots, insert->n, insert->command, 0, insert->bulk);
	for (int i = 0; i < insert->n && insert->rebuild == NULL; i++)
	{
		(void) crm_insert_index_tuples(insert->result, insert->slots[i], insert->estate);
		ResetPerTupleExprContext(insert->estate);
	}
	MemoryContextSwitchTo(before);
	ResetPerTupleExprContext(insert->estate);
	crm_rows_written += insert->n;
	insert->n = 0;
}

static void
build_index(const char *index)
{
	MemoryContext before = CurrentMemoryContext;

	if (SPI_execute(psprintf("REINDEX INDEX crm_internal.%s", index), false, 0) != SPI_OK_UTILITY)
		elog(ERROR, "could not build index \"%s\"", index);
	MemoryContextSwitchTo(before);
}

void
crm_bulk_insert_end(crm_bulk_insert *insert)
{
	if (insert->n > 0)
		flush(insert);
	for (int i = 0; i < insert->nslots; i++)
		ExecDropSingleTupleTableSlot(insert->slots[i]);
	FreeBulkInsertState(insert->bulk);
	ExecCloseIndices(insert->result);
	FreeExecutorState(insert->estate);
	table_close(insert->table, NoLock);
	CommandCounterIncrement();
	if (insert->rebuild != NULL)
		build_index(insert->rebuild);
	MemoryContextDelete(insert->context);
}
