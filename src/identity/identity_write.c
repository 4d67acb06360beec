/*
 * identity_write.c - stores what a batch found: records, identities, events; tells other rooms.
 *
 * What happened to an id follows from where its records are now: an id that no cluster kept was
 * merged into the id that got most of its records, or ended if none are left; a fresh id took its
 * records from another (split) or from nowhere (created).
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
#include "identity/identity_relation.h"
#include "identity/identity_store.h"

#define SUBSCRIBERS_MAX 8

/* How many records went from one id to another. */
typedef struct flow
{
	int64 from;
	int64 to;
	int records;
	int first; /* of them in moves */
	bool told; /* by another event */
} flow;

/* A record and the ids it went from and to. */
typedef struct move
{
	int64 from;
	int64 to;
	int64 record_id;
} move;

typedef struct writing
{
	crm_batch *batch;
	crm_ids moved; /* parallel: record, its customer now */
	crm_ids moved_to;
	crm_ids kept; /* ids that clusters of the batch have now */
	flow *flows;
	int nflows;
	int64 *went; /* records, flow by flow */
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
	crm_ids_sort_distinct(&w->kept);
}

static int
by_flow(const void *a, const void *b)
{
	const flow *x = a;
	const flow *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static int
by_move(const void *a, const void *b)
{
	const move *x = a;
	const move *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->record_id > y->record_id) - (x->record_id < y->record_id);
}

/* Collapses the moves of single records to flows between ids. */
static void
count_flows(writing *w)
{
	HASH_SEQ_STATUS all;
	crm_record *r;
	int n = 0;
	int distinct = 0;
	Size most = hash_get_num_entries(w->batch->records) + 1;
	move *moves = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(move) * most);

	w->flows = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(flow) * most);
	w->went = MemoryContextAllocHuge(CurrentMemoryContext, sizeof(int64) * most);
	hash_seq_init(&all, w->batch->records);
	while ((r = hash_seq_search(&all)) != NULL)
		if (r->new_customer_id != 0 && r->new_customer_id != r->customer_id)
			moves[n++] = (move){r->customer_id, r->new_customer_id, r->record_id};
	qsort(moves, n, sizeof(move), by_move);
	for (int i = 0; i < n; i++)
	{
		w->went[i] = moves[i].record_id;
		if (i > 0 && moves[i - 1].from == moves[i].from && moves[i - 1].to == moves[i].to)
			w->flows[distinct - 1].records++;
		else
			w->flows[distinct++] = (flow){moves[i].from, moves[i].to, 1, i, false};
	}
	w->nflows = distinct;
	pfree(moves);
}

/* went: the records that went from one id to the other, NULL: none did. */
static void
write_event(const writing *w, const char *kind, int64 customer, int64 other, const flow *went)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {TEXTOID, INT8OID, INT8OID, TEXTOID,     TEXTOID,
								TEXTOID, TEXTOID, INT8OID, INT8ARRAYOID};
	const crm_batch *batch = w->batch;
	char nulls[] = "         ";
	Datum args[lengthof(types)] = {
		CStringGetTextDatum(kind), Int64GetDatum(customer), Int64GetDatum(other),
		CStringGetTextDatum(batch->cause),
		CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false))};

	if (batch->person != NULL)
		args[5] = CStringGetTextDatum(batch->person);
	if (batch->reason != NULL)
		args[6] = CStringGetTextDatum(batch->reason);
	args[7] = Int64GetDatum(batch->act_no);
	if (went != NULL)
		args[8] = crm_ids_array(w->went + went->first, went->records);
	nulls[2] = other == 0 ? 'n' : ' ';
	nulls[5] = batch->person == NULL ? 'n' : ' ';
	nulls[6] = batch->reason == NULL ? 'n' : ' ';
	nulls[7] = batch->act_no == 0 ? 'n' : ' ';
	nulls[8] = went == NULL ? 'n' : ' ';
	crm_plan(&plan,
			 "INSERT INTO crm_internal.customer_event (kind, customer_id, other_customer_id,"
			 " cause, actor, person, reason, act_no, records)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			 lengthof(types), types);
	crm_store_run(plan, args, nulls);
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
	crm_ids_sort_distinct(&before);
	return before;
}

static crm_ids
not_in(const crm_ids *ids, const crm_ids *others)
{
	crm_ids rest = {0};

	for (int i = 0; i < ids->n; i++)
		if (!crm_ids_contain(others, ids->v[i]))
			crm_ids_add(&rest, ids->v[i]);
	return rest;
}

/* The strongest flow out of an id stands first among those of the id; so for flows into an id. */
static int
by_origin(const void *a, const void *b)
{
	const flow *x = a;
	const flow *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->records != y->records ? y->records - x->records : by_flow(a, b);
}

static int
by_destination(const void *a, const void *b)
{
	const flow *x = a;
	const flow *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->records != y->records ? y->records - x->records : by_flow(a, b);
}

/* Ids that are no more: who answers for them, and since when nobody does. */
static void
write_dead(writing *w, const crm_ids *dead)
{
	static SPIPlanPtr plan;
	crm_ids into = {0};
	int f = 0;

	qsort(w->flows, w->nflows, sizeof(flow), by_origin);
	for (int i = 0; i < dead->n; i++)
	{
		while (f < w->nflows && w->flows[f].from < dead->v[i])
			f++;
		if (f < w->nflows && w->flows[f].from == dead->v[i])
		{
			crm_ids_add(&into, w->flows[f].to);
			write_event(w, "merged", w->flows[f].to, dead->v[i], &w->flows[f]);
			w->flows[f].told = true;
		}
		else
		{
			crm_ids_add(&into, 0);
			write_event(w, "ended", dead->v[i], 0, NULL);
		}
	}
	run_on_ids(
		&plan,
		"UPDATE crm_internal.customer_identity c"
		"   SET merged_into = CASE WHEN d.into_id OPERATOR(pg_catalog.<>) 0 THEN d.into_id END,"
		"       ended_at = pg_catalog.now()"
		"  FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS d(id, into_id)"
		" WHERE c.customer_id OPERATOR(pg_catalog.=) d.id",
		dead, &into);
}

/* New ids, and those that somebody's merge had ended and his undo gives back, each split off the id
 * that gave most of its records, or created. */
static void
write_fresh(writing *w, const crm_ids *fresh)
{
	static SPIPlanPtr plan;
	int f = 0;

	run_on_ids(&plan,
			   "INSERT INTO crm_internal.customer_identity (customer_id)"
			   " SELECT f.id FROM pg_catalog.unnest($1) AS f(id)"
			   " ON CONFLICT (customer_id) DO UPDATE SET merged_into = NULL, ended_at = NULL",
			   fresh, NULL);
	qsort(w->flows, w->nflows, sizeof(flow), by_destination);
	for (int i = 0; i < fresh->n; i++)
	{
		while (f < w->nflows && w->flows[f].to < fresh->v[i])
			f++;
		while (f < w->nflows && w->flows[f].to == fresh->v[i] && w->flows[f].from == 0)
			f++;
		if (f < w->nflows && w->flows[f].to == fresh->v[i])
		{
			write_event(w, "split", w->flows[f].from, fresh->v[i], &w->flows[f]);
			w->flows[f].told = true;
		}
		else
			write_event(w, "created", fresh->v[i], 0, NULL);
	}
}

/* Records that went from one living id to another. */
static void
write_moves(const writing *w)
{
	for (int f = 0; f < w->nflows; f++)
		if (w->flows[f].from != 0 && !w->flows[f].told)
			write_event(w, "moved", w->flows[f].to, w->flows[f].from, &w->flows[f]);
}

void
crm_batch_write(crm_batch *batch)
{
	MemoryContext before = MemoryContextSwitchTo(batch->context);
	writing w = {.batch = batch};
	crm_ids old;
	crm_ids dead;
	crm_ids fresh;

	write_departures(batch);
	write_records(&w);
	crm_relation_write(batch);
	count_flows(&w);
	old = ids_before(&w);
	dead = not_in(&old, &w.kept);
	fresh = not_in(&w.kept, &old);
	write_dead(&w, &dead);
	write_fresh(&w, &fresh);
	write_moves(&w);
	crm_ids_sort_distinct(&batch->customers);
	for (int i = 0; i < SUBSCRIBERS_MAX && changed_subscribers[i] != NULL; i++)
		if (batch->customers.n > 0)
			changed_subscribers[i](batch->customers.v, batch->customers.n);
	MemoryContextSwitchTo(before);
}
