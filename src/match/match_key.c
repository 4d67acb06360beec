/*
 * match_key.c - blocking keys.
 *
 * No single key survives every error, so a record has the union of many: what identifies alone
 * (e-mail, phone, identifier), and pairs of attributes that are rarely both wrong. Words of names
 * go in by their sound and without saying whether given or family name, as they get swapped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "match/match_key.h"
#include "match/match_name.h"
#include "match/match_value.h"
#include "text/text.h"

#define NAME_WORDS 4 /* words of a name that make keys */

typedef struct key_set
{
	int64_t *keys;
	int n;
} key_set;

typedef struct sounds
{
	int n;
	char sound[NAME_WORDS][CRM_PHONETIC_SIZE];
	char initial[NAME_WORDS];
	char city[CRM_PHONETIC_SIZE];
	size_t city_length; /* 0: no city */
} sounds;

static const struct
{
	const char *name;
	crm_key_way way;
	const char *meaning;
} kinds[] = {
	[CRM_KEY_EMAIL] = {"email", CRM_WAY_EMAIL, "e-mail address"},
	[CRM_KEY_LOCAL] = {"local", CRM_WAY_EMAIL, "e-mail address without its domain"},
	[CRM_KEY_DOMAIN] = {"domain", CRM_WAY_EMAIL, "e-mail domain of an organization"},
	[CRM_KEY_PHONE] = {"phone", CRM_WAY_PHONE, "last digits of a telephone number"},
	[CRM_KEY_IDENTIFIER] = {"identifier", CRM_WAY_IDENTIFIER, "number that identifies"},
	[CRM_KEY_DATE] = {"date", CRM_WAY_DATE, "date, day and month in either order"},
	[CRM_KEY_DATE_INITIAL] = {"date+initial", CRM_WAY_DATE, "date and an initial"},
	[CRM_KEY_MONTH_NAME] = {"month+name", CRM_WAY_DATE, "year and month, and a name by its sound"},
	[CRM_KEY_DAY_NAME] = {"day+name", CRM_WAY_DATE, "month and day, and a name by its sound"},
	[CRM_KEY_NAME] = {"name", CRM_WAY_NAME, "given and family name by their sounds"},
	[CRM_KEY_NAME_CITY] = {"name+city", CRM_WAY_NAME,
						   "given and family name and city by their sounds"},
	[CRM_KEY_NAME_YEAR] = {"name+year", CRM_WAY_NAME,
						   "given and family name by their sounds, and year"},
	[CRM_KEY_POSTAL_NAME] = {"postal+name", CRM_WAY_PLACE, "postal code, and a name by its sound"},
	[CRM_KEY_CITY_NAME] = {"city+name", CRM_WAY_PLACE, "city and a name by their sounds"},
	[CRM_KEY_STREET_NUMBER] = {"street+number", CRM_WAY_PLACE,
							   "street by its sound, and house number"},
	[CRM_KEY_ORGANIZATION] = {"organization", CRM_WAY_NAME,
							  "name of an organization without legal form"},
	[CRM_KEY_WORD] = {"word", CRM_WAY_NAME, "a word of an organization's name by its sound"},
	[CRM_KEY_WORD_POSTAL] = {"word+postal", CRM_WAY_PLACE,
							 "a word of an organization's name by its sound, and postal code"},
	[CRM_KEY_WORD_CITY] = {"word+city", CRM_WAY_PLACE,
						   "a word of an organization's name by its sound, and city"},
};

const char *
crm_key_kind_name(crm_key_kind kind)
{
	return kinds[kind].name;
}

const char *
crm_key_kind_meaning(crm_key_kind kind)
{
	return kinds[kind].meaning;
}

crm_key_way
crm_key_kind_way(crm_key_kind kind)
{
	return kinds[kind].way;
}

crm_key_kind
crm_key_kind_named(const char *name)
{
	int kind = 0;

	while (kind < CRM_KEY_KINDS && strcmp(kinds[kind].name, name) != 0)
		kind++;
	return (crm_key_kind) kind;
}

static int64_t
hash_key(crm_key_kind kind, const char *a, size_t a_length, const char *b, size_t b_length)
{
	uint64_t h = crm_value_hash64(b, b_length, crm_value_hash64(a, a_length, kind));

	return (int64_t) ((uint64_t) kind << CRM_KEY_BITS | h >> (64 - CRM_KEY_BITS));
}

int64_t
crm_phone_key(uint64_t tail)
{
	return hash_key(CRM_KEY_PHONE, (const char *) &tail, sizeof(tail), "", 0);
}

int64_t
crm_mailbox_key(crm_span local)
{
	return hash_key(CRM_KEY_LOCAL, local.text, local.length, "", 0);
}

/* The lesser sound first: swapped names meet. */
static size_t
write_name(const char *x, const char *y, char name[2 * CRM_PHONETIC_SIZE + 2])
{
	bool swap = strcmp(x, y) > 0;

	return (size_t) sprintf(name, "%s %s", swap ? y : x, swap ? x : y);
}

int64_t
crm_name_key(const char *sound, const char *other)
{
	char name[2 * CRM_PHONETIC_SIZE + 2];

	return hash_key(CRM_KEY_NAME, name, write_name(sound, other, name), "", 0);
}

static void
add(key_set *set, crm_key_kind kind, const char *a, size_t a_length, const char *b, size_t b_length)
{
	if (a_length > 0 && set->n < CRM_KEYS_MAX)
		set->keys[set->n++] = hash_key(kind, a, a_length, b, b_length);
}

static void
add_sounds(sounds *s, crm_span name, int most)
{
	crm_words words;
	int end = s->n + most;

	crm_words_split(name.text, name.length, &words);
	for (int i = 0; i < words.n && s->n < end; i++)
	{
		if (words.word[i].length < 2)
			continue;
		crm_phonetic(words.word[i].text, words.word[i].length, s->sound[s->n]);
		s->initial[s->n++] = words.word[i].text[0];
	}
}

static void
contact_keys(const crm_profile *p, key_set *set)
{
	for (int i = 0; i < p->nemails; i++)
	{
		const crm_profile_email *email = &p->emails[i];

		add(set, CRM_KEY_EMAIL, email->local.text, email->local.length, email->domain.text,
			email->domain.length);
		if (!email->shared && email->local.length >= 4)
			add(set, CRM_KEY_LOCAL, email->local.text, email->local.length, "", 0);
		if (p->kind == 'o' && !email->free)
			add(set, CRM_KEY_DOMAIN, email->domain.text, email->domain.length, "", 0);
	}
	for (int i = 0; i < p->nphones; i++)
	{
		uint64_t tail = crm_value_phone_tail(p->phones[i]);

		add(set, CRM_KEY_PHONE, (const char *) &tail, sizeof(tail), "", 0);
	}
	for (int i = 0; i < p->nidentifiers; i++)
		add(set, CRM_KEY_IDENTIFIER, p->identifiers[i].value.text, p->identifiers[i].value.length,
			(const char *) &p->identifiers[i].attribute, sizeof(uint32_t));
}

static void
date_keys(const crm_profile *p, const sounds *s, key_set *set)
{
	int full[3] = {p->year, p->month, p->day};
	int month[2] = {p->year, p->month};
	int day[2] = {p->month, p->day};

	if (p->year == 0)
		return;
	/* day and month swapped meet in one key */
	if (p->day <= 12 && p->day < p->month)
	{
		full[1] = p->day;
		full[2] = p->month;
	}
	for (int i = 0; i < s->n; i++)
	{
		add(set, CRM_KEY_DATE_INITIAL, (const char *) full, sizeof(full), &s->initial[i], 1);
		add(set, CRM_KEY_MONTH_NAME, (const char *) month, sizeof(month), s->sound[i],
			strlen(s->sound[i]));
		add(set, CRM_KEY_DAY_NAME, (const char *) day, sizeof(day), s->sound[i],
			strlen(s->sound[i]));
	}
	add(set, CRM_KEY_DATE, (const char *) full, sizeof(full), "", 0);
}

/* Two words of a name. */
static void
pair_keys(const crm_profile *p, const sounds *s, const char *x, const char *y, key_set *set)
{
	char name[2 * CRM_PHONETIC_SIZE + 2];
	size_t used = write_name(x, y, name);

	add(set, CRM_KEY_NAME, name, used, "", 0);
	if (s->city_length > 0)
		add(set, CRM_KEY_NAME_CITY, name, used, s->city, s->city_length);
	if (p->year != 0)
		add(set, CRM_KEY_NAME_YEAR, name, used, (const char *) &p->year, sizeof(p->year));
}

/* Every given with every family name. */
static void
name_keys(const crm_profile *p, const sounds *s, int ngiven, key_set *set)
{
	for (int i = 0; i < ngiven; i++)
		for (int j = ngiven; j < s->n; j++)
			pair_keys(p, s, s->sound[i], s->sound[j], set);
}

static void
place_keys(const crm_profile *p, const sounds *s, key_set *set)
{
	char sound[CRM_PHONETIC_SIZE];
	size_t length;

	for (int i = 0; i < s->n; i++)
	{
		if (p->postal_code.length > 0)
			add(set, CRM_KEY_POSTAL_NAME, p->postal_code.text, p->postal_code.length, s->sound[i],
				strlen(s->sound[i]));
		if (s->city_length > 0)
			add(set, CRM_KEY_CITY_NAME, s->city, s->city_length, s->sound[i], strlen(s->sound[i]));
	}
	if (p->street.length > 0 && p->number.length > 0)
	{
		length = crm_phonetic(p->street.text, p->street.length, sound);
		add(set, CRM_KEY_STREET_NUMBER, sound, length, p->number.text, p->number.length);
	}
}

static void
organization_keys(const crm_profile *p, key_set *set)
{
	crm_words words;
	char sound[CRM_PHONETIC_SIZE];

	crm_words_split(p->organization.text, p->organization.length, &words);
	add(set, CRM_KEY_ORGANIZATION, p->organization.text, p->organization.length, "", 0);
	for (int i = 0; i < words.n && i < NAME_WORDS; i++)
	{
		size_t length = crm_phonetic(words.word[i].text, words.word[i].length, sound);

		if (words.word[i].length < 3)
			continue;
		add(set, CRM_KEY_WORD, sound, length, "", 0);
		if (p->postal_code.length > 0)
			add(set, CRM_KEY_WORD_POSTAL, sound, length, p->postal_code.text,
				p->postal_code.length);
		if (p->city.length > 0)
			add(set, CRM_KEY_WORD_CITY, sound, length, p->city.text, p->city.length);
	}
}

static int
compare_keys(const void *a, const void *b)
{
	int64_t x = *(const int64_t *) a;
	int64_t y = *(const int64_t *) b;

	return (x > y) - (x < y);
}

int
crm_profile_keys(const crm_profile *profile, int64_t keys[CRM_KEYS_MAX])
{
	key_set set = {.keys = keys};
	sounds s = {0};
	int distinct = 0;
	int ngiven;

	contact_keys(profile, &set);
	if (profile->kind == 'o')
		organization_keys(profile, &set);
	else
	{
		add_sounds(&s, profile->given, NAME_WORDS / 2);
		ngiven = s.n;
		add_sounds(&s, profile->family, NAME_WORDS / 2);
		if (profile->city.length > 0 && s.n > 0)
			s.city_length = crm_phonetic(profile->city.text, profile->city.length, s.city);
		date_keys(profile, &s, &set);
		name_keys(profile, &s, ngiven, &set);
	}
	place_keys(profile, &s, &set);
	qsort(set.keys, set.n, sizeof(int64_t), compare_keys);
	for (int i = 0; i < set.n; i++)
		if (distinct == 0 || keys[distinct - 1] != keys[i])
			keys[distinct++] = keys[i];
	return distinct;
}

int
crm_keys_keep(int64_t *keys, int n, uint64_t kinds)
{
	int kept = 0;

	for (int i = 0; i < n; i++)
		if (kinds >> crm_key_kind_of(keys[i]) & 1)
			keys[kept++] = keys[i];
	return kept;
}
