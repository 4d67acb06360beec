/* follow_column.h - what became of the columns that a source reads, as far as rows show it. */
#ifndef CRM_FOLLOW_COLUMN_H
#define CRM_FOLLOW_COLUMN_H

#include "lib/stringinfo.h"
#include "source/source_registry.h"
#include "utils/relcache.h"

/*
 * What rewrote the values of columns, for people, or NULL. by_number: the table is the one that was
 * registered, so that a column of another name is found by its attribute number.
 */
extern char *crm_source_column_changes(const crm_source *source, Relation relation, bool by_number);

/* An expression over the whole row reads what is added to it. */
extern bool crm_source_reads_more_columns(const crm_source *source, Relation relation,
										  const crm_source *draft, bool by_number);

/* One more of several changes; nothing if it is NULL. */
extern void crm_append_change(StringInfo text, const char *more);

#endif
