/* lookup_rule.h - the text of a look-up's step: 'schema.table(keycolumn).column'. Private to the
 * room. */
#ifndef CRM_LOOKUP_RULE_H
#define CRM_LOOKUP_RULE_H

#include <stdbool.h>

/* As long as a name can be, and its end; NAMEDATALEN of every server. */
#define CRM_LOOKUP_NAME 64

typedef struct crm_lookup_path
{
	char schema[CRM_LOOKUP_NAME]; /* "": not said */
	char table[CRM_LOOKUP_NAME];
	char key[CRM_LOOKUP_NAME]; /* by which the row is found; "": not said */
	char column[CRM_LOOKUP_NAME];
} crm_lookup_path;

/* By the rules of SQL identifiers. NULL, or what is wrong with the text. */
extern const char *crm_lookup_path_parse(const char *text, crm_lookup_path *path);

#endif
