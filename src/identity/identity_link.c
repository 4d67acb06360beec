/*
 * identity_link.c - candidates by key, their comparison, their edges.
 *
 * An edge exists between two records exactly if they share a key that is not too common and their
 * weight is above the floor: a function of the records that exist, whatever came first. So when a
 * key becomes too common, or ceases to be, the edges of all that have it are computed anew.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity_batch.h"
#include "identity/identity_capped.h"
#include "match/match_compare.h"
#include "match/match_key.h"
#include "identity/identity_parallel.h"
#include "identity/identity_store.h"

/* Keys whose records are fetched at a time. */
#define KEYS_AT_ONCE 20000

typedef struct pair
{
	int64 a;
	int64 b;
} pair;

typedef struct link_work
{
	crm_batch *batch;
	HTAB *pairs;        /* candidates, each once */
	HTAB *key_changes;  /* key -> how many records it gained */
	crm_ids neighbours; /* records whose keys crossed the limit */
	crm_ids crowded;    /* too common keys that gained records */
	crm_ids capped;     /* too common keys, to be noted */
} link_work;

typedef struct key_change
{
	int64 key;
	int gained;
	int lost;
} key_change;

static void
store_keys(const crm_ids *keys, const crm_ids *records, const char *sql, SPIPlanPtr *plan)
{
	static const Oid types[] = {INT8ARRAYOID, INT8ARRAYOID};
	Datum args[2];

	if (keys->n == 0)
		return;
	args[0] = crm_ids_array(keys->v, keys->n);
	args[1] = crm_ids_array(records->v, records->n);
	crm_store_run(crm_plan(plan, sql, 2, types), args, NULL);
	pfree(DatumGetPointer(args[0]));
	pfree(DatumGetPointer(args[1]));
}

static void
store_key_changes(crm_batch *batch)
{
	static SPIPlanPtr remove;
	static SPIPlanPtr add;

	store_keys(
		&batch->keys_removed, &batch->keys_removed_record,
		"DELETE FROM crm_internal.record_key k"
		" USING ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS d(key, record_id)"
		" WHERE k.key OPERATOR(pg_catalog.=) d.key"
		"   AND k.record_id OPERATOR(pg_catalog.=) d.record_id",
		&remove);
	store_keys(&batch->keys_added, &batch->keys_added_record,
			   "INSERT INTO crm_internal.record_key (key, record_id)"
			   " SELECT a.key, a.record_id FROM ROWS FROM (pg_catalog.unnest($1), "
			   "pg_catalog.unnest($2)) AS a(key, record_id)"
			   "  ORDER BY 1, 2",
			   &add);
}

static key_change *
change_of(link_work *work, int64 key)
{
	bool found;
	key_change *change = hash_search(work->key_changes, &key, HASH_ENTER, &found);

	if (!found)
		change->gained = change->lost = 0;
	return change;
}

static void
count_key_changes(link_work *work)
{
	crm_batch *batch = work->batch;

	for (int i = 0; i < batch->keys_added.n; i++)
		change_of(work, batch->keys_added.v[i])->gained++;
	for (int i = 0; i < batch->keys_removed.n; i++)
		change_of(work, batch->keys_removed.v[i])->lost++;
}

/* At most limit records of each key, in SPI_tuptable as (key, record_id), key by key. */
static void
fetch_blocks(const int64 *keys, int n, int limit)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT4OID};
	Datum args[] = {crm_ids_array(keys, n), Int32GetDatum(limit)};

	crm_plan(&plan,
			 "SELECT t.key, b.record_id"
			 "  FROM pg_catalog.unnest($1) AS t(key),"
			 "       LATERAL (SELECT k.record_id FROM crm_internal.record_key k"
			 "                 WHERE k.key OPERATOR(pg_catalog.=) t.key LIMIT $2) AS b",
			 2, types);
	crm_store_run(plan, args, NULL);
	pfree(DatumGetPointer(args[0]));
}

static int64
fetched(uint64 row, int column)
{
	bool isnull;

	return DatumGetInt64(
		SPI_getbinval(SPI_tuptable->vals[row], SPI_tuptable->tupdesc, column, &isnull));
}

/* All pairs of a block of which at least one record is computed anew. */
static void
pair_block(link_work *work, const int64 *records, int n)
{
	for (int i = 0; i < n; i++)
	{
		crm_record *record = crm_batch_record(work->batch, records[i]);

		if (record == NULL || !record->relink)
			continue;
		for (int j = 0; j < n; j++)
		{
			pair p = {Min(records[i], records[j]), Max(records[i], records[j])};

			if (i != j)
				hash_search(work->pairs, &p, HASH_ENTER, NULL);
		}
	}
}

/* A block of more than the limit is fetched one over it: size says no more than that. */
static void
take_block(link_work *work, int64 key, const int64 *records, int size)
{
	key_change *change = hash_search(work->key_changes, &key, HASH_FIND, NULL);

	if (size <= CRM_KEY_COMMON)
	{
		pair_block(work, records, size);
		if (change != NULL && size - change->gained + change->lost > CRM_KEY_COMMON)
			for (int i = 0; i < size; i++)
				crm_ids_add(&work->neighbours, records[i]);
	}
	else if (change == NULL)
		crm_ids_add(&work->capped, key);
	else if (change->gained > 0)
		crm_ids_add(&work->crowded, key);
}

/* Blocks of keys (sorted, distinct): pairs of the usable ones, neighbours of those that changed. */
static void
take_blocks(link_work *work, int64 *keys, int nkeys)
{
	int64 records[CRM_KEY_COMMON + 1];

	nkeys = crm_keys_keep((int64_t *) keys, nkeys, work->batch->key_kinds);
	for (int from = 0; from < nkeys; from += KEYS_AT_ONCE)
	{
		int n = 0;

		CHECK_FOR_INTERRUPTS();
		fetch_blocks(keys + from, Min(KEYS_AT_ONCE, nkeys - from), CRM_KEY_COMMON + 1);
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			records[n++] = fetched(i, 2);
			if (i + 1 < SPI_processed && fetched(i, 1) == fetched(i + 1, 1))
				continue;
			take_block(work, fetched(i, 1), records, n);
			n = 0;
		}
		SPI_freetuptable(SPI_tuptable);
	}
}

/*
 * Keys that are too common now and gained records: those that were usable before the batch lose
 * the edges of the records that had them, so these are computed anew.
 */
static void
take_crowded(link_work *work)
{
	for (int k = 0; k < work->crowded.n; k++)
	{
		key_change *change = hash_search(work->key_changes, &work->crowded.v[k], HASH_FIND, NULL);
		int enough = CRM_KEY_COMMON + change->gained + 1;

		fetch_blocks(&work->crowded.v[k], 1, enough);
		if (SPI_processed < enough &&
			(int) SPI_processed - change->gained + change->lost <= CRM_KEY_COMMON)
		{
			crm_ids_add(&work->capped, work->crowded.v[k]);
			for (uint64 i = 0; i < SPI_processed; i++)
				crm_ids_add(&work->neighbours, fetched(i, 2));
		}
		SPI_freetuptable(SPI_tuptable);
	}
}

static void
add_keys_of(const crm_record *record, crm_ids *keys)
{
	int64_t found[CRM_KEYS_MAX];
	int n = crm_profile_keys(&record->profile, found);

	for (int i = 0; i < n; i++)
		crm_ids_add(keys, found[i]);
}

/* Records whose keys crossed the limit join those that are computed anew. */
static void
relink_neighbours(link_work *work)
{
	crm_batch *batch = work->batch;
	crm_ids keys = {0};

	crm_ids_sort_distinct(&work->neighbours);
	crm_batch_load(batch, work->neighbours.v, work->neighbours.n);
	for (int i = 0; i < work->neighbours.n; i++)
	{
		crm_record *record = crm_batch_record(batch, work->neighbours.v[i]);

		if (record == NULL || record->relink || record->bytes == NULL)
			continue;
		record->relink = true;
		crm_ids_add(&batch->relink, record->record_id);
		crm_ids_add(&batch->seeds, record->record_id);
		add_keys_of(record, &keys);
	}
	work->neighbours.n = 0;
	work->crowded.n = 0;
	crm_ids_sort_distinct(&keys);
	take_blocks(work, keys.v, keys.n);
}

static void
find_candidates(link_work *work)
{
	crm_batch *batch = work->batch;
	crm_ids keys = {0};

	for (int i = 0; i < batch->relink.n; i++)
		add_keys_of(crm_batch_record(batch, batch->relink.v[i]), &keys);
	for (int i = 0; i < batch->keys_removed.n; i++)
		crm_ids_add(&keys, batch->keys_removed.v[i]);
	crm_ids_sort_distinct(&keys);
	take_blocks(work, keys.v, keys.n);
	take_crowded(work);
	relink_neighbours(work);
	crm_capped_add(work->capped.v, work->capped.n);
	crm_capped_review(batch->keys_removed.v, batch->keys_removed.n);
}

/* Edges of records that go or are computed anew; who was joined by one may fall apart. */
static void
drop_edges(crm_batch *batch)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	crm_ids stored = {0};
	Datum args[1];

	for (int i = 0; i < batch->relink.n; i++)
		if (!crm_batch_record(batch, batch->relink.v[i])->added)
			crm_ids_add(&stored, batch->relink.v[i]);
	for (int i = 0; i < batch->gone.n; i++)
		crm_ids_add(&stored, batch->gone.v[i]);
	if (stored.n == 0)
		return;
	args[0] = crm_ids_array(stored.v, stored.n);
	crm_plan(&plan,
			 "DELETE FROM crm_internal.edge e"
			 " WHERE e.record_a OPERATOR(pg_catalog.=) ANY ($1)"
			 "    OR e.record_b OPERATOR(pg_catalog.=) ANY ($1)"
			 " RETURNING e.record_a, e.record_b",
			 1, types);
	crm_store_run(plan, args, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		crm_ids_add(&batch->seeds, fetched(i, 1));
		crm_ids_add(&batch->seeds, fetched(i, 2));
	}
	SPI_freetuptable(SPI_tuptable);
}

crm_comparison
crm_record_compare(const crm_batch *batch, const crm_record *a, const crm_record *b)
{
	bool swap = a->tie > b->tie || (a->tie == b->tie && a->record_id > b->record_id);

	return crm_profile_compare(&batch->model->model, swap ? &b->profile : &a->profile,
							   swap ? &a->profile : &b->profile);
}

static void
store_edges(const crm_ids *a, const crm_ids *b, const crm_ids *weight)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT8ARRAYOID, INT8ARRAYOID};
	Datum args[3];

	if (a->n == 0)
		return;
	args[0] = crm_ids_array(a->v, a->n);
	args[1] = crm_ids_array(b->v, b->n);
	args[2] = crm_ids_array(weight->v, weight->n);
	crm_plan(&plan,
			 "INSERT INTO crm_internal.edge (record_a, record_b, weight)"
			 " SELECT n.a, n.b, n.weight::pg_catalog.int4"
			 "   FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), "
			 "pg_catalog.unnest($3)) AS n(a, b, weight)"
			 "  ORDER BY 1, 2",
			 3, types);
	crm_store_run(plan, args, NULL);
}

/* The records of all candidate pairs, each with its place among them in node. */
static crm_record **
load_candidates(link_work *work, int *n)
{
	crm_ids needed = {0};
	crm_record **records;
	HASH_SEQ_STATUS all;
	pair *p;

	hash_seq_init(&all, work->pairs);
	while ((p = hash_seq_search(&all)) != NULL)
	{
		crm_ids_add(&needed, p->a);
		crm_ids_add(&needed, p->b);
	}
	crm_ids_sort_distinct(&needed);
	crm_batch_load(work->batch, needed.v, needed.n);
	records = palloc(sizeof(crm_record *) * Max(needed.n, 1));
	for (int i = 0; i < needed.n; i++)
	{
		records[i] = crm_batch_record(work->batch, needed.v[i]);
		records[i]->node = i;
	}
	*n = needed.n;
	return records;
}

static crm_candidate *
list_candidates(link_work *work, int64 *n)
{
	crm_candidate *list = MemoryContextAllocHuge(
		CurrentMemoryContext, sizeof(crm_candidate) * (hash_get_num_entries(work->pairs) + 1));
	HASH_SEQ_STATUS all;
	pair *p;

	*n = 0;
	hash_seq_init(&all, work->pairs);
	while ((p = hash_seq_search(&all)) != NULL)
		list[(*n)++] = (crm_candidate){.a = crm_batch_record(work->batch, p->a)->node,
									   .b = crm_batch_record(work->batch, p->b)->node};
	return list;
}

static void
compare_candidates(link_work *work)
{
	int nrecords;
	int64 ncandidates;
	crm_record **records = load_candidates(work, &nrecords);
	crm_candidate *list = list_candidates(work, &ncandidates);
	crm_ids a = {0};
	crm_ids b = {0};
	crm_ids weight = {0};

	crm_compare_candidates(work->batch, records, nrecords, list, ncandidates);
	for (int64 i = 0; i < ncandidates; i++)
	{
		if (list[i].weight < CRM_EDGE_FLOOR)
			continue;
		crm_ids_add(&a, records[list[i].a]->record_id);
		crm_ids_add(&b, records[list[i].b]->record_id);
		crm_ids_add(&weight, list[i].weight);
	}
	store_edges(&a, &b, &weight);
	for (int i = 0; i < nrecords; i++)
		records[i]->node = -1;
	pfree(list);
	pfree(records);
}

void
crm_batch_link(crm_batch *batch)
{
	MemoryContext before = MemoryContextSwitchTo(batch->context);
	link_work work = {.batch = batch};
	HASHCTL pairs = {.keysize = sizeof(pair), .entrysize = sizeof(pair), .hcxt = batch->context};
	HASHCTL keys = {
		.keysize = sizeof(int64), .entrysize = sizeof(key_change), .hcxt = batch->context};

	work.pairs = hash_create("crm candidates", 64 + 16 * batch->relink.n, &pairs,
							 HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	work.key_changes = hash_create("crm key changes", 64 + 16 * batch->relink.n, &keys,
								   HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	store_key_changes(batch);
	count_key_changes(&work);
	find_candidates(&work);
	drop_edges(batch);
	compare_candidates(&work);
	MemoryContextSwitchTo(before);
}
