/*
 * model_train.c - what a training wants to know of the records: the patterns of pairs that share a
 * key, of pairs drawn at random, and the frequencies of values.
 *
 * Everything is drawn by fixed rules from the profiles in the order of their ties, so the same
 * records train the same model. Pairs of sampled records stand for as many more.
 */
#include "postgres.h"

#include "common/hashfn.h"
#include "miscadmin.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "match/match_key.h"
#include "match/match_train.h"
#include "model/model.h"
#include "model/model_count.h"
#include "model/model_store.h"

/* Pairs that are looked at; of more only a sample is, chosen by hash. */
#define CANDIDATES_MOST 500000
#define RANDOM_PAIRS 400000

/* Shares of maintenance_work_mem, and what a record in the sample takes besides its profile. */
#define ROOM_LEAST (16 * INT64CONST(1024) * 1024)
#define ROOM_OF_COUNTS 4  /* a fourth */
#define ROOM_OF_RECORDS 2 /* a half */
#define KEYS_USUAL 16
#define RECORD_OVERHEAD (sizeof(sampled) + KEYS_USUAL * sizeof(posting))

typedef struct sampled
{
	const char *bytes;
	uint32 length;
	crm_terms terms;
} sampled;

typedef struct posting
{
	int64 key;
	int32 record;
} posting;

typedef struct pair
{
	int32 a;
	int32 b;
} pair;

typedef struct pattern_count
{
	crm_pattern pattern; /* hash key: first */
	int64 count;
} pattern_count;

struct crm_trainer
{
	MemoryContext context;
	crm_counter counter;
	double share; /* of the records that are in the sample */
	sampled *sample;
	int64 nsample;
	int64 room;
	posting *postings;
	int64 npostings;
	int64 postings_room;
	pair *pairs;
	int64 npairs;
	double fraction; /* of the candidates that are looked at */
	crm_training training;
	crm_ids term_keys;
	crm_ids term_counts;
};

static void open_sampled(const crm_trainer *t, int64 i, crm_profile *profile);
static void take_terms(crm_trainer *t);
static void list_postings(crm_trainer *t);
static void list_pairs(crm_trainer *t);
static void match_pairs(crm_trainer *t);
static void draw_random(crm_trainer *t);

crm_trainer *
crm_trainer_begin(int64 records, int64 bytes)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "crm training", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);
	crm_trainer *t = palloc0(sizeof(crm_trainer));
	double all = Max(bytes + records * (double) RECORD_OVERHEAD, 1);
	double room = Max(maintenance_work_mem * INT64CONST(1024), ROOM_LEAST);

	t->context = context;
	t->share = Min(room / ROOM_OF_RECORDS / all, 1);
	crm_counter_begin(&t->counter, (Size) (room / ROOM_OF_COUNTS));
	t->room = (int64) (records * t->share) + 1024;
	t->sample = MemoryContextAllocHuge(context, t->room * sizeof(sampled));
	MemoryContextSwitchTo(before);
	return t;
}

static bool
is_sampled(const crm_trainer *t, int64 tie)
{
	return t->share >= 1 || hash_bytes((const unsigned char *) &tie, sizeof(tie)) <
								(uint32) (t->share * (double) PG_UINT32_MAX);
}

void
crm_trainer_add(crm_trainer *t, int64 tie, const char *bytes, size_t length)
{
	MemoryContext before = MemoryContextSwitchTo(t->context);
	uint64_t keys[CRM_TERM_KEYS_MAX];
	crm_profile profile;
	char *copy;
	int n;

	if (t->nsample % 1000 == 0)
		CHECK_FOR_INTERRUPTS();
	if (crm_profile_open(bytes, length, &profile))
	{
		t->training.records++;
		t->training.organizations += profile.kind == 'o';
		n = crm_term_keys(&profile, keys);
		for (int i = 0; i < n; i++)
			crm_counter_add(&t->counter, keys[i]);
		if (is_sampled(t, tie))
		{
			if (t->nsample == t->room)
			{
				t->room = t->room * 3 / 2;
				t->sample = repalloc_huge(t->sample, t->room * sizeof(sampled));
			}
			copy = palloc(length);
			memcpy(copy, bytes, length);
			t->sample[t->nsample++] = (sampled){.bytes = copy, .length = (uint32) length};
		}
	}
	MemoryContextSwitchTo(before);
}

int32
crm_trainer_end(crm_trainer *t)
{
	MemoryContext before = MemoryContextSwitchTo(t->context);
	int32 version;

	take_terms(t);
	list_postings(t);
	list_pairs(t);
	match_pairs(t);
	draw_random(t);
	crm_train(&t->training);
	version = crm_model_store(&t->training, t->npairs, t->nsample);
	crm_model_store_terms(version, &t->term_keys, &t->term_counts);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(t->context);
	return version;
}

static void
open_sampled(const crm_trainer *t, int64 i, crm_profile *profile)
{
	(void) crm_profile_open(t->sample[i].bytes, t->sample[i].length, profile);
	profile->terms = t->sample[i].terms;
}

/* Frequencies are those among all records, not in the sample. */
static void
take_terms(crm_trainer *t)
{
	crm_term_table table;

	crm_counter_list(&t->counter, CRM_TERM_LEAST, &t->term_keys, &t->term_counts);
	pfree(t->counter.counts);
	table.places = crm_term_places(t->term_keys.n);
	table.terms = MemoryContextAllocExtended(CurrentMemoryContext, table.places * sizeof(crm_term),
											 MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (int i = 0; i < t->term_keys.n; i++)
		crm_term_put(&table, (uint64) t->term_keys.v[i], t->term_counts.v[i]);
	for (int64 i = 0; i < t->nsample; i++)
	{
		crm_profile profile;

		open_sampled(t, i, &profile);
		crm_term_of(&table, &profile);
		t->sample[i].terms = profile.terms;
	}
	pfree(table.terms);
}

static int
compare_postings(const void *a, const void *b)
{
	const posting *x = a;
	const posting *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

static void
list_postings(crm_trainer *t)
{
	t->postings_room = t->nsample * KEYS_USUAL + CRM_KEYS_MAX;
	t->postings = MemoryContextAllocHuge(t->context, t->postings_room * sizeof(posting));
	for (int64 i = 0; i < t->nsample; i++)
	{
		int64_t keys[CRM_KEYS_MAX];
		crm_profile profile;
		int n;

		open_sampled(t, i, &profile);
		n = crm_profile_keys(&profile, keys);
		if (t->npostings + n > t->postings_room)
		{
			t->postings_room = t->postings_room * 3 / 2 + CRM_KEYS_MAX;
			t->postings = repalloc_huge(t->postings, t->postings_room * sizeof(posting));
		}
		for (int k = 0; k < n; k++)
			t->postings[t->npostings++] = (posting){keys[k], (int32) i};
	}
	qsort(t->postings, t->npostings, sizeof(posting), compare_postings);
}

static int64
block_end(const crm_trainer *t, int64 from)
{
	int64 to = from;

	while (to < t->npostings && t->postings[to].key == t->postings[from].key)
		to++;
	return to;
}

/* Too common among all records, as far as the sample tells. */
static bool
is_common(const crm_trainer *t, int64 size)
{
	return size > Max(CRM_KEY_COMMON * t->share, 2);
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
take_pair(crm_trainer *t, int32 a, int32 b, int64 *room)
{
	pair p = {a, b};

	if (t->fraction < 1 && hash_bytes((const unsigned char *) &p, sizeof(p)) >
							   (uint32) (t->fraction * (double) PG_UINT32_MAX))
		return;
	if (t->npairs == *room)
	{
		*room = Max(*room * 2, 65536);
		t->pairs = t->pairs == NULL ? MemoryContextAllocHuge(t->context, *room * sizeof(pair))
									: repalloc_huge(t->pairs, *room * sizeof(pair));
	}
	t->pairs[t->npairs++] = p;
}

static void
take_block(crm_trainer *t, int64 from, int64 to, int64 *room)
{
	for (int64 i = from; i < to; i++)
		for (int64 j = i + 1; j < to; j++)
			take_pair(t, t->postings[i].record, t->postings[j].record, room);
}

static void
list_pairs(crm_trainer *t)
{
	double all = 0;
	int64 room = 0;
	int64 distinct = 0;

	for (int64 from = 0, to; from < t->npostings; from = to)
	{
		to = block_end(t, from);
		if (!is_common(t, to - from))
			all += (to - from) * (to - from - 1.0) / 2;
	}
	t->fraction = all <= CANDIDATES_MOST ? 1 : CANDIDATES_MOST / all;
	for (int64 from = 0, to; from < t->npostings; from = to)
	{
		to = block_end(t, from);
		if (!is_common(t, to - from))
			take_block(t, from, to, &room);
	}
	pfree(t->postings);
	CHECK_FOR_INTERRUPTS();
	if (t->npairs > 0)
		qsort(t->pairs, t->npairs, sizeof(pair), compare_pairs);
	for (int64 i = 0; i < t->npairs; i++)
		if (distinct == 0 || compare_pairs(&t->pairs[distinct - 1], &t->pairs[i]) != 0)
			t->pairs[distinct++] = t->pairs[i];
	t->npairs = distinct;
}

static int
compare_patterns(const void *a, const void *b)
{
	return crm_pattern_order(&((const crm_counted_pattern *) a)->pattern,
							 &((const crm_counted_pattern *) b)->pattern);
}

/* As training wants them; each stands for as many as were left out. */
static void
take_patterns(crm_trainer *t, HTAB *counts)
{
	crm_counted_pattern *patterns = MemoryContextAllocHuge(
		t->context, (hash_get_num_entries(counts) + 1) * sizeof(crm_counted_pattern));
	double each = 1 / (t->fraction * t->share * t->share);
	HASH_SEQ_STATUS all;
	pattern_count *p;
	int n = 0;

	hash_seq_init(&all, counts);
	while ((p = hash_seq_search(&all)) != NULL)
		patterns[n++] = (crm_counted_pattern){p->pattern, p->count * each};
	qsort(patterns, n, sizeof(crm_counted_pattern), compare_patterns);
	t->training.patterns = patterns;
	t->training.npatterns = n;
}

static void
match_pairs(crm_trainer *t)
{
	HASHCTL ctl = {
		.keysize = sizeof(crm_pattern), .entrysize = sizeof(pattern_count), .hcxt = t->context};
	HTAB *counts = hash_create("crm patterns", 4096, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	crm_profile a;
	crm_profile b;

	for (int64 i = 0; i < t->npairs; i++)
	{
		crm_pattern pattern;
		pattern_count *p;
		bool found;

		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
		if (i == 0 || t->pairs[i].a != t->pairs[i - 1].a)
			open_sampled(t, t->pairs[i].a, &a);
		open_sampled(t, t->pairs[i].b, &b);
		if (a.kind != b.kind)
			continue;
		memset(&pattern, 0, sizeof(pattern));
		crm_profile_match(&a, &b, &pattern);
		crm_pattern_round(&pattern);
		p = hash_search(counts, &pattern, HASH_ENTER, &found);
		p->count = found ? p->count + 1 : 1;
	}
	take_patterns(t, counts);
	hash_destroy(counts);
}

/* By a generator of its own (Marsaglia 2003, xorshift), so that a training can be repeated. */
static void
draw_random(crm_trainer *t)
{
	uint64 x = UINT64CONST(88172645463325252);

	for (int i = 0; i < RANDOM_PAIRS && t->nsample > 0; i++)
	{
		int64 first;
		int64 second;
		crm_profile a;
		crm_profile b;
		crm_pattern pattern;

		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		first = (x >> 1) % t->nsample;
		second = (x >> 33) % t->nsample;
		open_sampled(t, first, &a);
		open_sampled(t, second, &b);
		if (first == second || a.kind != b.kind)
			continue;
		crm_profile_match(&a, &b, &pattern);
		t->training.random_pairs++;
		for (int level = 0; level < CRM_LEVELS; level++)
			t->training.random[level] += pattern.levels >> level & 1;
	}
}
