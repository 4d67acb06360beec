/* follow_lookup.h - lets expressions follow what looked-up tables are called by now. */
#ifndef CRM_FOLLOW_LOOKUP_H
#define CRM_FOLLOW_LOOKUP_H

#include "source/source_registry.h"

/*
 * The expression with the look-ups in the table of before reading as now has it: schema, table and
 * columns, of which the same stand in the same places of both lists. The same pointer if it looks
 * nothing up there, or nothing differs.
 */
extern char *crm_source_lookup_renamed(const char *expression, const crm_source *before,
									   const crm_source *now);

/*
 * What the registry row of a look-up would be by now: a table that was renamed is found by its
 * trigger, a column by its number. NULL if it is all as it was, or the table cannot be found.
 */
extern crm_source *crm_source_lookup_now(const crm_source *lookup);

/*
 * The stored expression of a source or detail with all its look-ups as they are called by now;
 * *renamed gets texts for people: ""app.country.code" is now "app.country.iso"".
 */
extern char *crm_source_follow_lookups(const crm_source *holder, const char *expression,
									   List **renamed);

/*
 * Once the registry row of a look-up has followed its table: writes the new names into the
 * expressions of what it belongs to, and into the parent_columns of what hangs on it.
 */
extern void crm_source_rename_lookup(const crm_source *before, const crm_source *now);

/* The source or detail whose expressions look there, or NULL. */
extern crm_source *crm_source_lookup_holder(const crm_source *lookup);

#endif
