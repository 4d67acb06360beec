/* match_explain.c - the steps of an explanation add up to the weight, whatever agrees. */
#include <math.h>

#include "match/match_explain.h"

#include "profiles.h"

static crm_model model;

/* One level of some groups, frequencies as they come. */
static crm_pattern
random_pattern(void)
{
	crm_pattern pattern = {.kind = draw(3) == 0 ? 'o' : 'p', .alone = draw(10) == 0};

	for (int group = 0; group < CRM_LEVEL_GROUPS; group++)
	{
		int first = crm_group_first((crm_level_group) group);
		int last = crm_group_last((crm_level_group) group);

		if (draw(3) > 0)
			pattern.levels |= UINT64_C(1) << (first + (int) draw(last - first + 1));
	}
	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		pattern.frequency[kind] =
			draw(2) == 0 ? CRM_TERM_UNKNOWN : (int16_t) (-(int) draw(25 * CRM_BIT));
	return pattern;
}

/* A model as training may leave it. */
static void
random_model(void)
{
	crm_model_builtin(&model, 1 + draw(1000000));
	for (int level = 0; level < CRM_LEVELS; level++)
	{
		model.m[level] = (1 + draw(9999)) / 10000.0;
		model.u[level] = (1 + draw(9999)) / 10000.0 / (1 + draw(1000));
	}
	for (int other = 0; other < CRM_ODDS; other++)
		model.odds[other] = (int) draw(40000) / 1000.0 - 20;
	crm_model_prepare(&model);
}

static bool
adds_up(const crm_pattern *pattern)
{
	crm_step steps[CRM_STEPS_MAX];
	int n = crm_explain(&model, pattern, steps);
	int32_t sum = 0;
	int levels = 0;
	double others = crm_weight_probability(steps[n - 1].running);
	bool right = steps[0].kind == CRM_STEP_PRIOR;

	for (int i = 0; i < n; i++)
	{
		sum += steps[i].weight;
		right &= steps[i].running == sum;
		levels += steps[i].kind == CRM_STEP_LEVEL;
		if (steps[i].kind == CRM_STEP_OTHER)
		{
			others += steps[i].probability;
			right &= steps[i].weight <= 0;
		}
	}
	return right && n <= CRM_STEPS_MAX && levels == __builtin_popcountll(pattern->levels) &&
		   sum == crm_weigh(&model, pattern).weight && fabs(others - 1) < 0.01;
}

/* A level weighs log2(m/u), less what its value is commoner than most. */
static bool
each_is_m_by_u(const crm_pattern *pattern)
{
	crm_step steps[CRM_STEPS_MAX];
	int n = crm_explain(&model, pattern, steps);
	bool right = true;

	for (int i = 0; i < n; i++)
		if (steps[i].kind == CRM_STEP_LEVEL)
			right &= fabs(log2(model.m[steps[i].level] / model.u[steps[i].level]) * CRM_BIT -
						  (steps[i].weight - steps[i].frequency)) <= 1;
	return right;
}

static void
test_random(void)
{
	int wrong = 0;
	int unlike = 0;

	for (int i = 0; i < 50000; i++)
	{
		crm_pattern pattern = random_pattern();

		if (i % 100 == 0)
			random_model();
		wrong += !adds_up(&pattern);
		unlike += !each_is_m_by_u(&pattern);
	}
	ok(wrong == 0, "of 50,000 random patterns the steps add up to the weight (%d do not)", wrong);
	ok(unlike == 0, "and every attribute weighs log2(m/u) and its frequency (%d do not)", unlike);
}

static void
reason_of(const char *a, const char *b, char out[CRM_REASON_SIZE])
{
	profile x;
	profile y;
	crm_pattern pattern;
	crm_step steps[CRM_STEPS_MAX];

	make_profile(a, &x);
	make_profile(b, &y);
	crm_profile_match(&x.p, &y.p, &pattern);
	crm_explain_reason(steps, crm_explain(&model, &pattern, steps), out);
}

static void
test_reasons(void)
{
	char out[CRM_REASON_SIZE];
	crm_pattern all = {.levels = (UINT64_C(1) << (CRM_LEVELS - 1)) - 1, .kind = 'p', .alone = true};
	crm_step steps[CRM_STEPS_MAX];

	crm_model_builtin(&model, 1000);
	reason_of("given=Ann; family=Lee; email=ann.lee@x.nl; born=1980-02-17",
			  "given=Ann; family=Lee; email=ann.lee@x.nl; born=1991-07-01", out);
	ok(strncmp(out, "e-mail equal (+", 15) == 0, "the heaviest is told first: %s", out);
	ok(strstr(out, "against: birth date different (-") != NULL, "what speaks against is told");
	ok(strstr(out, "lee") == NULL && strstr(out, "Lee") == NULL, "no value is told");
	reason_of("given=Tom; family=Lee; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567",
			  "given=Tim; family=Lee; street=Kerkstraat 1; city=Delft; postal=1234ab; phone=31151234567", out);
	ok(strstr(out, "may be household (-") != NULL, "what else they may be is told: %s", out);
	reason_of("given=Ann; family=Lee", "company=Shell", out);
	ok(crm_explain(&model, &all, steps) <= CRM_STEPS_MAX, "there is room for all steps");
}

int
main(void)
{
	test_random();
	test_reasons();
	return done();
}
