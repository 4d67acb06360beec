/*
 * match_profile.h - what matching knows of a record: standardised values in one flat piece.
 *
 * A profile is built once, when a row is read, stored as bytes beside the record, and opened
 * without copying whenever the record is compared. The bytes are a pure function of the values.
 */
#ifndef CRM_MATCH_PROFILE_H
#define CRM_MATCH_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "match/match_model.h"
#include "source/attribute.h"
#include "text/text.h"

#define CRM_PROFILE_VERSION 2
#define CRM_PROFILE_MAX 2048 /* bytes; more values of one kind than fit are left out */
#define CRM_PROFILE_MANY 4   /* e-mails, phones, identifiers that are compared */

typedef struct crm_span
{
	const char *text;
	size_t length;
} crm_span;

/* Of a name, what each comparison would find out again. */
typedef struct crm_name_traits
{
	uint64_t letters; /* crm_letter_bag() */
	int16_t form;     /* of the first word: crm_given_name_at() */
	uint8_t words;
	uint8_t first; /* length of the first word */
	uint8_t sound_length;
	char sound[CRM_PHONETIC_SIZE];
} crm_name_traits;

typedef struct crm_profile_email
{
	uint64_t letters;
	crm_span local;
	crm_span domain;
	bool shared; /* info@, sales@: an office, nobody's own */
	bool free;   /* domain of a mail provider: says nothing about an employer */
} crm_profile_email;

typedef struct crm_profile_identifier
{
	uint32_t attribute; /* hash of the attribute's name: only equal attributes are compared */
	crm_span value;
} crm_profile_identifier;

typedef struct crm_profile
{
	char kind;       /* 'p' or 'o' */
	char gender;     /* 'm', 'f', 'x' or 0 */
	char generation; /* 'j', 's', '2' to '4' or 0 */
	crm_span given;
	crm_span family; /* without particles */
	crm_span organization;
	char organization_end; /* of what was taken off: crm_name_organization_end() */
	crm_span street;       /* without the house number */
	crm_span number;
	crm_span postal_code;
	crm_span city;
	crm_span region;
	crm_span country;
	crm_name_traits given_traits;
	crm_name_traits family_traits;
	uint64_t street_letters;
	uint64_t city_letters;
	uint64_t digits; /* of the birth date, a byte each, the first digit of the year lowest */
	int year;        /* 0: no birth date */
	int month;
	int day;
	int nemails;
	crm_profile_email emails[CRM_PROFILE_MANY];
	int nphones;
	uint64_t phones[CRM_PROFILE_MANY];
	int nidentifiers;
	crm_profile_identifier identifiers[CRM_PROFILE_MANY];
	crm_terms terms; /* unknown when opened: the model's (match_term.h) */
} crm_profile;

/* A value as it goes in: text is clean (e-mail canonical); phone is set for valid numbers. */
typedef struct crm_profile_value
{
	crm_attribute_kind kind;
	const char *attribute;
	const char *text;
	uint64_t phone; /* 0: text could not be read as a number */
} crm_profile_value;

/* Builds the bytes; kind 0 lets the values decide. Returns their length. */
extern size_t crm_profile_build(char kind, const crm_profile_value *values, int nvalues,
								char out[CRM_PROFILE_MAX]);

/* False if the bytes are of another version. The spans point into bytes. */
extern bool crm_profile_open(const char *bytes, size_t length, crm_profile *profile);

/*
 * Whoever goes through many pairs tells some pairs ahead which profile comes: to wait for memory
 * takes longer than to compare.
 */
static inline void
crm_profile_prefetch(const crm_profile *profile)
{
	for (size_t at = 0; at < sizeof(*profile); at += 64)
		__builtin_prefetch((const char *) profile + at);
}

static inline bool
crm_span_equal(crm_span a, crm_span b)
{
	return a.length == b.length && __builtin_memcmp(a.text, b.text, a.length) == 0;
}

#endif
