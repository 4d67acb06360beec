/* identity_event.h - what happened to customer ids, as follows from where their records went. */
#ifndef CRM_IDENTITY_EVENT_H
#define CRM_IDENTITY_EVENT_H

#include "base/ids.h"

/* How many records went from one id to another. */
typedef struct crm_flow
{
	int64 from; /* 0: from nowhere */
	int64 to;
	int records;
	bool told; /* by another event */
} crm_flow;

typedef struct crm_flows
{
	crm_flow *flows;
	int64 n;
} crm_flows;

/*
 * before: the ids that records at hand had, kept: those that they have now. flows: of each record
 * that moved. Writes identities and events of the difference. Changes flows.
 */
extern void crm_identity_tell(const char *cause, crm_flows *flows, crm_ids *before, crm_ids *kept);

#endif
