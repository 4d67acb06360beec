/*
 * identity_evidence.h - what the attributes of two profiles say, summed in heaps.
 *
 * What a household or an office shares (address, telephone, family name) is evidence for one person
 * only as long as nothing says that two persons stand behind it, so it is summed apart.
 */
#ifndef CRM_IDENTITY_EVIDENCE_H
#define CRM_IDENTITY_EVIDENCE_H

#include "identity/identity_profile.h"
#include "identity/identity_weight.h"

typedef struct crm_evidence
{
	int32_t own;
	int32_t shared;  /* by a household: address, telephone, family name */
	int32_t mailbox; /* by fewer: e-mail */
	int32_t birth;   /* by twins: birth date */
	int32_t against;
	bool two_persons;     /* given names or generations differ */
	bool two_names;       /* given names have nothing in common */
	bool two_families;    /* family names differ */
	bool identified;      /* an identifier agrees, or nearly */
	bool reached;         /* an e-mail or telephone number agrees, or nearly */
	bool two_generations; /* birth dates are so far apart */
	bool named;           /* both have a name to compare */
} crm_evidence;

/* Adds a level to a heap, or to what speaks against. */
extern void crm_speak(int32_t *heap, crm_evidence *e, crm_level level);

/* Each compares one kind of attribute and speaks; names come first, others look at named. */
extern void crm_compare_names(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_organizations(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_dates(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_emails(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_phones(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_identifiers(const crm_profile *a, const crm_profile *b, crm_evidence *e);
extern void crm_compare_addresses(const crm_profile *a, const crm_profile *b, crm_evidence *e);

/* Each has a mailbox named after the own given name and not the other's, and they share none. */
extern bool crm_mailboxes_name_two(const crm_profile *a, const crm_profile *b);

extern crm_level crm_organization_level(crm_span a, crm_span b);

#endif
