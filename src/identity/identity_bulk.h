/*
 * identity_bulk.h - all records at once: a first load, and every record anew under another model.
 *
 * collect (identity_bulk): new rows and stored records become compact profiles in memory.
 * link (identity_bulk_link): keys by sort, each pair compared once, by parallel workers.
 * cluster (identity_bulk_cluster): components, clusters, customer ids.
 * write (identity_bulk_write): everything in bulk, other rooms are told.
 *
 * All in one transaction that holds the identity clock. The outcome is that of batches.
 */
#ifndef CRM_IDENTITY_BULK_H
#define CRM_IDENTITY_BULK_H

#include "utils/tuplestore.h"

#include "base/ids.h"
#include "identity/identity_batch.h"

typedef struct crm_bulk_record
{
	int64 record_id;
	int64 tie;
	int64 customer_id; /* as stored; 0: none */
	int64 new_customer_id;
	Size offset; /* of its profile */
	int32 length;
} crm_bulk_record;

typedef struct crm_bulk_edge
{
	int32 a; /* places of two records, the lower record_id first */
	int32 b;
	int32 weight;
} crm_bulk_edge;

typedef struct crm_bulk_link
{
	int64 record_id;
	int number;
	crm_source_link link;
} crm_bulk_link;

typedef struct crm_bulk
{
	MemoryContext context;
	const char *cause;
	const crm_active_model *model;
	uint64 key_kinds;         /* blocking keys that find candidates */
	crm_bulk_record *records; /* first those that are stored, then new ones */
	int64 n;
	int64 room;
	int64 nstored;
	char *profiles;
	Size used;
	Size profiles_room;
	Tuplestorestate *rows; /* of new records, in their order, as they will be stored */
	crm_bulk_link *links;
	int64 nlinks;
	int64 links_room;
	crm_terms *terms;
	crm_bulk_edge *edges; /* above the floor, by record_id */
	int64 nedges;
} crm_bulk;

extern crm_bulk *crm_bulk_begin(const char *cause);
extern void crm_bulk_finish(crm_bulk *bulk);

/* Takes new records of a batch that was read. */
extern void crm_bulk_take(crm_bulk *bulk, const crm_batch *batch);

/* All that are stored already; before the first is taken. */
extern void crm_bulk_load_stored(crm_bulk *bulk);

/* Trains a model if one is due, which is in force from now on; false: it stays as it is. */
extern bool crm_bulk_train(crm_bulk *bulk);

extern void crm_bulk_open(const crm_bulk *bulk, int64 i, crm_profile *profile);

/* Compares, clusters and writes all. */
extern void crm_bulk_resolve(crm_bulk *bulk);

extern void crm_bulk_link_all(crm_bulk *bulk);
extern void crm_bulk_cluster_all(crm_bulk *bulk);
extern void crm_bulk_write_all(crm_bulk *bulk);

#endif
