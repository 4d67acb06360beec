/* customer_history.h - what the golden record said before. */
#ifndef CRM_CUSTOMER_HISTORY_H
#define CRM_CUSTOMER_HISTORY_H

#include "customer/customer_golden.h"

typedef struct crm_history crm_history;

extern crm_history *crm_history_begin(const crm_policy_set *policies);

/* Notes what changed between two states of one customer; after is NULL where none is left. */
extern void crm_history_note(crm_history *history, const crm_golden *before,
							 const crm_golden *after);

/* Writes what was noted. SPI must be connected. */
extern void crm_history_write(crm_history *history);

/* Forgets what these records, which are about to go, asserted. SPI must be connected. */
extern void crm_history_forget(const int64 *record_ids, int n);

#endif
