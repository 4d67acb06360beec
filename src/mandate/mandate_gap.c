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
	Numeric above;
	Numeric up_to;
	int n;
	int *mandates;
} band;

/*
 * Whether something is to be told of amounts of this rank, and for which others (*span) the same
 * holds. It may leave its litter: what it returns in *found is in the context `scope`.
 */
typedef bool (*inspector)(crm_policy *policy, crm_asked *asked, int rank, MemoryContext scope,
						  band *found, crm_rule_span *span);

static void survey(FunctionCallInfo fcinfo, inspector inspect);
static int survey_scope(crm_policy *policy, crm_asked *asked, inspector inspect, MemoryContext each,
						band **bands);
static bool is_gap(crm_policy *policy, crm_asked *asked, int rank, MemoryContext scope, band *found,
				   crm_rule_span *span);
static bool anybody_may(crm_policy *policy, const crm_rule_point *point, int rank, TimestampTz at,
						crm_rule_span *span);
static bool is_joint(crm_policy *policy, const crm_rule_point *point, int rank, TimestampTz at,
					 crm_rule_span *span);
static bool is_overlap(crm_policy *policy, crm_asked *asked, int rank, MemoryContext scope,
					   band *found, crm_rule_span *span);
static void find_holders(crm_policy *policy, const crm_asked *asked, int rank, bool accountable,
						 MemoryContext scope, band *found);
static void narrow(crm_rule_span *span, const crm_rule_span *other);
static bool is_accountable(const crm_policy *policy, int mandate, const band *found);
static bool same_mandates(const band *a, const band *b);
static void put_band(const crm_policy *policy, const char *decision, const char *scope,
					 const band *one, ReturnSetInfo *result);
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
	MemoryContext scope =
		AllocSetContextCreate(CurrentMemoryContext, "crm scope", ALLOCSET_DEFAULT_SIZES);
	MemoryContext each =
		AllocSetContextCreate(CurrentMemoryContext, "crm band", ALLOCSET_DEFAULT_SIZES);
	crm_policy *policy;

	InitMaterializedSRF(fcinfo, 0);
	AcceptInvalidationMessages();
	policy = crm_policy_at(asked.at);
	for (int d = 0; d < policy->decisions.n && asked.at >= policy->rule.first_charter; d++)
	{
		crm_survey_scope *scopes;
		int nscopes = crm_survey_scopes(policy, d, &scopes);

		asked.decision = policy->decisions.names[d];
		for (int i = 0; i < nscopes; i++)
		{
			MemoryContext old = MemoryContextSwitchTo(scope);
			band *bands;
			int n;

			asked.nscope = scopes[i].nvalues;
			asked.scope = scopes[i].values;
			n = survey_scope(policy, &asked, inspect, each, &bands);
			while (n-- > 0)
				put_band(policy, asked.decision, scopes[i].text, &bands[n], result);
			MemoryContextSwitchTo(old);
			MemoryContextReset(scope);
		}
	}
}

/*
 * From the largest amounts down. Neighbours of which the same is true are one band. Above all
 * named amounts none is known.
 */
static int
survey_scope(crm_policy *policy, crm_asked *asked, inspector inspect, MemoryContext each,
			 band **bands)
{
	MemoryContext scope = CurrentMemoryContext;
	int rank = policy->rule.namounts;
	bool touches = false;
	int most = 4;
	int n = 0;

	*bands = palloc(most * sizeof(band));
	while (rank >= 0)
	{
		band found = {NULL, rank < policy->rule.namounts ? policy->amounts[rank] : NULL};
		crm_rule_span span;
		bool told;

		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(each);
		asked->amount = found.up_to;
		told = inspect(policy, asked, rank, scope, &found, &span);
		MemoryContextSwitchTo(scope);
		MemoryContextReset(each);
		rank = span.lowest - 1;
		found.above = rank >= 0 ? policy->amounts[rank] : NULL;
		if (told && touches && same_mandates(&(*bands)[n - 1], &found))
			(*bands)[n - 1].above = found.above;
		else if (told)
		{
			if (n == most)
				*bands = repalloc(*bands, (most *= 2) * sizeof(band));
			(*bands)[n++] = found;
		}
		touches = told;
	}
	return n;
}

static bool
is_gap(crm_policy *policy, crm_asked *asked, int rank, MemoryContext scope, band *found,
	   crm_rule_span *span)
{
	crm_rule_point point =
		crm_policy_point_of(policy, asked->decision, asked->scope, asked->nscope);

	*span = (crm_rule_span){0, policy->rule.namounts, DT_NOBEGIN, DT_NOEND};
	if (anybody_may(policy, &point, rank, asked->at, span))
		return false;
	if (is_joint(policy, &point, rank, asked->at, span))
	{
		crm_taker *signers;

		if (crm_signers(policy, asked, NULL, &signers) > 0)
			return false;
	}
	find_holders(policy, asked, rank, false, scope, found);
	narrow(span, &policy->work->span);
	return true;
}

/* The first who may answers for all that he may; that nobody may is true where it is of each. */
static bool
anybody_may(crm_policy *policy, const crm_rule_point *point, int rank, TimestampTz at,
			crm_rule_span *span)
{
	for (int person = 0; person < policy->persons.n; person++)
	{
		crm_rule_span own;
		crm_verdict verdict = crm_policy_judge_rank(policy, person, point, rank, at, &own)->verdict;

		if (verdict == CRM_ALLOWED || verdict == CRM_CONSULT_FIRST)
		{
			*span = own;
			return true;
		}
		narrow(span, &own);
	}
	return false;
}

/* Whether there is a joint mandate. How far enough may sign it is looked at by each amount. */
static bool
is_joint(crm_policy *policy, const crm_rule_point *point, int rank, TimestampTz at,
		 crm_rule_span *span)
{
	crm_rule_point here = *point;
	bool found = false;

	here.at = at;
	here.rank = rank;
	crm_rule_begin(policy->work, &here);
	for (int i = 0; i < policy->rule.joint.n && !found; i++)
		found = crm_rule_effective(policy->work, policy->rule.joint.entries[i].place);
	narrow(span, &policy->work->span);
	if (found)
		span->lowest = span->highest = rank;
	return found;
}

static bool
is_overlap(crm_policy *policy, crm_asked *asked, int rank, MemoryContext scope, band *found,
		   crm_rule_span *span)
{
	find_holders(policy, asked, rank, true, scope, found);
	*span = policy->work->span;
	return found->n > 1;
}

/* Mandates that are effective and not handed on; accountable: one for each who answers for it. */
static void
find_holders(crm_policy *policy, const crm_asked *asked, int rank, bool accountable,
			 MemoryContext scope, band *found)
{
	crm_rule_point point =
		crm_policy_point_of(policy, asked->decision, asked->scope, asked->nscope);
	int most = 4;

	point.at = asked->at;
	point.rank = rank;
	crm_rule_begin(policy->work, &point);
	found->n = 0;
	found->mandates = MemoryContextAlloc(scope, most * sizeof(int));
	for (int i = 0; i < policy->rule.nmandates; i++)
	{
		crm_mandate_kind kind = policy->rule.mandates[i].kind;

		if (kind > CRM_JOINT || (accountable && kind == CRM_SHARE) ||
			!crm_rule_effective(policy->work, i))
			continue;
		if (kind != CRM_JOINT && crm_rule_handed_over(policy->work, i) != CRM_RULE_NONE)
			continue;
		if (accountable && !is_accountable(policy, i, found))
			continue;
		if (found->n == most)
			found->mandates = repalloc(found->mandates, (most *= 2) * sizeof(int));
		found->mandates[found->n++] = i;
	}
}

static void
narrow(crm_rule_span *span, const crm_rule_span *other)
{
	span->lowest = Max(span->lowest, other->lowest);
	span->highest = Min(span->highest, other->highest);
}

/* A position once, and the members of a joint mandate as one. What is shared stays its giver's. */
static bool
is_accountable(const crm_policy *policy, int mandate, const band *found)
{
	const crm_rule_mandate *one = &policy->rule.mandates[mandate];

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
put_band(const crm_policy *policy, const char *decision, const char *scope, const band *one,
		 ReturnSetInfo *result)
{
	Datum values[NCOLUMNS] = {0};
	bool nulls[NCOLUMNS] = {0};

	values[0] = CStringGetTextDatum(decision);
	values[1] = DirectFunctionCall1(jsonb_in, CStringGetDatum(scope));
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
