/* guard_act.c - puts a write that is a decision to the mandates.
 *
 * Where the ruling is plain and rows are not journalled one by one, nothing is looked up and no
 * memory is taken: that is the price of a guard on a bulk load. Whose customer the row is, and its
 * key, is found only where somebody will ask for it.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "audit/journal.h"
#include "base/amount.h"
#include "base/base.h"
#include "guard/guard_act.h"
#include "guard/guard_customer.h"
#include "guard/guard_release.h"
#include "guard/guard_waiting.h"
#include "source/source_registry.h"

static void raise_unread(const crm_guard_state *state);
static const crm_permit *permit_of(crm_guard_state *state, TupleTableSlot *row);
static bool take_row_facts(crm_guard_state *state, TupleTableSlot *row);
static bool take_text(crm_guard_state *state, const crm_guard_fact *fact, TupleTableSlot *row,
					  const char **kept);
static bool decide_released(crm_guard_state *state, const crm_guard_matter *matter, Numeric amount);
static bool same_amount(Numeric one, Numeric other);
static bool keep_text(const char **kept, const char *text);
static void add_to_statement(crm_guard_state *state, const crm_guard_matter *matter,
							 const crm_ruling *ruling, Numeric amount);
static void fill_point(crm_act_point *point, crm_guard_state *state, const crm_guard_matter *matter,
					   Numeric amount);
static Numeric booked_of(const crm_guard_state *state, const crm_guard_matter *matter,
						 Numeric amount);
static bool covers_both(const crm_guard_state *state, const crm_guard_matter *matter,
						Numeric amount);
static crm_scope_value *scope_before(const crm_guard_matter *matter);
static char *subject_of(const crm_guard_state *state, const char *key);

void
crm_guard_refresh(crm_guard_state *state)
{
	if (state->plan_generation != crm_guard_generation)
	{
		state->plan_generation = crm_guard_generation;
		state->plan = crm_guard_plan_of(state->guard_id, state->relation);
		state->scope = MemoryContextAllocZero(state->context, sizeof(crm_scope_value) *
																  Max(state->plan->ndimensions, 1));
		for (int i = 0; i < state->plan->ndimensions; i++)
			state->scope[i].dimension = state->plan->dimensions[i].name;
		state->permit = NULL;
	}
	if (state->actor_generation != crm_actor_generation() || state->session_actor.person == NULL)
	{
		state->actor_generation = crm_actor_generation();
		state->session_actor = crm_actor_now();
		state->permit = NULL;
	}
}

void
crm_guard_decide(crm_guard_state *state, const crm_guard_matter *matter)
{
	const crm_guard_plan *plan = state->plan;
	const crm_permit *permit = permit_of(state, matter->row);
	crm_numeric_room room;
	crm_act_point point;
	Numeric amount = NULL;
	const crm_ruling *ruling;

	if (plan->has_amount && matter->row != NULL)
		amount = crm_guard_fact_amount(&plan->amount, matter->row, &room);
	if (matter->row != NULL && decide_released(state, matter, amount))
		return;
	ruling = crm_permit_ruling(permit, amount, state->now);
	if (ruling->plain && !plan->guard->journals_rows)
	{
		add_to_statement(state, matter, ruling, amount);
		return;
	}
	fill_point(&point, state, matter, amount);
	(void) crm_act_take(&point, ruling, NULL);
}

/* A ban is not waited for. */
bool
crm_guard_may_be_asked(crm_guard_state *state, const crm_guard_matter *matter)
{
	crm_act_point point;
	const crm_ruling *ruling;

	crm_guard_point(state, matter->row, &point);
	ruling = crm_permit_ruling(state->permit, point.amount, state->now);
	if (ruling->plain || ruling->verdict == CRM_BANNED || ruling->verdict == CRM_NO_POSITION)
		return false;
	point.operation = crm_guard_operation_name(matter->operation);
	point.booked = booked_of(state, matter, point.amount);
	return !crm_act_is_possible(&point, ruling);
}

void
crm_guard_point(crm_guard_state *state, TupleTableSlot *row, crm_act_point *point)
{
	crm_guard_matter matter = {.row = row};
	crm_numeric_room *room = palloc(sizeof(crm_numeric_room));
	Numeric amount = NULL;

	(void) permit_of(state, row);
	if (state->plan->has_amount)
		amount = crm_guard_fact_amount(&state->plan->amount, row, room);
	fill_point(point, state, &matter, amount);
}

void
crm_guard_refuse_unread(crm_guard_state *state, crm_guard_operation operation)
{
	const crm_guard *guard = state->plan->guard;
	crm_act act = {.actor = state->session_actor, .would_refuse = true};

	if (guard == NULL || guard->enforces)
	{
		raise_unread(state);
		return;
	}
	act.decision = guard->decision;
	act.subject = guard->table_name;
	act.operation = crm_guard_operation_name(operation);
	act.guard_id = guard->guard_id;
	act.reason = state->plan->problem;
	(void) crm_journal_add(&act);
}

static void
raise_unread(const crm_guard_state *state)
{
	const crm_guard_plan *plan = state->plan;
	char *table = crm_table_qualified(RelationGetRelid(state->relation));

	ereport(ERROR,
			(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
			 errmsg("guard %d on %s cannot tell what is decided", state->guard_id, table),
			 errdetail("%s.", plan->problem ? plan->problem : "It is not registered"),
			 plan->hint ? errhint("%s", plan->hint)
						: errhint("DROP TRIGGER crm_10_guard_%d ON %s;", state->guard_id, table)));
}

/* ------------------------------ who, in which scope ------------------------------ */

static const crm_permit *
permit_of(crm_guard_state *state, TupleTableSlot *row)
{
	bool changed = row != NULL && take_row_facts(state, row);

	if (row == NULL)
	{
		state->permit = NULL;
		return crm_permit_of(state->session_actor.person, state->plan->guard->decision, NULL, 0);
	}
	if (changed || state->permit == NULL || state->policy_generation != crm_policy_generation)
	{
		state->policy_generation = crm_policy_generation;
		state->permit = crm_permit_of(state->actor.person, state->plan->guard->decision,
									  state->scope, state->plan->ndimensions);
	}
	return state->permit;
}

/* True: actor or scope are not those of the row before. */
static bool
take_row_facts(crm_guard_state *state, TupleTableSlot *row)
{
	const crm_guard_plan *plan = state->plan;
	bool changed = state->permit == NULL;

	if (!plan->has_actor || state->session_actor.known_by != CRM_KNOWN_BY_LOGIN)
		state->actor = state->session_actor;
	else
	{
		const char *person =
			state->actor.known_by == CRM_KNOWN_BY_COLUMN ? state->actor.person : NULL;

		changed |= take_text(state, &plan->actor, row, &person);
		state->actor = state->session_actor;
		if (person != NULL && *person != '\0')
		{
			state->actor.person = person;
			state->actor.known_by = CRM_KNOWN_BY_COLUMN;
		}
		else
			changed = true;
	}
	for (int i = 0; i < plan->ndimensions; i++)
		changed |= take_text(state, &plan->dimensions[i].value, row, &state->scope[i].value);
	return changed;
}

/* Copies the value only if it is another one. */
static bool
take_text(crm_guard_state *state, const crm_guard_fact *fact, TupleTableSlot *row,
		  const char **kept)
{
	bool isnull;
	Datum value = crm_guard_fact_value(fact, row, &isnull);
	struct varlena *text;
	int length;

	if (isnull)
		return keep_text(kept, NULL);
	text = PG_DETOAST_DATUM_PACKED(value);
	length = VARSIZE_ANY_EXHDR(text);
	if (*kept != NULL && strlen(*kept) == length && memcmp(*kept, VARDATA_ANY(text), length) == 0)
		return false;
	return keep_text(kept, MemoryContextStrdup(state->context, text_to_cstring(text)));
}

/* Whoever was told of the one before has a copy. */
static bool
keep_text(const char **kept, const char *text)
{
	bool changed = *kept != NULL || text != NULL;

	if (*kept != NULL)
		pfree((char *) *kept);
	*kept = text;
	return changed;
}

/* ------------------------------ what was approved ------------------------------ */

/*
 * True: it was the row that crm.approve() sets free. It passes by the approval, even if the one who
 * asked may do it alone by now, so that the request is used up.
 */
static bool
decide_released(crm_guard_state *state, const crm_guard_matter *matter, Numeric amount)
{
	crm_guard_release *release = crm_guard_releasing(state->guard_id);
	crm_act_point point;
	crm_ruling ruling;

	if (release == NULL)
		return false;
	fill_point(&point, state, matter, amount);
	if (point.row_key == NULL || strcmp(point.row_key, release->row_key) != 0)
		return false;
	if (!same_amount(amount, release->amount) || point.customer_id != release->customer_id ||
		!crm_guard_is_as_asked(state->plan, matter->row, release->asked))
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("the row of %s is not what was asked for by request " INT64_FORMAT,
							   point.table_name, release->request_id),
						errdetail("Its amount, its customer or a listed column has changed since."),
						errhint("Who wants it asks again by the same statement; SELECT "
								"crm.decline(" INT64_FORMAT ", '...');",
								release->request_id)));
	point.actor = release->requester;
	ruling = *crm_permit_ruling(
		crm_permit_of(release->requester.person, point.decision, point.scope, point.nscope), amount,
		state->now);
	if (ruling.verdict == CRM_ALLOWED)
		ruling.verdict = CRM_NO_MANDATE;
	(void) crm_act_take(&point, &ruling, NULL);
	release->passed = true;
	return true;
}

static bool
same_amount(Numeric one, Numeric other)
{
	if (one == NULL || other == NULL)
		return one == other;
	return crm_amount_compare(one, other) == 0;
}

/* ------------------------------ what is taken and journalled ------------------------------ */

static void
add_to_statement(crm_guard_state *state, const crm_guard_matter *matter, const crm_ruling *ruling,
				 Numeric amount)
{
	crm_act_point point;

	/* MERGE and ON CONFLICT insert and update by one statement */
	if (state->act_id != 0 && state->act_ruling == ruling && state->act_permit == state->permit &&
		state->act_generation == state->policy_generation &&
		state->act_operation == matter->operation && crm_journal_grow(state->act_id, amount))
		return;
	fill_point(&point, state, NULL, amount);
	point.operation = crm_guard_operation_name(matter->operation);
	(void) crm_act_take(&point, ruling, &state->act_id);
	state->act_ruling = ruling;
	state->act_permit = state->permit;
	state->act_generation = state->policy_generation;
	state->act_operation = matter->operation;
}

/* matter NULL: the act stands for several rows. */
static void
fill_point(crm_act_point *point, crm_guard_state *state, const crm_guard_matter *matter,
		   Numeric amount)
{
	const crm_guard *guard = state->plan->guard;

	memset(point, 0, sizeof(crm_act_point));
	point->actor = state->actor.person != NULL ? state->actor : state->session_actor;
	point->decision = guard->decision;
	point->scope = state->scope;
	point->nscope = state->plan->ndimensions;
	point->amount = amount;
	point->booked = amount;
	point->subject = guard->table_name;
	point->table_name = guard->table_name;
	point->guard_id = guard->guard_id;
	point->observe = !guard->enforces;
	if (matter == NULL)
		return;
	point->operation = crm_guard_operation_name(matter->operation);
	if (matter->row == NULL)
	{
		point->actor = state->session_actor;
		point->nscope = 0;
		return;
	}
	point->booked = booked_of(state, matter, amount);
	point->customer_id = crm_guard_customer(state->plan, matter->row);
	point->row_key = crm_guard_row_key(state->plan, matter->row);
	point->subject = subject_of(state, point->row_key);
}

/* Never negative: what was booked too much is given back by a booking of its own. */
static Numeric
booked_of(const crm_guard_state *state, const crm_guard_matter *matter, Numeric amount)
{
	Numeric none = int64_to_numeric(0);
	Numeric before = NULL;
	Numeric booked = amount;

	if (!state->plan->has_amount)
		return NULL;
	if (matter->booking == CRM_BOOK_NOTHING)
		return none;
	if (matter->was != NULL &&
		(matter->booking == CRM_BOOK_DIFFERENCE ||
		 (matter->booking == CRM_BOOK_MOVED && covers_both(state, matter, amount))))
		before = crm_guard_fact_amount(&matter->was_plan->amount, matter->was,
									   palloc(sizeof(crm_numeric_room)));
	if (amount == NULL)
		return NULL;
	if (before != NULL)
		booked = DatumGetNumeric(
			DirectFunctionCall2(numeric_sub, NumericGetDatum(amount), NumericGetDatum(before)));
	return DatumGetNumeric(
		DirectFunctionCall2(numeric_larger, NumericGetDatum(booked), NumericGetDatum(none)));
}

/* Whether who acts would decide about the amount by the same mandate where it was. */
static bool
covers_both(const crm_guard_state *state, const crm_guard_matter *matter, Numeric amount)
{
	const char *person =
		state->actor.person != NULL ? state->actor.person : state->session_actor.person;
	const char *decision = state->plan->guard->decision;
	int n = state->plan->ndimensions;
	const crm_ruling *was = crm_permit_ruling(
		crm_permit_of(person, decision, scope_before(matter), n), amount, state->now);
	const crm_ruling *is =
		crm_permit_ruling(crm_permit_of(person, decision, state->scope, n), amount, state->now);

	return was->mandate_id == is->mandate_id && was->verdict == is->verdict &&
		   (is->verdict == CRM_ALLOWED || is->verdict == CRM_CONSULT_FIRST);
}

static crm_scope_value *
scope_before(const crm_guard_matter *matter)
{
	const crm_guard_plan *plan = matter->was_plan;
	crm_scope_value *scope = palloc0(sizeof(crm_scope_value) * plan->ndimensions);

	for (int i = 0; i < plan->ndimensions; i++)
	{
		bool isnull;
		Datum value = crm_guard_fact_value(&plan->dimensions[i].value, matter->was, &isnull);

		scope[i].dimension = plan->dimensions[i].name;
		scope[i].value = isnull ? NULL : TextDatumGetCString(value);
	}
	return scope;
}

static char *
subject_of(const crm_guard_state *state, const char *key)
{
	const char *table = state->plan->guard->table_name;

	return key ? psprintf("%s(%s)", table, key) : pstrdup(table);
}
