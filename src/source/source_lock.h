/* source_lock.h - locks on departmental tables, waited for without standing in anybody's way. */
#ifndef CRM_SOURCE_LOCK_H
#define CRM_SOURCE_LOCK_H

#include "fmgr.h"
#include "storage/lockdefs.h"

/*
 * Locks the table, then its partitions and inheritance children, parents first, by ascending OID.
 * All of them within one lock_timeout of the caller or, where that is 0, one crm.lock_timeout; what
 * is not granted in that time is an error 55P03 that says who holds it.
 */
extern void crm_source_lock_tree(Oid relation_id, LOCKMODE mode);

/*
 * Calls body, and adds to its complaint about a lock the statement by which fcinfo is called again.
 * For whatever it waits, no longer than a table is waited for.
 */
extern Datum crm_source_patiently(FunctionCallInfo fcinfo, PGFunction body);

/* The same for what first waits, as long as it takes, for those who keep nobody from a table. */
extern Datum crm_source_retriably(FunctionCallInfo fcinfo, PGFunction body);

#endif
