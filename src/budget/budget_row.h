/* budget_row.h - the rows of crm_internal.budget and its ledger. Private to the room. */
#ifndef CRM_BUDGET_ROW_H
#define CRM_BUDGET_ROW_H

#include "datatype/timestamp.h"
#include "utils/numeric.h"

typedef struct crm_budget_row
{
	int32 budget_id;
	const char *name;
	Numeric amount;
	Numeric spent;
	Numeric reserved;
	Numeric carved;
	TimestampTz valid_from;
	TimestampTz valid_until;
	TimestampTz closed_at; /* DT_NOEND: it is open */
} crm_budget_row;

/* What a booking changes; every number may be negative, NULL is 0. */
typedef struct crm_budget_change
{
	Numeric amount;
	Numeric spent;
	Numeric reserved;
	Numeric carved;
} crm_budget_change;

typedef struct crm_ledger_entry
{
	int32 budget_id;
	const char *kind;
	Numeric amount;
	int64 batch;      /* 0: none */
	int64 request_id; /* 0: none */
	int64 act_id;     /* 0: none */
	const char *person;
	const char *reason;
} crm_ledger_entry;

/* False after DROP EXTENSION in this very transaction. */
extern bool crm_budget_table_exists(void);

/* As committed by now, this transaction's own bookings included. False: there is none. */
extern bool crm_budget_row_read(const char *name, crm_budget_row *row);
extern bool crm_budget_row_read_id(int32 budget_id, crm_budget_row *row);

/* Until the transaction ends nobody else books on it. Several are locked in ascending order. */
extern void crm_budget_lock(int32 budget_id);

/* Of a budget that is locked. The caller has checked it, the table's constraints do so again. */
extern void crm_budget_row_change(int32 budget_id, const crm_budget_change *change);

/* What was given back of an act by now. */
extern Numeric crm_ledger_compensated(int64 act_id);

extern void crm_ledger_write(const crm_ledger_entry *entry);

#endif
