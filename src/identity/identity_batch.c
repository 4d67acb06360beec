/* identity_batch.c - the records a batch has in memory. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity_batch.h"
#include "identity/identity_store.h"

crm_batch *
crm_batch_begin(const char *cause)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "crm batch", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);
	crm_batch *batch = palloc0(sizeof(crm_batch));
	HASHCTL ctl = {.keysize = sizeof(int64), .entrysize = sizeof(crm_record), .hcxt = context};

	batch->context = context;
	batch->cause = pstrdup(cause);
	batch->model = crm_model_of(Max(crm_store_model_version(), 0));
	batch->key_kinds = crm_store_key_kinds();
	batch->records =
		hash_create("crm batch records", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	MemoryContextSwitchTo(before);
	return batch;
}

void
crm_batch_finish(crm_batch *batch)
{
	MemoryContextDelete(batch->context);
}

crm_record *
crm_batch_record(crm_batch *batch, int64 record_id)
{
	return hash_search(batch->records, &record_id, HASH_FIND, NULL);
}

crm_record *
crm_batch_add_record(crm_batch *batch, int64 record_id)
{
	bool found;
	crm_record *record = hash_search(batch->records, &record_id, HASH_ENTER, &found);

	if (!found)
	{
		memset(record, 0, sizeof(*record));
		record->record_id = record_id;
		record->node = -1;
	}
	return record;
}

void
crm_record_set_profile(const crm_batch *batch, crm_record *record, bytea *bytes)
{
	record->bytes = bytes;
	if (!crm_model_open(batch->model, VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes),
						&record->profile))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("source record " INT64_FORMAT " has a profile of another version",
							   record->record_id),
						errhint("Rebuild it with CALL crm.sync() and CALL crm.resolve().")));
}

/* Takes the result of a query (record_id, customer_id, tie, profile) into the batch. */
static void
take_records(crm_batch *batch)
{
	TupleDesc desc = SPI_tuptable->tupdesc;

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		bool isnull;
		int64 id = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
		crm_record *record = crm_batch_add_record(batch, id);
		Datum customer = SPI_getbinval(tuple, desc, 2, &isnull);

		if (record->bytes != NULL)
			continue;
		record->customer_id = isnull ? 0 : DatumGetInt64(customer);
		record->tie = DatumGetInt64(SPI_getbinval(tuple, desc, 3, &isnull));
		crm_record_set_profile(batch, record,
							   DatumGetByteaPCopy(SPI_getbinval(tuple, desc, 4, &isnull)));
	}
}

void
crm_batch_load(crm_batch *batch, const int64 *record_ids, int n)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	crm_ids missing = {0};
	MemoryContext before = MemoryContextSwitchTo(batch->context);

	for (int i = 0; i < n; i++)
	{
		crm_record *record = crm_batch_record(batch, record_ids[i]);

		if (record == NULL || record->bytes == NULL)
			crm_ids_add(&missing, record_ids[i]);
	}
	crm_ids_sort_distinct(&missing);
	if (missing.n > 0)
	{
		Datum args[] = {crm_ids_array(missing.v, missing.n)};

		crm_plan(&plan,
				 "SELECT r.record_id, r.customer_id, r.tie, r.profile"
				 "  FROM pg_catalog.unnest($1) AS i(id)"
				 "  JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) i.id",
				 1, types);
		if (SPI_execute_plan(plan, args, NULL, false, 0) != SPI_OK_SELECT)
			elog(ERROR, "could not read source records");
		MemoryContextSwitchTo(batch->context);
		take_records(batch);
		SPI_freetuptable(SPI_tuptable);
	}
	MemoryContextSwitchTo(before);
}

void
crm_batch_add_edge(crm_batch *batch, int64 a, int64 b, int32 weight)
{
	if (batch->edges == NULL)
	{
		batch->edges_room = 256;
		batch->edges = MemoryContextAlloc(batch->context, sizeof(crm_edge) * batch->edges_room);
	}
	else if (batch->nedges == batch->edges_room)
	{
		batch->edges_room *= 2;
		batch->edges = repalloc_huge(batch->edges, sizeof(crm_edge) * batch->edges_room);
	}
	batch->edges[batch->nedges++] = (crm_edge){.a = a, .b = b, .weight = weight};
}
