/*
 * identity_cluster.c - average linkage against the textbook: at every step the mean of every pair
 * of clusters is computed from the records anew, and the best pair is joined.
 */
#include "identity/identity_cluster.h"
#include "match/match_compare.h"

#include "tap.h"

#define MOST 24

typedef struct problem
{
	int n;
	int32_t score[MOST * MOST];
	int64_t tie[MOST];
} problem;

/* Mean of the pairs between the clusters of i and j, as a fraction. */
static void
mean(const problem *p, const int *of, int i, int j, int64_t *sum, int64_t *pairs)
{
	*sum = *pairs = 0;
	for (int a = 0; a < p->n; a++)
		for (int b = 0; b < p->n; b++)
			if (of[a] == i && of[b] == j)
			{
				*sum += p->score[a * p->n + b];
				(*pairs)++;
			}
}

static int64_t
least_tie(const problem *p, const int *of, int i)
{
	int64_t least = INT64_MAX;

	for (int a = 0; a < p->n; a++)
		if (of[a] == i && p->tie[a] < least)
			least = p->tie[a];
	return least;
}

static bool
reference_step(const problem *p, int *of)
{
	int best_i = -1;
	int best_j = -1;
	int64_t best_sum = 0;
	int64_t best_pairs = 1;
	int64_t best_low = 0;
	int64_t best_high = 0;

	for (int i = 0; i < p->n; i++)
		for (int j = 0; j < p->n; j++)
		{
			int64_t sum;
			int64_t pairs;
			int64_t low;
			int64_t high;

			if (of[i] != i || of[j] != j || i == j)
				continue;
			mean(p, of, i, j, &sum, &pairs);
			low = least_tie(p, of, i);
			high = least_tie(p, of, j);
			if (sum <= 0 || low > high)
				continue;
			if (best_i < 0 || sum * best_pairs > best_sum * pairs ||
				(sum * best_pairs == best_sum * pairs &&
				 (low < best_low || (low == best_low && high < best_high))))
			{
				best_i = i;
				best_j = j;
				best_sum = sum;
				best_pairs = pairs;
				best_low = low;
				best_high = high;
			}
		}
	for (int a = 0; best_i >= 0 && a < p->n; a++)
		if (of[a] == best_j)
			of[a] = best_i;
	return best_i >= 0;
}

static bool
same_partition(const int *a, const int *b, int n)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++)
			if ((a[i] == a[j]) != (b[i] == b[j]))
				return false;
	return true;
}

/* Few different scores: many ties. */
static void
invent(problem *p, int values)
{
	p->n = 1 + draw(MOST);
	for (int i = 0; i < p->n; i++)
	{
		p->tie[i] = ((int64_t) draw(1000) - 500) * 1000 + i;
		p->score[i * p->n + i] = 0;
		for (int j = 0; j < i; j++)
			p->score[i * p->n + j] = p->score[j * p->n + i] =
				((int) draw(values) - values / 2) * (values < 10 ? 1000 : 7);
	}
}

static void
cluster(const problem *p, int *of)
{
	void *room = malloc(crm_cluster_room(p->n));

	crm_cluster(p->n, p->score, p->tie, of, room);
	free(room);
}

static void
test_reference(int values)
{
	int wrong = 0;
	int unnamed = 0;

	for (int round = 0; round < 1500; round++)
	{
		problem p;
		int got[MOST];
		int wanted[MOST];

		invent(&p, values);
		cluster(&p, got);
		for (int i = 0; i < p.n; i++)
			wanted[i] = i;
		while (reference_step(&p, wanted))
			;
		wrong += !same_partition(got, wanted, p.n);
		for (int i = 0; i < p.n; i++)
			unnamed += got[i] < 0 || got[i] >= p.n || got[got[i]] != got[i];
	}
	ok(wrong == 0, "the clusters of the textbook, scores of %d values", values);
	ok(unnamed == 0, "every cluster is named by one of its records");
}

/* Some records are said to be one, and some pairs of others to be different. */
static void
decide(problem *p, int *group)
{
	for (int i = 0; i < p->n; i++)
		group[i] = draw(3) == 0 && i > 0 ? group[draw(i)] : i;
	for (int i = 0; i < p->n; i++)
		for (int j = 0; j < i; j++)
			if (group[i] == group[j])
				p->score[i * p->n + j] = p->score[j * p->n + i] = CRM_CLUSTER_ALWAYS;
			else if (draw(6) == 0)
				p->score[i * p->n + j] = p->score[j * p->n + i] = CRM_CLUSTER_NEVER;
}

/* The textbook begins with the groups; a ban is a score that outweighs all others. */
static void
test_decided(void)
{
	int wrong = 0;
	int joined = 0;

	for (int round = 0; round < 2000; round++)
	{
		problem p;
		int got[MOST];
		int wanted[MOST];

		invent(&p, 2 + draw(20));
		decide(&p, wanted);
		cluster(&p, got);
		while (reference_step(&p, wanted))
			;
		wrong += !same_partition(got, wanted, p.n);
		for (int i = 0; i < p.n; i++)
			for (int j = 0; j < i; j++)
				joined += p.score[i * p.n + j] == CRM_CLUSTER_NEVER && got[i] == got[j];
	}
	ok(wrong == 0, "clusters of the textbook go on from what was decided");
	ok(joined == 0, "no two that are different are in one cluster");
}

static void
test_permutation(void)
{
	int wrong = 0;

	for (int round = 0; round < 2000; round++)
	{
		problem p;
		problem q;
		int order[MOST];
		int got[MOST];
		int shuffled[MOST];
		int back[MOST];

		invent(&p, 2 + draw(8));
		q.n = p.n;
		for (int i = 0; i < p.n; i++)
			order[i] = i;
		for (int i = p.n - 1; i > 0; i--)
		{
			int j = draw(i + 1);
			int swap = order[i];

			order[i] = order[j];
			order[j] = swap;
		}
		for (int i = 0; i < p.n; i++)
		{
			q.tie[i] = p.tie[order[i]];
			for (int j = 0; j < p.n; j++)
				q.score[i * p.n + j] = p.score[order[i] * p.n + order[j]];
		}
		cluster(&p, got);
		cluster(&q, shuffled);
		for (int i = 0; i < p.n; i++)
			back[order[i]] = shuffled[i];
		wrong += !same_partition(got, back, p.n);
	}
	ok(wrong == 0, "the order of the records does not matter");
}

static void
test_scores(void)
{
	bool bounded = true;
	bool rising = true;

	for (int i = 0; i < 20000; i++)
	{
		int32_t score = (int32_t) draw(400000) - 200000;
		int32_t conflict = -(int32_t) draw(200000);
		int32_t got = crm_cluster_score(score, conflict);

		bounded = bounded && got <= 15 * CRM_BIT && got >= -40 * CRM_BIT;
		rising = rising && crm_cluster_score(score + 1, conflict) >= got;
	}
	ok(bounded, "no pair outvotes all others");
	ok(rising, "more evidence is never worth less");
	ok(crm_cluster_score(-30 * CRM_BIT, 0) == -1 * CRM_BIT, "no evidence at all is nearly neutral");
	ok(crm_cluster_score(-30 * CRM_BIT, -20 * CRM_BIT) == -21 * CRM_BIT, "conflict is not");
}

/* A chain of weak links makes no giant. */
static void
test_chain(void)
{
	problem p = {.n = 9};
	int of[MOST];
	int size = 0;

	for (int i = 0; i < p.n; i++)
	{
		p.tie[i] = i;
		for (int j = 0; j < p.n; j++)
			p.score[i * p.n + j] = i == j ? 0 : abs(i - j) == 1 ? CRM_BIT : -4 * CRM_BIT;
	}
	cluster(&p, of);
	for (int i = 0; i < p.n; i++)
	{
		int members = 0;

		for (int j = 0; j < p.n; j++)
			members += of[i] == of[j];
		size = members > size ? members : size;
	}
	ok(size == 2, "a chain of weak links falls into pairs");
}

int
main(void)
{
	test_reference(3);
	test_reference(5);
	test_reference(9);
	test_reference(2001);
	test_decided();
	test_permutation();
	test_scores();
	test_chain();
	return done();
}
