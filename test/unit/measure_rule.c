/* measure_rule.c - what probabilities of pairs let expect. */
#include <math.h>

#include "match/match_key.h"
#include "measure/measure_rule.h"

#include "tap.h"

static bool
near(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

static void
test_close(void)
{
	double chain[9] = {1, 0.9, 0.1, 0.9, 1, 0.8, 0.1, 0.8, 1};
	double apart[9] = {1, 0.9, 0.95, 0.9, 1, 0, 0.95, 0, 1};
	double alone[1] = {1};

	crm_measure_close(3, chain);
	ok(near(chain[2], 0.72) && near(chain[6], 0.72), "two that a third ties together");
	ok(near(chain[1], 0.9) && near(chain[0], 1), "what was surer stays");
	crm_measure_close(3, apart);
	ok(near(apart[5], 0.855), "even if they say nothing of each other");
	crm_measure_close(1, alone);
	ok(alone[0] == 1, "one alone");
}

/* A longer chain: the best path, whatever the order of the records. */
static void
test_paths(void)
{
	double p[25];
	bool right = true;

	for (int i = 0; i < 5; i++)
		for (int j = 0; j < 5; j++)
			p[i * 5 + j] = i == j ? 1 : (i * 3 % 5 - j * 3 % 5) * (i * 3 % 5 - j * 3 % 5) == 1 ? 0.5 : 0;
	crm_measure_close(5, p);
	for (int i = 0; i < 5; i++)
		for (int j = 0; j < 5; j++)
			right = right && near(p[i * 5 + j], pow(0.5, abs(i * 3 % 5 - j * 3 % 5)));
	ok(right, "a chain of five, half as sure at each step");
}

static void
test_unseen(void)
{
	/* Otis et al. 1978 and textbooks: f1 = 43, f2 = 16 of cottontail rabbits give 57.8 unseen */
	ok(fabs(crm_measure_unseen(43, 16) - 57.78) < 0.01, "Chao's estimate of the rabbits that were not caught");
	ok(crm_measure_unseen(0, 10) == 0, "all were seen twice: none is missing");
	ok(near(crm_measure_unseen(4, 0), 6), "none was seen twice: the form without a division");
	ok(crm_measure_unseen(0, 0) == 0 && crm_measure_unseen(0.5, 0) == 0, "never below zero");
}

static void
test_probability(void)
{
	ok(near(crm_measure_probability(0), 0.5), "no weight: even");
	ok(near(crm_measure_odds(3000), 8) && near(crm_measure_probability(3000), 8.0 / 9), "three bits: eight to one");
	ok(crm_measure_probability(-1e9) == 0 && crm_measure_probability(1e9) == 1, "far out");
}

static void
test_ways(void)
{
	ok(crm_measure_ways(0) == 0, "no kind, no way");
	ok(__builtin_popcount(crm_measure_ways(1 << CRM_KEY_EMAIL | 1 << CRM_KEY_LOCAL)) == 1,
	   "an address and its local part are one way");
	ok(__builtin_popcount(crm_measure_ways(CRM_KEY_ALL_KINDS)) == CRM_KEY_WAYS, "all ways");
}

int
main(void)
{
	test_close();
	test_paths();
	test_unseen();
	test_probability();
	test_ways();
	return done();
}
