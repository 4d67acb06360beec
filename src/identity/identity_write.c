/*
 * identity_write.c - stores what a batch found: records, identities, events; tells other rooms.
 *
 * What happened to the ids follows from where the records are now (identity_event).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "identity/identity.h"
#include "identity/identity_batch.h"
#include "identity/identity_event.h"
#include "identity/identity_relation.h"
#include "identity/identity_store.h"

#define SUBSCRIBERS_MAX 8

typedef struct writing
{
	crm_batch *batch;
	crm_ids moved; /* parallel: record, its customer now */
	crm_ids moved_to;
	crm_ids kept; /* ids that clusters of the batch have now */
} writing;

static crm_customers_changed changed_subscribers[SUBSCRIBERS_MAX];
static crm_records_departed departed_subscribers[SUBSCRIBERS_MAX];

void
crm_identity_subscribe(crm_customers_changed callback)
{
	int i = 0;

	while (i < SUBSCRIBERS_MAX - 1 && changed_subscribers[i] != NULL)
		i++;
	changed_subscribers[i] = callback;
}

void
crm_identity_subscribe_departures(crm_records_departed callback)
{
	int i = 0;

	while (i < SUBSCRIBERS_MAX - 1 && departed_subscribers[i] != NULL)
		i++;
	departed_subscribers[i] = callback;
}

static void
run_on_ids(SPIPlanPtr *plan, const char *sql, const crm_ids *a, const crm_ids *b)
{
	static const Oid types[] = {INT8ARRAYOID, INT8ARRAYOID};
	Datum args[2];

	if (a->n == 0)
		return;
	args[0] = crm_ids_array(a->v, a->n);
	if (b != NULL)
		args[1] = crm_ids_array(b->v, b->n);
	crm_store_run(crm_plan(plan, sql, b != NULL ? 2 : 1, types), args, NULL);
}

static void
write_departures(crm_batch *batch)
{
	static SPIPlanPtr plan;

	if (batch->gone.n == 0)
		return;
	for (int i = 0; i < SUBSCRIBERS_MAX && departed_subscribers[i] != NULL; i++)
		departed_subscribers[i](batch->gone.v, batch->gone.n);
	run_on_ids(&plan,
			   "DELETE FROM crm_internal.record r"
			   " WHERE r.record_id OPERATOR(pg_catalog.=) ANY ($1)",
			   &batch->gone, NULL);
}

static void
insert_record(const crm_record *r)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID,  INT4OID,  TEXTOID, INT8OID,        CHAROID,
								JSONBOID, BYTEAOID, INT8OID, TIMESTAMPTZOID, INT8OID};
	Datum args[] = {Int64GetDatum(r->record_id),        Int32GetDatum(r->source_id),
					CStringGetTextDatum(r->key),        Int64GetDatum(r->new_customer_id),
					CharGetDatum(r->profile.kind),      r->attributes,
					PointerGetDatum(r->bytes),          Int64GetDatum(r->tie),
					TimestampTzGetDatum(r->changed_at), Int64GetDatum(r->source_hash)};

	crm_plan(&plan,
			 "INSERT INTO crm_internal.record (record_id, source_id, source_key, customer_id,"
			 " kind, attributes, profile, tie, changed_at, source_hash)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
			 10, types);
	crm_store_run(plan, args, NULL);
}

static void
update_record(const crm_record *r)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID,  INT8OID,        CHAROID, JSONBOID,
								BYTEAOID, TIMESTAMPTZOID, INT8OID};
	Datum args[] = {Int64GetDatum(r->record_id),   Int64GetDatum(r->new_customer_id),
					CharGetDatum(r->profile.kind), r->attributes,
					PointerGetDatum(r->bytes),     TimestampTzGetDatum(r->changed_at),
					Int64GetDatum(r->source_hash)};

	crm_plan(&plan,
			 "UPDATE crm_internal.record r SET customer_id = $2, kind = $3, attributes = $4,"
			 " profile = $5, changed_at = $6, source_hash = $7"
			 " WHERE r.record_id OPERATOR(pg_catalog.=) $1",
			 7, types);
	crm_store_run(plan, args, NULL);
}

/* Writes the records of the batch and notes where each was and is. */
static void
write_records(writing *w)
{
	static SPIPlanPtr plan;
	crm_batch *batch = w->batch;
	HASH_SEQ_STATUS all;
	crm_record *r;

	hash_seq_init(&all, batch->records);
	while ((r = hash_seq_search(&all)) != NULL)
	{
		if (r->new_customer_id == 0)
			continue;
		crm_ids_add(&w->kept, r->new_customer_id);
		if (r->customer_id != r->new_customer_id || r->added || r->changed)
		{
			crm_ids_add(&batch->customers, r->new_customer_id);
			if (r->customer_id != 0)
				crm_ids_add(&batch->customers, r->customer_id);
		}
		if (r->added)
			insert_record(r);
		else if (r->changed)
			update_record(r);
		else if (r->customer_id != r->new_customer_id)
		{
			crm_ids_add(&w->moved, r->record_id);
			crm_ids_add(&w->moved_to, r->new_customer_id);
		}
	}
	run_on_ids(&plan,
			   "UPDATE crm_internal.record r SET customer_id = m.customer_id"
			   "  FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS m(record_id, "
			   "customer_id)"
			   " WHERE r.record_id OPERATOR(pg_catalog.=) m.record_id",
			   &w->moved, &w->moved_to);
}

/* The records that went from one id to another. */
static crm_move *
list_moves(const writing *w, int64 *n)
{
	HASH_SEQ_STATUS all;
	crm_record *r;
	crm_move *moves = MemoryContextAllocHuge(
		CurrentMemoryContext, sizeof(crm_move) * (hash_get_num_entries(w->batch->records) + 1));

	*n = 0;
	hash_seq_init(&all, w->batch->records);
	while ((r = hash_seq_search(&all)) != NULL)
		if (r->new_customer_id != 0 && r->new_customer_id != r->customer_id)
			moves[(*n)++] = (crm_move){r->customer_id, r->new_customer_id, r->record_id};
	return moves;
}

/* The ids that the records of the batch had before it, the departed ones included. */
static crm_ids
ids_before(const writing *w)
{
	crm_ids before = {0};
	HASH_SEQ_STATUS all;
	crm_record *r;

	for (int i = 0; i < w->batch->gone_customers.n; i++)
		crm_ids_add(&before, w->batch->gone_customers.v[i]);
	hash_seq_init(&all, w->batch->records);
	while ((r = hash_seq_search(&all)) != NULL)
		if (r->new_customer_id != 0 && r->customer_id != 0)
			crm_ids_add(&before, r->customer_id);
	return before;
}

void
crm_identity_announce(crm_ids *customers)
{
	crm_ids_sort_distinct(customers);
	for (int i = 0; i < SUBSCRIBERS_MAX && changed_subscribers[i] != NULL; i++)
		if (customers->n > 0)
			changed_subscribers[i](customers->v, customers->n);
}

void
crm_batch_write(crm_batch *batch)
{
	MemoryContext before = MemoryContextSwitchTo(batch->context);
	writing w = {.batch = batch};
	crm_deed deed = {batch->cause, batch->person, batch->reason, batch->act_no};
	crm_move *moves;
	int64 nmoves;
	crm_ids old;

	write_departures(batch);
	write_records(&w);
	crm_relation_write(batch);
	moves = list_moves(&w, &nmoves);
	old = ids_before(&w);
	crm_identity_tell(&deed, moves, nmoves, &old, &w.kept);
	crm_identity_announce(&batch->customers);
	MemoryContextSwitchTo(before);
}
