/* explain_rule.c - what was compared is shown as people read it, group by group. */
#include "explain/explain_rule.h"

#include "profiles.h"

static profile p;

static void
shows(crm_level level, const char *wanted)
{
	char out[CRM_EXPLAIN_VALUE];
	size_t length = crm_explain_value(&p.p, level, out);

	is(out, wanted, crm_level_name(level));
	if (length != strlen(wanted))
		ok(false, "its length is told");
}

static void
test_person(void)
{
	make_profile("given=Robert; family=Zandbergen Jr; email=Rob@Zandbergen.nl; email=info@acme.nl; phone=31612345678; phone=31151234567;"
				 " street=Kerkstraat 1; postal=1234 AB; city=Delft; region=ZH; country=NL; born=1980-02-07; gender=f; tax=123456782",
				 &p);
	shows(CRM_GIVEN_EXACT, "robert");
	shows(CRM_FAMILY_CLOSE, "zandbergen");
	shows(CRM_NAME_SWAPPED, "robert zandbergen");
	shows(CRM_GENERATION_DIFFERENT, "Jr");
	shows(CRM_DATE_EXACT, "1980-02-07");
	shows(CRM_EMAIL_DIFFERENT, "rob@zandbergen.nl, info@acme.nl");
	shows(CRM_PHONE_EXACT, "31612345678, 31151234567");
	shows(CRM_IDENTIFIER_CLOSE, "123456782");
	shows(CRM_ADDRESS_EXACT, "kerkstr 1, 1234ab delft");
	shows(CRM_REGION_EXACT, "zh");
	shows(CRM_COUNTRY_EXACT, "nl");
	shows(CRM_GENDER_EXACT, "f");
	shows(CRM_EMPLOYER_EXACT, "");
}

static void
test_others(void)
{
	make_profile("given=Robert", &p);
	shows(CRM_GIVEN_EXACT, "robert");
	shows(CRM_FAMILY_EXACT, "robert");
	make_profile("company=Zandbergen Bouw BV", &p);
	shows(CRM_ORGANIZATION_EXACT, "zandbergen bouw");
	make_profile("", &p);
	for (int level = 0; level < CRM_LEVELS; level++)
	{
		char out[CRM_EXPLAIN_VALUE];

		if (crm_explain_value(&p.p, (crm_level) level, out) != 0 || *out != '\0')
			ok(false, "an empty record has no %s", crm_level_name((crm_level) level));
	}
}

int
main(void)
{
	test_person();
	test_others();
	return done();
}
