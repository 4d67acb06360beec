/* identity_query.c - what a line typed into a search box asks for. */
#include "identity/identity_query.h"

#include "tap.h"

static const struct
{
	const char *text;
	const char *asked; /* name|date|e-mails|phones */
} lines[] = {
	{"jon smiht 0031 6 12345678", "jon smiht|||0031 6 12345678"},
	{"06-12345678 jon", "jon|||06-12345678"},
	{"(020) 123 4567", "|||(020) 123 4567"},
	{"ann@example.org", "||ann@example.org|"},
	{"ann@example.org lee 1980-02-17 x@y.nl", "lee|1980-02-17|ann@example.org x@y.nl|"},
	{"lee 17-02-1980 0612345678", "lee|17-02-1980||0612345678"},
	{"0612345678 17-02-1980", "|17-02-1980||0612345678"},
	{"acme 123", "acme 123|||"},
	{"main street 12 1234567", "main street|||12 1234567"},
	{"+31612345678 +31687654321", "|||+31612345678 +31687654321"},
	{"", "|||"},
	{" \t\n ", "|||"},
	{"% _ \\", "% _ \\|||"},
	{"1980-99-99", "|||1980-99-99"}, /* no month 99, but digits enough for a number */
};

static void
render(const crm_query *query, char *out, size_t size)
{
	size_t used = snprintf(out, size, "%s|%s|", query->name, query->date);

	for (int i = 0; i < query->nemails; i++)
		used += snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "", query->emails[i]);
	used += snprintf(out + used, size - used, "|");
	for (int i = 0; i < query->nphones; i++)
		used += snprintf(out + used, size - used, "%s%s", i > 0 ? " " : "", query->phones[i]);
}

static void
test_lines(void)
{
	static crm_query query;
	char got[10 * CRM_QUERY_TEXT];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
	{
		crm_query_parse(lines[i].text, &query);
		render(&query, got, sizeof(got));
		is(got, lines[i].asked, lines[i].text);
	}
}

/* Every e-mail, number and name that fits; nothing beyond the room. */
static void
test_garbage(void)
{
	static const char letters[] = "   0123456789+()-./@abc\xC3\xA9\xFF%";
	static crm_query query;
	bool bounded = true;

	for (int i = 0; i < 5000; i++)
	{
		size_t length = draw(i % 10 == 0 ? 5000 : 60);
		char *text = malloc(length + 1);

		for (size_t k = 0; k < length; k++)
			text[k] = letters[draw(sizeof(letters) - 1)];
		text[length] = '\0';
		crm_query_parse(text, &query);
		bounded = bounded && query.nemails <= CRM_QUERY_MANY && query.nphones <= CRM_QUERY_MANY &&
				  strlen(query.name) < CRM_QUERY_TEXT && strlen(query.date) < sizeof(query.date);
		for (int k = 0; k < query.nphones; k++)
			bounded = bounded && strlen(query.phones[k]) < CRM_QUERY_TEXT;
		for (int k = 0; k < query.nemails; k++)
			bounded = bounded && strlen(query.emails[k]) < CRM_QUERY_TEXT;
		free(text);
	}
	ok(bounded, "any line is taken apart within bounds");
}

int
main(void)
{
	test_lines();
	test_garbage();
	return done();
}
