/* journal.h - the journal of acts: collected in memory, written in bulk before the transaction
 * ends. */
#ifndef CRM_JOURNAL_H
#define CRM_JOURNAL_H

#include "department/actor.h"
#include "utils/numeric.h"
#include "utils/timestamp.h"

/* Copied by crm_journal_add(); NULL and 0 mean that there is none. */
typedef struct crm_act
{
	crm_actor actor;
	bool would_refuse; /* observe mode */
	const char *position;
	const char *capacity;
	const char *decision;
	int npath;
	const int32 *path; /* mandates, charter first */
	Numeric amount;
	Numeric counted; /* against windows, where that differs (an UPDATE); NULL: the amount */
	int64 customer_id;
	const char *scope; /* jsonb as text */
	const char *subject;
	const char *operation;
	int32 guard_id;
	int64 request_id;
	const char *budget; /* that the amount was taken from */
	const char *reason;
} crm_act;

extern void crm_journal_init(void);

/* The act's id. It is gone with the subtransaction that it was added in. */
extern int64 crm_journal_add(const crm_act *act);

/*
 * One more row for an act that this (sub)transaction added: its entries and amount grow. False: it
 * is written or rolled back already, is of an outer one or has its own `counted`: add another.
 */
extern bool crm_journal_grow(int64 act_id, Numeric amount);

/* Writes what is held in memory; what reads the journal in this transaction calls it first. */
extern void crm_journal_flush(void);

/* The number that all acts and bookings of this transaction share. */
extern int64 crm_journal_batch(void);

#endif
