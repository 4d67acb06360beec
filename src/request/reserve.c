/* reserve.c - what an approved request has reserved on a budget: the SQL edge. */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/numeric.h"

#include "budget/budget.h"
#include "request/request.h"

PG_FUNCTION_INFO_V1(crm_reserve);
PG_FUNCTION_INFO_V1(crm_release);

Datum
crm_reserve(PG_FUNCTION_ARGS)
{
	const char *budget = text_to_cstring(PG_GETARG_TEXT_PP(0));
	Numeric amount = PG_GETARG_NUMERIC(1);
	Numeric left = NULL;

	if (!crm_budget_reserve(budget, amount, PG_GETARG_INT64(2), &left))
		ereport(ERROR,
				(errcode(ERRCODE_CHECK_VIOLATION),
				 errmsg("budget \"%s\" has not enough left for this request", budget),
				 errdetail(
					 "%s is left, %s is asked.",
					 DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(left))),
					 DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(amount))))));
	PG_RETURN_VOID();
}

Datum
crm_release(PG_FUNCTION_ARGS)
{
	crm_budget_release(text_to_cstring(PG_GETARG_TEXT_PP(0)), PG_GETARG_NUMERIC(1),
					   PG_GETARG_INT64(2));
	PG_RETURN_VOID();
}
