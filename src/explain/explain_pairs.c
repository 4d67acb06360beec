/* explain_pairs.c - all pairs of a customer's records, as clustering sees them. */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/ids.h"
#include "explain/explain_pairs.h"
#include "identity/identity_batch.h"
#include "identity/identity_verdict.h"

typedef struct summing
{
	crm_between found;
	int64 sum;
	int64 pairs;
} summing;

/* What people decided holds whatever the pair says; a row that is not stored has no verdicts. */
static void
take_verdicts(const crm_pairs *p)
{
	crm_batch *batch = crm_batch_begin("explain");
	size_t n = p->list.n;
	crm_ids ids = {0};
	crm_ids found = {0};

	for (size_t i = 0; i < n; i++)
		if (p->list.v[i].record_id != 0)
			crm_ids_add(&ids, p->list.v[i].record_id);
	crm_ids_sort_distinct(&ids);
	crm_verdict_begin(batch);
	if (batch->verdicts != NULL)
	{
		crm_verdict_reach(batch, &ids, &found);
		crm_batch_load(batch, found.v, found.n);
		crm_batch_load(batch, ids.v, ids.n);
		crm_verdict_settle(batch, &ids);
	}
	for (size_t i = 0; batch->verdicts != NULL && i < n; i++)
		for (size_t j = i + 1; j < n; j++)
		{
			crm_record *a = crm_batch_record(batch, p->list.v[i].record_id);
			crm_record *b = crm_batch_record(batch, p->list.v[j].record_id);
			int32 score;

			if (a != NULL && b != NULL && crm_verdict_score(batch, a, b, &score))
				p->score[i * n + j] = p->score[j * n + i] = score;
		}
	crm_batch_finish(batch);
}

crm_pairs
crm_pairs_make(const crm_active_model *model, crm_explained_list list)
{
	size_t n = list.n;
	crm_pairs p = {.model = model, .list = list};

	p.weight = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int32) * n * n);
	p.said = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int32) * n * n);
	p.score = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int32) * n * n);
	for (size_t i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		p.weight[i * n + i] = p.said[i * n + i] = 0;
		for (size_t j = i + 1; j < n; j++)
		{
			crm_comparison c = crm_explain_compare(model, &list.v[i], &list.v[j]);

			p.weight[i * n + j] = p.weight[j * n + i] = c.weight;
			p.said[i * n + j] = p.said[j * n + i] = crm_cluster_score(c.weight, c.conflict);
		}
	}
	memcpy(p.score, p.said, sizeof(int32) * n * n);
	take_verdicts(&p);
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
				count_pair(&s, i, j, p->weight[i * n + j], p->said[i * n + j]);
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

static int
cluster_pairs(const crm_pairs *p, crm_cluster_join *joins, int *cluster)
{
	int n = p->list.n;
	int64 *tie = palloc(sizeof(int64) * n);
	void *room = MemoryContextAllocHuge(CurrentMemoryContext, crm_cluster_room(n));

	for (int i = 0; i < n; i++)
		tie[i] = p->list.v[i].tie;
	return crm_cluster_joins(n, p->score, tie, joins, cluster, room);
}

void
crm_pairs_clusters(const crm_pairs *p, int *cluster)
{
	(void) cluster_pairs(p, NULL, cluster);
}

int
crm_pairs_joins(const crm_pairs *p, crm_cluster_join *joins)
{
	return cluster_pairs(p, joins, palloc(sizeof(int) * p->list.n));
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
