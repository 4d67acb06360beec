/* explain_rule.c - what of a record an attribute's step compared, as people read it. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "explain/explain_rule.h"
#include "types/phone_number.h"

typedef struct line
{
	char *out;
	size_t used;
} line;

/* What no longer fits is left out, never cut. */
static void
append(line *l, const char *separator, crm_span text)
{
	size_t before = l->used > 0 ? strlen(separator) : 0;

	if (text.length == 0 || l->used + before + text.length + 1 > CRM_EXPLAIN_VALUE)
		return;
	memcpy(l->out + l->used, separator, before);
	memcpy(l->out + l->used + before, text.text, text.length);
	l->used += before + text.length;
	l->out[l->used] = '\0';
}

__attribute__((format(printf, 3, 4))) static void
append_text(line *l, const char *separator, const char *format, ...)
{
	char text[CRM_EXPLAIN_VALUE];
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	append(l, separator, (crm_span){text, (size_t) length});
}

static void
append_full_name(line *l, const crm_profile *p)
{
	append(l, " ", p->given);
	append(l, " ", p->family);
}

/* Where one of the two names is missing, or they are swapped, the whole name was compared. */
static void
given_value(line *l, const crm_profile *p, crm_level level)
{
	if (p->given.length > 0 && p->family.length > 0)
		append(l, " ", p->given);
	else
		append_full_name(l, p);
}

static void
family_value(line *l, const crm_profile *p, crm_level level)
{
	if (p->given.length > 0 && p->family.length > 0 && level != CRM_NAME_SWAPPED)
		append(l, " ", p->family);
	else
		append_full_name(l, p);
}

static void
generation_value(line *l, const crm_profile *p, crm_level level)
{
	const char *text = p->generation == 'j' ? "Jr" : p->generation == 's' ? "Sr" : NULL;

	if (p->generation)
		append(l, "", text ? (crm_span){text, 2} : (crm_span){&p->generation, 1});
}

static void
date_value(line *l, const crm_profile *p, crm_level level)
{
	if (p->year != 0)
		append_text(l, "", "%04d-%02d-%02d", p->year, p->month, p->day);
}

static void
email_value(line *l, const crm_profile *p, crm_level level)
{
	for (int i = 0; i < p->nemails; i++)
		append_text(l, ", ", "%.*s@%.*s", (int) p->emails[i].local.length, p->emails[i].local.text,
					(int) p->emails[i].domain.length, p->emails[i].domain.text);
}

static void
phone_value(line *l, const crm_profile *p, crm_level level)
{
	for (int i = 0; i < p->nphones; i++)
	{
		char text[CRM_PHONE_SIZE];

		if (crm_phone_is_well_formed(p->phones[i]))
			append(l, ", ", (crm_span){text, crm_phone_format(p->phones[i], text)});
		else
			append_text(l, ", ", "%" PRIu64, p->phones[i]);
	}
}

static void
identifier_value(line *l, const crm_profile *p, crm_level level)
{
	for (int i = 0; i < p->nidentifiers; i++)
		append(l, ", ", p->identifiers[i].value);
}

static void
place_value(line *l, const crm_profile *p, crm_level level)
{
	append(l, " ", p->street);
	append(l, " ", p->number);
	append(l, ", ", p->postal_code);
	append(l, " ", p->city);
}

static void
region_value(line *l, const crm_profile *p, crm_level level)
{
	append(l, "", p->region);
}

static void
country_value(line *l, const crm_profile *p, crm_level level)
{
	append(l, "", p->country);
}

static void
gender_value(line *l, const crm_profile *p, crm_level level)
{
	if (p->gender)
		append(l, "", (crm_span){&p->gender, 1});
}

static void
organization_value(line *l, const crm_profile *p, crm_level level)
{
	append(l, "", p->organization);
}

typedef void (*value_of)(line *l, const crm_profile *p, crm_level level);

static const value_of values[CRM_LEVEL_GROUPS] = {
	[CRM_GROUP_GIVEN] = given_value,
	[CRM_GROUP_FAMILY] = family_value,
	[CRM_GROUP_GENERATION] = generation_value,
	[CRM_GROUP_DATE] = date_value,
	[CRM_GROUP_EMAIL] = email_value,
	[CRM_GROUP_PHONE] = phone_value,
	[CRM_GROUP_IDENTIFIER] = identifier_value,
	[CRM_GROUP_PLACE] = place_value,
	[CRM_GROUP_REGION] = region_value,
	[CRM_GROUP_COUNTRY] = country_value,
	[CRM_GROUP_GENDER] = gender_value,
	[CRM_GROUP_EMPLOYER] = organization_value,
	[CRM_GROUP_ORGANIZATION] = organization_value,
};

size_t
crm_explain_value(const crm_profile *profile, crm_level level, char out[CRM_EXPLAIN_VALUE])
{
	line l = {.out = out};
	value_of value = values[crm_level_group_of(level)];

	out[0] = '\0';
	if (value != NULL)
		value(&l, profile, level);
	return l.used;
}
