/*
 * identity_conflict.c - customers that hold two records which speak strongly against each other.
 *
 * Average linkage may put them together, since all others speak for it. Whether it should have is a
 * question for people; pairs that they decided are none.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"

#include "base/base.h"
#include "identity/identity_cluster.h"
#include "identity/identity_conflict.h"
#include "identity/identity_store.h"

/* One in twenty such pairs is one customer. */
#define STRONG (-4300)

void
crm_conflict_forget(const crm_batch *batch, const crm_ids *ids)
{
	static SPIPlanPtr any;
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	crm_ids all = {0};
	Datum args[1];

	crm_plan(&any, "SELECT 1 FROM crm_internal.cluster_conflict LIMIT 1", 0, NULL);
	if (crm_store_run(any, NULL, NULL) == 0)
		return;
	for (int i = 0; i < ids->n; i++)
		crm_ids_add(&all, ids->v[i]);
	for (int i = 0; i < batch->gone.n; i++)
		crm_ids_add(&all, batch->gone.v[i]);
	args[0] = crm_ids_array(all.v, all.n);
	crm_plan(&plan,
			 "DELETE FROM crm_internal.cluster_conflict c"
			 " WHERE c.record_a OPERATOR(pg_catalog.=) ANY ($1)"
			 "    OR c.record_b OPERATOR(pg_catalog.=) ANY ($1)",
			 1, types);
	crm_store_run(plan, args, NULL);
}

/* What the others of its cluster say to a record, on average. */
static int32
mean_of(int i, int n, const int32 *score, const int *cluster)
{
	int64 sum = 0;
	int others = 0;

	for (int j = 0; j < n; j++)
	{
		int32 s = score[(size_t) i * n + j];

		if (j == i || cluster[j] != cluster[i] || s == CRM_CLUSTER_ALWAYS || s == CRM_CLUSTER_NEVER)
			continue;
		sum += s;
		others++;
	}
	return others == 0 ? 0 : (int32) (sum / others);
}

static void
store(int64 a, int64 b, int32 weight, int32 mean)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, INT8OID, INT4OID, INT4OID};
	Datum args[] = {Int64GetDatum(Min(a, b)), Int64GetDatum(Max(a, b)), Int32GetDatum(weight),
					Int32GetDatum(mean)};

	crm_plan(&plan,
			 "INSERT INTO crm_internal.cluster_conflict (record_a, record_b, weight, mean)"
			 " VALUES ($1, $2, $3, $4)",
			 4, types);
	crm_store_run(plan, args, NULL);
}

/* The pair of the cluster named by record c that speaks most against it; ties: the lower records.
 */
static bool
worst_pair(int c, crm_record *const *nodes, const int *members, int n, const int32 *score,
		   const int *cluster, int *a, int *b)
{
	int32 worst = STRONG;

	*a = *b = 0;
	for (int i = 0; i < n; i++)
		for (int j = i + 1; cluster[i] == c && j < n; j++)
		{
			int32 s = score[(size_t) i * n + j];

			if (cluster[j] != c || s == CRM_CLUSTER_NEVER || s > worst)
				continue;
			if (*b > 0 && s == worst &&
				Min(nodes[members[i]]->tie, nodes[members[j]]->tie) >=
					Min(nodes[members[*a]]->tie, nodes[members[*b]]->tie))
				continue;
			worst = s;
			*a = i;
			*b = j;
		}
	return *b > 0;
}

void
crm_conflict_note(crm_record *const *nodes, const int *members, int n, const int32 *score,
				  const int *cluster)
{
	for (int c = 0; c < n; c++)
	{
		int a;
		int b;

		CHECK_FOR_INTERRUPTS();
		if (cluster[c] != c || !worst_pair(c, nodes, members, n, score, cluster, &a, &b))
			continue;
		store(nodes[members[a]]->record_id, nodes[members[b]]->record_id, score[(size_t) a * n + b],
			  Min(mean_of(a, n, score, cluster), mean_of(b, n, score, cluster)));
	}
}
