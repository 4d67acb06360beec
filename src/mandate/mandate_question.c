/* mandate_question.c - answers to what people ask about mandates. */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"

#include "department/actor.h"
#include "mandate/mandate.h"
#include "mandate/mandate_policy.h"
#include "mandate/mandate_question.h"

PG_FUNCTION_INFO_V1(crm_may);

Datum
crm_may(PG_FUNCTION_ARGS)
{
	crm_question question = crm_question_read(fcinfo, 0, 1, 2, 4, 5);

	PG_RETURN_BOOL(crm_question_ruling(&question)->verdict == CRM_ALLOWED);
}

crm_question
crm_question_read(FunctionCallInfo fcinfo, int person, int decision, int amount, int scope,
				  int as_of)
{
	crm_question question = {0};

	/* A table that is locked already is opened without looking at what others have changed. */
	AcceptInvalidationMessages();
	question.person = person < 0 || PG_ARGISNULL(person)
						  ? crm_actor_now().person
						  : text_to_cstring(PG_GETARG_TEXT_PP(person));
	if (decision >= 0 && PG_ARGISNULL(decision))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("which decision?"),
						errhint("For example decision => 'goodwill'; "
								"SELECT * FROM crm.decisions lists them.")));
	if (decision >= 0)
		question.decision = text_to_cstring(PG_GETARG_TEXT_PP(decision));
	if (amount >= 0 && !PG_ARGISNULL(amount))
		question.amount = PG_GETARG_NUMERIC(amount);
	if (scope >= 0 && !PG_ARGISNULL(scope))
		question.nscope = crm_policy_scope_values(PG_GETARG_JSONB_P(scope), &question.scope);
	question.is_now = PG_ARGISNULL(as_of);
	question.at = question.is_now ? GetCurrentTimestamp() : PG_GETARG_TIMESTAMPTZ(as_of);
	return question;
}

const crm_ruling *
crm_question_ruling(const crm_question *question)
{
	const crm_permit *permit;
	crm_policy *policy;
	crm_rule_point point;
	crm_rule_span span;

	if (question->is_now)
	{
		permit =
			crm_permit_of(question->person, question->decision, question->scope, question->nscope);
		return crm_permit_ruling(permit, question->amount, question->at);
	}
	policy = crm_policy_now();
	if (question->at < policy->rule.first_charter)
		return crm_policy_free_ruling();
	point = crm_policy_point_of(policy, question->decision, question->scope, question->nscope);
	return crm_policy_judge(policy, crm_policy_find(&policy->persons, question->person), &point,
							question->amount, question->at, &span);
}
