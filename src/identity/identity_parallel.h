/* identity_parallel.h - many comparisons at once, by parallel workers where it pays. */
#ifndef CRM_IDENTITY_PARALLEL_H
#define CRM_IDENTITY_PARALLEL_H

#include "identity/identity_batch.h"

/* Two records by their place in an array of records. */
typedef struct crm_candidate
{
	int32 a;
	int32 b;
	int32 weight; /* out */
} crm_candidate;

/*
 * Fills in the weight of every candidate pair. Workers compute, nobody but the caller writes: they
 * see the profiles and nothing of the database. As many as max_parallel_workers_per_gather says.
 */
extern void crm_compare_candidates(const crm_batch *batch, crm_record *const *records, int nrecords,
								   crm_candidate *candidates, int64 ncandidates);

#endif
