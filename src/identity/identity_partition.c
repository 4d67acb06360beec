/*
 * identity_partition.c - clusters the components that a batch touched and gives them customer ids.
 *
 * A component is what edges that speak for one customer connect. Inside one every pair is compared,
 * whether or not the two share a key, so the clusters are a function of the records alone.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity_assign.h"
#include "identity/identity_batch.h"
#include "identity/identity_cluster.h"
#include "identity/identity_conflict.h"
#include "identity/identity_revive.h"
#include "identity/identity_store.h"
#include "identity/identity_verdict.h"

typedef struct partition
{
	crm_batch *batch;
	int n;
	crm_record **nodes;
	int *component; /* union-find */
	int *cluster;   /* node that names the cluster */
	int *order;     /* nodes, component by component */
} partition;

/* Edges of records a, or of records b, that speak for one customer. */
static void
fetch_edges(const crm_ids *frontier)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	Datum args[] = {crm_ids_array(frontier->v, frontier->n)};

	crm_plan(&plan,
			 "SELECT e.record_a, e.record_b, e.weight"
			 "  FROM pg_catalog.unnest($1) AS f(id)"
			 "  JOIN crm_internal.edge e ON e.record_a OPERATOR(pg_catalog.=) f.id"
			 " WHERE e.weight OPERATOR(pg_catalog.>) 0"
			 " UNION ALL "
			 "SELECT e.record_a, e.record_b, e.weight"
			 "  FROM pg_catalog.unnest($1) AS f(id)"
			 "  JOIN crm_internal.edge e ON e.record_b OPERATOR(pg_catalog.=) f.id"
			 " WHERE e.weight OPERATOR(pg_catalog.>) 0",
			 1, types);
	crm_store_run(plan, args, NULL);
}

static void
reach(crm_batch *batch, int64 id, HTAB *reached, crm_ids *next)
{
	bool found;

	hash_search(reached, &id, HASH_ENTER, &found);
	if (!found)
		crm_ids_add(next, id);
}

static void
take_edges(crm_batch *batch, HTAB *reached, crm_ids *next)
{
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		bool isnull;
		int64 a = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
		int64 b = DatumGetInt64(SPI_getbinval(tuple, desc, 2, &isnull));

		crm_batch_add_edge(batch, a, b, DatumGetInt32(SPI_getbinval(tuple, desc, 3, &isnull)));
		reach(batch, a, reached, next);
		reach(batch, b, reached, next);
	}
	SPI_freetuptable(SPI_tuptable);
}

/*
 * While clusters are made anew under another model, records of one customer need not be
 * connected any more. All of them have to be in hand, or two parts would keep the one id.
 */
static void
reach_fellows(crm_batch *batch, const crm_ids *all, HTAB *reached, crm_ids *next)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT8ARRAYOID};
	Datum args[] = {crm_ids_array(all->v, all->n),
					crm_ids_array(batch->gone_customers.v, batch->gone_customers.n)};

	crm_plan(&plan,
			 "SELECT o.record_id"
			 "  FROM (SELECT r.customer_id FROM pg_catalog.unnest($1) AS i(id)"
			 "          JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) i.id"
			 "         UNION SELECT g.id FROM pg_catalog.unnest($2) AS g(id)) AS c"
			 "  JOIN crm_internal.record o ON o.customer_id OPERATOR(pg_catalog.=) c.customer_id",
			 2, types);
	crm_store_run(plan, args, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool isnull;
		int64 id =
			DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));

		if (!crm_ids_contain(&batch->gone, id))
			reach(batch, id, reached, next);
	}
	SPI_freetuptable(SPI_tuptable);
}

/* All records that edges connect to the seeds, breadth first; returns their ids. */
static crm_ids
walk(crm_batch *batch)
{
	HASHCTL ctl = {.keysize = sizeof(int64), .entrysize = sizeof(int64), .hcxt = batch->context};
	HTAB *reached =
		hash_create("crm reached records", 64, &ctl, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
	bool reclustering = crm_store_is_reclustering();
	crm_ids frontier = {0};
	crm_ids all = {0};

	crm_ids_sort_distinct(&batch->seeds);
	crm_ids_sort_distinct(&batch->gone);
	for (int i = 0; i < batch->seeds.n; i++)
		if (!crm_ids_contain(&batch->gone, batch->seeds.v[i]))
			reach(batch, batch->seeds.v[i], reached, &frontier);
	if (reclustering)
		reach_fellows(batch, &all, reached, &frontier);
	while (frontier.n > 0)
	{
		crm_ids next = {0};
		crm_ids found = {0};

		CHECK_FOR_INTERRUPTS();
		for (int i = 0; i < frontier.n; i++)
			crm_ids_add(&all, frontier.v[i]);
		fetch_edges(&frontier);
		take_edges(batch, reached, &next);
		crm_verdict_reach(batch, &frontier, &found);
		for (int i = 0; i < found.n; i++)
			reach(batch, found.v[i], reached, &next);
		if (reclustering)
			reach_fellows(batch, &frontier, reached, &next);
		frontier = next;
	}
	return all;
}

static int
find(partition *p, int i)
{
	while (p->component[i] != i)
		i = p->component[i] = p->component[p->component[i]];
	return i;
}

static partition *
make_partition(crm_batch *batch, const crm_ids *ids)
{
	partition *p = palloc0(sizeof(partition));

	p->batch = batch;
	p->nodes = palloc(sizeof(crm_record *) * ids->n);
	p->component = palloc(sizeof(int) * ids->n);
	p->cluster = palloc(sizeof(int) * ids->n);
	p->order = palloc(sizeof(int) * ids->n);
	for (int i = 0; i < ids->n; i++)
	{
		crm_record *record = crm_batch_record(batch, ids->v[i]);

		if (record == NULL || record->bytes == NULL)
			continue; /* an edge of a record that is gone: verify reports it */
		p->nodes[p->n] = record;
		p->component[p->n] = p->cluster[p->n] = p->order[p->n] = p->n;
		record->node = p->n++;
	}
	for (int i = 0; i < batch->nedges; i++)
	{
		crm_record *a = crm_batch_record(batch, batch->edges[i].a);
		crm_record *b = crm_batch_record(batch, batch->edges[i].b);

		if (a != NULL && b != NULL && a->node >= 0 && b->node >= 0)
			p->component[find(p, a->node)] = find(p, b->node);
	}
	return p;
}

static int32
pair_score(const partition *p, int i, int j)
{
	crm_comparison c;
	int32 decided;

	if (crm_verdict_score(p->batch, p->nodes[i], p->nodes[j], &decided))
		return decided;
	c = crm_record_compare(p->batch, p->nodes[i], p->nodes[j]);
	return crm_cluster_score(c.weight, c.conflict);
}

/* members: nodes of one component. */
static void
cluster_component(partition *p, const int *members, int n)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "crm component", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);
	int32 *score = MemoryContextAllocHuge(context, sizeof(int32) * n * n);
	int64 *tie = palloc(sizeof(int64) * n);
	int *cluster = palloc(sizeof(int) * n);
	void *room = MemoryContextAllocHuge(context, crm_cluster_room(n));

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		tie[i] = p->nodes[members[i]]->tie;
		score[(size_t) i * n + i] = 0;
		for (int j = i + 1; j < n; j++)
			score[(size_t) i * n + j] = score[(size_t) j * n + i] =
				pair_score(p, members[i], members[j]);
	}
	crm_cluster(n, score, tie, cluster, room);
	crm_conflict_note(p->nodes, members, n, score, cluster);
	for (int i = 0; i < n; i++)
		p->cluster[members[i]] = members[cluster[i]];
	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
}

/* Components that are in hand and were too large before are not, unless they are flagged again. */
static void
forget_flags(const partition *p)
{
	static SPIPlanPtr any;
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	crm_ids ids = {0};
	Datum args[1];

	crm_plan(&any, "SELECT 1 FROM crm_internal.oversize_component LIMIT 1", 0, NULL);
	if (crm_store_run(any, NULL, NULL) == 0)
		return;
	for (int i = 0; i < p->n; i++)
		crm_ids_add(&ids, p->nodes[i]->record_id);
	for (int i = 0; i < p->batch->gone.n; i++)
		crm_ids_add(&ids, p->batch->gone.v[i]);
	args[0] = crm_ids_array(ids.v, ids.n);
	crm_plan(&plan,
			 "DELETE FROM crm_internal.oversize_component o"
			 " WHERE o.record_id OPERATOR(pg_catalog.=) ANY ($1)",
			 1, types);
	crm_store_run(plan, args, NULL);
}

/* Remembers a component that is too large to be a customer, by its first record. */
static void
flag_component(partition *p, const int *members, int n)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID, INT4OID};
	int64 first = p->nodes[members[0]]->record_id;
	Datum args[2];

	for (int i = 1; i < n; i++)
		first = Min(first, p->nodes[members[i]]->record_id);
	args[0] = Int64GetDatum(first);
	args[1] = Int32GetDatum(n);
	crm_plan(&plan,
			 "INSERT INTO crm_internal.oversize_component (record_id, records) VALUES ($1, $2)", 2,
			 types);
	crm_store_run(plan, args, NULL);
}

/* What people said is one customer is, even where so many records match that nothing else is. */
static void
join_decided(partition *p, const int *members, int n)
{
	if (p->batch->verdicts == NULL)
		return;
	for (int i = 1; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < i; j++)
			if (crm_verdict_joins(p->batch, p->nodes[members[i]], p->nodes[members[j]]))
			{
				p->cluster[members[i]] = p->cluster[members[j]];
				break;
			}
	}
}

static int
by_component(const void *a, const void *b, void *context)
{
	const partition *p = context;
	int x = *(const int *) a;
	int y = *(const int *) b;

	if (p->component[x] != p->component[y])
		return p->component[x] < p->component[y] ? -1 : 1;
	return x - y;
}

static void
cluster_components(partition *p)
{
	for (int i = 0; i < p->n; i++)
		p->component[i] = find(p, i);
	qsort_arg(p->order, p->n, sizeof(int), by_component, p);
	for (int first = 0, last; first < p->n; first = last)
	{
		int component = p->component[p->order[first]];

		for (last = first; last < p->n && p->component[p->order[last]] == component; last++)
			;
		if (last - first > CRM_COMPONENT_MAX)
		{
			flag_component(p, p->order + first, last - first);
			join_decided(p, p->order + first, last - first);
		}
		else if (last - first > 1)
			cluster_component(p, p->order + first, last - first);
	}
}

static crm_assign_record *
assign_ids(partition *p)
{
	crm_assign_record *records = palloc(sizeof(crm_assign_record) * Max(p->n, 1));

	for (int i = 0; i < p->n; i++)
		records[i] = (crm_assign_record){.tie = p->nodes[i]->tie,
										 .customer_id = p->nodes[i]->customer_id,
										 .cluster = p->cluster[i],
										 .node = i};
	crm_assign(records, p->n, palloc(crm_assign_room(Max(p->n, 1))));
	return records;
}

/* Records of a cluster stand together: one new id for all of them. */
static bool
begins_customer(const crm_assign_record *records, int i)
{
	return records[i].assigned == 0 && (i == 0 || records[i].cluster != records[i - 1].cluster);
}

/* The id before the first of as many as there are new customers. */
static int64
take_fresh(const crm_assign_record *records, int n)
{
	int64 customers = 0;

	for (int i = 0; i < n; i++)
		customers += begins_customer(records, i);
	return customers == 0 ? 0 : crm_store_take_customer_ids(customers) - 1;
}

void
crm_batch_partition(crm_batch *batch)
{
	MemoryContext before = MemoryContextSwitchTo(batch->context);
	crm_ids ids;
	partition *p;
	crm_assign_record *records;
	int64 fresh;

	crm_verdict_begin(batch);
	ids = walk(batch);
	crm_verdict_settle(batch, &ids);
	crm_batch_load(batch, ids.v, ids.n);
	p = make_partition(batch, &ids);
	forget_flags(p);
	crm_conflict_forget(batch, &ids);
	cluster_components(p);
	records = assign_ids(p);
	if (batch->act_no != 0)
		crm_revive_ids(batch, p->nodes, records, p->n);
	fresh = take_fresh(records, p->n);
	for (int i = 0; i < p->n; i++)
	{
		if (begins_customer(records, i))
			fresh++;
		p->nodes[records[i].node]->new_customer_id =
			records[i].assigned != 0 ? records[i].assigned : fresh;
	}
	MemoryContextSwitchTo(before);
}
