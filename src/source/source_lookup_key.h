/* source_lookup_key.h - what is said and what is left out in a call of lookup(). Private. */
#ifndef CRM_SOURCE_LOOKUP_KEY_H
#define CRM_SOURCE_LOOKUP_KEY_H

#include "nodes/parsenodes.h"
#include "source/lookup_rule.h"
#include "utils/relcache.h"

/*
 * The steps (crm_lookup_path) of a raw call; *key is its first argument, or NULL if that is a step
 * already; *locations says where in the text each step begins. An error if a step is not a
 * constant, or none is there.
 */
extern List *crm_lookup_arguments(const FuncCall *call, Node **key, List **locations);

/* The name if the raw expression is just a column, else NULL. */
extern char *crm_lookup_plain_column(const Node *raw);

/* The column of from that the only foreign key to the table is made of; else an error. */
extern char *crm_lookup_referencing_column(Relation from, Relation table,
										   const crm_lookup_path *path);

/* Sets the key column that the foreign key of from's column references in the table, if one does.
 */
extern void crm_lookup_set_referenced_key(crm_lookup_path *path, Relation from, const char *column,
										  Relation table);

#endif
