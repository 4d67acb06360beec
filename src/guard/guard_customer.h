/* guard_customer.h - whose customer a row is. Private to the room. */
#ifndef CRM_GUARD_CUSTOMER_H
#define CRM_GUARD_CUSTOMER_H

#include "guard/guard_plan.h"

/* The id that answers for the row's customer today; 0: none, or not resolved yet. */
extern int64 crm_guard_customer(const crm_guard_plan *plan, TupleTableSlot *row);

#endif
