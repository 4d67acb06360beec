/* mandate_state.c - which mandates have effect, and what each of them rests on.
 *
 * A mandate is judged at one point of its own: its decision, the first values of its scope, and
 * the largest amount at which it has effect. What has none there has none anywhere, but for a
 * scope of several values.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "mandate/mandate_policy.h"

PG_FUNCTION_INFO_V1(crm_mandate_states);

#define NCOLUMNS 6

static void put_state(crm_policy *policy, int mandate, TimestampTz at, ReturnSetInfo *result);
static bool find_effect(crm_policy *policy, int mandate, TimestampTz at);
static crm_rule_point own_point(crm_policy *policy, int mandate, TimestampTz at);
static const char *state_of(crm_policy *policy, int mandate, TimestampTz at, bool has_effect);
static Datum path_of(crm_policy *policy, int mandate, bool has_effect);

/* (at, mandate_id): of one mandate, or with NULL of all. */
Datum
crm_mandate_states(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	TimestampTz at = PG_ARGISNULL(0) ? GetCurrentTimestamp() : PG_GETARG_TIMESTAMPTZ(0);
	MemoryContext each =
		AllocSetContextCreate(CurrentMemoryContext, "crm mandate", ALLOCSET_DEFAULT_SIZES);
	crm_policy *policy;
	int only;

	InitMaterializedSRF(fcinfo, 0);
	AcceptInvalidationMessages();
	policy = crm_policy_at(at);
	only = PG_ARGISNULL(1) ? CRM_RULE_NONE : crm_policy_find_mandate(policy, PG_GETARG_INT32(1));
	for (int i = 0; i < policy->rule.nmandates; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(each);

		CHECK_FOR_INTERRUPTS();
		if (PG_ARGISNULL(1) || i == only)
			put_state(policy, i, at, result);
		MemoryContextSwitchTo(old);
		MemoryContextReset(each);
	}
	return (Datum) 0;
}

static void
put_state(crm_policy *policy, int mandate, TimestampTz at, ReturnSetInfo *result)
{
	const crm_rule_mandate *one = &policy->rule.mandates[mandate];
	bool has_effect = find_effect(policy, mandate, at);
	int barrier = has_effect && one->kind <= CRM_SHARE ? crm_rule_handed_over(policy->work, mandate)
													   : CRM_RULE_NONE;
	Datum values[NCOLUMNS] = {0};
	bool nulls[NCOLUMNS] = {0};

	values[0] = Int32GetDatum(one->id);
	values[1] = CStringGetTextDatum(state_of(policy, mandate, at, has_effect));
	values[2] = BoolGetDatum(has_effect);
	values[3] = path_of(policy, mandate, has_effect);
	nulls[4] = barrier == CRM_RULE_NONE;
	if (barrier != CRM_RULE_NONE)
		values[4] = Int32GetDatum(policy->rule.mandates[barrier].id);
	nulls[5] = !has_effect || policy->work->point.rank >= policy->rule.namounts;
	if (!nulls[5])
		values[5] = NumericGetDatum(policy->amounts[policy->work->point.rank]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Leaves the policy's work at the point. */
static bool
find_effect(crm_policy *policy, int mandate, TimestampTz at)
{
	crm_rule_point point = own_point(policy, mandate, at);

	crm_rule_begin(policy->work, &point);
	while (!crm_rule_effective(policy->work, mandate))
	{
		if (policy->work->span.lowest == 0)
			return false;
		point.rank = policy->work->span.lowest - 1;
		crm_rule_begin(policy->work, &point);
	}
	return true;
}

/* A duty is about acts of more than its amount, so the largest of all is among them. */
static crm_rule_point
own_point(crm_policy *policy, int mandate, TimestampTz at)
{
	const crm_rule_mandate *one = &policy->rule.mandates[mandate];
	crm_scope_value *values = palloc0(Max(one->nbounds, 1) * sizeof(crm_scope_value));
	crm_rule_point point;

	for (int i = 0; i < one->nbounds; i++)
	{
		values[i].dimension = one->bounds[i].dimension;
		values[i].value = one->bounds[i].nvalues > 0 ? one->bounds[i].values[0] : NULL;
	}
	point =
		crm_policy_point_of(policy, policy->decisions.names[one->decision], values, one->nbounds);
	point.at = at;
	point.rank = policy->rule.namounts;
	if (one->kind <= CRM_JOINT && one->limit != CRM_RULE_NO_LIMIT)
		point.rank = one->limit;
	return point;
}

static const char *
state_of(crm_policy *policy, int mandate, TimestampTz at, bool has_effect)
{
	const crm_rule_mandate *one = &policy->rule.mandates[mandate];

	if (at < one->valid_from)
		return "to come";
	if (at >= one->valid_until)
		return policy->terms[mandate].revoked ? "revoked" : "over";
	if (!has_effect)
		return "without support";
	if (one->kind <= CRM_SHARE && crm_rule_handed_over(policy->work, mandate) != CRM_RULE_NONE)
		return "handed over";
	return "in force";
}

/* Of what has no effect: what it was given by, as far as that goes. */
static Datum
path_of(crm_policy *policy, int mandate, bool has_effect)
{
	crm_rule_hat nobody = {CRM_RULE_NONE, CRM_HOLDER};
	Datum *ids = palloc((mandate + 1) * sizeof(Datum));
	int n = 0;

	if (has_effect)
	{
		crm_rule_option option = crm_rule_option_of(policy->work, mandate, nobody);

		for (n = 0; n < option.npath; n++)
			ids[n] = Int32GetDatum(policy->rule.mandates[option.path[n]].id);
	}
	else
	{
		int first = mandate + 1;

		for (int one = mandate; one != CRM_RULE_NONE && first > 0;
			 one = policy->rule.mandates[one].parent)
			ids[--first] = Int32GetDatum(policy->rule.mandates[one].id);
		n = mandate + 1 - first;
		ids += first;
	}
	return PointerGetDatum(construct_array(ids, n, INT4OID, 4, true, TYPALIGN_INT));
}
