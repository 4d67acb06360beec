/*
 * identity_batch.h - the work of one batch, handed from step to step.
 *
 * read (identity_read): rows of changed keys become records in memory, with profile and keys.
 * link (identity_link): blocking keys are stored, candidates compared, edges stored.
 * partition (identity_partition): touched components are clustered, clusters get customer ids.
 * write (identity_write): records, identities and events are stored, other rooms are told.
 *
 * All in one transaction that holds the identity clock, so nobody else writes identities.
 */
#ifndef CRM_IDENTITY_BATCH_H
#define CRM_IDENTITY_BATCH_H

#include "datatype/timestamp.h"
#include "utils/hsearch.h"

#include "base/ids.h"
#include "match/match_compare.h"
#include "model/model.h"
#include "source/source.h"

typedef struct crm_record
{
	int64 record_id; /* hash key: first */
	int64 tie;
	int64 customer_id;     /* as stored; 0: none yet */
	int64 new_customer_id; /* as found by this batch; 0: not touched */
	bytea *bytes;
	crm_profile profile; /* points into bytes */
	bool relink;         /* its edges are computed anew */
	bool added;          /* not stored yet */
	bool changed;        /* stored with other values */
	int node;            /* its place among the records at hand, -1 outside */

	/* of added and changed records only */
	int32 source_id;
	char *key;
	Datum attributes;
	TimestampTz changed_at;
	int64 source_hash;
	int nkeys;
	int64 *keys;
	int nlinks;
	crm_source_link *links;
	int links_stored; /* how many the stored record has, and how many of them are the same */
	int links_same;
} crm_record;

typedef struct crm_edge
{
	int64 a;
	int64 b;
	int32 weight;
} crm_edge;

typedef struct crm_verdicts crm_verdicts;

typedef struct crm_batch
{
	MemoryContext context; /* all of it lives here */
	const char *cause;     /* for events: what started the work, no values */
	const char *person;    /* for events: who decided so and why, NULL: nobody */
	const char *reason;
	int64 act_no;           /* his verdicts */
	crm_verdicts *verdicts; /* NULL: nobody decided anything */
	HTAB *records;          /* id -> crm_record, all that were loaded */
	crm_ids relink;         /* records whose edges are computed anew */
	crm_ids seeds;          /* records whose component may have changed */
	crm_ids gone;
	crm_ids gone_customers;
	crm_ids keys_added; /* parallel: key, record */
	crm_ids keys_added_record;
	crm_ids keys_removed;
	crm_ids keys_removed_record;
	crm_ids customers; /* to be told: membership or values changed */
	bool only_new;     /* rows of stored records are not taken: later gets their keys */
	List *later;
	const crm_active_model *model;
	uint64 key_kinds; /* blocking keys that find candidates */
	crm_edge *edges;  /* of the touched components, that speak for one customer */
	int nedges;
	int edges_room;
	int64 resolved; /* rows dealt with */
	int64 failed;
} crm_batch;

extern crm_batch *crm_batch_begin(const char *cause);
extern void crm_batch_finish(crm_batch *batch);

extern crm_record *crm_batch_record(crm_batch *batch, int64 record_id);
extern crm_record *crm_batch_add_record(crm_batch *batch, int64 record_id);
extern void crm_batch_add_edge(crm_batch *batch, int64 a, int64 b, int32 weight);
extern void crm_record_set_profile(const crm_batch *batch, crm_record *record, bytea *bytes);

extern crm_comparison crm_record_compare(const crm_batch *batch, const crm_record *a,
										 const crm_record *b);

/* Loads what is not loaded yet. */
extern void crm_batch_load(crm_batch *batch, const int64 *record_ids, int n);

/* False: the source cannot be read now; nothing of it was taken into the batch. */
extern bool crm_batch_read(crm_batch *batch, int32 source_id, const char *const *keys, int nkeys);

/* All records of a source depart. */
extern void crm_batch_forget(crm_batch *batch, int32 source_id);

extern void crm_batch_link(crm_batch *batch);
extern void crm_batch_partition(crm_batch *batch);
extern void crm_batch_write(crm_batch *batch);

/* Tells other rooms that these customers changed. Sorts the ids. */
extern void crm_identity_announce(crm_ids *customers);

#endif
