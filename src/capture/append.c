/* append.c - appends rows to a table of crm that is nothing but a heap. */
/*
 * By heap multi-insert, a page and a WAL record for hundreds of rows: a third of what an INSERT
 * costs. That looks after no index and no trigger.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "capture/append.h"

Oid
crm_append_table(const char *name)
{
	Oid schema = get_namespace_oid("crm_internal", true);

	return OidIsValid(schema) ? get_relname_relid(name, schema) : InvalidOid;
}

bool
crm_append_is_plain(Relation table, const Oid *types, int ntypes)
{
	TupleDesc shape = RelationGetDescr(table);

	if (table->rd_rel->relkind != RELKIND_RELATION || table->rd_rel->relhasindex ||
		table->trigdesc != NULL || shape->natts != ntypes ||
		(shape->constr != NULL && shape->constr->num_check > 0))
		return false;
	for (int i = 0; i < ntypes; i++)
		if (TupleDescAttr(shape, i)->atttypid != types[i])
			return false;
	return true;
}

Relation
crm_append_open_plain(const char *name, const Oid *types, int ntypes)
{
	Oid oid = crm_append_table(name);
	Relation table;

	if (!OidIsValid(oid) || !ConditionalLockRelationOid(oid, RowExclusiveLock))
		return NULL;
	table = try_table_open(oid, NoLock);
	if (table == NULL || crm_append_is_plain(table, types, ntypes))
		return table;
	table_close(table, NoLock);
	return NULL;
}

void
crm_append_begin(crm_append *append, Relation table)
{
	append->table = table;
	append->nslots = 0;
	append->n = 0;
	append->bulk = NULL;
	append->batch =
		AllocSetContextCreate(CurrentMemoryContext, "crm append batch", ALLOCSET_DEFAULT_SIZES);
	append->command = GetCurrentCommandId(true);
}

/* A page that was filled half is gone on with by the next batch; a few rows need no such care. */
static void
flush(crm_append *append)
{
	MemoryContext outer = MemoryContextSwitchTo(append->batch);

	if (append->n == CRM_APPEND_BATCH && append->bulk == NULL)
	{
		MemoryContextSwitchTo(outer);
		append->bulk = GetBulkInsertState();
		MemoryContextSwitchTo(append->batch);
	}
	table_multi_insert(append->table, append->slots, append->n, append->command, 0, append->bulk);
	MemoryContextSwitchTo(outer);
	MemoryContextReset(append->batch);
	append->n = 0;
	CHECK_FOR_INTERRUPTS();
}

TupleTableSlot *
crm_append_slot(crm_append *append)
{
	TupleTableSlot *slot;

	if (append->n == CRM_APPEND_BATCH)
		flush(append);
	if (append->n == append->nslots)
		append->slots[append->nslots++] = table_slot_create(append->table, NULL);
	slot = append->slots[append->n++];
	ExecClearTuple(slot);
	memset(slot->tts_isnull, 0, slot->tts_tupleDescriptor->natts * sizeof(bool));
	return slot;
}

void
crm_append_end(crm_append *append)
{
	if (append->n > 0)
		flush(append);
	if (append->bulk != NULL)
		FreeBulkInsertState(append->bulk);
	for (int i = 0; i < append->nslots; i++)
		ExecDropSingleTupleTableSlot(append->slots[i]);
	MemoryContextDelete(append->batch);
}
