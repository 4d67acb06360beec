/* pending.c - writes changes to crm_internal.pending, and with them what they cost. */
/*
 * What a source has cost the transaction stands on one of its rows, the last that is written of it.
 * The time of that last batch is not known yet: it goes with what the session writes next.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_type_d.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "capture/append.h"
#include "capture/cost.h"
#include "capture/pending.h"

#define NCOLUMNS 6

static const Oid column_types[NCOLUMNS] = {INT4OID,        TEXTOID, CHAROID,
										   TIMESTAMPTZOID, INT4OID, INT4OID};

typedef struct pending_writer
{
	crm_append append;
	TimestampTz now;
	instr_time begin;
	bool ends; /* the transaction: its cost is complete */
	void (*put)(struct pending_writer *writer, const crm_entry *entry, const crm_cost *cost);
} pending_writer;

/* Nanoseconds that passed behind the row that could have told of them. */
static double owed = 0;

static void
fill(const pending_writer *writer, const crm_entry *entry, const crm_cost *cost, Datum *values)
{
	values[0] = Int32GetDatum(entry->source_id);
	values[1] = entry->whole ? (Datum) 0 : PointerGetDatum(crm_entry_text(entry));
	values[2] = CharGetDatum(entry->op);
	values[3] = TimestampTzGetDatum(writer->now);
	if (cost == NULL)
		return;
	values[4] = Int32GetDatum(crm_cost_microseconds(cost->nanoseconds));
	/* Of a transaction that goes on: negative, so that it is counted once. */
	values[5] = Int32GetDatum((int32) Min(cost->rows, PG_INT32_MAX) * (writer->ends ? 1 : -1));
}

static void
put_plain(pending_writer *writer, const crm_entry *entry, const crm_cost *cost)
{
	TupleTableSlot *slot = crm_append_slot(&writer->append);

	fill(writer, entry, cost, slot->tts_values);
	slot->tts_isnull[1] = entry->whole;
	slot->tts_isnull[4] = cost == NULL;
	slot->tts_isnull[5] = cost == NULL;
	ExecStoreVirtualTuple(slot);
}

/* For a table that somebody gave an index, a trigger or another shape. */
static void
put_by_insert(pending_writer *writer, const crm_entry *entry, const crm_cost *cost)
{
	static SPIPlanPtr plan = NULL;
	Datum values[NCOLUMNS];
	char nulls[NCOLUMNS] = {' ', entry->whole ? 'n' : ' ', ' ',
							' ', cost ? ' ' : 'n',         cost ? ' ' : 'n'};

	crm_plan(&plan,
			 "INSERT INTO crm_internal.pending "
			 "(source_id, source_key, op, queued_at, spent, written) "
			 "VALUES ($1, $2, $3, $4, $5, $6)",
			 NCOLUMNS, column_types);
	fill(writer, entry, cost, values);
	if (SPI_execute_plan(plan, values, nulls, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not insert into crm_internal.pending");
}

/* By their rows, the time of this writing and what is owed from earlier. */
static void
share_time(const pending_writer *writer, int64 total)
{
	double nanoseconds = Max(crm_cost_since(writer->begin) + owed, 0);

	for (crm_cost *cost = crm_cost_first(); cost != NULL; cost = crm_cost_next(cost))
		cost->nanoseconds += nanoseconds * cost->to_write / total;
	owed -= nanoseconds;
}

static void
put_carriers(pending_writer *writer)
{
	for (crm_cost *cost = crm_cost_first(); cost != NULL; cost = crm_cost_next(cost))
		if (cost->carrier != NULL)
		{
			double whole = crm_cost_microseconds(cost->nanoseconds) * 1000.0;

			owed += cost->nanoseconds - whole;
			cost->nanoseconds = whole;
			cost->rows += cost->to_write;
			writer->put(writer, cost->carrier, cost);
			crm_cost_written(cost);
		}
}

/* One change of each source is kept back to carry its cost. */
static void
put_changes(pending_writer *writer, crm_entry_scan *scan)
{
	const crm_entry *entry;
	int64 total = 0;

	for (crm_cost *cost = crm_cost_first(); cost != NULL; cost = crm_cost_next(cost))
	{
		cost->carrier = NULL;
		cost->to_write = 0;
	}
	while ((entry = crm_changes_next(scan)) != NULL)
	{
		crm_cost *cost = crm_cost_of(entry->source_id);

		total++;
		if (cost->to_write++ == 0)
			cost->carrier = entry;
		else
			writer->put(writer, entry, NULL);
	}
	share_time(writer, Max(total, 1));
	put_carriers(writer);
}

static void
write_plain(pending_writer *writer, Relation pending, crm_entry_scan *scan)
{
	writer->put = put_plain;
	crm_append_begin(&writer->append, pending);
	put_changes(writer, scan);
	crm_append_end(&writer->append);
}

static void
write_by_insert(pending_writer *writer, crm_entry_scan *scan)
{
	crm_user before = crm_become(crm_owner(), 0);

	writer->put = put_by_insert;
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	put_changes(writer, scan);
	SPI_finish();
	PopActiveSnapshot();
	crm_restore_user(before);
}

bool
crm_pending_is_ready(void)
{
	Relation pending = crm_append_open_plain("pending", column_types, NCOLUMNS);

	if (pending == NULL)
		return false;
	table_close(pending, NoLock);
	return true;
}

void
crm_pending_write(crm_entry_scan *scan, bool ends, instr_time begin)
{
	pending_writer writer = {.now = GetCurrentTimestamp(), .ends = ends, .begin = begin};
	Oid oid = crm_append_table("pending");
	Relation pending;

	pending = OidIsValid(oid) ? try_table_open(oid, RowExclusiveLock) : NULL;
	if (pending == NULL)
		return;
	if (crm_append_is_plain(pending, column_types, NCOLUMNS))
		write_plain(&writer, pending, scan);
	else
		write_by_insert(&writer, scan);
	table_close(pending, NoLock);
	owed += crm_cost_since(writer.begin);
}
