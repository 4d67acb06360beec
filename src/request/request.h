/* request.h - approvals that let one act pass once, and notices of acts. */
#ifndef CRM_REQUEST_H
#define CRM_REQUEST_H

#include "mandate/mandate.h"
#include "utils/jsonb.h"
#include "utils/numeric.h"

/* What an act is about; an approval holds for exactly this. */
typedef struct crm_request_key
{
	const char *person;
	const char *decision;
	Numeric amount;    /* NULL: none */
	int64 customer_id; /* 0: none */
	int32 guard_id;    /* 0: a function of crm */
	const char *operation;
	const char *row_key;          /* NULL: none */
	const char *subject;          /* of a function of crm */
	const crm_scope_value *scope; /* of the act; the request may have said less */
	int nscope;
	bool consulted; /* has the authority: that all who must be asked were asked is enough */
} crm_request_key;

/* An approved request that was used up just now. */
typedef struct crm_approval
{
	int64 request_id;
	bool consulted; /* nobody approved, nobody had to: by the actor's own mandate */
	int npath;
	const int32 *path;
	const char *position; /* of the one who approved */
	const char *budget;   /* NULL: none */
	Numeric reserved;
	const char *decision; /* of the mandate that it was approved by */
	Numeric window_amount;
	const Interval *window_length;
} crm_approval;

/*
 * Uses up an approval for exactly this act. False: there is none. Sees what was committed until
 * now, whatever the transaction's snapshot is; of several sessions one gets it.
 */
extern bool crm_request_use(const crm_request_key *key, crm_approval *approval);

/* Whether there is one to use. */
extern bool crm_request_is_approved(const crm_request_key *key);

/*
 * A row that was written in its table's waiting state: opens the request, or raises if nobody may
 * approve it. Returns its id. What was asked for that row before is withdrawn. Approved, it is
 * bound to the row and the guard, not to the operation, and crm_request_use() gives it to the write
 * that crm_internal.release_waiting(request_id) makes in the requester's name.
 */
extern int64 crm_request_open(const crm_request_key *key, const char *asked_json);

/* Puts an act into the inboxes of those who are to be informed of it, in this transaction. */
extern void crm_notice_add(int64 act_id, const crm_duty *informs, int ninforms);

/* What is held in memory becomes rows; what reads notices in this transaction calls it first. */
extern void crm_notice_flush(void);

/* {"dimension": "value", ...} as values sorted by dimension, and as the text of a jsonb. */
extern const crm_scope_value *crm_request_scope(const Jsonb *scope, int *nscope);
extern const char *crm_request_scope_text(const crm_scope_value *scope, int nscope);

extern void crm_request_init(void);

#endif
