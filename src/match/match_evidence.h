/* match_evidence.h - the levels that two profiles reach, attribute by attribute. Private to the
 * room. */
#ifndef CRM_MATCH_EVIDENCE_H
#define CRM_MATCH_EVIDENCE_H

#include "match/match_compare.h"

typedef struct crm_evidence
{
	crm_pattern pattern;
	bool same_country;
	bool named; /* both have a name to compare */
} crm_evidence;

extern void crm_reach(crm_evidence *e, crm_level level);

/* The same, of values whose frequency counts: the larger of the two. */
extern void crm_reach_term(crm_evidence *e, crm_level level, crm_term_kind kind,
						   const crm_profile *a, const crm_profile *b);

/* Names come first: others look at named. */
extern void crm_compare_names(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_organizations(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_dates(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_emails(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_phones(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_identifiers(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_addresses(const crm_profile *a, const crm_profile *b, crm_evidence *e);

/* Each has a mailbox named after the own given name and not the other's, and they share none. */
extern bool crm_mailboxes_name_two(const crm_profile *a, const crm_profile *b);

extern crm_level crm_organization_level(const crm_profile *a, const crm_profile *b);

#endif
