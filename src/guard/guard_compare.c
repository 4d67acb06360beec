/* guard_compare.c - the two versions of a row, as the rule wants to know them. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/rel.h"

#include "base/amount.h"
#include "guard/guard_call.h"

static crm_guard_side side_of(const crm_guard_plan *plan, TupleTableSlot *row);
static bool meets_condition(const crm_guard_plan *plan, TupleTableSlot *row);
static bool is_same(const crm_guard_fact *was_fact, TupleTableSlot *was,
					const crm_guard_fact *is_fact, TupleTableSlot *is);
static bool is_same_number(const crm_guard_fact *was_fact, TupleTableSlot *was,
						   const crm_guard_fact *is_fact, TupleTableSlot *is);
static bool facts_changed(const crm_guard_plan *was_plan, TupleTableSlot *was,
						  const crm_guard_plan *plan, TupleTableSlot *is);
static bool row_changed(TupleTableSlot *was, TupleTableSlot *is);

void
crm_guard_compare(const crm_guard_plan *plan, const crm_guard_plan *was_plan, TupleTableSlot *was,
				  TupleTableSlot *is, crm_guard_write *write)
{
	write->guarded = plan->guard->operations;
	write->selective = plan->is_selective;
	if (is != NULL)
		write->is = side_of(plan, is);
	if (was != NULL)
		write->was = side_of(was_plan, was);
	if (was == NULL || is == NULL || !write->is.meets_condition)
		return;
	write->facts_changed = facts_changed(was_plan, was, plan, is);
	if (plan->has_customer)
		write->customer_changed = !is_same(&was_plan->customer, was, &plan->customer, is);
	if (!plan->is_selective)
		write->row_changed = plan != was_plan || row_changed(was, is);
}

static crm_guard_side
side_of(const crm_guard_plan *plan, TupleTableSlot *row)
{
	crm_guard_side side = {meets_condition(plan, row), crm_guard_waits(plan, row)};

	return side;
}

static bool
meets_condition(const crm_guard_plan *plan, TupleTableSlot *row)
{
	bool isnull;
	Datum value;

	if (!plan->has_condition)
		return true;
	value = crm_guard_fact_value(&plan->condition, row, &isnull);
	return !isnull && DatumGetBool(value);
}

/*
 * By what is stored: a value outside the row that was not written anew is the same without a look.
 */
static bool
is_same(const crm_guard_fact *was_fact, TupleTableSlot *was, const crm_guard_fact *is_fact,
		TupleTableSlot *is)
{
	bool was_null;
	bool is_null;
	Datum before = crm_guard_fact_value(was_fact, was, &was_null);
	Datum after = crm_guard_fact_value(is_fact, is, &is_null);

	if (was_null || is_null)
		return was_null && is_null;
	return datum_image_eq(before, after, is_fact->by_value, is_fact->length);
}

/* 10.0 is stored otherwise than 10. */
static bool
is_same_number(const crm_guard_fact *was_fact, TupleTableSlot *was, const crm_guard_fact *is_fact,
			   TupleTableSlot *is)
{
	crm_numeric_room was_room;
	crm_numeric_room is_room;
	Numeric before = crm_guard_fact_amount(was_fact, was, &was_room);
	Numeric after = crm_guard_fact_amount(is_fact, is, &is_room);

	return before != NULL && after != NULL && crm_amount_compare(before, after) == 0;
}

static bool
facts_changed(const crm_guard_plan *was_plan, TupleTableSlot *was, const crm_guard_plan *plan,
			  TupleTableSlot *is)
{
	if (plan->has_amount && !is_same(&was_plan->amount, was, &plan->amount, is) &&
		!is_same_number(&was_plan->amount, was, &plan->amount, is))
		return true;
	for (int i = 0; i < plan->ndimensions; i++)
		if (!is_same(&was_plan->dimensions[i].value, was, &plan->dimensions[i].value, is))
			return true;
	for (int i = 0; i < plan->ncolumns; i++)
		if (!is_same(&was_plan->columns[i], was, &plan->columns[i], is))
			return true;
	return false;
}

static bool
row_changed(TupleTableSlot *was, TupleTableSlot *is)
{
	TupleDesc desc = is->tts_tupleDescriptor;

	for (int i = 0; i < desc->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(desc, i);
		bool was_null;
		bool is_null;
		Datum before;
		Datum after;

		if (attribute->attisdropped)
			continue;
		before = slot_getattr(was, i + 1, &was_null);
		after = slot_getattr(is, i + 1, &is_null);
		if (was_null != is_null ||
			(!was_null && !datum_image_eq(before, after, attribute->attbyval, attribute->attlen)))
			return true;
	}
	return false;
}
