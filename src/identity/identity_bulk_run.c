/*
 * identity_bulk_run.c - takes all that waits into a bulk, and resolves it with what is stored.
 *
 * Rows of records that are stored already go back to wait: they are few then, and batches know how
 * values change and records depart. The same holds for what cannot be read.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"
#include "utils/resowner.h"

#include "base/base.h"
#include "capture/capture.h"
#include "identity/identity_bulk.h"
#include "identity/identity_bulk_run.h"
#include "identity/identity_pending.h"
#include "identity/identity_resolve.h"
#include "identity/identity_store.h"
#include "identity/identity_tie.h"
#include "identity/identity_verdict.h"
#include "source/source.h"

/* Fewer rows are done by a batch or two. */
#define WORTH_BULK 2000

/* Beyond what it was tried with, rows go batch by batch. */
#define MOST_BULK 50000

/* Rows that are read at a time. */
#define ROWS_AT_ONCE 20000
#define LEAST_AT_ONCE 1000

/* What a record takes at the most, on average: profile, keys, blocks, and a share of the edges. */
#define BYTES_OF_RECORD 600

typedef struct gathering
{
	crm_bulk *bulk;
	HTAB *taken;   /* ties of keys that were taken, each once */
	List *waiting; /* crm_change: go back */
	int64 read;
} gathering;

static bool
fits(int64 records)
{
	return records * BYTES_OF_RECORD <= maintenance_work_mem * INT64CONST(1024);
}

bool
crm_bulk_can(int64 stored)
{
	return fits(stored) && !crm_verdict_exist();
}

bool
crm_bulk_pays(int64 waiting, int64 stored, int batch_size)
{
	return batch_size >= WORTH_BULK && waiting >= WORTH_BULK && waiting + stored <= MOST_BULK &&
		   waiting >= stored && crm_bulk_can(2 * stored);
}

static void
put_off(gathering *g, int32 source_id, const char *key)
{
	MemoryContext before = MemoryContextSwitchTo(g->bulk->context);
	crm_change *change = palloc(sizeof(crm_change));

	*change = (crm_change){.source_id = source_id, .key = pstrdup(key), .op = 'U'};
	g->waiting = lappend(g->waiting, change);
	MemoryContextSwitchTo(before);
}

/* A key that waits twice has been read already, before or after its last change. */
static bool
is_taken(gathering *g, const char *source_name, const char *key)
{
	int64 tie = crm_record_tie(source_name, key);
	bool found;

	hash_search(g->taken, &tie, HASH_ENTER, &found);
	return found;
}

static void
read_source(gathering *g, crm_batch *batch, int32 source_id, const char *const *keys, int n)
{
	ListCell *cell;

	if (!crm_batch_read(batch, source_id, keys, n))
	{
		for (int i = 0; i < n; i++)
			put_off(g, source_id, keys[i]);
		return;
	}
	foreach (cell, batch->later)
		put_off(g, source_id, lfirst(cell));
	batch->later = NIL;
}

static int
by_source(const void *a, const void *b)
{
	const crm_change *x = a;
	const crm_change *y = b;

	if (x->source_id != y->source_id)
		return x->source_id < y->source_id ? -1 : 1;
	return strcmp(x->key, y->key);
}

/* Changes are sorted by source and key. */
static void
read_changes(gathering *g, const crm_change *changes, int n)
{
	crm_batch *batch = crm_batch_begin(g->bulk->cause);
	const char **keys = palloc(sizeof(char *) * n);

	batch->only_new = true;
	for (int first = 0, last; first < n; first = last)
	{
		int32 source_id = changes[first].source_id;
		char *name = crm_source_name(source_id);
		int nkeys = 0;

		for (last = first; last < n && changes[last].source_id == source_id; last++)
		{
			if (last > first && strcmp(changes[last].key, changes[last - 1].key) == 0)
				continue;
			if (name != NULL && is_taken(g, name, changes[last].key))
				put_off(g, source_id, changes[last].key);
			else
				keys[nkeys++] = changes[last].key;
		}
		read_source(g, batch, source_id, keys, nkeys);
	}
	crm_bulk_take(g->bulk, batch);
	crm_batch_finish(batch);
	pfree(keys);
}

/* In a subtransaction of its own; false: one of the rows cannot be read, and none was taken. */
static bool
try_changes(gathering *g, const crm_change *changes, int n)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		read_changes(g, changes, n);
		ReleaseCurrentSubTransaction();
		done = true;
	}
	PG_CATCH();
	{
		ErrorData *error;

		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		RollbackAndReleaseCurrentSubTransaction();
		if (error->sqlerrcode == ERRCODE_QUERY_CANCELED ||
			ERRCODE_TO_CATEGORY(error->sqlerrcode) == ERRCODE_OPERATOR_INTERVENTION)
			ReThrowError(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

/* False: nothing is left to take, or memory, or a row is to be found that cannot be read. */
static bool
gather_more(gathering *g, const crm_ids *skipped)
{
	int64 room = maintenance_work_mem * INT64CONST(1024) / BYTES_OF_RECORD - g->bulk->n;
	int n;
	crm_change *changes;

	if (room < LEAST_AT_ONCE)
		return false;
	changes = crm_pending_take((int) Min(room, ROWS_AT_ONCE), skipped, &n);
	if (n == 0)
		return false;
	qsort(changes, n, sizeof(crm_change), by_source);
	if (try_changes(g, changes, n))
	{
		g->read += n;
		return true;
	}
	for (int i = 0; i < n; i++)
		crm_pending_put_back(&changes[i]);
	return false;
}

static void
gather(gathering *g, const crm_ids *skipped, int64 waiting, crm_bulk_progress progress,
	   void *context)
{
	MemoryContext chunk =
		AllocSetContextCreate(CurrentMemoryContext, "crm bulk chunk", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(chunk);

	while (gather_more(g, skipped))
	{
		progress(context, "read", g->read, Max(waiting, g->read));
		MemoryContextSwitchTo(chunk);
		MemoryContextReset(chunk);
	}
	MemoryContextSwitchTo(before);
	MemoryContextDelete(chunk);
}

int64
crm_bulk_run_pending(const crm_ids *skipped, int64 waiting, crm_bulk_progress progress,
					 void *context)
{
	gathering g = {.bulk = crm_bulk_begin("resolve")};
	HASHCTL ctl = {.keysize = sizeof(int64), .entrysize = sizeof(int64), .hcxt = g.bulk->context};
	int level = crm_probe_settings();
	int64 done;
	ListCell *cell;

	g.taken = hash_create("crm keys taken", Min(waiting, 100000), &ctl,
						  HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	crm_bulk_load_stored(g.bulk);
	gather(&g, skipped, waiting, progress, context);
	hash_destroy(g.taken);
	if (g.bulk->n > g.bulk->nstored)
	{
		progress(context, "train", g.bulk->n, g.bulk->n);
		(void) crm_bulk_train(g.bulk);
		progress(context, "link", g.bulk->n, g.bulk->n);
		crm_bulk_resolve(g.bulk);
		crm_store_end_reclustering();
	}
	foreach (cell, g.waiting)
		crm_pending_put_back(lfirst(cell));
	done = g.read - list_length(g.waiting);
	crm_probe_settings_end(level);
	crm_bulk_finish(g.bulk);
	return done;
}

void
crm_bulk_run_stored(void)
{
	crm_bulk *bulk = crm_bulk_begin("model");
	int level = crm_probe_settings();

	crm_bulk_load_stored(bulk);
	crm_bulk_resolve(bulk);
	crm_store_end_reclustering();
	crm_probe_settings_end(level);
	crm_bulk_finish(bulk);
}
