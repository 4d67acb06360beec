/* act.c - takes an act: asks for the ruling, the money, an approval; journals, informs or refuses.
 */
/*
 * All that is decided in crm, in a function or by a guard, passes here. What has its own authority
 * and money left is journalled by that mandate; else an approved request is used up; else it is
 * refused, or, by a guard that only observes, noted as what would have been.
 */
#include "postgres.h"

#include "miscadmin.h"
#include "utils/timestamp.h"

#include "act/act.h"
#include "act/act_refusal.h"
#include "audit/journal.h"
#include "budget/budget.h"
#include "request/request.h"

static bool take(const crm_act_point *point, const crm_ruling *ruling, crm_shortfall *shortfall,
				 int64 *act_id);
static const crm_ruling *ruling_now(const crm_act_point *point);
static const crm_ruling *first_affordable(const crm_act_point *point, const crm_ruling *ruling,
										  crm_shortfall *shortfall);
static const crm_ruling *take_own(const crm_act_point *point, const crm_ruling *ruling,
								  crm_shortfall *shortfall);
static bool take_approved(const crm_act_point *point, const crm_ruling *ruling,
						  crm_shortfall *shortfall, int64 *act_id);
static int64 journal(const crm_act_point *point, const crm_ruling *ruling,
					 const crm_approval *approval);

/*
 * While requests and budgets are read, what other sessions did to the policy becomes known. What
 * was refused is then judged again by what holds now, also because the ruling may be gone.
 */
crm_act_outcome
crm_act_take(const crm_act_point *point, const crm_ruling *ruling, int64 *act_id)
{
	crm_shortfall shortfall;
	uint64 generation;
	int64 id;

	if (act_id == NULL)
		act_id = &id;
	for (;;)
	{
		CHECK_FOR_INTERRUPTS();
		generation = crm_policy_generation;
		memset(&shortfall, 0, sizeof(shortfall));
		if (take(point, ruling, &shortfall, act_id))
			return CRM_ACT_TAKEN;
		if (generation == crm_policy_generation)
			break;
		ruling = ruling_now(point);
	}
	if (!point->observe)
		crm_act_refuse(point, ruling, &shortfall);
	*act_id = crm_act_journal_refusal(point, ruling, &shortfall);
	return CRM_ACT_WOULD_REFUSE;
}

static bool
take(const crm_act_point *point, const crm_ruling *ruling, crm_shortfall *shortfall, int64 *act_id)
{
	const crm_ruling *used = NULL;

	if (ruling->verdict == CRM_ALLOWED)
		used = take_own(point, ruling, shortfall);
	if (used == NULL)
		return take_approved(point, ruling, shortfall, act_id);
	*act_id = journal(point, used, NULL);
	return true;
}

static const crm_ruling *
ruling_now(const crm_act_point *point)
{
	return crm_permit_ruling(
		crm_permit_of(point->actor.person, point->decision, point->scope, point->nscope),
		point->amount, GetCurrentTimestamp());
}

bool
crm_act_is_possible(const crm_act_point *point, const crm_ruling *ruling)
{
	crm_shortfall shortfall = {0};
	crm_request_key key;

	if (ruling->verdict == CRM_ALLOWED && first_affordable(point, ruling, &shortfall) != NULL)
		return true;
	if (ruling->verdict == CRM_BANNED)
		return false;
	crm_act_request_key(point, ruling, &key);
	if (key.consulted)
		key.consulted = first_affordable(point, ruling, &shortfall) != NULL;
	return crm_request_is_approved(&key);
}

bool
crm_act_why_not(const crm_act_point *point, const crm_ruling *ruling, crm_act_objection *objection)
{
	crm_shortfall shortfall = {0};

	if (crm_act_is_possible(point, ruling))
		return false;
	if (ruling->verdict == CRM_ALLOWED)
		first_affordable(point, ruling, &shortfall);
	*objection = crm_act_object(point, ruling, &shortfall);
	return true;
}

/* ------------------------------ own authority ------------------------------ */

/* An UPDATE counts by its difference, everything else by its amount. */
static Numeric
counted(const crm_act_point *point)
{
	return point->booked != NULL ? point->booked : point->amount;
}

static crm_spending
spending_of(const crm_act_point *point)
{
	crm_spending spending = {
		.person = point->actor.person,
		.customer_id = point->customer_id,
		.amount = counted(point),
	};

	return spending;
}

static const crm_ruling *
first_affordable(const crm_act_point *point, const crm_ruling *ruling, crm_shortfall *shortfall)
{
	crm_spending spending = spending_of(point);

	for (; ruling != NULL; ruling = ruling->next)
		if (crm_money_is_left(ruling, &spending, shortfall))
			return ruling;
	return NULL;
}

static const crm_ruling *
take_own(const crm_act_point *point, const crm_ruling *ruling, crm_shortfall *shortfall)
{
	crm_spending spending = spending_of(point);

	for (; ruling != NULL; ruling = ruling->next)
		if (crm_money_take(ruling, &spending, shortfall))
			return ruling;
	return NULL;
}

/* ------------------------------ with an approval ------------------------------ */

void
crm_act_request_key(const crm_act_point *point, const crm_ruling *ruling, crm_request_key *key)
{
	*key = (crm_request_key){
		.person = point->actor.person,
		.decision = point->decision,
		.amount = point->amount,
		.customer_id = point->customer_id,
		.guard_id = point->guard_id,
		.operation = point->operation,
		.row_key = point->row_key,
		.subject = point->guard_id == 0 ? point->subject : NULL,
		.scope = point->scope,
		.nscope = point->nscope,
		.consulted = ruling->verdict == CRM_CONSULT_FIRST,
	};
}

/* It counts against the mandate of the one who approved, which may have been used up since. */
static bool
take_approved_money(const crm_act_point *point, const crm_approval *approval,
					crm_shortfall *shortfall)
{
	Numeric amount = counted(point);
	Numeric left = NULL;
	crm_window window = {
		.mandate_id = approval->npath > 0 ? approval->path[approval->npath - 1] : 0,
		.person = point->actor.person,
		.decision = approval->decision,
		.customer_id = point->customer_id,
		.limit = approval->window_amount,
		.length = approval->window_length,
	};

	if (amount == NULL)
		return true;
	if (window.limit != NULL && !crm_window_take(&window, amount, &left))
	{
		*shortfall = (crm_shortfall){.kind = CRM_SHORT_OF_WINDOW,
									 .window_amount = window.limit,
									 .window_length = window.length,
									 .left = left};
		return false;
	}
	if (approval->budget != NULL &&
		!crm_budget_take(approval->budget, amount, approval->reserved, &left))
	{
		*shortfall =
			(crm_shortfall){.kind = CRM_SHORT_OF_BUDGET, .budget = approval->budget, .left = left};
		return false;
	}
	return true;
}

/*
 * A ban wins over an approval given before it. One who only had to consult acts by his own mandate,
 * so its money is looked at before the request is used up.
 */
static bool
take_approved(const crm_act_point *point, const crm_ruling *ruling, crm_shortfall *shortfall,
			  int64 *act_id)
{
	crm_request_key key;
	crm_approval approval;
	const crm_ruling *used = NULL;

	if (ruling->verdict == CRM_BANNED)
		return false;
	crm_act_request_key(point, ruling, &key);
	if (key.consulted)
		key.consulted = first_affordable(point, ruling, shortfall) != NULL;
	if (!crm_request_use(&key, &approval))
		return false;
	if (approval.consulted)
	{
		used = take_own(point, ruling, shortfall);
		if (used == NULL)
			return false;
	}
	else if (!take_approved_money(point, &approval, shortfall))
		return false;
	*act_id = journal(point, used != NULL ? used : ruling, &approval);
	return true;
}

/* ------------------------------ telling ------------------------------ */

/* By an approval it is the approver's mandate; the duty to inform is the decision's in any case. */
static int64
journal(const crm_act_point *point, const crm_ruling *ruling, const crm_approval *approval)
{
	crm_act act = {0};
	int64 act_id;

	crm_act_describe(point, &act);
	if (approval == NULL || approval->consulted)
	{
		act.position = ruling->position;
		act.capacity = ruling->capacity;
		act.npath = ruling->npath;
		act.path = ruling->path;
		act.budget = ruling->budget;
	}
	else
	{
		act.position = approval->position;
		act.npath = approval->npath;
		act.path = approval->path;
		act.budget = approval->budget;
	}
	if (approval != NULL)
		act.request_id = approval->request_id;
	act_id = crm_journal_add(&act);
	if (ruling->ninforms > 0)
		crm_notice_add(act_id, ruling->informs, ruling->ninforms);
	return act_id;
}
