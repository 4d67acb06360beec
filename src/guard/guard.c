/* guard.c - the trigger of guarded tables, and the room's setting. */
#include "postgres.h"

#include "catalog/pg_am_d.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/timestamp.h"

#include "guard/guard.h"
#include "guard/guard_act.h"
#include "guard/guard_call.h"
#include "guard/guard_move.h"
#include "guard/guard_waiting.h"

PG_FUNCTION_INFO_V1(crm_guard_trigger);

static bool guards_enabled = true;

static void guard_truncate(crm_guard_state *state);
static void guard_row(crm_guard_state *state, TriggerData *trigger);
static void guard_moved(crm_guard_state *state, TupleTableSlot *was, Oid from, TupleTableSlot *is);
static void see_to_wishes(crm_guard_state *state, const crm_guard_write *write,
						  TupleTableSlot *row);
static void decide_if(crm_guard_state *state, crm_guard_write *write, crm_guard_matter *matter);

void
crm_guard_init(void)
{
	/* crm.enabled does not still them: capture catches up with what it missed, a guard cannot. */
	DefineCustomBoolVariable(
		"crm.guards_enabled", "Whether guards look at what is written.",
		"While it is off everybody may write everything to guarded tables, and "
		"nothing is journalled.",
		&guards_enabled, true, PGC_SUSET, 0, NULL, NULL, NULL);
	crm_guard_plan_begin();
	crm_guard_move_init();
}

bool
crm_guards_are_enabled(void)
{
	return guards_enabled;
}

Datum
crm_guard_trigger(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	crm_guard_state *state;

	if (!CALLED_AS_TRIGGER(fcinfo) ||
		(TRIGGER_FIRED_FOR_ROW(trigger->tg_event) ? !TRIGGER_FIRED_AFTER(trigger->tg_event)
												  : !TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event)))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("crm_internal.guard_trigger() must be called AFTER ROW or by "
							   "TRUNCATE")));
	if (!guards_enabled)
		PG_RETURN_POINTER(NULL);
	state = crm_guard_state_of(fcinfo);
	if (state->plan->guard != NULL && state->plan->guard->is_dropped)
		PG_RETURN_POINTER(NULL);
	if (TRIGGER_FIRED_BY_TRUNCATE(trigger->tg_event))
		guard_truncate(state);
	else
		guard_row(state, trigger);
	PG_RETURN_POINTER(NULL);
}

crm_guard_state *
crm_guard_state_of(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	crm_guard_state *state = fcinfo->flinfo->fn_extra;

	if (state == NULL)
	{
		state = MemoryContextAllocZero(fcinfo->flinfo->fn_mcxt, sizeof(crm_guard_state));
		state->context = fcinfo->flinfo->fn_mcxt;
		state->guard_id =
			trigger->tg_trigger->tgnargs == 1 ? pg_strtoint32(trigger->tg_trigger->tgargs[0]) : 0;
		/* A statement under a lock that is held already has heard nothing from other sessions. */
		AcceptInvalidationMessages();
		state->now = GetCurrentTimestamp();
		fcinfo->flinfo->fn_extra = state;
	}
	state->relation = trigger->tg_relation;
	crm_guard_refresh(state);
	return state;
}

static void
guard_truncate(crm_guard_state *state)
{
	crm_guard_matter matter = {.operation = CRM_GUARD_TRUNCATE};

	if (state->plan->guard == NULL)
		crm_guard_refuse_unread(state, CRM_GUARD_TRUNCATE);
	crm_guard_decide(state, &matter);
}

static void
guard_row(crm_guard_state *state, TriggerData *trigger)
{
	crm_guard_write write = {.operation = CRM_GUARD_UPDATE};
	crm_guard_matter matter = {.was_plan = state->plan};
	const crm_guard *guard = state->plan->guard;

	if (TRIGGER_FIRED_BY_DELETE(trigger->tg_event))
	{
		write.operation = CRM_GUARD_DELETE;
		matter.was = trigger->tg_trigslot;
		if (crm_guard_is_moving(trigger->tg_relation, trigger->tg_trigtuple))
		{
			crm_guard_move_away(state->guard_id, trigger->tg_relation, trigger->tg_trigtuple,
								guard != NULL && guard->enforces &&
									(guard->operations & CRM_GUARD_DELETE));
			return;
		}
	}
	else if (TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
	{
		Oid from = InvalidOid;

		write.operation = CRM_GUARD_INSERT;
		matter.row = trigger->tg_trigslot;
		if (trigger->tg_relation->rd_rel->relispartition)
			matter.was = crm_guard_moved_from(state->guard_id, trigger->tg_relation,
											  trigger->tg_trigtuple, &from);
		if (matter.was != NULL)
		{
			guard_moved(state, matter.was, from, matter.row);
			return;
		}
		/* Where the storage does not tell, what comes into a partition may have moved. */
		if (trigger->tg_relation->rd_rel->relispartition &&
			trigger->tg_relation->rd_rel->relam != HEAP_TABLE_AM_OID &&
			state->plan->guard != NULL && !(state->plan->guard->operations & CRM_GUARD_INSERT))
			write.operation = CRM_GUARD_UPDATE;
	}
	else
	{
		matter.was = trigger->tg_trigslot;
		matter.row = trigger->tg_newslot;
	}
	decide_if(state, &write, &matter);
}

/* An UPDATE, of which the old row is one of another partition. */
static void
guard_moved(crm_guard_state *state, TupleTableSlot *was, Oid from, TupleTableSlot *is)
{
	crm_guard_write write = {.operation = CRM_GUARD_UPDATE};
	crm_guard_matter matter = {.row = is, .was = was};
	Relation relation = RelationIdGetRelation(from);

	if (!RelationIsValid(relation))
		elog(ERROR, "partition %u is gone", from);
	matter.was_plan = crm_guard_plan_of(state->guard_id, relation);
	decide_if(state, &write, &matter);
	RelationClose(relation);
	ExecDropSingleTupleTableSlot(was);
}

static void
decide_if(crm_guard_state *state, crm_guard_write *write, crm_guard_matter *matter)
{
	const crm_guard_plan *plan = state->plan;
	crm_guard_verdict verdict;

	if (plan->guard == NULL || plan->problem != NULL || matter->was_plan->problem != NULL)
	{
		if (plan->guard == NULL || (plan->guard->operations & write->operation))
			crm_guard_refuse_unread(state, write->operation);
		return;
	}
	crm_guard_compare(plan, matter->was_plan, matter->was, matter->row, write);
	if (plan->nwaits > 0 && matter->row != NULL)
		see_to_wishes(state, write, matter->row);
	verdict = crm_guard_judge(write);
	if (!verdict.is_decision)
		return;
	matter->operation = write->operation;
	matter->booking = verdict.booking;
	if (matter->row == NULL)
		matter->row = matter->was;
	crm_guard_decide(state, matter);
}

static void
see_to_wishes(crm_guard_state *state, const crm_guard_write *write, TupleTableSlot *row)
{
	if (write->is.waits)
	{
		crm_guard_open_request(state, row);
		return;
	}
	crm_guard_forget_wish(state, row);
	if (write->was.waits)
		crm_guard_close_requests(state, row);
}
