/* identity_weight.h - the built-in parameters: levels per attribute kind and their weights. */
#ifndef CRM_IDENTITY_WEIGHT_H
#define CRM_IDENTITY_WEIGHT_H

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
	CRM_ORGANIZATION_EXACT,
	CRM_ORGANIZATION_CLOSE,
	CRM_ORGANIZATION_PART,
	CRM_ORGANIZATION_SIMILAR,
	CRM_ORGANIZATION_DIFFERENT,
	CRM_LEVELS
} crm_level;

/* log2(m / u) in thousandths of a bit. */
extern int32_t crm_level_weight(crm_level level);
extern const char *crm_level_name(crm_level level);

#endif
