/* identity_bulk_write.c - stores what a bulk found, each table in one go; tells other rooms. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "base/bulk_insert.h"
#include "identity/identity_bulk.h"
#include "identity/identity_event.h"
#include "identity/identity_store.h"

/* Column of crm_internal.record, from 0. */
#define RECORD_CUSTOMER 3

#define MOVED_AT_ONCE 20000

static void
insert_records(const crm_bulk *bulk)
{
	crm_bulk_insert *insert = crm_bulk_insert_begin("record");
	TupleTableSlot *slot = NULL;
	int64 i = bulk->nstored;

	while (i < bulk->n)
	{
		if (slot == NULL)
			slot = crm_bulk_insert_shape(insert);
		if (!tuplestore_gettupleslot(bulk->rows, true, false, slot))
			elog(ERROR, "a source record that was read is missing");
		slot_getallattrs(slot);
		slot->tts_values[RECORD_CUSTOMER] = Int64GetDatum(bulk->records[i++].new_customer_id);
		slot->tts_isnull[RECORD_CUSTOMER] = false;
		crm_bulk_insert_row(insert, slot->tts_values, slot->tts_isnull);
	}
	if (slot != NULL)
		ExecDropSingleTupleTableSlot(slot);
	crm_bulk_insert_end(insert);
}

static void
move_records(const crm_ids *records, const crm_ids *customers)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT8ARRAYOID};

	for (int from = 0; from < records->n; from += MOVED_AT_ONCE)
	{
		int n = Min(MOVED_AT_ONCE, records->n - from);
		Datum args[] = {crm_ids_array(records->v + from, n), crm_ids_array(customers->v + from, n)};

		CHECK_FOR_INTERRUPTS();
		crm_plan(&plan,
				 "UPDATE crm_internal.record r SET customer_id = m.customer_id"
				 "  FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2))"
				 "    AS m(record_id, customer_id)"
				 " WHERE r.record_id OPERATOR(pg_catalog.=) m.record_id",
				 2, types);
		crm_store_run(plan, args, NULL);
		pfree(DatumGetPointer(args[0]));
		pfree(DatumGetPointer(args[1]));
	}
}

static void
insert_links(const crm_bulk *bulk)
{
	crm_bulk_insert *insert;

	if (bulk->nlinks == 0)
		return;
	insert = crm_bulk_insert_begin("record_link");
	for (int64 i = 0; i < bulk->nlinks; i++)
	{
		const crm_source_link *link = &bulk->links[i].link;
		bool nulls[] = {false, false, link->relation == NULL,       false,
						false, false, DATE_IS_NOBEGIN(link->since), DATE_IS_NOEND(link->until)};
		Datum values[] = {Int64GetDatum(bulk->links[i].record_id),
						  Int32GetDatum(bulk->links[i].number),
						  link->relation ? CStringGetTextDatum(link->relation) : (Datum) 0,
						  CStringGetTextDatum(link->related_schema),
						  CStringGetTextDatum(link->related_table),
						  CStringGetTextDatum(link->key),
						  DateADTGetDatum(link->since),
						  DateADTGetDatum(link->until)};

		crm_bulk_insert_row(insert, values, nulls);
	}
	crm_bulk_insert_end(insert);
}

static void
insert_edges(const crm_bulk *bulk)
{
	static SPIPlanPtr remove;
	crm_bulk_insert *insert;

	if (bulk->nstored > 0)
		crm_store_run(crm_plan(&remove, "DELETE FROM crm_internal.edge", 0, NULL), NULL, NULL);
	insert = crm_bulk_insert_begin("edge");
	for (int64 i = 0; i < bulk->nedges; i++)
	{
		const crm_bulk_edge *edge = &bulk->edges[i];
		Datum values[] = {Int64GetDatum(bulk->records[edge->a].record_id),
						  Int64GetDatum(bulk->records[edge->b].record_id),
						  Int32GetDatum(edge->weight)};

		crm_bulk_insert_row(insert, values, NULL);
	}
	crm_bulk_insert_end(insert);
}

void
crm_bulk_write_all(crm_bulk *bulk)
{
	MemoryContext mine =
		AllocSetContextCreate(CurrentMemoryContext, "crm bulk write", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(mine);
	crm_deed deed = {.cause = bulk->cause};
	crm_move *moves = palloc_extended(sizeof(crm_move) * (bulk->n + 1), MCXT_ALLOC_HUGE);
	int64 nmoves = 0;
	crm_ids old = {0};
	crm_ids kept = {0};
	crm_ids changed = {0};
	crm_ids moved = {0};
	crm_ids moved_to = {0};

	for (int64 i = 0; i < bulk->n; i++)
	{
		const crm_bulk_record *r = &bulk->records[i];

		crm_ids_add(&kept, r->new_customer_id);
		if (r->customer_id != 0)
			crm_ids_add(&old, r->customer_id);
		if (r->customer_id == r->new_customer_id)
			continue;
		moves[nmoves++] = (crm_move){r->customer_id, r->new_customer_id, r->record_id};
		crm_ids_add(&changed, r->new_customer_id);
		if (r->customer_id != 0)
			crm_ids_add(&changed, r->customer_id);
		if (i >= bulk->nstored)
			continue;
		crm_ids_add(&moved, r->record_id);
		crm_ids_add(&moved_to, r->new_customer_id);
	}
	insert_edges(bulk);
	insert_records(bulk);
	move_records(&moved, &moved_to);
	insert_links(bulk);
	crm_identity_tell(&deed, moves, nmoves, &old, &kept);
	crm_identity_announce(&changed);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(mine);
}
