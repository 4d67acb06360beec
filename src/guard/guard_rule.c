/* guard_rule.c - which write of a row is a decision, and what of its amount is booked.
 *
 * A row decides once: when it comes to meet the condition, and again whenever a fact of the
 * decision changes. What was booked for it before is not booked again, and never given back:
 * corrections are bookings of their own.
 */
#include "guard/guard_rule.h"

#include <string.h>

static const struct
{
	const char *name;
	crm_guard_operation operation;
} operations[] = {
	{"INSERT", CRM_GUARD_INSERT},
	{"UPDATE", CRM_GUARD_UPDATE},
	{"DELETE", CRM_GUARD_DELETE},
	{"TRUNCATE", CRM_GUARD_TRUNCATE},
};

#define NOPERATIONS ((int) (sizeof(operations) / sizeof(operations[0])))

static const crm_guard_verdict no_decision = {false, CRM_BOOK_NOTHING};

static crm_guard_verdict judge_update(const crm_guard_write *write);
static bool counts(const crm_guard_side *side);

crm_guard_verdict
crm_guard_judge(const crm_guard_write *write)
{
	crm_guard_verdict whole = {true, CRM_BOOK_WHOLE};
	crm_guard_verdict nothing = {true, CRM_BOOK_NOTHING};

	/* It takes every row away, of whichever operation the guard is. */
	if (write->operation == CRM_GUARD_TRUNCATE)
		return nothing;
	if ((write->guarded & write->operation) == 0)
		return no_decision;
	if (write->operation == CRM_GUARD_INSERT)
		return counts(&write->is) ? whole : no_decision;
	if (write->operation == CRM_GUARD_DELETE)
		return counts(&write->was) ? nothing : no_decision;
	return judge_update(write);
}

/*
 * Out of the waiting state no way is free. An amount that goes to another customer is booked there
 * as a whole, or a limit on a customer could be evaded through one who is easily served. The same
 * holds for one that goes where another mandate, with another budget, decides.
 */
static crm_guard_verdict
judge_update(const crm_guard_write *write)
{
	crm_guard_verdict verdict = {true, CRM_BOOK_WHOLE};
	bool changed = write->facts_changed || write->scope_changed || write->customer_changed ||
				   (!write->selective && write->row_changed);

	if (write->is.waits)
		return no_decision;
	if (!write->is.meets_condition)
	{
		verdict.is_decision = write->was.waits;
		verdict.booking = CRM_BOOK_NOTHING;
		return verdict;
	}
	if (!counts(&write->was) || write->customer_changed)
		return verdict;
	verdict.booking = write->scope_changed ? CRM_BOOK_MOVED : CRM_BOOK_DIFFERENCE;
	return changed ? verdict : no_decision;
}

static bool
counts(const crm_guard_side *side)
{
	return side->meets_condition && !side->waits;
}

int
crm_guard_operation_by_name(const char *name)
{
	for (int i = 0; i < NOPERATIONS; i++)
		if (strcmp(operations[i].name, name) == 0)
			return operations[i].operation;
	return 0;
}

const char *
crm_guard_operation_name(crm_guard_operation operation)
{
	for (int i = 0; i < NOPERATIONS; i++)
		if (operations[i].operation == operation)
			return operations[i].name;
	return "";
}
