/* own_table.h - writes rows of crm's own tables without a query: indexes and constraints, no
 * triggers. */
#ifndef CRM_OWN_TABLE_H
#define CRM_OWN_TABLE_H

#include "executor/tuptable.h"
#include "nodes/execnodes.h"
#include "utils/relcache.h"

typedef struct crm_own_table
{
	Relation relation;
	EState *estate;
	ResultRelInfo *result;
} crm_own_table;

/* False: there is no table crm_internal.name (any more). Of that shape, or it is an error. */
extern bool crm_own_table_open(crm_own_table *table, const char *name, int ncolumns);

/* Many at once. Checks no constraints: the caller knows what it writes. */
extern void crm_own_table_append(crm_own_table *table, TupleTableSlot **slots, int n);

/* One row, its constraints checked. The caller holds a lock that keeps others from changing it. */
extern void crm_own_table_insert(crm_own_table *table, HeapTuple row);
extern void crm_own_table_update(crm_own_table *table, HeapTuple old, HeapTuple fresh);

/* Keeps the lock. What follows in this transaction sees what was written. */
extern void crm_own_table_close(crm_own_table *table);

#endif
