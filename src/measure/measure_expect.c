/*
 * measure_expect.c - expected errors of a sample of customers.
 *
 * False matches: in each customer every pair, by the better of what it says itself and what ties it
 * together through others. Missed and compared: customers that share a key, by the mean of all
 * their pairs, as that is what clustering went by. Never seen: records are found by their fellows
 * in several ways; how many were found in one way only, and in two, tells how many in none.
 */
#include "postgres.h"

#include "miscadmin.h"

#include "match/match_compare.h"
#include "measure/measure_expect.h"
#include "measure/measure_rule.h"

/* Below this a pair says nothing for its customers being one. */
#define WORTH_A_LOOK 0.001

/* Records of a customer that are compared with each other, at most. */
#define FELLOWS_MOST 300

typedef struct meeting
{
	int32 x; /* customers, x < y */
	int32 y;
	int64 pair;
	double odds; /* that they are one; set in the first of the two customers */
} meeting;

typedef struct work
{
	crm_sample *sample;
	crm_survey *survey;
	int32 *first;  /* of each customer, and one past the last */
	double within; /* what a pair of one customer stands for, and of two */
	double across;
} work;

static bool
is_candidate(const work *w, const crm_sampled_pair *p)
{
	return (p->kinds & w->survey->enabled) != 0;
}

static crm_comparison
compare(const work *w, int a, int b)
{
	const crm_profile *x = &w->sample->records[a].profile;
	const crm_profile *y = &w->sample->records[b].profile;

	return crm_profile_compare(&w->sample->model->model, x, y);
}

static int
size_of(const work *w, int customer)
{
	return w->first[customer + 1] - w->first[customer];
}

static void
find_customers(work *w)
{
	w->first =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int32) * (w->sample->ncustomers + 1));
	for (int i = w->sample->n - 1; i >= 0; i--)
		w->first[w->sample->records[i].customer] = i;
	w->first[w->sample->ncustomers] = w->sample->n;
}

/* p of every pair of a customer, ties through others in. */
static double *
fellowship(const work *w, int customer, int n)
{
	double *p = palloc(sizeof(double) * n * n);

	for (int i = 0; i < n; i++)
		for (int j = i; j < n; j++)
			p[i * n + j] = p[j * n + i] =
				i == j ? 1
					   : crm_measure_probability(
							 compare(w, w->first[customer] + i, w->first[customer] + j).weight);
	crm_measure_close(n, p);
	return p;
}

/* Pairs of which the first record is one of the customer, in their order. */
static int64
take_customer(work *w, int customer, int64 from)
{
	crm_sample *s = w->sample;
	int32 first = w->first[customer];
	int size = size_of(w, customer);
	int n = Min(size, FELLOWS_MOST);
	double *p = n > 1 ? fellowship(w, customer, n) : NULL;
	double wrong = 0;

	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++)
			wrong += 1 - p[i * n + j];
	if (n > 1)
		wrong *= ((double) size * (size - 1)) / ((double) n * (n - 1));
	w->survey->joined += w->within * size * (size - 1.0) / 2;
	w->survey->false_joined += w->within * wrong;
	for (; from < s->npairs && s->pairs[from].a < first + size; from++)
	{
		crm_sampled_pair *pair = &s->pairs[from];
		int i = pair->a - first;
		int j = pair->b - first;

		if (j >= size)
			continue;
		pair->match = j < n ? p[i * n + j] : 1;
		if (!is_candidate(w, pair))
			continue;
		s->records[pair->a].ways |= crm_measure_ways(pair->kinds & w->survey->enabled);
		s->records[pair->b].ways |= crm_measure_ways(pair->kinds & w->survey->enabled);
	}
	if (p != NULL)
		pfree(p);
	return from;
}

static int
by_customers(const void *a, const void *b)
{
	const meeting *x = a;
	const meeting *y = b;

	if (x->x != y->x)
		return x->x < y->x ? -1 : 1;
	if (x->y != y->y)
		return x->y < y->y ? -1 : 1;
	return (x->pair > y->pair) - (x->pair < y->pair);
}

/* Pairs across customers that say anything. */
static meeting *
list_meetings(work *w, int64 *n)
{
	crm_sample *s = w->sample;
	int64 room = 1024;
	meeting *list = palloc(room * sizeof(meeting));

	*n = 0;
	for (int64 i = 0; i < s->npairs; i++)
	{
		int32 x = s->records[s->pairs[i].a].customer;
		int32 y = s->records[s->pairs[i].b].customer;

		if (i % 10000 == 0)
			CHECK_FOR_INTERRUPTS();
		if (x == y ||
			s->records[s->pairs[i].a].profile.kind != s->records[s->pairs[i].b].profile.kind ||
			crm_measure_probability(compare(w, s->pairs[i].a, s->pairs[i].b).weight) < WORTH_A_LOOK)
			continue;
		if (*n == room)
			list = repalloc_huge(list, (room *= 2) * sizeof(meeting));
		list[(*n)++] = (meeting){Min(x, y), Max(x, y), i, 0};
	}
	qsort(list, *n, sizeof(meeting), by_customers);
	return list;
}

/* Odds that two customers are one: by the mean of all their pairs, as clustering goes by means. */
static double
meet(const work *w, int x, int y)
{
	int nx = Min(size_of(w, x), FELLOWS_MOST);
	int ny = Min(size_of(w, y), FELLOWS_MOST);
	double sum = 0;

	for (int i = 0; i < nx; i++)
		for (int j = 0; j < ny; j++)
			sum += compare(w, w->first[x] + i, w->first[y] + j).weight;
	return crm_measure_odds(sum / ((double) nx * ny));
}

static int64
meeting_end(const meeting *list, int64 n, int64 from)
{
	int64 to = from;

	while (to < n && list[to].x == list[from].x && list[to].y == list[from].y)
		to++;
	return to;
}

static void
take_meeting(work *w, const meeting *list, int64 from, int64 to, double p)
{
	bool compared = false;

	for (int64 i = from; i < to; i++)
	{
		crm_sampled_pair *pair = &w->sample->pairs[list[i].pair];

		pair->match = p;
		compared = compared || is_candidate(w, pair);
	}
	if (compared)
		w->survey->missed += w->across * p * size_of(w, list[from].x) * size_of(w, list[from].y);
}

/*
 * A customer may be one with one of several others, which are not one with each other: their odds
 * share the one certainty there is.
 */
static void
expect_missed(work *w)
{
	int64 n;
	meeting *list = list_meetings(w, &n);
	double *rivals = MemoryContextAllocExtended(CurrentMemoryContext,
												sizeof(double) * (w->sample->ncustomers + 1),
												MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);

	for (int64 from = 0; from < n; from = meeting_end(list, n, from))
	{
		list[from].odds = meet(w, list[from].x, list[from].y);
		rivals[list[from].x] += list[from].odds;
		rivals[list[from].y] += list[from].odds;
	}
	for (int64 from = 0, to; from < n; from = to)
	{
		const meeting *m = &list[from];

		to = meeting_end(list, n, from);
		take_meeting(w, list, from, to, m->odds / (1 + Max(rivals[m->x], rivals[m->y])));
	}
	pfree(rivals);
	pfree(list);
}

static void
expect_unseen(work *w)
{
	double seen[CRM_KEY_WAYS + 1] = {0};
	double records = 0;
	double fellows = 0;

	for (int i = 0; i < w->sample->n; i++)
	{
		int size = size_of(w, w->sample->records[i].customer);

		if (size < 2)
			continue;
		seen[__builtin_popcount(w->sample->records[i].ways)]++;
		records++;
		fellows += size - 1;
	}
	if (records > 0)
		w->survey->unseen = w->within * crm_measure_unseen(seen[1], seen[2]) * fellows / records;
}

static void
weigh_kinds(work *w)
{
	for (int64 i = 0; i < w->sample->npairs; i++)
	{
		const crm_sampled_pair *p = &w->sample->pairs[i];
		bool joined = w->sample->records[p->a].customer == w->sample->records[p->b].customer;
		double scale = joined ? w->within : w->across;

		if (is_candidate(w, p))
			w->survey->candidates += scale;
		for (int kind = 0; kind < CRM_KEY_KINDS; kind++)
		{
			crm_survey_kind *k = &w->survey->kind[kind];
			uint32 bit = UINT32_C(1) << kind;

			if ((p->kinds & bit) == 0)
				continue;
			k->matches += scale * p->match;
			if ((p->kinds & (w->survey->enabled | bit)) != bit)
				continue;
			k->only += scale;
			k->only_matches += scale * p->match;
		}
	}
}

void
crm_survey_expect(crm_sample *sample, crm_survey *survey)
{
	work w = {.sample = sample,
			  .survey = survey,
			  .within = 1 / survey->fraction,
			  .across = 1 / (survey->fraction * survey->fraction)};
	int64 pair = 0;

	find_customers(&w);
	for (int customer = 0; customer < sample->ncustomers; customer++)
	{
		CHECK_FOR_INTERRUPTS();
		pair = take_customer(&w, customer, pair);
	}
	expect_missed(&w);
	expect_unseen(&w);
	weigh_kinds(&w);
}
