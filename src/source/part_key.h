/* part_key.h - which columns of a detail equal which of what it hangs on. Private to the room. */
#ifndef CRM_PART_KEY_H
#define CRM_PART_KEY_H

#include "source/source_registry.h"
#include "utils/relcache.h"

/*
 * Fills key and parent_columns of the draft out of what the user wrote: names of columns, each
 * perhaps followed by "= column of the parent". Left out, these are what a foreign key says, else
 * the parent's key. Raises what cannot be, compared types included.
 */
extern void crm_part_key(crm_source *draft, Relation relation, const crm_source *parent,
						 Relation parent_relation, List *named);

#endif
