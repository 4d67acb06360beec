/* mandate_who.c - finds who may take a decision.
 *
 * Positions first: which of them have the decision at the point; of equals those above him who asks
 * for a name to turn to, as his request would go. Then the persons who act for one
 * of these, each with all his positions, for he may be banned in another one.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "mandate/mandate_survey.h"

/* Positions that a refusal names. */
#define NAMED 2

typedef struct candidate
{
	int position;
	int limit;  /* rank */
	bool above; /* who asks */
	int height; /* steps to the top of the reporting line */
	const char *name;
} candidate;

typedef struct search
{
	crm_policy *policy;
	const crm_asked *asked;
	crm_rule_point point;
	crm_who who;
	crm_can_afford can_afford;
	bool *above; /* by position: who asks reports to it; NULL: that does not matter */
	int n;
	int most;
	crm_taker *takers;
} search;

static int find_positions(search *one, candidate **found);
static bool *positions_above(const search *one);
static bool position_may(search *one, int position, candidate *found);
static int height_of(const crm_policy *policy, int position);
static int compare_candidates(const void *a, const void *b);
static bool add_persons(search *one, int position);
static bool add_appointed(search *one, int position, int of, bool holders_only);
static int stands_in(search *one, int position);
static bool add_person(search *one, int position, int person);
static bool is_wanted(const search *one, crm_verdict verdict);
static bool is_short(const search *one);
static const crm_ruling *ruling_in(const crm_ruling *ruling, const char *position);
static void keep(search *one, const crm_taker *taker);

/* The policy knows all decisions; what to say of another one is known in SQL. */
void
crm_check_decision(const char *decision)
{
	Datum code;
	Oid type = TEXTOID;
	crm_user before;

	if (crm_policy_find(&crm_policy_now()->decisions, decision) != CRM_RULE_NONE)
		return;
	code = CStringGetTextDatum(decision);
	before = crm_become(crm_owner(), 0);
	SPI_connect();
	SPI_execute_with_args("SELECT crm_internal.check_decision($1)", 1, &type, &code, NULL, false,
						  0);
	SPI_finish();
	crm_restore_user(before);
}

int
crm_who_may(const crm_asked *asked, crm_who who, crm_can_afford can_afford, crm_taker **takers)
{
	return crm_policy_who_may(crm_policy_at(asked->at), asked, who, can_afford, takers);
}

int
crm_who_sign(const crm_asked *asked, crm_taker **takers)
{
	return crm_signers(crm_policy_at(asked->at), asked, asked->person, takers);
}

int
crm_policy_who_may(crm_policy *policy, const crm_asked *asked, crm_who who,
				   crm_can_afford can_afford, crm_taker **takers)
{
	search one = {policy, asked, .who = who, .can_afford = can_afford};
	candidate *positions;
	int npositions;
	int nfound = 0;

	one.point = crm_policy_point_of(one.policy, asked->decision, asked->scope, asked->nscope);
	one.point.at = asked->at;
	one.point.rank = crm_policy_rank(one.policy, asked->amount);
	npositions = find_positions(&one, &positions);
	for (int i = 0; i < npositions && (!is_short(&one) || nfound < NAMED); i++)
		nfound += add_persons(&one, positions[i].position);
	*takers = one.takers;
	return one.n;
}

static int
find_positions(search *one, candidate **found)
{
	int npositions = one->policy->rule.npositions;
	int n = 0;

	*found = palloc(Max(npositions, 1) * sizeof(candidate));
	crm_rule_begin(one->policy->work, &one->point);
	one->above = is_short(one) ? positions_above(one) : NULL;
	for (int i = 0; i < npositions; i++)
		if (position_may(one, i, &(*found)[n]))
			n++;
	qsort(*found, n, sizeof(candidate), compare_candidates);
	return n;
}

/* NULL: he holds no position. */
static bool *
positions_above(const search *one)
{
	const crm_rule_policy *rule = &one->policy->rule;
	int person = one->asked->person == NULL
					 ? CRM_RULE_NONE
					 : crm_policy_find(&one->policy->persons, one->asked->person);
	crm_rule_hat *hats;
	int nhats = person == CRM_RULE_NONE ? 0 : crm_rule_hats(one->policy->work, person, &hats);
	bool *above = nhats == 0 ? NULL : palloc0(rule->npositions * sizeof(bool));

	for (int i = 0; i < nhats; i++)
		for (int position = hats[i].position; position != CRM_RULE_NONE && !above[position];
			 position = rule->positions[position].reports_to)
			above[position] = true;
	return above;
}

/* One who acts for a vacant position has smaller limits: whether he may is seen at the person. */
static bool
position_may(search *one, int position, candidate *found)
{
	crm_rule_work *work = one->policy->work;
	crm_rule_hat hat = {position, crm_rule_vacant(work, position) ? CRM_ACTING : CRM_HOLDER};
	crm_rule_option *options;

	if (crm_rule_authority(work, hat, &options) == 0)
		return false;
	*found = (candidate){position, options[0].limit, one->above != NULL && one->above[position],
						 height_of(one->policy, position), one->policy->positions.names[position]};
	return true;
}

static int
height_of(const crm_policy *policy, int position)
{
	int height = 0;

	while (position != CRM_RULE_NONE && height < policy->rule.npositions)
	{
		position = policy->rule.positions[position].reports_to;
		height++;
	}
	return height;
}

static int
compare_candidates(const void *a, const void *b)
{
	const candidate *left = a;
	const candidate *right = b;

	if (left->limit != right->limit)
		return left->limit < right->limit ? -1 : 1;
	if (left->above != right->above)
		return left->above ? -1 : 1;
	if (left->height != right->height)
		return right->height - left->height;
	return strcmp(left->name, right->name);
}

/* Whether there is somebody. */
static bool
add_persons(search *one, int position)
{
	int above;

	/* The work is at another person's point by now. */
	crm_rule_begin(one->policy->work, &one->point);
	if (!crm_rule_vacant(one->policy->work, position))
		return add_appointed(one, position, position, false);
	above = stands_in(one, position);
	return above != CRM_RULE_NONE && add_appointed(one, position, above, true);
}

static int
stands_in(search *one, int position)
{
	const crm_rule_policy *rule = &one->policy->rule;
	int steps = 0;

	if (!rule->positions[position].may_be_acted_for)
		return CRM_RULE_NONE;
	do
		position = rule->positions[position].reports_to;
	while (position != CRM_RULE_NONE && crm_rule_vacant(one->policy->work, position) &&
		   steps++ < rule->npositions);
	return position;
}

static bool
add_appointed(search *one, int position, int of, bool holders_only)
{
	const crm_rule_policy *rule = &one->policy->rule;
	const crm_rule_entry *entry;
	bool found = false;

	for (entry = crm_rule_find(&rule->of_position, of, 0); entry != NULL;
		 entry = crm_rule_more(&rule->of_position, entry))
	{
		const crm_rule_appointment *appointment = &rule->appointments[entry->place];

		if (appointment->capacity == CRM_LIAISON ||
			(holders_only && appointment->capacity != CRM_HOLDER) ||
			appointment->valid_from > one->asked->at || appointment->valid_until <= one->asked->at)
			continue;
		found = add_person(one, position, appointment->person) || found;
		if (found && is_short(one))
			break;
	}
	return found;
}

static bool
add_person(search *one, int position, int person)
{
	const crm_policy *policy = one->policy;
	crm_rule_span span;
	crm_taker taker = {policy->persons.names[person]};
	const crm_ruling *ruling =
		crm_policy_judge(policy, person, &one->point, one->asked->amount, one->asked->at, &span);

	if (!is_wanted(one, ruling->verdict))
		return false;
	taker.ruling = ruling_in(ruling, policy->positions.names[position]);
	while (taker.ruling != NULL && one->can_afford != NULL && !one->can_afford(one->asked, &taker))
		taker.ruling = ruling_in(taker.ruling->next, taker.ruling->position);
	if (taker.ruling == NULL)
		return false;
	for (int i = 0; i < one->n; i++)
		if (one->takers[i].person == taker.person &&
			one->takers[i].ruling->position == taker.ruling->position)
			return false;
	keep(one, &taker);
	return true;
}

static bool
is_wanted(const search *one, crm_verdict verdict)
{
	return (verdict == CRM_ALLOWED && one->who != CRM_WHO_CONSULTS) ||
		   (verdict == CRM_CONSULT_FIRST &&
			(one->who == CRM_WHO_ALL || one->who == CRM_WHO_CONSULTS));
}

static bool
is_short(const search *one)
{
	return one->who == CRM_WHO_ONE_EACH || one->who == CRM_WHO_CONSULTS;
}

static const crm_ruling *
ruling_in(const crm_ruling *ruling, const char *position)
{
	while (ruling != NULL && ruling->position != position)
		ruling = ruling->next;
	return ruling;
}

static void
keep(search *one, const crm_taker *taker)
{
	if (one->n == one->most)
	{
		one->most = Max(4, 2 * one->most);
		one->takers = one->takers == NULL ? palloc(one->most * sizeof(crm_taker))
										  : repalloc(one->takers, one->most * sizeof(crm_taker));
	}
	one->takers[one->n++] = *taker;
}
