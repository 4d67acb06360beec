/*
 * identity_compare.h - how much two profiles speak for being the same customer.
 *
 * Fellegi-Sunter: per attribute one of several ordered levels is reached; its weight is
 * log2(m / u), m the probability of the level among records of one customer, u among records of
 * different ones. A missing value is no evidence. Weights are whole thousandths of a bit, so that
 * sums are exact in any order.
 */
#ifndef CRM_IDENTITY_COMPARE_H
#define CRM_IDENTITY_COMPARE_H

#include "identity/identity_profile.h"

#define CRM_BIT 1000 /* weights are in thousandths of a bit */

/* Pairs lighter than this are not kept: no number of records makes them one customer. */
#define CRM_EDGE_FLOOR (9 * CRM_BIT)

/*
 * Weight at which a pair is as likely one customer as two. Two strangers among more records agree
 * more often by chance, so it grows with their number: at every fourfold two bits for the pairs and
 * half a bit for names that repeat. In steps, so that it changes seldom; a function of the number
 * alone.
 */
extern int32_t crm_match_weight(int64_t records);

typedef struct crm_comparison
{
	int32_t weight;   /* what speaks for, less what speaks against */
	int32_t conflict; /* what speaks against, alone: zero or below */
} crm_comparison;

/* A function of the two profiles only; the caller puts the one with the lower tie first. */
extern crm_comparison crm_profile_compare(const crm_profile *a, const crm_profile *b);

#endif
