/* follow_substitute.h - whether another table may stand for the one that was registered. */
#ifndef CRM_FOLLOW_SUBSTITUTE_H
#define CRM_FOLLOW_SUBSTITUTE_H

#include "source/source_registry.h"
#include "utils/relcache.h"

/* Why it cannot be the one that is meant, or NULL; expressions and key are looked at later. */
extern char *crm_source_misfit(const crm_source *source, Relation relation);

/* Whether it has all columns too: a table of another make may take a name that is free. */
extern bool crm_source_reads_alike(const crm_source *source, Oid table);

/* Whether the table has no row though there are customers of the source, who would all be gone. */
extern bool crm_source_would_empty(const crm_source *source);

#endif
