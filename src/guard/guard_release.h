/* guard_release.h - rows that waited for approval get the state that was asked for. Private to the
 * room. */
#ifndef CRM_GUARD_RELEASE_H
#define CRM_GUARD_RELEASE_H

#include "department/actor.h"
#include "utils/numeric.h"

typedef struct crm_guard_release
{
	int64 request_id;
	int32 guard_id;
	const char *row_key;
	crm_actor requester;
	Numeric amount;    /* NULL: none */
	int64 customer_id; /* 0: none */
	const char *asked; /* jsonb as text */
	bool passed;       /* set by the guard: it was a decision, and the approval is used up */
} crm_guard_release;

/* What is being released at this moment through this guard; NULL: nothing. */
extern crm_guard_release *crm_guard_releasing(int32 guard_id);

#endif
