/* gateway.c - which logins may say for whom they act, and for which persons. */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "department/gateway.h"

PG_FUNCTION_INFO_V1(crm_gateway_changed);

static Oid gateway_table = InvalidOid;
static Oid appointment_table = InvalidOid;

/* One row for a gateway, its columns in the order of crm_gateway_answer. */
static const char question[] =
	"SELECT g.session_allowed, pg_catalog.max(a.valid_until), "
	"pg_catalog.max(a.valid_until) FILTER (WHERE g.departments IS NULL "
	"OR a.department OPERATOR(pg_catalog.=) ANY (g.departments)) "
	"FROM crm_internal.gateway g LEFT JOIN LATERAL (SELECT a.valid_until, p.department "
	"FROM crm_internal.appointment a "
	"JOIN crm_internal.position p ON p.name OPERATOR(pg_catalog.=) a.\"position\" "
	"WHERE a.person OPERATOR(pg_catalog.=) $2 "
	"AND a.valid_from OPERATOR(pg_catalog.<=) pg_catalog.clock_timestamp() "
	"AND a.valid_until OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp() "
	"AND (p.closed_at IS NULL OR p.closed_at OPERATOR(pg_catalog.>) pg_catalog.clock_timestamp())"
	") a ON true WHERE g.role OPERATOR(pg_catalog.=) $1 GROUP BY g.role";

static void remember_tables(void);
static Datum first_row(int column);
static bool first_row_is_null(int column);

/* Statement trigger on what crm.act_as() asks: all sessions ask again. */
Datum
crm_gateway_changed(PG_FUNCTION_ARGS)
{
	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this function is called by triggers only")));
	CacheInvalidateRelcache(((TriggerData *) fcinfo->context)->tg_relation);
	PG_RETURN_POINTER(NULL);
}

/*
 * Read from the latest snapshot: who was dismissed a moment ago is not acted for, whatever snapshot
 * the transaction holds. In parallel mode there is none but the statement's.
 */
crm_gateway_answer
crm_gateway_ask(const char *login, const char *person)
{
	static SPIPlanPtr plan = NULL;
	Oid types[] = {TEXTOID, TEXTOID};
	Datum values[2];
	crm_gateway_answer answer = {0};
	crm_user before = crm_become(crm_owner(), 0);

	remember_tables();
	PushActiveSnapshot(IsInParallelMode() ? GetActiveSnapshot() : GetLatestSnapshot());
	SPI_connect();
	values[0] = CStringGetTextDatum(login);
	values[1] = CStringGetTextDatum(person);
	crm_generic_plan(&plan, question, 2, types);
	answer.is_gateway = crm_execute_plan(plan, values, NULL, true) > 0;
	if (answer.is_gateway)
	{
		answer.session_allowed = DatumGetBool(first_row(1));
		answer.appointed = !first_row_is_null(2);
		if (!first_row_is_null(3))
			answer.here_until = DatumGetTimestampTz(first_row(3));
	}
	SPI_finish();
	PopActiveSnapshot();
	crm_restore_user(before);
	return answer;
}

void
crm_gateway_check(const crm_gateway_answer *answer, const char *login, const char *person,
				  bool for_session)
{
	if (!answer->is_gateway)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("role \"%s\" may not say for whom it acts", login),
				 errdetail("Only the login of a session counts, and this one is no gateway."),
				 errhint("SELECT crm.add_gateway(%s);", quote_literal_cstr(login))));
	if (for_session && !answer->session_allowed)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("gateway \"%s\" may act for a person in a transaction only", login),
				 errhint("SELECT crm.add_gateway(%s, session_allowed => true); but never behind a "
						 "pooler that shares connections.",
						 quote_literal_cstr(login))));
	if (answer->here_until == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("gateway \"%s\" may not act for \"%s\"", login, person),
				 errdetail("That person is appointed nowhere, or in none of the departments that "
						   "the gateway serves."),
				 errhint("SELECT crm.appoint('...', %s);", quote_literal_cstr(person))));
}

bool
crm_gateway_concerns(Oid relation)
{
	return !OidIsValid(relation) || relation == gateway_table || relation == appointment_table;
}

/* Beforehand, as callbacks may not look names up. */
static void
remember_tables(void)
{
	Oid schema = get_namespace_oid("crm_internal", false);

	gateway_table = get_relname_relid("gateway", schema);
	appointment_table = get_relname_relid("appointment", schema);
}

static Datum
first_row(int column)
{
	bool isnull;

	return SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &isnull);
}

static bool
first_row_is_null(int column)
{
	bool isnull;

	SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &isnull);
	return isnull;
}
