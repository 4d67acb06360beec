/* attempt.c - subtransactions that keep the failures of crm away from the department. */
#include "postgres.h"

#include <signal.h>

#include "access/xact.h"
#include "miscadmin.h"
#include "storage/latch.h"
#include "storage/proc.h"
#include "utils/guc.h"
#include "utils/resowner.h"
#include "utils/timeout.h"

#include "base/attempt.h"
#include "base/base.h"

#define LOCK_PATIENCE 50 /* milliseconds */

static TimeoutId budget = MAX_TIMEOUTS;
static bool budget_runs = false;
static volatile sig_atomic_t budget_over = false;

static void
settle_lock_timeout(void)
{
	char patience[12];

	if (LockTimeout > 0 && LockTimeout <= LOCK_PATIENCE)
		return;
	snprintf(patience, sizeof(patience), "%d", LOCK_PATIENCE);
	(void) set_config_option("lock_timeout", patience, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
}

/*
 * Runs in a signal handler. A cancel that is pending already goes first: it is the department's,
 * and not ours to swallow.
 */
static void
on_budget_over(void)
{
	if (QueryCancelPending)
		return;
	budget_over = true;
	QueryCancelPending = true;
	InterruptPending = true;
	SetLatch(MyLatch);
}

static void
start_budget(int milliseconds)
{
	if (budget == MAX_TIMEOUTS)
		budget = RegisterTimeout(USER_TIMEOUT, on_budget_over);
	budget_over = false;
	budget_runs = true;
	enable_timeout_after(budget, milliseconds);
}

/* True if the time was over. A cancel that we asked for and nobody has met yet is taken back. */
static bool
stop_budget(bool cancelled)
{
	bool over;

	disable_timeout(budget, false);
	over = budget_over;
	if (over && !cancelled)
		QueryCancelPending = false;
	budget_over = false;
	budget_runs = false;
	return over;
}

static bool
concerns_backend(int sqlerrcode)
{
	return sqlerrcode == ERRCODE_QUERY_CANCELED || sqlerrcode == ERRCODE_ADMIN_SHUTDOWN ||
		   sqlerrcode == ERRCODE_CRASH_SHUTDOWN || sqlerrcode == ERRCODE_DATABASE_DROPPED ||
		   sqlerrcode == ERRCODE_OUT_OF_MEMORY;
}

static void
run_as_owner(crm_work work, void *argument, bool timed)
{
	int nest_level = 0;
	crm_user before;

	if (timed)
	{
		nest_level = NewGUCNestLevel();
		settle_lock_timeout();
	}
	before = crm_become(crm_owner(), 0);
	work(argument);
	crm_restore_user(before);
	if (timed)
		AtEOXact_GUC(true, nest_level);
}

static bool
attempt(int milliseconds, crm_work work, void *argument, ErrorData **error)
{
	MemoryContext context = CurrentMemoryContext;
	ResourceOwner owner = CurrentResourceOwner;
	bool timed = milliseconds > 0 && !budget_runs;
	ErrorData *volatile caught = NULL;
	volatile bool overrun = false;

	BeginInternalSubTransaction(NULL);
	MemoryContextSwitchTo(context);
	PG_TRY();
	{
		if (timed)
			start_budget(milliseconds);
		run_as_owner(work, argument, timed);
		if (timed)
			(void) stop_budget(false);
		ReleaseCurrentSubTransaction();
	}
	PG_CATCH();
	{
		bool cancelled = geterrcode() == ERRCODE_QUERY_CANCELED;

		overrun = timed && stop_budget(cancelled) && cancelled;
		MemoryContextSwitchTo(context);
		caught = CopyErrorData();
		FlushErrorState();
		/* The subtransaction's end gives user, settings and resources back. */
		RollbackAndReleaseCurrentSubTransaction();
	}
	PG_END_TRY();
	MemoryContextSwitchTo(context);
	CurrentResourceOwner = owner;

	if (caught != NULL && !overrun && concerns_backend(caught->sqlerrcode))
		ReThrowError(caught);
	if (error != NULL)
		*error = caught;
	else if (caught != NULL)
		FreeErrorData(caught);
	return caught == NULL;
}

bool
crm_attempt(crm_work work, void *argument, ErrorData **error)
{
	return attempt(0, work, argument, error);
}

bool
crm_attempt_within(int milliseconds, crm_work work, void *argument, ErrorData **error)
{
	return attempt(milliseconds, work, argument, error);
}
