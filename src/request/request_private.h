/* request_private.h - what the files of the room request share. */
#ifndef CRM_REQUEST_PRIVATE_H
#define CRM_REQUEST_PRIVATE_H

#include "fmgr.h"
#include "mandate/mandate_who.h"

extern void crm_notice_init(void);

/* What a request asks, now: requester, decision, amount, scope, customer are the arguments. */
extern crm_asked crm_request_asked(FunctionCallInfo fcinfo);

/* Held to the end of the transaction: who changes the state of a request takes it first. */
extern void crm_request_lock(int64 request_id);

#endif
