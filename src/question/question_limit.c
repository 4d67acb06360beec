/* question_limit.c - how much somebody may decide: by mandate, window and budget, whichever is
 * least.
 *
 * From the largest amounts down: a smaller limit may leave more than a larger one whose budget is
 * spent, so it is looked further until no smaller amount could be more than what was found.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "lib/stringinfo.h"
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

static allowance find_allowance(const crm_question *question, const crm_band *bands, int nbands,
								bool consults);
static const crm_ruling *must_consult(const allowance *own, const crm_band *bands, int nbands);
static allowance allowance_of(const crm_question *question, const crm_band *band,
							  const crm_ruling *ruling);
static bool may(const crm_band *band, bool consults);
static bool is_spent(const allowance *one);
static bool is_more(Numeric a, Numeric b);
static Numeric least(Numeric a, Numeric b);
static void find_next(const crm_question *question, const allowance *own, Datum *values,
					  bool *nulls);
static bool put_other(const crm_question *more, crm_who who, Datum *values, bool *nulls);
static void put_signers(const crm_question *more, Datum *values, bool *nulls);
static void put_numeric(Numeric number, Datum *value, bool *null);
static Numeric cent(void);

Datum
crm_limit_of(PG_FUNCTION_ARGS)
{
	crm_question_arguments at = {0, 1, CRM_NO_ARGUMENT, 2, 3, 4};
	crm_question question = crm_question_read(fcinfo, at);
	crm_band *bands;
	int nbands = crm_bands_of(&question.asked, &bands);
	allowance own = find_allowance(&question, bands, nbands, false);
	bool at_once = own.ruling != NULL && !is_spent(&own);
	const crm_ruling *consults;
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	Datum values[NCOLUMNS] = {0};
	bool nulls[NCOLUMNS] = {0};

	InitMaterializedSRF(fcinfo, 0);
	memset(nulls, true, sizeof(nulls));
	nulls[0] = false;
	values[0] = BoolGetDatum(at_once);
	if (own.ruling == NULL)
		own = find_allowance(&question, bands, nbands, true);
	consults = must_consult(&own, bands, nbands);
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
		values[9] = crm_question_consults(consults);
	}
	find_next(&question, &own, &values[10], &nulls[10]);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	return (Datum) 0;
}

/* What he may at once, or what he may after consults only. */
static allowance
find_allowance(const crm_question *question, const crm_band *bands, int nbands, bool consults)
{
	allowance best = {NULL};
	int last = 0;

	for (int i = 0; i < nbands; i++)
	{
		if (best.ruling != NULL && !is_more(bands[i].up_to, best.up_to))
			break;
		if (!may(&bands[i], consults))
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
	for (; best.ruling != NULL && last + 1 < nbands && may(&bands[last + 1], consults); last++)
		best.above = bands[last + 1].above;
	return best;
}

static bool
may(const crm_band *band, bool consults)
{
	return band->ruling->verdict == (consults ? CRM_CONSULT_FIRST : CRM_ALLOWED);
}

/* Whom he must ask first: for all, or for the next larger amounts if for any. */
static const crm_ruling *
must_consult(const allowance *own, const crm_band *bands, int nbands)
{
	const crm_ruling *ruling = own->ruling;

	for (int i = 0; ruling != NULL && i < nbands && is_more(bands[i].up_to, own->up_to); i++)
		if (bands[i].ruling->verdict == CRM_CONSULT_FIRST)
			ruling = bands[i].ruling;
	return ruling;
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

	if (own->ruling != NULL && own->up_to == NULL)
		return;
	if (own->ruling != NULL)
		more.asked.amount = DatumGetNumeric(
			DirectFunctionCall2(numeric_add, NumericGetDatum(own->up_to), NumericGetDatum(cent())));
	else
		more.asked.amount = cent();
	if (!put_other(&more, CRM_WHO_ONE_EACH, values, nulls) &&
		!put_other(&more, CRM_WHO_CONSULTS, values, nulls))
		put_signers(&more, values, nulls);
}

/* All who sign besides him, in one line. */
static void
put_signers(const crm_question *more, Datum *values, bool *nulls)
{
	StringInfoData positions;
	StringInfoData persons;
	crm_taker *takers;
	int n = crm_who_sign(&more->asked, &takers);

	initStringInfo(&positions);
	initStringInfo(&persons);
	for (int i = 0; i < n; i++)
	{
		const char *comma = positions.len > 0 ? ", " : "";

		if (strcmp(takers[i].person, more->asked.person) == 0)
			continue;
		if (!crm_question_affords(&more->asked, &takers[i]))
			return;
		appendStringInfo(&positions, "%s%s", comma, takers[i].ruling->position);
		appendStringInfo(&persons, "%s%s", comma, takers[i].person);
	}
	if (positions.len == 0)
		return;
	nulls[0] = nulls[1] = false;
	values[0] = CStringGetTextDatum(positions.data);
	values[1] = CStringGetTextDatum(persons.data);
}

/* The first who is somebody else; false: there is none. */
static bool
put_other(const crm_question *more, crm_who who, Datum *values, bool *nulls)
{
	crm_taker *takers;
	int n = crm_who_may(&more->asked, who, crm_question_affords, &takers);

	for (int i = 0; i < n; i++)
	{
		if (strcmp(takers[i].person, more->asked.person) == 0)
			continue;
		nulls[0] = nulls[1] = false;
		values[0] = CStringGetTextDatum(takers[i].ruling->position);
		values[1] = CStringGetTextDatum(takers[i].person);
		return true;
	}
	return false;
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
