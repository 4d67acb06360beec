/* parsers.c - fuzzes folding and the two parsers: the first byte says which, the rest is the input.
 *
 * A libFuzzer target (-fsanitize=fuzzer); where there is none, main.c drives it. Either is linked
 * with the parts of crm that need no server. Holds no state.
 */
#include "text/text.h"
#include "types/email_address.h"
#include "types/phone_number.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
claim(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "broken: %s\n", what);
	abort();
}

/* Folded text is words of [a-z0-9], folding it again changes nothing, and what follows bears it. */
static void
fuzz_fold(const char *text, size_t size)
{
	char out[CRM_TEXT_MAX];
	char again[CRM_TEXT_MAX];
	char code[CRM_PHONETIC_SIZE];
	size_t room = size % CRM_TEXT_MAX + 1;
	size_t length = crm_text_fold(text, size, out, room);
	size_t half = length / 2;
	double similarity;

	claim(length < room && strlen(out) == length, "the length is that of the text");
	claim(strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789 ") == length, "the alphabet");
	claim(length == 0 || (out[0] != ' ' && out[length - 1] != ' '), "no space at the ends");
	claim(strstr(out, "  ") == NULL, "one space between words");
	crm_text_fold(out, length, again, sizeof(again));
	claim(strcmp(out, again) == 0, "folding twice is folding once");

	claim(crm_phonetic(out, length, code) < CRM_PHONETIC_SIZE, "the code fits");
	similarity = crm_jaro_winkler(out, half, out + half, length - half);
	claim(similarity >= 0 && similarity <= 1, "similarity is from 0 to 1");
	claim(similarity == crm_jaro_winkler(out + half, length - half, out, half), "both ways");
	claim(__builtin_popcountll(crm_letter_bag(out, half) ^
							   crm_letter_bag(out + half, length - half)) <=
			  2 * crm_edit_distance(out, half, out + half, length - half, CRM_TEXT_MAX),
		  "bags bound the distance");
	crm_same_given_name(out, half, out + half, length - half);
}

static void
fuzz_email(const char *text, size_t size)
{
	char out[CRM_EMAIL_SIZE];
	char again[CRM_EMAIL_SIZE];
	crm_email_error error = {0, NULL};

	if (!crm_email_parse(text, size, out, &error))
	{
		claim(error.reason != NULL, "an error has a reason");
		claim(error.position >= 1 && error.position <= (int) size + 1, "and a place in the text");
		return;
	}
	claim(strlen(out) <= 254 && strchr(out, '@') != NULL, "an address has its length and an @");
	claim(crm_email_parse(out, strlen(out), again, &error), "what is shown can be read");
	claim(strcmp(out, again) == 0, "and is shown the same");
}

static void
fuzz_phone(const char *text, size_t size)
{
	char out[CRM_PHONE_SIZE];
	const char *reason = NULL;
	crm_phone phone;
	crm_phone again;

	if (!crm_phone_parse_international(text, size, &phone, &reason))
	{
		claim(reason != NULL, "an error has a reason");
		return;
	}
	claim(crm_phone_is_well_formed(phone), "a number is well formed");
	claim(crm_phone_format(phone, out) == strlen(out) && strlen(out) <= 16, "E.164 in length");
	claim(crm_phone_parse_international(out, strlen(out), &again, &reason) && again == phone,
		  "what is shown can be read");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text;

	if (size == 0)
		return 0;
	text = malloc(size - 1); /* its very size, so that a byte read too far is seen */
	memcpy(text, data + 1, size - 1);
	if (data[0] % 3 == 0)
		fuzz_fold(text, size - 1);
	else if (data[0] % 3 == 1)
		fuzz_email(text, size - 1);
	else
		fuzz_phone(text, size - 1);
	free(text);
	return 0;
}
