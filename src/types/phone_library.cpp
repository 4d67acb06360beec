/* phone_library.cpp - libphonenumber behind one C function.
 *
 * A module of its own: loading libphonenumber and protobuf costs a connection some milliseconds,
 * which only those pay who read national numbers. No exception leaves this file, and nothing in it
 * calls the server, whose errors would jump over C++ destructors.
 */
#include <phonenumbers/phonenumberutil.h>

#include <string>

extern "C"
{
#include "postgres.h"

#include "fmgr.h"

#include "types/phone_library.h"

	PG_MODULE_MAGIC;

	extern PGDLLEXPORT crm_phone_verdict crm_phone_library_parse(const char *text, size_t length,
																 const char *region, bool validate,
																 uint64_t *digits);
}

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

/* The library refuses longer text itself, but only after time that grows with its square. */
static const size_t longest = 250;

static crm_phone_verdict
parse(const std::string &text, const std::string &region, bool validate, uint64_t *digits)
{
	const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
	PhoneNumber number;
	std::string written;

	if (region != "ZZ" && util.GetCountryCodeForRegion(region) == 0)
		return CRM_PHONE_NO_REGION;
	if (text.length() > longest ||
		util.Parse(text, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
		util.IsPossibleNumberWithReason(number) != PhoneNumberUtil::IS_POSSIBLE)
		return CRM_PHONE_UNUSABLE;
	util.Format(number, PhoneNumberUtil::E164, &written);
	if (written.length() < 2 || written.length() > 16)
		return CRM_PHONE_UNUSABLE;
	*digits = std::stoull(written.substr(1));
	return validate && util.IsValidNumber(number) ? CRM_PHONE_VALID : CRM_PHONE_POSSIBLE;
}

extern "C" crm_phone_verdict
crm_phone_library_parse(const char *text, size_t length, const char *region, bool validate,
						uint64_t *digits)
{
	try
	{
		return parse(std::string(text, length), region, validate, digits);
	}
	catch (...)
	{
		return CRM_PHONE_UNUSABLE;
	}
}
