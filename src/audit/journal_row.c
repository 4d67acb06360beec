/* journal_row.c - acts become rows of crm_internal.act. */
#include "postgres.h"

#include "access/tableam.h"
#include "catalog/pg_type_d.h"
#include "executor/tuptable.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "audit/journal_row.h"
#include "base/own_table.h"

#define ROWS_AT_ONCE 256

enum
{
	ACT_ID,
	AT,
	BATCH,
	VERDICT,
	PERSON,
	KNOWN_BY,
	LOGIN,
	POSITION,
	CAPACITY,
	DECISION,
	MANDATE_PATH,
	AMOUNT,
	COUNTED,
	ENTRIES,
	CUSTOMER_ID,
	SCOPE,
	SUBJECT,
	OPERATION,
	GUARD_ID,
	REQUEST_ID,
	BUDGET,
	REASON,
	NCOLUMNS
};

static void fill(TupleTableSlot *slot, const crm_held_act *act);

/* After DROP EXTENSION in this very transaction there is no journal: it has gone with it. */
void
crm_journal_write(const crm_held_act *acts, int64 n)
{
	crm_own_table table;
	MemoryContext rows;
	MemoryContext outer;
	TupleTableSlot *slots[ROWS_AT_ONCE];
	int nslots = (int) Min(n, ROWS_AT_ONCE);

	if (!crm_own_table_open(&table, "act", NCOLUMNS))
		return;
	for (int i = 0; i < nslots; i++)
		slots[i] = table_slot_create(table.relation, NULL);
	rows = AllocSetContextCreate(CurrentMemoryContext, "crm journal rows", ALLOCSET_DEFAULT_SIZES);
	outer = MemoryContextSwitchTo(rows);
	for (int64 done = 0; done < n; done += nslots)
	{
		int now = (int) Min(n - done, nslots);

		for (int i = 0; i < now; i++)
			fill(slots[i], &acts[done + i]);
		crm_own_table_append(&table, slots, now);
		for (int i = 0; i < now; i++)
			ExecClearTuple(slots[i]);
		MemoryContextReset(rows);
		CHECK_FOR_INTERRUPTS();
	}
	MemoryContextSwitchTo(outer);
	for (int i = 0; i < nslots; i++)
		ExecDropSingleTupleTableSlot(slots[i]);
	MemoryContextDelete(rows);
	crm_own_table_close(&table);
}

static Datum
path_array(const crm_held_act *act)
{
	Datum *mandates = palloc(Max(act->npath, 1) * sizeof(Datum));

	for (int i = 0; i < act->npath; i++)
		mandates[i] = Int32GetDatum(act->path[i]);
	return PointerGetDatum(
		construct_array(mandates, act->npath, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}

static void
set(TupleTableSlot *slot, int column, Datum value)
{
	slot->tts_values[column] = value;
	slot->tts_isnull[column] = false;
}

static void
set_text(TupleTableSlot *slot, int column, const char *text)
{
	if (text != NULL)
		set(slot, column, CStringGetTextDatum(text));
}

static void
set_number(TupleTableSlot *slot, int column, Numeric number)
{
	if (number != NULL)
		set(slot, column, NumericGetDatum(number));
}

static void
fill(TupleTableSlot *slot, const crm_held_act *act)
{
	ExecClearTuple(slot);
	memset(slot->tts_isnull, true, NCOLUMNS * sizeof(bool));
	set(slot, ACT_ID, Int64GetDatum(act->act_id));
	set(slot, AT, TimestampTzGetDatum(act->at));
	set(slot, BATCH, Int64GetDatum(act->batch));
	set_text(slot, VERDICT, act->would_refuse ? "would_refuse" : "allowed");
	set_text(slot, PERSON, act->person);
	set_text(slot, KNOWN_BY, act->known_by);
	set_text(slot, LOGIN, act->login);
	set_text(slot, POSITION, act->position);
	set_text(slot, CAPACITY, act->capacity);
	set_text(slot, DECISION, act->decision);
	set(slot, MANDATE_PATH, path_array(act));
	set_number(slot, AMOUNT, crm_amount_total(&act->amount));
	set_number(slot, COUNTED, act->counted);
	set(slot, ENTRIES, Int64GetDatum(act->entries));
	if (act->customer_id != 0)
		set(slot, CUSTOMER_ID, Int64GetDatum(act->customer_id));
	if (act->scope != NULL)
		set(slot, SCOPE, DirectFunctionCall1(jsonb_in, CStringGetDatum(act->scope)));
	set_text(slot, SUBJECT, act->subject);
	set_text(slot, OPERATION, act->operation);
	if (act->guard_id != 0)
		set(slot, GUARD_ID, Int32GetDatum(act->guard_id));
	if (act->request_id != 0)
		set(slot, REQUEST_ID, Int64GetDatum(act->request_id));
	set_text(slot, BUDGET, act->budget);
	set_text(slot, REASON, act->reason);
	ExecStoreVirtualTuple(slot);
}
