/* match_term.c - frequencies of values, by hash. */
#include <math.h>
#include <string.h>

#include "match/match_term.h"
#include "match/match_value.h"

/* Fewer values than this say nothing about frequencies. */
#define TOTAL_LEAST 100

/* One name in two thousand is a name: a particular typing error is ten times as rare. */
#define NAME_COMMON (-11 * CRM_BIT)
#define NAME_COUNT_LEAST (2 * CRM_BIT)

static crm_span
value_of(const crm_profile *profile, crm_term_kind kind)
{
	switch (kind)
	{
		case CRM_TERM_GIVEN:
			return profile->given;
		case CRM_TERM_FAMILY:
			return profile->family;
		default:
			return profile->city;
	}
}

static uint64_t
key_of(crm_term_kind kind, crm_span country, crm_span value)
{
	uint64_t key = crm_value_hash64(country.text, country.length, 17 + kind);

	key = crm_value_hash64(value.text, value.length, key);
	return key == 0 ? 1 : key;
}

static bool
has_country(const crm_profile *profile)
{
	return profile->country.length == 2;
}

int
crm_term_keys(const crm_profile *profile, uint64_t keys[CRM_TERM_KEYS_MAX])
{
	static const crm_span none = {"", 0};
	int n = 0;

	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
	{
		crm_span value = value_of(profile, (crm_term_kind) kind);

		if (value.length == 0)
			continue;
		keys[n++] = key_of((crm_term_kind) kind, none, value);
		keys[n++] = key_of((crm_term_kind) kind, none, none);
		if (!has_country(profile))
			continue;
		keys[n++] = key_of((crm_term_kind) kind, profile->country, value);
		keys[n++] = key_of((crm_term_kind) kind, profile->country, none);
	}
	return n;
}

size_t
crm_term_places(size_t terms)
{
	size_t places = 64;

	while (places < 2 * terms)
		places *= 2;
	return places;
}

static crm_term *
place_of(const crm_term_table *table, uint64_t key)
{
	size_t place = key & (table->places - 1);

	while (table->terms[place].key != 0 && table->terms[place].key != key)
		place = (place + 1) & (table->places - 1);
	return &table->terms[place];
}

void
crm_term_put(crm_term_table *table, uint64_t key, int64_t count)
{
	crm_term *term = place_of(table, key);

	term->key = key;
	term->log = (int32_t) lround(log2((double) count) * CRM_BIT);
}

/* A value that is not in the table stands for one that a single other record has. */
static int16_t
frequency(const crm_term_table *table, crm_term_kind kind, crm_span country, crm_span value)
{
	static const crm_span none = {"", 0};
	const crm_term *total = place_of(table, key_of(kind, country, none));
	const crm_term *term;

	if (total->key == 0 || total->log < (int32_t) lround(log2(TOTAL_LEAST) * CRM_BIT))
		return CRM_TERM_UNKNOWN;
	term = place_of(table, key_of(kind, country, value));
	return (int16_t) ((term->key == 0 ? CRM_BIT : term->log) - total->log);
}

static bool
is_common_given(const crm_term_table *table, crm_span given)
{
	static const crm_span none = {"", 0};
	const crm_term *term;
	const crm_term *total;

	if (given.length == 0)
		return false;
	term = place_of(table, key_of(CRM_TERM_GIVEN, none, given));
	total = place_of(table, key_of(CRM_TERM_GIVEN, none, none));
	return term->key != 0 && term->log >= NAME_COUNT_LEAST && term->log - total->log >= NAME_COMMON;
}

void
crm_term_of(const crm_term_table *table, crm_profile *profile)
{
	static const crm_span none = {"", 0};

	profile->terms.common_given = table != NULL && is_common_given(table, profile->given);
	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
	{
		crm_span value = value_of(profile, (crm_term_kind) kind);

		profile->terms.everywhere[kind] = profile->terms.in_country[kind] = CRM_TERM_UNKNOWN;
		if (table == NULL || value.length == 0)
			continue;
		profile->terms.everywhere[kind] = frequency(table, (crm_term_kind) kind, none, value);
		if (has_country(profile))
			profile->terms.in_country[kind] =
				frequency(table, (crm_term_kind) kind, profile->country, value);
	}
}
