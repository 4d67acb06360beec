/* request_ruling.c - the rulings on an act as rows, for the functions of this room. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/timestamp.h"

#include "mandate/mandate_who.h"
#include "request/money.h"
#include "request/request.h"
#include "request/request_private.h"

#define NCOLUMNS 13
#define NAPPROVER 10

PG_FUNCTION_INFO_V1(crm_rulings);
PG_FUNCTION_INFO_V1(crm_approvers);

static void put_ruling(ReturnSetInfo *result, const crm_ruling *ruling,
					   const crm_spending *spending);
static void put_approver(ReturnSetInfo *result, const crm_taker *able, const crm_asked *asked);

/* The best first; by what comes after it the same may be done. */
Datum
crm_rulings(PG_FUNCTION_ARGS)
{
	const char *person = text_to_cstring(PG_GETARG_TEXT_PP(0));
	const char *decision = text_to_cstring(PG_GETARG_TEXT_PP(1));
	Numeric amount = PG_ARGISNULL(2) ? NULL : PG_GETARG_NUMERIC(2);
	crm_spending spending = {person, PG_ARGISNULL(4) ? 0 : PG_GETARG_INT64(4), amount};
	const crm_ruling *ruling;
	const crm_scope_value *scope;
	int nscope;

	InitMaterializedSRF(fcinfo, 0);
	AcceptInvalidationMessages();
	scope = crm_request_scope(PG_GETARG_JSONB_P(3), &nscope);
	ruling = crm_permit_ruling(crm_permit_of(person, decision, scope, nscope), amount,
							   GetCurrentTimestamp());
	for (; ruling != NULL; ruling = ruling->next)
		put_ruling((ReturnSetInfo *) fcinfo->resultinfo, ruling, &spending);
	return (Datum) 0;
}

crm_asked
crm_request_asked(FunctionCallInfo fcinfo)
{
	crm_asked asked = {
		.person = text_to_cstring(PG_GETARG_TEXT_PP(0)),
		.decision = text_to_cstring(PG_GETARG_TEXT_PP(1)),
		.amount = PG_ARGISNULL(2) ? NULL : PG_GETARG_NUMERIC(2),
		.customer_id = PG_ARGISNULL(4) ? 0 : PG_GETARG_INT64(4),
		.at = GetCurrentTimestamp(),
	};

	asked.scope = crm_request_scope(PG_GETARG_JSONB_P(3), &asked.nscope);
	return asked;
}

/* After what is asked comes who answers; NULL: all who may. */
Datum
crm_approvers(PG_FUNCTION_ARGS)
{
	crm_asked asked = crm_request_asked(fcinfo);
	crm_taker *able;
	int n;

	InitMaterializedSRF(fcinfo, 0);
	AcceptInvalidationMessages();
	n = crm_who_answer(&asked, PG_ARGISNULL(5) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(5)),
					   &able);
	for (int i = 0; i < n; i++)
		put_approver((ReturnSetInfo *) fcinfo->resultinfo, &able[i], &asked);
	return (Datum) 0;
}

static Datum
path_array(const crm_ruling *ruling)
{
	Datum *path = palloc(sizeof(Datum) * Max(1, ruling->npath));

	for (int i = 0; i < ruling->npath; i++)
		path[i] = Int32GetDatum(ruling->path[i]);
	return PointerGetDatum(construct_array(path, ruling->npath, INT4OID, 4, true, TYPALIGN_INT));
}

static void
put_consults(const crm_ruling *ruling, Datum *values)
{
	int n = ruling->nconsults;
	Datum *positions = palloc(sizeof(Datum) * Max(1, n));
	Datum *mandates = palloc(sizeof(Datum) * Max(1, n));
	Datum *deadlines = palloc0(sizeof(Datum) * Max(1, n));
	bool *no_deadline = palloc(sizeof(bool) * Max(1, n));
	int lower = 1;

	for (int i = 0; i < n; i++)
	{
		positions[i] = CStringGetTextDatum(ruling->consults[i].position);
		mandates[i] = Int32GetDatum(ruling->consults[i].mandate_id);
		no_deadline[i] = ruling->consults[i].deadline == NULL;
		if (!no_deadline[i])
			deadlines[i] = IntervalPGetDatum((Interval *) ruling->consults[i].deadline);
	}
	values[0] = PointerGetDatum(construct_array(positions, n, TEXTOID, -1, false, TYPALIGN_INT));
	values[1] = PointerGetDatum(construct_array(mandates, n, INT4OID, 4, true, TYPALIGN_INT));
	values[2] =
		PointerGetDatum(construct_md_array(deadlines, no_deadline, n > 0 ? 1 : 0, &n, &lower,
										   INTERVALOID, sizeof(Interval), false, TYPALIGN_DOUBLE));
}

static void
put_text(const char *text, Datum *value, bool *null)
{
	*null = text == NULL;
	if (text != NULL)
		*value = CStringGetTextDatum(text);
}

static void
put_ruling(ReturnSetInfo *result, const crm_ruling *ruling, const crm_spending *spending)
{
	Datum values[NCOLUMNS] = {0};
	bool nulls[NCOLUMNS] = {0};
	crm_shortfall shortfall = {0};

	values[0] = CStringGetTextDatum(crm_verdict_name(ruling->verdict));
	values[1] = Int32GetDatum(ruling->mandate_id);
	nulls[1] = ruling->mandate_id == 0;
	values[2] = path_array(ruling);
	put_text(ruling->position, &values[3], &nulls[3]);
	put_text(ruling->capacity, &values[4], &nulls[4]);
	values[5] = NumericGetDatum(ruling->limit);
	nulls[5] = ruling->limit == NULL;
	put_text(ruling->budget, &values[6], &nulls[6]);
	values[7] = Int32GetDatum(ruling->joint_id);
	nulls[7] = ruling->joint_id == 0;
	values[8] = Int32GetDatum(ruling->quorum);
	nulls[8] = ruling->joint_id == 0;
	put_consults(ruling, &values[9]);
	values[12] = BoolGetDatum(crm_money_is_left(ruling, spending, &shortfall));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

static void
put_approver(ReturnSetInfo *result, const crm_taker *able, const crm_asked *asked)
{
	const crm_ruling *ruling = able->ruling;
	crm_spending spending = {able->person, asked->customer_id, asked->amount};
	crm_shortfall shortfall = {0};
	Datum values[NAPPROVER] = {0};
	bool nulls[NAPPROVER] = {0};

	values[0] = CStringGetTextDatum(able->person);
	values[1] = CStringGetTextDatum(ruling->position);
	values[2] = CStringGetTextDatum(ruling->capacity);
	values[3] = Int32GetDatum(ruling->joint_id);
	nulls[3] = ruling->joint_id == 0;
	values[4] = Int32GetDatum(ruling->quorum);
	nulls[4] = ruling->joint_id == 0;
	values[5] = NumericGetDatum(ruling->limit);
	nulls[5] = ruling->limit == NULL;
	put_text(ruling->budget, &values[6], &nulls[6]);
	values[7] = path_array(ruling);
	values[8] = Int32GetDatum(ruling->mandate_id);
	values[9] = BoolGetDatum(crm_money_is_left(ruling, &spending, &shortfall));
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}
