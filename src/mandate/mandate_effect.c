/* mandate_effect.c - which mandates have effect at a point: what new ones are checked against. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"

#include "mandate/mandate_policy.h"

PG_FUNCTION_INFO_V1(crm_effects_at);

#define NCOLUMNS 3

static crm_rule_point point_of(const crm_policy *policy, FunctionCallInfo fcinfo);
static crm_scope_value *scope_of(ArrayType *dimensions, ArrayType *values, int *nscope);
static void put_effect(const crm_policy *policy, int mandate, ReturnSetInfo *result);

/* (decision, dimensions, values, amount, at): dimensions in the order of their bytes. */
Datum
crm_effects_at(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	crm_policy *policy;
	crm_rule_point point;

	InitMaterializedSRF(fcinfo, 0);
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1) || PG_ARGISNULL(2) || PG_ARGISNULL(4))
		return (Datum) 0;
	AcceptInvalidationMessages();
	policy = crm_policy_now();
	point = point_of(policy, fcinfo);
	crm_rule_begin(policy->work, &point);
	for (int i = 0; i < policy->rule.nmandates; i++)
	{
		CHECK_FOR_INTERRUPTS();
		if (crm_rule_effective(policy->work, i))
			put_effect(policy, i, result);
	}
	return (Datum) 0;
}

static crm_rule_point
point_of(const crm_policy *policy, FunctionCallInfo fcinfo)
{
	int nscope;
	crm_scope_value *scope = scope_of(PG_GETARG_ARRAYTYPE_P(1), PG_GETARG_ARRAYTYPE_P(2), &nscope);
	crm_rule_point point =
		crm_policy_point_of(policy, text_to_cstring(PG_GETARG_TEXT_PP(0)), scope, nscope);

	point.at = PG_GETARG_TIMESTAMPTZ(4);
	point.rank = crm_policy_rank(policy, PG_ARGISNULL(3) ? NULL : PG_GETARG_NUMERIC(3));
	return point;
}

static crm_scope_value *
scope_of(ArrayType *dimensions, ArrayType *values, int *nscope)
{
	Datum *names;
	Datum *texts;
	int nvalues;
	crm_scope_value *scope;

	deconstruct_array(dimensions, TEXTOID, -1, false, TYPALIGN_INT, &names, NULL, nscope);
	deconstruct_array(values, TEXTOID, -1, false, TYPALIGN_INT, &texts, NULL, &nvalues);
	if (*nscope != nvalues)
		elog(ERROR, "%d dimensions have %d values", *nscope, nvalues);
	scope = palloc0(Max(*nscope, 1) * sizeof(crm_scope_value));
	for (int i = 0; i < *nscope; i++)
	{
		scope[i].dimension = TextDatumGetCString(names[i]);
		scope[i].value = TextDatumGetCString(texts[i]);
	}
	return scope;
}

static void
put_effect(const crm_policy *policy, int mandate, ReturnSetInfo *result)
{
	const crm_rule_mandate *one = &policy->rule.mandates[mandate];
	int support = policy->work->support[mandate];
	bool decides =
		one->kind <= CRM_SHARE && crm_rule_handed_over(policy->work, mandate) == CRM_RULE_NONE;
	Datum values[NCOLUMNS] = {0};
	bool nulls[NCOLUMNS] = {0};

	values[0] = Int32GetDatum(one->id);
	nulls[1] = support == CRM_RULE_NONE || support == mandate;
	if (!nulls[1])
		values[1] = Int32GetDatum(policy->rule.mandates[support].id);
	values[2] = BoolGetDatum(decides);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}
