/* guard_waiting.c - writes a row in its table's waiting state where its writer may not decide.
 *
 * No trigger can park a row: so the table says in which state of its own one waits. The change is
 * made before the row is written; the request is opened after it, when it is certain that it was:
 * a row may meet a conflict and vanish between.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/attempt.h"
#include "base/base.h"
#include "guard/guard_call.h"
#include "guard/guard_release.h"
#include "guard/guard_waiting.h"
#include "request/request.h"
#include "source/source_registry.h"

PG_FUNCTION_INFO_V1(crm_guard_waiting);

/* What was wanted of a row that was made to wait. */
typedef struct wish
{
	int32 guard_id;
	char *key;
	char *asked;
	struct wish *next;
} wish;

typedef struct closing
{
	int32 guard_id;
	char *key;
} closing;

static wish *wishes = NULL;

static HeapTuple let_wait(crm_guard_state *state, TriggerData *trigger, HeapTuple tuple);
static bool must_wait(crm_guard_state *state, TriggerData *trigger);
static void note_wish(crm_guard_state *state, HeapTuple tuple, TupleTableSlot *wanted);
static char *wanted_text(const crm_guard_plan *plan, TupleTableSlot *row);
static void append_listed(StringInfo text, const crm_guard_plan *plan, TupleTableSlot *row);
static void append_column(StringInfo text, const char *name, TupleTableSlot *row,
						  AttrNumber column);
static void close_requests(void *argument);
static wish *take_wish(int32 guard_id, const char *key);
static void forget_wishes(void *argument);

Datum
crm_guard_waiting(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	crm_guard_state *state;
	HeapTuple tuple;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_BEFORE(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("crm_internal.guard_waiting() must be called BEFORE ROW by INSERT "
							   "or UPDATE")));
	tuple =
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newtuple : trigger->tg_trigtuple;
	if (!crm_guards_are_enabled())
		PG_RETURN_POINTER(tuple);
	state = crm_guard_state_of(fcinfo);
	PG_RETURN_POINTER(let_wait(state, trigger, tuple));
}

static HeapTuple
let_wait(crm_guard_state *state, TriggerData *trigger, HeapTuple tuple)
{
	const crm_guard_plan *plan = state->plan;
	TupleTableSlot *row =
		TRIGGER_FIRED_BY_UPDATE(trigger->tg_event) ? trigger->tg_newslot : trigger->tg_trigslot;
	int *columns;
	Datum *values;
	bool *nulls;

	/* What is wrong with the guard is said when the row has been written. */
	if (plan->guard == NULL || plan->guard->is_dropped || plan->problem != NULL ||
		!plan->guard->enforces || plan->nwaits == 0 ||
		crm_guard_releasing(state->guard_id) != NULL || !must_wait(state, trigger))
		return tuple;
	columns = palloc(sizeof(int) * plan->nwaits);
	values = palloc(sizeof(Datum) * plan->nwaits);
	nulls = palloc(sizeof(bool) * plan->nwaits);
	for (int i = 0; i < plan->nwaits; i++)
	{
		columns[i] = plan->waits[i].column;
		values[i] = plan->waits[i].value;
		nulls[i] = plan->waits[i].isnull;
	}
	note_wish(state, tuple, row);
	return heap_modify_tuple_by_cols(tuple, RelationGetDescr(trigger->tg_relation), plan->nwaits,
									 columns, values, nulls);
}

static bool
must_wait(crm_guard_state *state, TriggerData *trigger)
{
	bool update = TRIGGER_FIRED_BY_UPDATE(trigger->tg_event);
	crm_guard_write write = {.operation = update ? CRM_GUARD_UPDATE : CRM_GUARD_INSERT};
	crm_guard_matter matter = {.was_plan = state->plan};
	crm_guard_verdict verdict;

	matter.row = update ? trigger->tg_newslot : trigger->tg_trigslot;
	matter.was = update ? trigger->tg_trigslot : NULL;
	crm_guard_compare(state->plan, state->plan, matter.was, matter.row, &write);
	verdict = crm_guard_judge(&write);
	matter.operation = write.operation;
	matter.booking = verdict.booking;
	return verdict.is_decision && crm_guard_may_be_asked(state, &matter);
}

/* ------------------------------ from before the write to after it ------------------------------
 */

static void
note_wish(crm_guard_state *state, HeapTuple tuple, TupleTableSlot *wanted)
{
	char *key = crm_guard_row_key(state->plan, wanted);
	MemoryContext old;
	wish *noted;

	/* A row without a key is refused by the table itself. */
	if (key == NULL)
		return;
	if (wishes == NULL)
	{
		MemoryContextCallback *callback =
			MemoryContextAllocZero(TopTransactionContext, sizeof(MemoryContextCallback));

		callback->func = forget_wishes;
		MemoryContextRegisterResetCallback(TopTransactionContext, callback);
	}
	(void) take_wish(state->guard_id, key);
	old = MemoryContextSwitchTo(TopTransactionContext);
	noted = palloc(sizeof(wish));
	noted->guard_id = state->guard_id;
	noted->key = pstrdup(key);
	noted->asked = wanted_text(state->plan, wanted);
	noted->next = wishes;
	wishes = noted;
	MemoryContextSwitchTo(old);
}

/* {"column": "value"}: what crm.approve() will set, and what must not change until then. */
static char *
wanted_text(const crm_guard_plan *plan, TupleTableSlot *row)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	for (int i = 0; i < plan->nwaits; i++)
		append_column(&text, plan->waits[i].name, row, plan->waits[i].column);
	append_listed(&text, plan, row);
	appendStringInfoChar(&text, '}');
	return text.data;
}

/* The listed columns that are not the waiting state's. */
static void
append_listed(StringInfo text, const crm_guard_plan *plan, TupleTableSlot *row)
{
	for (int i = 0; i < plan->ncolumns; i++)
	{
		AttrNumber column = plan->columns[i].column;
		bool sets = false;

		for (int j = 0; j < plan->nwaits; j++)
			sets |= plan->waits[j].column == column;
		if (!sets)
			append_column(text,
						  NameStr(TupleDescAttr(row->tts_tupleDescriptor, column - 1)->attname),
						  row, column);
	}
}

static void
append_column(StringInfo text, const char *name, TupleTableSlot *row, AttrNumber column)
{
	int nest_level = crm_source_pin();
	Oid output;
	bool varlena;
	bool isnull;
	Datum value = slot_getattr(row, column, &isnull);

	appendStringInfoString(text, text->len > 1 ? ", " : "");
	escape_json(text, name);
	appendStringInfoString(text, ": ");
	getTypeOutputInfo(TupleDescAttr(row->tts_tupleDescriptor, column - 1)->atttypid, &output,
					  &varlena);
	if (isnull)
		appendStringInfoString(text, "null");
	else
		escape_json(text, OidOutputFunctionCall(output, value));
	crm_source_unpin(nest_level);
}

bool
crm_guard_is_as_asked(const crm_guard_plan *plan, TupleTableSlot *row, const char *asked)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	append_listed(&text, plan, row);
	appendStringInfoChar(&text, '}');
	return DatumGetBool(
		DirectFunctionCall2(jsonb_contains, DirectFunctionCall1(jsonb_in, CStringGetDatum(asked)),
							DirectFunctionCall1(jsonb_in, CStringGetDatum(text.data))));
}

/* Who may decide himself has answered what was asked. That must not fail for who answers there. */
void
crm_guard_close_requests(crm_guard_state *state, TupleTableSlot *row)
{
	char *key = crm_guard_row_key(state->plan, row);
	closing closed = {state->guard_id, key};

	if (key != NULL && crm_guard_releasing(state->guard_id) == NULL)
		(void) crm_attempt(close_requests, &closed, NULL);
}

static void
close_requests(void *argument)
{
	const closing *closed = argument;
	Oid types[] = {INT4OID, TEXTOID, TEXTOID};
	Datum values[] = {Int32GetDatum(closed->guard_id), CStringGetTextDatum(closed->key),
					  CStringGetTextDatum(crm_actor_now().person)};

	SPI_connect();
	crm_source_execute("UPDATE crm_internal.request SET status = 'withdrawn', "
					   "decided_at = pg_catalog.clock_timestamp(), decided_by = $3 "
					   "WHERE guard_id OPERATOR(pg_catalog.=) $1 "
					   "AND row_key OPERATOR(pg_catalog.=) $2 AND asked IS NOT NULL "
					   "AND status OPERATOR(pg_catalog.=) 'open'",
					   3, types, values, NULL, SPI_OK_UPDATE);
	SPI_finish();
}

/* What was wanted of a row and came to nothing: another statement wrote it otherwise. */
void
crm_guard_forget_wish(crm_guard_state *state, TupleTableSlot *row)
{
	char *key = wishes != NULL ? crm_guard_row_key(state->plan, row) : NULL;

	if (key != NULL)
		(void) take_wish(state->guard_id, key);
}

void
crm_guard_open_request(crm_guard_state *state, TupleTableSlot *row)
{
	char *key = wishes != NULL ? crm_guard_row_key(state->plan, row) : NULL;
	wish *noted = key != NULL ? take_wish(state->guard_id, key) : NULL;
	crm_act_point point;
	crm_request_key request = {0};

	if (noted == NULL)
		return;
	crm_guard_point(state, row, &point);
	request.person = point.actor.person;
	request.decision = point.decision;
	request.amount = point.amount;
	request.customer_id = point.customer_id;
	request.guard_id = point.guard_id;
	request.row_key = point.row_key;
	request.scope = point.scope;
	request.nscope = point.nscope;
	(void) crm_request_open(&request, noted->asked);
}

/* Takes it out of the list; NULL: there is none. */
static wish *
take_wish(int32 guard_id, const char *key)
{
	for (wish **place = &wishes; *place != NULL; place = &(*place)->next)
		if ((*place)->guard_id == guard_id && strcmp((*place)->key, key) == 0)
		{
			wish *found = *place;

			*place = found->next;
			return found;
		}
	return NULL;
}

static void
forget_wishes(void *argument)
{
	wishes = NULL;
}
