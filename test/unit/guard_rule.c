/* guard_rule.c - which writes are decisions, against the words of the rule told one by one. */
#include "guard/guard_rule.h"
#include "tap.h"

/* The rule as a person would read it out, in another order than the code. */
static bool
is_decision(const crm_guard_write *w)
{
	bool was_counts = w->was.meets_condition && !w->was.waits;
	bool is_counts = w->is.meets_condition && !w->is.waits;
	bool left_waiting = w->was.waits && !w->is.waits;

	switch (w->operation)
	{
		case CRM_GUARD_TRUNCATE:
			return true;
		case CRM_GUARD_INSERT:
			return (w->guarded & CRM_GUARD_INSERT) && is_counts;
		case CRM_GUARD_DELETE:
			return (w->guarded & CRM_GUARD_DELETE) && was_counts;
		case CRM_GUARD_UPDATE:
			if ((w->guarded & CRM_GUARD_UPDATE) == 0)
				return false;
			if (left_waiting)
				return true;
			if (!is_counts)
				return false;
			return !was_counts || w->facts_changed || w->scope_changed || w->customer_changed ||
				   (w->row_changed && !w->selective);
	}
	return false;
}

static crm_guard_booking
booking(const crm_guard_write *w)
{
	bool was_counts = w->was.meets_condition && !w->was.waits;
	bool is_counts = w->is.meets_condition && !w->is.waits;

	if (w->operation == CRM_GUARD_TRUNCATE || w->operation == CRM_GUARD_DELETE || !is_counts)
		return CRM_BOOK_NOTHING;
	if (w->operation == CRM_GUARD_INSERT || !was_counts || w->customer_changed)
		return CRM_BOOK_WHOLE;
	return w->scope_changed ? CRM_BOOK_MOVED : CRM_BOOK_DIFFERENCE;
}

/* Every write that there is: 4 operations, 8 guards, 9 bits of what is seen. */
static int
all_writes(int *decisions)
{
	int wrong = 0;

	for (int operation = CRM_GUARD_INSERT; operation <= CRM_GUARD_TRUNCATE; operation <<= 1)
		for (int guarded = 0; guarded < 8; guarded++)
			for (int bits = 0; bits < 512; bits++)
			{
				crm_guard_write w = {
					.operation = operation,
					.guarded = guarded,
					.selective = bits & 1,
					.was = {(bits & 2) != 0, (bits & 4) != 0},
					.is = {(bits & 8) != 0, (bits & 16) != 0},
					.facts_changed = bits & 32,
					.customer_changed = bits & 64,
					.row_changed = bits & 128,
					.scope_changed = bits & 256,
				};
				crm_guard_verdict verdict = crm_guard_judge(&w);

				*decisions += verdict.is_decision;
				if (verdict.is_decision != is_decision(&w) ||
					(verdict.is_decision && verdict.booking != booking(&w)))
					wrong++;
			}
	return wrong;
}

int
main(void)
{
	int decisions = 0;
	crm_guard_write update = {
		.operation = CRM_GUARD_UPDATE,
		.guarded = CRM_GUARD_UPDATE,
		.selective = true,
		.was = {true, false},
		.is = {true, false},
	};

	ok(all_writes(&decisions) == 0, "every write is judged as the rule says");
	ok(decisions > 1000, "of which there are decisions enough");
	ok(!crm_guard_judge(&update).is_decision, "an UPDATE of what is no fact is none");
	update.facts_changed = true;
	ok(crm_guard_judge(&update).booking == CRM_BOOK_DIFFERENCE, "a raise counts by what it adds");
	update.customer_changed = true;
	ok(crm_guard_judge(&update).booking == CRM_BOOK_WHOLE, "for another customer it counts whole");
	update.is.waits = true;
	ok(!crm_guard_judge(&update).is_decision, "a row that comes to wait is no decision yet");
	update.is.waits = false;
	update.is.meets_condition = false;
	update.was.waits = true;
	ok(crm_guard_judge(&update).is_decision, "no way out of the waiting state is free");
	ok(crm_guard_operation_by_name("UPDATE") == CRM_GUARD_UPDATE, "operations by their names");
	ok(crm_guard_operation_by_name("SELECT") == 0, "there are no others");
	return done();
}
