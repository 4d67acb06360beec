/* attribute.c - kinds of attributes by name. */
#include "postgres.h"

#include "source/attribute.h"

static const char *const kind_names[] = {
	[CRM_KIND_NAME] = "name",
	[CRM_KIND_GIVEN_NAME] = "given_name",
	[CRM_KIND_FAMILY_NAME] = "family_name",
	[CRM_KIND_ORGANIZATION] = "organization",
	[CRM_KIND_EMAIL] = "email",
	[CRM_KIND_PHONE] = "phone",
	[CRM_KIND_STREET] = "street",
	[CRM_KIND_POSTAL_CODE] = "postal_code",
	[CRM_KIND_CITY] = "city",
	[CRM_KIND_REGION] = "region",
	[CRM_KIND_COUNTRY] = "country",
	[CRM_KIND_DATE] = "date",
	[CRM_KIND_GENDER] = "gender",
	[CRM_KIND_LANGUAGE] = "language",
	[CRM_KIND_IDENTIFIER] = "identifier",
	[CRM_KIND_LATITUDE] = "latitude",
	[CRM_KIND_LONGITUDE] = "longitude",
	[CRM_KIND_TEXT] = "text",
};

crm_attribute_kind
crm_attribute_kind_by_name(const char *name)
{
	for (int kind = 0; kind < lengthof(kind_names); kind++)
		if (strcmp(kind_names[kind], name) == 0)
			return (crm_attribute_kind) kind;
	return CRM_KIND_TEXT;
}
