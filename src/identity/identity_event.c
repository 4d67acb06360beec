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

typedef struct event
{
	const char *kind;
	int64 customer;
	int64 other; /* 0: none */
} event;

typedef struct telling
{
	const char *cause;
	crm_flows *flows;
	event *events;
	int64 nevents;
} telling;

static int
by_flow(const void *a, const void *b)
{
	const crm_flow *x = a;
	const crm_flow *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

/* The strongest flow out of an id stands first among those of the id; so for flows into an id. */
static int
by_origin(const void *a, const void *b)
{
	const crm_flow *x = a;
	const crm_flow *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return x->records != y->records ? y->records - x->records : by_flow(a, b);
}

static int
by_destination(const void *a, const void *b)
{
	const crm_flow *x = a;
	const crm_flow *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return x->records != y->records ? y->records - x->records : by_flow(a, b);
}

/* Collapses the moves of single records to flows between ids. */
static void
collapse(crm_flows *f)
{
	int64 distinct = 0;

	qsort(f->flows, f->n, sizeof(crm_flow), by_flow);
	for (int64 i = 0; i < f->n; i++)
	{
		if (distinct > 0 && by_flow(&f->flows[distinct - 1], &f->flows[i]) == 0)
			f->flows[distinct - 1].records += f->flows[i].records;
		else
			f->flows[distinct++] = f->flows[i];
	}
	f->n = distinct;
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

static void
note(telling *t, const char *kind, int64 customer, int64 other)
{
	t->events[t->nevents++] = (event){kind, customer, other};
}

/* Ids that are no more: who answers for them, and since when nobody does. */
static void
end_identities(telling *t, const crm_ids *dead)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT8ARRAYOID};
	crm_flow *flows = t->flows->flows;
	int64 nflows = t->flows->n;
	crm_ids into = {0};
	int64 f = 0;
	Datum args[2];

	if (dead->n == 0)
		return;
	qsort(flows, nflows, sizeof(crm_flow), by_origin);
	for (int i = 0; i < dead->n; i++)
	{
		while (f < nflows && flows[f].from < dead->v[i])
			f++;
		if (f < nflows && flows[f].from == dead->v[i])
		{
			crm_ids_add(&into, flows[f].to);
			note(t, "merged", flows[f].to, dead->v[i]);
			flows[f].told = true;
		}
		else
		{
			crm_ids_add(&into, 0);
			note(t, "ended", dead->v[i], 0);
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

static void
insert_identities(const crm_ids *fresh)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID};
	bool nulls[] = {false, false, true, true};
	crm_bulk_insert *insert;

	if (fresh->n < WORTH_BULK)
	{
		Datum args[] = {crm_ids_array(fresh->v, fresh->n)};

		crm_plan(&plan,
				 "INSERT INTO crm_internal.customer_identity (customer_id)"
				 " SELECT f.id FROM pg_catalog.unnest($1) AS f(id)",
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

/* New ids, each split off the id that gave most of its records, or created. */
static void
begin_identities(telling *t, const crm_ids *fresh)
{
	crm_flow *flows = t->flows->flows;
	int64 nflows = t->flows->n;
	int64 f = 0;

	if (fresh->n == 0)
		return;
	insert_identities(fresh);
	qsort(flows, nflows, sizeof(crm_flow), by_destination);
	for (int i = 0; i < fresh->n; i++)
	{
		while (f < nflows && flows[f].to < fresh->v[i])
			f++;
		while (f < nflows && flows[f].to == fresh->v[i] && flows[f].from == 0)
			f++;
		if (f < nflows && flows[f].to == fresh->v[i])
		{
			note(t, "split", flows[f].from, fresh->v[i]);
			flows[f].told = true;
		}
		else
			note(t, "created", fresh->v[i], 0);
	}
}

static void
insert_event(const telling *t, const event *e, Datum cause, Datum actor)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {TEXTOID, INT8OID, INT8OID, TEXTOID, TEXTOID};
	Datum args[] = {CStringGetTextDatum(e->kind), Int64GetDatum(e->customer),
					Int64GetDatum(e->other), cause, actor};

	crm_plan(&plan,
			 "INSERT INTO crm_internal.customer_event"
			 " (kind, customer_id, other_customer_id, cause, actor) VALUES ($1, $2, $3, $4, $5)",
			 5, types);
	crm_store_run(plan, args, e->other == 0 ? "  n  " : NULL);
}

static void
insert_events(const telling *t)
{
	Datum cause = CStringGetTextDatum(t->cause);
	Datum actor = CStringGetTextDatum(GetUserNameFromId(GetSessionUserId(), false));
	crm_bulk_insert *insert;
	int64 number;

	if (t->nevents < WORTH_BULK)
	{
		for (int64 i = 0; i < t->nevents; i++)
			insert_event(t, &t->events[i], cause, actor);
		return;
	}
	number = crm_sequence_take_from("customer_event_event_no_seq", t->nevents);
	insert = crm_bulk_insert_begin("customer_event");
	for (int64 i = 0; i < t->nevents; i++)
	{
		const event *e = &t->events[i];
		text *kind = cstring_to_text(e->kind);
		bool nulls[] = {false, false, false, false, e->other == 0, false, false};
		Datum values[] = {Int64GetDatum(number + i),
						  TimestampTzGetDatum(GetCurrentTimestamp()),
						  PointerGetDatum(kind),
						  Int64GetDatum(e->customer),
						  Int64GetDatum(e->other),
						  cause,
						  actor};

		crm_bulk_insert_row(insert, values, nulls);
		pfree(kind);
	}
	crm_bulk_insert_end(insert);
}

void
crm_identity_tell(const char *cause, crm_flows *flows, crm_ids *before, crm_ids *kept)
{
	telling t = {.cause = cause, .flows = flows};
	crm_ids dead;
	crm_ids fresh;

	collapse(flows);
	crm_ids_sort_distinct(before);
	crm_ids_sort_distinct(kept);
	dead = not_in(before, kept);
	fresh = not_in(kept, before);
	t.events = palloc_extended((flows->n + dead.n + fresh.n + 1) * sizeof(event), MCXT_ALLOC_HUGE);
	end_identities(&t, &dead);
	begin_identities(&t, &fresh);
	/* records that went from one living id to another */
	for (int64 f = 0; f < flows->n; f++)
		if (flows->flows[f].from != 0 && !flows->flows[f].told)
			note(&t, "moved", flows->flows[f].to, flows->flows[f].from);
	insert_events(&t);
}
