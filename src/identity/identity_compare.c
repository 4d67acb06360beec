/*
 * identity_compare.c - compares two profiles.
 *
 * What a household or an office shares (address, telephone, mailbox, family name) is evidence for
 * one person only as long as nothing says that two persons stand behind it. So evidence is summed
 * in two heaps, own and shared; a clear conflict of given name, generation or birth date caps the
 * shared heap.
 */
#include <stdlib.h>
#include <string.h>

#include "identity/identity_compare.h"
#include "identity/identity_common_name.h"
#include "identity/identity_name.h"
#include "identity/identity_weight.h"
#include "text/text.h"

/* All that people under one roof have in common is worth no more than this once they are two. */
#define HOUSEHOLD_CAP (9 * CRM_BIT)

/* What is nobody else's is enough where no name is known, however many records there are. */
#define ALONE_ENOUGH (26 * CRM_BIT)

#define DAYS_MONTH 35
#define DAYS_YEAR 370
#define DAYS_DECADE 3690
#define DAYS_GENERATION 4750

typedef struct evidence
{
	int32_t own;
	int32_t shared;	 /* by a household: address, telephone, family name */
	int32_t mailbox; /* by fewer: e-mail */
	int32_t against;
	bool two_persons;
	bool two_generations;
	bool named; /* both have a name to compare */
} evidence;

static void
speak(int32_t *heap, evidence *e, crm_level level)
{
	int32_t weight = crm_level_weight(level);

	if (weight < 0)
		e->against += weight;
	else
		*heap += weight;
}

/* Agreement on a name that many have is worth less. */
static void
speak_name(int32_t *heap, evidence *e, crm_level level, crm_span a, crm_span b)
{
	int32_t weight = crm_level_weight(level);

	speak(heap, e, level);
	if (weight > 0)
		*heap -= crm_common_name_discount(a, b);
}

static double
similarity(crm_span a, crm_span b)
{
	return crm_jaro_winkler(a.text, a.length, b.text, b.length);
}

static bool
one_error(crm_span a, crm_span b)
{
	size_t longer = a.length > b.length ? a.length : b.length;

	return longer >= 4 && crm_edit_distance(a.text, a.length, b.text, b.length, 1) <= 1;
}

static crm_span
word_at(const crm_words *words, int i)
{
	return (crm_span){words->word[i].text, words->word[i].length};
}

/* How many words of a stand in b too, allowing one error in longer words. */
static int
words_in_common(const crm_words *a, const crm_words *b)
{
	int common = 0;
	unsigned used = 0;

	for (int i = 0; i < a->n; i++)
		for (int j = 0; j < b->n; j++)
		{
			crm_span x = word_at(a, i);
			crm_span y = word_at(b, j);

			if ((used & (1u << j)) == 0 &&
				(crm_span_equal(x, y) || (x.length >= 5 && one_error(x, y))))
			{
				used |= 1u << j;
				common++;
				break;
			}
		}
	return common;
}

static bool
equal_without_spaces(crm_span a, crm_span b)
{
	size_t i = 0;
	size_t j = 0;

	for (;;)
	{
		while (i < a.length && a.text[i] == ' ')
			i++;
		while (j < b.length && b.text[j] == ' ')
			j++;
		if (i == a.length || j == b.length)
			return i == a.length && j == b.length;
		if (a.text[i++] != b.text[j++])
			return false;
	}
}

static bool
sounds_alike(crm_span a, crm_span b)
{
	char x[CRM_PHONETIC_SIZE];
	char y[CRM_PHONETIC_SIZE];
	size_t n = crm_phonetic(a.text, a.length, x);

	return n > 1 && n == crm_phonetic(b.text, b.length, y) && memcmp(x, y, n) == 0;
}

static bool
is_part_of(crm_span a, crm_span b)
{
	crm_words x;
	crm_words y;
	int common;

	crm_words_split(a.text, a.length, &x);
	crm_words_split(b.text, b.length, &y);
	if (x.n == y.n && x.n < 2)
		return false;
	common = words_in_common(&x, &y);
	return common > 0 && common == (x.n < y.n ? x.n : y.n);
}

static bool
is_initial_of(crm_span a, crm_span b)
{
	crm_span brief = a.length < b.length ? a : b;

	return (brief.length == 1 || (brief.length > 1 && brief.text[1] == ' ')) &&
		   a.text[0] == b.text[0];
}

static crm_level
given_level(crm_span a, crm_span b)
{
	double s;

	if (equal_without_spaces(a, b))
		return CRM_GIVEN_EXACT;
	if (is_initial_of(a, b))
		return CRM_GIVEN_INITIAL;
	if (crm_same_given_name(a.text, a.length, b.text, b.length))
		return CRM_GIVEN_FORM;
	if (one_error(a, b))
		return CRM_GIVEN_CLOSE;
	if (is_part_of(a, b))
		return CRM_GIVEN_PART;
	s = similarity(a, b);
	if (s >= 0.93)
		return CRM_GIVEN_CLOSE;
	if (s >= 0.85 || sounds_alike(a, b))
		return CRM_GIVEN_SIMILAR;
	return s >= 0.72 ? CRM_GIVEN_UNCLEAR : CRM_GIVEN_DIFFERENT;
}

static crm_level
family_level(crm_span a, crm_span b)
{
	double s;

	if (equal_without_spaces(a, b))
		return CRM_FAMILY_EXACT;
	if (one_error(a, b))
		return CRM_FAMILY_CLOSE;
	if (is_part_of(a, b))
		return CRM_FAMILY_PART;
	s = similarity(a, b);
	if (s >= 0.93)
		return CRM_FAMILY_CLOSE;
	if (s >= 0.87 || sounds_alike(a, b))
		return CRM_FAMILY_SIMILAR;
	return s >= 0.75 ? CRM_FAMILY_UNCLEAR : CRM_FAMILY_DIFFERENT;
}

/* One source splits "Anna Maria Lopez" after the first word, another after the second. */
static bool
same_words(const crm_profile *a, const crm_profile *b)
{
	char x[2 * CRM_TEXT_MAX];
	char y[2 * CRM_TEXT_MAX];
	crm_words wa;
	crm_words wb;

	if (a->given.length + a->family.length != b->given.length + b->family.length)
		return false;
	memcpy(x, a->given.text, a->given.length);
	x[a->given.length] = ' ';
	memcpy(x + a->given.length + 1, a->family.text, a->family.length);
	memcpy(y, b->given.text, b->given.length);
	y[b->given.length] = ' ';
	memcpy(y + b->given.length + 1, b->family.text, b->family.length);
	crm_words_split(x, a->given.length + 1 + a->family.length, &wa);
	crm_words_split(y, b->given.length + 1 + b->family.length, &wb);
	return wa.n == wb.n && words_in_common(&wa, &wb) == wa.n;
}

static bool
is_swapped(const crm_profile *a, const crm_profile *b)
{
	return given_level(a->given, b->family) <= CRM_GIVEN_CLOSE &&
		   given_level(a->family, b->given) <= CRM_GIVEN_CLOSE;
}

/* A single name may be either of the two. */
static bool
lone_name(const crm_profile *a, const crm_profile *b, crm_span *x, crm_span *y)
{
	if (a->given.length > 0 && a->family.length > 0)
		return false;
	*x = a->given.length > 0 ? a->given : a->family;
	if (b->given.length > 0 && b->family.length > 0)
		*y = family_level(*x, b->family) <= family_level(*x, b->given) ? b->family : b->given;
	else
		*y = b->given.length > 0 ? b->given : b->family;
	return x->length > 0 && y->length > 0;
}

static void
compare_lone_names(const crm_profile *a, const crm_profile *b, crm_span x, crm_span y, evidence *e)
{
	crm_level family = family_level(x, y);
	crm_level given = given_level(x, y);

	if (given < CRM_GIVEN_UNCLEAR && (a->family.length == 0 || b->family.length == 0))
		speak_name(&e->own, e, given, x, y);
	else if (family < CRM_FAMILY_UNCLEAR)
		speak_name(&e->shared, e, family, x, y);
	else if ((a->family.length > 0) == (b->family.length > 0) ||
			 (a->given.length > 0) == (b->given.length > 0))
		speak(&e->shared, e, family);
	/* a given name here and a family name there say nothing */
}

static void
compare_full_names(const crm_profile *a, const crm_profile *b, evidence *e)
{
	crm_level given = given_level(a->given, b->given);
	crm_level family = family_level(a->family, b->family);

	if (given >= CRM_GIVEN_SIMILAR || family >= CRM_FAMILY_SIMILAR)
	{
		if (is_swapped(a, b))
		{
			speak(&e->own, e, CRM_NAME_SWAPPED);
			return;
		}
		if (same_words(a, b))
		{
			given = CRM_GIVEN_EXACT;
			family = CRM_FAMILY_EXACT;
		}
	}
	speak_name(&e->own, e, given, a->given, b->given);
	speak_name(&e->shared, e, family, a->family, b->family);
	if (given >= CRM_GIVEN_UNCLEAR)
		e->two_persons = true;
}

static void
compare_person_names(const crm_profile *a, const crm_profile *b, evidence *e)
{
	crm_span x;
	crm_span y;

	if (a->generation && b->generation && a->generation != b->generation)
	{
		speak(&e->own, e, CRM_GENERATION_DIFFERENT);
		e->two_persons = true;
	}
	if (a->given.length > 0 && a->family.length > 0 && b->given.length > 0 && b->family.length > 0)
	{
		e->named = true;
		compare_full_names(a, b, e);
	}
	else if (lone_name(a, b, &x, &y) || lone_name(b, a, &x, &y))
	{
		e->named = true;
		compare_lone_names(a, b, x, y, e);
	}
}

static int
same_digits(const crm_profile *a, const crm_profile *b)
{
	int x[8] = {a->year / 1000, a->year / 100 % 10, a->year / 10 % 10, a->year % 10,
				a->month / 10,	a->month % 10,		a->day / 10,	   a->day % 10};
	int y[8] = {b->year / 1000, b->year / 100 % 10, b->year / 10 % 10, b->year % 10,
				b->month / 10,	b->month % 10,		b->day / 10,	   b->day % 10};
	int same = 0;
	int first = -1;

	for (int i = 0; i < 8; i++)
	{
		if (x[i] == y[i])
			same++;
		else if (first < 0)
			first = i;
	}
	/* two neighbours swapped are one error */
	if (same == 6 && first < 7 && x[first] == y[first + 1] && x[first + 1] == y[first])
		same = 7;
	return same;
}

static crm_level
date_level(const crm_profile *a, const crm_profile *b)
{
	int parts = (a->year == b->year) + (a->month == b->month) + (a->day == b->day);
	int apart = abs((a->year - b->year) * 365 + (a->month - b->month) * 30 + a->day - b->day);

	if (parts == 3)
		return CRM_DATE_EXACT;
	if (a->year == b->year && a->month == b->day && a->day == b->month)
		return CRM_DATE_SWAPPED;
	if (same_digits(a, b) >= 7)
		return CRM_DATE_CLOSE;
	if (parts == 2)
		return CRM_DATE_TWO_PARTS;
	if (apart <= DAYS_MONTH)
		return CRM_DATE_MONTH;
	if (apart <= DAYS_YEAR)
		return CRM_DATE_YEAR;
	if (apart <= DAYS_DECADE)
		return CRM_DATE_DECADE;
	return apart <= DAYS_GENERATION ? CRM_DATE_DIFFERENT : CRM_DATE_GENERATION;
}

static void
compare_dates(const crm_profile *a, const crm_profile *b, evidence *e)
{
	crm_level level;

	if (a->year == 0 || b->year == 0)
		return;
	level = date_level(a, b);
	speak(&e->own, e, level);
	if (level == CRM_DATE_GENERATION)
		e->two_generations = true;
}

/* john.smith80 and john.smith81 are two people, however near the letters are. */
static bool
same_digits_in(crm_span a, crm_span b)
{
	size_t i = 0;
	size_t j = 0;

	for (;;)
	{
		while (i < a.length && (a.text[i] < '0' || a.text[i] > '9'))
			i++;
		while (j < b.length && (b.text[j] < '0' || b.text[j] > '9'))
			j++;
		if (i == a.length || j == b.length)
			return i == a.length && j == b.length;
		if (a.text[i++] != b.text[j++])
			return false;
	}
}

static bool
contains(crm_span text, crm_span part)
{
	if (part.length < 3)
		return false;
	for (size_t i = 0; i + part.length <= text.length; i++)
		if (memcmp(text.text + i, part.text, part.length) == 0)
			return true;
	return false;
}

/* A mailbox named after its owner repeats the name: at another provider it says nothing new. */
static bool
is_derived_from_name(crm_span local, const crm_profile *p)
{
	for (size_t i = 0; i < local.length; i++)
		if (local.text[i] >= '0' && local.text[i] <= '9')
			return false;
	return contains(local, p->family) || contains(local, p->given);
}

static bool
emails_one_error(const crm_profile_email *a, const crm_profile_email *b)
{
	crm_span x = {a->local.text, a->local.length + 1 + a->domain.length};
	crm_span y = {b->local.text, b->local.length + 1 + b->domain.length};

	if (a->shared || b->shared || !same_digits_in(a->local, b->local))
		return false;
	if ((a->free || b->free) && (a->local.length < 6 || b->local.length < 6))
		return false;
	return x.length >= 9 && crm_edit_distance(x.text, x.length, y.text, y.length, 2) <= 2;
}

static crm_level
email_level(const crm_profile *p, const crm_profile_email *a, const crm_profile_email *b)
{
	bool domain = crm_span_equal(a->domain, b->domain);

	if (domain && crm_span_equal(a->local, b->local))
		return a->shared ? CRM_EMAIL_SHARED : CRM_EMAIL_EXACT;
	if (emails_one_error(a, b))
		return CRM_EMAIL_CLOSE;
	if (!a->shared && a->local.length >= 6 && crm_span_equal(a->local, b->local))
		return is_derived_from_name(a->local, p) ? CRM_EMAIL_NAMED : CRM_EMAIL_LOCAL;
	return domain && !a->free ? CRM_EMAIL_DOMAIN : CRM_EMAIL_DIFFERENT;
}

static void
compare_emails(const crm_profile *a, const crm_profile *b, evidence *e)
{
	crm_level best = CRM_EMAIL_DIFFERENT;

	if (a->nemails == 0 || b->nemails == 0)
		return;
	for (int i = 0; i < a->nemails; i++)
		for (int j = 0; j < b->nemails; j++)
		{
			crm_level level = email_level(a, &a->emails[i], &b->emails[j]);

			if (level < best)
				best = level;
		}
	speak(&e->mailbox, e, best);
	/* a mailbox of one's own is enough where nobody is named */
	if (best == CRM_EMAIL_EXACT && !e->named)
		e->own += ALONE_ENOUGH - crm_level_weight(CRM_EMAIL_EXACT) + CRM_BIT;
}

static bool
phone_one_error(uint64_t a, uint64_t b)
{
	int different = 0;

	while ((a > 0 || b > 0) && different <= 2)
	{
		different += a % 10 != b % 10;
		a /= 10;
		b /= 10;
	}
	return different == 1;
}

static void
compare_phones(const crm_profile *a, const crm_profile *b, evidence *e)
{
	crm_level best = CRM_PHONE_DIFFERENT;

	if (a->nphones == 0 || b->nphones == 0)
		return;
	for (int i = 0; i < a->nphones; i++)
		for (int j = 0; j < b->nphones; j++)
		{
			if (a->phones[i] == b->phones[j])
				best = CRM_PHONE_EXACT;
			else if (best > CRM_PHONE_CLOSE && phone_one_error(a->phones[i], b->phones[j]))
				best = CRM_PHONE_CLOSE;
		}
	speak(&e->shared, e, best);
	if (best == CRM_PHONE_EXACT && !e->named)
		e->own += ALONE_ENOUGH - crm_level_weight(CRM_PHONE_EXACT);
}

static void
compare_identifiers(const crm_profile *a, const crm_profile *b, evidence *e)
{
	crm_level best = CRM_LEVELS;

	for (int i = 0; i < a->nidentifiers; i++)
		for (int j = 0; j < b->nidentifiers; j++)
		{
			crm_span x = a->identifiers[i].value;
			crm_span y = b->identifiers[j].value;
			crm_level level = CRM_IDENTIFIER_DIFFERENT;

			if (a->identifiers[i].attribute != b->identifiers[j].attribute)
				continue;
			if (crm_span_equal(x, y))
				level = CRM_IDENTIFIER_EXACT;
			else if (x.length >= 6 && one_error(x, y))
				level = CRM_IDENTIFIER_CLOSE;
			if (level < best)
				best = level;
		}
	if (best != CRM_LEVELS)
		speak(&e->own, e, best);
}

static bool
same_street(crm_span a, crm_span b)
{
	return equal_without_spaces(a, b) || similarity(a, b) >= 0.90;
}

static bool
same_place(const crm_profile *a, const crm_profile *b)
{
	if (a->postal_code.length > 0 && b->postal_code.length > 0)
		return crm_span_equal(a->postal_code, b->postal_code) ||
			   (a->city.length > 0 && b->city.length > 0 && similarity(a->city, b->city) >= 0.92);
	return a->city.length > 0 && b->city.length > 0 && similarity(a->city, b->city) >= 0.90;
}

static crm_level
place_level(const crm_profile *a, const crm_profile *b)
{
	if (a->postal_code.length > 0 && b->postal_code.length > 0)
	{
		if (crm_span_equal(a->postal_code, b->postal_code))
			return a->postal_code.length >= 6 ? CRM_POSTAL_CODE_LONG : CRM_POSTAL_CODE_SHORT;
		if (one_error(a->postal_code, b->postal_code))
			return CRM_POSTAL_CODE_CLOSE;
	}
	if (a->city.length > 0 && b->city.length > 0)
	{
		if (crm_span_equal(a->city, b->city))
			return CRM_CITY_EXACT;
		return similarity(a->city, b->city) >= 0.88 ? CRM_CITY_CLOSE : CRM_CITY_DIFFERENT;
	}
	return a->postal_code.length > 0 && b->postal_code.length > 0 ? CRM_ADDRESS_DIFFERENT
																  : CRM_LEVELS;
}

static crm_level
address_level(const crm_profile *a, const crm_profile *b)
{
	if (a->street.length > 0 && b->street.length > 0 && same_street(a->street, b->street))
	{
		bool place = same_place(a, b);
		bool number = a->number.length > 0 && crm_span_equal(a->number, b->number);

		if (number)
			return place ? CRM_ADDRESS_EXACT : CRM_ADDRESS_HOUSE;
		if (place)
			return CRM_ADDRESS_STREET;
	}
	return place_level(a, b);
}

static void
compare_addresses(const crm_profile *a, const crm_profile *b, evidence *e)
{
	crm_level level = address_level(a, b);

	if (level != CRM_LEVELS)
		speak(&e->shared, e, level);
	if (a->region.length > 0 && b->region.length > 0)
		speak(&e->shared, e,
			  crm_span_equal(a->region, b->region) ? CRM_REGION_EXACT : CRM_REGION_DIFFERENT);
	if (a->country.length == 2 && b->country.length == 2)
		speak(&e->shared, e,
			  crm_span_equal(a->country, b->country) ? CRM_COUNTRY_EXACT : CRM_COUNTRY_DIFFERENT);
}

static crm_level
organization_level(crm_span a, crm_span b)
{
	double s;

	if (equal_without_spaces(a, b))
		return CRM_ORGANIZATION_EXACT;
	if (one_error(a, b))
		return CRM_ORGANIZATION_CLOSE;
	if (is_part_of(a, b))
		return CRM_ORGANIZATION_PART;
	s = similarity(a, b);
	if (s >= 0.94)
		return CRM_ORGANIZATION_CLOSE;
	return s >= 0.86 ? CRM_ORGANIZATION_SIMILAR : CRM_ORGANIZATION_DIFFERENT;
}

static void
compare_organizations(const crm_profile *a, const crm_profile *b, evidence *e)
{
	if (a->organization.length == 0 || b->organization.length == 0)
		return;
	e->named = true;
	speak(&e->own, e, organization_level(a->organization, b->organization));
}

static void
compare_persons(const crm_profile *a, const crm_profile *b, evidence *e)
{
	compare_person_names(a, b, e);
	compare_dates(a, b, e);
	if (a->gender && b->gender)
		speak(&e->own, e, a->gender == b->gender ? CRM_GENDER_EXACT : CRM_GENDER_DIFFERENT);
	if (a->organization.length > 0 && b->organization.length > 0 &&
		organization_level(a->organization, b->organization) <= CRM_ORGANIZATION_PART)
		speak(&e->shared, e, CRM_EMPLOYER_EXACT);
}

crm_comparison
crm_profile_compare(const crm_profile *a, const crm_profile *b)
{
	evidence e = {0};

	if (a->kind != b->kind)
		return (crm_comparison){.weight = -100 * CRM_BIT, .conflict = -100 * CRM_BIT};
	if (a->kind == 'p')
		compare_persons(a, b, &e);
	else
		compare_organizations(a, b, &e);
	compare_identifiers(a, b, &e);
	compare_emails(a, b, &e);
	compare_phones(a, b, &e);
	compare_addresses(a, b, &e);
	if (e.two_persons)
		e.shared += e.mailbox;
	else
		e.own += e.mailbox;
	if ((e.two_persons || e.two_generations) && e.shared > HOUSEHOLD_CAP)
		e.shared = HOUSEHOLD_CAP;
	return (crm_comparison){.weight = e.own + e.shared + e.against, .conflict = e.against};
}

int32_t
crm_match_weight(int64_t records)
{
	int32_t weight = 13 * CRM_BIT;

	for (int64_t limit = 1024; records > limit && weight < 25 * CRM_BIT; limit *= 4)
		weight += 2 * CRM_BIT;
	return weight;
}
