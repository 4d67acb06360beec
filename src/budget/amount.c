/* amount.c - sums of numerics, and what each subtransaction added to them. */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"

#include "budget/amount.h"

Numeric
crm_sum_copy(Numeric a)
{
	return a == NULL ? NULL : (Numeric) memcpy(palloc(VARSIZE(a)), a, VARSIZE(a));
}

static Numeric
or_zero(Numeric a)
{
	return a == NULL ? int64_to_numeric(0) : a;
}

Numeric
crm_sum_add(Numeric a, Numeric b)
{
	if (a == NULL || b == NULL)
		return crm_sum_copy(a == NULL ? b : a);
	return DatumGetNumeric(
		DirectFunctionCall2(numeric_add, NumericGetDatum(a), NumericGetDatum(b)));
}

Numeric
crm_sum_subtract(Numeric a, Numeric b)
{
	if (b == NULL)
		return crm_sum_copy(or_zero(a));
	return DatumGetNumeric(
		DirectFunctionCall2(numeric_sub, NumericGetDatum(or_zero(a)), NumericGetDatum(b)));
}

int
crm_sum_compare(Numeric a, Numeric b)
{
	return DatumGetInt32(
		DirectFunctionCall2(numeric_cmp, NumericGetDatum(or_zero(a)), NumericGetDatum(or_zero(b))));
}

bool
crm_sum_is_positive(Numeric a)
{
	return a != NULL && crm_sum_compare(a, NULL) > 0;
}

const char *
crm_sum_text(Numeric a)
{
	return DatumGetCString(DirectFunctionCall1(numeric_out, NumericGetDatum(or_zero(a))));
}

/* In place of *sum, which was made in that context too. */
static void
replace(Numeric *sum, Numeric fresh)
{
	if (*sum != NULL)
		pfree(*sum);
	*sum = fresh;
}

void
crm_tally_add(crm_tally *tally, Numeric amount, MemoryContext context)
{
	MemoryContext outer = MemoryContextSwitchTo(context);
	SubTransactionId now = GetCurrentSubTransactionId();

	if (tally->top == NULL || tally->top->subtransaction < now)
	{
		crm_tally_level *level = palloc(sizeof(*level));

		*level = (crm_tally_level){
			.subtransaction = now, .amount = crm_sum_copy(amount), .below = tally->top};
		tally->top = level;
	}
	else
		replace(&tally->top->amount, crm_sum_add(tally->top->amount, amount));
	replace(&tally->total, crm_sum_add(tally->total, amount));
	MemoryContextSwitchTo(outer);
}

void
crm_tally_abort(crm_tally *tally, SubTransactionId mine, MemoryContext context)
{
	MemoryContext outer = MemoryContextSwitchTo(context);

	while (tally->top != NULL && tally->top->subtransaction >= mine)
	{
		crm_tally_level *gone = tally->top;

		replace(&tally->total, crm_sum_subtract(tally->total, gone->amount));
		tally->top = gone->below;
		if (gone->amount != NULL)
			pfree(gone->amount);
		pfree(gone);
	}
	MemoryContextSwitchTo(outer);
}
