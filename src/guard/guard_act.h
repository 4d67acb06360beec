/* guard_act.h - a write that is a decision, put to the mandates. Private to the room. */
#ifndef CRM_GUARD_ACT_H
#define CRM_GUARD_ACT_H

#include "act/act.h"
#include "guard/guard_plan.h"

/* What a statement remembers of one guard and relation, from its first row on. */
typedef struct crm_guard_state
{
	int32 guard_id;
	MemoryContext context;
	Relation relation;
	const crm_guard_plan *plan;
	uint64 plan_generation;
	TimestampTz now;
	crm_actor session_actor;
	uint64 actor_generation;
	crm_actor actor; /* of the row */
	crm_scope_value *scope;
	const crm_permit *permit; /* of that actor and scope */
	uint64 policy_generation;
	int64 act_id; /* in which rows of the statement are added up */
	const crm_ruling *act_ruling;
	const crm_permit *act_permit;
	uint64 act_generation; /* of the policy: the two above may lie where others were freed */
	crm_guard_operation act_operation;
} crm_guard_state;

/* One row that is to be decided about. */
typedef struct crm_guard_matter
{
	crm_guard_operation operation;
	TupleTableSlot *row; /* whose facts count; NULL: a TRUNCATE */
	crm_guard_booking booking;
	const crm_guard_plan *was_plan;
	TupleTableSlot *was; /* NULL: nothing was booked before */
} crm_guard_matter;

/* Takes what may have changed since the last row. */
extern void crm_guard_refresh(crm_guard_state *state);

/* Lets it pass and journals it, or refuses with 42501. */
extern void crm_guard_decide(crm_guard_state *state, const crm_guard_matter *matter);

/* Whether crm_guard_decide() would refuse, but somebody could be asked. */
extern bool crm_guard_may_be_asked(crm_guard_state *state, const crm_guard_matter *matter);

/* The row as a decision is about it. */
extern void crm_guard_point(crm_guard_state *state, TupleTableSlot *row, crm_act_point *point);

/* Refuses, or journals, for a guard that cannot read its facts. */
extern void crm_guard_refuse_unread(crm_guard_state *state, crm_guard_operation operation);

#endif
