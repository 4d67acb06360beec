/* match_compare.c - compares two profiles attribute by attribute. */
#include <string.h>

#include "match/match_evidence.h"

void
crm_reach(crm_evidence *e, crm_level level)
{
	e->pattern.levels |= UINT64_C(1) << level;
}

void
crm_reach_term(crm_evidence *e, crm_level level, crm_term_kind kind, const crm_profile *a,
			   const crm_profile *b)
{
	int16_t x = e->same_country ? a->terms.in_country[kind] : CRM_TERM_UNKNOWN;
	int16_t y = e->same_country ? b->terms.in_country[kind] : CRM_TERM_UNKNOWN;

	if (x >= CRM_TERM_UNKNOWN || y >= CRM_TERM_UNKNOWN)
	{
		x = a->terms.everywhere[kind];
		y = b->terms.everywhere[kind];
	}
	e->pattern.frequency[kind] = x > y ? x : y;
	crm_reach(e, level);
}

static void
compare_employers(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	if (a->organization.length > 0 && b->organization.length > 0)
		crm_reach(e, crm_organization_level(a, b) <= CRM_ORGANIZATION_PART
						 ? CRM_EMPLOYER_EXACT
						 : CRM_EMPLOYER_DIFFERENT);
	else if (a->organization.length > 0 || b->organization.length > 0)
		crm_reach(e, CRM_EMPLOYER_ONE);
}

static void
compare_persons(const crm_profile *a, const crm_profile *b, crm_evidence *e)
{
	crm_compare_names(a, b, e);
	crm_compare_dates(a, b, e);
	if (a->gender && b->gender)
		crm_reach(e, a->gender == b->gender ? CRM_GENDER_EXACT : CRM_GENDER_DIFFERENT);
	compare_employers(a, b, e);
}

void
crm_profile_match(const crm_profile *a, const crm_profile *b, crm_pattern *pattern)
{
	crm_evidence e = {.pattern.kind = a->kind};

	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		e.pattern.frequency[kind] = CRM_TERM_UNKNOWN;
	e.same_country = a->country.length == 2 && crm_span_equal(a->country, b->country);
	if (a->kind == 'p')
		compare_persons(a, b, &e);
	else
		crm_compare_organizations(a, b, &e);
	crm_compare_identifiers(a, b, &e);
	crm_compare_emails(a, b, &e);
	crm_compare_phones(a, b, &e);
	crm_compare_addresses(a, b, &e);
	*pattern = e.pattern;
}

crm_comparison
crm_profile_compare(const crm_model *model, const crm_profile *a, const crm_profile *b)
{
	crm_pattern pattern;

	if (a->kind != b->kind)
		return (crm_comparison){.weight = -100 * CRM_BIT, .conflict = -100 * CRM_BIT};
	crm_profile_match(a, b, &pattern);
	return crm_weigh(model, &pattern);
}
