/* source_lock.c - locks on departmental tables, waited for without standing in anybody's way.
 *
 * Behind one who waits for a table all its writers queue, so nobody waits here without a limit, and
 * a table with its partitions is waited for once, not once each. A deadlock is looked for at once:
 * it is then crm that fails, before the department's deadlock_timeout has run out.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_proc.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "storage/lmgr.h"
#include "storage/lock.h"
#include "storage/proc.h"
#include "storage/procarray.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "source/source_lock.h"

/* As a lock_timeout of more than 0 that has run out. */
#define NO_TIME 1
#define DEADLOCK_CHECK "10ms"

PG_FUNCTION_INFO_V1(crm_lock_tree);

static Datum lock_tree(FunctionCallInfo fcinfo);
static Datum call_patiently(FunctionCallInfo fcinfo, PGFunction body, const char *again);
static int limit_waits(void);
static int patience(void);
static void lock_one(Oid relation_id, LOCKMODE mode, TimestampTz began, int milliseconds);
static int time_left(TimestampTz began, int milliseconds);
static void wait_for(Oid relation_id, LOCKMODE mode, int milliseconds);
static void raise_busy(Oid relation_id, LOCKMODE mode, int milliseconds, List *before);
static List *holders_of(Oid relation_id, LOCKMODE mode);
static char *described(List *holders);
static char *statement_of(FunctionCallInfo fcinfo);
static void append_argument(StringInfo call, FunctionCallInfo fcinfo, int i, Oid type,
							const char *name);
static bool is_default(Oid function, int i, const char *literal);

void
crm_source_lock_tree(Oid relation_id, LOCKMODE mode)
{
	TimestampTz began = GetCurrentTimestamp();
	int milliseconds = patience();
	List *tables = list_make1_oid(relation_id);

	/* The list grows as it is gone through; a locked table gets no further children. */
	for (int i = 0; i < list_length(tables); i++)
	{
		Oid table = list_nth_oid(tables, i);

		lock_one(table, mode, began, milliseconds);
		if (!SearchSysCacheExists1(RELOID, ObjectIdGetDatum(table)))
			UnlockRelationOid(table, mode);
		else
			tables = list_concat_unique_oid(tables, find_inheritance_children(table, NoLock));
	}
}

static int
patience(void)
{
	return LockTimeout > 0 ? LockTimeout : crm_lock_timeout;
}

static void
lock_one(Oid relation_id, LOCKMODE mode, TimestampTz began, int milliseconds)
{
	MemoryContext context = CurrentMemoryContext;
	List *holders;

	if (ConditionalLockRelationOid(relation_id, mode))
		return;
	holders = holders_of(relation_id, mode);
	PG_TRY();
	{
		wait_for(relation_id, mode, time_left(began, milliseconds));
	}
	PG_CATCH();
	{
		/* The wait was given up and nothing else begun, so there is nothing to clean up. */
		if (geterrcode() != ERRCODE_LOCK_NOT_AVAILABLE)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		FlushErrorState();
		raise_busy(relation_id, mode, milliseconds, holders);
	}
	PG_END_TRY();
}

/* 0: for ever. */
static int
time_left(TimestampTz began, int milliseconds)
{
	long gone = TimestampDifferenceMilliseconds(began, GetCurrentTimestamp());

	if (milliseconds == 0)
		return 0;
	return gone >= milliseconds ? NO_TIME : milliseconds - (int) gone;
}

/* deadlock_timeout is a superuser's setting; it is shortened for this wait of this session only. */
static void
wait_for(Oid relation_id, LOCKMODE mode, int milliseconds)
{
	int nest_level = NewGUCNestLevel();
	char timeout[12];

	snprintf(timeout, sizeof(timeout), "%d", milliseconds);
	(void) set_config_option("lock_timeout", timeout, PGC_USERSET, PGC_S_SESSION, GUC_ACTION_SAVE,
							 true, 0, false);
	(void) set_config_option("deadlock_timeout", DEADLOCK_CHECK, PGC_SUSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	LockRelationOid(relation_id, mode);
	AtEOXact_GUC(true, nest_level);
}

/* Those behind us in the queue hold it by now; in the way are those who did before and still do. */
static void
raise_busy(Oid relation_id, LOCKMODE mode, int milliseconds, List *before)
{
	char *schema = get_namespace_name(get_rel_namespace(relation_id));
	char *table = get_rel_name(relation_id);
	List *holders = list_intersection_int(before, holders_of(relation_id, mode));

	ereport(ERROR, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
					errmsg("table \"%s.%s\" is in use: no lock on it within %d ms",
						   schema ? schema : "?", table ? table : "?", milliseconds),
					holders ? errdetail("It is held by %s.", described(holders))
							: errdetail("Who held it has let go of it meanwhile.")));
}

/* Process numbers; 0 for a prepared transaction. */
static List *
holders_of(Oid relation_id, LOCKMODE mode)
{
	LockData *locks = GetLockStatusData();
	List *holders = NIL;

	for (int i = 0; i < locks->nelements; i++)
	{
		const LockInstanceData *lock = &locks->locks[i];

		if (lock->locktag.locktag_type != LOCKTAG_RELATION ||
			lock->locktag.locktag_field1 != MyDatabaseId ||
			lock->locktag.locktag_field2 != relation_id || lock->pid == MyProcPid)
			continue;
		for (LOCKMODE held = AccessShareLock; held <= AccessExclusiveLock; held++)
			if ((lock->holdMask & LOCKBIT_ON(held)) && DoLockModesConflict(held, mode))
				holders = list_append_unique_int(holders, lock->pid);
	}
	return holders;
}

/* Who they are; what they do stands in pg_stat_activity for those who may see it. */
static char *
described(List *holders)
{
	StringInfoData text;
	ListCell *cell;

	initStringInfo(&text);
	foreach (cell, holders)
	{
		int pid = lfirst_int(cell);
		PGPROC *process = pid == 0 ? NULL : BackendPidGetProc(pid);
		char *role = process ? GetUserNameFromId(process->roleId, true) : NULL;

		if (text.len > 0)
			appendStringInfoString(&text, ", ");
		if (pid == 0)
			appendStringInfoString(&text, "a prepared transaction");
		else if (process && (process->statusFlags & PROC_IS_AUTOVACUUM))
			appendStringInfo(&text, "autovacuum (process %d)", pid);
		else
			appendStringInfo(&text, "process %d", pid);
		if (role != NULL)
			appendStringInfo(&text, " of role \"%s\"", role);
	}
	return text.data;
}

/* For crm.uninstall(), which must not keep the departments waiting either. */
Datum
crm_lock_tree(PG_FUNCTION_ARGS)
{
	return call_patiently(fcinfo, lock_tree, text_to_cstring(PG_GETARG_TEXT_PP(1)));
}

static Datum
lock_tree(FunctionCallInfo fcinfo)
{
	crm_source_lock_tree(PG_GETARG_OID(0), AccessExclusiveLock);
	PG_RETURN_VOID();
}

/*
 * Behind the lock on the department's table that such a call takes first it also waits for others:
 * the table that a detail hangs on, those that are looked up in, rows of the registry.
 */
Datum
crm_source_patiently(FunctionCallInfo fcinfo, PGFunction body)
{
	char *again = statement_of(fcinfo);
	int nest_level = limit_waits();
	Datum result = call_patiently(fcinfo, body, again);

	AtEOXact_GUC(true, nest_level);
	return result;
}

Datum
crm_source_retriably(FunctionCallInfo fcinfo, PGFunction body)
{
	return call_patiently(fcinfo, body, statement_of(fcinfo));
}

static int
limit_waits(void)
{
	int nest_level = NewGUCNestLevel();

	(void) set_config_option("lock_timeout", psprintf("%d", patience()), PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	(void) set_config_option("deadlock_timeout", DEADLOCK_CHECK, PGC_SUSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	return nest_level;
}

static Datum
call_patiently(FunctionCallInfo fcinfo, PGFunction body, const char *again)
{
	MemoryContext context = CurrentMemoryContext;
	Datum result = (Datum) 0;

	PG_TRY();
	{
		result = body(fcinfo);
	}
	PG_CATCH();
	{
		ErrorData *error;

		if (geterrcode() != ERRCODE_LOCK_NOT_AVAILABLE &&
			geterrcode() != ERRCODE_T_R_DEADLOCK_DETECTED)
			PG_RE_THROW();
		MemoryContextSwitchTo(context);
		error = CopyErrorData();
		FlushErrorState();
		error->hint = psprintf("Nothing was changed. Try again once it is free, or wait for it "
							   "longer: SET lock_timeout = '10s'; %s;",
							   again);
		ReThrowError(error);
	}
	PG_END_TRY();
	return result;
}

/* The call as a statement, without the arguments that are left to their defaults. */
static char *
statement_of(FunctionCallInfo fcinfo)
{
	HeapTuple row =
		SearchSysCache1(PROCOID, ObjectIdGetDatum(fcinfo->flinfo ? fcinfo->flinfo->fn_oid : 0));
	char **names = NULL;
	Oid *types;
	char *modes;
	StringInfoData call;

	initStringInfo(&call);
	if (!HeapTupleIsValid(row))
		return call.data;
	(void) get_func_arg_info(row, &types, &names, &modes);
	appendStringInfo(&call, "SELECT %s(",
					 quote_qualified_identifier(
						 get_namespace_name(((Form_pg_proc) GETSTRUCT(row))->pronamespace),
						 NameStr(((Form_pg_proc) GETSTRUCT(row))->proname)));
	for (int i = 0; i < PG_NARGS(); i++)
		if (!PG_ARGISNULL(i))
			append_argument(&call, fcinfo, i, types[i], names ? names[i] : NULL);
	appendStringInfoChar(&call, ')');
	ReleaseSysCache(row);
	return call.data;
}

static void
append_argument(StringInfo call, FunctionCallInfo fcinfo, int i, Oid type, const char *name)
{
	Oid output;
	bool varlena;
	char *literal;

	getTypeOutputInfo(type, &output, &varlena);
	literal = quote_literal_cstr(OidOutputFunctionCall(output, PG_GETARG_DATUM(i)));
	if (is_default(fcinfo->flinfo->fn_oid, i, literal))
		return;
	appendStringInfo(call, "%s%s%s%s", i > 0 ? ", " : "", i > 0 && name ? name : "",
					 i > 0 && name ? " => " : "", literal);
}

/* Whether the function's own default for the argument reads like this. */
static bool
is_default(Oid function, int i, const char *literal)
{
	LOCAL_FCINFO(call, 2);
	FmgrInfo flinfo;
	Datum found;
	char *written;
	size_t length = strlen(literal);

	fmgr_info(F_PG_GET_FUNCTION_ARG_DEFAULT, &flinfo);
	InitFunctionCallInfoData(*call, &flinfo, 2, InvalidOid, NULL, NULL);
	call->args[0].value = ObjectIdGetDatum(function);
	call->args[0].isnull = false;
	call->args[1].value = Int32GetDatum(i + 1);
	call->args[1].isnull = false;
	found = FunctionCallInvoke(call);
	if (call->isnull)
		return false;
	/* 0.5 stands there bare, 'watch' with its type behind it. */
	written = TextDatumGetCString(found);
	return strncmp(written, literal, length) == 0 ||
		   (strlen(written) == length - 2 && strncmp(written, literal + 1, length - 2) == 0);
}
