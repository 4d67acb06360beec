/* guard_attach.h - the triggers of guards. Private to the room. */
#ifndef CRM_GUARD_ATTACH_H
#define CRM_GUARD_ATTACH_H

#include "guard/guard_registry.h"

/*
 * Attaches what is missing or wrong to the table, its partitions and its inheritance children, all
 * of which are locked.
 */
extern void crm_guard_attach(Oid relation_id, const crm_guard *guard);

/* Removes every trigger of the guard, on whatever table it is found by now. */
extern void crm_guard_detach(int32 guard_id);

/* What is wrong with the triggers, palloc'd, or NULL. The tables are locked. */
extern char *crm_guard_trigger_problem(Oid relation_id, const crm_guard *guard);

/* The table that carries the guard's row trigger by now (the parent of partitions), or InvalidOid.
 */
extern Oid crm_guard_trigger_table(int32 guard_id);

/* The guarded table by its name or, renamed, by its trigger; InvalidOid: it is gone. */
extern Oid crm_guard_table(const crm_guard *guard);

#endif
