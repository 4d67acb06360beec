/* mandate_band.c - rulings at any time, and on all amounts. */
#include "postgres.h"

#include "mandate/mandate_policy.h"
#include "mandate/mandate_who.h"

const crm_ruling *
crm_ruling_of(const crm_asked *asked)
{
	crm_policy *policy = crm_policy_at(asked->at);
	crm_rule_point point;
	crm_rule_span span;

	if (asked->at < policy->rule.first_charter)
		return crm_policy_free_ruling();
	point = crm_policy_point_of(policy, asked->decision, asked->scope, asked->nscope);
	return crm_policy_judge(policy, crm_policy_find(&policy->persons, asked->person), &point,
							asked->amount, asked->at, &span);
}

int
crm_bands_of(const crm_asked *asked, crm_band **bands)
{
	crm_policy *policy = crm_policy_at(asked->at);
	int person = crm_policy_find(&policy->persons, asked->person);
	int rank = policy->rule.namounts;
	int most = 4;
	int n = 0;
	crm_rule_point point;

	*bands = palloc(most * sizeof(crm_band));
	if (asked->at < policy->rule.first_charter)
	{
		(*bands)[0] = (crm_band){NULL, NULL, crm_policy_free_ruling()};
		return 1;
	}
	point = crm_policy_point_of(policy, asked->decision, asked->scope, asked->nscope);
	while (rank >= 0)
	{
		crm_rule_span span;
		crm_band *one;

		if (n == most)
			*bands = repalloc(*bands, (most *= 2) * sizeof(crm_band));
		one = &(*bands)[n++];
		*one = (crm_band){NULL};
		if (rank < policy->rule.namounts)
			one->up_to = policy->amounts[rank];
		one->ruling = crm_policy_judge_rank(policy, person, &point, rank, asked->at, &span);
		rank = span.lowest - 1;
		if (rank >= 0)
			one->above = policy->amounts[rank];
	}
	return n;
}
