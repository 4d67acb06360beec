/* mandate_find.c - finds names, mandates and amounts in a policy, and says what its numbers mean.
 */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/numeric.h"

#include "base/amount.h"
#include "mandate/mandate_policy.h"

static const char *const capacities[] = {"holder",  "deputy", "contractor",
										 "machine", "acting", "liaison"};
static const char *const kinds[] = {"charter", "hand_over", "share", "joint",
									"consult", "inform",    "ban"};

static const char *const verdicts[] = {
	[CRM_ALLOWED] = "allowed",
	[CRM_CONSULT_FIRST] = "consult_first",
	[CRM_SIGNATURES] = "signatures",
	[CRM_OVER_LIMIT] = "over_limit",
	[CRM_UNKNOWN_AMOUNT] = "unknown_amount",
	[CRM_HANDED_OVER] = "handed_over",
	[CRM_BANNED] = "banned",
	[CRM_NO_MANDATE] = "no_mandate",
	[CRM_NO_POSITION] = "no_position",
};

const char *
crm_verdict_name(crm_verdict verdict)
{
	return verdicts[verdict];
}

const char *
crm_capacity_name(crm_capacity capacity)
{
	return capacities[capacity];
}

const char *
crm_mandate_kind_name(crm_mandate_kind kind)
{
	return kinds[kind];
}

int
crm_policy_find(const crm_policy_names *names, const char *name)
{
	int low = 0;
	int high = names->n;

	if (name == NULL)
		return CRM_RULE_NONE;
	while (low < high)
	{
		int middle = low + (high - low) / 2;
		int order = strcmp(names->names[middle], name);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return CRM_RULE_NONE;
}

int
crm_policy_find_mandate(const crm_policy *policy, int32 mandate_id)
{
	int low = 0;
	int high = policy->rule.nmandates;

	while (low < high)
	{
		int middle = low + (high - low) / 2;
		int32 id = policy->rule.mandates[middle].id;

		if (id == mandate_id)
			return middle;
		if (id < mandate_id)
			low = middle + 1;
		else
			high = middle;
	}
	return CRM_RULE_NONE;
}

int
crm_policy_rank(const crm_policy *policy, Numeric amount)
{
	int low = 0;
	int high = policy->rule.namounts;

	if (amount == NULL)
		return high + 1;
	while (low < high)
	{
		int middle = low + (high - low) / 2;

		if (crm_amount_compare(policy->amounts[middle], amount) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

Numeric
crm_amount_scale(Numeric amount, Numeric share)
{
	if (amount == NULL || share == NULL)
		return amount;
	return DatumGetNumeric(DirectFunctionCall1(
		numeric_trim_scale,
		DirectFunctionCall2(numeric_mul, NumericGetDatum(amount), NumericGetDatum(share))));
}
