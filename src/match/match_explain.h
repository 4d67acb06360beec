/*
 * match_explain.h - a weight taken apart into the steps that lead to it.
 *
 * First the question that Fellegi and Sunter ask: one customer, or two strangers? The prior, then a
 * step an attribute. Then what else the pair may be (members of a household, twins ...) joins the
 * strangers, one after another, each with what it takes away. The steps add up to crm_weigh()'s
 * weight, to the last thousandth of a bit.
 */
#ifndef CRM_MATCH_EXPLAIN_H
#define CRM_MATCH_EXPLAIN_H

#include "match/match_compare.h"

typedef enum crm_step_kind
{
	CRM_STEP_PRIOR,
	CRM_STEP_LEVEL,
	CRM_STEP_ALONE, /* they share a mailbox or number, and nobody is named */
	CRM_STEP_OTHER
} crm_step_kind;

typedef struct crm_step
{
	crm_step_kind kind;
	crm_level level;
	crm_other other;
	int32_t frequency; /* part of weight: the value is rarer (above zero) or commoner than most */
	int32_t weight;
	int32_t running;    /* sum so far */
	double probability; /* of an other: that the pair is that */
} crm_step;

#define CRM_STEPS_MAX (2 + CRM_LEVELS + CRM_OTHERS)
#define CRM_REASON_SIZE 512

/* Returns how many steps there are. */
extern int crm_explain(const crm_model *model, const crm_pattern *pattern,
					   crm_step steps[CRM_STEPS_MAX]);

/* One line of what speaks most for and against, without any value. */
extern void crm_explain_reason(const crm_step *steps, int n, char out[CRM_REASON_SIZE]);

/* Probability of log2 odds in thousandths of a bit. */
extern double crm_weight_probability(int32_t weight);

#endif
