/* preset.h - sources by preset, for crm.add_source(). */
#ifndef CRM_PRESET_H
#define CRM_PRESET_H

#include "fmgr.h"

/*
 * crm.add_source() where preset is given: its other arguments stand before what the preset says.
 * The names of the sources, comma-separated.
 */
extern text *crm_preset_add(FunctionCallInfo fcinfo, int preset_argument);

/* The schema of that name, or a table and its schema; table NULL: the whole schema. */
extern void crm_preset_find_target(text *name, char **schema, char **table);

/* Who asked for what is being planned, as whom expressions are looked at. */
extern Oid crm_preset_caller(void);

/* The preset that fits the schema and knows the table as a source, or NULL. */
extern char *crm_preset_of_table(const char *schema, const char *table);

#endif
