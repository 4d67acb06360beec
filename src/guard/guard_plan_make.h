/* guard_plan_make.h - makes the plan of a guard. Private to the room. */
#ifndef CRM_GUARD_PLAN_MAKE_H
#define CRM_GUARD_PLAN_MAKE_H

#include "guard/guard_plan.h"

typedef struct crm_guard_plan_request
{
	int32 guard_id;
	Relation relation;
	crm_guard_plan *plan;
	const char *argument; /* of crm.change_guard(), what is being prepared now */
} crm_guard_plan_request;

/* Of a crm_guard_plan_request, in a subtransaction. An error says what is wrong with the guard. */
extern void crm_guard_plan_make(void *argument);

#endif
