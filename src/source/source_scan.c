/* source_scan.c - whole sources: their keys with a hash, and how they differ from what is known.
 *
 * A scan goes through a cursor, a chunk at a time, into a tuplestore that spills. A row that cannot
 * be read fails the cursor, so the scan then starts over with the bare keys and reads them in
 * batches, where the bad row is found.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "executor/tuptable.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "base/base.h"
#include "source/detail_read.h"
#include "source/source_read.h"
#include "source/source_row.h"

#define CHUNK 5000

PG_FUNCTION_INFO_V1(crm_scan_source);

typedef struct scan
{
	const crm_source *source;
	crm_source_scope scope;
	Tuplestorestate *store; /* (key, hash) */
	TupleDesc desc;
	MemoryContext scratch;
	crm_source_sink sink; /* of rows read by key */
	void *sink_context;
} scan;

static ErrorData *scan_all(const crm_source *source, bool by_key, Tuplestorestate *store,
						   TupleDesc desc);
static ErrorData *scan_in_batches(const crm_source *source, scan *work);
static bool read_batch(scan *work, TupleTableSlot *slot, Tuplestorestate *keys, bool *more);
static void run_cursor(void *arg);
static void put_row(scan *work, HeapTuple tuple, TupleDesc desc);
static void put(scan *work, const char *key, int64 hash);
static void put_read_row(const crm_source_row *row, void *context);
static uint64 mix_link(uint64 hash, const crm_source_link *link);
static uint64 mix(uint64 hash, const char *text);

Datum
crm_scan_source(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	crm_source *source = crm_source_load(PG_GETARG_INT32(0));
	ErrorData *error;

	if (source == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("no such source")));
	InitMaterializedSRF(fcinfo, 0);
	error =
		scan_all(source, crm_details_exist(PG_GETARG_INT32(0)), result->setResult, result->setDesc);
	if (error != NULL)
		crm_source_raise_broken(source, error);
	return (Datum) 0;
}

int64
crm_source_row_hash(const crm_source_row *row)
{
	uint64 hash = mix((uint64) row->kind, row->region ? row->region : "");
	uint64 links = 0;

	if (row->error != NULL)
		return 0;
	if (row->has_changed_at)
		hash = hash_combine64(hash, (uint64) row->changed_at);
	for (int i = 0; i < row->nvalues; i++)
		hash = mix(mix(hash, row->values[i].attribute), row->values[i].text);
	/* In whatever order: they are a set. */
	for (int i = 0; i < row->nlinks; i++)
		links += mix_link(0, &row->links[i]);
	if (row->nlinks > 0)
		hash = hash_combine64(hash, links);
	return hash == 0 ? 1 : (int64) hash;
}

static ErrorData *
scan_all(const crm_source *source, bool by_key, Tuplestorestate *store, TupleDesc desc)
{
	scan work = {source, CRM_SCOPE_ALL, store, desc, NULL, put_read_row, &work};
	ErrorData *error;

	work.scratch =
		AllocSetContextCreate(CurrentMemoryContext, "scan of a source", ALLOCSET_DEFAULT_SIZES);
	if (by_key)
		error = scan_in_batches(source, &work);
	else
	{
		error = crm_source_guarded(source, run_cursor, &work);
		if (error != NULL && crm_source_probe(source) == NULL)
		{
			tuplestore_clear(store);
			error = scan_in_batches(source, &work);
		}
	}
	MemoryContextDelete(work.scratch);
	return error;
}

bool
crm_source_read_all(int32 source_id, crm_source_sink sink, void *context)
{
	MemoryContext memory =
		AllocSetContextCreate(CurrentMemoryContext, "all of a source", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(memory);
	crm_source *source = crm_source_load(source_id);
	TupleDesc desc = CreateTemplateTupleDesc(2);
	scan work = {source, CRM_SCOPE_ALL, NULL, desc, NULL, sink, context};
	bool read;

	TupleDescInitEntry(desc, 1, "key", TEXTOID, -1, 0);
	TupleDescInitEntry(desc, 2, "hash", INT8OID, -1, 0);
	work.scratch = AllocSetContextCreate(memory, "scan of a source", ALLOCSET_DEFAULT_SIZES);
	read = source != NULL && scan_in_batches(source, &work) == NULL;
	MemoryContextSwitchTo(old);
	MemoryContextDelete(memory);
	return read;
}

/* The same with each batch read by keys: with its details, and so that a bad row stands for itself.
 */
static ErrorData *
scan_in_batches(const crm_source *source, scan *work)
{
	Tuplestorestate *keys = tuplestore_begin_heap(false, false, work_mem);
	scan bare = {source, CRM_SCOPE_BARE, keys, work->desc, work->scratch};
	ErrorData *error = crm_source_guarded(source, run_cursor, &bare);
	TupleTableSlot *slot = MakeSingleTupleTableSlot(work->desc, &TTSOpsMinimalTuple);
	bool more = error == NULL;
	const crm_source *broken;

	while (more)
	{
		if (read_batch(work, slot, keys, &more))
			continue;
		/* Never half a scan: what it left out would count as gone. */
		error = crm_source_probe_all(source, &broken);
		if (error == NULL)
			ereport(ERROR, (errcode(ERRCODE_CRM_SOURCE_NEEDS_ATTENTION),
							errmsg("source \"%s.%s\" changed while it was read", source->schema,
								   source->table),
							errhint("Try again.")));
	}
	ExecDropSingleTupleTableSlot(slot);
	tuplestore_end(keys);
	return error;
}

static bool
read_batch(scan *work, TupleTableSlot *slot, Tuplestorestate *keys, bool *more)
{
	MemoryContext old = MemoryContextSwitchTo(work->scratch);
	const char **batch = palloc(CHUNK * sizeof(char *));
	int n = 0;
	bool read;

	while (n < CHUNK && (*more = tuplestore_gettupleslot(keys, true, false, slot)))
	{
		bool isnull;

		batch[n++] = TextDatumGetCString(slot_getattr(slot, 1, &isnull));
	}
	read = n == 0 ||
		   crm_source_read(work->source->source_id, batch, n, work->sink, work->sink_context);
	*more = *more && read;
	/* What came from disk stands in the memory that is about to be reset. */
	ExecClearTuple(slot);
	MemoryContextSwitchTo(old);
	MemoryContextReset(work->scratch);
	return read;
}

/* Runs under crm_source_guarded(). */
static void
run_cursor(void *arg)
{
	scan *work = arg;
	crm_source_query *query = crm_source_query_build(work->source, work->scope);
	SPIPlanPtr plan = SPI_prepare(query->sql, 0, NULL);
	Portal portal;

	if (plan == NULL)
		elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (;;)
	{
		SPITupleTable *found;

		CHECK_FOR_INTERRUPTS();
		SPI_cursor_fetch(portal, true, CHUNK);
		found = SPI_tuptable;
		if (SPI_processed == 0)
			break;
		for (uint64 i = 0; i < SPI_processed; i++)
			put_row(work, found->vals[i], found->tupdesc);
		SPI_freetuptable(found);
	}
	SPI_cursor_close(portal);
}

static void
put_row(scan *work, HeapTuple tuple, TupleDesc desc)
{
	MemoryContext old = MemoryContextSwitchTo(work->scratch);

	if (work->scope == CRM_SCOPE_ALL)
	{
		crm_source_row *row = crm_source_query_row(work->source, tuple, desc);

		if (row != NULL)
			put(work, row->key, crm_source_row_hash(row));
	}
	else
	{
		char *key = crm_source_query_key(work->source, tuple, desc);

		if (key != NULL)
			put(work, key, 0);
	}
	MemoryContextSwitchTo(old);
	MemoryContextReset(work->scratch);
}

static void
put(scan *work, const char *key, int64 hash)
{
	Datum values[] = {CStringGetTextDatum(key), Int64GetDatum(hash)};
	bool nulls[] = {false, false};

	tuplestore_putvalues(work->store, work->desc, values, nulls);
}

static void
put_read_row(const crm_source_row *row, void *context)
{
	put(context, row->key, crm_source_row_hash(row));
}

static uint64
mix_link(uint64 hash, const crm_source_link *link)
{
	hash = mix(mix(hash, link->related_schema), link->related_table);
	hash = mix(mix(hash, link->relation ? link->relation : ""), link->key);
	return hash_combine64(hash_combine64(hash, (uint64) link->since), (uint64) link->until);
}

/* The terminating zero is part of it: "a", "bc" is not "ab", "c". */
static uint64
mix(uint64 hash, const char *text)
{
	return hash_bytes_extended((const unsigned char *) text, strlen(text) + 1, hash);
}
