/* customer_policy.c - the names, groups and default rules of survivorship. Pure.
 *
 * Why these defaults: a name or a birth date hardly changes, so what most records say is better
 * than what one said last (a typing error is recent as often as not); people do move and change
 * numbers, so there the latest word counts. A longer e-mail address is not a better one.
 */
#include <stddef.h>
#include <string.h>

#include "customer/customer_rule.h"

const char *const crm_column_names[CRM_COLUMNS] = {
	"name",   "given_name",  "family_name", "organization", "email",    "phone",
	"street", "postal_code", "city",        "region",       "country",  "birth_date",
	"gender", "language",    "tax_number",  "latitude",     "longitude"};

static const char *const criterion_names[CRM_CRITERIA] = {"trust", "recency", "completeness",
														  "frequency"};

crm_group
crm_group_of(int column)
{
	if (column >= CRM_NAME && column <= CRM_FAMILY_NAME)
		return CRM_GROUP_NAME;
	if ((column >= CRM_STREET && column <= CRM_COUNTRY) || column == CRM_LATITUDE ||
		column == CRM_LONGITUDE)
		return CRM_GROUP_ADDRESS;
	return CRM_GROUP_NONE;
}

int
crm_lead_of(int column)
{
	switch (crm_group_of(column))
	{
		case CRM_GROUP_NAME:
			return CRM_NAME;
		case CRM_GROUP_ADDRESS:
			return CRM_STREET;
		case CRM_GROUP_NONE:
			break;
	}
	return column;
}

static void
set_criteria(crm_policy *policy, int n, const crm_criterion *criteria)
{
	policy->ncriteria = n;
	memcpy(policy->criteria, criteria, n * sizeof(crm_criterion));
}

void
crm_default_criteria(crm_policy *policy)
{
	static const crm_criterion lasting[] = {CRM_BY_TRUST, CRM_BY_FREQUENCY, CRM_BY_COMPLETENESS,
											CRM_BY_RECENCY};
	static const crm_criterion fact[] = {CRM_BY_TRUST, CRM_BY_FREQUENCY, CRM_BY_RECENCY};
	static const crm_criterion reachable[] = {CRM_BY_TRUST, CRM_BY_RECENCY, CRM_BY_FREQUENCY};
	static const crm_criterion common[] = {CRM_BY_TRUST, CRM_BY_RECENCY, CRM_BY_COMPLETENESS,
										   CRM_BY_FREQUENCY};

	switch (policy->kind)
	{
		case CRM_KIND_NAME:
		case CRM_KIND_GIVEN_NAME:
		case CRM_KIND_FAMILY_NAME:
		case CRM_KIND_ORGANIZATION:
			set_criteria(policy, 4, lasting);
			break;
		case CRM_KIND_DATE:
		case CRM_KIND_IDENTIFIER:
			set_criteria(policy, 3, fact);
			break;
		case CRM_KIND_EMAIL:
		case CRM_KIND_PHONE:
		case CRM_KIND_GENDER:
		case CRM_KIND_LANGUAGE:
			set_criteria(policy, 3, reachable);
			break;
		default:
			set_criteria(policy, 4, common);
	}
}

bool
crm_criterion_by_name(const char *name, crm_criterion *criterion)
{
	for (int i = 0; i < CRM_CRITERIA; i++)
		if (strcmp(name, criterion_names[i]) == 0)
		{
			*criterion = i;
			return true;
		}
	return false;
}

const char *
crm_criterion_name(crm_criterion criterion)
{
	return criterion_names[criterion];
}

const char *
crm_reason_text(crm_reason reason, bool wins)
{
	static const char *const texts[][2] = {
		[CRM_REASON_TRUST] = {"less trusted source", "most trusted source"},
		[CRM_REASON_RECENCY] = {"less recent", "most recent"},
		[CRM_REASON_COMPLETENESS] = {"less complete", "most complete"},
		[CRM_REASON_FREQUENCY] = {"less frequent", "most frequent"},
		[CRM_REASON_TIE] = {"tie", "tie"},
		[CRM_REASON_ONLY] = {"only value", "only value"},
		[CRM_REASON_SAME] = {"same value", "same value"},
		[CRM_REASON_FURTHER] = {"further value of the row", "first value of the row"},
		[CRM_REASON_INVALID] = {"not a valid value", "not a valid value"},
		[CRM_REASON_ORGANIZATION] = {"organization goes before name", "organization"},
		[CRM_REASON_OWN_TRUST] = {"less trusted source of this attribute",
								  "most trusted source of this attribute"},
	};

	return texts[reason][wins ? 1 : 0];
}
