/*
 * identity_bulk_link.c - all pairs that share a key, each once, compared by parallel workers.
 *
 * Keys are sorted; what stands together is a block. A pair that shares several keys is compared in
 * the block of the smallest, which the two lists of blocks tell, so no table of pairs is needed.
 * Workers take blocks from one counter and put edges into shared memory; the leader writes.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "miscadmin.h"
#include "optimizer/cost.h"
#include "port/atomics.h"
#include "utils/memutils.h"
#include "utils/resowner.h"
#include "utils/snapmgr.h"

#include "base/bulk_insert.h"
#include "base/ids.h"
#include "identity/identity_bulk.h"
#include "identity/identity_capped.h"
#include "match/match_key.h"

/* Fewer pairs are done before a worker has started. */
#define PAIRS_WORTH_A_WORKER 50000
#define BLOCKS_AT_ONCE 256
#define EDGES_AT_ONCE 256

#define KEY_SHARED 1

typedef struct posting
{
	uint64 key;
	int64 record;
} posting;

/* Blocks of two records and more, of keys that are not too common. */
typedef struct blocks
{
	int32 n;
	int64 members;
	int64 pairs;
	int32 *first;   /* where in member a block begins, n + 1 of them */
	int32 *member;  /* records, ascending in each block */
	int32 *own;     /* where in block a record's blocks begin, records + 1 of them */
	int32 *block;   /* ascending for each record */
	crm_ids capped; /* keys that are too common */
} blocks;

/* Followed by what the offsets say. */
typedef struct shared
{
	pg_atomic_uint64 next_block;
	pg_atomic_uint64 nedges; /* found; those beyond the room are not kept */
	int64 edges_room;
	int32 nblocks;
	Size first;
	Size member;
	Size own;
	Size block;
	Size records;
	Size terms;
	Size profiles;
	Size edges;
	crm_model model;
} shared;

/* Keys are sorted without regard to a sign, as the index has them. */
#define SIGN (UINT64CONST(1) << 63)

PGDLLEXPORT void crm_bulk_worker(dsm_segment *segment, shm_toc *toc);

static int64
key_of(const posting *p)
{
	return (int64) (p->key ^ SIGN);
}

static posting *
list_postings(const crm_bulk *bulk, int64 *n)
{
	int64 room = bulk->n * 16 + CRM_KEYS_MAX;
	posting *postings = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(posting));

	*n = 0;
	for (int64 i = 0; i < bulk->n; i++)
	{
		int64_t keys[CRM_KEYS_MAX];
		crm_profile profile;
		int nkeys;

		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
		crm_bulk_open(bulk, i, &profile);
		nkeys = crm_profile_keys(&profile, keys);
		if (*n + nkeys > room)
		{
			room = room * 3 / 2 + CRM_KEYS_MAX;
			postings = repalloc_huge(postings, room * sizeof(posting));
		}
		for (int k = 0; k < nkeys; k++)
			postings[(*n)++] = (posting){(uint64) keys[k] ^ SIGN, i};
	}
	return postings;
}

/* By radix from the lowest digit on, which leaves equal keys in the order of their records. */
static posting *
sort_postings(posting *from, int64 n)
{
	enum
	{
		BITS = 11,
		DIGITS = 1 << BITS
	};
	posting *to = MemoryContextAllocHuge(CurrentMemoryContext, (n + 1) * sizeof(posting));

	for (int shift = 0; shift < 64; shift += BITS)
	{
		int64 at[DIGITS] = {0};
		int64 sum = 0;
		posting *other = from;

		CHECK_FOR_INTERRUPTS();
		for (int64 i = 0; i < n; i++)
			at[from[i].key >> shift & (DIGITS - 1)]++;
		for (int d = 0; d < DIGITS; d++)
		{
			int64 count = at[d];

			at[d] = sum;
			sum += count;
		}
		for (int64 i = 0; i < n; i++)
			to[at[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
		from = to;
		to = other;
	}
	pfree(to);
	return from;
}

/* In the order of keys, so that the index grows at its end. */
static void
store_keys(const crm_bulk *bulk, const posting *postings, int64 n)
{
	crm_bulk_insert *insert;

	if (bulk->n == bulk->nstored)
		return;
	insert = bulk->nstored == 0 ? crm_bulk_insert_begin_empty("record_key", "record_key_pkey")
								: crm_bulk_insert_begin("record_key");
	for (int64 i = 0; i < n; i++)
	{
		Datum values[] = {Int64GetDatum(key_of(&postings[i])),
						  Int64GetDatum(bulk->records[postings[i].record].record_id)};

		if (postings[i].record >= bulk->nstored)
			crm_bulk_insert_row(insert, values, NULL);
	}
	crm_bulk_insert_end(insert);
}

static void
make_blocks(const crm_bulk *bulk, const posting *postings, int64 n, blocks *b)
{
	b->first = MemoryContextAllocHuge(CurrentMemoryContext, (n / 2 + 2) * sizeof(int32));
	b->member = MemoryContextAllocHuge(CurrentMemoryContext, (n + 1) * sizeof(int32));
	for (int64 from = 0, to; from < n; from = to)
	{
		crm_key_kind kind = crm_key_kind_of(key_of(&postings[from]));

		for (to = from; to < n && postings[to].key == postings[from].key; to++)
			;
		if (to - from > CRM_KEY_COMMON)
			crm_ids_add(&b->capped, key_of(&postings[from]));
		if (to - from < 2 || to - from > CRM_KEY_COMMON || !(bulk->key_kinds >> kind & 1))
			continue;
		b->first[b->n++] = (int32) b->members;
		b->pairs += (to - from) * (to - from - 1) / 2;
		for (int64 i = from; i < to; i++)
			b->member[b->members++] = (int32) postings[i].record;
	}
	b->first[b->n] = (int32) b->members;
}

/* The other way round: the blocks of each record. */
static void
invert_blocks(const crm_bulk *bulk, blocks *b)
{
	b->own = MemoryContextAllocExtended(CurrentMemoryContext, (bulk->n + 2) * sizeof(int32),
										MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	b->block = MemoryContextAllocHuge(CurrentMemoryContext, (b->members + 1) * sizeof(int32));
	for (int64 i = 0; i < b->members; i++)
		b->own[b->member[i] + 2]++;
	for (int64 i = 0; i < bulk->n; i++)
		b->own[i + 2] += b->own[i + 1];
	for (int32 block = 0; block < b->n; block++)
		for (int32 i = b->first[block]; i < b->first[block + 1]; i++)
			b->block[b->own[b->member[i] + 1]++] = block;
}

static void *
at(const shared *s, Size offset)
{
	return (char *) s + offset;
}

/* Whether the two are in no block before this one. */
static bool
meet_first(const shared *s, int32 a, int32 b, int32 block)
{
	const int32 *own = at(s, s->own);
	const int32 *blocks_of = at(s, s->block);
	const int32 *x = blocks_of + own[a];
	const int32 *y = blocks_of + own[b];

	while (*x != *y)
	{
		if (*x < *y)
			x++;
		else
			y++;
	}
	return *x == block;
}

/* Edges that are found, on their way to the shared ones. */
typedef struct found_edges
{
	int n;
	crm_bulk_edge edges[EDGES_AT_ONCE];
} found_edges;

static void
hand_over(shared *s, found_edges *found)
{
	int64 place = (int64) pg_atomic_fetch_add_u64(&s->nedges, found->n);

	if (place + found->n <= s->edges_room)
		memcpy((crm_bulk_edge *) at(s, s->edges) + place, found->edges,
			   sizeof(crm_bulk_edge) * found->n);
	found->n = 0;
}

static const crm_profile *
open_member(const shared *s, int32 record, crm_profile *profile)
{
	const crm_bulk_record *r = (const crm_bulk_record *) at(s, s->records) + record;

	if (profile->kind == 0)
	{
		(void) crm_profile_open((const char *) at(s, s->profiles) + r->offset, r->length, profile);
		profile->terms = ((const crm_terms *) at(s, s->terms))[record];
	}
	return profile;
}

static void
compare_block(shared *s, int32 block, crm_profile *profiles, found_edges *found)
{
	const int32 *first = at(s, s->first);
	const int32 *member = (const int32 *) at(s, s->member) + first[block];
	const crm_bulk_record *records = at(s, s->records);
	int n = first[block + 1] - first[block];

	for (int i = 0; i < n; i++)
		profiles[i].kind = 0;
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++)
		{
			const crm_profile *a;
			const crm_profile *b;
			int32 weight;

			if (!meet_first(s, member[i], member[j], block))
				continue;
			a = open_member(s, member[i], &profiles[i]);
			b = open_member(s, member[j], &profiles[j]);
			if (records[member[i]].tie <= records[member[j]].tie)
				weight = crm_profile_compare(&s->model, a, b).weight;
			else
				weight = crm_profile_compare(&s->model, b, a).weight;
			if (weight < CRM_EDGE_FLOOR)
				continue;
			if (found->n == EDGES_AT_ONCE)
				hand_over(s, found);
			found->edges[found->n++] = (crm_bulk_edge){member[i], member[j], weight};
		}
}

/* What leader and workers do alike. */
static void
compare_blocks(shared *s)
{
	crm_profile *profiles = palloc(sizeof(crm_profile) * CRM_KEY_COMMON);
	found_edges *found = palloc(sizeof(found_edges));

	found->n = 0;
	for (;;)
	{
		int64 from = (int64) pg_atomic_fetch_add_u64(&s->next_block, BLOCKS_AT_ONCE);
		int64 to = Min(from + BLOCKS_AT_ONCE, s->nblocks);

		if (from >= s->nblocks)
			break;
		CHECK_FOR_INTERRUPTS();
		for (int64 block = from; block < to; block++)
			compare_block(s, (int32) block, profiles, found);
	}
	hand_over(s, found);
	pfree(found);
	pfree(profiles);
}

void
crm_bulk_worker(dsm_segment *segment, shm_toc *toc)
{
	compare_blocks(shm_toc_lookup(toc, KEY_SHARED, false));
}

static Size
reserve(Size *offset, Size used, Size item, int64 n)
{
	*offset = MAXALIGN(used);
	return add_size(*offset, mul_size(item, n));
}

static Size
lay_out(shared *s, const crm_bulk *bulk, const blocks *b)
{
	Size used = reserve(&s->first, sizeof(shared), sizeof(int32), b->n + 1);

	s->nblocks = b->n;
	used = reserve(&s->member, used, sizeof(int32), b->members);
	used = reserve(&s->own, used, sizeof(int32), bulk->n + 1);
	used = reserve(&s->block, used, sizeof(int32), b->members);
	used = reserve(&s->records, used, sizeof(crm_bulk_record), bulk->n);
	used = reserve(&s->terms, used, sizeof(crm_terms), bulk->n);
	used = reserve(&s->profiles, used, 1, bulk->used);
	return reserve(&s->edges, used, sizeof(crm_bulk_edge), s->edges_room);
}

static void
fill(shared *s, const shared *layout, const crm_bulk *bulk, const blocks *b)
{
	*s = *layout;
	s->model = bulk->model->model;
	pg_atomic_init_u64(&s->next_block, 0);
	pg_atomic_init_u64(&s->nedges, 0);
	memcpy(at(s, s->first), b->first, sizeof(int32) * (b->n + 1));
	memcpy(at(s, s->member), b->member, sizeof(int32) * b->members);
	memcpy(at(s, s->own), b->own, sizeof(int32) * (bulk->n + 1));
	memcpy(at(s, s->block), b->block, sizeof(int32) * b->members);
	memcpy(at(s, s->records), bulk->records, sizeof(crm_bulk_record) * bulk->n);
	memcpy(at(s, s->terms), bulk->terms, sizeof(crm_terms) * bulk->n);
	memcpy(at(s, s->profiles), bulk->profiles, bulk->used);
}

/* Takes the edges out if there was room for all; else how much room there must be is known. */
static bool
collect(crm_bulk *bulk, shared *s)
{
	int64 n = (int64) pg_atomic_read_u64(&s->nedges);

	bulk->nedges = n;
	if (n > s->edges_room)
		return false;
	bulk->edges = MemoryContextAllocHuge(bulk->context, sizeof(crm_bulk_edge) * (n + 1));
	memcpy(bulk->edges, at(s, s->edges), sizeof(crm_bulk_edge) * n);
	return true;
}

static bool
compare_alone(crm_bulk *bulk, const blocks *b, int64 edges_room)
{
	shared layout = {.edges_room = edges_room};
	shared *s = MemoryContextAllocHuge(CurrentMemoryContext, lay_out(&layout, bulk, b));
	bool all;

	fill(s, &layout, bulk, b);
	compare_blocks(s);
	all = collect(bulk, s);
	pfree(s);
	return all;
}

static bool
compare_with_workers(crm_bulk *bulk, const blocks *b, int64 edges_room, int nworkers)
{
	shared layout = {.edges_room = edges_room};
	Size size = lay_out(&layout, bulk, b);
	ParallelContext *context;
	shared *s;
	bool all;

	PushActiveSnapshot(GetTransactionSnapshot());
	EnterParallelMode();
	context = CreateParallelContext("crm", "crm_bulk_worker", nworkers);
	shm_toc_estimate_chunk(&context->estimator, size);
	shm_toc_estimate_keys(&context->estimator, 1);
	InitializeParallelDSM(context);
	s = shm_toc_allocate(context->toc, size);
	fill(s, &layout, bulk, b);
	shm_toc_insert(context->toc, KEY_SHARED, s);
	LaunchParallelWorkers(context);
	compare_blocks(s);
	WaitForParallelWorkersToFinish(context);
	all = collect(bulk, s);
	DestroyParallelContext(context);
	ExitParallelMode();
	PopActiveSnapshot();
	return all;
}

/* Where shared memory has no room for the profiles, the leader does without workers. */
static bool
try_workers(crm_bulk *bulk, const blocks *b, int64 edges_room, int nworkers, bool *all)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	volatile bool done = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		*all = compare_with_workers(bulk, b, edges_room, nworkers);
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
		if (ERRCODE_TO_CATEGORY(error->sqlerrcode) != ERRCODE_INSUFFICIENT_RESOURCES)
			ReThrowError(error);
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;
	return done;
}

static int
by_ends(const void *a, const void *b)
{
	const crm_bulk_edge *x = a;
	const crm_bulk_edge *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

static void
compare_all(crm_bulk *bulk, const blocks *b)
{
	int nworkers = (int) Min(max_parallel_workers_per_gather, b->pairs / PAIRS_WORTH_A_WORKER);
	int64 room = 2 * bulk->n + 1024;
	bool all = false;

	while (!all)
	{
		if (nworkers > 0 && !try_workers(bulk, b, room, nworkers, &all))
			nworkers = 0;
		if (nworkers == 0)
			all = compare_alone(bulk, b, room);
		room = bulk->nedges;
	}
	qsort(bulk->edges, bulk->nedges, sizeof(crm_bulk_edge), by_ends);
}

void
crm_bulk_link_all(crm_bulk *bulk)
{
	MemoryContext mine =
		AllocSetContextCreate(CurrentMemoryContext, "crm bulk link", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(mine);
	blocks b = {0};
	int64 n;
	posting *postings = list_postings(bulk, &n);

	if (bulk->n > PG_INT32_MAX - 2 || n > PG_INT32_MAX)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("too many source records to compare at once")));
	postings = sort_postings(postings, n);
	store_keys(bulk, postings, n);
	make_blocks(bulk, postings, n, &b);
	crm_capped_set(b.capped.v, b.capped.n);
	pfree(postings);
	invert_blocks(bulk, &b);
	compare_all(bulk, &b);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(mine);
}
