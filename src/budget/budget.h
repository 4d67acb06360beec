/* budget.h - amounts that acts of this transaction take from budgets and windows. */
#ifndef CRM_BUDGET_H
#define CRM_BUDGET_H

#include "datatype/timestamp.h"
#include "utils/numeric.h"

extern void crm_budget_init(void);

/*
 * Adds an amount to what this (sub)transaction takes from a budget; booked when the transaction
 * ends. False, with *left: it would be overspent by what can be seen now. An amount of 0 or less
 * takes nothing: only crm.compensate() gives back. from_reservation: of the amount, what an
 * approved request had reserved already (NULL: nothing).
 */
extern bool crm_budget_take(const char *budget, Numeric amount, Numeric from_reservation,
							Numeric *left);

/*
 * Promises an amount to a request, and takes the promise back; booked when the transaction ends.
 * False, with *left: there is less.
 */
extern bool crm_budget_reserve(const char *budget, Numeric amount, int64 request_id, Numeric *left);
extern void crm_budget_release(const char *budget, Numeric amount, int64 request_id);

/* What is left by what can be seen now, this transaction's own takings included. */
extern Numeric crm_budget_left(const char *budget);

/*
 * The same for a limit within a window of time: acts by this mandate or this person in this
 * decision on this customer (0: on none) are added up from the journal.
 */
typedef struct crm_window
{
	int32 mandate_id;
	const char *person;
	const char *decision; /* of the mandate: acts in it and below count */
	int64 customer_id;
	Numeric limit;
	const Interval *length;
} crm_window;

extern bool crm_window_take(const crm_window *window, Numeric amount, Numeric *left);
extern Numeric crm_window_left(const crm_window *window);

#endif
