/* attribute.h - the kinds of canonical attributes; a kind decides how a value is treated. */
#ifndef CRM_ATTRIBUTE_H
#define CRM_ATTRIBUTE_H

typedef enum crm_attribute_kind
{
	CRM_KIND_NAME,
	CRM_KIND_GIVEN_NAME,
	CRM_KIND_FAMILY_NAME,
	CRM_KIND_ORGANIZATION,
	CRM_KIND_EMAIL,
	CRM_KIND_PHONE,
	CRM_KIND_STREET,
	CRM_KIND_POSTAL_CODE,
	CRM_KIND_CITY,
	CRM_KIND_REGION,
	CRM_KIND_COUNTRY,
	CRM_KIND_DATE,
	CRM_KIND_GENDER,
	CRM_KIND_LANGUAGE,
	CRM_KIND_IDENTIFIER,
	CRM_KIND_LATITUDE,
	CRM_KIND_LONGITUDE,
	CRM_KIND_TEXT /* kept and shown, never compared */
} crm_attribute_kind;

/* The kind by the name that crm_internal.attribute.kind holds; CRM_KIND_TEXT if unknown. */
extern crm_attribute_kind crm_attribute_kind_by_name(const char *name);

#endif
