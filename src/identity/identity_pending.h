/* identity_pending.h - inside the room identity: takes what is to be resolved out of pending. */
#ifndef CRM_IDENTITY_PENDING_H
#define CRM_IDENTITY_PENDING_H

#include "base/ids.h"
#include "capture/capture.h"

/* SPI connected, as the owner. skipped: sources whose changes stay where they are. */

/* Adds up what crm has cost writers whose changes were resolved at once. */
extern void crm_pending_add_up_cost(void);

/* Whole-source entries become one entry for each key that differs. */
extern void crm_pending_expand_sources(const crm_ids *skipped);

/* Takes up to limit rows out of pending, into the caller's memory context. */
extern crm_change *crm_pending_take(int limit, const crm_ids *skipped, int *n);

extern void crm_pending_put_back(const crm_change *change);

#endif
