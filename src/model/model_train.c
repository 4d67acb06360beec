/*
 * model_train.c - what a training wants to know of the records: the patterns of pairs that share a
 * key, of pairs drawn at random, and the frequencies of values.
 *
 * Everything is drawn by fixed rules from the profiles in the order in which they come, so the same
 * profiles train the same model.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/ids.h"
#include "match/match_key.h"
#include "match/match_term.h"
#include "match/match_train.h"
#include "model/model.h"
#include "model/model_store.h"

/* Pairs that are looked at; of more only a sample is, chosen by hash. */
#define CANDIDATES_MOST 2000000
#define RANDOM_PAIRS 1000000

typedef struct posting
{
	int64 key;
	int64 profile;
} posting;

typedef struct pair
{
	int32 a;
	int32 b;
} pair;

typedef struct work
{
	crm_profile *profiles;
	int64 n;
	posting *postings;
	int64 npostings;
	pair *pairs;
	int64 npairs;
	double fraction; /* of the candidates that are looked at */
	crm_counted_pattern *patterns;
	crm_training training;
	crm_ids term_keys;
	crm_ids term_counts;
} work;

static void count_terms(work *w);
static void list_postings(work *w);
static void list_pairs(work *w);
static void match_pairs(work *w);
static void draw_random(work *w);

int32
crm_model_train(const crm_profile *profiles, int64 n)
{
	MemoryContext mine;
	MemoryContext before;
	work w = {.n = n};
	int32 version;

	if (n < CRM_TRAINING_LEAST)
		return 0;
	mine = AllocSetContextCreate(CurrentMemoryContext, "crm training", ALLOCSET_DEFAULT_SIZES);
	before = MemoryContextSwitchTo(mine);
	w.profiles = MemoryContextAllocHuge(mine, n * sizeof(crm_profile));
	memcpy(w.profiles, profiles, n * sizeof(crm_profile));
	w.training.records = n;
	for (int64 i = 0; i < n; i++)
		w.training.organizations += profiles[i].kind == 'o';
	count_terms(&w);
	list_postings(&w);
	list_pairs(&w);
	match_pairs(&w);
	draw_random(&w);
	crm_train(&w.training);
	version = crm_model_store(&w.training, w.npairs);
	crm_model_store_terms(version, &w.term_keys, &w.term_counts);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(mine);
	return version;
}

static int
compare_words(const void *a, const void *b)
{
	uint64 x = *(const uint64 *) a;
	uint64 y = *(const uint64 *) b;

	return (x > y) - (x < y);
}

static void
count_terms(work *w)
{
	uint64 *keys =
		MemoryContextAllocHuge(CurrentMemoryContext, w->n * CRM_TERM_KEYS_MAX * sizeof(uint64));
	crm_term_table table;
	int64 n = 0;

	for (int64 i = 0; i < w->n; i++)
		n += crm_term_keys(&w->profiles[i], keys + n);
	qsort(keys, n, sizeof(uint64), compare_words);
	for (int64 from = 0, to; from < n; from = to)
	{
		for (to = from; to < n && keys[to] == keys[from]; to++)
			;
		if (to - from < CRM_TERM_LEAST)
			continue;
		crm_ids_add(&w->term_keys, (int64) keys[from]);
		crm_ids_add(&w->term_counts, to - from);
	}
	pfree(keys);
	table.places = crm_term_places(w->term_keys.n);
	table.terms = MemoryContextAllocExtended(CurrentMemoryContext, table.places * sizeof(crm_term),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < w->term_keys.n; i++)
		crm_term_put(&table, (uint64) w->term_keys.v[i], w->term_counts.v[i]);
	for (int64 i = 0; i < w->n; i++)
		crm_term_of(&table, &w->profiles[i]);
}

static int
compare_postings(const void *a, const void *b)
{
	const posting *x = a;
	const posting *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->profile > y->profile) - (x->profile < y->profile);
}

static void
list_postings(work *w)
{
	int64 room = w->n * 16 + CRM_KEYS_MAX;

	w->postings = MemoryContextAllocHuge(CurrentMemoryContext, room * sizeof(posting));
	for (int64 i = 0; i < w->n; i++)
	{
		int64_t keys[CRM_KEYS_MAX];
		int n = crm_profile_keys(&w->profiles[i], keys);

		if (w->npostings + n > room)
		{
			room = room * 3 / 2 + CRM_KEYS_MAX;
			w->postings = repalloc_huge(w->postings, room * sizeof(posting));
		}
		for (int k = 0; k < n; k++)
			w->postings[w->npostings++] = (posting){keys[k], i};
	}
	qsort(w->postings, w->npostings, sizeof(posting), compare_postings);
}

static int64
block_end(const work *w, int64 from)
{
	int64 to = from;

	while (to < w->npostings && w->postings[to].key == w->postings[from].key)
		to++;
	return to;
}

static int64
pairs_of(int64 size)
{
	return size > CRM_KEY_COMMON ? 0 : size * (size - 1) / 2;
}

static int
compare_pairs(const void *a, const void *b)
{
	const pair *x = a;
	const pair *y = b;

	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* A pair that shares several keys is in the sample by all of them, or by none. */
static void
take_pair(work *w, int32 a, int32 b, int64 *room)
{
	pair p = {a, b};

	if (w->fraction < 1 && hash_bytes((const unsigned char *) &p, sizeof(p)) >
							   (uint32) (w->fraction * (double) PG_UINT32_MAX))
		return;
	if (w->npairs == *room)
	{
		*room = Max(*room * 2, 65536);
		w->pairs = w->pairs == NULL
					   ? MemoryContextAllocHuge(CurrentMemoryContext, *room * sizeof(pair))
					   : repalloc_huge(w->pairs, *room * sizeof(pair));
	}
	w->pairs[w->npairs++] = p;
}

static void
list_pairs(work *w)
{
	double all = 0;
	int64 room = 0;
	int64 distinct = 0;

	for (int64 from = 0, to; from < w->npostings; from = to)
	{
		to = block_end(w, from);
		all += pairs_of(to - from);
	}
	w->fraction = all <= CANDIDATES_MOST ? 1 : CANDIDATES_MOST / all;
	for (int64 from = 0, to; from < w->npostings; from = to)
	{
		to = block_end(w, from);
		if (to - from > CRM_KEY_COMMON)
			continue;
		for (int64 i = from; i < to; i++)
			for (int64 j = i + 1; j < to; j++)
				take_pair(w, (int32) w->postings[i].profile, (int32) w->postings[j].profile, &room);
	}
	CHECK_FOR_INTERRUPTS();
	if (w->npairs > 0)
		qsort(w->pairs, w->npairs, sizeof(pair), compare_pairs);
	for (int64 i = 0; i < w->npairs; i++)
		if (distinct == 0 || compare_pairs(&w->pairs[distinct - 1], &w->pairs[i]) != 0)
			w->pairs[distinct++] = w->pairs[i];
	w->npairs = distinct;
}

static int
compare_patterns(const void *a, const void *b)
{
	return crm_pattern_order(&((const crm_counted_pattern *) a)->pattern,
							 &((const crm_counted_pattern *) b)->pattern);
}

static void
match_pairs(work *w)
{
	int64 n = 0;
	int distinct = 0;

	w->patterns =
		MemoryContextAllocHuge(CurrentMemoryContext, (w->npairs + 1) * sizeof(crm_counted_pattern));
	for (int64 i = 0; i < w->npairs; i++)
	{
		const crm_profile *a = &w->profiles[w->pairs[i].a];
		const crm_profile *b = &w->profiles[w->pairs[i].b];

		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
		if (a->kind != b->kind)
			continue;
		crm_profile_match(a, b, &w->patterns[n].pattern);
		crm_pattern_round(&w->patterns[n].pattern);
		w->patterns[n++].count = 1 / w->fraction;
	}
	qsort(w->patterns, n, sizeof(crm_counted_pattern), compare_patterns);
	for (int64 i = 0; i < n; i++)
		if (distinct > 0 && compare_patterns(&w->patterns[distinct - 1], &w->patterns[i]) == 0)
			w->patterns[distinct - 1].count += w->patterns[i].count;
		else
			w->patterns[distinct++] = w->patterns[i];
	w->training.patterns = w->patterns;
	w->training.npatterns = distinct;
}

/* By a generator of its own (Marsaglia 2003, xorshift), so that a training can be repeated. */
static void
draw_random(work *w)
{
	uint64 x = UINT64CONST(88172645463325252);

	for (int i = 0; i < RANDOM_PAIRS; i++)
	{
		const crm_profile *a;
		const crm_profile *b;
		crm_pattern pattern;

		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		a = &w->profiles[(x >> 1) % w->n];
		b = &w->profiles[(x >> 33) % w->n];
		if (a == b || a->kind != b->kind)
			continue;
		crm_profile_match(a, b, &pattern);
		w->training.random_pairs++;
		for (int level = 0; level < CRM_LEVELS; level++)
			w->training.random[level] += pattern.levels >> level & 1;
	}
}
