/* source_repair.h - reads a source's stored expressions against a table that changed. */
#ifndef CRM_SOURCE_REPAIR_H
#define CRM_SOURCE_REPAIR_H

#include "source/source_registry.h"
#include "utils/relcache.h"

typedef struct crm_source_mended
{
	List *renamed; /* texts: "old" is now "new" */
	List *dropped; /* column names, quoted */
	List *lost;    /* what can no longer be read: "attribute "email"", "filter" */
	char *repair;  /* a statement, or NULL if nothing need be changed */
} crm_source_mended;

/*
 * Finds by attribute number what registered columns are called by now, follows the renames through
 * every expression, leaves out what no longer parses, and writes the crm.change_source() that says
 * so.
 */
extern crm_source_mended *crm_source_mend(const crm_source *source, Relation relation);

#endif
