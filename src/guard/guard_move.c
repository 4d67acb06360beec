/* guard_move.c - rows that an UPDATE sends to another partition.
 *
 * Such a row fires DELETE where it was and INSERT where it goes, and no UPDATE. The heap tells: the
 * version that is left says that it moved, and the new one is of the same command. The two events
 * stand next to each other in the queue of one guard. A trigger can keep the row from arriving:
 * then it was deleted, which is found when the next one leaves, or at the commit.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/pg_am_d.h"
#include "executor/tuptable.h"
#include "utils/combocid.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "guard/guard_move.h"

typedef struct moving_row
{
	int32 guard_id;
	Oid relation;
	CommandId command;
	bool must_arrive;
	HeapTuple was;
	TupleDesc desc;
	struct moving_row *next;
} moving_row;

static moving_row *moving = NULL;

static void watch_transaction(void);
static void before_end(XactEvent event, void *argument);
static void check_arrived(const moving_row *row);
static void forget(void *argument);

void
crm_guard_move_init(void)
{
	RegisterXactCallback(before_end, NULL);
}

bool
crm_guard_is_moving(Relation relation, HeapTuple deleted)
{
	return relation->rd_rel->relispartition && relation->rd_rel->relam == HEAP_TABLE_AM_OID &&
		   HeapTupleHeaderIndicatesMovedPartitions(deleted->t_data);
}

void
crm_guard_move_away(int32 guard_id, Relation relation, HeapTuple deleted, bool must_arrive)
{
	MemoryContext old;
	moving_row *row = moving;

	while (row != NULL && row->guard_id != guard_id)
		row = row->next;
	if (row == NULL)
	{
		watch_transaction();
		row = MemoryContextAllocZero(TopTransactionContext, sizeof(moving_row));
		row->guard_id = guard_id;
		row->next = moving;
		moving = row;
	}
	if (row->was != NULL)
	{
		check_arrived(row);
		heap_freetuple(row->was);
	}
	if (row->relation != RelationGetRelid(relation))
		row->desc = NULL;
	old = MemoryContextSwitchTo(TopTransactionContext);
	row->was = heap_copytuple(deleted);
	if (row->desc == NULL)
		row->desc = CreateTupleDescCopy(RelationGetDescr(relation));
	MemoryContextSwitchTo(old);
	row->relation = RelationGetRelid(relation);
	row->command = HeapTupleHeaderGetCmax(deleted->t_data);
	row->must_arrive = must_arrive;
}

TupleTableSlot *
crm_guard_moved_from(int32 guard_id, Relation relation, HeapTuple inserted, Oid *from)
{
	moving_row *row = moving;
	TupleTableSlot *slot;

	while (row != NULL && row->guard_id != guard_id)
		row = row->next;
	if (row == NULL || row->was == NULL || relation->rd_rel->relam != HEAP_TABLE_AM_OID ||
		HeapTupleHeaderGetCmin(inserted->t_data) != row->command)
		return NULL;
	slot = MakeSingleTupleTableSlot(row->desc, &TTSOpsHeapTuple);
	ExecStoreHeapTuple(heap_copytuple(row->was), slot, true);
	heap_freetuple(row->was);
	row->was = NULL;
	*from = row->relation;
	return slot;
}

static void
before_end(XactEvent event, void *argument)
{
	if (event == XACT_EVENT_PRE_COMMIT || event == XACT_EVENT_PRE_PREPARE)
		for (const moving_row *row = moving; row != NULL; row = row->next)
			if (row->was != NULL)
				check_arrived(row);
}

/* What a savepoint that was rolled back sent away is where it was. */
static void
check_arrived(const moving_row *row)
{
	if (!row->must_arrive ||
		!TransactionIdIsCurrentTransactionId(HeapTupleHeaderGetUpdateXid(row->was->t_data)))
		return;
	ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					errmsg("a row that was sent to another partition did not arrive there"),
					errdetail("A trigger kept it away, and to delete it is a decision of its own."),
					errhint("DELETE it.")));
}

/* The list goes with the transaction's memory. */
static void
watch_transaction(void)
{
	MemoryContextCallback *callback;

	if (moving != NULL)
		return;
	callback = MemoryContextAllocZero(TopTransactionContext, sizeof(MemoryContextCallback));
	callback->func = forget;
	MemoryContextRegisterResetCallback(TopTransactionContext, callback);
}

static void
forget(void *argument)
{
	moving = NULL;
}
