/* identity_assign.h - which customer id a cluster keeps. */
#ifndef CRM_IDENTITY_ASSIGN_H
#define CRM_IDENTITY_ASSIGN_H

#include <stddef.h>
#include <stdint.h>

typedef struct crm_assign_record
{
	int64_t tie;
	int64_t customer_id; /* before; 0: none */
	int cluster;         /* any number that is equal for the records of a cluster */
	int node;            /* the caller's */
	int64_t assigned;    /* out: the id the cluster keeps, 0: it needs a new one */
} crm_assign_record;

/*
 * Of a merge the id with most of the records survives, ties: the oldest; of a split the larger part
 * keeps the id, ties: the part with the lowest tie. Sorts the records by cluster.
 * room has crm_assign_room(n) bytes.
 */
extern void crm_assign(crm_assign_record *records, int n, void *room);
extern size_t crm_assign_room(int n);

#endif
