/* customer_value.c - how the golden record writes values, and which it refuses. */
#include "customer/customer_value.h"

#include "tap.h"

typedef struct example
{
	crm_attribute_kind kind;
	const char *text;
	const char *golden; /* NULL: no valid value */
} example;

static const example examples[] = {
	{CRM_KIND_DATE, "1980-04-03", "1980-04-03"},
	{CRM_KIND_DATE, "1980-04-03 00:00:00", "1980-04-03"},
	{CRM_KIND_DATE, "19800403", "1980-04-03"},
	{CRM_KIND_DATE, "1980/4/3", "1980-04-03"},
	{CRM_KIND_DATE, "3.4.1980", "1980-04-03"},
	{CRM_KIND_DATE, "03-04-1980", "1980-04-03"},
	{CRM_KIND_DATE, "25/04/1980", "1980-04-25"},
	{CRM_KIND_DATE, "04/25/1980", "1980-04-25"},
	{CRM_KIND_DATE, "04/04/1980", "1980-04-04"},
	{CRM_KIND_DATE, "2000-02-29", "2000-02-29"},
	{CRM_KIND_DATE, "03/04/1980", NULL}, /* April or March */
	{CRM_KIND_DATE, "1900-02-29", NULL},
	{CRM_KIND_DATE, "1980-13-01", NULL},
	{CRM_KIND_DATE, "1980-04-00", NULL},
	{CRM_KIND_DATE, "0000-01-01", NULL},
	{CRM_KIND_DATE, "3.4.80", NULL},
	{CRM_KIND_DATE, "3-4.1980", NULL},
	{CRM_KIND_DATE, "1980-04-03x", NULL},
	{CRM_KIND_DATE, "1980", NULL},
	{CRM_KIND_DATE, "", NULL},
	{CRM_KIND_DATE, "99999999999999999999-1-1", NULL},
	{CRM_KIND_EMAIL, "Ann@Example.ORG", "ann@example.org"},
	{CRM_KIND_EMAIL, "n/a", NULL},
	{CRM_KIND_EMAIL, "a@@example.org", NULL},
	{CRM_KIND_COUNTRY, "nl", "NL"},
	{CRM_KIND_COUNTRY, "Nederland", "NL"},
	{CRM_KIND_COUNTRY, "Deutschland", "DE"},
	{CRM_KIND_COUNTRY, "UK", "GB"},
	{CRM_KIND_COUNTRY, "Atlantis", "Atlantis"},
	{CRM_KIND_COUNTRY, "1a", "1a"},
	{CRM_KIND_LATITUDE, "52.10", "52.1"},
	{CRM_KIND_LATITUDE, "-0", "0"},
	{CRM_KIND_LATITUDE, "90", "90"},
	{CRM_KIND_LATITUDE, "90.1", NULL},
	{CRM_KIND_LATITUDE, "52,1", NULL},
	{CRM_KIND_LATITUDE, "nan", NULL},
	{CRM_KIND_LONGITUDE, "-179.5", "-179.5"},
	{CRM_KIND_LONGITUDE, "181", NULL},
	{CRM_KIND_LONGITUDE, "", NULL},
	{CRM_KIND_TEXT, "As It Is", "As It Is"},
};

/* Whatever comes, a valid form is its own form: the golden record of a golden record is the same. */
static void
test_idempotent(void)
{
	char text[20];
	char once[CRM_VALUE_SIZE];
	char twice[CRM_VALUE_SIZE];
	int differ = 0;
	int found = 0;

	for (int round = 0; round < 200000; round++)
	{
		crm_attribute_kind kind = draw(2) ? CRM_KIND_DATE : CRM_KIND_LATITUDE;
		int length = draw(11);
		const char *form;
		bool valid;

		for (int i = 0; i < length; i++)
			text[i] = "0123456789012-./ T"[draw(18)];
		text[length] = '\0';
		form = crm_golden_form(kind, text, once, &valid);
		if (!valid)
			continue;
		found++;
		differ += strcmp(crm_golden_form(kind, form, twice, &valid), form) != 0 || !valid;
	}
	ok(differ == 0 && found > 100, "the form of a form is itself (%d valid, %d differ)", found,
	   differ);
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
	{
		char out[CRM_VALUE_SIZE];
		bool valid;
		const char *form = crm_golden_form(examples[i].kind, examples[i].text, out, &valid);

		is(valid ? form : "nothing", examples[i].golden ? examples[i].golden : "nothing",
		   examples[i].text);
	}
	test_idempotent();
	return done();
}
