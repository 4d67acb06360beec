/* request_private.h - what the files of the room request share. */
#ifndef CRM_REQUEST_PRIVATE_H
#define CRM_REQUEST_PRIVATE_H

extern void crm_notice_init(void);

/* Held to the end of the transaction: who changes the state of a request takes it first. */
extern void crm_request_lock(int64 request_id);

#endif
