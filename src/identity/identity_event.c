/*
 * identity_event.c - what happened to customer ids.
 *
 * It follows from where their records are now: an id that no cluster kept was merged into the id
 * that got most of its records, or ended if none are left; a fresh id took its records from another
 * (split) or from nowhere (created).
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "base/bulk_insert.h"
#include "base/sequence.h"
#include "identity/identity_event.h"
#include "identity/identity_store.h"

/* Fewer are inserted by statements. */
#define WORTH_BULK 64

/* How many records went from one id to another. */
typedef struct flow
{
	int64 from;
	int64 to;
	int records;
	int64 first; /* of them in moves */
	bool told;   /* by another event */
} flow;

typedef struct event
{
	const char *kind;
	int64 customer;
	int64 other; /* 0: none */
	int64 first; /* records that went, in moves */
	int records;
} event;

typedef struct telling
{
	const crm_deed *deed;
	const crm_move *moves; /* flow by flow */
	flow *flows;
	int64 nflows;
	event *events;
	int64 nevents;
} telling;

static int
by_flow(const void *a, const void *b)
{
	const flow *x = a;
	const flow *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
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

static int
by_move(const void *a, const void *b)
{
	const crm_move *x = a;
	const crm_move *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->record_id > y->record_id) - (x->record_id < y->record_id);
}

/* Collapses the moves of single records to flows between ids. */
static void
count_flows(telling *t, crm_move *moves, int64 n)
{
	t->flows = palloc_extended(sizeof(flow) * (n + 1), MCXT_ALLOC_HUGE);
	t->moves = moves;
	qsort(moves, n, sizeof(crm_move), by_move);
	for (int64 i = 0; i < n; i++)
	{
		if (i > 0 && moves[i - 1].from == moves[i].from && moves[i - 1].to == moves[i].to)
			t->flows[t->nflows - 1].records++;
		else
			t->flows[t->nflows++] = (flow){moves[i].from, moves[i].to, 1, i, false};
	}
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

/* went: the records that went from one id to the other, NULL: none did. */
static void
note(telling *t, const char *kind, int64 customer, int64 other, flow *went)
{
	event e = {.kind = kind, .customer = customer, .other = other};

	if (went != NULL)
	{
		e.first = went->first;
		e.records = went->records;
		went->told = true;
	}
	t->events[t->nevents++] = e;
}

/* Ids that are no more: who answers for them, and since when nobody does. */
static void
end_identities(telling *t, const crm_ids *dead)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT8ARRAYOID};
	flow *flows = t->flows;
	int64 nflows = t->nflows;
	crm_ids into = {0};
	int64 f = 0;
	Datum args[2];

	if (dead->n == 0)
		return;
	qsort(flows, nflows, sizeof(flow), by_origin);
	for (int i = 0; i < dead->n; i++)
	{
		while (f < nflows && flows[f].from < dead->v[i])
			f++;
		if (f < nflows && flows[f].from == dead->v[i])
		{
			crm_ids_add(&into, flows[f].to);
			note(t, "merged", flows[f].to, dead->v[i], &flows[f]);
		}
		else
		{
			crm_ids_add(&into, 0);
			note(t, "ended", dead->v[i], 0, NULL);
		}
	}
	args[0] = crm_ids_array(dead->v, dead->n);
	args[1] = crm_ids_array(into.v, into.n);
	crm_plan(
		&plan,
		"UPDATE crm_internal.customer_identity c"
		"   SET merged_into = CASE WHEN d.into_id OPERATOR(pg_catalog.<>) 0 THEN d.into_id END,"
		"       ended_at = pg_catalog.now()"
		"  FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS d(id, into_id)"
		" WHERE c.customer_id OPERATOR(pg_catalog.=) d.id",
		2, types);
	crm_store_run(plan, args, NULL);
}

/* An undo gives ids back that a merge had ended. */
static void
insert_identities(const telling *t, const crm_ids *fresh)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	bool nulls[] = {false, false, true, true};
	crm_bulk_insert *insert;

	if (fresh->n < WORTH_BULK || t->deed->act_no != 0)
	{
		Datum args[] = {crm_ids_array(fresh->v, fresh->n)};

		crm_plan(&plan,
				 "INSERT INTO crm_internal.customer_identity (customer_id)"
				 " SELECT f.id FROM pg_catalog.unnest($1) AS f(id)"
				 " ON CONFLICT (customer_id) DO UPDATE SET merged_into = NULL, ended_at = NULL",
				 1, types);
		crm_store_run(plan, args, NULL);
		return;
	}
	insert = crm_bulk_insert_begin("customer_identity");
	for (int i = 0; i < fresh->n; i++)
	{
		Datum values[lengthof(nulls)] = {
			Int64GetDatum(fresh->v[i]), TimestampTzGetDatum(GetCurrentTransactionStartTimestamp())};

		crm_bulk_insert_row(insert, values, nulls);
	}
	crm_bulk_insert_end(insert);
}

/* New ids, and those given back, each split off the id that gave most of its records, or created.
 */
static void
begin_identities(telling *t, const crm_ids *fresh)
{
	flow *flows = t->flows;
	int64 nflows = t->nflows;
	int64 f = 0;

	if (fresh->n == 0)
		return;
	insert_identities(t, fresh);
	qsort(flows, nflows, sizeof(flow), by_destination);
	for (int i = 0; i < fresh->n; i++)
	{
		while (f < nflows && flows[f].to < fresh->v[i])
			f++;
		while (f < nflows && flows[f].to == fresh->v[i] && flows[f].from == 0)
			f++;
		if (f < nflows && flows[f].to == fresh->v[i])
			note(t, "split", flows[f].from, fresh->v[i], &flows[f]);
		else
			note(t, "created", fresh->v[i], 0, NULL);
	}
}

/* What an event says, in the order of the columns that follow its number and time. */
#define EVENT_COLUMNS 9

static void
event_values(const telling *t, const event *e, Datum *values, bool *nulls)
{
	const crm_deed *deed = t->deed;
	Datum *went = palloc(sizeof(Datum) * (e->records + 1));

	for (int i = 0; i < e->records; i++)
		went[i] = Int64GetDatum(t->moves[e->first + i].record_id);
	memset(nulls, false, sizeof(bool) * EVENT_COLUMNS);
	values[0] = CStringGetTextDatum(e->kind);
	values[1] = Int64GetDatum(e->customer);
	values[2] = Int64GetDatum(e->other);
	values[3] = CStringGetTextDatum(deed->cause);
	values[4] = CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false));
	values[5] = deed->person ? CStringGetTextDatum(deed->person) : (Datum) 0;
	values[6] = deed->reason ? CStringGetTextDatum(deed->reason) : (Datum) 0;
	values[7] = Int64GetDatum(deed->act_no);
	values[8] = PointerGetDatum(construct_array(went, e->records, INT8OID, sizeof(int64),
												FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
	nulls[2] = e->other == 0;
	nulls[5] = deed->person == NULL;
	nulls[6] = deed->reason == NULL;
	nulls[7] = deed->act_no == 0;
	nulls[8] = e->records == 0;
}

static void
insert_event(const telling *t, const event *e)
{
	static SPIPlanPtr plan;
	static const Oid types[EVENT_COLUMNS] = {TEXTOID, INT8OID, INT8OID, TEXTOID,     TEXTOID,
											 TEXTOID, TEXTOID, INT8OID, INT8ARRAYOID};
	Datum values[EVENT_COLUMNS];
	bool isnull[EVENT_COLUMNS];
	char nulls[EVENT_COLUMNS + 1] = {0};

	event_values(t, e, values, isnull);
	for (int i = 0; i < EVENT_COLUMNS; i++)
		nulls[i] = isnull[i] ? 'n' : ' ';
	crm_plan(&plan,
			 "INSERT INTO crm_internal.customer_event (kind, customer_id, other_customer_id,"
			 " cause, actor, person, reason, act_no, records)"
			 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
			 EVENT_COLUMNS, types);
	crm_store_run(plan, values, nulls);
}

static void
insert_events(const telling *t)
{
	MemoryContext one;
	MemoryContext before;
	crm_bulk_insert *insert;
	int64 number;

	for (int64 i = 0; i < t->nevents && t->nevents < WORTH_BULK; i++)
		insert_event(t, &t->events[i]);
	if (t->nevents < WORTH_BULK)
		return;
	number = crm_sequence_take_from("customer_event_event_no_seq", t->nevents);
	insert = crm_bulk_insert_begin("customer_event");
	one = AllocSetContextCreate(CurrentMemoryContext, "crm event", ALLOCSET_SMALL_SIZES);
	before = MemoryContextSwitchTo(one);
	for (int64 i = 0; i < t->nevents; i++)
	{
		Datum values[EVENT_COLUMNS + 2] = {Int64GetDatum(number + i),
										   TimestampTzGetDatum(GetCurrentTimestamp())};
		bool nulls[EVENT_COLUMNS + 2] = {false};

		event_values(t, &t->events[i], values + 2, nulls + 2);
		crm_bulk_insert_row(insert, values, nulls);
		MemoryContextReset(one);
	}
	MemoryContextSwitchTo(before);
	MemoryContextDelete(one);
	crm_bulk_insert_end(insert);
}

void
crm_identity_tell(const crm_deed *deed, crm_move *moves, int64 nmoves, crm_ids *before,
				  crm_ids *kept)
{
	telling t = {.deed = deed};
	crm_ids dead;
	crm_ids fresh;

	count_flows(&t, moves, nmoves);
	crm_ids_sort_distinct(before);
	crm_ids_sort_distinct(kept);
	dead = not_in(before, kept);
	fresh = not_in(kept, before);
	t.events = palloc_extended((t.nflows + dead.n + fresh.n + 1) * sizeof(event), MCXT_ALLOC_HUGE);
	end_identities(&t, &dead);
	begin_identities(&t, &fresh);
	/* records that went from one living id to another */
	for (int64 f = 0; f < t.nflows; f++)
		if (t.flows[f].from != 0 && !t.flows[f].told)
			note(&t, "moved", t.flows[f].to, t.flows[f].from, &t.flows[f]);
	insert_events(&t);
}
