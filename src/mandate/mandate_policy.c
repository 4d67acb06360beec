/* mandate_policy.c - keeps the policy of this backend as new as the latest commit.
 *
 * A snapshot of REPEATABLE READ would go on granting what was revoked meanwhile, so the policy is
 * read under the latest one, and a change of its tables tells every backend by the invalidation of
 * crm_internal.mandate. The callback only marks: it may run wherever the server opens a table.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "mandate/mandate.h"
#include "mandate/mandate_policy.h"

PG_FUNCTION_INFO_V1(crm_policy_changed);

/* Who holds a ruling may cause a policy to be loaded anew, and look at the ruling again. */
#define RETIRED 4

/* A change that is noticed while the policy is being read: read again, but not for ever. */
#define MOST_TRIES 3

/* So many permits outlive a transaction. */
#define KEPT_PERMITS 1000

uint64 crm_policy_generation = 1;

static crm_policy *current = NULL;
static crm_policy *past = NULL; /* not longer than a transaction */
static bool marked = false;

/*
 * Tables that the policy is read from. The triggers speak by the first; the others are looked at
 * because whatever is done to the table itself, such as a load with its triggers off, tells of it.
 */
static const char *const tables[] = {"mandate",    "position",        "appointment",    "decision",
									 "department", "position_before", "decision_before"};
static Oid watched[lengthof(tables)];
static crm_policy *retired[RETIRED];

/* Whether this transaction has changed the policy: others do not see it yet, and may never. */
static bool touched = false;

static void mark(void);
static crm_policy *load_as_owner(TimestampTz at);
static void retire(crm_policy *policy);
static void forget_past(void);
static void free_policy(crm_policy **policy);
static void refuse_in_parallel(void);
static void watch_tables(void);
static Oid mandate_table(void);
static void relation_changed(Datum arg, Oid relation);
static void transaction_ends(XactEvent event, void *arg);
static void subtransaction_ends(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
								void *arg);

void
crm_mandate_init(void)
{
	CacheRegisterRelcacheCallback(relation_changed, 0);
	RegisterXactCallback(transaction_ends, NULL);
	RegisterSubXactCallback(subtransaction_ends, NULL);
}

crm_policy *
crm_policy_now(void)
{
	refuse_in_parallel();
	for (int i = 0; i < MOST_TRIES && (current == NULL || marked); i++)
	{
		crm_policy *old = current;

		current = NULL;
		retire(old);
		forget_past();
		marked = false;
		watch_tables();
		current = load_as_owner(DT_NOEND);
	}
	return current;
}

/* Mostly nothing was changed since, and there is nothing to read. */
crm_policy *
crm_policy_at(TimestampTz at)
{
	crm_policy *now = crm_policy_now();

	if (at >= now->organized_from)
		return now;
	if (past == NULL || at < past->organized_from || at >= past->organized_until)
	{
		forget_past();
		past = load_as_owner(at);
	}
	return past;
}

/*
 * There the server takes no newer snapshot than the statement's, which may grant what was revoked.
 * All functions that come here are PARALLEL UNSAFE; one of a user that calls them may not be.
 */
static void
refuse_in_parallel(void)
{
	if (IsInParallelMode())
		ereport(ERROR, (errcode(ERRCODE_INVALID_TRANSACTION_STATE),
						errmsg("mandates cannot be asked about during a parallel operation"),
						errhint("Make the function that does so PARALLEL UNSAFE.")));
}

bool
crm_policy_is_free(void)
{
	return GetCurrentTimestamp() < crm_policy_now()->rule.first_charter;
}

static crm_policy *
load_as_owner(TimestampTz at)
{
	crm_user before = crm_become(crm_owner(), 0);
	crm_policy *policy;

	crm_policy_push_snapshot();
	policy = crm_policy_load(at);
	PopActiveSnapshot();
	crm_restore_user(before);
	return policy;
}

void
crm_policy_push_snapshot(void)
{
	PushActiveSnapshot(GetLatestSnapshot());
}

static void
watch_tables(void)
{
	Oid schema = get_namespace_oid("crm_internal", false);

	watched[0] = mandate_table();
	for (int i = 1; i < lengthof(tables); i++)
		watched[i] = get_relname_relid(tables[i], schema);
}

static Oid
mandate_table(void)
{
	Oid table = get_relname_relid("mandate", get_namespace_oid("crm_internal", false));

	if (!OidIsValid(table))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("table \"crm_internal.mandate\" does not exist"),
						errhint("Create the extension with CREATE EXTENSION crm.")));
	return table;
}

/*
 * AFTER ROW, and TRUNCATE, on every table that the policy is read from: logical replication fires
 * no trigger of a statement.
 */
Datum
crm_policy_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("crm_internal.policy_changed() is a trigger function")));
	touched = true;
	CacheInvalidateRelcacheByRelid(mandate_table());
	mark();
	PG_RETURN_POINTER(NULL);
}

static void
mark(void)
{
	marked = true;
	crm_policy_generation++;
}

static void
retire(crm_policy *policy)
{
	if (policy == NULL)
		return;
	free_policy(&retired[RETIRED - 1]);
	memmove(retired + 1, retired, (RETIRED - 1) * sizeof(retired[0]));
	retired[0] = policy;
}

/* As with the one that is in force: who holds a ruling of it may look at it again. */
static void
forget_past(void)
{
	crm_policy *old = past;

	past = NULL;
	retire(old);
}

static void
free_policy(crm_policy **policy)
{
	if (*policy != NULL)
		MemoryContextDelete((*policy)->context);
	*policy = NULL;
}

static void
relation_changed(Datum arg, Oid relation)
{
	bool concerns = relation == InvalidOid;

	for (int i = 0; i < lengthof(watched) && !concerns; i++)
		concerns = relation == watched[i];
	if (concerns)
		mark();
}

static void
transaction_ends(XactEvent event, void *arg)
{
	if (event != XACT_EVENT_COMMIT && event != XACT_EVENT_PARALLEL_COMMIT &&
		event != XACT_EVENT_ABORT && event != XACT_EVENT_PARALLEL_ABORT &&
		event != XACT_EVENT_PREPARE)
		return;
	if (touched)
		mark();
	touched = false;
	forget_past();
	for (int i = 0; i < RETIRED; i++)
		free_policy(&retired[i]);
	if (current != NULL && current->npermits > KEPT_PERMITS)
		crm_policy_forget_permits(current);
}

/* Rulings of those just forgotten may still be looked at, those before are freed. */
void
crm_policy_forget_permits(crm_policy *policy)
{
	if (policy->forgotten != NULL)
		MemoryContextDelete(policy->forgotten);
	policy->forgotten = policy->permit_context;
	policy->permit_context = NULL;
	policy->permits = NULL;
	policy->npermits = 0;
	crm_policy_generation++;
}

static void
subtransaction_ends(SubXactEvent event, SubTransactionId mine, SubTransactionId parent, void *arg)
{
	if (event == SUBXACT_EVENT_ABORT_SUB && touched)
		mark();
}
