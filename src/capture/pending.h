/* pending.h - writes changes to crm_internal.pending. Private to the room. */
#ifndef CRM_PENDING_H
#define CRM_PENDING_H

#include "capture/changes.h"
#include "portability/instr_time.h"

/*
 * True if to write is nothing but to append: nobody holds a lock that would be waited for (this
 * transaction takes its own), no index or foreign trigger could raise an error.
 */
extern bool crm_pending_is_ready(void);

/*
 * In the current subtransaction, with what the changes have cost so far; ends: they are the last of
 * the transaction; begin: when the work of writing them began. Does nothing if the table is gone,
 * and with it the extension.
 */
extern void crm_pending_write(crm_entry_scan *scan, bool ends, instr_time begin);

#endif
