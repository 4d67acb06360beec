/* mandate_ruling.c - says in names and amounts what the rules have found in numbers. */
#include "postgres.h"

#include "mandate/mandate_policy.h"

static crm_ruling *nothing_granted(const crm_policy *policy, const crm_rule_ruling *ruling);
static crm_ruling *by_option(const crm_policy *policy, const crm_rule_ruling *ruling,
							 const crm_rule_option *option);
static void add_terms(const crm_policy *policy, const crm_rule_option *option, crm_ruling *ruling);
static void add_duties(const crm_policy *policy, const crm_rule_ruling *from, crm_ruling *ruling);
static crm_duty *duties_of(const crm_policy *policy, int n, const int *mandates);

const crm_ruling *
crm_policy_ruling(const crm_policy *policy, const crm_rule_ruling *ruling)
{
	crm_ruling *next = NULL;
	crm_ruling shared = {0};

	add_duties(policy, ruling, &shared);
	if (ruling->noptions == 0)
	{
		next = nothing_granted(policy, ruling);
		add_duties(policy, ruling, next);
	}
	for (int i = ruling->noptions - 1; i >= 0; i--)
	{
		crm_ruling *one = by_option(policy, ruling, &ruling->options[i]);

		one->nconsults = shared.nconsults;
		one->consults = shared.consults;
		one->ninforms = shared.ninforms;
		one->informs = shared.informs;
		one->plain = one->verdict == CRM_ALLOWED && one->budget == NULL &&
					 one->window_amount == NULL && one->ninforms == 0;
		one->next = next;
		next = one;
	}
	return next;
}

const crm_ruling *
crm_policy_judge(const crm_policy *policy, int person, const crm_rule_point *point, Numeric amount,
				 TimestampTz at, crm_rule_span *span)
{
	return crm_policy_judge_rank(policy, person, point, crm_policy_rank(policy, amount), at, span);
}

const crm_ruling *
crm_policy_judge_rank(const crm_policy *policy, int person, const crm_rule_point *point, int rank,
					  TimestampTz at, crm_rule_span *span)
{
	crm_rule_point here = *point;
	crm_rule_ruling ruling;
	crm_rule_hat *hats;
	int nhats;

	here.at = at;
	here.rank = rank;
	crm_rule_begin(policy->work, &here);
	nhats = crm_rule_hats(policy->work, person, &hats);
	ruling = crm_rule_ask(policy->work, nhats, hats);
	*span = policy->work->span;
	return crm_policy_ruling(policy, &ruling);
}

const crm_ruling *
crm_policy_free_ruling(void)
{
	crm_ruling *ruling = palloc0(sizeof(crm_ruling));

	ruling->verdict = CRM_ALLOWED;
	ruling->plain = true;
	return ruling;
}

static crm_ruling *
nothing_granted(const crm_policy *policy, const crm_rule_ruling *ruling)
{
	crm_ruling *one = palloc0(sizeof(crm_ruling));

	one->verdict = ruling->verdict;
	if (ruling->barrier != CRM_RULE_NONE)
	{
		const crm_rule_mandate *barrier = &policy->rule.mandates[ruling->barrier];

		one->barrier_id = barrier->id;
		one->position = policy->positions.names[barrier->to];
	}
	return one;
}

static crm_ruling *
by_option(const crm_policy *policy, const crm_rule_ruling *ruling, const crm_rule_option *option)
{
	const crm_rule_mandate *mandate = &policy->rule.mandates[option->mandate];
	crm_ruling *one = palloc0(sizeof(crm_ruling));
	int32 *path = palloc(option->npath * sizeof(int32));

	for (int i = 0; i < option->npath; i++)
		path[i] = policy->rule.mandates[option->path[i]].id;
	one->verdict = ruling->verdict;
	one->mandate_id = mandate->id;
	one->npath = option->npath;
	one->path = path;
	one->position = policy->positions.names[option->hat.position];
	one->capacity = crm_capacity_name(option->hat.capacity);
	one->decision = policy->decisions.names[mandate->decision];
	if (option->limit != CRM_RULE_NO_LIMIT)
		one->limit = policy->amounts[option->limit];
	one->joint_id = mandate->joint_id;
	one->quorum = mandate->quorum;
	if (ruling->barrier != CRM_RULE_NONE)
		one->barrier_id = policy->rule.mandates[ruling->barrier].id;
	add_terms(policy, option, one);
	return one;
}

/* What a mandate does not say of budget and window, the nearest above it says. */
static void
add_terms(const crm_policy *policy, const crm_rule_option *option, crm_ruling *ruling)
{
	for (int i = option->npath - 1; i >= 0; i--)
	{
		const crm_policy_terms *terms = &policy->terms[option->path[i]];

		if (ruling->budget == NULL)
			ruling->budget = terms->budget;
		if (ruling->window_amount == NULL && terms->window_amount != NULL)
		{
			ruling->window_amount = terms->window_amount;
			ruling->window_length = terms->window_length;
		}
	}
	if (option->hat.capacity == CRM_ACTING)
		ruling->window_amount =
			crm_amount_scale(ruling->window_amount, policy->acting_share[option->hat.position]);
}

static void
add_duties(const crm_policy *policy, const crm_rule_ruling *from, crm_ruling *ruling)
{
	ruling->nconsults = from->nconsults;
	ruling->consults = duties_of(policy, from->nconsults, from->consults);
	ruling->ninforms = from->ninforms;
	ruling->informs = duties_of(policy, from->ninforms, from->informs);
}

static crm_duty *
duties_of(const crm_policy *policy, int n, const int *mandates)
{
	crm_duty *duties = n > 0 ? palloc(n * sizeof(crm_duty)) : NULL;

	for (int i = 0; i < n; i++)
	{
		const crm_rule_mandate *mandate = &policy->rule.mandates[mandates[i]];

		duties[i] = (crm_duty){mandate->id, policy->positions.names[mandate->to],
							   policy->terms[mandates[i]].deadline};
	}
	return duties;
}
