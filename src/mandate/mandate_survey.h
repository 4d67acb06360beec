/* mandate_survey.h - what is true of whole decisions. Private to the room. */
#ifndef CRM_MANDATE_SURVEY_H
#define CRM_MANDATE_SURVEY_H

#include "mandate/mandate_policy.h"
#include "mandate/mandate_who.h"

/* As crm_who_may(), of a policy that stays while others look at newer ones. */
extern int crm_policy_who_may(crm_policy *policy, const crm_asked *asked, crm_who who,
							  crm_can_afford can_afford, crm_taker **takers);

/* A scope that mandates on a decision name. */
typedef struct crm_survey_scope
{
	int nvalues;
	crm_scope_value *values; /* sorted by dimension */
	char *text;              /* as jsonb writes it; no values: {} */
} crm_survey_scope;

/* All of a decision, the empty one first. Returns how many. */
extern int crm_survey_scopes(const crm_policy *policy, int decision, crm_survey_scope **scopes);

/* Whether anybody could answer a request of who asks, alone or with others. */
extern bool crm_answerable(crm_policy *policy, const crm_asked *asked);

/*
 * Different persons who may sign a joint mandate at the point that is asked about if this person
 * (NULL: somebody else) asks them, as many as it needs. Returns how many; 0: there are not enough.
 */
extern int crm_signers(crm_policy *policy, const crm_asked *asked, const char *person,
					   crm_taker **signers);

#endif
