/* source_lookup.h - look-ups in the expressions over a departmental row. */
#ifndef CRM_SOURCE_LOOKUP_H
#define CRM_SOURCE_LOOKUP_H

#include "nodes/nodes.h"
#include "nodes/primnodes.h"
#include "source/lookup_rule.h"
#include "source/source_registry.h"
#include "utils/relcache.h"

/*
 * Makes of each lookup(...) in a raw expression a call of crm.lookup() over constants, tables with
 * their schemas and key columns named: by the only foreign key of the relation to the table, or of
 * the key's column, or by the primary key. The current user must be able to read what is looked up.
 */
extern void crm_source_rewrite_lookups(Node *raw, Relation relation);

/* Whether it is crm.lookup(). */
extern bool crm_source_is_lookup(Oid function);

/*
 * An error unless the analysed call is one over constants whose tables the owner of the row's table
 * may read without running what belongs to others, by a key that fits.
 */
extern void crm_source_check_lookup(const FuncExpr *call, Oid table_owner);

/* One call of crm.lookup() in a stored expression. */
typedef struct crm_source_lookup
{
	char *column;    /* whose value is the key; NULL: the key is an expression */
	List *paths;     /* crm_lookup_path, one a step */
	List *locations; /* of each, where its literal begins in the expression */
} crm_source_lookup;

/* The look-ups of a stored expression, NIL for NULL. */
extern List *crm_source_lookups_in(const char *expression);

/* The texts of all expressions of a source or detail. */
extern List *crm_source_expressions(const crm_source *source);

/* As the current user: an error if one of the tables cannot be read by now. */
extern void crm_source_check_lookups(const crm_source *source);

/* schema.table(key).column, each quoted where it must be. */
extern char *crm_source_lookup_text(const crm_lookup_path *path);

#endif
