/* guard_watch.c - sees to it that DDL does not take a table from under its guard.
 *
 * One function behind the event triggers of all four events. A superuser could as well switch it
 * off: he is warned. What crm itself does passes.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "act/act_own.h"
#include "base/attempt.h"
#include "base/base.h"
#include "department/actor.h"
#include "guard/guard_call.h"
#include "guard/guard_deed.h"

PG_FUNCTION_INFO_V1(crm_guard_watch);

static bool is_watching(void);
static bool is_work_of_crm(void);
static void judge(const crm_guard_deed *done);
static char *guarded_name(Oid relation, bool enforced);
static void name_deed(void *argument);
static void arm(void *argument);
static void warn(const char *table, const char *what);

Datum
crm_guard_watch(PG_FUNCTION_ARGS)
{
	EventTriggerData *data = (EventTriggerData *) fcinfo->context;
	ListCell *cell;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this function is called by event triggers only")));
	if (!is_watching())
		PG_RETURN_NULL();
	foreach (cell, crm_guard_deeds(data))
		judge(lfirst(cell));
	PG_RETURN_NULL();
}

/* Never in the way of a restore into an older layout, an upgrade, or of what crm does itself. */
static bool
is_watching(void)
{
	static SPIPlanPtr any = NULL;
	Oid schema = get_namespace_oid("crm_internal", true);

	return crm_guards_are_enabled() && !IsBinaryUpgrade && !creating_extension &&
		   OidIsValid(schema) && OidIsValid(get_relname_relid("guard", schema)) &&
		   !is_work_of_crm() &&
		   crm_guard_ask(&any,
						 "SELECT guard_id::text FROM crm_internal.guard "
						 "WHERE dropped_at IS NULL LIMIT 1",
						 InvalidOid, NULL) != NULL;
}

/* As the owner of crm's tables, and not by logging in as him. */
static bool
is_work_of_crm(void)
{
	Oid user;
	int security_context;

	GetUserIdAndSecContext(&user, &security_context);
	return (security_context & SECURITY_LOCAL_USERID_CHANGE) && user == crm_owner();
}

static void
judge(const crm_guard_deed *done)
{
	char *table = guarded_name(done->relation, !done->arms);
	ErrorContextCallback context = {.callback = name_deed};
	ErrorData *error;

	if (table == NULL || (done->what == NULL && !done->arms))
		return;
	if (done->arms)
	{
		if (!crm_attempt(arm, (void *) done, &error))
			ereport(WARNING, (errmsg("guarded table %s did not get all triggers of its guard: %s",
									 table, error->message),
							  errhint("SELECT * FROM crm.rearm_guards(dry_run => false);")));
		return;
	}
	if (superuser() || superuser_arg(GetSessionUserId()))
	{
		warn(table, done->what);
		return;
	}
	context.arg = psprintf("guarded table %s %s", table, done->what);
	context.previous = error_context_stack;
	error_context_stack = &context;
	crm_act_of_crm("system.change", context.arg);
	error_context_stack = context.previous;
}

/* The table of a guard over the relation; NULL: there is none. */
static char *
guarded_name(Oid relation, bool enforced)
{
	static SPIPlanPtr enforcing = NULL;
	static SPIPlanPtr all = NULL;

	if (enforced)
		return crm_guard_ask(&enforcing,
							 "SELECT g.table_name FROM crm_internal.guards_over($1) g "
							 "WHERE g.mode = 'enforce' ORDER BY 1 LIMIT 1",
							 relation, NULL);
	return crm_guard_ask(
		&all, "SELECT g.table_name FROM crm_internal.guards_over($1) g ORDER BY 1 LIMIT 1",
		relation, NULL);
}

static void
name_deed(void *argument)
{
	errcontext("%s", (const char *) argument);
}

/* Runs as the owner of crm's tables, so that what it does is not watched. */
static void
arm(void *argument)
{
	const crm_guard_deed *done = argument;

	(void) crm_guard_ask(NULL,
						 done->only_enable ? "SELECT crm_internal.arm_guards_of($1, true)::text"
										   : "SELECT crm_internal.arm_guards_of($1, false)::text",
						 done->relation, NULL);
}

static void
warn(const char *table, const char *what)
{
	StringInfoData line;

	initStringInfo(&line);
	appendStringInfoString(&line, "{\"login\": ");
	escape_json(&line, crm_actor_login());
	appendStringInfoString(&line, ", \"table\": ");
	escape_json(&line, table);
	appendStringInfoString(&line, ", \"what\": ");
	escape_json(&line, what);
	appendStringInfoChar(&line, '}');
	ereport(LOG_SERVER_ONLY, (errmsg("crm bypass: %s", line.data)));
	ereport(WARNING,
			(errmsg("guarded table %s %s", table, what),
			 errdetail("A superuser may, and no mandate was asked for."),
			 errhint("SELECT * FROM crm.verify_guards(); shows what is open now, SELECT * FROM "
					 "crm.rearm_guards(dry_run => false); closes it.")));
}
