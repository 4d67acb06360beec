/* text_country.c - countries are known by name, in any writing, and codes stay what they are. */
#include "text/text.h"

#include "tap.h"

/* clang-format off */
static const char *const listed[][2] = {
#include "text/text_country_list.h"
};
/* clang-format on */

static void
names(const char *text, const char *code)
{
	char out[CRM_TEXT_MAX];
	size_t length = crm_text_country(text, out, sizeof(out));

	ok(length == strlen(code) && strcmp(out, code) == 0, text);
}

static void
test_list(void)
{
	bool sorted = true;
	bool folded = true;
	bool found = true;

	for (size_t i = 0; i < sizeof(listed) / sizeof(listed[0]); i++)
	{
		char out[CRM_TEXT_MAX];
		size_t length = crm_text_fold(listed[i][0], strlen(listed[i][0]), out, sizeof(out));

		sorted = sorted && (i == 0 || strcmp(listed[i - 1][0], listed[i][0]) < 0);
		folded = folded && length == strlen(listed[i][0]) && strcmp(out, listed[i][0]) == 0;
		found = found && crm_text_country(listed[i][0], out, sizeof(out)) == 2 &&
				strcmp(out, listed[i][1]) == 0;
	}
	ok(sorted, "the list is in the order by which it is searched");
	ok(folded, "its names are as text is after folding");
	ok(found, "each of them is found");
}

int
main(void)
{
	char small[3];

	names("The Netherlands", "nl");
	names("España", "es");
	names("U.K.", "gb");
	names("Côte d'Ivoire", "ci");
	names("ÖSTERREICH", "at");
	names("USA", "us");
	names("Deutschland", "de");
	names("NL", "nl");
	names("Atlantis", "atlantis");
	names("", "");
	ok(crm_text_country("Germany", small, sizeof(small)) == 2 && strcmp(small, "de") == 0 &&
		   crm_text_country("Eldorado", small, sizeof(small)) == 2 && strcmp(small, "el") == 0,
	   "little room is kept to");
	test_list();
	return done();
}
