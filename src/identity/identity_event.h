/* identity_event.h - what happened to customer ids, as follows from where their records went. */
#ifndef CRM_IDENTITY_EVENT_H
#define CRM_IDENTITY_EVENT_H

#include "base/ids.h"

/* A record and the ids it went from (0: none) and to. */
typedef struct crm_move
{
	int64 from;
	int64 to;
	int64 record_id;
} crm_move;

/* What it came of. */
typedef struct crm_deed
{
	const char *cause;
	const char *person; /* who decided so, NULL: nobody */
	const char *reason; /* why, NULL: he gave none */
	int64 act_no;       /* his verdicts, 0: none */
} crm_deed;

/*
 * before: the ids that records at hand had, kept: those that they have now. Writes identities and
 * events of the difference. Sorts what it is given.
 */
extern void crm_identity_tell(const crm_deed *deed, crm_move *moves, int64 nmoves, crm_ids *before,
							  crm_ids *kept);

#endif
