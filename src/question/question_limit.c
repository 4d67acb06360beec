/* question_limit.c - how much somebody may decide: by mandate, window and budget, whichever is
 * least.
 *
 * From the largest amounts down: a smaller limit may leave more than a larger one whose budget is
 * spent, so it is looked further until no smaller amount could be more than what was found.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "budget/budget.h"
#include "question/question.h"

PG_FUNCTION_INFO_V1(crm_limit_of);

#define NCOLUMNS 12

/* NULL: without limit. */
typedef struct allowance
{
	const crm_ruling *ruling; /* NULL: nothing is allowed */
	Numeric up_to;
	Numeric above;
	Numeric window_left;
	Numeric budget_left;
} allowance;

static allowance find_allowance(const crm_question *question);
static allowance allowance_of(const crm_question *question, const crm_band *band,
							  const crm_ruling *ruling);
static bool may(const crm_band *band);
static bool is_spent(const allowance *one);
static bool is_more(Numeric a, Numeric b);
static Numeric least(Numeric a, Numeric b);
static void find_next(const crm_question *question, const allowance *own, Datum *values,
					  bool *nulls);
static void put_numeric(Numeric number, Datum *value, bool *null);
static Numeric cent(void);

Datum
crm_limit_of(PG_FUNCTION_ARGS)
{
	crm_question_arguments at = {0, 1, CRM_NO_ARGUMENT, 2, 3, 4};
	crm_question question = crm_question_read(fcinfo, at);
	allowance own = find_allowance(&question);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum values[NCOLUMNS] = {0};
	bool nulls[NCOLUMNS] = {0};

	InitMaterializedSRF(fcinfo, 0);
	memset(nulls, true, sizeof(nulls));
	nulls[0] = false;
	values[0] = BoolGetDatum(own.ruling != NULL && !is_spent(&own));
	if (own.ruling != NULL)
	{
		put_numeric(own.up_to, &values[1], &nulls[1]);
		put_numeric(own.above, &values[2], &nulls[2]);
		put_numeric(own.ruling->limit, &values[3], &nulls[3]);
		put_numeric(own.window_left, &values[4], &nulls[4]);
		put_numeric(own.budget_left, &values[6], &nulls[6]);
		nulls[5] = own.ruling->budget == NULL;
		if (!nulls[5])
			values[5] = CStringGetTextDatum(own.ruling->budget);
		nulls[7] = own.ruling->position == NULL;
		if (!nulls[7])
			values[7] = CStringGetTextDatum(own.ruling->position);
		nulls[8] = own.ruling->mandate_id == 0;
		values[8] = Int32GetDatum(own.ruling->mandate_id);
		nulls[9] = false;
		values[9] = crm_question_consults(own.ruling);
	}
	find_next(&question, &own, &values[10], &nulls[10]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	return (Datum) 0;
}

static allowance
find_allowance(const crm_question *question)
{
	crm_band *bands;
	int nbands = crm_bands_of(&question->asked, &bands);
	allowance best = {NULL};
	int last = 0;

	for (int i = 0; i < nbands; i++)
	{
		if (best.ruling != NULL && !is_more(bands[i].up_to, best.up_to))
			break;
		if (!may(&bands[i]))
			continue;
		for (const crm_ruling *one = bands[i].ruling; one != NULL; one = one->next)
		{
			allowance other = allowance_of(question, &bands[i], one);

			if (best.ruling != NULL && !is_more(other.up_to, best.up_to))
				continue;
			best = other;
			last = i;
		}
	}
	/* What lies below it without a gap is allowed as well. */
	for (; best.ruling != NULL && last + 1 < nbands && may(&bands[last + 1]); last++)
		best.above = bands[last + 1].above;
	return best;
}

static bool
may(const crm_band *band)
{
	return band->ruling->verdict == CRM_ALLOWED || band->ruling->verdict == CRM_CONSULT_FIRST;
}

static allowance
allowance_of(const crm_question *question, const crm_band *band, const crm_ruling *ruling)
{
	allowance one = {ruling, band->up_to, band->above};
	crm_window window = {
		.mandate_id = ruling->mandate_id,
		.person = question->asked.person,
		.decision = ruling->decision,
		.customer_id = question->asked.customer_id,
		.limit = ruling->window_amount,
		.length = ruling->window_length,
	};

	if (!question->is_now)
		return one;
	if (ruling->window_amount != NULL)
		one.window_left = crm_window_left(&window);
	if (ruling->budget != NULL)
		one.budget_left = crm_budget_left(ruling->budget);
	one.up_to = least(one.up_to, least(one.window_left, one.budget_left));
	return one;
}

/* A limit of 0 allows what costs nothing; a budget that is spent does not. */
static bool
is_spent(const allowance *one)
{
	Numeric left = least(one->window_left, one->budget_left);

	return left != NULL && !is_more(left, int64_to_numeric(0));
}

static bool
is_more(Numeric a, Numeric b)
{
	if (a == NULL || b == NULL)
		return a == NULL && b != NULL;
	return DatumGetBool(DirectFunctionCall2(numeric_gt, NumericGetDatum(a), NumericGetDatum(b)));
}

static Numeric
least(Numeric a, Numeric b)
{
	return is_more(a, b) ? b : a;
}

/* Who may a little more. */
static void
find_next(const crm_question *question, const allowance *own, Datum *values, bool *nulls)
{
	crm_question more = *question;
	crm_taker *takers;

	if (own->ruling != NULL && own->up_to == NULL)
		return;
	if (own->ruling != NULL)
		more.asked.amount = DatumGetNumeric(
			DirectFunctionCall2(numeric_add, NumericGetDatum(own->up_to), NumericGetDatum(cent())));
	else
		more.asked.amount = cent();
	if (crm_who_may(&more.asked, CRM_WHO_ONE_EACH, crm_question_affords, &takers) == 0)
		return;
	nulls[0] = nulls[1] = false;
	values[0] = CStringGetTextDatum(takers[0].ruling->position);
	values[1] = CStringGetTextDatum(takers[0].person);
}

static void
put_numeric(Numeric number, Datum *value, bool *null)
{
	*null = number == NULL;
	*value = NumericGetDatum(number);
}

static Numeric
cent(void)
{
	return DatumGetNumeric(DirectFunctionCall2(numeric_div, NumericGetDatum(int64_to_numeric(1)),
											   NumericGetDatum(int64_to_numeric(100))));
}
