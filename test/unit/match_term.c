/* match_term.c - frequencies of values against counts by hand. */
#include "match/match_term.h"

#include <math.h>

#include "profiles.h"

#define PEOPLE 2000

static profile people[PEOPLE];
static uint64_t keys[PEOPLE * CRM_TERM_KEYS_MAX];

static int
compare_keys(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* A tenth are called Anna, one in a thousand Zoe; family names are all different but Smith. */
static void
make_people(void)
{
	char line[128];

	for (int i = 0; i < PEOPLE; i++)
	{
		const char *given = i % 10 == 0 ? "Anna" : i % 1000 == 1 ? "Zoe" : NULL;
		char other[16];

		snprintf(other, sizeof(other), "N%c%cx", 'a' + i % 20, 'a' + i / 20 % 20);
		snprintf(line, sizeof(line), "given=%s;family=%s%d;country=%s;city=Utrecht",
				 given ? given : other, i % 4 == 0 ? "Smith" : "F", i % 4 == 0 ? 0 : i,
				 i % 2 == 0 ? "NL" : "DE");
		make_profile(line, &people[i]);
	}
}

static crm_term_table
count_all(void)
{
	crm_term_table table = {NULL, 0};
	int n = 0;

	for (int i = 0; i < PEOPLE; i++)
		n += crm_term_keys(&people[i].p, keys + n);
	qsort(keys, n, sizeof(uint64_t), compare_keys);
	table.places = crm_term_places(n);
	table.terms = calloc(table.places, sizeof(crm_term));
	for (int from = 0, to; from < n; from = to)
	{
		for (to = from; to < n && keys[to] == keys[from]; to++)
			;
		if (to - from >= CRM_TERM_LEAST)
			crm_term_put(&table, keys[from], to - from);
	}
	return table;
}

static bool
is_log(int frequency, double share)
{
	return fabs(frequency / 1000.0 - log2(share)) < 0.01;
}

static void
test_frequencies(void)
{
	crm_term_table table;
	profile asked;

	make_people();
	table = count_all();
	make_profile("given=Anna;family=Smith0;country=NL;city=Utrecht", &asked);
	ok(asked.p.terms.everywhere[CRM_TERM_GIVEN] == CRM_TERM_UNKNOWN, "nothing is known at first");
	crm_term_of(&table, &asked.p);
	ok(is_log(asked.p.terms.everywhere[CRM_TERM_GIVEN], 0.1), "one in ten is called Anna");
	ok(is_log(asked.p.terms.in_country[CRM_TERM_GIVEN], 0.2), "and one in five there: %d",
	   asked.p.terms.in_country[CRM_TERM_GIVEN]);
	ok(is_log(asked.p.terms.everywhere[CRM_TERM_FAMILY], 0.25), "one in four is a Smith");
	ok(is_log(asked.p.terms.everywhere[CRM_TERM_CITY], 1), "all live in one town");
	ok(asked.p.terms.common_given, "Anna is a name, not an error in another");
	make_profile("given=Zoe;family=Nobody;country=FR", &asked);
	crm_term_of(&table, &asked.p);
	ok(is_log(asked.p.terms.everywhere[CRM_TERM_FAMILY], 2.0 / PEOPLE),
	   "a family name that nobody has is as rare as can be");
	ok(!asked.p.terms.common_given, "a name that two have may be an error");
	ok(asked.p.terms.in_country[CRM_TERM_FAMILY] == CRM_TERM_UNKNOWN,
	   "of a country without people nothing is known");
	crm_term_of(NULL, &asked.p);
	ok(asked.p.terms.everywhere[CRM_TERM_GIVEN] == CRM_TERM_UNKNOWN && !asked.p.terms.common_given,
	   "without a table neither");
	free(table.terms);
}

/* As full as a table may be, with keys that fall on each other. */
static void
test_crowded(void)
{
	crm_term_table table = {NULL, crm_term_places(1000)};
	bool found = true;

	table.terms = calloc(table.places, sizeof(crm_term));
	for (uint64_t i = 1; i <= 1000; i++)
		crm_term_put(&table, i * table.places + i % 7, (int64_t) i);
	for (uint64_t i = 1; i <= 1000; i++)
	{
		int met = 0;

		for (size_t k = 0; k < table.places; k++)
			met += table.terms[k].key == i * table.places + i % 7;
		found &= met == 1;
	}
	ok(found, "each key stands once");
	ok(table.places >= 2000 && (table.places & (table.places - 1)) == 0,
	   "half of a power of two is free");
	free(table.terms);
}

int
main(void)
{
	test_frequencies();
	test_crowded();
	return done();
}
