/* match_value.c - single values standardised: dates, streets, codes, countries, mailboxes. */
#include "match/match_value.h"

#include "tap.h"

static const struct
{
	const char *text;
	const char *date; /* year month day, or "" */
} dates[] = {
	{"1980-02-17", "1980 2 17"},
	{"1980-2-7", "1980 2 7"},
	{"19800217", "1980 2 17"},
	{"17.02.1980", "1980 2 17"},
	{"7/2/1980", "1980 2 7"},
	{"02/17/1980", "1980 2 17"}, /* month first where nothing else is possible */
	{"1980-02-17 00:00:00+01", "1980 2 17"},
	{"1980-02-17T12:30:00Z", "1980 2 17"},
	{" 17 - 02 - 1980 ", "1980 2 17"},
	{"1980-02-30", "1980 2 30"}, /* what somebody wrote, calendar or not */
	{"1980-17-02", "1980 17 2"},
	{"17-02-80", ""},
	{"1900-01-01", ""},
	{"1970-01-01", ""},
	{"01.01.1970", ""},
	{"0001-01-01", ""},
	{"1980", ""},
	{"1980-02", ""},
	{"", ""},
	{"infinity", ""},
	{"198002171", ""}, /* nine digits are a number, no date */
	{"1980021712345678", ""},
	{"1980-02-171", ""},
	{"1-2-19805", ""},
	{"1980-123-1", ""},
	{"1-234-1980", ""},
};

static void
test_dates(void)
{
	for (size_t i = 0; i < sizeof(dates) / sizeof(dates[0]); i++)
	{
		int year;
		int month;
		int day;
		char got[60] = "";

		if (crm_value_date(dates[i].text, &year, &month, &day))
			snprintf(got, sizeof(got), "%d %d %d", year, month, day);
		is(got, dates[i].date, dates[i].text);
	}
}

/* Every day of a century in six writings gives that day. */
static void
test_all_days(void)
{
	static const char *const writings[] = {"%1$04d-%2$02d-%3$02d", "%1$04d%2$02d%3$02d",
										   "%1$d/%2$d/%3$d",	   "%3$02d-%2$02d-%1$04d",
										   "%3$d.%2$d.%1$d",	   "%1$04d-%2$02d-%3$02dT00:00:00"};
	int wrong = 0;

	for (int y = 1901; y < 2026; y++)
		for (int m = 1; m <= 12; m++)
			for (int d = 1; d <= 31; d++)
				for (size_t w = 0; w < sizeof(writings) / sizeof(writings[0]); w++)
				{
					char text[80];
					int year;
					int month;
					int day;

					if (y == 1970 && m == 1 && d == 1)
						continue;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
					snprintf(text, sizeof(text), writings[w], y, m, d);
#pragma GCC diagnostic pop
					if (!crm_value_date(text, &year, &month, &day) || year != y || month != m ||
						day != d)
						wrong++;
				}
	ok(wrong == 0, "every day of a century is read in six writings");
}

static const struct
{
	const char *text;
	const char *parts; /* street|number */
} streets[] = {
	{"Hoofdstraat 12", "hoofdstr|12"},
	{"12 Main Street", "main st|12"},
	{"Hoofd Straat 12 A", "hoofd str|12a"},
	{"Hoofdstr. 12a", "hoofdstr|12a"},
	{"Hauptstraße 5", "hauptstr|5"},
	{"Avenida de la Paz 7", "ave de la paz|7"},
	{"Kerkplein 1-3", "kerkpl 3|1"},
	{"", "|"},
	{"12", "|12"},
	{"straat", "str|"},
	{"Ostraat 4", "ostraat|4"},
};

static void
test_streets(void)
{
	for (size_t i = 0; i < sizeof(streets) / sizeof(streets[0]); i++)
	{
		char street[CRM_TEXT_MAX];
		char number[CRM_TEXT_MAX];
		char got[2 * CRM_TEXT_MAX];

		crm_value_street(streets[i].text, street, number);
		snprintf(got, sizeof(got), "%s|%s", street, number);
		is(got, streets[i].parts, streets[i].text);
	}
}

static void
test_small_ones(void)
{
	char out[CRM_TEXT_MAX];

	crm_value_code(" 1234 ab ", out, sizeof(out));
	is(out, "1234ab", "a postal code without spaces");
	crm_value_code("NL 0012.34.567.B01", out, sizeof(out));
	is(out, "nl001234567b01", "a tax number");
	ok(crm_value_code("abcdef", out, 4) == 3 && strcmp(out, "abc") == 0, "a code is cut at its room");
	ok(crm_value_gender("M") == 'm' && crm_value_gender("Vrouw") == 'f' && crm_value_gender("?") == 0,
	   "genders");
}

static void
test_mailboxes(void)
{
	char out[CRM_TEXT_MAX];

	crm_value_email("Ann.Lee+news@Example.ORG", out, sizeof(out));
	is(out, "ann.lee@example.org", "a tag says nothing");
	crm_value_email("+tag@example.org", out, sizeof(out));
	is(out, "+tag@example.org", "unless it is all there is");
	crm_value_email("ann@ex+ample.org", out, sizeof(out));
	is(out, "ann@ex+ample.org", "a plus behind the @ is no tag");
	crm_value_email("@", out, sizeof(out));
	is(out, "@", "nothing on either side");
	crm_value_email("\"a@b\"@example.org", out, sizeof(out));
	is(out, "\"a@b\"@example.org", "the last @ counts");
	crm_value_email("J\xC3\x8DM@x.nl", out, sizeof(out));
	is(out, "j\xC3\x8Dm@x.nl", "letters beyond ASCII stay as they are");
	ok(crm_value_email("abcdef@example.org", out, 4) == 3 && strcmp(out, "abc") == 0,
	   "a mailbox is cut at its room");
	ok(crm_value_local_is_shared("info", 4) && !crm_value_local_is_shared("infor", 5) &&
		   !crm_value_local_is_shared("inf", 3),
	   "info is an office");
	ok(crm_value_domain_is_free("gmail.com", 9) && crm_value_domain_is_free("yahoo.co.uk", 11) &&
		   !crm_value_domain_is_free("gmail", 5) && !crm_value_domain_is_free("example.org", 11),
	   "gmail is a provider");
}

static void
test_garbage(void)
{
	static const char letters[] = " 0123456789abstr-./@+\xC3\x9F\xFF\xE2";
	char street[CRM_TEXT_MAX];
	char number[CRM_TEXT_MAX];
	char out[CRM_TEXT_MAX];
	bool bounded = true;

	for (int i = 0; i < 5000; i++)
	{
		size_t length = draw(i % 10 == 0 ? 2000 : 40);
		char *text = malloc(length + 1);
		int part[3] = {0, 0, 0};

		for (size_t k = 0; k < length; k++)
			text[k] = letters[draw(sizeof(letters) - 1)];
		text[length] = '\0';
		crm_value_street(text, street, number);
		bounded = bounded && strlen(street) < CRM_TEXT_MAX && strlen(number) < CRM_TEXT_MAX;
		if (crm_value_date(text, &part[0], &part[1], &part[2]))
			bounded = bounded && part[0] >= 1850 && part[0] <= 9999 && part[1] >= 0 &&
					  part[1] <= 99 && part[2] >= 0 && part[2] <= 99;
		crm_value_code(text, out, 1 + draw(CRM_TEXT_MAX));
		crm_value_gender(text);
		if (strchr(text, '@') != NULL)
			crm_value_email(text, out, 1 + draw(CRM_TEXT_MAX));
		free(text);
	}
	ok(bounded, "any bytes are standardised within bounds");
}

int
main(void)
{
	test_dates();
	test_all_days();
	test_streets();
	test_small_ones();
	test_mailboxes();
	test_garbage();
	return done();
}
