/* act_refusal.c - refuses an act: the error for who tried, the line in the server's log. */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/timestamp.h"

#include "act/act_refusal.h"
#include "mandate/mandate_who.h"

/* What the act is about, and what it takes from budgets and windows. */
typedef struct asked_act
{
	crm_asked asked;
	Numeric counted;
} asked_act;

static asked_act asked_of(const crm_act_point *point);
static bool can_afford(const crm_asked *asked, const crm_taker *taker);
static const char *reason_of(const crm_act_point *point, const crm_ruling *ruling,
							 const crm_shortfall *shortfall);
static void log_refusal(const crm_act_point *point, const char *reason);

static const char *
amount_text(Numeric amount)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(amount)));
}

/* What a scope is in the journal: one value a dimension. NULL: none. */
static const char *
scope_text(const crm_act_point *point)
{
	return point->nscope == 0 ? NULL : crm_request_scope_text(point->scope, point->nscope);
}

void
crm_act_describe(const crm_act_point *point, crm_act *act)
{
	act->actor = point->actor;
	act->decision = point->decision;
	act->amount = point->amount;
	act->counted = point->booked == point->amount ? NULL : point->booked;
	act->customer_id = point->customer_id;
	act->scope = scope_text(point);
	act->subject = point->subject;
	act->operation = point->operation;
	act->guard_id = point->guard_id;
}

int64
crm_act_journal_refusal(const crm_act_point *point, const crm_ruling *ruling,
						const crm_shortfall *shortfall)
{
	crm_act act = {0};

	crm_act_describe(point, &act);
	act.would_refuse = true;
	act.position = ruling->position;
	act.capacity = ruling->capacity;
	act.reason = reason_of(point, ruling, shortfall);
	return crm_journal_add(&act);
}

void
crm_act_refuse(const crm_act_point *point, const crm_ruling *ruling, const crm_shortfall *shortfall)
{
	crm_act_objection objection = crm_act_object(point, ruling, shortfall);

	log_refusal(point, objection.detail);
	ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					point->amount == NULL ? errmsg("decision \"%s\" is refused", point->decision)
										  : errmsg("decision \"%s\" for %s is refused",
												   point->decision, amount_text(point->amount)),
					errdetail("%s", objection.detail), errhint("%s", objection.hint)));
}

crm_act_objection
crm_act_object(const crm_act_point *point, const crm_ruling *ruling, const crm_shortfall *shortfall)
{
	static const char *const shortfalls[] = {
		[CRM_SHORT_OF_AMOUNT] = "unknown_amount",
		[CRM_SHORT_OF_WINDOW] = "window",
		[CRM_SHORT_OF_BUDGET] = "budget",
	};
	asked_act act = asked_of(point);
	crm_act_objection objection;

	objection.cause = shortfall->kind == CRM_NOT_SHORT ? crm_verdict_name(ruling->verdict)
													   : shortfalls[shortfall->kind];
	objection.detail = reason_of(point, ruling, shortfall);
	objection.hint = crm_refusal_hint(ruling, &act.asked, can_afford);
	return objection;
}

static asked_act
asked_of(const crm_act_point *point)
{
	asked_act act = {.counted = point->booked != NULL ? point->booked : point->amount};

	act.asked = (crm_asked){
		.person = point->actor.person,
		.decision = point->decision,
		.nscope = point->nscope,
		.scope = point->scope,
		.amount = point->amount,
		.customer_id = point->customer_id,
		.subject = point->guard_id == 0 ? point->subject : NULL,
		.at = GetCurrentTimestamp(),
	};
	return act;
}

/* Who acts pays what is counted; those who sign promise the whole amount. */
static bool
can_afford(const crm_asked *asked, const crm_taker *taker)
{
	crm_spending spending = {taker->person, asked->customer_id,
							 taker->ruling->joint_id != 0 ? asked->amount
														  : ((asked_act *) asked)->counted};
	crm_shortfall shortfall = {0};

	return crm_money_is_left(taker->ruling, &spending, &shortfall);
}

static const char *
money_reason(const crm_shortfall *shortfall)
{
	switch (shortfall->kind)
	{
		case CRM_SHORT_OF_BUDGET:
			return psprintf("Of the budget \"%s\" %s is left.", shortfall->budget,
							amount_text(shortfall->left));
		case CRM_SHORT_OF_WINDOW:
			return psprintf("Of %s for one customer within %s, %s is left.",
							amount_text(shortfall->window_amount),
							DatumGetCString(DirectFunctionCall1(
								interval_out, IntervalPGetDatum(shortfall->window_length))),
							amount_text(shortfall->left));
		default:
			return "The amount is not known, and there is a limit.";
	}
}

static const char *
reason_of(const crm_act_point *point, const crm_ruling *ruling, const crm_shortfall *shortfall)
{
	asked_act act = asked_of(point);

	if (shortfall->kind != CRM_NOT_SHORT)
		return money_reason(shortfall);
	return crm_refusal_detail(ruling, &act.asked);
}

static void
add_member(StringInfo line, const char *name, const char *value)
{
	appendStringInfoString(line, line->len == 1 ? "" : ", ");
	escape_json(line, name);
	appendStringInfoString(line, ": ");
	if (value == NULL)
		appendStringInfoString(line, "null");
	else
		escape_json(line, value);
}

/* For programs that watch the log: one JSON object, and nothing about the customer in it. */
static void
log_refusal(const crm_act_point *point, const char *reason)
{
	StringInfoData line;

	initStringInfo(&line);
	appendStringInfoChar(&line, '{');
	add_member(&line, "sqlstate", "42501");
	add_member(&line, "person", point->actor.person);
	add_member(&line, "known_by", crm_known_by_name(point->actor.known_by));
	add_member(&line, "login", crm_actor_login());
	add_member(&line, "decision", point->decision);
	appendStringInfo(&line, ", \"amount\": %s",
					 point->amount == NULL ? "null" : amount_text(point->amount));
	add_member(&line, "table", point->table_name);
	add_member(&line, "operation", point->operation);
	add_member(&line, "reason", reason);
	appendStringInfoChar(&line, '}');
	ereport(LOG, (errmsg_internal("crm refusal: %s", line.data), errhidestmt(true),
				  errhidecontext(true)));
}
