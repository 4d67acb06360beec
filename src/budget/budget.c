/* budget.c - what this transaction takes from budgets: kept in memory, booked before the commit. */
/*
 * A budget's row is changed once a transaction and as late as possible: whoever changes it holds it
 * until the end, and an agent who thinks inside a transaction would hold up all others. So acts add
 * up here, what can be seen to be too much is refused at once, and the booking decides. It runs
 * behind everything that may wait for a user, locks budgets in ascending order, and looks at them
 * as they are then: exact at every isolation level, and nothing to fail a serializable transaction.
 */
#include "postgres.h"

#include "access/xact.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/fmgrprotos.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"

#include "audit/journal.h"
#include "base/base.h"
#include "base/commit.h"
#include "budget/amount.h"
#include "budget/budget.h"
#include "budget/budget_row.h"
#include "budget/refusal.h"
#include "budget/window.h"

typedef struct pot
{
	crm_budget_row seen;
	MemoryContext seen_context; /* of the row above */
	TimestampTz seen_at;        /* start of the statement that read it */
	crm_tally spent;
	crm_tally from_reservation;
	crm_tally reserved; /* for requests, minus what was released */
	struct pot *next;
} pot;

/* One promise to a request, or its end. */
typedef struct promise
{
	SubTransactionId subtransaction;
	int32 budget_id;
	int64 request_id;
	bool released;
	Numeric amount;
	struct promise *before;
} promise;

static struct
{
	MemoryContext context; /* NULL: nothing was taken */
	pot *pots;
	promise *promises;
	const char *person; /* of the last taking: the ledger names one person a transaction */
} held;

static void book_all(void);

static bool
has_bookings(const pot *p)
{
	return p->spent.top != NULL || p->from_reservation.top != NULL || p->reserved.top != NULL;
}

static void
forget(void)
{
	memset(&held, 0, sizeof(held));
	crm_window_forget();
}

static void
before_commit(void)
{
	crm_window_check_all();
	if (held.pots != NULL)
		book_all();
}

/*
 * What was looked at and not taken from is looked up again by its name: the budget may have been
 * made in the subtransaction that is gone.
 */
static void
drop_untouched(void)
{
	pot **link = &held.pots;

	while (*link != NULL)
	{
		if (has_bookings(*link))
			link = &(*link)->next;
		else
			*link = (*link)->next;
	}
}

static void
subtransaction_end(SubTransactionId mine, SubTransactionId parent, bool committed)
{
	if (committed)
		return;
	for (pot *p = held.pots; p != NULL; p = p->next)
	{
		crm_tally_abort(&p->spent, mine, held.context);
		crm_tally_abort(&p->from_reservation, mine, held.context);
		crm_tally_abort(&p->reserved, mine, held.context);
	}
	while (held.promises != NULL && held.promises->subtransaction >= mine)
		held.promises = held.promises->before;
	drop_untouched();
	crm_window_abort(mine);
}

void
crm_budget_init(void)
{
	static const crm_commit_room room = {
		.before_commit = before_commit, .subtransaction_end = subtransaction_end, .end = forget};

	crm_commit_register(&room);
}

/* One context a pot, for a transaction may look at it once for each of many statements. */
static bool
read_seen(pot *p, const char *budget)
{
	MemoryContext fresh = AllocSetContextCreate(held.context, "crm budget", ALLOCSET_SMALL_SIZES);
	MemoryContext outer = MemoryContextSwitchTo(fresh);
	crm_budget_row row;
	bool found = budget != NULL ? crm_budget_row_read(budget, &row)
								: crm_budget_row_read_id(p->seen.budget_id, &row);

	MemoryContextSwitchTo(outer);
	if (!found)
	{
		MemoryContextDelete(fresh);
		return false;
	}
	if (p->seen_context != NULL)
		MemoryContextDelete(p->seen_context);
	p->seen_context = fresh;
	p->seen = row;
	p->seen_at = GetCurrentStatementStartTimestamp();
	return true;
}

static void
look(pot *p)
{
	if (!read_seen(p, NULL))
		elog(ERROR, "budget %d is gone", p->seen.budget_id);
}

static void
refuse_unknown(const char *budget)
{
	ereport(ERROR,
			(errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("budget \"%s\" does not exist", budget),
			 errhint("SELECT * FROM crm.budgets lists them.")));
}

/* Budgets that one transaction takes from are few. */
static pot *
pot_of(const char *budget)
{
	pot *p = held.pots;

	while (p != NULL && strcmp(p->seen.name, budget) != 0)
		p = p->next;
	if (p != NULL)
		return p;
	if (held.context == NULL)
		held.context =
			AllocSetContextCreate(TopTransactionContext, "crm budgets", ALLOCSET_SMALL_SIZES);
	p = MemoryContextAllocZero(held.context, sizeof(*p));
	if (!read_seen(p, budget))
		refuse_unknown(budget);
	p->next = held.pots;
	held.pots = p;
	return p;
}

static bool
is_open(const crm_budget_row *row, TimestampTz now)
{
	return row->valid_from <= now && now < row->valid_until && now < row->closed_at;
}

/* What this transaction adds to spent and reserved together. */
static Numeric
own_takings(const pot *p)
{
	return crm_sum_add(crm_sum_subtract(p->spent.total, p->from_reservation.total),
					   p->reserved.total);
}

/* For all. Of a budget that is closed or not begun nothing is left. */
static Numeric
left_without_own(const pot *p)
{
	Numeric left = crm_sum_subtract(p->seen.amount, p->seen.spent);

	if (!is_open(&p->seen, GetCurrentTimestamp()))
		return int64_to_numeric(0);
	left = crm_sum_subtract(left, p->seen.reserved);
	return crm_sum_subtract(left, p->seen.carved);
}

static Numeric
left_of(const pot *p)
{
	return crm_sum_subtract(left_without_own(p), own_takings(p));
}

/* Looks at the row once a statement of the client, and again before it says no. */
static bool
has_left(pot *p, Numeric amount, Numeric *left)
{
	bool fresh = false;

	for (;;)
	{
		if (!fresh && p->seen_at != GetCurrentStatementStartTimestamp())
		{
			look(p);
			fresh = true;
		}
		*left = left_of(p);
		if (fresh || crm_sum_compare(amount, *left) <= 0)
			break;
		look(p);
		fresh = true;
	}
	return crm_sum_compare(amount, *left) <= 0;
}

static void
note_person(void)
{
	crm_actor actor = crm_actor_now();

	if (held.person == NULL || strcmp(held.person, actor.person) != 0)
		held.person = MemoryContextStrdup(held.context, actor.person);
}

bool
crm_budget_take(const char *budget, Numeric amount, Numeric from_reservation, Numeric *left)
{
	pot *p = pot_of(budget);

	if (!crm_sum_is_positive(amount))
	{
		*left = left_of(p);
		return true;
	}
	if (!has_left(p, crm_sum_subtract(amount, from_reservation), left))
		return false;
	crm_tally_add(&p->spent, amount, held.context);
	if (crm_sum_is_positive(from_reservation))
		crm_tally_add(&p->from_reservation, from_reservation, held.context);
	note_person();
	return true;
}

Numeric
crm_budget_left(const char *budget)
{
	pot *p = pot_of(budget);

	if (p->seen_at != GetCurrentStatementStartTimestamp())
		look(p);
	return left_of(p);
}

static void
note_promise(pot *p, Numeric amount, int64 request_id, bool released)
{
	MemoryContext outer = MemoryContextSwitchTo(held.context);
	promise *fresh = palloc(sizeof(*fresh));

	*fresh = (promise){.subtransaction = GetCurrentSubTransactionId(),
					   .budget_id = p->seen.budget_id,
					   .request_id = request_id,
					   .released = released,
					   .amount = crm_sum_copy(amount),
					   .before = held.promises};
	held.promises = fresh;
	MemoryContextSwitchTo(outer);
	crm_tally_add(&p->reserved, released ? crm_sum_subtract(NULL, amount) : amount, held.context);
	note_person();
}

bool
crm_budget_reserve(const char *budget, Numeric amount, int64 request_id, Numeric *left)
{
	pot *p = pot_of(budget);

	if (!has_left(p, amount, left))
		return false;
	note_promise(p, amount, request_id, false);
	return true;
}

void
crm_budget_release(const char *budget, Numeric amount, int64 request_id)
{
	note_promise(pot_of(budget), amount, request_id, true);
}

static int
by_id(const void *a, const void *b)
{
	int32 first = (*(pot *const *) a)->seen.budget_id;
	int32 second = (*(pot *const *) b)->seen.budget_id;

	return first < second ? -1 : first > second;
}

/* What others have booked since is seen now, for they have let go of the lock. */
static void
check_overrun(pot *p)
{
	Numeric asked = own_takings(p);
	Numeric left;

	look(p);
	if (!crm_sum_is_positive(asked))
		return;
	left = left_without_own(p);
	if (crm_sum_compare(asked, left) <= 0)
		return;
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("budget \"%s\" would be overspent", p->seen.name),
			 errdetail("%s is left, %s is asked by this transaction.", crm_sum_text(left),
					   crm_sum_text(asked)),
			 errhint("Others have taken from it meanwhile. Run the transaction again: another "
					 "mandate is used if there is one; else ask for less, or SELECT "
					 "crm.change_budget(%s, amount => …).",
					 quote_literal_cstr(p->seen.name))));
}

static void
write_ledger(const pot *p)
{
	crm_ledger_entry entry = {.budget_id = p->seen.budget_id, .person = held.person};

	entry.batch = crm_journal_batch();
	for (promise *given = held.promises; given != NULL; given = given->before)
	{
		if (given->budget_id != p->seen.budget_id)
			continue;
		entry.kind = given->released ? "release" : "reserve";
		entry.amount = given->amount;
		entry.request_id = given->request_id;
		crm_ledger_write(&entry);
	}
	entry.request_id = 0;
	if (crm_sum_is_positive(p->from_reservation.total))
	{
		entry.kind = "release";
		entry.amount = p->from_reservation.total;
		crm_ledger_write(&entry);
	}
	if (crm_sum_is_positive(p->spent.total))
	{
		entry.kind = "spend";
		entry.amount = p->spent.total;
		crm_ledger_write(&entry);
	}
}

static void
book(pot *p)
{
	crm_budget_change change = {.spent = p->spent.total};

	crm_budget_lock(p->seen.budget_id);
	check_overrun(p);
	change.reserved = crm_sum_subtract(p->reserved.total, p->from_reservation.total);
	crm_budget_row_change(p->seen.budget_id, &change);
	write_ledger(p);
}

static void
book_all(void)
{
	pot **pots;
	int n = 0;

	for (pot *p = held.pots; p != NULL; p = p->next)
		n += has_bookings(p);
	if (n == 0 || !crm_budget_table_exists())
		return;
	pots = palloc(n * sizeof(pot *));
	n = 0;
	for (pot *p = held.pots; p != NULL; p = p->next)
		if (has_bookings(p))
			pots[n++] = p;
	qsort(pots, n, sizeof(pot *), by_id);
	for (int i = 0; i < n; i++)
		book(pots[i]);
	pfree(pots);
}
