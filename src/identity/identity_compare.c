/* identity_compare.c - compares two profiles: sums what their attributes say. */
#include "identity/identity_compare.h"
#include "identity/identity_evidence.h"

/* All that people under one roof have in common is worth no more than this once they are two. */
#define HOUSEHOLD_CAP (9 * CRM_BIT)

void
crm_speak(int32_t *heap, crm_evidence *e, crm_level level)
{
	int32_t weight = crm_level_weight(level);

	if (weight < 0)
		e->against += weight;
	else
		*heap += weight;
}

static void
compare_persons(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	crm_compare_names(a, b, e);
	crm_compare_dates(a, b, e);
	if (a->gender && b->gender)
		crm_speak(&e->own, e, a->gender == b->gender ? CRM_GENDER_EXACT : CRM_GENDER_DIFFERENT);
	if (a->organization.length > 0 && b->organization.length > 0 &&
		crm_organization_level(a->organization, b->organization) <= CRM_ORGANIZATION_PART)
	{
		crm_speak(&e->shared, e, CRM_EMPLOYER_EXACT);
		/* colleagues: the rest they share is the office's */
		e->two_persons |= e->two_families;
	}
}

/* Below what an e-mail or a telephone number says where nobody is named: that is always enough. */
#define MATCH_WEIGHT_MOST (25 * CRM_BIT)

/* What a birth date says of people without a name. */
#define NAMELESS_CAP (9 * CRM_BIT)

crm_comparison
crm_profile_compare(const crm_profile *a, const crm_profile *b)
{
	crm_evidence e = {0};

	if (a->kind != b->kind)
		return (crm_comparison){.weight = -100 * CRM_BIT, .conflict = -100 * CRM_BIT};
	if (a->kind == 'p')
		compare_persons(a, b, &e);
	else
		crm_compare_organizations(a, b, &e);
	crm_compare_identifiers(a, b, &e);
	crm_compare_emails(a, b, &e);
	crm_compare_phones(a, b, &e);
	crm_compare_addresses(a, b, &e);
	/* who has neither name nor number in common with another may be anybody born that day */
	if (!e.named && !e.identified && !e.reached && e.birth > NAMELESS_CAP)
		e.birth = NAMELESS_CAP;
	/* twins share their birth date too, but no number of their own */
	*(e.two_names && !e.identified ? &e.shared : &e.own) += e.birth;
	*(e.two_persons ? &e.shared : &e.own) += e.mailbox;
	if ((e.two_persons || e.two_generations) && e.shared > HOUSEHOLD_CAP)
		e.shared = HOUSEHOLD_CAP;
	return (crm_comparison){.weight = e.own + e.shared + e.against, .conflict = e.against};
}

int32_t
crm_match_weight(int64_t records)
{
	int32_t weight = 23 * CRM_BIT / 2;

	for (int64_t limit = 1024; records > limit && weight < MATCH_WEIGHT_MOST; limit *= 4)
		weight += 5 * CRM_BIT / 2;
	return weight < MATCH_WEIGHT_MOST ? weight : MATCH_WEIGHT_MOST;
}
