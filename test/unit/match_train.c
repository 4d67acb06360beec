/*
 * match_train.c - training against populations whose parameters are known, and against data that
 * has nothing to teach.
 */
#include "match/match_train.h"

#include <math.h>

#include "tap.h"

#define RECORDS 6000.0
#define CUSTOMER_PAIRS 3000
#define DRAWN 1000000
#define PAIRS_MOST 100000

/* A level of what is simulated: its attribute, and how often it is reached. */
typedef struct truth
{
	crm_level level;
	double m;
	double u;
} truth;

static const truth truths[] = {
	{CRM_GIVEN_EXACT, 0.80, 0.010},		{CRM_GIVEN_CLOSE, 0.15, 0.002},
	{CRM_GIVEN_DIFFERENT, 0.05, 0.988}, {CRM_FAMILY_EXACT, 0.70, 0.001},
	{CRM_FAMILY_CLOSE, 0.20, 0.0005},	{CRM_FAMILY_DIFFERENT, 0.10, 0.9985},
	{CRM_DATE_EXACT, 0.85, 0.00005},	{CRM_DATE_CLOSE, 0.10, 0.0010},
	{CRM_DATE_DIFFERENT, 0.05, 0.99895}, {CRM_PHONE_EXACT, 0.60, 0.00001},
	{CRM_PHONE_DIFFERENT, 0.40, 0.99999}, {CRM_CITY_EXACT, 0.75, 0.05},
	{CRM_CITY_DIFFERENT, 0.25, 0.95},
};
#define TRUTHS (int) (sizeof(truths) / sizeof(truths[0]))

/* Levels that blocking keys are made of. */
static const crm_level blocks[] = {CRM_FAMILY_EXACT, CRM_DATE_EXACT, CRM_PHONE_EXACT};

static crm_counted_pattern pairs[PAIRS_MOST];

static double
uniform(void)
{
	return (draw(1000000000) + 0.5) / 1000000000;
}

static bool
has(uint64_t levels, crm_level level)
{
	return levels >> level & 1;
}

/* Given: a level that is reached for certain, or CRM_LEVELS. */
static uint64_t
draw_levels(bool same, crm_level given)
{
	uint64_t levels = 0;
	int at = 0;

	while (at < TRUTHS)
	{
		crm_level_group group = crm_level_group_of(truths[at].level);
		double chance = uniform();
		bool found = false;

		for (; at < TRUTHS && crm_level_group_of(truths[at].level) == group; at++)
		{
			chance -= same ? truths[at].m : truths[at].u;
			if (given != CRM_LEVELS && crm_level_group_of(given) == group)
				levels |= UINT64_C(1) << given;
			else if (!found && chance <= 0)
				levels |= UINT64_C(1) << truths[at].level;
			found |= chance <= 0;
		}
	}
	return levels;
}

static void
add_pair(crm_training *t, uint64_t levels)
{
	crm_counted_pattern *pair = &pairs[t->npatterns];

	if (t->npatterns == PAIRS_MOST)
		return;
	t->npatterns++;
	memset(pair, 0, sizeof(*pair));
	pair->count = 1;
	pair->pattern.levels = levels;
	pair->pattern.kind = 'p';
	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		pair->pattern.frequency[kind] = CRM_TERM_UNKNOWN;
}

/* Whether an earlier block has the pair already. */
static bool
is_blocked(uint64_t levels, int before)
{
	for (int i = 0; i < before; i++)
		if (has(levels, blocks[i]))
			return true;
	return false;
}

static void
simulate(crm_training *t, int customers)
{
	double all = RECORDS * (RECORDS - 1) / 2;

	memset(t, 0, sizeof(*t));
	t->patterns = pairs;
	t->records = RECORDS;
	for (int i = 0; i < customers; i++)
	{
		uint64_t levels = draw_levels(true, CRM_LEVELS);

		if (is_blocked(levels, 3))
			add_pair(t, levels);
	}
	for (int block = 0; block < 3; block++)
		for (int i = 0; i < TRUTHS; i++)
			for (int k = 0; truths[i].level == blocks[block] && k < truths[i].u * all; k++)
			{
				uint64_t levels = draw_levels(false, blocks[block]);

				if (!is_blocked(levels, block))
					add_pair(t, levels);
			}
	t->random_pairs = DRAWN;
	for (int i = 0; i < DRAWN; i++)
	{
		uint64_t levels = draw_levels(uniform() < customers / all, CRM_LEVELS);

		for (uint64_t left = levels; left != 0; left &= left - 1)
			t->random[__builtin_ctzll(left)]++;
	}
}

/* What is everybody's own is held to the built-in estimates by a sixth. */
static double
expected_m(const truth *truth)
{
	crm_level_group group = crm_level_group_of(truth->level);
	double builtin = 0;

	if (group != CRM_GROUP_GIVEN && group != CRM_GROUP_DATE)
		return truth->m;
	for (int level = crm_group_first(group); level <= (int) crm_group_last(group); level++)
		builtin += crm_level_builtin_m((crm_level) level);
	return (truth->m + 0.2 * crm_level_builtin_m(truth->level) / builtin) / 1.2;
}

static bool
is_finite(const crm_model *model)
{
	bool finite = true;

	for (int i = 0; i < CRM_ODDS; i++)
		finite &= isfinite(model->odds[i]) && fabs(model->odds[i]) < 60;
	for (int level = 0; level < CRM_LEVELS; level++)
	{
		finite &= model->m[level] > 0 && model->m[level] <= 1;
		finite &= model->u[level] > 0 && model->u[level] <= 1;
	}
	return finite;
}

static int
weight_of(const crm_model *model, uint64_t levels)
{
	crm_pattern pattern = {.levels = levels, .kind = 'p'};

	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		pattern.frequency[kind] = CRM_TERM_UNKNOWN;
	return crm_weigh(model, &pattern).weight;
}

#define BIT(level) (UINT64_C(1) << (level))

static void
test_recovers(void)
{
	static crm_training t;
	double worst = 0;
	double worst_u = 0;
	bool told = true;

	simulate(&t, CUSTOMER_PAIRS);
	crm_train(&t);
	for (int i = 0; i < TRUTHS; i++)
	{
		const truth *truth = &truths[i];

		worst = fmax(worst, fabs(t.model.m[truth->level] - expected_m(truth)));
		if (truth->u >= 0.0005)
			worst_u = fmax(worst_u, fabs(log2(t.model.u[truth->level] / truth->u)));
		told &= t.reached[truth->level] > 0;
	}
	ok(t.converged, "training ends (%d iterations)", t.iterations);
	ok(worst < 0.03, "m is found without labels (%.3f)", worst);
	ok(worst_u < 0.5, "u is found where a drawing shows it (%.2f bits)", worst_u);
	ok(fabs(t.customers - CUSTOMER_PAIRS) < 0.04 * CUSTOMER_PAIRS, "and how many are one: %.0f",
	   t.customers);
	ok(is_finite(&t.model), "all parameters are finite");
	ok(told && t.reached[CRM_EMAIL_EXACT] == 0 && t.reached[CRM_NAME_SWAPPED] == 0,
	   "a level that was never observed can be told from one that was");
}

/* Whether so many more households and twins were seen than there are. */
static void
test_households(void)
{
	static crm_training t;
	crm_training without;

	simulate(&t, CUSTOMER_PAIRS);
	crm_train(&t);
	without = t;
	simulate(&t, CUSTOMER_PAIRS);
	for (int i = 0; i < 3000; i++)
		add_pair(&t, BIT(CRM_GIVEN_DIFFERENT) | BIT(CRM_FAMILY_EXACT) | BIT(CRM_DATE_DIFFERENT) |
						 BIT(CRM_PHONE_EXACT) | BIT(CRM_ADDRESS_EXACT));
	crm_train(&t);
	ok(t.model.odds[CRM_HOUSEHOLD] > without.model.odds[CRM_HOUSEHOLD] + 2,
	   "households are learned from pairs that show them");
	ok(fabs(t.customers - without.customers) < 0.05 * CUSTOMER_PAIRS,
	   "and are not taken for customers");
}

static void
test_constant(void)
{
	static crm_training t;

	simulate(&t, CUSTOMER_PAIRS);
	for (int i = 0; i < t.npatterns; i++)
		pairs[i].pattern.levels |= BIT(CRM_COUNTRY_EXACT) | BIT(CRM_EMAIL_EXACT);
	t.random[CRM_COUNTRY_EXACT] = t.random[CRM_EMAIL_EXACT] = DRAWN;
	crm_train(&t);
	ok(is_finite(&t.model), "a constant column: all parameters are finite");
	ok(fabs(t.customers - CUSTOMER_PAIRS) < 0.05 * CUSTOMER_PAIRS, "as many are one customer");
	ok(abs(t.model.weight[CRM_STRANGERS][CRM_EMAIL_EXACT]) < 300,
	   "an e-mail that all have says nothing: %d", t.model.weight[CRM_STRANGERS][CRM_EMAIL_EXACT]);
	ok(weight_of(&t.model, BIT(CRM_COUNTRY_EXACT) | BIT(CRM_EMAIL_EXACT) |
							   BIT(CRM_GIVEN_EXACT) | BIT(CRM_FAMILY_DIFFERENT)) < 0,
	   "and joins nobody");
}

static void
test_null(void)
{
	static crm_training t;
	uint64_t place = 0;

	simulate(&t, CUSTOMER_PAIRS);
	for (int level = CRM_ADDRESS_EXACT; level <= CRM_CITY_DIFFERENT; level++)
	{
		place |= BIT(level);
		t.random[level] = 0;
	}
	for (int i = 0; i < t.npatterns; i++)
		pairs[i].pattern.levels &= ~place;
	crm_train(&t);
	ok(is_finite(&t.model), "a column that is empty: all parameters are finite");
	ok(fabs(t.customers - CUSTOMER_PAIRS) < 0.05 * CUSTOMER_PAIRS, "as many are one customer");
	ok(t.reached[CRM_CITY_EXACT] == 0, "and the empty column was never observed");
}

static void
test_no_match(void)
{
	static crm_training t;

	simulate(&t, 0);
	crm_train(&t);
	ok(is_finite(&t.model), "nobody is there twice: all parameters are finite");
	ok(t.customers < 0.02 * CUSTOMER_PAIRS, "hardly any pair is taken for one customer: %.1f",
	   t.customers);
	ok(weight_of(&t.model, BIT(CRM_GIVEN_EXACT) | BIT(CRM_FAMILY_EXACT)) < 0,
	   "one name is not enough");
	memset(&t, 0, sizeof(t));
	t.patterns = pairs;
	crm_train(&t);
	ok(is_finite(&t.model), "nobody is there at all: all parameters are finite");
}

static void
test_all_match(void)
{
	static crm_training t;

	memset(&t, 0, sizeof(t));
	t.patterns = pairs;
	t.records = 200;
	t.random_pairs = 10000;
	for (int i = 0; i < 200 * 199 / 2; i++)
		add_pair(&t, draw_levels(true, CRM_LEVELS));
	for (int i = 0; i < 10000; i++)
		for (uint64_t left = draw_levels(true, CRM_LEVELS); left != 0; left &= left - 1)
			t.random[__builtin_ctzll(left)]++;
	crm_train(&t);
	ok(is_finite(&t.model), "all are one customer: all parameters are finite");
	ok(weight_of(&t.model, BIT(CRM_GIVEN_EXACT) | BIT(CRM_FAMILY_EXACT) | BIT(CRM_DATE_EXACT) |
							   BIT(CRM_PHONE_EXACT)) > 0,
	   "who agrees in all is one customer");
	ok(weight_of(&t.model, BIT(CRM_GIVEN_DIFFERENT) | BIT(CRM_FAMILY_DIFFERENT) |
							   BIT(CRM_DATE_DIFFERENT) | BIT(CRM_PHONE_DIFFERENT)) < 0,
	   "and who agrees in nothing is not");
}

/* Companies among people: each sort has its prior. */
static void
test_kinds(void)
{
	static crm_training t;
	int companies = 0;

	simulate(&t, CUSTOMER_PAIRS);
	for (; companies < 300; companies++)
	{
		add_pair(&t, BIT(CRM_ORGANIZATION_EXACT) | BIT(CRM_PHONE_EXACT));
		pairs[t.npatterns - 1].pattern.kind = 'o';
	}
	t.organizations = 600;
	t.records = RECORDS + 600;
	crm_train(&t);
	ok(fabs(t.customer_organizations - companies) < 0.1 * companies, "companies are counted apart");
	ok(t.model.odds[crm_odds_at('o', CRM_STRANGERS)] < t.model.odds[CRM_STRANGERS] - 2,
	   "two of few companies are sooner one than two of many people");
}

int
main(void)
{
	test_recovers();
	test_households();
	test_constant();
	test_null();
	test_no_match();
	test_all_match();
	test_kinds();
	return done();
}
