/* phone_number.c - the type phone_number and the functions that know national writing.
 *
 * Its comparisons and hashes are those of bigint (see the .sql): the value is one, with the
 * format nibble the same in all.
 */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/pqformat.h"
#include "mb/pg_wchar.h"
#include "utils/builtins.h"

#include "base/pg_compat.h"
#include "types/phone_library.h"
#include "types/phone_number.h"

#define REGION_SIZE 3

PG_FUNCTION_INFO_V1(crm_phone_number_in);
PG_FUNCTION_INFO_V1(crm_phone_number_out);
PG_FUNCTION_INFO_V1(crm_phone_number_recv);
PG_FUNCTION_INFO_V1(crm_phone_number_send);
PG_FUNCTION_INFO_V1(crm_phone_number_or_null);
PG_FUNCTION_INFO_V1(crm_parse_phone);
PG_FUNCTION_INFO_V1(crm_is_valid_phone);

static crm_phone_verdict ask_library(const char *text, size_t length, int encoding,
									 const char *region, bool validate, crm_phone *out);
static bool is_rewritten(crm_phone phone);
static bool region_code(const char *region, char code[REGION_SIZE]);
static void region_argument(FunctionCallInfo fcinfo, char code[REGION_SIZE]);
static void report_region(const char *region);

Datum
crm_phone_number_in(PG_FUNCTION_ARGS)
{
	const char *text = PG_GETARG_CSTRING(0);
	const char *reason;
	crm_phone phone;

	if (!crm_phone_parse_international(text, strlen(text), &phone, &reason))
		ereturn(crm_escontext(fcinfo), (Datum) 0,
				(errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
				 errmsg("invalid input syntax for type %s: \"%s\"", "phone_number", text),
				 errdetail("The number cannot be read: %s.", reason),
				 errhint("crm.parse_phone(text, region) reads national writing and extensions.")));
	PG_RETURN_INT64((int64) phone);
}

Datum
crm_phone_number_out(PG_FUNCTION_ARGS)
{
	char *text = palloc(CRM_PHONE_SIZE);

	crm_phone_format((crm_phone) PG_GETARG_INT64(0), text);
	PG_RETURN_CSTRING(text);
}

Datum
crm_phone_number_recv(PG_FUNCTION_ARGS)
{
	StringInfo message = (StringInfo) PG_GETARG_POINTER(0);
	crm_phone phone = (crm_phone) pq_getmsgint64(message);

	if (!crm_phone_is_well_formed(phone))
		ereport(ERROR, (errcode(ERRCODE_INVALID_BINARY_REPRESENTATION),
						errmsg("invalid external binary value for type %s", "phone_number")));
	PG_RETURN_INT64((int64) phone);
}

Datum
crm_phone_number_send(PG_FUNCTION_ARGS)
{
	StringInfoData message;

	pq_begintypsend(&message);
	pq_sendint64(&message, (uint64) PG_GETARG_INT64(0));
	PG_RETURN_BYTEA_P(pq_endtypsend(&message));
}

Datum
crm_phone_number_or_null(PG_FUNCTION_ARGS)
{
	text *number = PG_GETARG_TEXT_PP(0);
	const char *reason;
	crm_phone phone;

	if (!crm_phone_parse_international(VARDATA_ANY(number), VARSIZE_ANY_EXHDR(number), &phone,
									   &reason))
		PG_RETURN_NULL();
	PG_RETURN_INT64((int64) phone);
}

bool
crm_phone_parse_national(const char *text, size_t length, const char *region, crm_phone *out)
{
	const char *reason;
	char code[REGION_SIZE];

	if (crm_phone_parse_international(text, length, out, &reason) && !is_rewritten(*out))
		return true;
	/* bytes of a database without encoding need not be text */
	return region_code(region, code) && pg_verify_mbstr(PG_UTF8, text, (int) length, true) &&
		   ask_library(text, length, PG_UTF8, code, false, out) <= CRM_PHONE_POSSIBLE;
}

Datum
crm_parse_phone(PG_FUNCTION_ARGS)
{
	char region[REGION_SIZE];
	text *number;
	crm_phone phone;
	crm_phone_verdict verdict;
	const char *reason;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	number = PG_GETARG_TEXT_PP(0);
	region_argument(fcinfo, region);
	if (crm_phone_parse_international(VARDATA_ANY(number), VARSIZE_ANY_EXHDR(number), &phone,
									  &reason) &&
		!is_rewritten(phone))
		PG_RETURN_INT64((int64) phone);

	verdict = ask_library(VARDATA_ANY(number), VARSIZE_ANY_EXHDR(number), GetDatabaseEncoding(),
						  region, false, &phone);
	if (verdict == CRM_PHONE_NO_REGION)
		report_region(region);
	if (verdict == CRM_PHONE_UNUSABLE)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("not a telephone number: \"%s\"", text_to_cstring(number)),
						PG_ARGISNULL(1)
							? errdetail("Without a region the number cannot be read: %s.", reason)
							: errdetail("No number of region %s is written so.", region)));
	PG_RETURN_INT64((int64) phone);
}

Datum
crm_is_valid_phone(PG_FUNCTION_ARGS)
{
	char region[REGION_SIZE];
	text *number;
	crm_phone phone;
	crm_phone_verdict verdict;

	if (PG_ARGISNULL(0))
		PG_RETURN_NULL();
	number = PG_GETARG_TEXT_PP(0);
	region_argument(fcinfo, region);
	verdict = ask_library(VARDATA_ANY(number), VARSIZE_ANY_EXHDR(number), GetDatabaseEncoding(),
						  region, true, &phone);
	if (verdict == CRM_PHONE_NO_REGION)
		report_region(region);
	PG_RETURN_BOOL(verdict == CRM_PHONE_VALID);
}

/* libphonenumber's verdict; its library is loaded at the first question and stays. */
static crm_phone_verdict
ask_library(const char *text, size_t length, int encoding, const char *region, bool validate,
			crm_phone *out)
{
	static crm_phone_library library = NULL;
	char international[CRM_PHONE_SIZE];
	char *utf8 = (char *) text;
	crm_phone_verdict verdict;
	const char *reason;
	uint64_t digits;

	if (library == NULL)
		library = (crm_phone_library) load_external_function("$libdir/crm_phone",
															 "crm_phone_library_parse", true, NULL);

	/* 0031... is international everywhere; libphonenumber would want the region's own exit code. */
	if (crm_phone_parse_international(text, length, out, &reason))
	{
		length = crm_phone_format(*out, international);
		utf8 = international;
	}
	else if (encoding != PG_UTF8)
	{
		utf8 = pg_server_to_any(text, (int) length, PG_UTF8);
		length = utf8 == text ? length : strlen(utf8);
	}
	verdict = library(utf8, length, region, validate, &digits);
	if (verdict <= CRM_PHONE_POSSIBLE)
	{
		*out = digits | CRM_PHONE_FORMAT;

		/* A number dialled within its country only (+98 9601) would not come back from a dump. */
		if (!crm_phone_is_well_formed(*out))
			verdict = CRM_PHONE_UNUSABLE;
	}
	if (utf8 != text && utf8 != international)
		pfree(utf8);
	return verdict;
}

/*
 * Mexico and Argentina have two ways to write one mobile number from abroad (+52 1 55..., +54 11
 * 15...): only libphonenumber knows which, so it is asked for theirs even if the writing is clear.
 */
static bool
is_rewritten(crm_phone phone)
{
	char text[CRM_PHONE_SIZE];

	crm_phone_format(phone, text);
	return text[1] == '5' && (text[2] == '2' || text[2] == '4');
}

/* A region in capital letters, "ZZ" (libphonenumber's word for none) if null; false if no code. */
static bool
region_code(const char *region, char code[REGION_SIZE])
{
	strcpy(code, "ZZ");
	if (region == NULL)
		return true;
	if (strlen(region) != 2 || pg_strcasecmp(region, "ZZ") == 0)
		return false;
	code[0] = (char) pg_ascii_toupper((unsigned char) region[0]);
	code[1] = (char) pg_ascii_toupper((unsigned char) region[1]);
	return true;
}

static void
region_argument(FunctionCallInfo fcinfo, char code[REGION_SIZE])
{
	char *region = PG_ARGISNULL(1) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(1));

	if (!region_code(region, code))
		report_region(region);
}

static void
report_region(const char *region)
{
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("unknown region \"%s\"", region),
			 errhint("A region is a two-letter country code of ISO 3166, such as NL.")));
}
