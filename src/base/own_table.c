/* own_table.c - writes rows of crm's own tables without a query. */
/*
 * Just before the commit no trigger can be queued any more, and an UPDATE by the executor would
 * fail at REPEATABLE READ where somebody has changed the row since the snapshot. The functions that
 * apply changes of a publication have no such concern: they write one row that was found already.
 * Triggers that others put on crm's tables do not fire here; crm.verify() finds them.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "executor/executor.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/own_table.h"
#include "base/pg_compat.h"

bool
crm_own_table_open(crm_own_table *table, const char *name, int ncolumns)
{
	Oid schema = get_namespace_oid("crm_internal", true);
	Oid oid = OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;

	if (!OidIsValid(oid))
		return false;
	table->relation = table_open(oid, RowExclusiveLock);
	if (RelationGetDescr(table->relation)->natts != ncolumns)
		elog(ERROR, "crm_internal.%s has another shape than the library of crm expects", name);
	table->estate = CreateExecutorState();
	table->result = makeNode(ResultRelInfo);
	InitResultRelInfo(table->result, table->relation, 0, NULL, 0);
	table->result->ri_TrigDesc = NULL;
	ExecOpenIndices(table->result, false);
	PushActiveSnapshot(GetTransactionSnapshot());
	return true;
}

void
crm_own_table_append(crm_own_table *table, TupleTableSlot **slots, int n)
{
	table_multi_insert(table->relation, slots, n, GetCurrentCommandId(true), 0, NULL);
	if (table->result->ri_NumIndices == 0)
		return;
	for (int i = 0; i < n; i++)
	{
		ResetPerTupleExprContext(table->estate);
		list_free(crm_insert_index_tuples(table->result, slots[i], table->estate));
	}
}

static TupleTableSlot *
slot_of(crm_own_table *table, HeapTuple row)
{
	TupleTableSlot *slot =
		MakeSingleTupleTableSlot(RelationGetDescr(table->relation), &TTSOpsHeapTuple);

	return ExecStoreHeapTuple(row, slot, false);
}

void
crm_own_table_insert(crm_own_table *table, HeapTuple row)
{
	TupleTableSlot *slot = slot_of(table, row);

	ExecSimpleRelationInsert(table->result, table->estate, slot);
	ExecDropSingleTupleTableSlot(slot);
}

void
crm_own_table_update(crm_own_table *table, HeapTuple old, HeapTuple fresh)
{
	TupleTableSlot *before = slot_of(table, old);
	TupleTableSlot *after = slot_of(table, fresh);
	EPQState unused;

	EvalPlanQualInit(&unused, table->estate, NULL, NIL, -1);
	ExecSimpleRelationUpdate(table->result, table->estate, &unused, before, after);
	EvalPlanQualEnd(&unused);
	ExecDropSingleTupleTableSlot(before);
	ExecDropSingleTupleTableSlot(after);
}

void
crm_own_table_close(crm_own_table *table)
{
	PopActiveSnapshot();
	ExecCloseIndices(table->result);
	FreeExecutorState(table->estate);
	pfree(table->result);
	table_close(table->relation, NoLock);
	CommandCounterIncrement();
}
