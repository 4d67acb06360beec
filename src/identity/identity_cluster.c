/*
 * identity_cluster.c - average linkage, exact in integers.
 *
 * Sums of whole numbers do not depend on the order in which they are added, and means are compared
 * by cross multiplication, so equal input gives equal clusters to the last bit.
 */
#include <stdbool.h>
#include <string.h>

#include "identity/identity_cluster.h"
#include "match/match_compare.h"

#define UNKNOWN (-1 * CRM_BIT)
#define SURE (15 * CRM_BIT)
#define NEVER (-40 * CRM_BIT)

int32_t
crm_cluster_score(int32_t score, int32_t conflict)
{
	int32_t least = UNKNOWN + conflict;

	if (score > SURE)
		return SURE;
	if (score < least)
		score = least;
	return score < NEVER ? NEVER : score;
}

/* Outweighs all else that a component may say; a thousand records do not exceed 64 bits. */
#define DECIDED (INT64_C(1) << 40)

static int64_t
sum_of(int32_t score)
{
	if (score == CRM_CLUSTER_ALWAYS)
		return DECIDED;
	return score == CRM_CLUSTER_NEVER ? -DECIDED : score;
}

typedef struct linkage
{
	int n;
	int64_t *sum; /* of the scores between two clusters, n * n */
	int64_t *tie; /* smallest of a cluster */
	int *size;    /* 0: joined to another */
	int *best;    /* of each cluster the other with the highest mean, -1 if none is above zero */
} linkage;

/* Whether i with j is to be joined before k with l. */
static bool
better(const linkage *link, int i, int j, int k, int l)
{
	__int128 x = (__int128) link->sum[(size_t) i * link->n + j] * link->size[k] * link->size[l];
	__int128 y = (__int128) link->sum[(size_t) k * link->n + l] * link->size[i] * link->size[j];
	int64_t a;
	int64_t b;

	if (x != y)
		return x > y;
	a = link->tie[i] < link->tie[j] ? link->tie[i] : link->tie[j];
	b = link->tie[k] < link->tie[l] ? link->tie[k] : link->tie[l];
	if (a != b)
		return a < b;
	a = link->tie[i] < link->tie[j] ? link->tie[j] : link->tie[i];
	b = link->tie[k] < link->tie[l] ? link->tie[l] : link->tie[k];
	return a < b;
}

static void
find_best(linkage *link, int i)
{
	link->best[i] = -1;
	for (int j = 0; j < link->n; j++)
		if (j != i && link->size[j] > 0 && link->sum[(size_t) i * link->n + j] > 0 &&
			(link->best[i] < 0 || better(link, i, j, i, link->best[i])))
			link->best[i] = j;
}

static int
next_join(const linkage *link)
{
	int winner = -1;

	for (int i = 0; i < link->n; i++)
		if (link->size[i] > 0 && link->best[i] >= 0 &&
			(winner < 0 || better(link, i, link->best[i], winner, link->best[winner])))
			winner = i;
	return winner;
}

static void
add_sums(linkage *link, int i, int j)
{
	size_t n = link->n;

	for (size_t k = 0; k < n; k++)
	{
		link->sum[i * n + k] += link->sum[j * n + k];
		link->sum[k * n + i] = link->sum[i * n + k];
	}
}

/* Only clusters that had i or j for their best have to look at all others again. */
static void
renew_best(linkage *link, int i, int j)
{
	find_best(link, i);
	for (int k = 0; k < link->n; k++)
	{
		if (link->size[k] == 0 || k == i)
			continue;
		if (link->best[k] == i || link->best[k] == j)
			find_best(link, k);
		else if (link->sum[(size_t) k * link->n + i] > 0 &&
				 (link->best[k] < 0 || better(link, k, i, k, link->best[k])))
			link->best[k] = i;
	}
}

static void
join_clusters(linkage *link, int *cluster, int i, int j)
{
	add_sums(link, i, j);
	for (int k = 0; k < link->n; k++)
		if (cluster[k] == j)
			cluster[k] = i;
	link->size[i] += link->size[j];
	link->size[j] = 0;
	if (link->tie[j] < link->tie[i])
		link->tie[i] = link->tie[j];
	renew_best(link, i, j);
}

size_t
crm_cluster_room(int n)
{
	return ((size_t) n * n + n) * sizeof(int64_t) + 2 * (size_t) n * sizeof(int);
}

void
crm_cluster(int n, const int32_t *score, const int64_t *tie, int *cluster, void *room)
{
	(void) crm_cluster_joins(n, score, tie, NULL, cluster, room);
}

int
crm_cluster_joins(int n, const int32_t *score, const int64_t *tie, crm_cluster_join *joins,
				  int *cluster, void *room)
{
	int njoins = 0;
	linkage link = {.n = n, .sum = room};
	int i;

	link.tie = link.sum + (size_t) n * n;
	link.size = (int *) (link.tie + n);
	link.best = link.size + n;
	for (size_t k = 0; k < (size_t) n * n; k++)
		link.sum[k] = sum_of(score[k]);
	memcpy(link.tie, tie, sizeof(int64_t) * n);
	for (i = 0; i < n; i++)
	{
		cluster[i] = i;
		link.size[i] = 1;
	}
	for (i = 0; i < n; i++)
		find_best(&link, i);
	while ((i = next_join(&link)) >= 0)
	{
		if (joins != NULL)
			joins[njoins] = (crm_cluster_join){.into = i, .from = link.best[i]};
		njoins++;
		join_clusters(&link, cluster, i, link.best[i]);
	}
	return njoins;
}
