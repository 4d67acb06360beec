/* budget_call.c - the SQL edge of the budgets. */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "budget/amount.h"
#include "budget/budget.h"
#include "budget/budget_row.h"

PG_FUNCTION_INFO_V1(crm_take_budget);
PG_FUNCTION_INFO_V1(crm_reserve_budget);
PG_FUNCTION_INFO_V1(crm_release_budget);
PG_FUNCTION_INFO_V1(crm_change_budget_row);
PG_FUNCTION_INFO_V1(crm_budget_now);
PG_FUNCTION_INFO_V1(crm_compensated);
PG_FUNCTION_INFO_V1(crm_lock_budgets);

static void
refuse(const char *budget, Numeric left, Numeric asked)
{
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION), errmsg("budget \"%s\" would be overspent", budget),
			 errdetail("%s is left, %s is asked.", crm_sum_text(left), crm_sum_text(asked)),
			 errhint("SELECT * FROM crm.budgets shows what is left of each.")));
}

static char *
budget_argument(FunctionCallInfo fcinfo)
{
	if (PG_ARGISNULL(0) || PG_ARGISNULL(1))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("a budget and an amount must be given")));
	return text_to_cstring(PG_GETARG_TEXT_PP(0));
}

Datum
crm_take_budget(PG_FUNCTION_ARGS)
{
	char *budget = budget_argument(fcinfo);
	Numeric amount = PG_GETARG_NUMERIC(1);
	Numeric from_reservation = PG_ARGISNULL(2) ? NULL : PG_GETARG_NUMERIC(2);
	Numeric left;

	if (!crm_budget_take(budget, amount, from_reservation, &left))
		refuse(budget, left, amount);
	PG_RETURN_NUMERIC(crm_budget_left(budget));
}

Datum
crm_reserve_budget(PG_FUNCTION_ARGS)
{
	char *budget = budget_argument(fcinfo);
	Numeric amount = PG_GETARG_NUMERIC(1);
	Numeric left;

	if (!crm_budget_reserve(budget, amount, PG_GETARG_INT64(2), &left))
		refuse(budget, left, amount);
	PG_RETURN_NUMERIC(crm_budget_left(budget));
}

Datum
crm_release_budget(PG_FUNCTION_ARGS)
{
	crm_budget_release(budget_argument(fcinfo), PG_GETARG_NUMERIC(1), PG_GETARG_INT64(2));
	PG_RETURN_VOID();
}

static Numeric
taken(const crm_budget_row *row)
{
	return crm_sum_add(crm_sum_add(row->spent, row->reserved), row->carved);
}

static void
read_or_refuse(int32 budget_id, crm_budget_row *row)
{
	if (!crm_budget_row_read_id(budget_id, row))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("budget %d does not exist", budget_id)));
}

Datum
crm_change_budget_row(PG_FUNCTION_ARGS)
{
	int32 budget_id = PG_GETARG_INT32(0);
	crm_budget_change change = {.amount = PG_GETARG_NUMERIC(1),
								.spent = PG_GETARG_NUMERIC(2),
								.carved = PG_GETARG_NUMERIC(3)};
	crm_budget_row row;
	Numeric amount;
	Numeric all;

	crm_budget_lock(budget_id);
	read_or_refuse(budget_id, &row);
	amount = crm_sum_add(row.amount, change.amount);
	all = crm_sum_add(taken(&row), crm_sum_add(change.spent, change.carved));
	if (crm_sum_compare(all, amount) > 0)
		ereport(ERROR, (errcode(ERRCODE_CHECK_VIOLATION),
						errmsg("budget \"%s\" would be overspent", row.name),
						errdetail("Of %s, %s would be spent, reserved and carved.",
								  crm_sum_text(amount), crm_sum_text(all)),
						errhint("SELECT * FROM crm.budgets shows what is left of each.")));
	crm_budget_row_change(budget_id, &change);
	PG_RETURN_VOID();
}

Datum
crm_budget_now(PG_FUNCTION_ARGS)
{
	TupleDesc shape;
	crm_budget_row row;
	Datum values[4];
	bool nulls[4] = {false};

	if (get_call_result_type(fcinfo, NULL, &shape) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	read_or_refuse(PG_GETARG_INT32(0), &row);
	values[0] = NumericGetDatum(row.amount);
	values[1] = NumericGetDatum(row.spent);
	values[2] = NumericGetDatum(row.reserved);
	values[3] = NumericGetDatum(row.carved);
	PG_RETURN_DATUM(HeapTupleGetDatum(heap_form_tuple(BlessTupleDesc(shape), values, nulls)));
}

Datum
crm_compensated(PG_FUNCTION_ARGS)
{
	PG_RETURN_NUMERIC(crm_ledger_compensated(PG_GETARG_INT64(0)));
}

static int
ascending(const void *a, const void *b)
{
	int32 first = DatumGetInt32(*(const Datum *) a);
	int32 second = DatumGetInt32(*(const Datum *) b);

	return first < second ? -1 : first > second;
}

Datum
crm_lock_budgets(PG_FUNCTION_ARGS)
{
	Datum *all;
	bool *nulls;
	Datum *ids;
	int nall;
	int n = 0;

	deconstruct_array(PG_GETARG_ARRAYTYPE_P(0), INT4OID, sizeof(int32), true, TYPALIGN_INT, &all,
					  &nulls, &nall);
	ids = palloc(Max(nall, 1) * sizeof(Datum));
	for (int i = 0; i < nall; i++)
		if (!nulls[i])
			ids[n++] = all[i];
	qsort(ids, n, sizeof(Datum), ascending);
	for (int i = 0; i < n; i++)
		crm_budget_lock(DatumGetInt32(ids[i]));
	PG_RETURN_VOID();
}
