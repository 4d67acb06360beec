/*
 * identity_revive.c - ids that come back when a merge that somebody decided is taken back.
 *
 * An id is never given to others, but whom it was given to may have it again: what an undo leaves
 * is then what was before, ids included. Which records went with an id stands in the events of the
 * act; of the clusters that need an id the one with most of them has it, ties: the lowest cluster.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"

#include "base/base.h"
#include "identity/identity_revive.h"
#include "identity/identity_store.h"

/* (id, records that went with it) of what the act merged and nobody has now, in SPI_tuptable. */
static int
fetch_merged(int64 act_no)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID};
	Datum args[] = {Int64GetDatum(act_no)};

	crm_plan(&plan,
			 "SELECT e.other_customer_id, e.records FROM crm_internal.customer_event e"
			 "  JOIN crm_internal.customer_identity i"
			 "    ON i.customer_id OPERATOR(pg_catalog.=) e.other_customer_id"
			 " WHERE e.act_no OPERATOR(pg_catalog.=) $1"
			 "   AND e.kind OPERATOR(pg_catalog.=) 'merged' AND e.records IS NOT NULL"
			 "   AND i.merged_into IS NOT NULL ORDER BY e.event_no DESC",
			 1, types);
	return (int) crm_store_run(plan, args, NULL);
}

static crm_ids
sorted_ids(Datum array)
{
	ArrayType *records = DatumGetArrayTypeP(array);
	crm_ids ids = {0};

	for (int i = 0; i < ArrayGetNItems(ARR_NDIM(records), ARR_DIMS(records)); i++)
		crm_ids_add(&ids, ((int64 *) ARR_DATA_PTR(records))[i]);
	crm_ids_sort_distinct(&ids);
	return ids;
}

/* Records of a cluster stand together. */
static void
revive(int64 id, const crm_ids *went, crm_record *const *nodes, crm_assign_record *records, int n)
{
	int best = -1;
	int most = 0;

	for (int first = 0, last; first < n; first = last)
	{
		int common = 0;

		for (last = first; last < n && records[last].cluster == records[first].cluster; last++)
			common += crm_ids_contain(went, nodes[records[last].node]->record_id);
		if (records[first].assigned == id)
			return; /* given back by an earlier event */
		if (records[first].assigned != 0 || common <= most)
			continue;
		most = common;
		best = first;
	}
	for (int i = best; i >= 0 && i < n && records[i].cluster == records[best].cluster; i++)
		records[i].assigned = id;
}

void
crm_revive_ids(const crm_batch *batch, crm_record *const *nodes, crm_assign_record *records, int n)
{
	int merged = fetch_merged(batch->act_no);

	for (int i = 0; i < merged; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		bool isnull;
		int64 id = DatumGetInt64(SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull));
		crm_ids went = sorted_ids(SPI_getbinval(row, SPI_tuptable->tupdesc, 2, &isnull));

		revive(id, &went, nodes, records, n);
	}
	SPI_freetuptable(SPI_tuptable);
}
