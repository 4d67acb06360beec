/* profiles.h - profiles for tests from lines such as "given=Ann family=Lee born=1980-02-17". */
#ifndef CRM_TEST_PROFILES_H
#define CRM_TEST_PROFILES_H

#include "match/match_profile.h"
#include "tap.h"

#define PROFILE_VALUES 64

typedef struct profile
{
	char bytes[CRM_PROFILE_MAX];
	size_t length;
	crm_profile p;
} profile;

static const struct
{
	const char *label;
	crm_attribute_kind kind;
} profile_labels[] = {
	{"name", CRM_KIND_NAME},		 {"given", CRM_KIND_GIVEN_NAME}, {"family", CRM_KIND_FAMILY_NAME},
	{"company", CRM_KIND_ORGANIZATION}, {"email", CRM_KIND_EMAIL},	 {"phone", CRM_KIND_PHONE},
	{"street", CRM_KIND_STREET},	 {"postal", CRM_KIND_POSTAL_CODE}, {"city", CRM_KIND_CITY},
	{"region", CRM_KIND_REGION},	 {"country", CRM_KIND_COUNTRY},	 {"born", CRM_KIND_DATE},
	{"gender", CRM_KIND_GENDER},	 {"tax", CRM_KIND_IDENTIFIER},
};

/* Values are separated by "; ", a value goes on to the next separator. */
__attribute__((unused)) static void
make_profile(const char *line, profile *out)
{
	static char copy[65536];
	crm_profile_value values[PROFILE_VALUES];
	int n = 0;
	char *rest = copy;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *pair = strsep(&rest, ";"); pair != NULL && n < PROFILE_VALUES; pair = strsep(&rest, ";"))
	{
		char *text = strchr(pair, '=');

		pair += strspn(pair, " ");
		if (text == NULL)
			continue;
		*text++ = '\0';
		for (size_t i = 0; i < sizeof(profile_labels) / sizeof(profile_labels[0]); i++)
			if (strcmp(profile_labels[i].label, pair) == 0)
				values[n++] = (crm_profile_value){.kind = profile_labels[i].kind,
												  .attribute = pair,
												  .text = text,
												  .phone = strtoull(text, NULL, 10)};
	}
	out->length = crm_profile_build(0, values, n, out->bytes);
	if (!crm_profile_open(out->bytes, out->length, &out->p))
		ok(false, "a built profile opens: %s", line);
}

#endif
