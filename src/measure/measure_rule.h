/* measure_rule.h - what probabilities of pairs let expect of customers. */
#ifndef CRM_MEASURE_RULE_H
#define CRM_MEASURE_RULE_H

#include <stdint.h>

/* Odds and probability of a weight in thousandths of a bit. */
extern double crm_measure_odds(double weight);
extern double crm_measure_probability(double weight);

/*
 * Two records that a third one ties together are one customer at least as surely as both ties hold:
 * p[i * n + j], symmetric, 1 on the diagonal, rises to the best such path.
 */
extern void crm_measure_close(int n, double *p);

/*
 * How many were seen in no way, from how many were seen in exactly one way and in two: the estimate
 * of Chao (1987), which holds from below where some are harder to see than others.
 */
extern double crm_measure_unseen(double once, double twice);

/* In how many ways (match_key.h) kinds of keys, a bit each, find a pair; as bits. */
extern uint32_t crm_measure_ways(uint64_t kinds);

#endif
