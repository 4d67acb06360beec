/* question.c - may he, why not, and who may. */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "act/act.h"
#include "department/actor.h"
#include "question/question.h"

PG_FUNCTION_INFO_V1(crm_may);
PG_FUNCTION_INFO_V1(crm_why_not);
PG_FUNCTION_INFO_V1(crm_who_may_sql);

#define WHY_NOT_COLUMNS 8
#define WHO_MAY_COLUMNS 8

static crm_act_point point_of(const crm_question *question);
static bool find_objection(const crm_question *question, const crm_ruling *ruling,
						   crm_act_objection *objection);
static void put_objection(const crm_act_objection *objection, const crm_ruling *ruling,
						  ReturnSetInfo *result);
static void put_taker(const crm_question *question, const crm_taker *taker, ReturnSetInfo *result);
static void put_text(const char *text, Datum *value, bool *null);

Datum
crm_may(PG_FUNCTION_ARGS)
{
	crm_question_arguments at = {0, 1, 2, 3, 4, 5};
	crm_question question = crm_question_read(fcinfo, at);
	const crm_ruling *ruling = crm_question_ruling(&question);
	crm_act_point point = point_of(&question);

	if (!question.is_now)
		PG_RETURN_BOOL(ruling->verdict == CRM_ALLOWED);
	PG_RETURN_BOOL(crm_act_is_possible(&point, ruling));
}

Datum
crm_why_not(PG_FUNCTION_ARGS)
{
	crm_question_arguments at = {0, 1, 2, 3, 4, 5};
	crm_question question = crm_question_read(fcinfo, at);
	const crm_ruling *ruling = crm_question_ruling(&question);
	crm_act_objection objection;

	InitMaterializedSRF(fcinfo, 0);
	if (find_objection(&question, ruling, &objection))
		put_objection(&objection, ruling, (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

Datum
crm_who_may_sql(PG_FUNCTION_ARGS)
{
	crm_question_arguments at = {CRM_NO_ARGUMENT, 0, 1, 2, 3, 4};
	crm_question question = crm_question_read(fcinfo, at);
	crm_taker *takers;
	int n;

	InitMaterializedSRF(fcinfo, 0);
	n = crm_who_may(&question.asked, CRM_WHO_ALL, NULL, &takers);
	for (int i = 0; i < n; i++)
		put_taker(&question, &takers[i], (ReturnSetInfo *) fcinfo->resultinfo);
	return (Datum) 0;
}

static crm_act_point
point_of(const crm_question *question)
{
	const crm_asked *asked = &question->asked;
	crm_act_point point = {.decision = asked->decision};

	point.actor = crm_actor_now();
	point.actor.person = asked->person;
	point.scope = asked->scope;
	point.nscope = asked->nscope;
	point.amount = asked->amount;
	point.customer_id = asked->customer_id;
	return point;
}

/* At another time only mandates count, for what was left of budgets then is not known. */
static bool
find_objection(const crm_question *question, const crm_ruling *ruling, crm_act_objection *objection)
{
	crm_act_point point = point_of(question);

	if (question->is_now)
		return crm_act_why_not(&point, ruling, objection);
	objection->cause = crm_verdict_name(ruling->verdict);
	objection->detail = crm_refusal_detail(ruling, &question->asked);
	objection->hint = crm_refusal_hint(ruling, &question->asked, NULL);
	return ruling->verdict != CRM_ALLOWED;
}

static void
put_objection(const crm_act_objection *objection, const crm_ruling *ruling, ReturnSetInfo *result)
{
	Datum values[WHY_NOT_COLUMNS] = {0};
	bool nulls[WHY_NOT_COLUMNS] = {0};

	values[0] = CStringGetTextDatum(objection->cause);
	values[1] = CStringGetTextDatum(objection->detail);
	values[2] = CStringGetTextDatum(objection->hint);
	put_text(ruling->position, &values[3], &nulls[3]);
	values[4] = Int32GetDatum(ruling->mandate_id);
	nulls[4] = ruling->mandate_id == 0;
	values[5] = Int32GetDatum(ruling->barrier_id);
	nulls[5] = ruling->barrier_id == 0;
	values[6] = NumericGetDatum(ruling->limit);
	nulls[6] = ruling->limit == NULL;
	values[7] = crm_question_consults(ruling);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
put_taker(const crm_question *question, const crm_taker *taker, ReturnSetInfo *result)
{
	const crm_ruling *ruling = taker->ruling;
	Datum values[WHO_MAY_COLUMNS] = {0};
	bool nulls[WHO_MAY_COLUMNS] = {0};

	values[0] = CStringGetTextDatum(ruling->position);
	values[1] = CStringGetTextDatum(taker->person);
	values[2] = CStringGetTextDatum(ruling->capacity);
	values[3] = NumericGetDatum(ruling->limit);
	nulls[3] = ruling->limit == NULL;
	values[4] = Int32GetDatum(ruling->mandate_id);
	values[5] = crm_question_path(ruling);
	values[6] = BoolGetDatum(ruling->verdict == CRM_CONSULT_FIRST);
	values[7] = BoolGetDatum(crm_question_affords(&question->asked, taker));
	nulls[7] = !question->is_now;
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
put_text(const char *text, Datum *value, bool *null)
{
	*null = text == NULL;
	if (text != NULL)
		*value = CStringGetTextDatum(text);
}
