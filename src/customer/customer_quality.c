/* customer_quality.c - whether a value can be what its attribute says.
 *
 * The rules are those of matching and survivorship: what matching cannot read and survivorship
 * never lets win is not valid here either. Beside them stands what people and forms write for
 * "none".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uloc.h>

#include "customer/customer_quality.h"
#include "customer/customer_value.h"
#include "match/match_name.h"
#include "text/text.h"
#include "types/phone_number.h"

/* Folded, as crm_text_fold() writes them: n/a, N.v.t. and "no name" are here too. */
static const char *const nothings[] = {
	"aucun",          "aucune",        "blank",       "desconocido",
	"dummy",          "empty",         "entfallt",    "error",
	"fehlt",          "geen",          "inconnu",     "inconnue",
	"kein",           "keine",         "leeg",        "leer",
	"missing",        "n a",           "n v t",       "na",
	"name",           "nao informado", "neant",       "nicht bekannt",
	"niet bekend",    "nil",           "ninguno",     "no aplica",
	"no data",        "no name",       "non connu",   "none",
	"not applicable", "not available", "not known",   "not provided",
	"not set",        "null",          "nvt",         "onbekend",
	"sin datos",      "tba",           "tbd",         "test",
	"test test",      "tester",        "testing",     "undefined",
	"unbekannt",      "unknown",       "unspecified", "vide",
};

static const char *const test_names[] = {
	"asdf",          "asdfasdf",   "delete",     "do not use",
	"fake",          "qwerty",     "sample",     "test account",
	"test customer", "test klant", "test kunde", "test person",
	"test user",     "testklant",  "x",          "xx",
};

/* Local parts of addresses that are nobody's, or take no answer. */
static const char *const empty_locals[] = {
	"asdf", "dummy",   "fake",     "geen",    "keine",  "mailer-daemon", "na",
	"no",   "no-mail", "no-reply", "noemail", "nomail", "none",          "noreply",
	"null", "test",    "unknown",  "x",       "xx",     "xxx",
};

static const char *const empty_domains[] = {
	"example.com", "example.net", "example.org", "localhost",
	"nomail.com",  "noemail.com", "test.com",
};

static const char *const further_genders[] = {
	"d", "divers", "diverse", "non binary", "nonbinary", "o", "other", "x",
};

static bool
has_only(const char *text, const char *characters)
{
	return text[strspn(text, characters)] == '\0';
}

/* "000-000", "xxx": one character again and again. */
static bool
is_monotone(const char *code, size_t length, size_t least)
{
	return length >= least && strspn(code, (char[]){code[0], '\0'}) == length;
}

static bool
has_letter(const char *folded)
{
	return strpbrk(folded, "abcdefghijklmnopqrstuvwxyz") != NULL;
}

static bool
has_digit(const char *text)
{
	return strpbrk(text, "0123456789") != NULL;
}

/* NA is Namibia; N.A. are initials, but n/a is not; 4444 is a village and may be a row's number. */
static bool
is_nothing(const crm_profile_value *value, const char *folded, size_t length)
{
	char code[CRM_TEXT_MAX];

	if (length == 0)
		return true;
	if (value->kind == CRM_KIND_COUNTRY && length == 2)
		return false;
	if (value->kind == CRM_KIND_GIVEN_NAME && length <= 3 && strchr(value->text, '/') == NULL)
		return false;
	if (crm_listed(folded, length, nothings))
		return true;
	if (value->kind == CRM_KIND_POSTAL_CODE)
		return false;
	length = crm_value_code(folded, code, sizeof(code));
	return is_monotone(code, length,
					   value->kind == CRM_KIND_IDENTIFIER && !has_only(code, "0x") ? 6 : 3);
}

static crm_quality
valid_if(bool valid)
{
	return valid ? CRM_QUALITY_VALID : CRM_QUALITY_INVALID;
}

static crm_quality
quality_of_name(const crm_profile_value *value, const crm_quality_context *context, char *standard)
{
	bool person = context->kind == 'p' || value->kind == CRM_KIND_GIVEN_NAME ||
				  value->kind == CRM_KIND_FAMILY_NAME;
	size_t length = strlen(standard);

	if (crm_listed(standard, length, test_names) && length > 0 &&
		(length > 1 || value->kind != CRM_KIND_GIVEN_NAME))
		return CRM_QUALITY_PLACEHOLDER;
	if (strchr(value->text, '@') != NULL || (person && has_digit(value->text)))
		return CRM_QUALITY_INVALID;
	if (!person && context->kind == 'o')
		crm_name_organization(value->text, standard, CRM_TEXT_MAX);
	return valid_if(has_letter(standard) || has_digit(standard));
}

static crm_quality
quality_of_organization(const crm_profile_value *value, char *standard)
{
	if (crm_listed(standard, strlen(standard), test_names))
		return CRM_QUALITY_PLACEHOLDER;
	crm_name_organization(value->text, standard, CRM_TEXT_MAX);
	return valid_if(strchr(value->text, '@') == NULL);
}

static crm_quality
quality_of_email(const crm_profile_value *value, char *standard)
{
	char form[CRM_VALUE_SIZE];
	bool valid;
	const char *at;
	const char *end;

	crm_golden_form(CRM_KIND_EMAIL, value->text, form, &valid);
	if (!valid)
		return CRM_QUALITY_INVALID;
	crm_value_email(form, standard, CRM_QUALITY_SIZE);
	at = strrchr(standard, '@');
	end = strrchr(at, '.');
	if (crm_listed(standard, at - standard, empty_locals) ||
		crm_listed(at + 1, strlen(at + 1), empty_domains) ||
		(end != NULL && (strcmp(end, ".invalid") == 0 || strcmp(end, ".test") == 0)))
		return CRM_QUALITY_PLACEHOLDER;
	return CRM_QUALITY_VALID;
}

/* All digits alike but the country and network in front, or counted up. */
static bool
is_made_up(const char *digits)
{
	size_t length = strlen(digits);
	const char *tail = length > 7 ? digits + length - 7 : digits;

	return is_monotone(tail, strlen(tail), 6) ||
		   (length >= 8 && strstr("0123456789", digits + length - 8));
}

/* A national number of a row without a region is compared by its digits, so they are what counts.
 */
static crm_quality
quality_of_phone(const crm_profile_value *value, const crm_quality_context *context, char *standard)
{
	uint64_t raw = value->phone != 0 ? 0 : crm_value_raw_phone(value->text);
	char digits[CRM_TEXT_MAX];
	size_t n = 0;

	for (const char *p = value->text; *p != '\0' && n + 1 < sizeof(digits); p++)
		if (*p >= '0' && *p <= '9')
			digits[n++] = *p;
	digits[n] = '\0';
	if (n > 0 && (is_made_up(digits) || is_monotone(digits, n, 3)))
		return CRM_QUALITY_PLACEHOLDER;
	if (value->phone != 0)
	{
		crm_phone_format(value->phone, standard);
		return CRM_QUALITY_VALID;
	}
	if (raw == 0 || context->region != NULL)
		return CRM_QUALITY_INVALID;
	snprintf(standard, CRM_QUALITY_SIZE, "%llu", (unsigned long long) raw);
	return CRM_QUALITY_VALID;
}

static crm_quality
quality_of_date(const crm_profile_value *value, const crm_quality_context *context, char *standard)
{
	char form[CRM_VALUE_SIZE];
	bool valid;
	int year;
	int month;
	int day;

	crm_golden_form(CRM_KIND_DATE, value->text, form, &valid);
	if (!valid)
		return CRM_QUALITY_INVALID;
	memcpy(standard, form, strlen(form) + 1);
	/* It refuses only those that forms send for an unknown one. */
	if (!crm_value_date(form, &year, &month, &day))
		return CRM_QUALITY_PLACEHOLDER;
	if (strcmp(value->attribute, "birth_date") == 0)
		return valid_if(year * 10000 + month * 100 + day <= context->today);
	return valid_if(year < 2200);
}

static crm_quality
quality_of_postal_code(const crm_profile_value *value, char *standard)
{
	size_t length = crm_value_code(value->text, standard, CRM_TEXT_MAX);

	if (length >= 3 && (has_only(standard, "0") || has_only(standard, "9")))
		return CRM_QUALITY_PLACEHOLDER;
	return valid_if(length >= 3 && length <= 10 && has_digit(standard));
}

static crm_quality
quality_of_country(const crm_profile_value *value, char *standard)
{
	char code[3] = "";

	if (crm_text_country(value->text, standard, CRM_TEXT_MAX) != 2)
		return CRM_QUALITY_INVALID;
	for (int i = 0; i < 2; i++)
		code[i] = (char) (standard[i] >= 'a' && standard[i] <= 'z' ? standard[i] - 'a' + 'A' : '?');
	for (const char *const *known = uloc_getISOCountries(); *known != NULL; known++)
		if (strcmp(*known, code) == 0)
			return CRM_QUALITY_VALID;
	return CRM_QUALITY_INVALID;
}

static crm_quality
quality_of_gender(const crm_profile_value *value, char *standard)
{
	char gender = crm_value_gender(value->text);

	if (gender == 0)
		return valid_if(crm_listed(standard, strlen(standard), further_genders));
	standard[0] = gender;
	standard[1] = '\0';
	return CRM_QUALITY_VALID;
}

/* Hardly anybody lives on the equator or the meridian; who does not know where writes a zero. */
static crm_quality
quality_of_coordinate(const crm_profile_value *value, char *standard)
{
	char form[CRM_VALUE_SIZE];
	bool valid;

	crm_golden_form(value->kind, value->text, form, &valid);
	if (!valid)
		return CRM_QUALITY_INVALID;
	memcpy(standard, form, strlen(form) + 1);
	return strtod(form, NULL) == 0 ? CRM_QUALITY_PLACEHOLDER : CRM_QUALITY_VALID;
}

static crm_quality
quality_of_street(const crm_profile_value *value, char *standard)
{
	char street[CRM_TEXT_MAX];
	char number[CRM_TEXT_MAX];

	crm_value_street(value->text, street, number);
	snprintf(standard, CRM_QUALITY_SIZE, "%s %s", street, number);
	return valid_if(has_letter(street));
}

static crm_quality
quality_by_kind(const crm_profile_value *value, const crm_quality_context *context, char *standard)
{
	switch (value->kind)
	{
		case CRM_KIND_NAME:
		case CRM_KIND_GIVEN_NAME:
		case CRM_KIND_FAMILY_NAME:
			return quality_of_name(value, context, standard);
		case CRM_KIND_ORGANIZATION:
			return quality_of_organization(value, standard);
		case CRM_KIND_EMAIL:
			return quality_of_email(value, standard);
		case CRM_KIND_PHONE:
			return quality_of_phone(value, context, standard);
		case CRM_KIND_STREET:
			return quality_of_street(value, standard);
		case CRM_KIND_POSTAL_CODE:
			return quality_of_postal_code(value, standard);
		case CRM_KIND_CITY:
			return valid_if(has_letter(standard));
		case CRM_KIND_COUNTRY:
			return quality_of_country(value, standard);
		case CRM_KIND_DATE:
			return quality_of_date(value, context, standard);
		case CRM_KIND_GENDER:
			return quality_of_gender(value, standard);
		case CRM_KIND_IDENTIFIER:
			crm_value_code(value->text, standard, CRM_TEXT_MAX);
			return CRM_QUALITY_VALID;
		case CRM_KIND_LATITUDE:
		case CRM_KIND_LONGITUDE:
			return quality_of_coordinate(value, standard);
		case CRM_KIND_REGION:
		case CRM_KIND_LANGUAGE:
		case CRM_KIND_TEXT:
			break;
	}
	return CRM_QUALITY_VALID;
}

crm_quality
crm_quality_of(const crm_profile_value *value, const crm_quality_context *context,
			   char standard[CRM_QUALITY_SIZE])
{
	size_t length = crm_text_fold(value->text, strlen(value->text), standard, CRM_TEXT_MAX);
	crm_quality quality = CRM_QUALITY_PLACEHOLDER;

	if (!is_nothing(value, standard, length))
		quality = quality_by_kind(value, context, standard);
	if (standard[0] == '\0')
		snprintf(standard, CRM_QUALITY_SIZE, "%s", value->text);
	return quality;
}
