/* guard_watch.c - sees to it that DDL does not take a table from under its guard.
 *
 * One function behind the event triggers of all four events. The parse
 * trees that the server kept of the command tell what was done, so nothing is refused for what
 * somebody did before, and a restore, which puts triggers back one by one, is never in the way. A
 * superuser could as well switch this off: he is warned. What crm itself does passes.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_type.h"
#include "commands/event_trigger.h"
#include "commands/extension.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "tcop/deparse_utility.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/json.h"
#include "utils/lsyscache.h"

#include "act/act_own.h"
#include "base/attempt.h"
#include "base/base.h"
#include "department/actor.h"
#include "guard/guard_call.h"
#include "source/source_registry.h"

/* What a command did to a table that a guard may stand on. */
typedef struct deed
{
	Oid relation;
	const char *what; /* NULL: nothing against the guard */
	bool arms;        /* the table needs triggers, or ENABLE ALWAYS again */
	bool only_enable;
} deed;

PG_FUNCTION_INFO_V1(crm_guard_watch);

static bool is_watching(void);
static bool is_work_of_crm(void);
static void watch_start(const Node *statement);
static void watch_end(void);
static void watch_rename(const RenameStmt *statement);
static void judge_named(const RangeVar *name, const char *what);
static bool is_concurrent_detach(const AlterTableCmd *command);
static List *deeds_of(const CollectedCommand *command);
static bool takes_name(const Node *statement);
static List *deeds_of_subcommand(Oid relation, const CollectedATSubcmd *subcommand);
static Oid other_table(const AlterTableCmd *command);
static deed *new_deed(Oid relation, const char *what);
static deed *arming(Oid relation, bool only_enable);
static bool is_guard_trigger(Oid relation, const char *name);
static bool has_rows(Oid relation);
static Oid table_of_bad_rule(Oid rule);
static void watch_drop(void);
static void watch_rewrite(const Node *statement);
static bool computes_values(const Node *statement);
static void name_deed(void *argument);
static void judge(const deed *done);
static void arm(void *argument);
static void warn(const char *table, const char *what);
static char *ask(const char *sql, Oid relation, const char *name);

Datum
crm_guard_watch(PG_FUNCTION_ARGS)
{
	EventTriggerData *data = (EventTriggerData *) fcinfo->context;

	if (!CALLED_AS_EVENT_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_EVENT_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("this function is called by event triggers only")));
	if (!is_watching())
		PG_RETURN_NULL();
	if (strcmp(data->event, "sql_drop") == 0)
		watch_drop();
	else if (strcmp(data->event, "table_rewrite") == 0)
		watch_rewrite(data->parsetree);
	else if (strcmp(data->event, "ddl_command_start") == 0)
		watch_start(data->parsetree);
	else
		watch_end();
	PG_RETURN_NULL();
}

/* Never in the way of a restore into an older layout, an upgrade, or of what crm does itself. */
static bool
is_watching(void)
{
	Oid schema = get_namespace_oid("crm_internal", true);

	return crm_guards_are_enabled() && !IsBinaryUpgrade && !creating_extension &&
		   OidIsValid(schema) && OidIsValid(get_relname_relid("guard", schema)) &&
		   !is_work_of_crm() &&
		   ask("SELECT guard_id::text FROM crm_internal.guard WHERE dropped_at IS NULL LIMIT 1",
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

/* ------------------------------ what was done ------------------------------ */

/*
 * What must be refused before it is done: DETACH CONCURRENTLY has committed half of its work when
 * it ends, and after a rename the guard is not found by name any more.
 */
static void
watch_start(const Node *statement)
{
	ListCell *cell;

	if (statement == NULL)
		return;
	if (IsA(statement, RenameStmt))
		watch_rename((const RenameStmt *) statement);
	if (IsA(statement, AlterObjectSchemaStmt) &&
		((const AlterObjectSchemaStmt *) statement)->objectType == OBJECT_TABLE)
		judge_named(((const AlterObjectSchemaStmt *) statement)->relation, "was renamed");
	if (!IsA(statement, AlterTableStmt))
		return;
	foreach (cell, ((const AlterTableStmt *) statement)->cmds)
		if (is_concurrent_detach(lfirst(cell)))
			judge_named(((const AlterTableStmt *) statement)->relation, "had a partition detached");
}

static void
watch_rename(const RenameStmt *statement)
{
	char *table;

	if (statement->renameType == OBJECT_TABLE)
		judge_named(statement->relation, "was renamed");
	if (statement->renameType != OBJECT_SCHEMA)
		return;
	table = ask("SELECT r.root::text FROM crm_internal.guarded_relations() r "
				"JOIN crm_internal.guard g ON g.guard_id = r.guard_id "
				"JOIN pg_catalog.pg_class c ON c.oid = r.root "
				"WHERE g.mode = 'enforce' AND c.relnamespace = pg_catalog.to_regnamespace("
				"pg_catalog.quote_ident($2)) ORDER BY r.root LIMIT 1",
				InvalidOid, statement->subname);
	if (table != NULL)
		judge(new_deed(atooid(table), "was renamed with its schema"));
}

static void
judge_named(const RangeVar *name, const char *what)
{
	judge(new_deed(RangeVarGetRelid(name, NoLock, true), what));
}

static bool
is_concurrent_detach(const AlterTableCmd *command)
{
	return command->subtype == AT_DetachPartition &&
		   ((const PartitionCmd *) command->def)->concurrent;
}

static void
watch_end(void)
{
	MemoryContext context = CurrentMemoryContext;
	List *deeds = NIL;
	ListCell *cell;

	SPI_connect();
	if (SPI_execute("SELECT command FROM pg_catalog.pg_event_trigger_ddl_commands() "
					"WHERE NOT in_extension",
					false, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the commands of an event trigger failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		SPITupleTable *found = SPI_tuptable;
		MemoryContext before = MemoryContextSwitchTo(context);
		bool isnull;
		Datum command = SPI_getbinval(found->vals[i], found->tupdesc, 1, &isnull);

		if (!isnull)
			deeds = list_concat(deeds, deeds_of((CollectedCommand *) DatumGetPointer(command)));
		MemoryContextSwitchTo(before);
		SPI_tuptable = found;
	}
	SPI_finish();
	foreach (cell, deeds)
		judge(lfirst(cell));
}

static List *
deeds_of(const CollectedCommand *command)
{
	List *deeds = NIL;
	ListCell *cell;
	Oid table;

	if (command->type == SCT_AlterTable)
	{
		foreach (cell, command->d.alterTable.subcmds)
			deeds = list_concat(deeds,
								deeds_of_subcommand(command->d.alterTable.objectId, lfirst(cell)));
		return deeds;
	}
	if (command->type != SCT_Simple)
		return NIL;
	if (command->d.simple.address.classId == RewriteRelationId)
	{
		table = table_of_bad_rule(command->d.simple.address.objectId);
		return OidIsValid(table) ? list_make1(new_deed(table, "got a rule DO INSTEAD")) : NIL;
	}
	if (command->d.simple.address.classId == RelationRelationId && takes_name(command->parsetree))
		return list_make1(arming(command->d.simple.address.objectId, false));
	return NIL;
}

/*
 * Whether a table now stands under a name that a guard may be registered for, or belongs to another
 * table. The server's own commands within another have no parse tree.
 */
static bool
takes_name(const Node *statement)
{
	if (statement == NULL)
		return false;
	return IsA(statement, CreateStmt) || IsA(statement, CreateTableAsStmt) ||
		   IsA(statement, AlterObjectSchemaStmt) ||
		   (IsA(statement, RenameStmt) &&
			((const RenameStmt *) statement)->renameType == OBJECT_TABLE);
}

static List *
deeds_of_subcommand(Oid relation, const CollectedATSubcmd *subcommand)
{
	const AlterTableCmd *command = (const AlterTableCmd *) subcommand->parsetree;
	Oid other = other_table(command);
	AlterTableType type = command->subtype;
	bool named = type == AT_DisableTrig || type == AT_EnableReplicaTrig || type == AT_EnableTrig;

	if (named && !is_guard_trigger(relation, command->name))
		return NIL;
	if (type == AT_DisableTrigAll || type == AT_DisableTrigUser || type == AT_DisableTrig ||
		type == AT_EnableReplicaTrig)
		return list_make1(new_deed(relation, "had triggers disabled"));
	if (type == AT_EnableTrigAll || type == AT_EnableTrigUser || type == AT_EnableTrig)
		return list_make1(arming(relation, true));
	if ((type == AT_DetachPartition && !is_concurrent_detach(command)) ||
		type == AT_DetachPartitionFinalize)
		return list_make1(new_deed(relation, "had a partition detached"));
	if (type == AT_DropInherit)
		return list_make1(new_deed(other, "had a child taken away"));
	if (type == AT_AttachPartition)
		return list_make2(new_deed(relation, has_rows(other) ? "had rows attached" : NULL),
						  arming(other, false));
	if (type == AT_AddInherit)
		return list_make2(
			new_deed(other, has_rows(relation) ? "was given a child with rows" : NULL),
			arming(relation, false));
	if ((type == AT_EnableRule || type == AT_EnableAlwaysRule || type == AT_EnableReplicaRule) &&
		ask("SELECT w.rulename::text FROM pg_catalog.pg_rewrite w WHERE w.ev_class = $1 "
			"AND w.rulename = $2 AND w.is_instead AND w.ev_type <> '1'",
			relation, command->name) != NULL)
		return list_make1(new_deed(relation, "got a rule DO INSTEAD"));
	return NIL;
}

/*
 * The partition that is attached, or the table that a child joins or leaves. By name, for not every
 * major tells its address.
 */
static Oid
other_table(const AlterTableCmd *command)
{
	const RangeVar *name = NULL;

	if (command->subtype == AT_AttachPartition)
		name = ((const PartitionCmd *) command->def)->name;
	else if (command->subtype == AT_AddInherit || command->subtype == AT_DropInherit)
		name = (const RangeVar *) command->def;
	return name ? RangeVarGetRelid(name, NoLock, true) : InvalidOid;
}

static deed *
new_deed(Oid relation, const char *what)
{
	deed *done = palloc0(sizeof(deed));

	done->relation = relation;
	done->what = what;
	return done;
}

static deed *
arming(Oid relation, bool only_enable)
{
	deed *done = new_deed(relation, NULL);

	done->arms = true;
	done->only_enable = only_enable;
	return done;
}

/* By what it calls: a name can be changed. */
static bool
is_guard_trigger(Oid relation, const char *name)
{
	return ask("SELECT t.tgname::text FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p "
			   "ON p.oid = t.tgfoid WHERE t.tgrelid = $1 AND t.tgname = $2 AND "
			   "p.pronamespace = 'crm_internal'::regnamespace "
			   "AND p.proname IN ('guard_trigger', 'guard_waiting')",
			   relation, name) != NULL;
}

static bool
has_rows(Oid relation)
{
	char *name = get_rel_name(relation);
	char *table;

	/* Indexes are attached too. */
	if (name == NULL || get_rel_relkind(relation) == RELKIND_INDEX ||
		get_rel_relkind(relation) == RELKIND_PARTITIONED_INDEX)
		return false;
	table = quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)), name);
	return ask(psprintf("SELECT 'yes' FROM %s LIMIT 1", table), InvalidOid, NULL) != NULL;
}

static Oid
table_of_bad_rule(Oid rule)
{
	char *table = ask("SELECT ev_class::oid::text FROM pg_catalog.pg_rewrite WHERE oid = $1 "
					  "AND is_instead AND ev_type <> '1'",
					  rule, NULL);

	return table ? atooid(table) : InvalidOid;
}

/* A table that still needs a trigger that was dropped just now; with the table it may go. */
static void
watch_drop(void)
{
	char *table = ask("SELECT d.id::text FROM (SELECT to_regclass(format('%I.%I', "
					  "o.address_names[1], o.address_names[2]))::oid AS id "
					  "FROM pg_catalog.pg_event_trigger_dropped_objects() o "
					  "WHERE o.object_type = 'trigger') d "
					  "WHERE d.id IS NOT NULL AND EXISTS (SELECT FROM "
					  "crm_internal.guards_over(d.id)) AND EXISTS (SELECT FROM "
					  "crm_internal.guard_trigger_states() s WHERE s.relation = d.id "
					  "AND s.state = 'missing') LIMIT 1",
					  InvalidOid, NULL);

	if (table != NULL)
		judge(new_deed(atooid(table), "lost a trigger"));
}

static void
watch_rewrite(const Node *statement)
{
	if (computes_values(statement))
		judge(new_deed(DatumGetObjectId(OidFunctionCall0(F_PG_EVENT_TRIGGER_TABLE_REWRITE_OID)),
					   "had values rewritten by ALTER COLUMN … USING"));
}

/* A plain change of type is a migration, USING may put any value into any row. */
static bool
computes_values(const Node *statement)
{
	ListCell *cell;

	if (statement == NULL || !IsA(statement, AlterTableStmt))
		return false;
	foreach (cell, ((const AlterTableStmt *) statement)->cmds)
	{
		const AlterTableCmd *command = lfirst(cell);

		if (command->subtype == AT_AlterColumnType &&
			((const ColumnDef *) command->def)->raw_default != NULL)
			return true;
	}
	return false;
}

/* ------------------------------ what comes of it ------------------------------ */

static void
name_deed(void *argument)
{
	errcontext("%s", (const char *) argument);
}

static void
judge(const deed *done)
{
	char *table = ask(psprintf("SELECT g.table_name FROM crm_internal.guards_over($1) g "
							   "WHERE %s ORDER BY 1 LIMIT 1",
							   done->arms ? "true" : "g.mode = 'enforce'"),
					  done->relation, NULL);
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

/* Runs as the owner of crm's tables, so that what it does is not watched. */
static void
arm(void *argument)
{
	const deed *done = argument;

	(void) ask(done->only_enable ? "SELECT crm_internal.arm_guards_of($1, true)::text"
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

/* The first column of the first row as text, or NULL. $1 and $2, where they are used. */
static char *
ask(const char *sql, Oid relation, const char *name)
{
	MemoryContext context = CurrentMemoryContext;
	Oid types[] = {OIDOID, TEXTOID};
	Datum values[] = {ObjectIdGetDatum(relation), CStringGetTextDatum(name ? name : "")};
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	char *answer = NULL;

	SPI_connect();
	if (SPI_execute_with_args(sql, 2, types, values, NULL, false, 1) != SPI_OK_SELECT)
		elog(ERROR, "asking about guards failed");
	if (SPI_processed > 0)
		answer = SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1);
	if (answer != NULL)
		answer = MemoryContextStrdup(context, answer);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	return answer;
}
