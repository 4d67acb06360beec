/* match_model.c - weights against the plain formula of Fellegi and Sunter, written with doubles. */
#include "match/match_model.h"

#include <math.h>

#include "tap.h"

#define PAIRS 20000

/* What the rounding of each step may add up to, in bits. */
#define ROUNDING 0.03

static double
uniform(void)
{
	return (draw(1000000) + 0.5) / 1000000;
}

static crm_level
any_level(crm_level_group group)
{
	int first = crm_group_first(group);

	return (crm_level) (first + draw(crm_group_last(group) - first + 1));
}

static crm_pattern
any_pattern(void)
{
	crm_pattern pattern = {.kind = draw(4) == 0 ? 'o' : 'p'};

	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		pattern.frequency[kind] =
			(int16_t) (draw(2) == 0 ? CRM_TERM_UNKNOWN : -(int) draw(18000));
	for (int group = 0; group < CRM_LEVEL_GROUPS; group++)
		if (draw(2) == 0)
			pattern.levels |= UINT64_C(1) << any_level((crm_level_group) group);
	return pattern;
}

/* Any probabilities that are none of 0 and 1. */
static crm_model
any_model(void)
{
	crm_model model = {.odds = {0}};

	for (int level = 0; level < CRM_LEVELS; level++)
	{
		model.m[level] = uniform();
		model.u[level] = pow(uniform(), 4) + 1e-9;
	}
	for (int i = 0; i < CRM_ODDS; i++)
		model.odds[i] = 30 * uniform() - 10;
	crm_model_prepare(&model);
	return model;
}

static double
limit(double value, double least, double most)
{
	return value < least ? least : value > most ? most : value;
}

/* log2 of how much more frequent the value that agrees is than the average of its level. */
static double
plain_commonness(const crm_model *model, const crm_pattern *pattern, int level)
{
	int term = level == CRM_GIVEN_EXACT	   ? CRM_TERM_GIVEN
			   : level == CRM_FAMILY_EXACT ? CRM_TERM_FAMILY
			   : level == CRM_CITY_EXACT   ? CRM_TERM_CITY
										   : -1;

	if (term < 0 || pattern->frequency[term] == CRM_TERM_UNKNOWN)
		return 0;
	return limit(pattern->frequency[term] / 1000.0 - log2(model->u[level]), -4, 8);
}

/* By chance only: neither its sort of pair nor anything particular makes it agree. */
static bool
agrees_by_chance(const crm_model *model, int other, int level)
{
	return model->own[other] >> level & 1;
}

/* Odds of one other thing against one customer: how many there are, times the likelihoods. */
static double
plain_odds(const crm_model *model, const crm_pattern *pattern, int other)
{
	double odds = exp2(model->odds[crm_odds_at(pattern->kind, (crm_other) other)]);

	for (int level = 0; level < CRM_LEVELS; level++)
	{
		if ((pattern->levels >> level & 1) == 0)
			continue;
		odds *= crm_model_probability(model, (crm_other) other, (crm_level) level) /
				model->m[level];
		if (agrees_by_chance(model, other, level))
			odds *= exp2(plain_commonness(model, pattern, level));
	}
	return odds;
}

static double
plain_all(const crm_model *model, const crm_pattern *pattern)
{
	double all = 0;

	for (int other = 0; other < (pattern->kind == 'o' ? 2 : CRM_OTHERS); other++)
		all += plain_odds(model, pattern, other);
	return all;
}

static void
test_weights(void)
{
	double worst = 0;
	double worst_sum = 0;
	double worst_first = 0;
	bool conflicts = true;

	for (int i = 0; i < PAIRS; i++)
	{
		static crm_model model;
		crm_pattern pattern = any_pattern();
		double other[CRM_OTHERS];
		double sum;
		double one;
		crm_comparison c;

		if (i % 100 == 0)
			model = any_model();
		c = crm_weigh(&model, &pattern);
		worst = fmax(worst, fabs(c.weight / 1000.0 + log2(plain_all(&model, &pattern))));
		conflicts &= c.conflict <= 0;
		sum = one = crm_weigh_all(&model, &pattern, other);
		for (int k = 0; k < CRM_OTHERS; k++)
			sum += other[k];
		worst_sum = fmax(worst_sum, fabs(sum - 1));
		if (one > 1e-6 && one < 1 - 1e-6)
			worst_first = fmax(worst_first, fabs(log2(one / (1 - one)) - c.weight / 1000.0));
	}
	ok(worst < ROUNDING, "a weight is the log odds of the plain formula (%.4f bits)", worst);
	ok(worst_sum < 1e-9, "one customer and all others together are certain");
	ok(worst_first < ROUNDING, "and the weight is the log odds of the first (%.4f bits)",
	   worst_first);
	ok(conflicts, "what speaks against never speaks for");
}

static crm_pattern
of(char kind, int n, const crm_level *levels)
{
	crm_pattern pattern = {.kind = kind};

	for (int i = 0; i < CRM_TERM_KINDS; i++)
		pattern.frequency[i] = CRM_TERM_UNKNOWN;
	for (int i = 0; i < n; i++)
		pattern.levels |= UINT64_C(1) << levels[i];
	return pattern;
}
#define PATTERN(kind, ...)                                                                         \
	of(kind, sizeof((crm_level[]){__VA_ARGS__}) / sizeof(crm_level), (crm_level[]){__VA_ARGS__})

static int
weight_of(const crm_model *model, crm_pattern pattern)
{
	return crm_weigh(model, &pattern).weight;
}

static void
test_builtin(void)
{
	crm_model model;
	crm_model larger;
	crm_pattern rare = PATTERN('p', CRM_GIVEN_EXACT, CRM_FAMILY_EXACT);
	crm_pattern common = rare;

	crm_model_builtin(&model, 10000);
	crm_model_builtin(&larger, 1000000);
	rare.frequency[CRM_TERM_FAMILY] = -13000;
	common.frequency[CRM_TERM_FAMILY] = -5000;
	ok(weight_of(&model, rare) > weight_of(&model, common) + 4000,
	   "a rare family name says more than a common one");
	ok(weight_of(&larger, rare) < weight_of(&model, rare) - 4000,
	   "and less among a hundred times as many");
	ok(weight_of(&model, PATTERN('p', CRM_GIVEN_EXACT, CRM_FAMILY_EXACT, CRM_DATE_EXACT,
								 CRM_ADDRESS_EXACT)) > 0,
	   "name, birth date and address: one customer");
	ok(weight_of(&model, PATTERN('p', CRM_GIVEN_DIFFERENT, CRM_FAMILY_EXACT, CRM_ADDRESS_EXACT,
								 CRM_PHONE_EXACT)) < 0,
	   "a household is not one customer");
	ok(weight_of(&model, PATTERN('p', CRM_GIVEN_DIFFERENT, CRM_FAMILY_EXACT, CRM_ADDRESS_EXACT,
								 CRM_DATE_EXACT, CRM_EMAIL_FAMILY)) < 0,
	   "nor are twins, though the family has one mailbox");
	ok(weight_of(&model, PATTERN('p', CRM_GIVEN_EXACT, CRM_FAMILY_EXACT, CRM_ADDRESS_EXACT,
								 CRM_GENERATION_DIFFERENT)) < 0,
	   "nor father and son of one name");
	ok(weight_of(&model, PATTERN('p', CRM_GIVEN_DIFFERENT, CRM_FAMILY_DIFFERENT, CRM_PHONE_EXACT,
								 CRM_ADDRESS_EXACT, CRM_EMPLOYER_EXACT, CRM_EMAIL_DOMAIN)) < 0,
	   "nor are colleagues");
}

/* Fewer organizations than people: each sort has the odds of its own. */
static void
test_kinds(void)
{
	crm_model model;
	crm_pattern person = PATTERN('p', CRM_PHONE_EXACT);
	crm_pattern company = PATTERN('o', CRM_PHONE_EXACT);
	double other[CRM_OTHERS];
	int before;

	crm_model_builtin(&model, 10000);
	before = weight_of(&model, person);
	model.odds[crm_odds_at('o', CRM_STRANGERS)] -= 5;
	crm_model_prepare(&model);
	ok(weight_of(&model, person) == before, "the odds of companies are none of people's");
	(void) crm_weigh_all(&model, &company, other);
	ok(other[CRM_TWINS] == 0 && other[CRM_NAMESAKES] == 0 && other[CRM_COLLEAGUES] == 0,
	   "companies have neither twins nor colleagues");
}

static void
test_groups(void)
{
	bool ordered = true;

	for (int level = 0; level < CRM_LEVELS; level++)
	{
		crm_level_group group = crm_level_group_of((crm_level) level);

		ordered &= level >= (int) crm_group_first(group) && level <= (int) crm_group_last(group);
		ordered &= crm_level_name((crm_level) level) != NULL;
		ordered &= crm_level_builtin_m((crm_level) level) > 0;
		ordered &= crm_level_builtin_u((crm_level) level) > 0;
	}
	ok(ordered, "each level lies in its group and has a name and estimates");
	ok(CRM_LEVELS <= 64, "all levels fit a pattern");
}

int
main(void)
{
	test_weights();
	test_builtin();
	test_kinds();
	test_groups();
	return done();
}
