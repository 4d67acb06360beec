/* mandate_rule.c - which mandates are effective at a point, and what positions may decide by them.
 *
 * A mandate can only rest on one that was given before it, so its judgement runs down the numbers
 * and ends. It is judged at the point and nowhere else: whatever is stored, nobody gets more from
 * a giver than the giver has.
 */
#include "postgres.h"

#include "mandate/mandate_rule.h"
#include "mandate/mandate_time_rule.h"

/* A deeper chain of mandates is judged from its beginning instead, which takes no stack. */
#define DEEPEST 500

static void judge(crm_rule_work *work, int mandate);
static bool covers(crm_rule_work *work, const crm_rule_mandate *mandate);
static bool is_duty(const crm_rule_mandate *mandate);
static bool decision_matches(const crm_rule_point *point, int decision);
static bool bounds_match(const crm_rule_point *point, const crm_rule_mandate *mandate);
static bool bound_matches(const crm_rule_value *value, const crm_rule_bound *bound);
static bool has_text(int ntexts, const char *const *texts, const char *text);
static bool amount_matches(crm_rule_work *work, const crm_rule_mandate *mandate);
static int find_support(crm_rule_work *work, int mandate);
static bool supports(crm_rule_work *work, int giver, int mandate);
static int taken_between(crm_rule_work *work, int position, int after, int before);
static int find_path(crm_rule_work *work, int mandate, int **path);
static int compare_options(const void *a, const void *b);

crm_rule_work *
crm_rule_work_make(const crm_rule_policy *policy)
{
	crm_rule_work *work = palloc0(sizeof(crm_rule_work));

	work->policy = policy;
	work->rounds = palloc0(Max(policy->nmandates, 1) * sizeof(uint32));
	work->support = palloc0(Max(policy->nmandates, 1) * sizeof(int));
	return work;
}

void
crm_rule_begin(crm_rule_work *work, const crm_rule_point *point)
{
	work->point = *point;
	work->span = (crm_rule_span){0, work->policy->namounts, DT_NOBEGIN, DT_NOEND};
	work->nesting = 0;
	if (++work->round != 0)
		return;
	/* After four thousand million points the numbers begin again. */
	memset(work->rounds, 0, work->policy->nmandates * sizeof(uint32));
	work->round = 1;
}

bool
crm_rule_effective(crm_rule_work *work, int mandate)
{
	if (work->rounds[mandate] != work->round)
	{
		if (work->nesting == DEEPEST)
		{
			int kept = work->nesting;

			for (int i = 0; i < mandate; i++)
			{
				work->nesting = 0;
				crm_rule_effective(work, i);
			}
			work->nesting = kept;
		}
		work->nesting++;
		judge(work, mandate);
		work->nesting--;
	}
	return work->support[mandate] != CRM_RULE_NONE;
}

int
crm_rule_authority(crm_rule_work *work, crm_rule_hat hat, crm_rule_option **options)
{
	const crm_rule_index *index = &work->policy->authority;
	int n = 0;
	int most = 0;

	*options = NULL;
	for (int i = 0; i < work->point.nchain; i++)
	{
		const crm_rule_entry *entry = crm_rule_find(index, hat.position, work->point.chain[i]);

		for (; entry != NULL; entry = crm_rule_more(index, entry))
		{
			if (!crm_rule_effective(work, entry->place) ||
				crm_rule_handed_over(work, entry->place) != CRM_RULE_NONE ||
				(hat.capacity == CRM_ACTING &&
				 !crm_rule_within(work, work->policy->mandates[entry->place].acting_limit)))
				continue;
			if (n == most)
			{
				most = Max(4, 2 * most);
				*options = *options == NULL ? palloc(most * sizeof(crm_rule_option))
											: repalloc(*options, most * sizeof(crm_rule_option));
			}
			(*options)[n++] = crm_rule_option_of(work, entry->place, hat);
		}
	}
	crm_rule_sort_options(n, *options);
	return n;
}

crm_rule_option
crm_rule_option_of(crm_rule_work *work, int mandate, crm_rule_hat hat)
{
	const crm_rule_mandate *mandates = work->policy->mandates;
	crm_rule_option option = {mandate, hat, CRM_RULE_NO_LIMIT};

	option.npath = find_path(work, mandate, &option.path);
	for (int i = 0; i < option.npath; i++)
		option.limit = Min(option.limit, mandates[option.path[i]].limit);
	if (hat.capacity == CRM_ACTING)
		option.limit = Min(option.limit, mandates[mandate].acting_limit);
	return option;
}

void
crm_rule_sort_options(int n, crm_rule_option *options)
{
	if (n > 1)
		qsort(options, n, sizeof(crm_rule_option), compare_options);
}

int
crm_rule_handed_over(crm_rule_work *work, int mandate)
{
	return taken_between(work, work->policy->mandates[mandate].to, mandate,
						 work->policy->nmandates);
}

/* Time, decision and scope first: they are cheap and leave few. */
static void
judge(crm_rule_work *work, int mandate)
{
	const crm_rule_mandate *one = &work->policy->mandates[mandate];
	int support = CRM_RULE_NONE;

	if (covers(work, one))
	{
		if (one->kind == CRM_CHARTER || (is_duty(one) && one->from == CRM_RULE_NONE))
			support = mandate;
		else if (one->from != CRM_RULE_NONE)
			support = find_support(work, mandate);
	}
	work->support[mandate] = support;
	work->rounds[mandate] = work->round;
}

static bool
covers(crm_rule_work *work, const crm_rule_mandate *mandate)
{
	/* What is reserved stays with whom the charter gave it, also as a part of something larger. */
	if (work->point.reserved && mandate->kind != CRM_CHARTER && !is_duty(mandate))
		return false;
	return decision_matches(&work->point, mandate->decision) &&
		   crm_rule_reached(work, mandate->valid_from) &&
		   !crm_rule_reached(work, mandate->valid_until) && bounds_match(&work->point, mandate) &&
		   amount_matches(work, mandate);
}

static bool
is_duty(const crm_rule_mandate *mandate)
{
	return mandate->kind == CRM_CONSULT || mandate->kind == CRM_INFORM || mandate->kind == CRM_BAN;
}

static bool
decision_matches(const crm_rule_point *point, int decision)
{
	for (int i = 0; i < point->nchain; i++)
		if (point->chain[i] == decision)
			return true;
	return false;
}

/* A value that the point does not have is never within a bound. */
static bool
bounds_match(const crm_rule_point *point, const crm_rule_mandate *mandate)
{
	for (int i = 0; i < mandate->nbounds; i++)
	{
		const crm_rule_bound *bound = &mandate->bounds[i];
		bool matches = false;

		for (int j = 0; j < point->nvalues && !matches; j++)
			matches = strcmp(point->values[j].dimension, bound->dimension) == 0 &&
					  bound_matches(&point->values[j], bound);
		if (!matches)
			return false;
	}
	return true;
}

static bool
bound_matches(const crm_rule_value *value, const crm_rule_bound *bound)
{
	if (value->value == NULL)
		return false;
	if (!bound->within)
		return has_text(bound->nvalues, bound->values, value->value);
	for (int i = 0; i < value->nancestors; i++)
		if (has_text(bound->nvalues, bound->values, value->ancestors[i]))
			return true;
	return false;
}

static bool
has_text(int ntexts, const char *const *texts, const char *text)
{
	for (int i = 0; i < ntexts; i++)
		if (strcmp(texts[i], text) == 0)
			return true;
	return false;
}

/* A duty with an amount is about acts of more than it. */
static bool
amount_matches(crm_rule_work *work, const crm_rule_mandate *mandate)
{
	if (!is_duty(mandate))
		return crm_rule_within(work, mandate->limit);
	return mandate->limit == CRM_RULE_NO_LIMIT || !crm_rule_within(work, mandate->limit);
}

/* The one it was given by, while that supports it; else the earliest that does. */
static int
find_support(crm_rule_work *work, int mandate)
{
	const crm_rule_mandate *one = &work->policy->mandates[mandate];
	const crm_rule_index *index = &work->policy->authority;
	int best = CRM_RULE_NONE;

	if (one->parent != CRM_RULE_NONE && supports(work, one->parent, mandate))
		return one->parent;
	for (int i = 0; i < work->point.nchain; i++)
	{
		const crm_rule_entry *entry = crm_rule_find(index, one->from, work->point.chain[i]);

		for (; entry != NULL && entry->place < mandate; entry = crm_rule_more(index, entry))
		{
			if (best != CRM_RULE_NONE && entry->place > best)
				break;
			if (supports(work, entry->place, mandate))
				best = entry->place;
		}
	}
	return best;
}

static bool
supports(crm_rule_work *work, int giver, int mandate)
{
	const crm_rule_mandate *from = &work->policy->mandates[giver];
	const crm_rule_mandate *one = &work->policy->mandates[mandate];

	if (giver >= mandate || from->to != one->from || from->kind > CRM_SHARE)
		return false;
	if (!is_duty(one) && from->depth != CRM_RULE_NONE &&
		(one->depth == CRM_RULE_NONE || one->depth >= from->depth))
		return false;
	return crm_rule_effective(work, giver) &&
		   taken_between(work, from->to, giver, mandate) == CRM_RULE_NONE;
}

/*
 * The first hand-over or joint mandate by which a position gave away what it has at the point,
 * after one mandate and before another. The members of a joint mandate do not take from each other.
 */
static int
taken_between(crm_rule_work *work, int position, int after, int before)
{
	const crm_rule_policy *policy = work->policy;
	int32 own_joint = before < policy->nmandates ? policy->mandates[before].joint_id : 0;
	int first = CRM_RULE_NONE;

	for (int i = 0; i < work->point.nchain; i++)
	{
		const crm_rule_entry *entry =
			crm_rule_find_after(&policy->taken, position, work->point.chain[i], after);

		for (; entry != NULL && entry->place < before; entry = crm_rule_more(&policy->taken, entry))
		{
			if (first != CRM_RULE_NONE && entry->place > first)
				break;
			if (own_joint != 0 && policy->mandates[entry->place].joint_id == own_joint)
				continue;
			if (crm_rule_effective(work, entry->place))
				first = entry->place;
		}
	}
	return first;
}

/* From the charter to the mandate. */
static int
find_path(crm_rule_work *work, int mandate, int **path)
{
	int n = 1;
	int one = mandate;

	while (work->support[one] != one)
	{
		one = work->support[one];
		n++;
	}
	*path = palloc(n * sizeof(int));
	one = mandate;
	for (int i = n - 1; i >= 0; i--)
	{
		(*path)[i] = one;
		one = work->support[one];
	}
	return n;
}

static int
compare_options(const void *a, const void *b)
{
	const crm_rule_option *left = a;
	const crm_rule_option *right = b;

	if (left->limit != right->limit)
		return left->limit < right->limit ? -1 : 1;
	return left->mandate - right->mandate;
}
