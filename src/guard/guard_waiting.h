/* guard_waiting.h - rows that are written in the state of waiting for approval. Private to the
 * room. */
#ifndef CRM_GUARD_WAITING_H
#define CRM_GUARD_WAITING_H

#include "guard/guard_act.h"

/*
 * Opens the request of a row that stands in the table now and waits because its writer may not do
 * what he wanted. A row that somebody else sent there is left as it is.
 */
extern void crm_guard_open_request(crm_guard_state *state, TupleTableSlot *row);

/* Whether the listed columns are what they were when it was asked for. */
extern bool crm_guard_is_as_asked(const crm_guard_plan *plan, TupleTableSlot *row,
								  const char *asked);

/* A row left the waiting state by another decision: what is open about it is withdrawn. */
extern void crm_guard_close_requests(crm_guard_state *state, TupleTableSlot *row);

/* The row that was to wait has been written, and does not. */
extern void crm_guard_forget_wish(crm_guard_state *state, TupleTableSlot *row);

#endif
