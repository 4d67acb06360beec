/*
 * match_profile.c - builds and opens profiles.
 *
 * Bytes: version, kind, gender, generation, then fields of tag, length and text. A field longer
 * than 255 bytes is cut, one that no longer fits is left out: a profile never fails.
 */
#include <string.h>

#include "match/match_name.h"
#include "match/match_profile.h"
#include "match/match_value.h"
#include "text/text.h"

#define HEADER 4

enum field
{
	FIELD_GIVEN = 1,
	FIELD_FAMILY,
	FIELD_ORGANIZATION,
	FIELD_STREET,
	FIELD_NUMBER,
	FIELD_POSTAL_CODE,
	FIELD_CITY,
	FIELD_REGION,
	FIELD_COUNTRY,
	FIELD_DATE,
	FIELD_ORGANIZATION_END,
	FIELD_EMAIL,
	FIELD_PHONE,
	FIELD_IDENTIFIER
};

typedef struct builder
{
	char *out;
	size_t used;
	bool has_given;
	bool has_family;
	bool has_organization;
	char generation;
	unsigned seen; /* bit a field that may stand once only */
} builder;

static void
put(builder *b, enum field field, const char *text, size_t length)
{
	bool once = field < FIELD_EMAIL;

	if (length == 0 || (once && (b->seen & (1u << field)) != 0))
		return;
	if (length > UINT8_MAX)
		length = UINT8_MAX;
	if (b->used + 2 + length > CRM_PROFILE_MAX)
		return;
	b->seen |= 1u << field;
	b->out[b->used++] = (char) field;
	b->out[b->used++] = (char) length;
	memcpy(b->out + b->used, text, length);
	b->used += length;
}

static void
put_person(builder *b, const crm_profile_value *value)
{
	crm_person_name name = {0};

	if (value->kind == CRM_KIND_NAME)
	{
		crm_name_split(value->text, &name);
		if (name.generation)
			b->generation = name.generation;
		put(b, FIELD_GIVEN, name.given, strlen(name.given));
		put(b, FIELD_FAMILY, name.family, strlen(name.family));
	}
	else if (value->kind == CRM_KIND_GIVEN_NAME)
		put(b, FIELD_GIVEN, name.given,
			crm_name_given(value->text, name.given, sizeof(name.given), &b->generation));
	else
		put(b, FIELD_FAMILY, name.family,
			crm_name_family(value->text, name.family, sizeof(name.family), &b->generation));
}

static void
put_organization(builder *b, const char *text)
{
	char folded[CRM_TEXT_MAX];
	char end = crm_name_organization_end(text);

	if (end != 0 && (b->seen & (1u << FIELD_ORGANIZATION)) == 0)
		put(b, FIELD_ORGANIZATION_END, &end, 1);
	put(b, FIELD_ORGANIZATION, folded, crm_name_organization(text, folded, sizeof(folded)));
}

static void
put_folded(builder *b, enum field field, const char *text)
{
	char folded[CRM_TEXT_MAX];

	put(b, field, folded, crm_text_fold(text, strlen(text), folded, sizeof(folded)));
}

static void
put_street(builder *b, const char *text)
{
	char street[CRM_TEXT_MAX];
	char number[CRM_TEXT_MAX];

	crm_value_street(text, street, number);
	put(b, FIELD_STREET, street, strlen(street));
	put(b, FIELD_NUMBER, number, strlen(number));
}

/* 17 numbers a row of some table, 0000000 fills a form: neither tells who somebody is. */
static bool
is_telling(const char *code, size_t length)
{
	char first = code[0];
	char second = 0;

	if (length < 4)
		return false;
	for (size_t i = 1; i < length; i++)
	{
		if (code[i] == first || code[i] == second)
			continue;
		if (second != 0)
			return true;
		second = code[i];
	}
	return false;
}

static void
put_identifier(builder *b, const crm_profile_value *value)
{
	char text[4 + CRM_TEXT_MAX];
	uint32_t attribute = crm_value_hash32(value->attribute, strlen(value->attribute));
	size_t length = crm_value_code(value->text, text + 4, CRM_TEXT_MAX);

	memcpy(text, &attribute, 4);
	if (is_telling(text + 4, length))
		put(b, FIELD_IDENTIFIER, text, 4 + length);
}

static void
put_phone(builder *b, const crm_profile_value *value)
{
	uint64_t phone = value->phone != 0 ? value->phone : crm_value_raw_phone(value->text);

	if (phone != 0)
		put(b, FIELD_PHONE, (const char *) &phone, sizeof(phone));
}

/* What forms and old programs write where they know no date. */
static bool
is_placeholder(int year, int month, int day)
{
	bool new_year = month == 1 && day == 1;

	return year == 9999 || (year == 1899 && month == 12) ||
		   (new_year &&
			(year <= 1 || year == 1753 || year == 1800 || year == 1900 || year == 1970));
}

static void
put_date(builder *b, const char *text)
{
	int year;
	int month;
	int day;
	char packed[4];

	if (!crm_value_date(text, &year, &month, &day) || is_placeholder(year, month, day))
		return;
	packed[0] = (char) (year >> 8);
	packed[1] = (char) (year & 0xff);
	packed[2] = (char) month;
	packed[3] = (char) day;
	put(b, FIELD_DATE, packed, 4);
}

static void
put_value(builder *b, char kind, const crm_profile_value *value)
{
	char code[CRM_TEXT_MAX];

	switch (value->kind)
	{
		case CRM_KIND_NAME:
			if (kind == 'o')
				put_organization(b, value->text);
			else
				put_person(b, value);
			break;
		case CRM_KIND_GIVEN_NAME:
		case CRM_KIND_FAMILY_NAME:
			if (kind == 'p')
				put_person(b, value);
			break;
		case CRM_KIND_ORGANIZATION:
			put_organization(b, value->text);
			break;
		case CRM_KIND_EMAIL:
			if (strchr(value->text, '@') != NULL)
				put(b, FIELD_EMAIL, code, crm_value_email(value->text, code, sizeof(code)));
			break;
		case CRM_KIND_PHONE:
			put_phone(b, value);
			break;
		case CRM_KIND_STREET:
			put_street(b, value->text);
			break;
		case CRM_KIND_POSTAL_CODE:
			put(b, FIELD_POSTAL_CODE, code, crm_value_code(value->text, code, sizeof(code)));
			break;
		case CRM_KIND_CITY:
			put_folded(b, FIELD_CITY, value->text);
			break;
		case CRM_KIND_REGION:
			put_folded(b, FIELD_REGION, value->text);
			break;
		case CRM_KIND_COUNTRY:
			put(b, FIELD_COUNTRY, code, crm_text_country(value->text, code, sizeof(code)));
			break;
		case CRM_KIND_DATE:
			put_date(b, value->text);
			break;
		case CRM_KIND_IDENTIFIER:
			put_identifier(b, value);
			break;
		case CRM_KIND_GENDER:
			b->out[2] = crm_value_gender(value->text);
			break;
		default:
			break;
	}
}

/* A person where a personal name stands in its own column; a company by its column or legal form.
 */
static char
kind_by_values(const crm_profile_value *values, int nvalues)
{
	bool organization = false;
	bool name = false;

	for (int i = 0; i < nvalues; i++)
	{
		if (values[i].kind == CRM_KIND_GIVEN_NAME || values[i].kind == CRM_KIND_FAMILY_NAME)
			return 'p';
		if (values[i].kind == CRM_KIND_NAME)
		{
			name = true;
			if (crm_name_is_organization(values[i].text))
				return 'o';
		}
		if (values[i].kind == CRM_KIND_ORGANIZATION)
			organization = true;
	}
	return organization && !name ? 'o' : 'p';
}

size_t
crm_profile_build(char kind, const crm_profile_value *values, int nvalues,
				  char out[CRM_PROFILE_MAX])
{
	builder b = {.out = out, .used = HEADER};

	if (kind != 'p' && kind != 'o')
		kind = kind_by_values(values, nvalues);
	memset(out, 0, HEADER);
	out[0] = CRM_PROFILE_VERSION;
	out[1] = kind;
	for (int i = 0; i < nvalues; i++)
		put_value(&b, kind, &values[i]);
	out[3] = b.generation;
	return b.used;
}

static void
open_email(crm_profile *profile, const char *text, size_t length)
{
	const char *at = memchr(text, '@', length);
	crm_profile_email *email;

	if (at == NULL || profile->nemails == CRM_PROFILE_MANY)
		return;
	email = &profile->emails[profile->nemails++];
	email->local = (crm_span){text, at - text};
	email->domain = (crm_span){at + 1, length - (at - text) - 1};
	email->shared = crm_value_local_is_shared(email->local.text, email->local.length);
	email->free = crm_value_domain_is_free(email->domain.text, email->domain.length);
}

static void
open_field(crm_profile *profile, enum field field, const char *text, size_t length)
{
	crm_span *const spans[] = {
		[FIELD_GIVEN] = &profile->given,
		[FIELD_FAMILY] = &profile->family,
		[FIELD_ORGANIZATION] = &profile->organization,
		[FIELD_STREET] = &profile->street,
		[FIELD_NUMBER] = &profile->number,
		[FIELD_POSTAL_CODE] = &profile->postal_code,
		[FIELD_CITY] = &profile->city,
		[FIELD_REGION] = &profile->region,
		[FIELD_COUNTRY] = &profile->country,
	};

	if (field >= FIELD_GIVEN && field <= FIELD_COUNTRY)
		*spans[field] = (crm_span){text, length};
	else if (field == FIELD_DATE && length == 4)
	{
		profile->year = (uint8_t) text[0] << 8 | (uint8_t) text[1];
		profile->month = (uint8_t) text[2];
		profile->day = (uint8_t) text[3];
	}
	else if (field == FIELD_ORGANIZATION_END && length == 1)
		profile->organization_end = *text;
	else if (field == FIELD_EMAIL)
		open_email(profile, text, length);
	else if (field == FIELD_PHONE && length == sizeof(uint64_t) &&
			 profile->nphones < CRM_PROFILE_MANY)
		memcpy(&profile->phones[profile->nphones++], text, length);
	else if (field == FIELD_IDENTIFIER && length > 4 && profile->nidentifiers < CRM_PROFILE_MANY)
	{
		crm_profile_identifier *id = &profile->identifiers[profile->nidentifiers++];

		memcpy(&id->attribute, text, 4);
		id->value = (crm_span){text + 4, length - 4};
	}
}

static void
set_traits(crm_name_traits *traits, crm_span name)
{
	const char *space = name.length > 0 ? memchr(name.text, ' ', name.length) : NULL;

	traits->form = -1;
	if (name.length == 0)
		return;
	traits->letters = crm_letter_bag(name.text, name.length);
	traits->first = (uint8_t) (space != NULL ? (size_t) (space - name.text) : name.length);
	traits->words = 1;
	for (size_t i = 0; i < name.length; i++)
		traits->words += name.text[i] == ' ';
	traits->form = (int16_t) crm_given_name_at(name.text, traits->first);
	traits->sound_length = (uint8_t) crm_phonetic(name.text, name.length, traits->sound);
}

static uint64_t
digits_of(const crm_profile *p)
{
	int digits[] = {p->year / 1000, p->year / 100 % 10, p->year / 10 % 10, p->year % 10,
					p->month / 10,  p->month % 10,      p->day / 10,       p->day % 10};
	uint64_t packed = 0;

	for (int i = 0; i < 8; i++)
		packed |= (uint64_t) digits[i] << (8 * i);
	return packed;
}

static uint64_t
letters_of(crm_span span)
{
	return span.length > 0 ? crm_letter_bag(span.text, span.length) : 0;
}

static void
set_all_traits(crm_profile *profile)
{
	set_traits(&profile->given_traits, profile->given);
	set_traits(&profile->family_traits, profile->family);
	profile->street_letters = letters_of(profile->street);
	profile->city_letters = letters_of(profile->city);
	profile->digits = digits_of(profile);
	for (int i = 0; i < profile->nemails; i++)
	{
		crm_profile_email *email = &profile->emails[i];

		email->letters =
			crm_letter_bag(email->local.text, email->local.length + 1 + email->domain.length);
	}
}

bool
crm_profile_open(const char *bytes, size_t length, crm_profile *profile)
{
	size_t at = HEADER;

	memset(profile, 0, sizeof(*profile));
	for (int kind = 0; kind < CRM_TERM_KINDS; kind++)
		profile->terms.everywhere[kind] = profile->terms.in_country[kind] = CRM_TERM_UNKNOWN;
	if (length < HEADER || bytes[0] != CRM_PROFILE_VERSION)
		return false;
	profile->kind = bytes[1];
	profile->gender = bytes[2];
	profile->generation = bytes[3];
	while (at + 2 <= length)
	{
		size_t size = (uint8_t) bytes[at + 1];

		if (at + 2 + size > length)
			return false;
		open_field(profile, (enum field) bytes[at], bytes + at + 2, size);
		at += 2 + size;
	}
	set_all_traits(profile);
	return true;
}
