/* match_level.h - how far two values may agree: ordered levels, in groups of one attribute each. */
#ifndef CRM_MATCH_LEVEL_H
#define CRM_MATCH_LEVEL_H

#include <stdbool.h>
#include <stdint.h>

typedef enum crm_level
{
	CRM_GIVEN_EXACT,
	CRM_GIVEN_FORM,  /* Bob, Robert */
	CRM_GIVEN_CLOSE, /* one typing error */
	CRM_GIVEN_PART,  /* Anna, Anna Maria */
	CRM_GIVEN_INITIAL,
	CRM_GIVEN_SIMILAR,
	CRM_GIVEN_UNCLEAR,
	CRM_GIVEN_DIFFERENT,
	CRM_FAMILY_EXACT,
	CRM_FAMILY_CLOSE,
	CRM_FAMILY_PART,
	CRM_FAMILY_SIMILAR,
	CRM_FAMILY_UNCLEAR,
	CRM_FAMILY_DIFFERENT,
	CRM_NAME_SWAPPED,
	CRM_GENERATION_DIFFERENT,
	CRM_DATE_EXACT,
	CRM_DATE_SWAPPED, /* day and month */
	CRM_DATE_CLOSE,   /* one digit off, or two neighbours swapped */
	CRM_DATE_TWO_PARTS,
	CRM_DATE_MONTH, /* within a month, a year, ten years */
	CRM_DATE_YEAR,
	CRM_DATE_DECADE,
	CRM_DATE_DIFFERENT,
	CRM_DATE_GENERATION, /* so far apart that they may be parent and child */
	CRM_EMAIL_EXACT,
	CRM_EMAIL_FAMILY, /* equal, and named after a family: fam.smith@ */
	CRM_EMAIL_SHARED, /* info@ */
	CRM_EMAIL_CLOSE,
	CRM_EMAIL_LOCAL,  /* same local part elsewhere */
	CRM_EMAIL_NAMED,  /* the same, but it is only the name again */
	CRM_EMAIL_DOMAIN, /* same employer */
	CRM_EMAIL_DIFFERENT,
	CRM_PHONE_EXACT,
	CRM_PHONE_CLOSE,
	CRM_PHONE_DIFFERENT,
	CRM_IDENTIFIER_EXACT,
	CRM_IDENTIFIER_CLOSE,
	CRM_IDENTIFIER_DIFFERENT,
	CRM_ADDRESS_EXACT,  /* house and place */
	CRM_ADDRESS_HOUSE,  /* house, place unknown */
	CRM_ADDRESS_STREET, /* street and place, other number */
	CRM_POSTAL_CODE_LONG,
	CRM_POSTAL_CODE_SHORT,
	CRM_POSTAL_CODE_CLOSE,
	CRM_CITY_EXACT,
	CRM_CITY_CLOSE,
	CRM_ADDRESS_DIFFERENT,
	CRM_CITY_DIFFERENT,
	CRM_REGION_EXACT,
	CRM_REGION_DIFFERENT,
	CRM_COUNTRY_EXACT,
	CRM_COUNTRY_DIFFERENT,
	CRM_GENDER_EXACT,
	CRM_GENDER_DIFFERENT,
	CRM_EMPLOYER_EXACT,
	CRM_EMPLOYER_DIFFERENT,
	CRM_EMPLOYER_ONE, /* one has an employer: a contact there, and somebody private */
	CRM_ORGANIZATION_EXACT,
	CRM_ORGANIZATION_CLOSE,
	CRM_ORGANIZATION_PART,
	CRM_ORGANIZATION_SIMILAR,
	CRM_ORGANIZATION_DIFFERENT,
	CRM_LEVELS
} crm_level;

/* Of each group two records reach one level at most; none where a value is missing. */
typedef enum crm_level_group
{
	CRM_GROUP_GIVEN,
	CRM_GROUP_FAMILY,
	CRM_GROUP_GENERATION,
	CRM_GROUP_DATE,
	CRM_GROUP_EMAIL,
	CRM_GROUP_PHONE,
	CRM_GROUP_IDENTIFIER,
	CRM_GROUP_PLACE,
	CRM_GROUP_REGION,
	CRM_GROUP_COUNTRY,
	CRM_GROUP_GENDER,
	CRM_GROUP_EMPLOYER,
	CRM_GROUP_ORGANIZATION,
	CRM_LEVEL_GROUPS
} crm_level_group;

extern crm_level_group crm_level_group_of(crm_level level);
extern crm_level crm_group_first(crm_level_group group);
extern crm_level crm_group_last(crm_level_group group);

extern const char *crm_level_name(crm_level level);
extern const char *crm_group_name(crm_level_group group);

/*
 * The built-in estimates, for consumer data in general: how often the same customer's records agree
 * so, and how often those of two strangers do.
 */
extern double crm_level_builtin_m(crm_level level);
extern double crm_level_builtin_u(crm_level level);

#endif
