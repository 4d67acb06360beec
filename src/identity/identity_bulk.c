/*
 * identity_bulk.c - the records of a bulk, in memory: compact, in the order of their ids.
 *
 * What matching needs stays at hand, a profile and a few numbers each. The rows that are to be
 * stored go to disk where maintenance_work_mem has no room for them.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "identity/identity_bulk.h"
#include "identity/identity_store.h"
#include "identity/identity_training.h"

#define STORED_AT_ONCE 20000

static void add_record(crm_bulk *bulk, const crm_bulk_record *record, const bytea *profile);
static void add_row(crm_bulk *bulk, const crm_record *r);
static void add_links(crm_bulk *bulk, const crm_record *r);
static int by_record_id(const void *a, const void *b);

crm_bulk *
crm_bulk_begin(const char *cause)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "crm bulk", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);
	crm_bulk *bulk = palloc0(sizeof(crm_bulk));

	bulk->context = context;
	bulk->cause = pstrdup(cause);
	bulk->rows = tuplestore_begin_heap(false, false, maintenance_work_mem);
	bulk->room = 1024;
	bulk->records = palloc(bulk->room * sizeof(crm_bulk_record));
	bulk->profiles_room = 1024 * 128;
	bulk->profiles = palloc(bulk->profiles_room);
	MemoryContextSwitchTo(before);
	return bulk;
}

void
crm_bulk_finish(crm_bulk *bulk)
{
	tuplestore_end(bulk->rows);
	MemoryContextDelete(bulk->context);
}

static void
add_record(crm_bulk *bulk, const crm_bulk_record *record, const bytea *profile)
{
	int32 length = VARSIZE_ANY_EXHDR(profile);

	if (bulk->n == bulk->room)
	{
		bulk->room *= 2;
		bulk->records = repalloc_huge(bulk->records, bulk->room * sizeof(crm_bulk_record));
	}
	if (bulk->used + length > bulk->profiles_room)
	{
		bulk->profiles_room = bulk->profiles_room * 3 / 2 + length;
		bulk->profiles = repalloc_huge(bulk->profiles, bulk->profiles_room);
	}
	bulk->records[bulk->n] = *record;
	bulk->records[bulk->n].offset = bulk->used;
	bulk->records[bulk->n++].length = length;
	memcpy(bulk->profiles + bulk->used, VARDATA_ANY(profile), length);
	bulk->used += length;
}

void
crm_bulk_open(const crm_bulk *bulk, int64 i, crm_profile *profile)
{
	const crm_bulk_record *record = &bulk->records[i];

	if (!crm_profile_open(bulk->profiles + record->offset, record->length, profile))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("source record " INT64_FORMAT " has a profile of another version",
							   record->record_id),
						errhint("Rebuild it with CALL crm.sync() and CALL crm.resolve().")));
	if (bulk->terms != NULL)
		profile->terms = bulk->terms[i];
}

static int
by_record_id(const void *a, const void *b)
{
	const crm_record *x = *(const crm_record *const *) a;
	const crm_record *y = *(const crm_record *const *) b;

	return (x->record_id > y->record_id) - (x->record_id < y->record_id);
}

void
crm_bulk_take(crm_bulk *bulk, const crm_batch *batch)
{
	crm_record **sorted = palloc(sizeof(crm_record *) * hash_get_num_entries(batch->records));
	MemoryContext before = MemoryContextSwitchTo(bulk->context);
	HASH_SEQ_STATUS all;
	crm_record *r;
	int n = 0;

	hash_seq_init(&all, batch->records);
	while ((r = hash_seq_search(&all)) != NULL)
		sorted[n++] = r;
	qsort(sorted, n, sizeof(crm_record *), by_record_id);
	for (int i = 0; i < n; i++)
	{
		add_record(bulk,
				   &(crm_bulk_record){.record_id = sorted[i]->record_id, .tie = sorted[i]->tie},
				   sorted[i]->bytes);
		add_row(bulk, sorted[i]);
		add_links(bulk, sorted[i]);
	}
	MemoryContextSwitchTo(before);
	pfree(sorted);
}

/* In the order of the columns of crm_internal.record. */
static void
add_row(crm_bulk *bulk, const crm_record *r)
{
	Relation table = table_open(
		get_relname_relid("record", get_namespace_oid("crm_internal", false)), AccessShareLock);
	text *key = cstring_to_text(r->key);
	Datum values[] = {Int64GetDatum(r->record_id),
					  Int32GetDatum(r->source_id),
					  PointerGetDatum(key),
					  (Datum) 0,
					  CharGetDatum(r->profile.kind),
					  r->attributes,
					  PointerGetDatum(r->bytes),
					  Int64GetDatum(r->tie),
					  TimestampTzGetDatum(r->changed_at),
					  Int64GetDatum(r->source_hash)};
	bool nulls[lengthof(values)] = {false, false, false, true};

	if (RelationGetDescr(table)->natts != lengthof(values))
		elog(ERROR, "source records have other columns than expected");
	tuplestore_putvalues(bulk->rows, RelationGetDescr(table), values, nulls);
	pfree(key);
	table_close(table, NoLock);
}

static void
add_links(crm_bulk *bulk, const crm_record *r)
{
	for (int i = 0; i < r->nlinks; i++)
	{
		crm_source_link link = r->links[i];

		if (bulk->nlinks == bulk->links_room)
		{
			bulk->links_room = Max(2 * bulk->links_room, 256);
			bulk->links =
				bulk->links == NULL
					? palloc(bulk->links_room * sizeof(crm_bulk_link))
					: repalloc_huge(bulk->links, bulk->links_room * sizeof(crm_bulk_link));
		}
		link.relation = link.relation ? pstrdup(link.relation) : NULL;
		link.related_schema = pstrdup(link.related_schema);
		link.related_table = pstrdup(link.related_table);
		link.key = pstrdup(link.key);
		bulk->links[bulk->nlinks++] = (crm_bulk_link){r->record_id, i + 1, link};
	}
}

/* The next of the stored records; how many there were. */
static int
load_after(crm_bulk *bulk, int64 after)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, INT4OID};
	Datum args[] = {Int64GetDatum(after), Int32GetDatum(STORED_AT_ONCE)};
	int n;

	crm_plan(&plan,
			 "SELECT r.record_id, r.customer_id, r.tie, r.profile FROM crm_internal.record r"
			 " WHERE r.record_id OPERATOR(pg_catalog.>) $1 ORDER BY r.record_id LIMIT $2",
			 lengthof(types), types);
	n = (int) crm_store_run(plan, args, NULL);
	for (int i = 0; i < n; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		crm_bulk_record record = {0};
		bool isnull;
		Datum customer = SPI_getbinval(tuple, desc, 2, &isnull);

		record.customer_id = isnull ? 0 : DatumGetInt64(customer);
		record.record_id = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
		record.tie = DatumGetInt64(SPI_getbinval(tuple, desc, 3, &isnull));
		add_record(bulk, &record, DatumGetByteaPP(SPI_getbinval(tuple, desc, 4, &isnull)));
	}
	SPI_freetuptable(SPI_tuptable);
	return n;
}

void
crm_bulk_load_stored(crm_bulk *bulk)
{
	MemoryContext before = MemoryContextSwitchTo(bulk->context);

	do
		CHECK_FOR_INTERRUPTS();
	while (load_after(bulk, bulk->n == 0 ? PG_INT64_MIN : bulk->records[bulk->n - 1].record_id) ==
		   STORED_AT_ONCE);
	bulk->nstored = bulk->n;
	MemoryContextSwitchTo(before);
}

typedef struct place
{
	int64 tie;
	int64 at;
} place;

static int
by_tie(const void *a, const void *b)
{
	const place *x = a;
	const place *y = b;

	if (x->tie != y->tie)
		return x->tie < y->tie ? -1 : 1;
	return (x->at > y->at) - (x->at < y->at);
}

/* A training sees the profiles in the order of their ties, whatever came first. */
static int32
train(const crm_bulk *bulk)
{
	place *order = MemoryContextAllocHuge(CurrentMemoryContext, (bulk->n + 1) * sizeof(place));
	crm_trainer *trainer = crm_trainer_begin(bulk->n, (int64) bulk->used);

	for (int64 i = 0; i < bulk->n; i++)
		order[i] = (place){bulk->records[i].tie, i};
	qsort(order, bulk->n, sizeof(place), by_tie);
	for (int64 i = 0; i < bulk->n; i++)
	{
		const crm_bulk_record *r = &bulk->records[order[i].at];

		crm_trainer_add(trainer, r->tie, bulk->profiles + r->offset, r->length);
	}
	pfree(order);
	return crm_trainer_end(trainer);
}

bool
crm_bulk_train(crm_bulk *bulk)
{
	if (!crm_training_worth(bulk->n))
		return false;
	crm_store_set_model_version(train(bulk));
	return true;
}

/* What of a value's frequency the model in force knows, of every record. */
static void
set_terms(crm_bulk *bulk)
{
	crm_terms *terms = MemoryContextAllocHuge(bulk->context, (bulk->n + 1) * sizeof(crm_terms));

	for (int64 i = 0; i < bulk->n; i++)
	{
		crm_profile profile;

		crm_bulk_open(bulk, i, &profile);
		crm_term_of(&bulk->model->terms, &profile);
		terms[i] = profile.terms;
	}
	bulk->terms = terms;
}

void
crm_bulk_resolve(crm_bulk *bulk)
{
	MemoryContext before = MemoryContextSwitchTo(bulk->context);

	bulk->model = crm_model_of(Max(crm_store_model_version(), 0));
	if (crm_store_model_version() < 0)
		crm_store_set_model_version(bulk->model->version);
	bulk->key_kinds = crm_store_key_kinds();
	set_terms(bulk);
	crm_bulk_link_all(bulk);
	crm_bulk_cluster_all(bulk);
	crm_bulk_write_all(bulk);
	MemoryContextSwitchTo(before);
}
