/* tap.h - what a unit test needs to print TAP. */
#ifndef CRM_TEST_TAP_H
#define CRM_TEST_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int tap_count = 0;
static int tap_failed = 0;

/* Says "not ok" and goes on; the name is what a user would claim. */
__attribute__((format(printf, 2, 3), unused)) static bool
ok(bool passed, const char *name, ...)
{
	va_list arguments;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_count);
	va_start(arguments, name);
	vprintf(name, arguments);
	va_end(arguments);
	putchar('\n');
	tap_failed += !passed;
	return passed;
}

__attribute__((unused)) static bool
is(const char *got, const char *wanted, const char *name)
{
	bool passed = ok(strcmp(got, wanted) == 0, "%s", name);

	if (!passed)
		printf("# got    \"%s\"\n# wanted \"%s\"\n", got, wanted);
	return passed;
}

__attribute__((unused)) static int
done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed > 0;
}

/* The same numbers on every machine: a test that fails must fail again. */
__attribute__((unused)) static unsigned int
draw(unsigned int below)
{
	static unsigned long long state = 88172645463325252ULL;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int) (state % below);
}

#endif
