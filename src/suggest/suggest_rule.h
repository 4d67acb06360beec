/* suggest_rule.h - what a column holds, by its name, its type and its values. No server needed. */
#ifndef CRM_SUGGEST_RULE_H
#define CRM_SUGGEST_RULE_H

#include <stdbool.h>
#include <stddef.h>

typedef enum crm_column_type
{
	CRM_COLUMN_TEXT,
	CRM_COLUMN_WHOLE,  /* integers */
	CRM_COLUMN_NUMBER, /* with a fraction */
	CRM_COLUMN_DATE,
	CRM_COLUMN_TIME, /* timestamps */
	CRM_COLUMN_BOOLEAN,
	CRM_COLUMN_OTHER
} crm_column_type;

/* How many of the values that were looked at have a form. */
typedef struct crm_value_tally
{
	int n;
	int email;
	int phone;
	int date;
	int postal_code; /* with letters, as in NL, GB, CA */
	int digits45;    /* four or five digits */
	int country;
	int gender;
	int language;
	int birth; /* a date of somebody alive */
	int latitude;
	int longitude;
	int spaced; /* two words or more */
} crm_value_tally;

extern void crm_value_tally_add(crm_value_tally *tally, const char *value);

#define CRM_SUGGESTION_REASON 200

/*
 * attribute is a canonical one, or a part that is read together with one: "house_number" with
 * street, "name_prefix" with family_name; or what add_source takes beside the map: "changed_at",
 * "is_organization".
 */
typedef struct crm_suggestion
{
	const char *attribute;
	double confidence; /* 0 to 1 */
	char reason[CRM_SUGGESTION_REASON];
} crm_suggestion;

/* False: nothing that crm knows. */
extern bool crm_suggest(const char *column, const char *table, crm_column_type type,
						const crm_value_tally *tally, crm_suggestion *out);

typedef struct crm_word_match
{
	const char *attribute;
	const char *words; /* as in the dictionary */
	const char *language;
	double confidence;
} crm_word_match;

/* By the name alone; table's own words count for nothing in it. */
extern bool crm_suggest_by_name(const char *column, const char *table, crm_word_match *out);

#endif
