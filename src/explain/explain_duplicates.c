/*
 * explain_duplicates.c - which customers a row that is not stored would join, or is near.
 *
 * It is read, cleaned and compared as crm.resolve() would; nothing is kept.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"

#include "base/base.h"
#include "base/ids.h"
#include "explain/explain.h"
#include "explain/explain_pairs.h"
#include "identity/identity_clean.h"
#include "identity/identity_tie.h"
#include "match/match_key.h"
#include "source/source_given.h"

#define COLUMNS 13
#define VALUES_MAX 64 /* as many values of a row as identity takes */

PG_FUNCTION_INFO_V1(crm_find_duplicates);

/* Columns of crm.customer that are shown to those who may read them, from this one on. */
#define FIRST_SHOWN 6
static const char *const shown[] = {"kind", "name",       "email",         "phone",
									"city", "birth_date", "source_records"};

typedef struct near_customer
{
	int64 customer_id;
	const crm_explained *record; /* the strongest */
	int32 weight;
	bool joins;
} near_customer;

/* The row as matching sees it; bytes is where its profile lives. */
static bool
take_row(const crm_active_model *model, const crm_source *source, const crm_source_row *row,
		 char bytes[CRM_PROFILE_MAX], crm_explained *out)
{
	crm_profile_value values[VALUES_MAX];
	char *name = psprintf("%s.%s", source->schema, source->table);
	int n = Min(row->nvalues, VALUES_MAX);

	for (int i = 0; i < n; i++)
		(void) crm_clean_value(&row->values[i], row->region, &values[i]);
	memset(out, 0, sizeof(*out));
	out->source_id = source->source_id;
	out->source = name;
	out->key = row->key;
	out->tie = crm_record_tie(name, row->key);
	return crm_model_open(model, bytes, crm_profile_build(row->kind, values, n, bytes),
						  &out->profile);
}

static bool
is_itself(const crm_explained *row, const crm_explained *record)
{
	return row->source_id == record->source_id && strcmp(row->key, record->key) == 0;
}

static int
by_customer(const void *a, const void *b)
{
	const near_customer *x = a;
	const near_customer *y = b;

	if (x->customer_id != y->customer_id)
		return x->customer_id < y->customer_id ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->record->tie > y->record->tie) - (x->record->tie < y->record->tie);
}

static int
by_nearness(const void *a, const void *b)
{
	const near_customer *x = a;
	const near_customer *y = b;

	if (x->joins != y->joins)
		return x->joins ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (x->customer_id > y->customer_id) - (x->customer_id < y->customer_id);
}

/*
 * Customers of the candidates above the floor, each by its strongest record.
 * Edges are the records that by themselves would be one customer with the row.
 */
static near_customer *
find_near(const crm_active_model *model, const crm_explained *row, int *n, crm_ids *edges)
{
	crm_explained_list list = crm_explain_load_candidates(model, &row->profile);
	near_customer *found = palloc(sizeof(near_customer) * (list.n + 1));
	int all = 0;

	for (int i = 0; i < list.n; i++)
	{
		const crm_explained *record = &list.v[i];
		int32 weight = crm_explain_compare(model, row, record).weight;

		if (weight > 0 && !is_itself(row, record))
			crm_ids_add(edges, record->record_id);
		if (record->customer_id != 0 && weight >= CRM_EDGE_FLOOR && !is_itself(row, record))
			found[all++] = (near_customer){record->customer_id, record, weight, false};
	}
	qsort(found, all, sizeof(near_customer), by_customer);
	*n = 0;
	for (int i = 0; i < all; i++)
		if (*n == 0 || found[*n - 1].customer_id != found[i].customer_id)
			found[(*n)++] = found[i];
	return found;
}

/* The record is in the row's cluster. Its customer need not be near by itself. */
static near_customer *
mark_join(near_customer *near, int *n, const crm_explained *record, int32 weight)
{
	for (int i = 0; i < *n; i++)
		if (near[i].customer_id == record->customer_id)
		{
			near[i].joins = true;
			return near;
		}
	near = repalloc(near, sizeof(near_customer) * (*n + 1));
	near[(*n)++] = (near_customer){record->customer_id, record, weight, true};
	return near;
}

/*
 * Clusters the row with the component that it would be in: it joins the customers of whose records
 * one is in its cluster. A component that is too large joins nobody.
 */
static near_customer *
find_joins(const crm_active_model *model, const crm_explained *row, const crm_ids *edges,
		   near_customer *near, int *n)
{
	crm_explained_list others = crm_explain_load_component(model, edges);
	crm_explained_list all = {others.n + 1, palloc(sizeof(crm_explained) * (others.n + 1))};
	int *cluster = palloc(sizeof(int) * all.n);
	crm_pairs pairs;

	if (all.n > CRM_COMPONENT_MAX)
		return near;
	all.v[0] = *row;
	memcpy(all.v + 1, others.v, sizeof(crm_explained) * others.n);
	pairs = crm_pairs_make(model, all);
	crm_pairs_clusters(&pairs, cluster);
	for (int j = 1; j < all.n; j++)
		if (cluster[j] == cluster[0] && all.v[j].customer_id != 0)
			near = mark_join(near, n, &all.v[j], pairs.weight[j]);
	return near;
}

/* The golden record's columns that are shown, in SPI_tuptable. */
static void
fetch_customer(int64 customer_id)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID};
	Datum args[] = {Int64GetDatum(customer_id)};

	crm_plan(&plan,
			 "SELECT c.kind, c.name, c.email, c.phone, c.city, c.birth_date, c.source_records"
			 "  FROM crm_internal.customer c WHERE c.customer_id OPERATOR(pg_catalog.=) $1",
			 lengthof(types), types);
	crm_execute_plan(plan, args, NULL, true);
}

static void
put_near(ReturnSetInfo *result, const crm_active_model *model, const crm_explained *row,
		 const near_customer *near, const bool *may_read)
{
	const char *reason = crm_explain_pair_reason(model, row, near->record);
	Datum values[COLUMNS] = {
		Int64GetDatum(near->customer_id), BoolGetDatum(near->joins),
		crm_explain_bits(near->weight),   Float8GetDatum(crm_weight_probability(near->weight)),
		CStringGetTextDatum(reason),      Int64GetDatum(near->record->record_id)};
	bool nulls[COLUMNS] = {false};

	memset(nulls + FIRST_SHOWN, true, lengthof(shown));
	fetch_customer(near->customer_id);
	for (int i = 0; SPI_processed > 0 && i < lengthof(shown); i++)
	{
		int c = FIRST_SHOWN + i;

		if (may_read[i])
			values[c] =
				SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, i + 1, &nulls[c]);
	}
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	SPI_freetuptable(SPI_tuptable);
}

/* (source text, row jsonb, max_results integer) */
Datum
crm_find_duplicates(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	const crm_source *source = crm_source_find(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	const crm_source_row *row = crm_source_read_given(source, PG_GETARG_DATUM(1));
	int most = PG_GETARG_INT32(2);
	char *bytes = palloc(CRM_PROFILE_MAX);
	bool may_read[lengthof(shown)];
	const crm_active_model *model;
	crm_explained self;
	crm_user before;

	for (int i = 0; i < lengthof(shown); i++)
		may_read[i] = crm_explain_may_read("customer", shown[i]);
	InitMaterializedSRF(fcinfo, 0);
	if (row == NULL)
		return (Datum) 0;
	before = crm_become(crm_owner(), 0);
	SPI_connect();
	model = crm_explain_model();
	if (take_row(model, source, row, bytes, &self))
	{
		int n;
		crm_ids edges = {0};
		near_customer *near = find_near(model, &self, &n, &edges);

		near = find_joins(model, &self, &edges, near, &n);
		qsort(near, n, sizeof(near_customer), by_nearness);
		for (int i = 0; i < n && i < most; i++)
			put_near(result, model, &self, &near[i], may_read);
	}
	SPI_finish();
	crm_restore_user(before);
	return (Datum) 0;
}
