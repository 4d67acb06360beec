/* commit.c - the one commit phase. */
/*
 * The first change of a (sub)transaction that wants it buys a ticket: a row in crm_internal.ticket.
 * Its deferred trigger runs the rooms' drain, in a second lap so that deferred triggers of the
 * application run before. What no drain has taken, before_commit writes.
 */
#include "postgres.h"

#include "access/tableam.h"
#include "access/xact.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "tcop/utility.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/attempt.h"
#include "base/base.h"
#include "base/commit.h"

#define MAX_ROOMS 8
#define FIRST_LAP 1
#define LAST_LAP 2

PG_FUNCTION_INFO_V1(crm_drain);

static const crm_commit_room *rooms[MAX_ROOMS];
static int nrooms = 0;

/* The subtransaction whose end decides about the ticket; Invalid while there is none. */
static SubTransactionId ticket_holder = InvalidSubTransactionId;
static bool prepares = false;
static ProcessUtility_hook_type next_utility = NULL;

static void run_drains(void);

void
crm_commit_register(const crm_commit_room *room)
{
	if (nrooms == MAX_ROOMS)
		elog(ERROR, "too many rooms in the commit phase");
	rooms[nrooms++] = room;
}

bool
crm_commit_is_prepare(void)
{
	return prepares;
}

static void
insert_ticket(void *argument)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT2OID};
	Datum values[1];

	values[0] = Int16GetDatum(*(int16 *) argument);
	SPI_connect();
	crm_plan(&plan, "INSERT INTO crm_internal.ticket (lap) VALUES ($1)", 1, types);
	if (SPI_execute_plan(plan, values, NULL, false, 0) != SPI_OK_INSERT)
		elog(ERROR, "could not insert into crm_internal.ticket");
	SPI_finish();
}

void
crm_commit_buy_ticket(void)
{
	int16 lap = FIRST_LAP;

	if (ticket_holder != InvalidSubTransactionId || IsolationIsSerializable() ||
		InSecurityRestrictedOperation())
		return;

	/*
	 * Marked before the insert: under SET CONSTRAINTS ALL IMMEDIATE the drain runs inside it, and
	 * marked after it, later changes would get no ticket. If the insert fails the mark stays: it is
	 * not tried for each row, before_commit takes all.
	 */
	ticket_holder = GetCurrentSubTransactionId();
	(void) crm_attempt(insert_ticket, &lap, NULL);
}

static void
check_called(FunctionCallInfo fcinfo)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;

	if (!CALLED_AS_TRIGGER(fcinfo) || !TRIGGER_FIRED_AFTER(trigger->tg_event) ||
		!TRIGGER_FIRED_FOR_ROW(trigger->tg_event) || !TRIGGER_FIRED_BY_INSERT(trigger->tg_event))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("crm_internal.drain() must be called as an AFTER INSERT trigger")));
}

Datum
crm_drain(PG_FUNCTION_ARGS)
{
	TriggerData *trigger = (TriggerData *) fcinfo->context;
	int16 lap;
	bool isnull;

	check_called(fcinfo);
	lap = DatumGetInt16(slot_getattr(trigger->tg_trigslot, 1, &isnull));

	/* Fired at once, the ticket is of this very command and could not be deleted yet. */
	CommandCounterIncrement();
	simple_table_tuple_delete(trigger->tg_relation, &trigger->tg_trigslot->tts_tid,
							  GetActiveSnapshot());

	if (lap == FIRST_LAP)
	{
		int16 last = LAST_LAP;

		if (crm_attempt(insert_ticket, &last, NULL))
			PG_RETURN_POINTER(NULL);
	}
	run_drains();
	PG_RETURN_POINTER(NULL);
}

static void
run_drains(void)
{
	/* What is captured from here on, by write-through say, needs a ticket of its own. */
	ticket_holder = InvalidSubTransactionId;
	for (int i = 0; i < nrooms; i++)
		if (rooms[i]->drain != NULL)
			rooms[i]->drain();
}

static void
before_commit(void)
{
	for (int i = 0; i < nrooms; i++)
		if (rooms[i]->before_commit != NULL)
			rooms[i]->before_commit();
}

static void
forget(void)
{
	ticket_holder = InvalidSubTransactionId;
	prepares = false;
	for (int i = 0; i < nrooms; i++)
		if (rooms[i]->end != NULL)
			rooms[i]->end();
}

static void
on_transaction(XactEvent event, void *argument)
{
	switch (event)
	{
		case XACT_EVENT_PRE_COMMIT:
		case XACT_EVENT_PRE_PREPARE:
			before_commit();
			break;
		case XACT_EVENT_COMMIT:
		case XACT_EVENT_ABORT:
		case XACT_EVENT_PREPARE:
			forget();
			break;
		default: /* a parallel worker writes nothing */
			break;
	}
}

static void
on_subtransaction(SubXactEvent event, SubTransactionId mine, SubTransactionId parent,
				  void *argument)
{
	bool committed = event == SUBXACT_EVENT_COMMIT_SUB;

	if (!committed && event != SUBXACT_EVENT_ABORT_SUB)
		return;

	/*
	 * A ticket that was used up in a savepoint comes back when that is rolled back. Nothing is
	 * noted of it: at most a second ticket is bought, whose drain finds nothing to do.
	 */
	if (ticket_holder == mine)
		ticket_holder = committed ? parent : InvalidSubTransactionId;
	for (int i = 0; i < nrooms; i++)
		if (rooms[i]->subtransaction_end != NULL)
			rooms[i]->subtransaction_end(mine, parent, committed);
}

/* While deferred triggers run, the server does not say that the end will be a PREPARE. */
static void
note_prepare(PlannedStmt *statement, const char *query, bool read_only_tree,
			 ProcessUtilityContext context, ParamListInfo params, QueryEnvironment *environment,
			 DestReceiver *receiver, QueryCompletion *completion)
{
	if (IsA(statement->utilityStmt, TransactionStmt) &&
		((TransactionStmt *) statement->utilityStmt)->kind == TRANS_STMT_PREPARE &&
		!IsAbortedTransactionBlockState())
		prepares = true;

	(next_utility ? next_utility : standard_ProcessUtility)(
		statement, query, read_only_tree, context, params, environment, receiver, completion);
}

void
crm_commit_init(void)
{
	RegisterXactCallback(on_transaction, NULL);
	RegisterSubXactCallback(on_subtransaction, NULL);
	next_utility = ProcessUtility_hook;
	ProcessUtility_hook = note_prepare;
}
