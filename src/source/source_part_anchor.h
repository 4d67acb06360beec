/* source_part_anchor.h - the columns of a parent that the keys of its parts equal. */
#ifndef CRM_SOURCE_PART_ANCHOR_H
#define CRM_SOURCE_PART_ANCHOR_H

#include "source/source_registry.h"
#include "utils/relcache.h"

/*
 * Names of columns of the parent that its parts' keys equal; of one that was renamed, by the
 * numbers that the parent registered, the present one.
 */
extern List *crm_part_anchors(const crm_source *parent, Relation relation);

/* Writes these present names into what hangs on the parent, as it was registered. */
extern void crm_part_follow_anchors(const crm_source *parent, Relation relation);

/* What is wrong with the columns of the parent that the part's key equals, palloc'd, or NULL. */
extern char *crm_part_anchor_problem(const crm_source *part);

/* Sees to it that the parent's capture watches the columns that its parts' keys equal. */
extern void crm_part_watch(crm_source *parent, Relation relation);

#endif
