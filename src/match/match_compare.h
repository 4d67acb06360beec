/*
 * match_compare.h - what two profiles reach, and how much that speaks for one customer.
 *
 * Per attribute one of several ordered levels is reached; a missing value is no evidence. What the
 * levels weigh is the model's (match_model.h).
 */
#ifndef CRM_MATCH_COMPARE_H
#define CRM_MATCH_COMPARE_H

#include "match/match_model.h"
#include "match/match_profile.h"

/* Pairs lighter than this are not kept: fewer than one in thirty of them is one customer. */
#define CRM_EDGE_FLOOR (-5 * CRM_BIT)

/* A function of the two profiles only; the caller puts the one with the lower tie first. */
extern void crm_profile_match(const crm_profile *a, const crm_profile *b, crm_pattern *pattern);
extern crm_comparison crm_profile_compare(const crm_model *model, const crm_profile *a,
										  const crm_profile *b);

#endif
