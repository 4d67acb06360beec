/* lookup_rule.c - steps of look-ups as people and the server write them. */
#include "postgres.h"

#include "source/lookup_rule.h"
#include "tap.h"

/* "schema|table|key|column", or what is wrong. */
static const char *
read_as(const char *text)
{
	static char shown[4 * CRM_LOOKUP_NAME + 4];
	crm_lookup_path path;
	const char *wrong = crm_lookup_path_parse(text, &path);

	if (wrong != NULL)
		return wrong;
	snprintf(shown, sizeof(shown), "%s|%s|%s|%s", path.schema, path.table, path.key, path.column);
	return shown;
}

static void
reads(const char *text, const char *expected)
{
	const char *got = read_as(text);

	if (!ok(strcmp(got, expected) == 0, "%s", text))
		printf("# got %s\n", got);
}

static void
fails(const char *text, const char *word)
{
	const char *got = read_as(text);

	if (!ok(strstr(got, word) != NULL && strchr(got, '|') == NULL, "%s",
			text[0] ? text : "nothing"))
		printf("# got %s\n", got);
}

int
main(void)
{
	char longest[CRM_LOOKUP_NAME + 2];
	char text[CRM_LOOKUP_NAME + 8];

	reads("country.code", "|country||code");
	reads("public.country.code", "public|country||code");
	reads("res_company(partner_id).id", "|res_company|partner_id|id");
	reads("public.res_company(partner_id).id", "public|res_company|partner_id|id");
	reads("Public.Country(ID).Code", "public|country|id|code");
	reads("w.\"user\"(id).\"nameFirst\"", "w|user|id|nameFirst");
	reads("\"a.b\".\"c(d\"(\"e)f\").\"g\"\"h\"", "a.b|c(d|e)f|g\"h");
	reads(" w . country ( id ) . code ", "w|country|id|code");
	reads("\xc3\xbc.stra\xc3\x9f"
		  "e_2$",
		  "|\xc3\xbc||stra\xc3\x9f"
		  "e_2$");
	fails("", "written as");
	fails("country", "written as");
	fails("country.", "written as");
	fails(".code", "written as");
	fails("a.b.c.d", "written as");
	fails("country(id)", "written as");
	fails("a(id).country.code", "written as");
	fails("country.code(id)", "written as");
	fails("country(id).code(id)", "written as");
	fails("country(id, code).name", "written as");
	fails("country(id.code", "written as");
	fails("country().code", "written as");
	fails("country.code; DROP", "written as");
	fails("country.2code", "written as");
	fails("country.\"code", "does not end");
	fails("country.\"\"", "empty");

	memset(longest, 'x', sizeof(longest));
	longest[CRM_LOOKUP_NAME - 1] = '\0';
	snprintf(text, sizeof(text), "a.%s", longest);
	ok(strstr(read_as(text), longest) != NULL, "a name as long as it may be");
	longest[CRM_LOOKUP_NAME - 1] = 'x';
	longest[CRM_LOOKUP_NAME] = '\0';
	snprintf(text, sizeof(text), "a.%s", longest);
	fails(text, "too long");
	snprintf(text, sizeof(text), "\"%s\".a", longest);
	fails(text, "too long");
	return done();
}
