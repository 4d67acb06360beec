/*
 * identity_bulk_cluster.c - components of all edges, their clusters, and who keeps which id.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity_assign.h"
#include "identity/identity_bulk.h"
#include "identity/identity_cluster.h"
#include "identity/identity_conflict.h"
#include "identity/identity_store.h"

typedef struct components
{
	crm_bulk *bulk;
	int32 *parent; /* union-find; then the component's number */
	int32 *first;  /* where in order a component begins */
	int32 *order;  /* records, component by component */
	int *cluster;  /* record that names the cluster */
	int32 n;
} components;

static int32
find(int32 *parent, int32 i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

static void *
numbers(int64 n, Size size)
{
	return MemoryContextAllocExtended(CurrentMemoryContext, (n + 2) * size,
									  MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
}

/* Components are numbered by their first record, and records stand in them in ascending order. */
static void
find_components(components *c)
{
	crm_bulk *bulk = c->bulk;
	int32 *number = numbers(bulk->n, sizeof(int32));

	for (int32 i = 0; i < bulk->n; i++)
		c->parent[i] = c->cluster[i] = i;
	for (int64 i = 0; i < bulk->nedges; i++)
	{
		const crm_bulk_edge *edge = &bulk->edges[i];
		int32 a;
		int32 b;

		if (edge->weight <= 0)
			continue;
		a = find(c->parent, edge->a);
		b = find(c->parent, edge->b);
		c->parent[Max(a, b)] = Min(a, b);
	}
	for (int32 i = 0; i < bulk->n; i++)
	{
		int32 root = find(c->parent, i);

		number[i] = root == i ? c->n++ : number[root];
		c->first[number[i] + 2]++;
	}
	for (int32 i = 0; i < c->n; i++)
		c->first[i + 2] += c->first[i + 1];
	for (int32 i = 0; i < bulk->n; i++)
		c->order[c->first[number[i] + 1]++] = i;
	pfree(number);
}

static int32
pair_score(const crm_bulk *bulk, const int32 *members, const crm_profile *profiles, int i, int j)
{
	bool swap = bulk->records[members[i]].tie > bulk->records[members[j]].tie;
	crm_comparison found =
		crm_profile_compare(&bulk->model->model, &profiles[swap ? j : i], &profiles[swap ? i : j]);

	return crm_cluster_score(found.weight, found.conflict);
}

static void
note_conflicts(const crm_bulk *bulk, const int32 *members, int n, const int32 *score,
			   const int *cluster)
{
	crm_record *records = palloc0(sizeof(crm_record) * n);
	crm_record **nodes = palloc(sizeof(crm_record *) * n);
	int *places = palloc(sizeof(int) * n);

	for (int i = 0; i < n; i++)
	{
		records[i].record_id = bulk->records[members[i]].record_id;
		records[i].tie = bulk->records[members[i]].tie;
		nodes[i] = &records[i];
		places[i] = i;
	}
	crm_conflict_note(nodes, places, n, score, cluster);
}

static void
cluster_component(components *c, const int32 *members, int n)
{
	int32 *score = palloc_extended(sizeof(int32) * n * n, MCXT_ALLOC_HUGE);
	crm_profile *profiles = palloc(sizeof(crm_profile) * n);
	int64 *tie = palloc(sizeof(int64) * n);
	int *cluster = palloc(sizeof(int) * n);

	for (int i = 0; i < n; i++)
	{
		crm_bulk_open(c->bulk, members[i], &profiles[i]);
		tie[i] = c->bulk->records[members[i]].tie;
	}
	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		score[(size_t) i * n + i] = 0;
		for (int j = i + 1; j < n; j++)
			score[(size_t) i * n + j] = score[(size_t) j * n + i] =
				pair_score(c->bulk, members, profiles, i, j);
	}
	crm_cluster(n, score, tie, cluster, palloc_extended(crm_cluster_room(n), MCXT_ALLOC_HUGE));
	note_conflicts(c->bulk, members, n, score, cluster);
	for (int i = 0; i < n; i++)
		c->cluster[members[i]] = members[cluster[i]];
}

static void
flag(int64 first, int n)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, INT4OID};
	Datum args[] = {Int64GetDatum(first), Int32GetDatum(n)};

	crm_plan(&plan,
			 "INSERT INTO crm_internal.oversize_component (record_id, records) VALUES ($1, $2)", 2,
			 types);
	crm_store_run(plan, args, NULL);
}

static void
cluster_components(components *c)
{
	static SPIPlanPtr unflag;
	static SPIPlanPtr forget;
	MemoryContext one =
		AllocSetContextCreate(CurrentMemoryContext, "crm component", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(one);

	crm_store_run(crm_plan(&unflag, "DELETE FROM crm_internal.oversize_component", 0, NULL), NULL,
				  NULL);
	crm_store_run(crm_plan(&forget, "DELETE FROM crm_internal.cluster_conflict", 0, NULL), NULL,
				  NULL);
	for (int32 i = 0; i < c->n; i++)
	{
		const int32 *members = c->order + c->first[i];
		int n = c->first[i + 1] - c->first[i];

		if (n > CRM_COMPONENT_MAX)
			flag(c->bulk->records[members[0]].record_id, n);
		else if (n > 1)
			cluster_component(c, members, n);
		else
			continue;
		MemoryContextReset(one);
	}
	MemoryContextSwitchTo(before);
	MemoryContextDelete(one);
}

/* Records of a cluster stand together: one new id for all of them. */
static bool
begins_customer(const crm_assign_record *records, int i)
{
	return records[i].assigned == 0 && (i == 0 || records[i].cluster != records[i - 1].cluster);
}

static void
assign_ids(components *c)
{
	crm_bulk *bulk = c->bulk;
	int n = (int) bulk->n;
	crm_assign_record *records =
		palloc_extended(sizeof(crm_assign_record) * (n + 1), MCXT_ALLOC_HUGE);
	int64 customers = 0;
	int64 fresh = 0;

	for (int i = 0; i < n; i++)
		records[i] = (crm_assign_record){.tie = bulk->records[i].tie,
										 .customer_id = bulk->records[i].customer_id,
										 .cluster = c->cluster[i],
										 .node = i};
	crm_assign(records, n, palloc_extended(crm_assign_room(n + 1), MCXT_ALLOC_HUGE));
	for (int i = 0; i < n; i++)
		customers += begins_customer(records, i);
	if (customers > 0)
		fresh = crm_store_take_customer_ids(customers) - 1;
	for (int i = 0; i < n; i++)
	{
		fresh += begins_customer(records, i);
		bulk->records[records[i].node].new_customer_id =
			records[i].assigned != 0 ? records[i].assigned : fresh;
	}
}

void
crm_bulk_cluster_all(crm_bulk *bulk)
{
	MemoryContext mine =
		AllocSetContextCreate(CurrentMemoryContext, "crm bulk cluster", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(mine);
	components c = {.bulk = bulk};

	c.parent = numbers(bulk->n, sizeof(int32));
	c.first = numbers(bulk->n, sizeof(int32));
	c.order = numbers(bulk->n, sizeof(int32));
	c.cluster = numbers(bulk->n, sizeof(int));
	find_components(&c);
	cluster_components(&c);
	assign_ids(&c);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(mine);
}
