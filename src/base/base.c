/* base.c - switches, the owner's identity and kept plans. */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_namespace.h"
#include "mb/pg_wchar.h"
#include "miscadmin.h"
#include "utils/guc.h"
#include "utils/syscache.h"

#include "base/amount.h"
#include "base/base.h"

bool crm_enabled = true;
int crm_inline_limit = 100;
int crm_inline_timeout = 200;
int crm_lock_timeout = 1000;
int64 crm_rows_written = 0;

static SPIPlanPtr keep_plan(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types,
							int options);

void
crm_base_init(void)
{
	crm_amount_init();

	/* Stilling capture hides changes from crm until the next crm.sync(): a superuser's decision. */
	DefineCustomBoolVariable("crm.enabled", "Whether the triggers of crm do anything.",
							 "CALL crm.sync(source) finds what was missed while it was off.",
							 &crm_enabled, true, PGC_SUSET, 0, NULL, NULL, NULL);

	/* Beyond it a transaction leaves its rows to crm.resolve(). */
	DefineCustomIntVariable("crm.inline_limit",
							"Rows of inline sources that a transaction resolves itself.", NULL,
							&crm_inline_limit, 100, 0, 10000, PGC_SUSET, 0, NULL, NULL, NULL);

	/* statement_timeout does not run during COMMIT, so the commit phase has its own. */
	DefineCustomIntVariable(
		"crm.inline_timeout", "Time a transaction may spend on resolving its own rows.", NULL,
		&crm_inline_timeout, 200, 1, 60000, PGC_SUSET, GUC_UNIT_MS, NULL, NULL, NULL);

	/* While somebody waits for a table, all who want to write to it queue behind. */
	DefineCustomIntVariable(
		"crm.lock_timeout",
		"Time that crm waits for locks on a department's table while its triggers are made or "
		"removed.",
		"Counts where lock_timeout is 0; here 0 means to wait for ever.", &crm_lock_timeout, 1000,
		0, 3600000, PGC_USERSET, GUC_UNIT_MS, NULL, NULL, NULL);

	MarkGUCPrefixReserved("crm");
}

Oid
crm_owner(void)
{
	HeapTuple tuple = SearchSysCache1(NAMESPACENAME, CStringGetDatum("crm_internal"));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_SCHEMA),
						errmsg("schema \"crm_internal\" does not exist"),
						errhint("Create the extension with CREATE EXTENSION crm CASCADE.")));
	owner = ((Form_pg_namespace) GETSTRUCT(tuple))->nspowner;
	ReleaseSysCache(tuple);
	return owner;
}

crm_user
crm_become(Oid role, int extra_security_context)
{
	crm_user before;

	GetUserIdAndSecContext(&before.user_id, &before.security_context);
	SetUserIdAndSecContext(role, before.security_context | SECURITY_LOCAL_USERID_CHANGE |
									 extra_security_context);
	return before;
}

void
crm_restore_user(crm_user before)
{
	SetUserIdAndSecContext(before.user_id, before.security_context);
}

SPIPlanPtr
crm_plan(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types)
{
	return keep_plan(slot, sql, nargs, types, 0);
}

SPIPlanPtr
crm_generic_plan(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types)
{
	return keep_plan(slot, sql, nargs, types, CURSOR_OPT_GENERIC_PLAN);
}

static SPIPlanPtr
keep_plan(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types, int options)
{
	if (*slot == NULL)
	{
		SPIPlanPtr plan = SPI_prepare_cursor(sql, nargs, (Oid *) types, options);

		if (plan == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		*slot = plan;
	}
	return *slot;
}

uint64
crm_execute_plan(SPIPlanPtr plan, Datum *values, const char *nulls, bool read_only)
{
	int result = SPI_execute_plan(plan, values, nulls, read_only, 0);

	if (result < 0)
		elog(ERROR, "statement failed: %s", SPI_result_code_string(result));
	if (result != SPI_OK_SELECT && result != SPI_OK_UTILITY)
		crm_rows_written += SPI_processed;
	return SPI_processed;
}

static bool
converts(void)
{
	return GetDatabaseEncoding() != PG_UTF8 && GetDatabaseEncoding() != PG_SQL_ASCII;
}

const char *
crm_to_utf8(const char *text)
{
	return converts() ? pg_server_to_any(text, strlen(text), PG_UTF8) : text;
}

const char *
crm_from_utf8(const char *text)
{
	return converts() ? pg_any_to_server(text, strlen(text), PG_UTF8) : text;
}
