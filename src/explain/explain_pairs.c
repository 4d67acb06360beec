/* explain_pairs.c - all pairs of a customer's records, as clustering sees them. */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/ids.h"
#include "explain/explain_pairs.h"

typedef struct summing
{
	crm_between found;
	int64 sum;
	int64 pairs;
} summing;

crm_pairs
crm_pairs_make(const crm_active_model *model, crm_explained_list list)
{
	size_t n = list.n;
	crm_pairs p = {.model = model, .list = list};

	p.weight = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int32) * n * n);
	p.score = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int32) * n * n);
	for (size_t i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		p.weight[i * n + i] = p.score[i * n + i] = 0;
		for (size_t j = i + 1; j < n; j++)
		{
			crm_comparison c = crm_explain_compare(model, &list.v[i], &list.v[j]);

			p.weight[i * n + j] = p.weight[j * n + i] = c.weight;
			p.score[i * n + j] = p.score[j * n + i] = crm_cluster_score(c.weight, c.conflict);
		}
	}
	return p;
}

Datum
crm_pairs_ids(const crm_pairs *p)
{
	crm_ids ids = {0};

	for (int i = 0; i < p->list.n; i++)
		crm_ids_add(&ids, p->list.v[i].record_id);
	return crm_ids_array(ids.v, ids.n);
}

static void
count_pair(summing *s, int a, int b, int32 weight, int32 score)
{
	if (s->pairs++ == 0 || weight > s->found.most)
	{
		s->found.a = a;
		s->found.b = b;
		s->found.most = weight;
	}
	s->sum += score;
}

static crm_between
finish(summing *s)
{
	s->found.mean = s->sum / Max(s->pairs, 1);
	return s->found;
}

crm_between
crm_pairs_between(const crm_pairs *p, const bool *left, const bool *right)
{
	summing s = {0};
	size_t n = p->list.n;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; left[i] && j < n; j++)
			if (right[j])
				count_pair(&s, i, j, p->weight[i * n + j], p->score[i * n + j]);
	return finish(&s);
}

crm_between
crm_lists_between(const crm_active_model *model, const crm_explained_list *x,
				  const crm_explained_list *y)
{
	summing s = {0};

	for (int i = 0; i < x->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < y->n; j++)
		{
			crm_comparison c = crm_explain_compare(model, &x->v[i], &y->v[j]);

			count_pair(&s, i, j, c.weight, crm_cluster_score(c.weight, c.conflict));
		}
	}
	return finish(&s);
}

int
crm_pairs_joins(const crm_pairs *p, crm_cluster_join *joins)
{
	int n = p->list.n;
	int64 *tie = palloc(sizeof(int64) * n);
	int *cluster = palloc(sizeof(int) * n);
	void *room = MemoryContextAllocHuge(CurrentMemoryContext, crm_cluster_room(n));

	for (int i = 0; i < n; i++)
		tie[i] = p->list.v[i].tie;
	return crm_cluster_joins(n, p->score, tie, joins, cluster, room);
}

static int
by_weight(const void *a, const void *b)
{
	const crm_pair *x = a;
	const crm_pair *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? -1 : 1;
	return x->a != y->a ? x->a - y->a : x->b - y->b;
}

crm_pair *
crm_pairs_against(const crm_pairs *p, int most, int *n)
{
	size_t size = p->list.n;
	crm_pair *found = MemoryContextAllocHuge(CurrentMemoryContext,
											 sizeof(crm_pair) * (size * (size - 1) / 2 + 1));
	size_t count = 0;

	for (size_t i = 0; i < size; i++)
		for (size_t j = i + 1; j < size; j++)
			if (p->weight[i * size + j] < 0)
				found[count++] = (crm_pair){i, j, p->weight[i * size + j]};
	qsort(found, count, sizeof(crm_pair), by_weight);
	*n = (int) Min(count, (size_t) most);
	return found;
}
