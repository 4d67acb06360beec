/* mandate_standing.c - where a position is in the reporting line, and who gave a charter. */
#include "postgres.h"

#include "mandate/mandate_policy.h"
#include "mandate/mandate_who.h"

static bool is_above(const crm_policy *policy, const crm_asked *asked, int position);
static bool reports_to(const crm_rule_policy *rule, int position, int other);
static int top_of(const crm_policy *policy);
static bool is_top(const crm_rule_policy *rule, int position);

crm_standing
crm_standing_of(const crm_asked *asked, const char *position)
{
	const crm_policy *policy = crm_policy_now();
	int place = crm_policy_find(&policy->positions, position);
	crm_rule_point now = {.at = asked->at};
	crm_standing standing = {0};

	if (place == CRM_RULE_NONE)
		return standing;
	crm_rule_begin(policy->work, &now);
	standing.filled = crm_rule_filled(policy->work, place);
	standing.above = is_above(policy, asked, place);
	while ((place = policy->rule.positions[place].reports_to) != CRM_RULE_NONE &&
		   standing.height < policy->rule.npositions)
		standing.height++;
	return standing;
}

/* What he acts for lies below what he is appointed to. */
static bool
is_above(const crm_policy *policy, const crm_asked *asked, int position)
{
	const crm_rule_policy *rule = &policy->rule;
	int person = crm_policy_find(&policy->persons, asked->person);
	const crm_rule_entry *entry =
		person == CRM_RULE_NONE ? NULL : crm_rule_find(&rule->of_person, person, 0);

	for (; entry != NULL; entry = crm_rule_more(&rule->of_person, entry))
	{
		const crm_rule_appointment *one = &rule->appointments[entry->place];

		if (one->capacity != CRM_LIAISON && one->valid_from <= asked->at &&
			one->valid_until > asked->at && reports_to(rule, one->position, position))
			return true;
	}
	return false;
}

/* Itself, or at any distance. */
static bool
reports_to(const crm_rule_policy *rule, int position, int other)
{
	for (int steps = 0; position != CRM_RULE_NONE && steps <= rule->npositions; steps++)
	{
		if (position == other)
			return true;
		position = rule->positions[position].reports_to;
	}
	return false;
}

const char *
crm_giver_of(int32 mandate_id)
{
	const crm_policy *policy = crm_policy_now();
	int place = crm_policy_find_mandate(policy, mandate_id);
	int giver = place == CRM_RULE_NONE ? CRM_RULE_NONE : policy->rule.mandates[place].from;

	if (giver == CRM_RULE_NONE)
		giver = top_of(policy);
	return giver == CRM_RULE_NONE ? NULL : policy->positions.names[giver];
}

static int
top_of(const crm_policy *policy)
{
	const crm_rule_policy *rule = &policy->rule;
	int top = CRM_RULE_NONE;

	for (int i = 0; i < rule->npositions; i++)
		if (is_top(rule, i) && (top == CRM_RULE_NONE ||
								rule->positions[i].created_at < rule->positions[top].created_at))
			top = i;
	return top;
}

static bool
is_top(const crm_rule_policy *rule, int position)
{
	const crm_rule_position *one = &rule->positions[position];

	return one->registered && one->reports_to == CRM_RULE_NONE && one->closed_at == DT_NOEND &&
		   crm_rule_find(&rule->below, position, 0) != NULL;
}
