/*
 * pairs.c - how many pairs a second one core compares, and which pairs these are.
 *
 *   pairs MODEL TERMS RECORDS MOST OUT
 *
 * MODEL: odds, m and u of a version of crm_internal.match_model, one number a line (empty: built in);
 * TERMS: key TAB count of match_term; RECORDS: number TAB profile in hexadecimal. Candidates are pairs
 * that share a blocking key. Of more than MOST only a sample is compared, chosen by hash; OUT gets
 * the numbers of each. What was found and how long it took is printed, a name and a number a line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "match/match_compare.h"
#include "match/match_key.h"
#include "match/match_term.h"

#define ROUNDS 5

typedef struct posting
{
	int64_t key;
	uint32_t record;
} posting;

typedef struct record
{
	long number;
	char *bytes;
	size_t length;
} record;

static record *records;
static crm_profile *profiles;
static long nrecords;
static posting *postings;
static long npostings;
static uint64_t *pairs; /* the lesser record above, the other below */
static long npairs;
static crm_model model;
static crm_term_table terms;

static FILE *
open_or_die(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	if (file == NULL)
	{
		perror(path);
		exit(1);
	}
	return file;
}

/* A larger piece, or the end. */
static void *
more(void *p, size_t size)
{
	p = realloc(p, size);
	if (p == NULL)
	{
		fprintf(stderr, "pairs: out of memory\n");
		exit(1);
	}
	return p;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* ------------------------------ what is given ------------------------------ */

static void
read_model(const char *path)
{
	FILE *in = open_or_die(path, "r");
	double all[CRM_ODDS + 2 * CRM_LEVELS + 1];
	int n = 0;

	while (n <= CRM_ODDS + 2 * CRM_LEVELS && fscanf(in, "%lf", &all[n]) == 1)
		n++;
	fclose(in);
	if (n == 0)
	{
		crm_model_builtin(&model, nrecords);
		return;
	}
	if (n != CRM_ODDS + 2 * CRM_LEVELS)
	{
		fprintf(stderr, "pairs: the model has other levels than this tree\n");
		exit(1);
	}
	memcpy(model.odds, all, sizeof(model.odds));
	memcpy(model.m, all + CRM_ODDS, sizeof(model.m));
	memcpy(model.u, all + CRM_ODDS + CRM_LEVELS, sizeof(model.u));
	crm_model_prepare(&model);
}

static void
read_terms(const char *path)
{
	FILE *in = open_or_die(path, "r");
	long key;
	long count;
	long n = 0;

	while (fscanf(in, "%ld\t%ld", &key, &count) == 2)
		n++;
	rewind(in);
	terms.places = crm_term_places(n);
	terms.terms = calloc(terms.places, sizeof(crm_term));
	while (fscanf(in, "%ld\t%ld", &key, &count) == 2)
		crm_term_put(&terms, (uint64_t) key, count);
	fclose(in);
}

static size_t
from_hex(const char *text, char *out)
{
	size_t n = 0;

	for (; text[0] > ' ' && text[1] > ' '; text += 2)
	{
		int high = text[0] <= '9' ? text[0] - '0' : text[0] - 'a' + 10;
		int low = text[1] <= '9' ? text[1] - '0' : text[1] - 'a' + 10;

		out[n++] = (char) (high << 4 | low);
	}
	return n;
}

static void
read_records(const char *path)
{
	FILE *in = open_or_die(path, "r");
	char *line = NULL;
	size_t size = 0;
	long room = 0;

	while (getline(&line, &size, in) > 0)
	{
		char *hex = strchr(line, '\t') + 1;
		record *r;

		if (nrecords == room)
			records = more(records, sizeof(record) * (room = 2 * room + 1024));
		r = &records[nrecords++];
		r->number = atol(line);
		r->bytes = malloc(strlen(hex) / 2 + 1);
		r->length = from_hex(hex, r->bytes);
	}
	fclose(in);
	free(line);
}

/* As they lie in memory while a batch compares. */
static void
open_records(void)
{
	profiles = more(NULL, sizeof(crm_profile) * (nrecords + 1));
	for (long i = 0; i < nrecords; i++)
	{
		if (!crm_profile_open(records[i].bytes, records[i].length, &profiles[i]))
		{
			fprintf(stderr, "pairs: a profile of another version\n");
			exit(1);
		}
		crm_term_of(&terms, &profiles[i]);
	}
}

/* ------------------------------ candidates ------------------------------ */

static int
by_key(const void *a, const void *b)
{
	const posting *x = a;
	const posting *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->record > y->record) - (x->record < y->record);
}

static int
by_word(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

static void
list_postings(void)
{
	long room = 0;

	for (long i = 0; i < nrecords; i++)
	{
		int64_t keys[CRM_KEYS_MAX];
		int n = crm_profile_keys(&profiles[i], keys);

		if (npostings + n > room)
			postings = more(postings, sizeof(posting) * (room = 2 * room + 1024));
		for (int k = 0; k < n; k++)
			postings[npostings++] = (posting){keys[k], (uint32_t) i};
	}
	qsort(postings, npostings, sizeof(posting), by_key);
}

/* The block that begins there ends before. */
static long
block_end(long from)
{
	long to = from;

	while (to < npostings && postings[to].key == postings[from].key)
		to++;
	return to;
}

static uint64_t
scattered(uint64_t x)
{
	x = (x ^ x >> 31) * UINT64_C(0x9E3779B97F4A7C15);
	return x ^ x >> 29;
}

/* A pair that shares several keys is in the sample by all of them, or by none. */
static void
list_block(long from, long to, double fraction)
{
	static long room;
	uint64_t limit = fraction >= 1 ? UINT64_MAX : (uint64_t) (fraction * (double) UINT64_MAX);

	for (long i = from; i < to; i++)
		for (long j = i + 1; j < to; j++)
		{
			uint64_t pair = (uint64_t) postings[i].record << 32 | postings[j].record;

			if (scattered(pair) > limit)
				continue;
			if (npairs == room)
				pairs = more(pairs, sizeof(uint64_t) * (room = 2 * room + 1024));
			pairs[npairs++] = pair;
		}
}

/* Returns the fraction of all candidates that is in pairs. */
static double
list_pairs(long most)
{
	double shared = 0; /* a pair counted once a key */
	double fraction;
	long distinct = 0;

	for (long from = 0, to; from < npostings; from = to)
		if ((to = block_end(from)) - from <= CRM_KEY_COMMON)
			shared += (double) (to - from) * (to - from - 1) / 2;
	/* those that share several keys are the fewer, but who knows */
	fraction = shared <= most ? 1 : most / shared;
	for (long from = 0, to; from < npostings; from = to)
		if ((to = block_end(from)) - from <= CRM_KEY_COMMON)
			list_block(from, to, fraction);
	if (npairs > 0)
		qsort(pairs, npairs, sizeof(uint64_t), by_word);
	for (long i = 0; i < npairs; i++)
		if (distinct == 0 || pairs[distinct - 1] != pairs[i])
			pairs[distinct++] = pairs[i];
	npairs = distinct;
	return fraction;
}

static void
write_pairs(const char *path)
{
	FILE *out = open_or_die(path, "w");

	for (long i = 0; i < npairs; i++)
		fprintf(out, "%ld\t%ld\n", records[pairs[i] >> 32].number,
				records[(uint32_t) pairs[i]].number);
	fclose(out);
}

/* ------------------------------ comparing ------------------------------ */

/* Processor time of one round; what is heavy enough to be an edge is counted, so nothing is left out. */
static double
compare_round(long *edges)
{
	double began = now();

	*edges = 0;
	for (long i = 0; i < npairs; i++)
		*edges += crm_profile_compare(&model, &profiles[pairs[i] >> 32],
									  &profiles[(uint32_t) pairs[i]])
					  .weight > 0;
	return now() - began;
}

int
main(int argc, char **argv)
{
	double least = 0;
	double began;
	double fraction;
	long edges;

	if (argc != 6)
	{
		fprintf(stderr, "usage: pairs MODEL TERMS RECORDS MOST OUT\n");
		return 2;
	}
	read_records(argv[3]);
	read_model(argv[1]);
	read_terms(argv[2]);
	began = now();
	open_records();
	printf("open %.3f\n", now() - began);
	began = now();
	list_postings();
	printf("keys %ld\nkeys_seconds %.3f\n", npostings, now() - began);
	fraction = list_pairs(atol(argv[4]));
	write_pairs(argv[5]);
	for (int round = 0; round < ROUNDS; round++)
	{
		double seconds = compare_round(&edges);

		if (round == 0 || seconds < least)
			least = seconds;
	}
	printf("records %ld\ncandidates %.0f\ncompared %ld\nedges %ld\nseconds %.4f\n", nrecords,
		   (double) npairs / fraction, npairs, edges, least);
	return 0;
}
