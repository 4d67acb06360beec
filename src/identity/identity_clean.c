/* identity_clean.c - a departmental value as it is kept: e-mail canonical, telephone E.164. */
#include "postgres.h"

#include "base/base.h"
#include "identity/identity_clean.h"
#include "types/email_address.h"
#include "types/phone_number.h"

static void
clean_email(crm_profile_value *value)
{
	char canonical[CRM_EMAIL_SIZE];
	crm_email_error error;

	if (crm_email_parse(value->text, strlen(value->text), canonical, &error))
		value->text = pstrdup(canonical);
}

static bool
clean_phone(crm_profile_value *value, const char *region)
{
	size_t length = strlen(value->text);
	bool national = false;
	char formatted[CRM_PHONE_SIZE];
	crm_phone number;
	const char *reason;

	if (!crm_phone_parse_international(value->text, length, &number, &reason))
	{
		if (!crm_phone_parse_national(value->text, length, region, &number))
			return false;
		national = true;
	}
	crm_phone_format(number, formatted);
	value->phone = number;
	value->text = pstrdup(formatted);
	return national;
}

bool
crm_clean_value(const crm_source_value *value, const char *region, crm_profile_value *out)
{
	out->attribute = value->attribute;
	out->kind = value->kind;
	out->text = crm_to_utf8(value->text);
	out->phone = 0;
	if (out->kind == CRM_KIND_EMAIL)
		clean_email(out);
	else if (out->kind == CRM_KIND_PHONE)
		return clean_phone(out, region);
	return false;
}
