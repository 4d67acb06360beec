/* match_name.h - names of people and companies taken apart. */
#ifndef CRM_MATCH_NAME_H
#define CRM_MATCH_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "text/text.h"

#define CRM_NAME_WORDS 12

typedef struct crm_words
{
	int n;
	struct
	{
		const char *text;
		size_t length;
	} word[CRM_NAME_WORDS];
} crm_words;

typedef struct crm_person_name
{
	char given[CRM_TEXT_MAX];
	char family[CRM_TEXT_MAX];
	char generation; /* 'j', 's', '2' to '4' or 0 */
} crm_person_name;

/* Whether a word stands in an array of words. */
#define crm_listed(word, length, list)                                                             \
	crm_is_listed(word, length, list, sizeof(list) / sizeof((list)[0]))
extern bool crm_is_listed(const char *word, size_t length, const char *const *list, size_t n);

extern void crm_words_split(const char *folded, size_t length, crm_words *words);

/* "Dr. Anna van den Berg jr" and "Berg, Anna van den" alike. */
extern void crm_name_split(const char *name, crm_person_name *out);

/* A given or family name that came in a column of its own. */
extern size_t crm_name_given(const char *text, char *out, size_t size, char *generation);
extern size_t crm_name_family(const char *text, char *out, size_t size, char *generation);

/* Folded, without legal form and filler words, abbreviations written out. */
extern size_t crm_name_organization(const char *text, char *out, size_t size);

/*
 * Corporation and Company are forms to some and words of the name to others: where one ends a name,
 * no other such word stood there. 'r', 'y' or 0.
 */
extern char crm_name_organization_end(const char *text);

/* Whether a name ends in a legal form: Jansen & Zn. B.V. */
extern bool crm_name_is_organization(const char *text);

#endif
