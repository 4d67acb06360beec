/* source_lookup_parts.h - keeps the registry rows of look-ups in step with the expressions. */
#ifndef CRM_SOURCE_LOOKUP_PARTS_H
#define CRM_SOURCE_LOOKUP_PARTS_H

#include "source/source_registry.h"

/*
 * Of a source or detail that was registered or changed: adds, changes and removes the registry rows
 * and triggers of what its expressions look up. A row of role l hangs on what holds its key: on the
 * source or detail, or on the look-up one step before. parent_columns is the column there whose
 * value is the key; empty if the key is an expression: then a change in the table means that all of
 * the source may read otherwise. None of the tables may be open.
 */
extern void crm_source_sync_lookups(const crm_source *holder);

#endif
