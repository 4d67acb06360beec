/* question_read.c - what is asked, and what answers have in common. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "department/actor.h"
#include "question/question.h"
#include "request/request.h"

static bool has(FunctionCallInfo fcinfo, int argument);

crm_question
crm_question_read(FunctionCallInfo fcinfo, crm_question_arguments at)
{
	crm_question question = {{0}};
	crm_asked *asked = &question.asked;

	/* A table that is locked already is opened without looking at what others have changed. */
	AcceptInvalidationMessages();
	if (!has(fcinfo, at.decision))
		ereport(ERROR,
				(errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("the question needs a decision"),
				 errhint("For example decision => 'goodwill'.")));
	asked->decision = text_to_cstring(PG_GETARG_TEXT_PP(at.decision));
	crm_check_decision(asked->decision);
	asked->person = has(fcinfo, at.person) ? text_to_cstring(PG_GETARG_TEXT_PP(at.person))
										   : crm_actor_now().person;
	if (has(fcinfo, at.amount))
		asked->amount = PG_GETARG_NUMERIC(at.amount);
	if (has(fcinfo, at.customer))
		asked->customer_id = PG_GETARG_INT64(at.customer);
	if (has(fcinfo, at.scope))
		asked->scope = crm_request_scope(PG_GETARG_JSONB_P(at.scope), &asked->nscope);
	question.is_now = !has(fcinfo, at.as_of);
	asked->at = question.is_now ? GetCurrentTimestamp() : PG_GETARG_TIMESTAMPTZ(at.as_of);
	return question;
}

static bool
has(FunctionCallInfo fcinfo, int argument)
{
	return argument != CRM_NO_ARGUMENT && !PG_ARGISNULL(argument);
}

/* Of now as a guard finds it, so that the answer is the guard's. */
const crm_ruling *
crm_question_ruling(const crm_question *question)
{
	const crm_asked *asked = &question->asked;

	if (!question->is_now)
		return crm_ruling_of(asked);
	return crm_permit_ruling(
		crm_permit_of(asked->person, asked->decision, asked->scope, asked->nscope), asked->amount,
		asked->at);
}

bool
crm_question_affords(const crm_asked *asked, const crm_taker *taker)
{
	crm_spending spending = {taker->person, asked->customer_id, asked->amount};
	crm_shortfall shortfall = {0};

	return !((const crm_question *) asked)->is_now ||
		   crm_money_is_left(taker->ruling, &spending, &shortfall);
}

Datum
crm_question_consults(const crm_ruling *ruling)
{
	Datum *names = palloc(Max(ruling->nconsults, 1) * sizeof(Datum));

	for (int i = 0; i < ruling->nconsults; i++)
		names[i] = CStringGetTextDatum(ruling->consults[i].position);
	return PointerGetDatum(
		construct_array(names, ruling->nconsults, TEXTOID, -1, false, TYPALIGN_INT));
}

Datum
crm_question_path(const crm_ruling *ruling)
{
	Datum *ids = palloc(Max(ruling->npath, 1) * sizeof(Datum));

	for (int i = 0; i < ruling->npath; i++)
		ids[i] = Int32GetDatum(ruling->path[i]);
	return PointerGetDatum(construct_array(ids, ruling->npath, INT4OID, 4, true, TYPALIGN_INT));
}
