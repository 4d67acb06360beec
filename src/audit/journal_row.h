/* journal_row.h - acts as they are held in memory, and their rows. Private to the room. */
#ifndef CRM_JOURNAL_ROW_H
#define CRM_JOURNAL_ROW_H

#include "datatype/timestamp.h"
#include "base/amount.h"

typedef struct crm_held_act
{
	int64 act_id;
	TimestampTz at;
	int64 batch;
	SubTransactionId subtransaction;
	bool would_refuse;
	const char *person;
	const char *known_by;
	const char *login;
	const char *position;
	const char *capacity;
	const char *decision;
	int npath;
	const int32 *path;
	crm_amount_sum amount;
	Numeric counted;
	int64 entries;
	int64 customer_id;
	const char *scope;
	const char *subject;
	const char *operation;
	int32 guard_id;
	int64 request_id;
	const char *budget;
	const char *reason;
} crm_held_act;

/* Appends rows to crm_internal.act in the current subtransaction. */
extern void crm_journal_write(const crm_held_act *acts, int64 n);

#endif
