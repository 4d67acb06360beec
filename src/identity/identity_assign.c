/*
 * identity_assign.c - which customer id a cluster keeps.
 *
 * Every (old id, new cluster) that share records is a claim; the claim with most records is
 * granted first, and what it uses up cannot be claimed again.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "identity/identity_assign.h"

typedef struct claim
{
	int64_t customer_id;
	int64_t tie; /* lowest of the cluster */
	int first;   /* records of the cluster: first .. last - 1 */
	int last;
	int shared;
} claim;

static int
by_cluster_and_customer(const void *a, const void *b)
{
	const crm_assign_record *x = a;
	const crm_assign_record *y = b;

	if (x->cluster != y->cluster)
		return x->cluster < y->cluster ? -1 : 1;
	return (x->customer_id > y->customer_id) - (x->customer_id < y->customer_id);
}

static int
by_strength(const void *a, const void *b)
{
	const claim *x = a;
	const claim *y = b;

	if (x->shared != y->shared)
		return y->shared - x->shared;
	if (x->customer_id != y->customer_id)
		return x->customer_id < y->customer_id ? -1 : 1;
	return (x->tie > y->tie) - (x->tie < y->tie);
}

static int
by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *) a;
	int64_t y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

/* The claims of the cluster that stands at first .. last - 1. */
static int
claims_of(const crm_assign_record *records, int first, int last, claim *claims)
{
	int n = 0;
	int64_t tie = records[first].tie;

	for (int i = first; i < last; i++)
		if (records[i].tie < tie)
			tie = records[i].tie;
	for (int i = first; i < last; i++)
	{
		if (records[i].customer_id == 0)
			continue;
		if (n == 0 || claims[n - 1].customer_id != records[i].customer_id)
			claims[n++] = (claim){records[i].customer_id, tie, first, last, 0};
		claims[n - 1].shared++;
	}
	return n;
}

size_t
crm_assign_room(int n)
{
	return (size_t) n * (sizeof(claim) + sizeof(int64_t) + sizeof(bool));
}

/* Grants an id to the first that claims it, and a cluster the first id that is free. */
static void
grant(crm_assign_record *records, const claim *c, const int64_t *ids, int nids, bool *granted)
{
	const int64_t *id = bsearch(&c->customer_id, ids, nids, sizeof(int64_t), by_id);

	if (granted[id - ids] || records[c->first].assigned != 0)
		return;
	granted[id - ids] = true;
	for (int i = c->first; i < c->last; i++)
		records[i].assigned = c->customer_id;
}

void
crm_assign(crm_assign_record *records, int n, void *room)
{
	claim *claims = room;
	int64_t *ids = (int64_t *) (claims + n);
	bool *granted = (bool *) (ids + n);
	int nclaims = 0;
	int nids = 0;

	qsort(records, n, sizeof(crm_assign_record), by_cluster_and_customer);
	for (int first = 0, last; first < n; first = last)
	{
		for (last = first; last < n && records[last].cluster == records[first].cluster; last++)
			records[last].assigned = 0;
		nclaims += claims_of(records, first, last, claims + nclaims);
	}
	qsort(claims, nclaims, sizeof(claim), by_strength);
	for (int i = 0; i < nclaims; i++)
		ids[i] = claims[i].customer_id;
	qsort(ids, nclaims, sizeof(int64_t), by_id);
	for (int i = 0; i < nclaims; i++)
		if (nids == 0 || ids[nids - 1] != ids[i])
			ids[nids++] = ids[i];
	memset(granted, 0, sizeof(bool) * n);
	for (int i = 0; i < nclaims; i++)
		grant(records, &claims[i], ids, nids, granted);
}
