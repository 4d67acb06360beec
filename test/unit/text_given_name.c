/* text_given_name.c - forms of given names in five languages. */
#include "text/text.h"

#include "tap.h"

static const char *const same[][2] = {
	{"bob", "robert"},     {"bill", "william"},   {"jan", "johannes"},      {"jan", "janet"},
	{"peggy", "margaret"}, {"jack", "john"},      {"kees", "cornelis"},     {"piet", "peter"},
	{"pepe", "jose"},      {"paco", "francisco"}, {"sepp", "josef"},        {"jacques", "james"},
	{"giovanni", "john"},  {"lies", "elisabeth"}, {"guillaume", "wilhelm"}, {"etienne", "steven"},
	{"toos", "catharina"}, {"dick", "richard"},   {"hans", "johann"},       {"sjaak", "jacob"},
	{"kate", "catherine"}, {"xavier", "xavier"},  {"unlisted", "unlisted"},
};

static const char *const different[][2] = {
	{"johannes", "janet"}, /* both are Jan: forms are not passed on */
	{"robert", "richard"},  {"maria", "martha"}, {"john", "james"},
	{"james", "jacob"},     {"ian", "sean"},     {"emma", "emily"},
	{"unlisted", "robert"}, {"rob", "ro"},       {"", "bob"},
};

static bool
same_name(const char *a, const char *b)
{
	bool forth = crm_same_given_name(a, strlen(a), b, strlen(b));
	bool back = crm_same_given_name(b, strlen(b), a, strlen(a));

	if (forth != back)
		ok(false, "%s and %s: the same both ways", a, b);
	return forth;
}

/* The list itself: folded words, no word twice in a line. */
static void
test_list(void)
{
	static const char *const groups[] = {
#include "text/text_given_name_list.h"
	};
	size_t count = sizeof(groups) / sizeof(groups[0]);
	int bad = 0;

	for (size_t g = 0; g < count; g++)
	{
		char line[1024];
		char *words[128];
		int used = 0;

		bad += strspn(groups[g], "abcdefghijklmnopqrstuvwxyz ") != strlen(groups[g]);
		strcpy(line, groups[g]);
		for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " "))
		{
			for (int i = 0; i < used; i++)
				if (strcmp(words[i], word) == 0 && ++bad)
					printf("# twice: %s in \"%s\"\n", word, groups[g]);
			words[used++] = word;
			if (!same_name(words[0], word) && ++bad)
				printf("# not found: %s in \"%s\"\n", word, groups[g]);
		}
		bad += used < 2;
	}
	ok(bad == 0, "%zu groups: folded, no form twice, every form is found", count);
	ok(count >= 150, "at least 150 names");
}

int
main(void)
{
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		ok(same_name(same[i][0], same[i][1]), "%s is %s", same[i][0], same[i][1]);
	for (size_t i = 0; i < sizeof(different) / sizeof(different[0]); i++)
		ok(!same_name(different[i][0], different[i][1]), "%s is not %s", different[i][0],
		   different[i][1]);
	test_list();
	return done();
}
