/* source_store.h - writes registry rows. */
#ifndef CRM_SOURCE_STORE_H
#define CRM_SOURCE_STORE_H

#include "source/source_registry.h"
#include "utils/relcache.h"

/* The new source's id. */
extern int32 crm_source_insert(const crm_source *source, Relation relation);

/* Everything but the id; what needed attention does no more. */
extern void crm_source_update(const crm_source *source, Relation relation);

/* Follows a table that had these names where belongs_to of sources and details refers to it. */
extern void crm_source_rename_related(const char *schema, const char *table, const crm_source *now);

/* Removes all that is known of a source, its registry row last. */
extern void crm_source_forget(int32 source_id);

#endif
