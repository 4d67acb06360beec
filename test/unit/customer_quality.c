/* customer_quality.c - what counts as a value, what does not, and what stands for none. */
#include "customer/customer_quality.h"
#include "types/phone_number.h"

#include "tap.h"

static crm_quality_context context = {'p', "NL", 20260131};

static crm_quality
judge(crm_attribute_kind kind, const char *attribute, const char *text, char *standard)
{
	crm_profile_value value = {kind, attribute, text, 0};
	const char *reason;
	crm_phone phone;

	if (kind == CRM_KIND_PHONE &&
		crm_phone_parse_international(text, strlen(text), &phone, &reason))
		value.phone = phone;
	return crm_quality_of(&value, &context, standard);
}

static void
verdict(crm_attribute_kind kind, const char *attribute, crm_quality wanted,
		const char *const *texts)
{
	char standard[CRM_QUALITY_SIZE];

	for (; *texts != NULL; texts++)
	{
		crm_quality got = judge(kind, attribute, *texts, standard);

		ok(got == wanted, "%s \"%s\" is %s", attribute, *texts,
		   wanted == CRM_QUALITY_VALID     ? "valid"
		   : wanted == CRM_QUALITY_INVALID ? "invalid"
										   : "a placeholder");
	}
}

#define VALID(kind, attribute, ...)                                                                \
	verdict(kind, attribute, CRM_QUALITY_VALID, (const char *[]){__VA_ARGS__, NULL})
#define INVALID(kind, attribute, ...)                                                              \
	verdict(kind, attribute, CRM_QUALITY_INVALID, (const char *[]){__VA_ARGS__, NULL})
#define NOTHING(kind, attribute, ...)                                                              \
	verdict(kind, attribute, CRM_QUALITY_PLACEHOLDER, (const char *[]){__VA_ARGS__, NULL})

static void
same(crm_attribute_kind kind, const char *a, const char *b, const char *claim)
{
	char x[CRM_QUALITY_SIZE];
	char y[CRM_QUALITY_SIZE];

	judge(kind, "a", a, x);
	judge(kind, "a", b, y);
	is(x, y, claim);
}

static void
test_people(void)
{
	context.kind = 'p';
	VALID(CRM_KIND_NAME, "name", "Jan Jansen", "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd", "Li");
	INVALID(CRM_KIND_NAME, "name", "jan@verf.nl", "Jan 2");
	NOTHING(CRM_KIND_NAME, "name", "test", "Test Test", "N/A", "n.v.t.", "unknown", "-", "???",
			"xxx", "asdf", "x");
	VALID(CRM_KIND_GIVEN_NAME, "given_name", "N.A.", "J", "X.", "Na", "Nil");
	NOTHING(CRM_KIND_GIVEN_NAME, "given_name", "n/a", "None", "Test");
	VALID(CRM_KIND_FAMILY_NAME, "family_name", "Aa", "Oo", "O'Neill");
	NOTHING(CRM_KIND_FAMILY_NAME, "family_name", "x", "onbekend", "unbekannt");
	VALID(CRM_KIND_GENDER, "gender", "F", "vrouw", "male", "divers");
	INVALID(CRM_KIND_GENDER, "gender", "1", "seven");
	NOTHING(CRM_KIND_GENDER, "gender", "unknown");
	context.kind = 'o';
	VALID(CRM_KIND_NAME, "name", "3M", "123 BV");
	VALID(CRM_KIND_ORGANIZATION, "organization", "Bol 2 BV");
	NOTHING(CRM_KIND_ORGANIZATION, "organization", "dummy", "Test Customer");
	context.kind = 'p';
}

static void
test_ways_to_reach(void)
{
	VALID(CRM_KIND_EMAIL, "email", "a@verf.nl", "info@verf.nl", "test.er@verf.nl");
	INVALID(CRM_KIND_EMAIL, "email", "a", "a@", "@verf.nl", "a b@verf.nl", "a@verf..nl");
	NOTHING(CRM_KIND_EMAIL, "email", "n/a", "a@example.com", "noreply@verf.nl", "test@verf.nl",
			"a@b.invalid", "geen");
	VALID(CRM_KIND_PHONE, "phone", "+31621111113", "+49 30 901820");
	INVALID(CRM_KIND_PHONE, "phone", "12", "ask Jan", "06-2111111");
	NOTHING(CRM_KIND_PHONE, "phone", "000-000", "0000000000", "+31612345678", "+31 6 00000000",
			"0612345678", "none");
	context.region = NULL;
	VALID(CRM_KIND_PHONE, "phone", "06-21111113");
	context.region = "NL";
	VALID(CRM_KIND_STREET, "street", "Kade 1", "Rue 1");
	INVALID(CRM_KIND_STREET, "street", "12");
	NOTHING(CRM_KIND_STREET, "street", "unknown", ".");
	VALID(CRM_KIND_POSTAL_CODE, "postal_code", "1234 AB", "4444", "SW1A 1AA", "D02 X285");
	INVALID(CRM_KIND_POSTAL_CODE, "postal_code", "12", "AB", "12345678901");
	NOTHING(CRM_KIND_POSTAL_CODE, "postal_code", "0000", "99999", "n/a");
	VALID(CRM_KIND_CITY, "city", "Gent", "'s-Hertogenbosch");
	INVALID(CRM_KIND_CITY, "city", "9000");
	NOTHING(CRM_KIND_CITY, "city", "-", "n/a");
	VALID(CRM_KIND_COUNTRY, "country", "NL", "nl", "Nederland", "NA", "GB");
	INVALID(CRM_KIND_COUNTRY, "country", "XX", "Atlantis", "31");
	NOTHING(CRM_KIND_COUNTRY, "country", "unknown", "n/a ", "--");
	VALID(CRM_KIND_LATITUDE, "latitude", "52.1", "-33");
	INVALID(CRM_KIND_LATITUDE, "latitude", "91", "52,1");
	NOTHING(CRM_KIND_LATITUDE, "latitude", "0", "0.000");
}

static void
test_facts(void)
{
	VALID(CRM_KIND_DATE, "birth_date", "1980-02-29", "17-5-1981", "20260131");
	INVALID(CRM_KIND_DATE, "birth_date", "1980-02-30", "03/04/1980", "20260201", "May");
	NOTHING(CRM_KIND_DATE, "birth_date", "1900-01-01", "01-01-1970", "0001-01-01", "0000-00-00");
	VALID(CRM_KIND_DATE, "contract_end", "2031-12-31");
	INVALID(CRM_KIND_DATE, "contract_end", "9999-12-31");
	VALID(CRM_KIND_IDENTIFIER, "tax_number", "17", "111", "NL 001", "5555");
	NOTHING(CRM_KIND_IDENTIFIER, "tax_number", "000", "111111", "n/a", "XXXX");
	VALID(CRM_KIND_TEXT, "colour", "blue", "7");
	NOTHING(CRM_KIND_TEXT, "colour", "tbd", "null");
}

static void
test_standard(void)
{
	same(CRM_KIND_EMAIL, "A.Jansen@Verf.NL", "a.jansen+shop@verf.nl", "one mailbox");
	same(CRM_KIND_PHONE, "+31 (0)6 2111 1113", "0031621111113", "one number");
	same(CRM_KIND_NAME, "Ren\xc3\xa9 Maas", "rene  MAAS", "one name");
	same(CRM_KIND_DATE, "5-11-1980", "1980-11-05", "one day");
	same(CRM_KIND_COUNTRY, "Nederland", "NL", "one country");
	same(CRM_KIND_POSTAL_CODE, "1234 ab", "1234AB", "one postal code");
	same(CRM_KIND_STREET, "Kerkstraat 12a", "Kerkstr. 12 A", "one house");
	same(CRM_KIND_IDENTIFIER, "NL-001.B02", "nl001b02", "one tax number");
}

int
main(void)
{
	test_people();
	test_ways_to_reach();
	test_facts();
	test_standard();
	return done();
}
