/* follow_statement.h - the statements that repair a source, as they are shown to people. */
#ifndef CRM_FOLLOW_STATEMENT_H
#define CRM_FOLLOW_STATEMENT_H

#include "source/source_registry.h"
#include "utils/relcache.h"

/* What makes the source the draft, or NULL if they are alike; draft NULL: nothing of it is left. */
extern char *crm_source_change_call(const crm_source *source, const crm_source *draft);

/*
 * What takes the table that is there for the one that is meant: read_from, or that of the name if
 * it is InvalidOid.
 */
extern char *crm_source_repair_call(const crm_source *source, Oid read_from);

/*
 * Of a key that holds no more: a better one if there is one, else the constraint that says which
 * rows are in its way.
 */
extern char *crm_source_key_repair(const crm_source *source, Relation relation);

#endif
