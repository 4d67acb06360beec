/* source_relation.h - how the rows of a departmental table stand in relation to others. */
#ifndef CRM_SOURCE_RELATION_H
#define CRM_SOURCE_RELATION_H

#include "nodes/bitmapset.h"
#include "source/source_registry.h"
#include "utils/relcache.h"

/*
 * Checks belongs_to, relation, since and until of the draft and replaces each by its deparsed form.
 * related: the table whose keys belongs_to gives, as the user named it; NULL keeps the one that the
 * draft has, or takes the one that the column's foreign key references, or else the table itself.
 */
extern void crm_source_check_relation(crm_source *draft, Relation relation, const char *related,
									  Bitmapset **columns);

/* The table that a foreign key over this column alone references, or InvalidOid. */
extern Oid crm_source_referenced_table(Relation relation, AttrNumber column);

/* Lower-case letters, digits and underscores: a kind of relation that stands for itself. */
extern bool crm_source_is_word(const char *text);

#endif
