/* guard_call.h - how triggers of guards are called. Private to the room. */
#ifndef CRM_GUARD_CALL_H
#define CRM_GUARD_CALL_H

#include "fmgr.h"
#include "guard/guard_act.h"

extern bool crm_guards_are_enabled(void);

/* What the statement remembers, with a plan that is valid for this row. */
extern crm_guard_state *crm_guard_state_of(FunctionCallInfo fcinfo);

/*
 * Fills in what the rule asks about a row: was NULL for an INSERT, is NULL for a DELETE. Each is
 * read by the plan of its own relation.
 */
extern void crm_guard_compare(const crm_guard_plan *plan, const crm_guard_plan *was_plan,
							  TupleTableSlot *was, TupleTableSlot *is, crm_guard_write *write);

#endif
