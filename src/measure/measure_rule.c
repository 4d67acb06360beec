/* measure_rule.c - what probabilities of pairs let expect of customers. */
#include <math.h>

#include "match/match_key.h"
#include "match/match_model.h"
#include "measure/measure_rule.h"

/* Of larger customers only paths through so many records are looked at. */
#define THROUGH_MOST 64

double
crm_measure_odds(double weight)
{
	return exp2(weight / CRM_BIT);
}

double
crm_measure_probability(double weight)
{
	return 1 / (1 + exp2(-weight / CRM_BIT));
}

void
crm_measure_close(int n, double *p)
{
	for (int k = 0; k < n && k < THROUGH_MOST; k++)
		for (int i = 0; i < n; i++)
			for (int j = 0; j < n; j++)
			{
				double path = p[i * n + k] * p[k * n + j];

				if (path > p[i * n + j])
					p[i * n + j] = path;
			}
}

double
crm_measure_unseen(double once, double twice)
{
	if (twice <= 0)
		return once > 1 ? once * (once - 1) / 2 : 0;
	return once * once / (2 * twice);
}

uint32_t
crm_measure_ways(uint64_t kinds)
{
	uint32_t ways = 0;

	for (int kind = 0; kind < CRM_KEY_KINDS; kind++)
		if (kinds >> kind & 1)
			ways |= UINT32_C(1) << crm_key_kind_way(kind);
	return ways;
}
