/*
 * actor.c - who is acting now: whom crm.act_as() named, else the login.
 *
 * The person is kept in the setting crm.actor, so that savepoints, ROLLBACK, DISCARD ALL and
 * parallel workers treat it as they treat every setting. Its check hook lets only crm.act_as() set
 * it: SET, ALTER ROLE, PGOPTIONS and configuration files cannot. Only C reads it, never SQL.
 *
 * Who may call crm.act_as() is decided by the session's user, not by the current one: a security
 * definer's owner is not a gateway because a gateway calls it, and a role that may SET ROLE to a
 * gateway is not one either. Whether the current role may execute crm.act_as() is a matter of
 * GRANT, so a gateway that sets a humbler role keeps that role from speaking for others.
 */
#include "postgres.h"

#include "access/parallel.h"
#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "nodes/plannodes.h"
#include "tcop/pquery.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/inval.h"
#include "utils/syscache.h"

#include "base/base.h"
#include "department/actor.h"
#include "department/gateway.h"

PG_FUNCTION_INFO_V1(crm_act_as);
PG_FUNCTION_INFO_V1(crm_whoami_actor);

static char *actor_setting = NULL;
static bool setting_actor = false;
static uint64 generation = 1;
static Oid login_id = InvalidOid; /* whose name is in login_name; InvalidOid: look it up */
static NameData login_name;

/* What the setting is worth now: the gateway or its reach may have changed since it was made. */
static enum { WORD_UNKNOWN, WORD_HOLDS, WORD_VOID } word = WORD_UNKNOWN;
static TimestampTz word_until = 0;

/* A call that was the client's whole statement, outside a transaction block; 0: none. */
static TimestampTz lone_call_at = 0;
static bool asked_since;

static bool check_actor(char **newval, void **extra, GucSource source);
static void assign_actor(const char *newval, void *extra);
static void forget_login(Datum arg, int cacheid, uint32 hashvalue);
static void forget_check(Datum arg, Oid relation);
static void forget_word(void);
static void end_of_transaction(XactEvent event, void *arg);
static void refuse_lone_call(void);
static bool word_holds(void);
static void check_place(void);
static void set_actor(const char *person, bool for_session);
static bool is_whole_statement(FunctionCallInfo fcinfo);

void
crm_actor_init(void)
{
	/* Made after the prefix is reserved: what was set under its name before is thrown away. */
	DefineCustomStringVariable("crm.actor", "The person for whom the gateway acts.",
							   "Set by crm.act_as() only.", &actor_setting, "", PGC_USERSET,
							   GUC_DISALLOW_IN_FILE | GUC_DISALLOW_IN_AUTO_FILE | GUC_NOT_IN_SAMPLE,
							   check_actor, assign_actor, NULL);
	CacheRegisterSyscacheCallback(AUTHOID, forget_login, (Datum) 0);
	CacheRegisterRelcacheCallback(forget_check, (Datum) 0);
	RegisterXactCallback(end_of_transaction, NULL);
}

crm_actor
crm_actor_now(void)
{
	crm_actor actor = {.known_by = CRM_KNOWN_BY_LOGIN};

	asked_since = true;
	if (login_id != GetSessionUserId())
		crm_actor_login();
	if (actor_setting != NULL && actor_setting[0] != '\0' && word_holds())
	{
		actor.person = actor_setting;
		actor.known_by = CRM_KNOWN_BY_ACT_AS;
	}
	else
		actor.person = crm_actor_login();
	return actor;
}

uint64
crm_actor_generation(void)
{
	if (login_id != GetSessionUserId())
		crm_actor_login();
	return generation;
}

/* The session's user: what logged in, or what a superuser has made of himself since. */
const char *
crm_actor_login(void)
{
	Oid session_user = GetSessionUserId();

	if (login_id != session_user)
	{
		/* Set first: a message that comes in while the name is read makes it stale again. */
		login_id = session_user;
		forget_word();
		PG_TRY();
		{
			namestrcpy(&login_name, GetUserNameFromId(session_user, false));
		}
		PG_CATCH();
		{
			login_id = InvalidOid;
			PG_RE_THROW();
		}
		PG_END_TRY();
	}
	return NameStr(login_name);
}

const char *
crm_known_by_name(crm_known_by known_by)
{
	static const char *const names[] = {
		[CRM_KNOWN_BY_ACT_AS] = "act_as",
		[CRM_KNOWN_BY_COLUMN] = "column",
		[CRM_KNOWN_BY_LOGIN] = "login",
		[CRM_KNOWN_BY_OWNER] = "owner",
	};

	return names[known_by];
}

Datum
crm_act_as(PG_FUNCTION_ARGS)
{
	char *person = PG_ARGISNULL(0) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(0));
	bool for_session = !PG_ARGISNULL(1) && PG_GETARG_BOOL(1);

	check_place();
	if (person != NULL)
	{
		crm_gateway_answer answer = crm_gateway_ask(crm_actor_login(), person);

		crm_gateway_check(&answer, crm_actor_login(), person, for_session);
		set_actor(person, for_session);
		word = WORD_HOLDS;
		word_until = answer.here_until;
	}
	else
		set_actor(NULL, false);
	if (person != NULL && !for_session && !IsTransactionBlock() && is_whole_statement(fcinfo))
		lone_call_at = GetCurrentStatementStartTimestamp();
	asked_since = false;
	PG_RETURN_VOID();
}

/* For crm.whoami(): person, how known, login. */
Datum
crm_whoami_actor(PG_FUNCTION_ARGS)
{
	crm_actor actor;
	Datum values[3];

	/* A transaction that holds its locks already hears of nothing by itself. */
	AcceptInvalidationMessages();
	actor = crm_actor_now();
	values[0] = CStringGetTextDatum(actor.person);
	values[1] = CStringGetTextDatum(crm_known_by_name(actor.known_by));
	values[2] = CStringGetTextDatum(crm_actor_login());

	PG_RETURN_ARRAYTYPE_P(construct_array(values, 3, TEXTOID, -1, false, TYPALIGN_INT));
}

/* RESET and DISCARD ALL do not come here, they put back the empty start value. */
static bool
check_actor(char **newval, void **extra, GucSource source)
{
	if (setting_actor || InitializingParallelWorker || **newval == '\0')
		return true;
	GUC_check_errcode(ERRCODE_INSUFFICIENT_PRIVILEGE);
	GUC_check_errmsg("parameter \"crm.actor\" is set by crm.act_as() only");
	GUC_check_errhint("SELECT crm.act_as('somebody') in a session of a registered gateway.");
	return false;
}

static void
assign_actor(const char *newval, void *extra)
{
	forget_word();
}

static void
forget_login(Datum arg, int cacheid, uint32 hashvalue)
{
	login_id = InvalidOid;
	generation++;
}

static void
forget_check(Datum arg, Oid relation)
{
	if (crm_gateway_concerns(relation))
		forget_word();
}

static void
forget_word(void)
{
	word = WORD_UNKNOWN;
	generation++;
}

/* Appointments end by the clock alone: then a session's actor is looked at again. */
static void
end_of_transaction(XactEvent event, void *arg)
{
	if (event == XACT_EVENT_PRE_COMMIT)
		refuse_lone_call();
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT || event == XACT_EVENT_PREPARE)
	{
		lone_call_at = 0;
		if (word != WORD_UNKNOWN && GetCurrentTimestamp() >= word_until)
			forget_word();
	}
}

/*
 * A client that commits each statement by itself and says only "SELECT crm.act_as('ann')" would go
 * on as its login, unaware. If nothing else came before the commit, that statement is refused; with
 * a pipeline, a transaction block or a function that does more there is something to act in.
 */
static void
refuse_lone_call(void)
{
	if (lone_call_at == 0 || asked_since || lone_call_at != GetCurrentStatementStartTimestamp())
		return;
	ereport(ERROR, (errcode(ERRCODE_NO_ACTIVE_SQL_TRANSACTION),
					errmsg("crm.act_as() would end with its own statement"),
					errdetail("No transaction block is open."),
					errhint("BEGIN first, or SELECT crm.act_as(person, for_session => true) if no "
							"pooler shares this connection.")));
}

/*
 * A gateway that was dropped, or no longer serves a department of that person, is not believed any
 * more: then the login is all that is known. A person who was dismissed stays the actor, and may
 * nothing. Parallel workers ask for themselves; what is read in parallel mode may be older than
 * what this backend has heard of, and is not kept.
 */
static bool
word_holds(void)
{
	char *person;
	crm_gateway_answer answer;
	bool holds;

	if (word != WORD_UNKNOWN)
		return word == WORD_HOLDS;
	/* Marked before it is read: a change that comes in meanwhile makes it unknown again. */
	word = WORD_HOLDS;
	word_until = 0;
	person = pstrdup(actor_setting);
	PG_TRY();
	{
		answer = crm_gateway_ask(crm_actor_login(), person);
		word_until = answer.here_until;
	}
	PG_CATCH();
	{
		word = WORD_UNKNOWN;
		PG_RE_THROW();
	}
	PG_END_TRY();
	holds = answer.is_gateway && (answer.here_until != 0 || !answer.appointed);
	if (IsInParallelMode())
		word = WORD_UNKNOWN;
	else if (!holds)
		word = WORD_VOID;
	if (!holds)
		generation++;
	return holds;
}

/* An index or a materialized view runs its owner's code in whatever session maintains it. */
static void
check_place(void)
{
	if (InSecurityRestrictedOperation())
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("crm.act_as() cannot be called within a security-restricted operation")));
}

/* Ending it ends what was set for the session too, until a rollback brings that back. */
static void
set_actor(const char *person, bool for_session)
{
	GucAction action = person == NULL || for_session ? GUC_ACTION_SET : GUC_ACTION_LOCAL;

	setting_actor = true;
	PG_TRY();
	{
		(void) set_config_option("crm.actor", person == NULL ? "" : person, PGC_USERSET,
								 PGC_S_SESSION, action, true, 0, false);
	}
	PG_FINALLY();
	{
		setting_actor = false;
	}
	PG_END_TRY();
}

/* Whether the client's statement is "SELECT crm.act_as(...)" and nothing else. */
static bool
is_whole_statement(FunctionCallInfo fcinfo)
{
	Plan *plan;

	if (ActivePortal == NULL || ActivePortal->queryDesc == NULL)
		return false;
	plan = ActivePortal->queryDesc->plannedstmt->planTree;
	return IsA(plan, Result) && list_length(plan->targetlist) == 1 &&
		   (Node *) linitial_node(TargetEntry, plan->targetlist)->expr == fcinfo->flinfo->fn_expr;
}
