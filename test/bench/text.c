/* text.c - nanoseconds a call of the text room, over names of usual length. */
#include "text/text.h"
#include "types/email_address.h"
#include "types/phone_number.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define CALLS 2000000

static const char *const names[] = {"johannes", "Catherine",     "van der Berg", "O'Neil",
									"schmidt",  "Thompson",      "de la Cruz",   "Anne-Marie",
									"smith",    "Vandenbroucke", "Li",           "hernandez"};
static const char *const accented[] = {"Müller", "François", "Núñez", "Łukasz"};

#define NAMES (sizeof(names) / sizeof(names[0]))

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double) t.tv_sec * 1e9 + (double) t.tv_nsec;
}

static volatile double sink;

#define BENCH(name, expression)                                                                    \
	do                                                                                             \
	{                                                                                              \
		double begin = now();                                                                      \
		double sum = 0;                                                                            \
		for (int i = 0; i < CALLS; i++)                                                            \
			sum += (double) (expression);                                                          \
		sink = sum;                                                                                \
		printf("%-28s %6.1f ns\n", name, (now() - begin) / CALLS);                                 \
	} while (0)

int
main(void)
{
	size_t length[NAMES];
	char folded[NAMES][CRM_TEXT_MAX];
	char out[CRM_EMAIL_SIZE];
	crm_email_error error;
	crm_phone phone;
	const char *reason;

	for (size_t i = 0; i < NAMES; i++)
		length[i] = crm_text_fold(names[i], strlen(names[i]), folded[i], CRM_TEXT_MAX);

#define A (i % (int) NAMES)
#define B (i / (int) NAMES % (int) NAMES)
	BENCH("fold, ASCII", crm_text_fold(names[A], strlen(names[A]), out, CRM_TEXT_MAX));
	BENCH("fold, accents", crm_text_fold(accented[i & 3], strlen(accented[i & 3]), out, 256));
	BENCH("jaro-winkler", crm_jaro_winkler(folded[A], length[A], folded[B], length[B]));
	BENCH("edit distance, limit 2",
		  crm_edit_distance(folded[A], length[A], folded[B], length[B], 2));
	BENCH("letter bag", crm_letter_bag(folded[A], length[A]) & 1);
	BENCH("phonetic", crm_phonetic(folded[A], length[A], out));
	BENCH("same given name", crm_same_given_name(folded[A], length[A], folded[B], length[B]));
	BENCH("e-mail", crm_email_parse("Ann.Jones@Example.org", 21, out, &error));
	BENCH("phone", crm_phone_parse_international("+31 (0)6-1234 5678", 18, &phone, &reason));
	return 0;
}
