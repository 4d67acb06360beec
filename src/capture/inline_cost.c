/* inline_cost.c - what resolving in the writing transaction took. */
/*
 * Such a transaction writes no row to pending that could carry it, and the ticket is gone when the
 * time is known. So it is appended to a heap of its own: sessions do not meet there, as they would
 * in a counter, and a row of 36 bytes is little beside what resolving writes.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type_d.h"

#include "capture/append.h"
#include "capture/cost.h"
#include "capture/inline_cost.h"

#define NCOLUMNS 3

static bool
is_due(const crm_cost *cost)
{
	return cost->resolved && cost->nanoseconds > 0;
}

static void
put(crm_append *append, crm_cost *cost)
{
	TupleTableSlot *slot = crm_append_slot(append);

	slot->tts_values[0] = Int32GetDatum(cost->source_id);
	slot->tts_values[1] = Int32GetDatum(crm_cost_microseconds(cost->nanoseconds));
	slot->tts_values[2] = Int32GetDatum((int32) Min(cost->rows, PG_INT32_MAX));
	ExecStoreVirtualTuple(slot);
	crm_cost_written(cost);
}

void
crm_inline_cost_write(void)
{
	static const Oid types[NCOLUMNS] = {INT4OID, INT4OID, INT4OID};
	crm_cost *cost = crm_cost_first();
	crm_append append;
	Relation table;

	while (cost != NULL && !is_due(cost))
		cost = crm_cost_next(cost);
	if (cost == NULL)
		return;
	table = crm_append_open_plain("inline_cost", types, NCOLUMNS);
	if (table == NULL)
		return;
	crm_append_begin(&append, table);
	for (; cost != NULL; cost = crm_cost_next(cost))
		if (is_due(cost))
			put(&append, cost);
	crm_append_end(&append);
	table_close(table, NoLock);
}
