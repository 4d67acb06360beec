/* mandate_gap.c - decisions that nobody may take, and those for which two are accountable. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "mandate/mandate_survey.h"

PG_FUNCTION_INFO_V1(crm_mandate_gaps);
PG_FUNCTION_INFO_V1(crm_mandate_overlaps);

#define NCOLUMNS 6

/* A band of amounts of a decision in a scope. Its mandates are those whose positions are told. */
typedef struct band
{
	const char *decision;
	const crm_survey_scope *scope;
	Numeric above;
	Numeric up_to;
	int n;
	int *mandates;
} band;

/* Whether the band at the policy's work is to be told. */
typedef bool (*inspector)(crm_policy *policy, const crm_asked *asked, band *found);

static void survey(FunctionCallInfo fcinfo, inspector inspect);
static void survey_scope(crm_policy *policy, const crm_survey *all, crm_asked *asked,
						 inspector inspect, band *found, ReturnSetInfo *result);
static bool is_gap(crm_policy *policy, const crm_asked *asked, band *found);
static bool is_overlap(crm_policy *policy, const crm_asked *asked, band *found);
static void find_holders(crm_policy *policy, const crm_asked *asked, bool accountable, band *found);
static bool is_accountable(const crm_policy *policy, int mandate, const band *found);
static bool same_mandates(const band *a, const band *b);
static void put_band(const crm_policy *policy, const band *one, ReturnSetInfo *result);
static Datum names_array(const crm_policy *policy, const band *one);
static Datum ids_array(const crm_policy *policy, const band *one);

Datum
crm_mandate_gaps(PG_FUNCTION_ARGS)
{
	survey(fcinfo, is_gap);
	return (Datum) 0;
}

Datum
crm_mandate_overlaps(PG_FUNCTION_ARGS)
{
	survey(fcinfo, is_overlap);
	return (Datum) 0;
}

/* Before there is a charter everybody may everything: there is nothing to find. */
static void
survey(FunctionCallInfo fcinfo, inspector inspect)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	crm_asked asked = {.at = PG_ARGISNULL(0) ? GetCurrentTimestamp() : PG_GETARG_TIMESTAMPTZ(0)};
	MemoryContext each =
		AllocSetContextCreate(CurrentMemoryContext, "crm survey", ALLOCSET_DEFAULT_SIZES);
	crm_policy *policy;

	InitMaterializedSRF(fcinfo, 0);
	AcceptInvalidationMessages();
	policy = crm_policy_now();
	for (int d = 0; d < policy->decisions.n && asked.at >= policy->rule.first_charter; d++)
	{
		crm_survey all = crm_survey_of(policy, d);
		band found = {policy->decisions.names[d]};

		asked.decision = policy->decisions.names[d];
		for (int i = 0; i < all.nscopes; i++)
		{
			MemoryContext old = MemoryContextSwitchTo(each);

			found.scope = &all.scopes[i];
			asked.nscope = all.scopes[i].nvalues;
			asked.scope = all.scopes[i].values;
			survey_scope(policy, &all, &asked, inspect, &found, result);
			MemoryContextSwitchTo(old);
			MemoryContextReset(each);
		}
	}
}

/* Neighbours of which the same is true are one band. Above all named amounts none is known. */
static void
survey_scope(crm_policy *policy, const crm_survey *all, crm_asked *asked, inspector inspect,
			 band *found, ReturnSetInfo *result)
{
	band open = {NULL};

	found->above = NULL;
	for (int i = 0; i <= all->nranks; i++)
	{
		found->up_to = i < all->nranks ? policy->amounts[all->ranks[i]] : NULL;
		asked->amount = found->up_to;
		CHECK_FOR_INTERRUPTS();
		if (inspect(policy, asked, found))
		{
			if (open.decision == NULL)
				open = *found;
			else if (same_mandates(&open, found))
				open.up_to = found->up_to;
			else
			{
				put_band(policy, &open, result);
				open = *found;
			}
		}
		else if (open.decision != NULL)
		{
			put_band(policy, &open, result);
			open.decision = NULL;
		}
		found->above = found->up_to;
	}
	if (open.decision != NULL)
		put_band(policy, &open, result);
}

static bool
is_gap(crm_policy *policy, const crm_asked *asked, band *found)
{
	crm_taker *takers;

	if (crm_policy_who_may(policy, asked, CRM_WHO_ONE_EACH, NULL, &takers) > 0 ||
		crm_policy_who_may(policy, asked, CRM_WHO_CONSULTS, NULL, &takers) > 0 ||
		crm_signers(policy, asked, NULL, &takers) > 0)
		return false;
	find_holders(policy, asked, false, found);
	return true;
}

static bool
is_overlap(crm_policy *policy, const crm_asked *asked, band *found)
{
	find_holders(policy, asked, true, found);
	return found->n > 1;
}

/* Mandates that are effective and not handed on; accountable: one for each who answers for it. */
static void
find_holders(crm_policy *policy, const crm_asked *asked, bool accountable, band *found)
{
	crm_rule_point point =
		crm_policy_point_of(policy, asked->decision, asked->scope, asked->nscope);

	point.at = asked->at;
	point.rank = crm_policy_rank(policy, asked->amount);
	crm_rule_begin(policy->work, &point);
	found->n = 0;
	found->mandates = palloc(Max(policy->rule.nmandates, 1) * sizeof(int));
	for (int i = 0; i < policy->rule.nmandates; i++)
	{
		if (policy->rule.mandates[i].kind > CRM_JOINT || !crm_rule_effective(policy->work, i))
			continue;
		if (policy->rule.mandates[i].kind != CRM_JOINT &&
			crm_rule_handed_over(policy->work, i) != CRM_RULE_NONE)
			continue;
		if (!accountable || is_accountable(policy, i, found))
			found->mandates[found->n++] = i;
	}
}

/* Shared with somebody, a decision stays its giver's; the members of a joint mandate are one. */
static bool
is_accountable(const crm_policy *policy, int mandate, const band *found)
{
	const crm_rule_mandate *one = &policy->rule.mandates[mandate];

	if (one->kind == CRM_SHARE)
		return false;
	for (int i = 0; i < found->n; i++)
	{
		const crm_rule_mandate *other = &policy->rule.mandates[found->mandates[i]];

		if (one->kind == CRM_JOINT ? other->joint_id == one->joint_id
								   : other->kind != CRM_JOINT && other->to == one->to)
			return false;
	}
	return true;
}

static bool
same_mandates(const band *a, const band *b)
{
	return a->n == b->n && memcmp(a->mandates, b->mandates, a->n * sizeof(int)) == 0;
}

static void
put_band(const crm_policy *policy, const band *one, ReturnSetInfo *result)
{
	Datum values[NCOLUMNS] = {0};
	bool nulls[NCOLUMNS] = {0};

	values[0] = CStringGetTextDatum(one->decision);
	values[1] = DirectFunctionCall1(jsonb_in, CStringGetDatum(one->scope->text));
	values[2] = NumericGetDatum(one->above);
	nulls[2] = one->above == NULL;
	values[3] = NumericGetDatum(one->up_to);
	nulls[3] = one->up_to == NULL;
	values[4] = names_array(policy, one);
	values[5] = ids_array(policy, one);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static Datum
names_array(const crm_policy *policy, const band *one)
{
	Datum *names = palloc(Max(one->n, 1) * sizeof(Datum));
	int n = 0;

	for (int i = 0; i < one->n; i++)
	{
		int position = policy->rule.mandates[one->mandates[i]].to;
		bool told = false;

		for (int j = 0; j < i; j++)
			told = told || policy->rule.mandates[one->mandates[j]].to == position;
		if (!told)
			names[n++] = CStringGetTextDatum(policy->positions.names[position]);
	}
	return PointerGetDatum(construct_array(names, n, TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum
ids_array(const crm_policy *policy, const band *one)
{
	Datum *ids = palloc(Max(one->n, 1) * sizeof(Datum));

	for (int i = 0; i < one->n; i++)
		ids[i] = Int32GetDatum(policy->rule.mandates[one->mandates[i]].id);
	return PointerGetDatum(construct_array(ids, one->n, INT4OID, 4, true, TYPALIGN_INT));
}
