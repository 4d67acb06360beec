/*
 * identity_trial.c - what another model would merge and split, without applying it.
 *
 * The same steps as a resolution takes, over all stored records, in memory: pairs that share a key
 * are weighed, components clustered, verdicts heard. Nothing is written, nobody waits.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity_batch.h"
#include "identity/identity_cluster.h"
#include "identity/identity_store.h"
#include "identity/identity_verdict.h"
#include "match/match_key.h"
#include "model/model.h"

PG_FUNCTION_INFO_V1(crm_trial_model);

#define ROWS_AT_ONCE 5000

typedef struct trial_record
{
	int64 id;
	int64 tie;
	int64 customer;
	const char *bytes;
	uint32 length;
	crm_terms terms;
} trial_record;

typedef struct trial
{
	const crm_active_model *model;
	crm_batch *verdicts;   /* of it only the verdicts are used */
	trial_record *records; /* by id */
	int n;
	int room;
	uint64 key_kinds;
	int *component; /* union-find: what edges connect */
	int *cluster;   /* union-find: customers by this model */
	int *group;     /* union-find: customers of both */
	int *order;
} trial;

static void load_records(trial *t);
static void connect_pairs(trial *t);
static void connect_verdicts(trial *t);
static void cluster_components(trial *t);
static void show_changes(trial *t, ReturnSetInfo *result);

static int
find(int *parent, int i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

static void
unite(int *parent, int i, int j)
{
	parent[find(parent, i)] = find(parent, j);
}

Datum
crm_trial_model(PG_FUNCTION_ARGS)
{
	int32 version = PG_GETARG_INT32(0);
	trial t = {0};

	InitMaterializedSRF(fcinfo, 0);
	SPI_connect();
	if (!crm_model_exists(version))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("model of matching %d does not exist", version),
						errhint("SELECT version, made_at FROM crm.match_models;")));
	t.verdicts = crm_batch_begin("trial");
	t.key_kinds = crm_store_key_kinds();
	t.model = crm_model_of(version);
	load_records(&t);
	connect_pairs(&t);
	connect_verdicts(&t);
	cluster_components(&t);
	show_changes(&t, (ReturnSetInfo *) fcinfo->resultinfo);
	crm_batch_finish(t.verdicts);
	SPI_finish();
	return (Datum) 0;
}

static int *
own_parents(int n)
{
	int *parent = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int) * (n + 1));

	for (int i = 0; i < n; i++)
		parent[i] = i;
	return parent;
}

static void
take_record(trial *t, HeapTuple tuple, TupleDesc desc)
{
	bool isnull;
	bytea *stored = DatumGetByteaPCopy(SPI_getbinval(tuple, desc, 4, &isnull));
	trial_record *r;
	crm_profile profile;

	if (t->n == t->room)
	{
		t->room = Max(t->room * 2, 4096);
		t->records = t->records == NULL ? MemoryContextAllocHuge(CurrentMemoryContext,
																 t->room * sizeof(trial_record))
										: repalloc_huge(t->records, t->room * sizeof(trial_record));
	}
	r = &t->records[t->n];
	r->id = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
	r->tie = DatumGetInt64(SPI_getbinval(tuple, desc, 2, &isnull));
	r->customer = DatumGetInt64(SPI_getbinval(tuple, desc, 3, &isnull));
	r->bytes = VARDATA_ANY(stored);
	r->length = VARSIZE_ANY_EXHDR(stored);
	if (!crm_model_open(t->model, r->bytes, r->length, &profile))
		return; /* of another version of crm: crm.resolve() says so */
	r->terms = profile.terms;
	t->n++;
}

static void
load_records(trial *t)
{
	static SPIPlanPtr plan;
	Portal portal;

	crm_plan(&plan,
			 "SELECT r.record_id, r.tie, r.customer_id, r.profile FROM crm_internal.record r"
			 " WHERE r.customer_id IS NOT NULL ORDER BY r.record_id",
			 0, NULL);
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (SPI_cursor_fetch(portal, true, ROWS_AT_ONCE); SPI_processed > 0;
		 SPI_cursor_fetch(portal, true, ROWS_AT_ONCE))
	{
		for (uint64 i = 0; i < SPI_processed; i++)
			take_record(t, SPI_tuptable->vals[i], SPI_tuptable->tupdesc);
		SPI_freetuptable(SPI_tuptable);
		CHECK_FOR_INTERRUPTS();
	}
	SPI_cursor_close(portal);
	t->component = own_parents(t->n);
	t->cluster = own_parents(t->n);
	t->group = own_parents(t->n);
	t->order = own_parents(t->n);
}

/* Its place, -1: not there. */
static int
place_of(const trial *t, int64 id)
{
	int low = 0;
	int high = t->n - 1;

	while (low <= high)
	{
		int middle = low + (high - low) / 2;

		if (t->records[middle].id == id)
			return middle;
		if (t->records[middle].id < id)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

static crm_comparison
compare(const trial *t, int i, int j)
{
	const trial_record *a = &t->records[i];
	const trial_record *b = &t->records[j];
	crm_profile x;
	crm_profile y;

	if (b->tie < a->tie)
	{
		const trial_record *swapped = a;

		a = b;
		b = swapped;
	}
	(void) crm_profile_open(a->bytes, a->length, &x);
	(void) crm_profile_open(b->bytes, b->length, &y);
	x.terms = a->terms;
	y.terms = b->terms;
	return crm_profile_compare(&t->model->model, &x, &y);
}

/* A pair that is connected already needs no look. */
static void
connect_block(trial *t, const int *block, int size)
{
	if (size > CRM_KEY_COMMON)
		return;
	for (int i = 0; i < size; i++)
		for (int j = i + 1; j < size; j++)
			if (find(t->component, block[i]) != find(t->component, block[j]) &&
				compare(t, block[i], block[j]).weight > 0)
				unite(t->component, block[i], block[j]);
}

static void
connect_pairs(trial *t)
{
	static SPIPlanPtr plan;
	Portal portal;
	int64 last = 0;
	int block[CRM_KEY_COMMON + 1];
	int size = 0; /* as many as are there, up to one too many */

	crm_plan(&plan,
			 "SELECT k.key, k.record_id FROM crm_internal.record_key k ORDER BY k.key, k.record_id",
			 0, NULL);
	portal = SPI_cursor_open(NULL, plan, NULL, NULL, true);
	for (SPI_cursor_fetch(portal, true, ROWS_AT_ONCE); SPI_processed > 0;
		 SPI_cursor_fetch(portal, true, ROWS_AT_ONCE))
	{
		for (uint64 i = 0; i < SPI_processed; i++)
		{
			HeapTuple tuple = SPI_tuptable->vals[i];
			TupleDesc desc = SPI_tuptable->tupdesc;
			bool isnull;
			int64_t key = DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull));
			int place = place_of(t, DatumGetInt64(SPI_getbinval(tuple, desc, 2, &isnull)));

			if (key != last)
			{
				connect_block(t, block, size);
				size = 0;
				last = key;
			}
			if (place >= 0 && size <= CRM_KEY_COMMON && crm_keys_keep(&key, 1, t->key_kinds) > 0)
				block[size++] = place;
		}
		SPI_freetuptable(SPI_tuptable);
		CHECK_FOR_INTERRUPTS();
	}
	SPI_cursor_close(portal);
	connect_block(t, block, size);
}

static void
connect_verdicts(trial *t)
{
	crm_batch *batch = t->verdicts;
	MemoryContext before = MemoryContextSwitchTo(batch->context);
	crm_ids ids = {0};
	crm_ids found = {0};

	crm_verdict_begin(batch);
	if (batch->verdicts != NULL)
	{
		for (int i = 0; i < t->n; i++)
			crm_ids_add(&ids, t->records[i].id);
		crm_verdict_reach(batch, &ids, &found);
		crm_verdict_settle(batch, &ids);
	}
	MemoryContextSwitchTo(before);
	for (int i = 0; i < batch->nedges; i++)
	{
		int a = place_of(t, batch->edges[i].a);
		int b = place_of(t, batch->edges[i].b);

		if (a >= 0 && b >= 0)
			unite(t->component, a, b);
	}
}

static bool
decided(const trial *t, int i, int j, int32 *score)
{
	crm_record a = {.record_id = t->records[i].id, .tie = t->records[i].tie};
	crm_record b = {.record_id = t->records[j].id, .tie = t->records[j].tie};

	return crm_verdict_score(t->verdicts, &a, &b, score);
}

static int32
pair_score(const trial *t, int i, int j)
{
	crm_comparison c;
	int32 score;

	if (decided(t, i, j, &score))
		return score;
	c = compare(t, i, j);
	return crm_cluster_score(c.weight, c.conflict);
}

static void
cluster_component(trial *t, const int *members, int n)
{
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "crm component", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = MemoryContextSwitchTo(context);
	int32 *score = MemoryContextAllocHuge(context, sizeof(int32) * n * n);
	int64 *tie = palloc(sizeof(int64) * n);
	int *cluster = palloc(sizeof(int) * n);

	for (int i = 0; i < n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		tie[i] = t->records[members[i]].tie;
		score[(size_t) i * n + i] = 0;
		for (int j = i + 1; j < n; j++)
			score[(size_t) i * n + j] = score[(size_t) j * n + i] =
				pair_score(t, members[i], members[j]);
	}
	crm_cluster(n, score, tie, cluster, MemoryContextAllocHuge(context, crm_cluster_room(n)));
	for (int i = 0; i < n; i++)
		unite(t->cluster, members[i], members[cluster[i]]);
	MemoryContextSwitchTo(before);
	MemoryContextDelete(context);
}

/* Of too many only what people said is one customer is. */
static void
join_decided(trial *t, const int *members, int n)
{
	int32 score;

	for (int i = 1; t->verdicts->verdicts != NULL && i < n; i++)
		for (int j = 0; j < i; j++)
			if (decided(t, members[i], members[j], &score) && score == CRM_CLUSTER_ALWAYS)
				unite(t->cluster, members[i], members[j]);
}

static int
by_root(const void *a, const void *b, void *root)
{
	int x = *(const int *) a;
	int y = *(const int *) b;
	const int *of = root;

	if (of[x] != of[y])
		return of[x] < of[y] ? -1 : 1;
	return x - y;
}

/* Orders the records by their roots; the caller walks over the runs. */
static void
order_by(trial *t, int *parent)
{
	for (int i = 0; i < t->n; i++)
		parent[i] = find(parent, i);
	qsort_arg(t->order, t->n, sizeof(int), by_root, parent);
}

static int
run_end(const trial *t, const int *parent, int first)
{
	int last = first;

	while (last < t->n && parent[t->order[last]] == parent[t->order[first]])
		last++;
	return last;
}

static void
cluster_components(trial *t)
{
	order_by(t, t->component);
	for (int first = 0, last; first < t->n; first = last)
	{
		last = run_end(t, t->component, first);
		if (last - first > CRM_COMPONENT_MAX)
			join_decided(t, t->order + first, last - first);
		else if (last - first > 1)
			cluster_component(t, t->order + first, last - first);
	}
}

typedef struct by_customer
{
	int64 customer;
	int place;
} by_customer;

static int
compare_customers(const void *a, const void *b)
{
	const by_customer *x = a;
	const by_customer *y = b;

	if (x->customer != y->customer)
		return x->customer < y->customer ? -1 : 1;
	return x->place - y->place;
}

/* Records stand in one group that are one customer now, or would be; returns the customers now. */
static int64
group_records(trial *t)
{
	by_customer *now =
		MemoryContextAllocHuge(CurrentMemoryContext, sizeof(by_customer) * (t->n + 1));
	int64 customers = t->n > 0;

	for (int i = 0; i < t->n; i++)
	{
		now[i] = (by_customer){t->records[i].customer, i};
		unite(t->group, i, find(t->cluster, i));
	}
	qsort(now, t->n, sizeof(by_customer), compare_customers);
	for (int i = 1; i < t->n; i++)
		if (now[i].customer == now[i - 1].customer)
			unite(t->group, now[i].place, now[i - 1].place);
		else
			customers++;
	pfree(now);
	return customers;
}

static void
put(ReturnSetInfo *result, const char *kind, const crm_ids *customers, int64 records, int64 before,
	int64 after)
{
	Datum values[] = {CStringGetTextDatum(kind),
					  customers == NULL ? (Datum) 0 : crm_ids_array(customers->v, customers->n),
					  Int64GetDatum(records), Int64GetDatum(before), Int64GetDatum(after)};
	bool nulls[] = {false, customers == NULL, false, false, false};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* A group in which something changes, as a row; returns the customers that it would be. */
static int64
show_group(trial *t, const int *members, int n, ReturnSetInfo *result)
{
	crm_ids customers = {0};
	crm_ids clusters = {0};

	for (int i = 0; i < n; i++)
	{
		crm_ids_add(&customers, t->records[members[i]].customer);
		crm_ids_add(&clusters, find(t->cluster, members[i]));
	}
	crm_ids_sort_distinct(&customers);
	crm_ids_sort_distinct(&clusters);
	if (customers.n > 1 || clusters.n > 1)
		put(result,
			clusters.n == 1    ? "merge"
			: customers.n == 1 ? "split"
							   : "regroup",
			&customers, n, customers.n, clusters.n);
	pfree(customers.v);
	pfree(clusters.v);
	return clusters.n;
}

static void
show_changes(trial *t, ReturnSetInfo *result)
{
	int64 before = group_records(t);
	int64 after = 0;

	order_by(t, t->group);
	for (int first = 0, last; first < t->n; first = last)
	{
		last = run_end(t, t->group, first);
		after += show_group(t, t->order + first, last - first, result);
	}
	put(result, "all", NULL, t->n, before, after);
}
