/* identity_revive.h - ids that come back when a merge that somebody decided is taken back. */
#ifndef CRM_IDENTITY_REVIVE_H
#define CRM_IDENTITY_REVIVE_H

#include "identity/identity_assign.h"
#include "identity/identity_batch.h"

/* Gives clusters without an id (assigned is 0) the ids that the batch's act had merged away. */
extern void crm_revive_ids(const crm_batch *batch, crm_record *const *nodes,
						   crm_assign_record *records, int n);

#endif
