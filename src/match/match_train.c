/* match_train.c - expectation and maximisation over patterns. */
#include <math.h>
#include <string.h>

#include "match/match_train.h"

#define ITERATIONS_MOST 100
#define ITERATIONS_LEAST 5
#define STEADY 0.0001 /* relative change of the expected pairs at which it ends */

/* What the built-in estimates count for, in pairs. */
#define BUILTIN_PAIRS 20
#define BUILTIN_RANDOM_PAIRS 1000
#define BUILTIN_OTHERS 5

/*
 * Of attributes that are everybody's own they count for a fifth of the data, too: that two records
 * of one customer disagree in a given name is what distinguishes twins, and twins must not teach
 * it.
 */
#define BUILTIN_SHARE_OF_OWN 0.2

/* Others for each pair of one customer, where nothing is known; the more special ones of those. */
#define BUILTIN_STRANGERS 2000
#define HOUSEHOLD_BUILTIN 0.5
#define TWINS_OF_HOUSEHOLD 0.01
#define TWINS_MOST 0.3
#define NAMESAKES_OF_HOUSEHOLD 0.02
#define NAMESAKES_MOST 0.05
#define COLLEAGUES_BUILTIN 0.2

/* Of the pairs of one customer so many are found by the plain rules. */
#define RULES_RECALL 0.6

static bool
is_own(crm_level_group group)
{
	return group == CRM_GROUP_GIVEN || group == CRM_GROUP_DATE || group == CRM_GROUP_IDENTIFIER ||
		   group == CRM_GROUP_ORGANIZATION;
}

static bool
has(const crm_pattern *pattern, crm_level level)
{
	return pattern->levels >> level & 1;
}

/* Rules that nobody would doubt. */
static bool
is_plain(const crm_pattern *p)
{
	bool named = has(p, CRM_GIVEN_EXACT) && has(p, CRM_FAMILY_EXACT);

	return has(p, CRM_IDENTIFIER_EXACT) || (named && has(p, CRM_DATE_EXACT)) ||
		   (named && has(p, CRM_EMAIL_EXACT)) || (named && has(p, CRM_PHONE_EXACT)) ||
		   (named && has(p, CRM_ADDRESS_EXACT) && !has(p, CRM_GENERATION_DIFFERENT)) ||
		   (has(p, CRM_ORGANIZATION_EXACT) &&
			(has(p, CRM_ADDRESS_EXACT) || has(p, CRM_EMAIL_EXACT) || has(p, CRM_PHONE_EXACT)));
}

static double
at_least(double value, double least)
{
	return value > least ? value : least;
}

static double
at_most(double value, double most)
{
	return value < most ? value : most;
}

static double
pairs_of(double records)
{
	return records > 1 ? records * (records - 1) / 2 : 0;
}

/*
 * Strangers for each pair of one customer. Of organizations, or of people, there may be hardly any
 * yet: then it is what is built in.
 */
static double
strangers(const crm_training *t, char kind, double customers)
{
	double records = kind == 'o' ? t->organizations : t->records - t->organizations;

	return log2((pairs_of(records) + BUILTIN_OTHERS * BUILTIN_STRANGERS) /
				(customers + BUILTIN_OTHERS));
}

/* The prior: pairs that plain rules take for one customer, if that many were all but so many. */
static void
begin(crm_training *t)
{
	double by_rule[2] = {0, 0};

	for (int i = 0; i < t->npatterns; i++)
		if (is_plain(&t->patterns[i].pattern))
			by_rule[t->patterns[i].pattern.kind == 'o'] += t->patterns[i].count / RULES_RECALL;
	t->by_rule = by_rule[0] + by_rule[1];
	t->all_pairs =
		at_least(pairs_of(t->organizations) + pairs_of(t->records - t->organizations), 1);
	crm_model_builtin(&t->model, 0);
	t->model.odds[crm_odds_at('p', CRM_STRANGERS)] = strangers(t, 'p', by_rule[0]);
	t->model.odds[crm_odds_at('o', CRM_STRANGERS)] = strangers(t, 'o', by_rule[1]);
	t->model.odds[CRM_TWINS] = -5;
	crm_model_prepare(&t->model);
}

/* Which pairs are one customer, as the model stands. */
static void
expect(crm_training *t)
{
	t->customers = t->customer_organizations = 0;
	memset(t->others, 0, sizeof(t->others));
	memset(t->reached, 0, sizeof(t->reached));
	for (int i = 0; i < t->npatterns; i++)
	{
		const crm_counted_pattern *p = &t->patterns[i];
		double other[CRM_OTHERS];
		double one = crm_weigh_all(&t->model, &p->pattern, other) * p->count;

		t->customers += one;
		if (p->pattern.kind == 'o')
			t->customer_organizations += one;
		for (int k = 0; k < crm_others_of(p->pattern.kind); k++)
			t->others[crm_odds_at(p->pattern.kind, (crm_other) k)] += other[k] * p->count;
		for (uint64_t left = p->pattern.levels; left != 0; left &= left - 1)
			t->reached[__builtin_ctzll(left)] += one;
	}
}

/*
 * Pairs drawn at random, without those of one customer among them. A drawing so large is sure to
 * its square root only: without that floor whatever agrees would soon be one customer because it
 * agrees, as no stranger would be left who does.
 */
static double
strangers_at(const crm_training *t, int level)
{
	double drawn = t->random[level];

	return at_least(drawn - t->reached[level] * (t->random_pairs / t->all_pairs), sqrt(drawn));
}

static void
learn_group(crm_training *t, crm_level_group group)
{
	int first = crm_group_first(group);
	int last = crm_group_last(group);
	double one = 0;
	double random = 0;
	double drawn = 0;
	double builtin_m = 0;
	double builtin_u = 0;
	double pairs;
	double unknown;

	if (first == last)
		return; /* spoken only where it differs: nothing to compare it with */
	for (int level = first; level <= last; level++)
	{
		one += t->reached[level];
		random += strangers_at(t, level);
		drawn += t->random[level];
		builtin_m += crm_level_builtin_m((crm_level) level);
		builtin_u += crm_level_builtin_u((crm_level) level);
	}
	/* a drawn pair of one customer tells nothing of strangers: what is built in takes its place */
	unknown = BUILTIN_RANDOM_PAIRS + at_least(drawn - random, 0);
	pairs = is_own(group) ? at_least(BUILTIN_SHARE_OF_OWN * one, BUILTIN_PAIRS) : BUILTIN_PAIRS;
	for (int level = first; level <= last; level++)
	{
		t->model.m[level] =
			(t->reached[level] + pairs * crm_level_builtin_m((crm_level) level) / builtin_m) /
			(one + pairs);
		t->model.u[level] = (strangers_at(t, level) +
							 unknown * crm_level_builtin_u((crm_level) level) / builtin_u) /
							(random + unknown);
	}
}

/* Others of a sort for each pair of one customer; builtin: where nothing is known. */
static double
share(double others, double customers, double builtin)
{
	return (others + BUILTIN_OTHERS * builtin) / (customers + BUILTIN_OTHERS);
}

/* Households are there if pairs show them; without households there are no twins in them. */
static void
learn_others(crm_training *t)
{
	double people = t->customers - t->customer_organizations;
	double companies = t->customer_organizations;
	double household =
		share(t->others[CRM_HOUSEHOLD] + t->others[CRM_TWINS] + t->others[CRM_NAMESAKES], people,
			  HOUSEHOLD_BUILTIN);
	double twins = share(t->others[CRM_TWINS], people, TWINS_OF_HOUSEHOLD * household);
	double namesakes = share(t->others[CRM_NAMESAKES], people, NAMESAKES_OF_HOUSEHOLD * household);
	double colleagues = share(t->others[CRM_COLLEAGUES], people, COLLEAGUES_BUILTIN);
	int neighbours = crm_odds_at('o', CRM_HOUSEHOLD);

	t->model.odds[CRM_STRANGERS] = strangers(t, 'p', people);
	t->model.odds[CRM_HOUSEHOLD] = log2(household);
	t->model.odds[CRM_TWINS] = log2(at_most(twins, TWINS_MOST * household));
	t->model.odds[CRM_NAMESAKES] = log2(at_most(namesakes, NAMESAKES_MOST * household));
	t->model.odds[CRM_COLLEAGUES] = log2(colleagues);
	t->model.odds[crm_odds_at('o', CRM_STRANGERS)] = strangers(t, 'o', companies);
	t->model.odds[neighbours] = log2(share(t->others[neighbours], companies, HOUSEHOLD_BUILTIN));
}

/*
 * A mailbox named after its owner repeats the name, which agrees already: what it adds cannot be
 * seen in pairs drawn at random, whose names differ.
 */
static void
keep_correlated(crm_model *model)
{
	model->m[CRM_EMAIL_NAMED] = model->u[CRM_EMAIL_NAMED] * crm_level_builtin_m(CRM_EMAIL_NAMED) /
								crm_level_builtin_u(CRM_EMAIL_NAMED);
}

void
crm_train(crm_training *t)
{
	double before = -1;

	begin(t);
	t->converged = false;
	for (t->iterations = 0; t->iterations < ITERATIONS_MOST && !t->converged; t->iterations++)
	{
		expect(t);
		for (int group = 0; group < CRM_LEVEL_GROUPS; group++)
			learn_group(t, (crm_level_group) group);
		keep_correlated(&t->model);
		learn_others(t);
		crm_model_prepare(&t->model);
		t->converged = t->iterations >= ITERATIONS_LEAST &&
					   fabs(t->customers - before) <= STEADY * at_least(t->customers, 1);
		before = t->customers;
	}
}

void
crm_pattern_round(crm_pattern *pattern)
{
	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		if (pattern->frequency[kind] < CRM_TERM_UNKNOWN)
			pattern->frequency[kind] = (int16_t) (pattern->frequency[kind] / CRM_BIT * CRM_BIT);
}

int
crm_pattern_order(const crm_pattern *a, const crm_pattern *b)
{
	if (a->levels != b->levels)
		return a->levels < b->levels ? -1 : 1;
	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		if (a->frequency[kind] != b->frequency[kind])
			return a->frequency[kind] < b->frequency[kind] ? -1 : 1;
	return a->kind != b->kind ? a->kind - b->kind : a->alone - b->alone;
}
