/* identity_conflict.h - customers that hold two records which speak strongly against each other. */
#ifndef CRM_IDENTITY_CONFLICT_H
#define CRM_IDENTITY_CONFLICT_H

#include "identity/identity_batch.h"

/* What was noted of these records, and of those that are gone, is forgotten. */
extern void crm_conflict_forget(const crm_batch *batch, const crm_ids *ids);

/* Notes the worst pair of each cluster. score and cluster as of crm_cluster(), over members. */
extern void crm_conflict_note(crm_record *const *nodes, const int *members, int n,
							  const int32 *score, const int *cluster);

#endif
