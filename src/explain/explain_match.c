/* explain_match.c - why two records are one customer, or are not: a step an attribute. */
#include "postgres.h"

#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "explain/explain.h"
#include "explain/explain_rule.h"
#include "source/source.h"

#define COLUMNS 14
#define DIFFERENT_KINDS (-100 * CRM_BIT)

PG_FUNCTION_INFO_V1(crm_explain_records);
PG_FUNCTION_INFO_V1(crm_explain_customers);

typedef enum column
{
	STEP,
	PART,
	ATTRIBUTE,
	VALUE_A,
	VALUE_B,
	LEVEL,
	M,
	U,
	FREQUENCY,
	WEIGHT,
	TOTAL,
	PROBABILITY,
	RECORD_A,
	RECORD_B
} column;

typedef struct waterfall
{
	ReturnSetInfo *result;
	const crm_active_model *model;
	const crm_explained *a;
	const crm_explained *b;
	bool shows_values;
	int step;
	Datum values[COLUMNS];
	bool nulls[COLUMNS];
} waterfall;

static void
set(waterfall *w, column c, Datum value)
{
	w->values[c] = value;
	w->nulls[c] = false;
}

static void
begin_row(waterfall *w, const char *part, const char *attribute, int32 weight, int32 running)
{
	memset(w->nulls, true, sizeof(w->nulls));
	set(w, STEP, Int32GetDatum(++w->step));
	set(w, PART, CStringGetTextDatum(part));
	if (attribute != NULL)
		set(w, ATTRIBUTE, CStringGetTextDatum(attribute));
	set(w, WEIGHT, crm_explain_bits(weight));
	set(w, TOTAL, crm_explain_bits(running));
	set(w, PROBABILITY, Float8GetDatum(crm_weight_probability(running)));
	set(w, RECORD_A, Int64GetDatum(w->a->record_id));
	set(w, RECORD_B, Int64GetDatum(w->b->record_id));
}

static void
end_row(waterfall *w)
{
	tuplestore_putvalues(w->result->setResult, w->result->setDesc, w->values, w->nulls);
}

static void
set_value(waterfall *w, column c, const crm_profile *profile, crm_level level)
{
	char text[CRM_EXPLAIN_VALUE];

	if (w->shows_values && crm_explain_value(profile, level, text) > 0)
		set(w, c, CStringGetTextDatum(crm_from_utf8(text)));
}

static void
put_prior(waterfall *w, const crm_step *step)
{
	begin_row(w, "prior", NULL, step->weight, step->running);
	end_row(w);
}

static void
put_level(waterfall *w, const crm_step *step)
{
	begin_row(w, "attribute", crm_group_name(crm_level_group_of(step->level)), step->weight,
			  step->running);
	set_value(w, VALUE_A, &w->a->profile, step->level);
	set_value(w, VALUE_B, &w->b->profile, step->level);
	set(w, LEVEL, CStringGetTextDatum(crm_level_name(step->level)));
	set(w, M, Float8GetDatum(w->model->model.m[step->level]));
	set(w, U, Float8GetDatum(w->model->model.u[step->level]));
	set(w, FREQUENCY, crm_explain_bits(step->frequency));
	end_row(w);
}

static void
put_alone(waterfall *w, const crm_step *step)
{
	begin_row(w, "attribute", "name", step->weight, step->running);
	set(w, LEVEL, CStringGetTextDatum("a mailbox or number, and nobody is named"));
	end_row(w);
}

static void
put_other(waterfall *w, const crm_step *step)
{
	begin_row(w, "against", crm_other_name(step->other), step->weight, step->running);
	set(w, PROBABILITY, Float8GetDatum(step->probability));
	end_row(w);
}

static void
put_steps(waterfall *w)
{
	static void (*const put[])(waterfall *, const crm_step *) = {
		[CRM_STEP_PRIOR] = put_prior,
		[CRM_STEP_LEVEL] = put_level,
		[CRM_STEP_ALONE] = put_alone,
		[CRM_STEP_OTHER] = put_other,
	};
	crm_pattern pattern;
	crm_step steps[CRM_STEPS_MAX];
	int n;

	if (!crm_explain_pattern(w->a, w->b, &pattern))
	{
		begin_row(w, "attribute", "kind", DIFFERENT_KINDS, DIFFERENT_KINDS);
		set(w, LEVEL, CStringGetTextDatum("a person and an organization"));
		end_row(w);
		begin_row(w, "total", NULL, DIFFERENT_KINDS, DIFFERENT_KINDS);
		end_row(w);
		return;
	}
	n = crm_explain(&w->model->model, &pattern, steps);
	for (int i = 0; i < n; i++)
		put[steps[i].kind](w, &steps[i]);
	begin_row(w, "total", NULL, steps[n - 1].running, steps[n - 1].running);
	end_row(w);
}

static void
raise_no_record(const char *source)
{
	ereport(ERROR, (errcode(ERRCODE_NO_DATA_FOUND),
					errmsg("source \"%s\" has no record of that key", source),
					errhint("SELECT source, source_key FROM crm.customer_source lists them.")));
}

/* (source_a, key_a, source_b, key_b) */
Datum
crm_explain_records(PG_FUNCTION_ARGS)
{
	waterfall w = {.result = (ReturnSetInfo *) fcinfo->resultinfo,
				   .shows_values = crm_explain_may_read("customer_source", "attributes")};
	crm_explained_list list[2];
	crm_user before;

	/* a key may be an e-mail address: who may not read keys may not try them out either */
	if (!crm_explain_may_read("customer_source", "source_key"))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied to name a record by its key"),
						errhint("SELECT * FROM crm.explain_match(customer_a, customer_b);")));
	InitMaterializedSRF(fcinfo, 0);
	before = crm_become(crm_owner(), 0);
	SPI_connect();
	w.model = crm_explain_model();
	for (int i = 0; i < 2; i++)
	{
		char *source = text_to_cstring(PG_GETARG_TEXT_PP(2 * i));

		list[i] = crm_explain_load(w.model, crm_source_number(source),
								   text_to_cstring(PG_GETARG_TEXT_PP(2 * i + 1)));
		if (list[i].n == 0)
			raise_no_record(source);
	}
	w.a = list[0].v;
	w.b = list[1].v;
	if (w.a->record_id == w.b->record_id)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a record is not compared with itself")));
	put_steps(&w);
	SPI_finish();
	crm_restore_user(before);
	return (Datum) 0;
}

static crm_explained_list
load_customer(const crm_active_model *model, int64 customer_id)
{
	crm_explained_list list = crm_explain_load_customer(model, customer_id);

	if (list.n == 0)
		ereport(ERROR, (errcode(ERRCODE_NO_DATA_FOUND),
						errmsg("there is no customer " INT64_FORMAT, customer_id)));
	return list;
}

static void
find_strongest(waterfall *w, const crm_explained_list *x, const crm_explained_list *y)
{
	int32 most = 0;

	for (int i = 0; i < x->n; i++)
	{
		CHECK_FOR_INTERRUPTS();
		for (int j = 0; j < y->n; j++)
		{
			int32 weight = crm_explain_compare(w->model, &x->v[i], &y->v[j]).weight;

			if (w->a != NULL && weight <= most)
				continue;
			most = weight;
			w->a = &x->v[i];
			w->b = &y->v[j];
		}
	}
}

/* (customer_a, customer_b): of their records the pair that speaks most for one customer */
Datum
crm_explain_customers(PG_FUNCTION_ARGS)
{
	waterfall w = {.result = (ReturnSetInfo *) fcinfo->resultinfo,
				   .shows_values = crm_explain_may_read("customer_source", "attributes")};
	crm_explained_list a;
	crm_explained_list b;
	crm_user before;

	InitMaterializedSRF(fcinfo, 0);
	before = crm_become(crm_owner(), 0);
	SPI_connect();
	w.model = crm_explain_model();
	a = load_customer(w.model, PG_GETARG_INT64(0));
	b = load_customer(w.model, PG_GETARG_INT64(1));
	if (a.v[0].customer_id == b.v[0].customer_id)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("customers " INT64_FORMAT " and " INT64_FORMAT " are one customer",
							   PG_GETARG_INT64(0), PG_GETARG_INT64(1)),
						errhint("SELECT * FROM crm.explain_customer(" INT64_FORMAT ");",
								a.v[0].customer_id)));
	find_strongest(&w, &a, &b);
	put_steps(&w);
	SPI_finish();
	crm_restore_user(before);
	return (Datum) 0;
}
