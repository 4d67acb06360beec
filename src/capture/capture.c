/* capture.c - the trigger that notes which departmental rows changed. */
/*
 * It must never fail or slow the department's write, and never lose a change: where the key of a
 * row cannot be told, "all of the source" is noted. Per row it only appends to memory.
 */
#include "postgres.h"

#include "access/xact.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/datum.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "base/attempt.h"
#include "base/base.h"
#include "base/commit.h"
#include "capture/capture.h"
#include "capture/capture_commit.h"
#include "capture/capture_store.h"
#include "capture/changes.h"
#include "capture/cost.h"

PG_FUNCTION_INFO_V1(crm_capture);

/* What a statement remembers of one trigger, from its first row on. */
typedef struct statement_state
{
	int32 source_id;
	uint64 generation;
	const crm_capture_plan *plan;
} statement_state;

typedef struct key_request
{
	const crm_capture_plan *plan;
	TupleTableSlot *row;
	StringInfo text;
	bool has_key;
} key_request;

static int rows_since_sample = 0;

static void capture_timed(FunctionCallInfo fcinfo, int factor);
static const crm_capture_plan *capture(FunctionCallInfo fcinfo);
static statement_state *state_of(FunctionCallInfo fcinfo, TriggerData *trigger);
static void note_row(statement_state *state, TriggerData *trigger);
static void note_update(statement_state *state, TriggerData *trigger);
static void note_key(statement_state *state, TupleTableSlot *row, char op);
static void note(statement_state *state, char op, const char *key, int length);

/* A row trigger that ran before the write would make the row vanish; that is worth an error. */
static void
check_called(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("crm_internal.capture() must be called as an AFTER trigger")));
}

Datum
crm_capture(PG_FUNCTION_ARGS)
{
	check_called(fcinfo);
	if (!crm_enabled)
		PG_RETURN_POINTER(NULL);
	if (fcinfo->flinfo->fn_extra == NULL)
		capture_timed(fcinfo, 1);
	else if (++rows_since_sample >= CRM_COST_SAMPLE)
	{
		rows_since_sample = 0;
		capture_timed(fcinfo, CRM_COST_SAMPLE);
	}
	else
		(void) capture(fcinfo);
	crm_capture_relieve();
	PG_RETURN_POINTER(NULL);
}

/*
 * Rows are counted over statements: of many short ones too the right share is timed. It is charged
 * to the number under which the row was noted, for it is written with that.
 */
static void
capture_timed(FunctionCallInfo fcinfo, int factor)
{
	instr_time begin;
	const crm_capture_plan *plan;
	bool has_key;

	INSTR_TIME_SET_CURRENT(begin);
	plan = capture(fcinfo);
	if (plan == NULL)
		return;
	has_key = plan->has_key && TRIGGER_FIRED_FOR_ROW(((TriggerData *) fcinfo->context)->tg_event);
	crm_cost_of(has_key ? plan->row_id : plan->whole_id)->nanoseconds +=
		crm_cost_since(begin) * factor;
}

static const crm_capture_plan *
capture(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	statement_state *state = state_of(fcinfo, trigger);

	if (state->plan == NULL || !state->plan->known)
		return NULL;
	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		note(state, 'T', NULL, 0);
	else if (TRIGGER_FIRED_FOR_ROW(trigger->tg_event))
		note_row(state, trigger);
	return state->plan;
}

/* The source id is the trigger's argument. 0, which is no source's, if that is not a number. */
static int32
source_id_of(const Trigger *trigger)
{
	char *end;
	long id;

	if (trigger->tgnargs < 1)
		return 0;
	errno = 0;
	id = strtol(trigger->tgargs[0], &end, 10);
	return errno != 0 || *end != '\0' || id < 1 || id > PG_INT32_MAX ? 0 : (int32) id;
}

static statement_state *
state_of(FunctionCallInfo fcinfo, TriggerData *trigger)
{
	statement_state *state = fcinfo->flinfo->fn_extra;

	if (state == NULL)
	{
		state = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(statement_state));
		state->source_id = source_id_of(trigger->tg_trigger);
		fcinfo->flinfo->fn_extra = state;
		/* A statement under a lock that is held already has heard nothing from other sessions. */
		AcceptInvalidationMessages();
	}
	if (state->generation != crm_capture_generation)
	{
		state->generation = crm_capture_generation;
		state->plan = state->source_id == 0
						  ? NULL
						  : crm_capture_plan_of(state->source_id, trigger->tg_relation);
	}
	return state;
}

static void
note_row(statement_state *state, TriggerData *trigger)
{
	if (!state->plan->has_key && !TRIGGER_FIRED_BY_UPDATE(trigger->tg_event))
		note(state, 'S', NULL, 0);
	else if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		note_key(state, trigger->tg_trigslot, 'I');
	else if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
		note_key(state, trigger->tg_trigslot, 'D');
	else
		note_update(state, trigger);
}

/*
 * Compares what is stored: an unchanged value outside the row keeps its pointer, and a value that
 * was written anew counts as changed even if it reads the same.
 */
static bool
differ(const crm_watched_column *columns, int ncolumns, TriggerData *trigger)
{
	for (int i = 0; i < ncolumns; i++)
	{
		const crm_watched_column *column = &columns[i];
		bool was_null;
		bool is_null;
		Datum was = slot_getattr(trigger->tg_trigslot, column->attribute, &was_null);
		Datum is = slot_getattr(trigger->tg_newslot, column->attribute, &is_null);

		if (was_null != is_null)
			return true;
		if (!is_null && !datumIsEqual(was, is, column->by_value, column->length))
			return true;
	}
	return false;
}

static void
note_update(statement_state *state, TriggerData *trigger)
{
	const crm_capture_plan *plan = state->plan;

	if (!plan->every_update && !differ(plan->columns, plan->ncolumns, trigger))
		return;
	if (!plan->has_key)
	{
		note(state, 'S', NULL, 0);
		return;
	}
	if (differ(plan->key_columns, plan->nkeys, trigger))
	{
		note_key(state, trigger->tg_trigslot, 'D');
		note_key(state, trigger->tg_newslot, 'I');
		return;
	}
	note_key(state, trigger->tg_newslot, 'U');
}

static void
write_key(void *argument)
{
	key_request *request = argument;
	const crm_capture_plan *plan = request->plan;
	int nest_level = plan->key_needs_settings ? crm_key_settings() : 0;

	request->has_key = crm_key_text(plan->keys, plan->nkeys, request->row, request->text);
	if (plan->key_needs_settings)
		AtEOXact_GUC(true, nest_level);
}

static StringInfo
key_buffer(void)
{
	static StringInfoData buffer = {0};

	if (buffer.data == NULL)
	{
		MemoryContext old = MemoryContextSwitchTo(TopMemoryContext);

		initStringInfo(&buffer);
		MemoryContextSwitchTo(old);
	}
	return &buffer;
}

static void
note_key(statement_state *state, TupleTableSlot *row, char op)
{
	key_request request = {state->plan, row, key_buffer(), false};

	if (!state->plan->key_may_fail)
		write_key(&request);
	else if (!crm_attempt(write_key, &request, NULL))
	{
		note(state, 'S', NULL, 0);
		return;
	}
	/* A row without a key is no record of the source. */
	if (request.has_key)
		note(state, op, request.text->data, request.text->len);
}

static void
note(statement_state *state, char op, const char *key, int length)
{
	const crm_capture_plan *plan = state->plan;
	bool resolve = plan->is_inline && !IsolationIsSerializable();

	if (key != NULL && plan->part_op != '\0')
		op = plan->part_op;
	crm_changes_add(key ? plan->row_id : plan->whole_id, op, key, length,
					resolve ? CRM_TO_RESOLVE : CRM_TO_WRITE);
	if (resolve)
		crm_commit_buy_ticket();
}
