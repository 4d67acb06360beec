/* capture_commit.c - what becomes of captured changes: resolved at once, or written to pending. */
#include "postgres.h"

#include "access/xact.h"
#include "utils/guc.h"

#include "base/attempt.h"
#include "base/base.h"
#include "base/commit.h"
#include "capture/capture.h"
#include "capture/capture_commit.h"
#include "capture/capture_rule.h"
#include "capture/capture_store.h"
#include "capture/changes.h"
#include "capture/cost.h"
#include "capture/inline_cost.h"
#include "capture/pending.h"

#define BOTH (CRM_TO_WRITE | CRM_TO_RESOLVE)
#define LOCK_PATIENCE "5s"

typedef struct resolver_call
{
	const crm_change *changes;
	int nchanges;
} resolver_call;

typedef struct write_call
{
	bool ends; /* the transaction: its cost is complete */
	instr_time begin;
} write_call;

static crm_inline_resolver resolver = NULL;

static void drain(void);
static void spill(void);
static void end_subtransaction(SubTransactionId mine, SubTransactionId parent, bool committed);
static void forget(void);

static const crm_commit_room room = {
	.drain = drain,
	.before_commit = spill,
	.subtransaction_end = end_subtransaction,
	.end = forget,
};

void
crm_capture_set_resolver(crm_inline_resolver new_resolver)
{
	resolver = new_resolver;
}

void
crm_capture_init(void)
{
	crm_capture_store_begin();
	crm_commit_register(&room);
}

static void
end_subtransaction(SubTransactionId mine, SubTransactionId parent, bool committed)
{
	crm_changes_subtransaction_end(mine, parent, committed);
	crm_cost_subtransaction_end(mine, parent, committed);
}

static void
forget(void)
{
	crm_changes_forget();
	crm_cost_forget();
}

/* ------------------------------ writing to pending ------------------------------ */

static void
write_all(void *argument)
{
	crm_entry_scan scan;
	const write_call *call = argument;

	crm_changes_scan(&scan, BOTH, true);
	crm_pending_write(&scan, call->ends, call->begin);
	crm_changes_done(BOTH, true);
}

void
crm_capture_relieve(void)
{
	write_call call = {.ends = false};

	if (!crm_changes_are_many())
		return;
	INSTR_TIME_SET_CURRENT(call.begin);
	if (!crm_attempt(write_all, &call, NULL))
		crm_changes_postpone();
}

/* Somebody rebuilds the table. The department's own lock_timeout was not meant for this. */
static void
write_all_patiently(void *argument)
{
	int nest_level = NewGUCNestLevel();

	(void) set_config_option("lock_timeout", LOCK_PATIENCE, PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	write_all(argument);
	AtEOXact_GUC(true, nest_level);
}

/*
 * The last moment. Nothing is tried in a subtransaction where nothing is to be expected: it would
 * take a second transaction number from every department's transaction.
 */
static void
spill(void)
{
	ErrorData *error = NULL;
	write_call call = {.ends = true};

	crm_inline_cost_write();
	if (crm_changes_count(BOTH, true) == 0)
		return;
	INSTR_TIME_SET_CURRENT(call.begin);
	if (crm_pending_is_ready())
		write_all(&call);
	else if (!crm_attempt(write_all_patiently, &call, &error))
		ereport(WARNING, (errcode(error->sqlerrcode),
						  errmsg("changes of this transaction could not be noted for crm: %s",
								 error->message),
						  errhint("CALL crm.sync() for the sources that it changed.")));
}

/* ------------------------------ resolving ------------------------------ */

/* All that is to be resolved; false if a whole source is among it. Keys stay where they are. */
static bool
gather(crm_change *changes)
{
	crm_entry_scan scan;
	const crm_entry *entry;
	int n = 0;

	crm_changes_scan(&scan, CRM_TO_RESOLVE, true);
	while ((entry = crm_changes_next(&scan)) != NULL)
	{
		if (entry->whole)
			return false;
		changes[n].source_id = entry->source_id;
		changes[n].op = entry->op;
		changes[n++].key = VARDATA(crm_entry_text(entry));
	}
	return true;
}

static void
call_resolver(void *argument)
{
	const resolver_call *call = argument;

	/* Before, for what the resolver's own writes change is new; undone with the subtransaction. */
	crm_changes_done(CRM_TO_RESOLVE, true);
	resolver(call->changes, call->nchanges);
}

/* To each source its share by the changes: time that was spent in vain is spent too. */
static void
share_cost(const crm_change *changes, int n, bool done, double nanoseconds, int64 rows)
{
	for (int i = 0; i < n; i++)
	{
		crm_cost *cost = crm_cost_of(changes[i].source_id);

		cost->nanoseconds += nanoseconds / n;
		if (!done)
			continue;
		cost->rows += rows * (i + 1) / n - rows * i / n;
		cost->resolved = true;
	}
}

static bool
resolve(int64 count)
{
	crm_change *changes = palloc(sizeof(crm_change) * count);
	resolver_call call = {changes, 0};
	int64 written = crm_rows_written;
	instr_time begin;
	bool done = false;

	INSTR_TIME_SET_CURRENT(begin);
	if (gather(changes))
		call.nchanges = crm_changes_collapse(changes, (int) count);
	if (call.nchanges > 0 && call.nchanges <= crm_inline_limit)
	{
		int n = call.nchanges;

		done = crm_attempt_within(crm_inline_timeout, call_resolver, &call, NULL);
		share_cost(changes, n, done, crm_cost_since(begin), crm_rows_written - written);
	}
	pfree(changes);
	return done;
}

static void
drain(void)
{
	int64 count = crm_changes_count(CRM_TO_RESOLVE, true);

	if (count == 0)
		return;
	if (resolver == NULL || crm_commit_is_prepare() || !resolve(count))
		crm_changes_give_up_resolving();
}
