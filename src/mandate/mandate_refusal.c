/* mandate_refusal.c - the words of a refusal: a guard, a function of crm and crm.why_not say the
 * same. */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/numeric.h"
#include "utils/json.h"

#include "base/amount.h"
#include "mandate/mandate_survey.h"

typedef char *(*detail_writer)(const crm_ruling *ruling, const crm_asked *asked);

static char *allowed(const crm_ruling *ruling, const crm_asked *asked);
static char *consult_first(const crm_ruling *ruling, const crm_asked *asked);
static char *signatures(const crm_ruling *ruling, const crm_asked *asked);
static char *over_limit(const crm_ruling *ruling, const crm_asked *asked);
static char *unknown_amount(const crm_ruling *ruling, const crm_asked *asked);
static char *handed_over(const crm_ruling *ruling, const crm_asked *asked);
static char *banned(const crm_ruling *ruling, const crm_asked *asked);
static char *no_mandate(const crm_ruling *ruling, const crm_asked *asked);
static char *no_position(const crm_ruling *ruling, const crm_asked *asked);
static bool add_who(StringInfo text, const crm_asked *asked, crm_can_afford can_afford);
static int find_signers(const crm_asked *asked, crm_can_afford can_afford, crm_taker **signers,
						const char **may);
static bool is_askable(Numeric amount);
static bool can_ask(const crm_ruling *ruling, const crm_asked *asked);
static void add_request(StringInfo text, const crm_asked *asked);
static void add_scope(StringInfo text, const crm_asked *asked);
static void add_joint(StringInfo text, int32 joint_id);
static const crm_rule_mandate *find_mandate(const crm_policy *policy, int32 mandate_id,
											const crm_policy_terms **terms);
static const char *amount_text(Numeric amount);

static const detail_writer details[] = {
	[CRM_ALLOWED] = allowed,
	[CRM_CONSULT_FIRST] = consult_first,
	[CRM_SIGNATURES] = signatures,
	[CRM_OVER_LIMIT] = over_limit,
	[CRM_UNKNOWN_AMOUNT] = unknown_amount,
	[CRM_HANDED_OVER] = handed_over,
	[CRM_BANNED] = banned,
	[CRM_NO_MANDATE] = no_mandate,
	[CRM_NO_POSITION] = no_position,
};

char *
crm_refusal_detail(const crm_ruling *ruling, const crm_asked *asked)
{
	return details[ruling->verdict](ruling, asked);
}

char *
crm_refusal_hint(const crm_ruling *ruling, const crm_asked *asked, crm_can_afford can_afford)
{
	StringInfoData text;

	initStringInfo(&text);
	if (add_who(&text, asked, can_afford) && can_ask(ruling, asked))
		add_request(&text, asked);
	return text.data;
}

static char *
allowed(const crm_ruling *ruling, const crm_asked *asked)
{
	return psprintf("Position \"%s\" has the mandate.", ruling->position);
}

static char *
consult_first(const crm_ruling *ruling, const crm_asked *asked)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "Position \"%s\" must consult ", ruling->position);
	for (int i = 0; i < ruling->nconsults; i++)
		appendStringInfo(&text, "%s\"%s\"", i > 0 ? ", " : "", ruling->consults[i].position);
	appendStringInfoString(&text, " first.");
	return text.data;
}

static char *
signatures(const crm_ruling *ruling, const crm_asked *asked)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "Position \"%s\" may only together with others: %d persons of ",
					 ruling->position, ruling->quorum);
	add_joint(&text, ruling->joint_id);
	appendStringInfoString(&text, " must sign.");
	return text.data;
}

static char *
over_limit(const crm_ruling *ruling, const crm_asked *asked)
{
	return psprintf("The limit of position \"%s\" is %s.", ruling->position,
					amount_text(ruling->limit));
}

static char *
unknown_amount(const crm_ruling *ruling, const crm_asked *asked)
{
	return psprintf("The amount is not known, and the limit of position \"%s\" is %s.",
					ruling->position, amount_text(ruling->limit));
}

static char *
handed_over(const crm_ruling *ruling, const crm_asked *asked)
{
	const crm_policy *policy = crm_policy_now();
	const crm_policy_terms *terms;
	const crm_rule_mandate *barrier = find_mandate(policy, ruling->barrier_id, &terms);
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfo(&text, "Position \"%s\" has handed it over to ", ruling->position);
	if (barrier == NULL)
		appendStringInfoString(&text, "another");
	else if (barrier->joint_id != 0)
		add_joint(&text, barrier->joint_id);
	else
		appendStringInfo(&text, "\"%s\"", policy->positions.names[barrier->to]);
	appendStringInfo(&text, " (mandate %d).", ruling->barrier_id);
	return text.data;
}

static char *
banned(const crm_ruling *ruling, const crm_asked *asked)
{
	const crm_policy *policy = crm_policy_now();
	const crm_policy_terms *terms = NULL;
	const crm_rule_mandate *ban = find_mandate(policy, ruling->barrier_id, &terms);
	const char *decision = ban != NULL ? policy->decisions.names[ban->decision] : asked->decision;
	const char *more = terms != NULL && terms->amount != NULL
						   ? psprintf(" for more than %s", amount_text(terms->amount))
						   : "";

	return psprintf("Position \"%s\" is banned from decision \"%s\"%s (mandate %d).",
					ruling->position, decision, more, ruling->barrier_id);
}

static char *
no_mandate(const crm_ruling *ruling, const crm_asked *asked)
{
	return psprintf("No position of \"%s\" has a mandate for it%s.", asked->person,
					asked->nscope > 0 ? " in this scope" : "");
}

static char *
no_position(const crm_ruling *ruling, const crm_asked *asked)
{
	return psprintf("\"%s\" holds no position.", asked->person);
}

/* Whether there is anybody. */
static bool
add_who(StringInfo text, const crm_asked *asked, crm_can_afford can_afford)
{
	const char *may = " may.";
	crm_taker *takers;
	int n = crm_who_may(asked, CRM_WHO_ONE_EACH, can_afford, &takers);

	if (n == 0)
	{
		may = " may after a consult.";
		n = crm_who_may(asked, CRM_WHO_CONSULTS, can_afford, &takers);
	}
	if (n == 0)
	{
		may = asked->amount == NULL ? " may, but not without an amount."
									: " may, but budget or window has not enough left.";
		n = crm_who_may(asked, CRM_WHO_ONE_EACH, NULL, &takers);
		if (n == 0)
			n = crm_who_may(asked, CRM_WHO_CONSULTS, NULL, &takers);
	}
	if (n == 0)
		n = find_signers(asked, can_afford, &takers, &may);
	for (int i = 0; i < n; i++)
		appendStringInfo(text, "%s%s (%s)", i > 0 ? ", " : "", takers[i].ruling->position,
						 takers[i].person);
	appendStringInfoString(
		text, n > 0 ? may : "Nobody may: SELECT * FROM crm.mandate_gaps; lists such decisions.");
	return n > 0;
}

static int
find_signers(const crm_asked *asked, crm_can_afford can_afford, crm_taker **signers,
			 const char **may)
{
	int n = crm_signers(crm_policy_at(asked->at), asked, asked->person, signers);

	if (n == 0)
		n = crm_signers(crm_policy_at(asked->at), asked, NULL, signers);
	*may = " may together.";
	for (int i = 0; i < n && can_afford != NULL; i++)
		if (!can_afford(asked, &(*signers)[i]))
			*may = asked->amount == NULL
					   ? " may together, but not without an amount."
					   : " may together, but budget or window has not enough left.";
	return n;
}

/* Not of nobody: of one who only has to consult, or whom somebody can answer. */
static bool
can_ask(const crm_ruling *ruling, const crm_asked *asked)
{
	/* A ban wins over an approval. */
	if (ruling->verdict == CRM_BANNED || !is_askable(asked->amount))
		return false;
	return ruling->verdict == CRM_CONSULT_FIRST || crm_answerable(crm_policy_at(asked->at), asked);
}

/* A request is for an amount of zero or more, or for an unknown one. */
static bool
is_askable(Numeric amount)
{
	return amount == NULL || (!numeric_is_nan(amount) && !numeric_is_inf(amount) &&
							  crm_amount_compare(amount, int64_to_numeric(0)) >= 0);
}

static void
add_request(StringInfo text, const crm_asked *asked)
{
	appendStringInfo(text, " To ask: SELECT crm.request(%s", quote_literal_cstr(asked->decision));
	if (asked->customer_id != 0)
		appendStringInfo(text, ", customer => %lld", (long long) asked->customer_id);
	if (asked->amount != NULL)
		appendStringInfo(text, ", amount => %s", amount_text(asked->amount));
	if (asked->nscope > 0)
		add_scope(text, asked);
	if (asked->subject != NULL)
		appendStringInfo(text, ", subject => %s", quote_literal_cstr(asked->subject));
	appendStringInfoString(text, ", reason => '...');");
}

static void
add_scope(StringInfo text, const crm_asked *asked)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int i = 0; i < asked->nscope; i++)
	{
		if (asked->scope[i].value == NULL)
			continue;
		if (json.len > 1)
			appendStringInfoString(&json, ", ");
		escape_json(&json, asked->scope[i].dimension);
		appendStringInfoString(&json, ": ");
		escape_json(&json, asked->scope[i].value);
	}
	appendStringInfoChar(&json, '}');
	appendStringInfo(text, ", scope => %s", quote_literal_cstr(json.data));
}

static void
add_joint(StringInfo text, int32 joint_id)
{
	const crm_policy *policy = crm_policy_now();
	int n = 0;

	for (int i = 0; i < policy->rule.nmandates; i++)
	{
		const crm_rule_mandate *one = &policy->rule.mandates[i];

		if (one->kind == CRM_JOINT && one->joint_id == joint_id)
			appendStringInfo(text, "%s\"%s\"", n++ > 0 ? ", " : "",
							 policy->positions.names[one->to]);
	}
}

/* NULL if it is gone by now. */
static const crm_rule_mandate *
find_mandate(const crm_policy *policy, int32 mandate_id, const crm_policy_terms **terms)
{
	int place = crm_policy_find_mandate(policy, mandate_id);

	if (place == CRM_RULE_NONE)
		return NULL;
	*terms = &policy->terms[place];
	return &policy->rule.mandates[place];
}

static const char *
amount_text(Numeric amount)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(amount)));
}
