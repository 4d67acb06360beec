/* cost.h - the time that crm takes in a department's transaction. Private to the room. */
#ifndef CRM_COST_H
#define CRM_COST_H

#include "portability/instr_time.h"

/* What one source has cost in this transaction so far. */
typedef struct crm_cost
{
	struct crm_cost *next;
	int32 source_id;
	SubTransactionId written_in; /* Invalid: not written yet */
	bool resolved;               /* by this transaction: it may have nothing to write to pending */
	double nanoseconds;
	int64 rows; /* that crm wrote */
	/* while changes are written to pending: */
	int64 to_write;
	const struct crm_entry *carrier; /* on whose row the cost is written */
} crm_cost;

/* Of so many rows of a statement behind its first the time of one is taken, for all of them. */
#define CRM_COST_SAMPLE 16

/* Nanoseconds since. */
extern double crm_cost_since(instr_time begin);

/* What waits to be written for the source; made if there is nothing. */
extern crm_cost *crm_cost_of(int32 source_id);

/* The first that waits to be written, and the one behind it; NULL at the end. */
extern crm_cost *crm_cost_first(void);
extern crm_cost *crm_cost_next(const crm_cost *cost);

/* It is written in the current subtransaction: rolled back, its time waits again. */
extern void crm_cost_written(crm_cost *cost);

/* Whole microseconds, as columns hold them. */
extern int32 crm_cost_microseconds(double nanoseconds);

extern void crm_cost_subtransaction_end(SubTransactionId mine, SubTransactionId parent,
										bool committed);
extern void crm_cost_forget(void);

#endif
