/*
 * explain_customer.c - why these records are one customer, and no others are.
 *
 * The joins are made again, by the code that clusters: joins inside a customer do not depend on
 * records outside of it, for average linkage joins the best pair of clusters first wherever it is.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "base/ids.h"
#include "explain/explain.h"
#include "explain/explain_pairs.h"

#define COLUMNS 11
#define AGAINST_MOST 20
#define APART_MOST 5

PG_FUNCTION_INFO_V1(crm_explain_customer);

typedef enum column
{
	STEP,
	PART,
	RECORDS,
	OTHER_RECORDS,
	OTHER_CUSTOMER,
	SOURCE,
	SOURCE_KEY,
	WEIGHT,
	MEAN,
	PROBABILITY,
	REASON
} column;

typedef struct telling
{
	ReturnSetInfo *result;
	bool shows_keys;
	crm_pairs pairs;
	int step;
	Datum values[COLUMNS];
	bool nulls[COLUMNS];
} telling;

static void
set(telling *t, column c, Datum value)
{
	t->values[c] = value;
	t->nulls[c] = false;
}

static void
set_text(telling *t, column c, const char *text)
{
	if (text != NULL)
		set(t, c, CStringGetTextDatum(text));
}

static void
begin_row(telling *t, const char *part)
{
	memset(t->nulls, true, sizeof(t->nulls));
	set(t, STEP, Int32GetDatum(++t->step));
	set_text(t, PART, part);
}

static void
end_row(telling *t)
{
	tuplestore_putvalues(t->result->setResult, t->result->setDesc, t->values, t->nulls);
}

static void
set_pair(telling *t, const crm_explained *a, const crm_explained *b, int32 weight)
{
	set(t, WEIGHT, crm_explain_bits(weight));
	set(t, PROBABILITY, Float8GetDatum(crm_weight_probability(weight)));
	set_text(t, REASON, crm_explain_pair_reason(t->pairs.model, a, b));
}

/* The records of the members that are marked. */
static Datum
ids_of(const crm_pairs *p, const bool *marked)
{
	crm_ids ids = {0};

	for (int i = 0; i < p->list.n; i++)
		if (marked[i])
			crm_ids_add(&ids, p->list.v[i].record_id);
	return crm_ids_array(ids.v, ids.n);
}

static void
put_records(telling *t)
{
	const crm_pairs *p = &t->pairs;
	bool *self = palloc0(sizeof(bool) * p->list.n);
	bool *rest = palloc(sizeof(bool) * p->list.n);

	memset(rest, true, sizeof(bool) * p->list.n);
	for (int i = 0; i < p->list.n; i++)
	{
		begin_row(t, "record");
		self[i] = true;
		rest[i] = false;
		set(t, RECORDS, crm_ids_array(&p->list.v[i].record_id, 1));
		set_text(t, SOURCE, p->list.v[i].source);
		set_text(t, SOURCE_KEY, t->shows_keys ? p->list.v[i].key : NULL);
		if (p->list.n > 1)
			set(t, MEAN, crm_explain_bits(crm_pairs_between(p, self, rest).mean));
		end_row(t);
		self[i] = false;
		rest[i] = true;
	}
}

static void
put_join(telling *t, const char *part, const bool *left, const bool *right)
{
	const crm_pairs *p = &t->pairs;
	crm_between between = crm_pairs_between(p, left, right);

	begin_row(t, part);
	set(t, RECORDS, ids_of(p, left));
	set(t, OTHER_RECORDS, ids_of(p, right));
	set_pair(t, &p->list.v[between.a], &p->list.v[between.b], between.most);
	set(t, MEAN, crm_explain_bits(between.mean));
	end_row(t);
}

/* cluster: of each record the cluster it is in so far. */
static void
mark_cluster(const int *cluster, int n, int which, bool *marked)
{
	for (int i = 0; i < n; i++)
		marked[i] = cluster[i] == which;
}

static void
put_joins(telling *t)
{
	const crm_pairs *p = &t->pairs;
	int n = p->list.n;
	crm_cluster_join *joins = palloc(sizeof(crm_cluster_join) * n);
	int njoins = crm_pairs_joins(p, joins);
	int *cluster = palloc(sizeof(int) * n);
	bool *left = palloc(sizeof(bool) * n);
	bool *right = palloc(sizeof(bool) * n);
	bool *weakest_left = palloc(sizeof(bool) * n);
	bool *weakest_right = palloc(sizeof(bool) * n);
	int64 weakest = PG_INT64_MAX;

	for (int i = 0; i < n; i++)
		cluster[i] = i;
	for (int j = 0; j < njoins; j++)
	{
		int64 mean;

		CHECK_FOR_INTERRUPTS();
		mark_cluster(cluster, n, cluster[joins[j].into], left);
		mark_cluster(cluster, n, cluster[joins[j].from], right);
		put_join(t, "join", left, right);
		mean = crm_pairs_between(p, left, right).mean;
		if (mean < weakest)
		{
			weakest = mean;
			memcpy(weakest_left, left, sizeof(bool) * n);
			memcpy(weakest_right, right, sizeof(bool) * n);
		}
		for (int i = 0; i < n; i++)
			if (right[i])
				cluster[i] = cluster[joins[j].into];
	}
	if (njoins > 0)
		put_join(t, "weakest link", weakest_left, weakest_right);
}

static void
put_against(telling *t)
{
	const crm_pairs *p = &t->pairs;
	int n;
	crm_pair *pairs = crm_pairs_against(p, AGAINST_MOST, &n);

	for (int i = 0; i < n; i++)
	{
		const crm_explained *a = &p->list.v[pairs[i].a];
		const crm_explained *b = &p->list.v[pairs[i].b];

		begin_row(t, "against");
		set(t, RECORDS, crm_ids_array(&a->record_id, 1));
		set(t, OTHER_RECORDS, crm_ids_array(&b->record_id, 1));
		set_pair(t, a, b, pairs[i].weight);
		end_row(t);
	}
}

static void
put_verdicts(telling *t)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	Datum args[] = {crm_pairs_ids(&t->pairs)};

	crm_plan(
		&plan,
		"SELECT a.record_id, b.record_id, b.customer_id,"
		"   pg_catalog.concat(CASE v.verdict WHEN 'same' THEN 'one customer' ELSE 'not one"
		" customer' END, ', decided on ', v.decided_at::pg_catalog.date)"
		"  FROM crm_internal.record a"
		"  JOIN crm_internal.source s ON s.source_id OPERATOR(pg_catalog.=) a.source_id"
		"  CROSS JOIN LATERAL (SELECT v.*,"
		"     v.source_b AS other_source, v.key_b AS other_key FROM crm_internal.match_verdict v"
		"    WHERE v.source_a OPERATOR(pg_catalog.=) pg_catalog.concat(s.schema_name, '.',"
		" s.table_name) AND v.key_a OPERATOR(pg_catalog.=) a.source_key"
		"   UNION ALL SELECT v.*,"
		"     v.source_a, v.key_a FROM crm_internal.match_verdict v"
		"    WHERE v.source_b OPERATOR(pg_catalog.=) pg_catalog.concat(s.schema_name, '.',"
		" s.table_name) AND v.key_b OPERATOR(pg_catalog.=) a.source_key) v"
		"  JOIN crm_internal.source o ON pg_catalog.concat(o.schema_name, '.', o.table_name)"
		"     OPERATOR(pg_catalog.=) v.other_source"
		"  JOIN crm_internal.record b ON b.source_id OPERATOR(pg_catalog.=) o.source_id"
		"   AND b.source_key OPERATOR(pg_catalog.=) v.other_key"
		" WHERE a.record_id OPERATOR(pg_catalog.=) ANY ($1) AND v.withdrawn_at IS NULL"
		"   AND (a.record_id OPERATOR(pg_catalog.<) b.record_id"
		"     OR b.customer_id IS DISTINCT FROM a.customer_id)"
		" ORDER BY v.verdict_no",
		lengthof(types), types);
	crm_execute_plan(plan, args, NULL, true);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		int64 ids[2];
		bool isnull;
		Datum customer = SPI_getbinval(tuple, desc, 3, &isnull);

		begin_row(t, "decided");
		if (!isnull && DatumGetInt64(customer) != t->pairs.list.v[0].customer_id)
			set(t, OTHER_CUSTOMER, customer);
		for (int c = 0; c < 2; c++)
			ids[c] = DatumGetInt64(SPI_getbinval(tuple, desc, c + 1, &isnull));
		set(t, RECORDS, crm_ids_array(&ids[0], 1));
		set(t, OTHER_RECORDS, crm_ids_array(&ids[1], 1));
		set_text(t, REASON, SPI_getvalue(tuple, desc, 4));
		end_row(t);
	}
}

/* Ids of the customers to which edges lead, the nearest first. */
static crm_ids
find_nearest(telling *t)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT8OID, INT4OID};
	Datum args[] = {crm_pairs_ids(&t->pairs), Int64GetDatum(t->pairs.list.v[0].customer_id),
					Int32GetDatum(APART_MOST)};
	crm_ids nearest = {0};

	crm_plan(&plan,
			 "SELECT n.customer_id"
			 "  FROM (SELECT r.customer_id, e.weight FROM pg_catalog.unnest($1) AS i(id)"
			 "          JOIN crm_internal.edge e ON e.record_a OPERATOR(pg_catalog.=) i.id"
			 "          JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) e.record_b"
			 "         UNION ALL "
			 "        SELECT r.customer_id, e.weight FROM pg_catalog.unnest($1) AS i(id)"
			 "          JOIN crm_internal.edge e ON e.record_b OPERATOR(pg_catalog.=) i.id"
			 "          JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) e.record_a"
			 "       ) AS n"
			 " WHERE n.customer_id OPERATOR(pg_catalog.<>) $2"
			 " GROUP BY n.customer_id ORDER BY pg_catalog.max(n.weight) DESC, n.customer_id"
			 " LIMIT $3",
			 lengthof(types), types);
	crm_execute_plan(plan, args, NULL, true);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool isnull;

		crm_ids_add(&nearest, DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i],
														  SPI_tuptable->tupdesc, 1, &isnull)));
	}
	SPI_freetuptable(SPI_tuptable);
	return nearest;
}

static void
put_apart(telling *t)
{
	const crm_pairs *p = &t->pairs;
	crm_ids nearest = find_nearest(t);

	for (int i = 0; i < nearest.n; i++)
	{
		crm_explained_list other = crm_explain_load_customer(p->model, nearest.v[i]);
		crm_between between;

		if (other.n == 0)
			continue;
		between = crm_lists_between(p->model, &p->list, &other);
		begin_row(t, "apart");
		set(t, RECORDS, crm_ids_array(&p->list.v[between.a].record_id, 1));
		set(t, OTHER_RECORDS, crm_ids_array(&other.v[between.b].record_id, 1));
		set(t, OTHER_CUSTOMER, Int64GetDatum(nearest.v[i]));
		set_pair(t, &p->list.v[between.a], &other.v[between.b], between.most);
		set(t, MEAN, crm_explain_bits(between.mean));
		end_row(t);
	}
}

Datum
crm_explain_customer(PG_FUNCTION_ARGS)
{
	int64 customer = PG_GETARG_INT64(0);
	telling t = {.result = (ReturnSetInfo *) fcinfo->resultinfo,
				 .shows_keys = crm_explain_may_read("customer_source", "source_key")};
	crm_explained_list list;
	const crm_active_model *model;
	crm_user before;

	InitMaterializedSRF(fcinfo, 0);
	before = crm_become(crm_owner(), 0);
	SPI_connect();
	model = crm_explain_model();
	list = crm_explain_load_customer(model, customer);
	if (list.n == 0)
		ereport(ERROR, (errcode(ERRCODE_NO_DATA_FOUND),
						errmsg("there is no customer " INT64_FORMAT, customer)));
	t.pairs = crm_pairs_make(model, list);
	put_records(&t);
	put_joins(&t);
	put_against(&t);
	put_verdicts(&t);
	put_apart(&t);
	SPI_finish();
	crm_restore_user(before);
	return (Datum) 0;
}
