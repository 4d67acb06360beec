/*
 * match.c - the rules of identity without a server: reads records, says how well they match.
 *
 * A line a record: entity TAB source TAB key TAB kind TAB attribute=value TAB attribute=value ...
 * With -v it lists the pairs that are wrong, with -u the built-in model is used, with -s it says
 * how many pairs a second are compared; SHOW_MODEL=1 shows the trained model. Blocking, comparison
 * and training are the files of src/match, clustering is that of src/identity.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "identity/identity_cluster.h"
#include "match/match_compare.h"
#include "match/match_key.h"
#include "match/match_term.h"
#include "match/match_train.h"
#include "match/match_value.h"

#define VALUES_MAX 40

typedef struct record
{
	char *line;
	char *entity;
	char bytes[CRM_PROFILE_MAX];
	size_t length;
	crm_profile profile;
	int64_t tie;
	int component;
	int cluster;
} record;

typedef struct posting
{
	int64_t key;
	int record;
} posting;

static record *records;
static int nrecords;
static posting *postings;
static long npostings;
static int *order;
static crm_model model;

static const struct
{
	const char *name;
	crm_attribute_kind kind;
} kinds[] = {
	{"name", CRM_KIND_NAME},
	{"given_name", CRM_KIND_GIVEN_NAME},
	{"family_name", CRM_KIND_FAMILY_NAME},
	{"organization", CRM_KIND_ORGANIZATION},
	{"email", CRM_KIND_EMAIL},
	{"phone", CRM_KIND_PHONE},
	{"street", CRM_KIND_STREET},
	{"postal_code", CRM_KIND_POSTAL_CODE},
	{"city", CRM_KIND_CITY},
	{"region", CRM_KIND_REGION},
	{"country", CRM_KIND_COUNTRY},
	{"birth_date", CRM_KIND_DATE},
	{"gender", CRM_KIND_GENDER},
	{"tax_number", CRM_KIND_IDENTIFIER},
	{"external_id", CRM_KIND_IDENTIFIER},
};

static crm_attribute_kind
kind_of(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return kinds[i].kind;
	return CRM_KIND_TEXT;
}

/* No library of national formats here: the last digits do for measuring. */
static uint64_t
phone_of(const char *text)
{
	uint64_t digits = 0;

	for (; *text; text++)
		if (*text >= '0' && *text <= '9')
			digits = (digits * 10 + (*text - '0')) % 1000000000;
	return digits;
}

static void
read_record(char *line)
{
	crm_profile_value values[VALUES_MAX];
	record *r;
	int n = 0;
	char *source;
	char *key;
	char *kind;

	records = realloc(records, sizeof(record) * (nrecords + 1));
	r = &records[nrecords++];
	r->line = strdup(line);
	r->entity = strdup(strtok(line, "\t\n"));
	source = strtok(NULL, "\t\n");
	key = strtok(NULL, "\t\n");
	kind = strtok(NULL, "\t\n");
	for (char *field = strtok(NULL, "\t\n"); field && n < VALUES_MAX; field = strtok(NULL, "\t\n"))
	{
		char *equals = strchr(field, '=');

		if (equals == NULL || equals[1] == '\0')
			continue;
		*equals = '\0';
		values[n].attribute = field;
		values[n].kind = kind_of(field);
		values[n].text = equals + 1;
		values[n].phone = values[n].kind == CRM_KIND_PHONE ? phone_of(equals + 1) : 0;
		n++;
	}
	r->length = crm_profile_build(kind[0], values, n, r->bytes);
	r->tie =
		(int64_t) crm_value_hash64(key, strlen(key), crm_value_hash64(source, strlen(source), 3));
}

static void
make_postings(void)
{
	order = malloc(sizeof(int) * nrecords);
	for (int i = 0; i < nrecords; i++)
	{
		int64_t keys[CRM_KEYS_MAX];
		int n;

		records[i].component = records[i].cluster = order[i] = i;
		crm_profile_open(records[i].bytes, records[i].length, &records[i].profile);
		n = crm_profile_keys(&records[i].profile, keys);
		postings = realloc(postings, sizeof(posting) * (npostings + n));
		for (int k = 0; k < n; k++)
			postings[npostings++] = (posting){keys[k], i};
	}
}

static int
compare_postings(const void *a, const void *b)
{
	const posting *x = a;
	const posting *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->record - y->record;
}

static int
find(int i)
{
	while (records[i].component != i)
		i = records[i].component = records[records[i].component].component;
	return i;
}

static long
connect_block(const posting *block, long n)
{
	long pairs = 0;

	for (long i = 0; i < n; i++)
		for (long j = i + 1; j < n; j++)
		{
			int a = find(block[i].record);
			int b = find(block[j].record);

			pairs++;
			if (a != b && crm_profile_compare(&model, &records[block[i].record].profile,
											  &records[block[j].record].profile)
								  .weight > 0)
				records[a].component = b;
		}
	return pairs;
}

static long
connect_records(void)
{
	long pairs = 0;

	for (long from = 0, to; from < npostings; from = to)
	{
		for (to = from; to < npostings && postings[to].key == postings[from].key; to++)
			;
		if (to - from <= CRM_KEY_COMMON)
			pairs += connect_block(postings + from, to - from);
	}
	for (int i = 0; i < nrecords; i++)
		records[i].component = find(i);
	return pairs;
}

/* ------------------------------ training ------------------------------ */

static crm_counted_pattern *patterns;
static long npatterns;

static int
compare_patterns(const void *a, const void *b)
{
	return crm_pattern_order(&((const crm_counted_pattern *) a)->pattern,
							 &((const crm_counted_pattern *) b)->pattern);
}

static int
compare_words(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

static void
count_terms(void)
{
	crm_term_table table = {0};
	uint64_t *keys = malloc(sizeof(uint64_t) * (nrecords * CRM_TERM_KEYS_MAX + 1));
	long n = 0;

	for (int i = 0; i < nrecords; i++)
		n += crm_term_keys(&records[i].profile, keys + n);
	qsort(keys, n, sizeof(uint64_t), compare_words);
	table.places = crm_term_places(n);
	table.terms = calloc(table.places, sizeof(crm_term));
	for (long from = 0, to; from < n; from = to)
	{
		for (to = from; to < n && keys[to] == keys[from]; to++)
			;
		if (to - from >= CRM_TERM_LEAST)
			crm_term_put(&table, keys[from], to - from);
	}
	for (int i = 0; i < nrecords; i++)
		crm_term_of(&table, &records[i].profile);
	free(keys);
	free(table.terms);
}

static int
compare_pairs_of_records(const void *a, const void *b)
{
	return compare_words(a, b);
}

static uint64_t *pairs;
static long npairs;

/* All pairs of one kind that share a usable key, each once. */
static void
list_pairs(void)
{
	long n = 0;
	long room = 0;

	for (long from = 0, to; from < npostings; from = to)
	{
		for (to = from; to < npostings && postings[to].key == postings[from].key; to++)
			;
		if (to - from > CRM_KEY_COMMON)
			continue;
		for (long i = from; i < to; i++)
			for (long j = i + 1; j < to; j++)
			{
				if (n == room)
					pairs = realloc(pairs, sizeof(uint64_t) * (room = 2 * room + 1024));
				pairs[n++] = (uint64_t) postings[i].record << 32 | (uint32_t) postings[j].record;
			}
	}
	qsort(pairs, n, sizeof(uint64_t), compare_pairs_of_records);
	for (long i = 0; i < n; i++)
		if ((npairs == 0 || pairs[i] != pairs[npairs - 1]) &&
			records[pairs[i] >> 32].profile.kind == records[(uint32_t) pairs[i]].profile.kind)
			pairs[npairs++] = pairs[i];
}

static void
list_patterns(void)
{
	long n;

	patterns = malloc(sizeof(crm_counted_pattern) * (npairs + 1));
	for (long i = 0; i < npairs; i++)
	{
		crm_profile_match(&records[pairs[i] >> 32].profile, &records[(uint32_t) pairs[i]].profile,
						  &patterns[npatterns].pattern);
		crm_pattern_round(&patterns[npatterns].pattern);
		patterns[npatterns++].count = 1;
	}
	qsort(patterns, npatterns, sizeof(crm_counted_pattern), compare_patterns);
	n = npatterns;
	npatterns = 0;
	for (long i = 0; i < n; i++)
		if (npatterns > 0 && compare_patterns(&patterns[npatterns - 1], &patterns[i]) == 0)
			patterns[npatterns - 1].count++;
		else
			patterns[npatterns++] = patterns[i];
}

static void
draw_random(crm_training *t)
{
	uint64_t x = 88172645463325252;

	for (long i = 0; i < 1000000; i++)
	{
		const crm_profile *a;
		const crm_profile *b;
		crm_pattern pattern;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		a = &records[(x >> 1) % nrecords].profile;
		b = &records[(x >> 33) % nrecords].profile;
		if (a == b || a->kind != b->kind)
			continue;
		crm_profile_match(a, b, &pattern);
		t->random_pairs++;
		for (int level = 0; level < CRM_LEVELS; level++)
			t->random[level] += pattern.levels >> level & 1;
	}
}

static void
train(void)
{
	crm_training t = {.records = nrecords};

	for (int i = 0; i < nrecords; i++)
		t.organizations += records[i].profile.kind == 'o';
	list_patterns();
	draw_random(&t);
	t.patterns = patterns;
	t.npatterns = npatterns;
	crm_train(&t);
	model = t.model;
	printf("patterns %ld iterations %d by rule %.0f customers %.0f prior %.1f household %.1f twins "
		   "%.1f "
		   "namesakes %.1f colleagues %.1f organizations %.1f neighbours %.1f\n",
		   npatterns, t.iterations, t.by_rule, t.customers, model.odds[0], model.odds[1],
		   model.odds[2], model.odds[3], model.odds[4], model.odds[5], model.odds[6]);
	if (getenv("SHOW_MODEL"))
		for (int level = 0; level < CRM_LEVELS; level++)
			printf("%-32s m %.5f u %.7f weight %6.2f\n", crm_level_name(level), model.m[level],
				   model.u[level], model.weight[0][level] / 1000.0);
}

/* ------------------------------ clusters ------------------------------ */

static void
cluster_component(const int *members, int n)
{
	int32_t *score = calloc((size_t) n * n, sizeof(int32_t));
	int64_t *tie = malloc(n * sizeof(int64_t));
	int *cluster = malloc(n * sizeof(int));
	void *room = malloc(crm_cluster_room(n));

	for (int i = 0; i < n; i++)
	{
		tie[i] = records[members[i]].tie;
		for (int j = i + 1; j < n; j++)
		{
			crm_comparison c = crm_profile_compare(&model, &records[members[i]].profile,
												   &records[members[j]].profile);

			score[(size_t) i * n + j] = score[(size_t) j * n + i] =
				crm_cluster_score(c.weight, c.conflict);
		}
	}
	crm_cluster(n, score, tie, cluster, room);
	for (int i = 0; i < n; i++)
		records[members[i]].cluster = members[cluster[i]];
	free(score);
	free(tie);
	free(cluster);
	free(room);
}

static int
compare_components(const void *a, const void *b)
{
	return records[*(const int *) a].component - records[*(const int *) b].component;
}

static int
compare_entities(const void *a, const void *b)
{
	return strcmp(records[*(const int *) a].entity, records[*(const int *) b].entity);
}

static int
compare_clusters(const void *a, const void *b)
{
	return records[*(const int *) a].cluster - records[*(const int *) b].cluster;
}

static int
cluster_all(void)
{
	int largest = 0;

	qsort(order, nrecords, sizeof(int), compare_components);
	for (int from = 0, to; from < nrecords; from = to)
	{
		for (to = from; to < nrecords && compare_components(&order[to], &order[from]) == 0; to++)
			;
		if (to - from > largest)
			largest = to - from;
		cluster_component(order + from, to - from);
	}
	return largest;
}

static void
show(const char *what, const record *a, const record *b)
{
	crm_comparison c = crm_profile_compare(&model, &a->profile, &b->profile);

	printf("%s score %.1f conflict %.1f\n  %s  %s", what, c.weight / 1000.0, c.conflict / 1000.0,
		   a->line, b->line);
}

/* Counts the pairs that are equal by same; wrong are those that differ by other. */
static long
count_pairs(int (*same)(const void *, const void *), int (*other)(const void *, const void *),
			const char *what, bool verbose, long *wrong)
{
	long pairs = 0;

	qsort(order, nrecords, sizeof(int), same);
	for (int i = 0; i < nrecords; i++)
		for (int j = i + 1; j < nrecords && same(&order[i], &order[j]) == 0; j++)
		{
			pairs++;
			if (other(&order[i], &order[j]) == 0)
				continue;
			(*wrong)++;
			if (verbose)
				show(what, &records[order[i]], &records[order[j]]);
		}
	return pairs;
}

/* Pairs compared in a second of processor time; the sum shows that a change left all as it was. */
static void
measure_speed(void)
{
	int64_t sum = 0;
	long compared = 0;
	clock_t began = clock();
	double seconds;

	do
	{
		sum = 0;
		for (long i = 0; i < npairs; i++)
		{
			crm_comparison c;

			if (i + 4 < npairs)
				crm_profile_prefetch(&records[(uint32_t) pairs[i + 4]].profile);
			c = crm_profile_compare(&model, &records[pairs[i] >> 32].profile,
									&records[(uint32_t) pairs[i]].profile);
			sum = sum * 31 + c.weight * 7 + c.conflict;
		}
		compared += npairs;
		seconds = (double) (clock() - began) / CLOCKS_PER_SEC;
	} while (seconds < 2 && npairs > 0);
	printf("pairs %ld a second %.0f sum %016llx\n", npairs, compared / seconds,
		   (unsigned long long) sum);
}

static bool
has_flag(int argc, char **argv, const char *flag)
{
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], flag) == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	bool verbose = has_flag(argc, argv, "-v");
	bool untrained = has_flag(argc, argv, "-u");
	char *line = NULL;
	size_t size = 0;
	long candidates;
	long false_pairs = 0;
	long missed = 0;
	long found;
	long truth;
	int largest;
	double p;
	double r;

	while (getline(&line, &size, stdin) > 0)
		read_record(line);
	make_postings();
	qsort(postings, npostings, sizeof(posting), compare_postings);
	list_pairs();
	crm_model_builtin(&model, nrecords);
	if (!untrained)
	{
		count_terms();
		train();
	}
	if (has_flag(argc, argv, "-s"))
	{
		measure_speed();
		return 0;
	}
	candidates = connect_records();
	largest = cluster_all();
	found = count_pairs(compare_clusters, compare_entities, "FALSE", verbose, &false_pairs);
	truth = count_pairs(compare_entities, compare_clusters, "MISSED", verbose, &missed);
	p = found > 0 ? 1 - (double) false_pairs / found : 1;
	r = truth > 0 ? 1 - (double) missed / truth : 1;
	printf("records %d keys %.1f candidates %ld component %d precision %.4f recall %.4f F %.4f\n",
		   nrecords, (double) npostings / nrecords, candidates, largest, p, r,
		   p + r > 0 ? 2 * p * r / (p + r) : 0);
	return 0;
}
