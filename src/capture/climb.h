/* climb.h - from changed rows of parts to the rows of their sources. Private to the room. */
#ifndef CRM_CLIMB_H
#define CRM_CLIMB_H

#include "source/source_registry.h"

typedef enum crm_climb
{
	CRM_CLIMB_DONE,
	CRM_CLIMB_WHOLE, /* too many, or a key that cannot be looked up: all of the source */
	CRM_CLIMB_STUCK  /* a table cannot be read; the source is marked as needing attention */
} crm_climb;

/*
 * The keys of the source's rows on which rows of the part with these keys hang by now, distinct:
 * one query a step, as the owner of each table.
 */
extern crm_climb crm_source_climb(const crm_source *part, const char *const *keys, int nkeys,
								  List **found);

#endif
