/*
 * match_level.c - the levels, their groups and what is assumed of them before anything is known.
 *
 * m and u are rounded estimates for consumer data in general (u of a birth date: one in the days of
 * eighty years; of a name: the frequency of a middling name). They are not fitted to a data set.
 */
#include "match/match_level.h"

static const struct
{
	const char *name;
	double m;
	double u;
} levels[CRM_LEVELS] = {
	[CRM_GIVEN_EXACT] = {"given name equal", 0.70, 0.008},
	[CRM_GIVEN_FORM] = {"given name another form", 0.05, 0.003},
	[CRM_GIVEN_CLOSE] = {"given name one error", 0.10, 0.005},
	[CRM_GIVEN_PART] = {"given name in part", 0.05, 0.003},
	[CRM_GIVEN_INITIAL] = {"given name initial", 0.15, 0.05},
	[CRM_GIVEN_SIMILAR] = {"given name similar", 0.04, 0.015},
	[CRM_GIVEN_UNCLEAR] = {"given name unlike", 0.03, 0.30},
	[CRM_GIVEN_DIFFERENT] = {"given name different", 0.002, 0.80},
	[CRM_FAMILY_EXACT] = {"family name equal", 0.75, 0.0015},
	[CRM_FAMILY_CLOSE] = {"family name one error", 0.10, 0.001},
	[CRM_FAMILY_PART] = {"family name in part", 0.04, 0.001},
	[CRM_FAMILY_SIMILAR] = {"family name similar", 0.03, 0.004},
	[CRM_FAMILY_UNCLEAR] = {"family name unlike", 0.03, 0.20},
	[CRM_FAMILY_DIFFERENT] = {"family name different", 0.03, 0.85},
	[CRM_NAME_SWAPPED] = {"names swapped", 0.03, 0.00002},
	[CRM_GENERATION_DIFFERENT] = {"generation different", 0.0005, 0.5},
	[CRM_DATE_EXACT] = {"birth date equal", 0.80, 0.00005},
	[CRM_DATE_SWAPPED] = {"birth date day and month swapped", 0.03, 0.00004},
	[CRM_DATE_CLOSE] = {"birth date one digit", 0.08, 0.0006},
	[CRM_DATE_TWO_PARTS] = {"birth date two parts", 0.04, 0.003},
	[CRM_DATE_MONTH] = {"birth date within a month", 0.02, 0.0024},
	[CRM_DATE_YEAR] = {"birth date within a year", 0.015, 0.025},
	[CRM_DATE_DECADE] = {"birth date within ten years", 0.015, 0.22},
	[CRM_DATE_DIFFERENT] = {"birth date different", 0.006, 0.60},
	[CRM_DATE_GENERATION] = {"birth date a generation apart", 0.002, 0.50},
	[CRM_EMAIL_EXACT] = {"e-mail equal", 0.60, 0.0000004},
	[CRM_EMAIL_FAMILY] = {"e-mail of a family equal", 0.05, 0.0000004},
	[CRM_EMAIL_SHARED] = {"shared e-mail equal", 0.60, 0.003},
	[CRM_EMAIL_CLOSE] = {"e-mail one error", 0.10, 0.00005},
	[CRM_EMAIL_LOCAL] = {"e-mail local part", 0.10, 0.0005},
	[CRM_EMAIL_NAMED] = {"e-mail named after the same name", 0.10, 0.06},
	[CRM_EMAIL_DOMAIN] = {"e-mail employer", 0.10, 0.01},
	[CRM_EMAIL_DIFFERENT] = {"e-mail different", 0.35, 0.95},
	[CRM_PHONE_EXACT] = {"phone equal", 0.50, 0.000001},
	[CRM_PHONE_CLOSE] = {"phone one error", 0.03, 0.0001},
	[CRM_PHONE_DIFFERENT] = {"phone different", 0.50, 0.95},
	[CRM_IDENTIFIER_EXACT] = {"identifier equal", 0.90, 0.0000003},
	[CRM_IDENTIFIER_CLOSE] = {"identifier one error", 0.06, 0.00002},
	[CRM_IDENTIFIER_DIFFERENT] = {"identifier different", 0.03, 0.99},
	[CRM_ADDRESS_EXACT] = {"address equal", 0.50, 0.00001},
	[CRM_ADDRESS_HOUSE] = {"street and number equal", 0.50, 0.0001},
	[CRM_ADDRESS_STREET] = {"street equal, number different", 0.05, 0.0003},
	[CRM_POSTAL_CODE_LONG] = {"postal code equal", 0.60, 0.0006},
	[CRM_POSTAL_CODE_SHORT] = {"postal code equal", 0.60, 0.0025},
	[CRM_POSTAL_CODE_CLOSE] = {"postal code one error", 0.06, 0.006},
	[CRM_CITY_EXACT] = {"city equal", 0.65, 0.03},
	[CRM_CITY_CLOSE] = {"city similar", 0.08, 0.005},
	[CRM_ADDRESS_DIFFERENT] = {"address different", 0.25, 0.97},
	[CRM_CITY_DIFFERENT] = {"city different", 0.30, 0.92},
	[CRM_REGION_EXACT] = {"region equal", 0.85, 0.30},
	[CRM_REGION_DIFFERENT] = {"region different", 0.40, 0.70},
	[CRM_COUNTRY_EXACT] = {"country equal", 0.97, 0.60},
	[CRM_COUNTRY_DIFFERENT] = {"country different", 0.04, 0.40},
	[CRM_GENDER_EXACT] = {"gender equal", 0.97, 0.50},
	[CRM_GENDER_DIFFERENT] = {"gender different", 0.03, 0.50},
	[CRM_EMPLOYER_EXACT] = {"employer equal", 0.40, 0.005},
	[CRM_EMPLOYER_DIFFERENT] = {"employer different", 0.20, 0.595},
	[CRM_EMPLOYER_ONE] = {"employer of one only", 0.40, 0.40},
	[CRM_ORGANIZATION_EXACT] = {"organization equal", 0.60, 0.00002},
	[CRM_ORGANIZATION_CLOSE] = {"organization one error", 0.15, 0.00002},
	[CRM_ORGANIZATION_PART] = {"organization in part", 0.12, 0.0004},
	[CRM_ORGANIZATION_SIMILAR] = {"organization similar", 0.06, 0.002},
	[CRM_ORGANIZATION_DIFFERENT] = {"organization different", 0.02, 0.97},
};

static const struct
{
	const char *name;
	crm_level last;
} groups[CRM_LEVEL_GROUPS] = {
	[CRM_GROUP_GIVEN] = {"given name", CRM_GIVEN_DIFFERENT},
	[CRM_GROUP_FAMILY] = {"family name", CRM_NAME_SWAPPED},
	[CRM_GROUP_GENERATION] = {"generation", CRM_GENERATION_DIFFERENT},
	[CRM_GROUP_DATE] = {"birth date", CRM_DATE_GENERATION},
	[CRM_GROUP_EMAIL] = {"e-mail", CRM_EMAIL_DIFFERENT},
	[CRM_GROUP_PHONE] = {"phone", CRM_PHONE_DIFFERENT},
	[CRM_GROUP_IDENTIFIER] = {"identifier", CRM_IDENTIFIER_DIFFERENT},
	[CRM_GROUP_PLACE] = {"address", CRM_CITY_DIFFERENT},
	[CRM_GROUP_REGION] = {"region", CRM_REGION_DIFFERENT},
	[CRM_GROUP_COUNTRY] = {"country", CRM_COUNTRY_DIFFERENT},
	[CRM_GROUP_GENDER] = {"gender", CRM_GENDER_DIFFERENT},
	[CRM_GROUP_EMPLOYER] = {"employer", CRM_EMPLOYER_ONE},
	[CRM_GROUP_ORGANIZATION] = {"organization", CRM_ORGANIZATION_DIFFERENT},
};

crm_level_group
crm_level_group_of(crm_level level)
{
	int group = 0;

	while (level > groups[group].last)
		group++;
	return (crm_level_group) group;
}

crm_level
crm_group_first(crm_level_group group)
{
	return group == 0 ? (crm_level) 0 : (crm_level) (groups[group - 1].last + 1);
}

crm_level
crm_group_last(crm_level_group group)
{
	return groups[group].last;
}

const char *
crm_group_name(crm_level_group group)
{
	return groups[group].name;
}

const char *
crm_level_name(crm_level level)
{
	return levels[level].name;
}

double
crm_level_builtin_m(crm_level level)
{
	return levels[level].m;
}

double
crm_level_builtin_u(crm_level level)
{
	return levels[level].u;
}
