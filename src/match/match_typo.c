/* match_typo.c - what somebody may have meant who made one typing error. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "match/match_key.h"
#include "match/match_name.h"
#include "match/match_typo.h"
#include "match/match_value.h"
#include "text/text.h"
#include "types/phone_number.h"

#define WORD_MAX 64 /* letters that are tried */
#define PHONE_DIGITS 9
#define PHONE_TAIL 8

/* One letter for each sound; a wrong vowel changes none but the first. */
#define SOUND_LETTERS "tskfglmnrpbdhjwa"
#define MAILBOX_LETTERS "abcdefghijklmnopqrstuvwxyz0123456789._-"
#define DIGITS "0123456789"

typedef struct attempt
{
	char text[WORD_MAX + 2];
	size_t length;
	void (*take)(struct attempt *attempt);
	crm_typos *typos;
	const char *other; /* of a name: the sound of the other word */
} attempt;

static void
add_key(crm_typos *typos, int64_t key)
{
	if (typos->n < CRM_TYPO_KEYS)
		typos->key[typos->n++] = key;
}

static void
add_once(crm_typos *typos, int64_t key)
{
	for (int i = 0; i < typos->n; i++)
		if (typos->key[i] == key)
			return;
	add_key(typos, key);
}

/* text with gone letters of it taken out at a place, and put letters put there instead. */
static void
try_one(attempt *a, crm_span text, size_t at, size_t gone, const char *put, size_t nput)
{
	memcpy(a->text, text.text, at);
	memcpy(a->text + at, put, nput);
	memcpy(a->text + at + nput, text.text + at + gone, text.length - at - gone);
	a->length = text.length - gone + nput;
	a->take(a);
}

static void
try_all(attempt *a, crm_span text, const char *letters)
{
	if (text.length > WORD_MAX)
		text.length = WORD_MAX;
	for (size_t at = 0; at + 1 < text.length; at++)
	{
		char swapped[2] = {text.text[at + 1], text.text[at]};

		try_one(a, text, at, 2, swapped, 2);
	}
	for (size_t at = 0; at < text.length; at++)
		try_one(a, text, at, 1, "", 0);
	for (const char *letter = letters; *letter; letter++)
		for (size_t at = 0; at <= text.length; at++)
		{
			if (at < text.length)
				try_one(a, text, at, 1, letter, 1);
			try_one(a, text, at, 0, letter, 1);
		}
}

static void
take_phone(attempt *a)
{
	uint64_t tail = 0;

	if (a->length < PHONE_TAIL)
		return;
	for (size_t i = a->length - PHONE_TAIL; i < a->length; i++)
		tail = tail * 10 + (uint64_t) (a->text[i] - '0');
	add_key(a->typos, crm_phone_key(tail));
}

static crm_span
phone_digits(uint64_t phone, char text[24])
{
	int length = snprintf(text, 24, "%" PRIu64, phone & ~CRM_PHONE_FORMAT_MASK);

	return (crm_span){text, (size_t) length};
}

void
crm_typo_phone(uint64_t phone, crm_typos *typos)
{
	attempt a = {.take = take_phone, .typos = typos};
	char text[24];
	crm_span digits = phone_digits(phone, text);

	if (digits.length > PHONE_DIGITS)
		digits = (crm_span){digits.text + digits.length - PHONE_DIGITS, PHONE_DIGITS};
	try_all(&a, digits, DIGITS);
}

static void
take_mailbox(attempt *a)
{
	add_key(a->typos, crm_mailbox_key((crm_span){a->text, a->length}));
}

void
crm_typo_mailbox(crm_span local, crm_typos *typos)
{
	attempt a = {.take = take_mailbox, .typos = typos};

	if (local.length >= 4)
		try_all(&a, local, MAILBOX_LETTERS);
}

static crm_span
first_word(crm_span name)
{
	crm_words words;

	crm_words_split(name.text, name.length, &words);
	return words.n > 0 ? (crm_span){words.word[0].text, words.word[0].length} : (crm_span){"", 0};
}

static void
take_name(attempt *a)
{
	char sound[CRM_PHONETIC_SIZE];

	if (crm_phonetic(a->text, a->length, sound) > 0)
		add_once(a->typos, crm_name_key(sound, a->other));
}

static void
try_name(crm_span wrong, crm_span right, crm_typos *typos)
{
	char sound[CRM_PHONETIC_SIZE];
	attempt a = {.take = take_name, .typos = typos, .other = sound};

	if (wrong.length >= 3 && right.length >= 2 && crm_phonetic(right.text, right.length, sound) > 0)
		try_all(&a, wrong, SOUND_LETTERS);
}

void
crm_typo_name(crm_span given, crm_span family, crm_typos *typos)
{
	try_name(first_word(given), first_word(family), typos);
	try_name(first_word(family), first_word(given), typos);
}

static int32_t
sound_of(const char *word, size_t length)
{
	char sound[CRM_PHONETIC_SIZE];
	size_t used = length >= 2 ? crm_phonetic(word, length, sound) : 0;

	return used > 0 ? (int32_t) crm_value_hash32(sound, used) : 0;
}

static void
take_sound(attempt *a)
{
	int32_t sound = sound_of(a->text, a->length);

	if (sound != 0)
		add_once(a->typos, sound);
}

void
crm_typo_sounds(crm_span word, crm_typos *typos)
{
	attempt a = {.take = take_sound, .typos = typos};

	try_one(&a, (crm_span){word.text, word.length < WORD_MAX ? word.length : WORD_MAX}, 0, 0, "",
			0);
	if (word.length >= 4)
		try_all(&a, word, SOUND_LETTERS);
}

static void
add_sounds(crm_span name, int32_t sounds[CRM_SOUNDS_MAX], int *n)
{
	crm_words words;

	crm_words_split(name.text, name.length, &words);
	for (int i = 0; i < words.n && *n < CRM_SOUNDS_MAX; i++)
	{
		int32_t sound = sound_of(words.word[i].text, words.word[i].length);
		bool again = sound == 0;

		for (int j = 0; j < *n && !again; j++)
			again = sounds[j] == sound;
		if (!again)
			sounds[(*n)++] = sound;
	}
}

int
crm_profile_sounds(const crm_profile *profile, int32_t sounds[CRM_SOUNDS_MAX])
{
	int n = 0;

	add_sounds(profile->family, sounds, &n);
	add_sounds(profile->given, sounds, &n);
	add_sounds(profile->organization, sounds, &n);
	return n;
}

/* One may have the country before it, or not. */
static bool
phones_one_error(uint64_t asked, uint64_t stored)
{
	char x[24];
	char y[24];
	crm_span a = phone_digits(asked, x);
	crm_span b = phone_digits(stored, y);

	if (a.length < PHONE_TAIL - 1 || b.length < PHONE_TAIL - 1)
		return false;
	for (size_t length = a.length - 1; length <= a.length + 1; length++)
		if (length <= b.length &&
			crm_edit_distance(a.text, a.length, b.text + b.length - length, length, 1) <= 1)
			return true;
	return false;
}

static bool
any_phone_one_error(const crm_profile *asked, const crm_profile *stored)
{
	for (int i = 0; i < asked->nphones; i++)
		for (int j = 0; j < stored->nphones; j++)
			if (phones_one_error(asked->phones[i], stored->phones[j]))
				return true;
	return false;
}

static bool
any_email_one_error(const crm_profile *asked, const crm_profile *stored)
{
	for (int i = 0; i < asked->nemails; i++)
		for (int j = 0; j < stored->nemails; j++)
		{
			const crm_profile_email *a = &asked->emails[i];
			const crm_profile_email *b = &stored->emails[j];

			if (crm_edit_distance(a->local.text, a->local.length, b->local.text, b->local.length,
								  1) +
					crm_edit_distance(a->domain.text, a->domain.length, b->domain.text,
									  b->domain.length, 1) <=
				1)
				return true;
		}
	return false;
}

/* Nothing better than close may have been reached. */
static void
raise_to(crm_pattern *pattern, crm_level close)
{
	crm_level_group group = crm_level_group_of(close);
	uint64_t worse = 0;

	for (int level = close + 1; level <= (int) crm_group_last(group); level++)
		worse |= UINT64_C(1) << level;
	if ((pattern->levels & worse) == 0)
		return;
	pattern->levels &= ~worse;
	pattern->levels |= UINT64_C(1) << close;
}

void
crm_typo_forgive(crm_pattern *pattern, const crm_profile *asked, const crm_profile *stored)
{
	if (any_phone_one_error(asked, stored))
		raise_to(pattern, CRM_PHONE_CLOSE);
	if (any_email_one_error(asked, stored))
		raise_to(pattern, CRM_EMAIL_CLOSE);
}
