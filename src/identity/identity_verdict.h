/*
 * identity_verdict.h - what people decided about pairs, for the clusters of a batch.
 *
 * Verdicts are kept by source and key, so a group of records that were said to be one holds while
 * the row through which it hangs together is gone. What holds is a function of the verdicts alone.
 */
#ifndef CRM_IDENTITY_VERDICT_H
#define CRM_IDENTITY_VERDICT_H

#include "identity/identity_batch.h"

/* Whether there are verdicts or rules at all: a bulk knows nothing of them. */
extern bool crm_verdict_exist(void);

/* Looks whether there are verdicts or rules at all; whom departed records held together is seeded.
 */
extern void crm_verdict_begin(crm_batch *batch);

/* Adds to found the records that verdicts connect to these, directly or through absent rows. */
extern void crm_verdict_reach(crm_batch *batch, const crm_ids *records, crm_ids *found);

/* All records of the touched components (ids) are reached: adds the edges that verdicts make. */
extern void crm_verdict_settle(crm_batch *batch, const crm_ids *ids);

/* Whether a verdict or a rule decides a pair; then *score is for crm_cluster(). */
extern bool crm_verdict_score(const crm_batch *batch, const crm_record *a, const crm_record *b,
							  int32 *score);

/* Whether a pair was said to be one customer, and nothing that holds speaks against it. */
extern bool crm_verdict_joins(const crm_batch *batch, const crm_record *a, const crm_record *b);

#endif
