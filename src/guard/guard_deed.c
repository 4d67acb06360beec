/* guard_deed.c - what a DDL command does to tables that a guard may stand on.
 *
 * The parse trees that the server keeps of a command tell it, so nobody is blamed for what somebody
 * did before, and a restore, which puts triggers back one by one, is never in the way.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_rewrite.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "tcop/deparse_utility.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"

#include "base/base.h"
#include "guard/guard_deed.h"
#include "source/source_registry.h"

static List *deeds_to_come(const Node *statement);
static List *deeds_to_schema(const char *schema);
static List *deeds_to_found(const char *table, const char *what);
static bool detaches_concurrently(const Node *statement);
static bool is_concurrent_detach(const AlterTableCmd *command);
static List *deeds_of_commands(void);
static List *deeds_of(const CollectedCommand *command);
static bool takes_name(const Node *statement);
static List *deeds_of_subcommand(Oid relation, const CollectedATSubcmd *subcommand);
static Oid other_table(const AlterTableCmd *command);
static crm_guard_deed *new_deed(Oid relation, const char *what);
static crm_guard_deed *arming(Oid relation, bool only_enable);
static bool is_guard_trigger(Oid relation, const char *name);
static bool has_rows(Oid relation);
static char *table_of_bad_rule(Oid rule);
static char *table_of_replaced(Oid trigger, const Node *statement);
static List *deeds_of_drop(void);
static List *deeds_of_rewrite(const Node *statement);
static bool computes_values(const Node *statement);

List *
crm_guard_deeds(const EventTriggerData *event)
{
	if (strcmp(event->event, "sql_drop") == 0)
		return deeds_of_drop();
	if (strcmp(event->event, "ddl_command_end") == 0)
		return deeds_of_commands();
	if (event->parsetree == NULL)
		return NIL;
	if (strcmp(event->event, "table_rewrite") == 0)
		return deeds_of_rewrite(event->parsetree);
	return deeds_to_come(event->parsetree);
}

/*
 * What must be refused before it is done: DETACH CONCURRENTLY has committed half of its work when
 * it ends, and after a rename the guard is not found by name any more.
 */
static List *
deeds_to_come(const Node *statement)
{
	const RangeVar *name = NULL;
	const char *what = "was renamed";

	if (IsA(statement, RenameStmt) && ((const RenameStmt *) statement)->renameType == OBJECT_SCHEMA)
		return deeds_to_schema(((const RenameStmt *) statement)->subname);
	if (IsA(statement, RenameStmt) && ((const RenameStmt *) statement)->renameType == OBJECT_TABLE)
		name = ((const RenameStmt *) statement)->relation;
	else if (IsA(statement, AlterObjectSchemaStmt) &&
			 ((const AlterObjectSchemaStmt *) statement)->objectType == OBJECT_TABLE)
		name = ((const AlterObjectSchemaStmt *) statement)->relation;
	else if (IsA(statement, AlterTableStmt) && detaches_concurrently(statement))
	{
		name = ((const AlterTableStmt *) statement)->relation;
		what = "had a partition detached";
	}
	return name ? list_make1(new_deed(RangeVarGetRelid(name, NoLock, true), what)) : NIL;
}

static List *
deeds_to_schema(const char *schema)
{
	return deeds_to_found(
		crm_guard_ask(NULL,
					  "SELECT r.root::text FROM crm_internal.guarded_relations() r "
					  "JOIN crm_internal.guard g ON g.guard_id = r.guard_id "
					  "JOIN pg_catalog.pg_class c ON c.oid = r.root "
					  "WHERE g.mode = 'enforce' AND c.relnamespace = pg_catalog.to_regnamespace("
					  "pg_catalog.quote_ident($2)) ORDER BY r.root LIMIT 1",
					  InvalidOid, schema),
		"was renamed with its schema");
}

/* To the table whose OID was found, if one was. */
static List *
deeds_to_found(const char *table, const char *what)
{
	return table ? list_make1(new_deed(atooid(table), what)) : NIL;
}

static bool
detaches_concurrently(const Node *statement)
{
	ListCell *cell;

	foreach (cell, ((const AlterTableStmt *) statement)->cmds)
		if (is_concurrent_detach(lfirst(cell)))
			return true;
	return false;
}

static bool
is_concurrent_detach(const AlterTableCmd *command)
{
	return command->subtype == AT_DetachPartition &&
		   ((const PartitionCmd *) command->def)->concurrent;
}

static List *
deeds_of_commands(void)
{
	MemoryContext context = CurrentMemoryContext;
	List *deeds = NIL;

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
	return deeds;
}

static List *
deeds_of(const CollectedCommand *command)
{
	List *deeds = NIL;
	ListCell *cell;

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
		return deeds_to_found(table_of_bad_rule(command->d.simple.address.objectId),
							  "got a rule DO INSTEAD");
	if (command->d.simple.address.classId == TriggerRelationId)
		return deeds_to_found(
			table_of_replaced(command->d.simple.address.objectId, command->parsetree),
			"had a trigger replaced");
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
		crm_guard_ask(NULL,
					  "SELECT w.rulename::text FROM pg_catalog.pg_rewrite w WHERE w.ev_class = $1 "
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

static crm_guard_deed *
new_deed(Oid relation, const char *what)
{
	crm_guard_deed *done = palloc0(sizeof(crm_guard_deed));

	done->relation = relation;
	done->what = what;
	return done;
}

static crm_guard_deed *
arming(Oid relation, bool only_enable)
{
	crm_guard_deed *done = new_deed(relation, NULL);

	done->arms = true;
	done->only_enable = only_enable;
	return done;
}

/* By what it calls: a name can be changed. */
static bool
is_guard_trigger(Oid relation, const char *name)
{
	return crm_guard_ask(
			   NULL,
			   "SELECT t.tgname::text FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p "
			   "ON p.oid = t.tgfoid WHERE t.tgrelid = $1 AND t.tgname = $2 AND "
			   "p.pronamespace = 'crm_internal'::regnamespace "
			   "AND p.proname IN ('guard_trigger', 'guard_waiting')",
			   relation, name) != NULL;
}

/* Of what triggers could not see on another server nothing is said. */
static bool
has_rows(Oid relation)
{
	char kind = get_rel_relkind(relation);
	char *table;

	if (kind != RELKIND_RELATION && kind != RELKIND_PARTITIONED_TABLE)
		return false;
	table = quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation)),
									   get_rel_name(relation));
	return crm_guard_ask(NULL, psprintf("SELECT 'yes' FROM %s LIMIT 1", table), InvalidOid, NULL) !=
		   NULL;
}

static char *
table_of_bad_rule(Oid rule)
{
	return crm_guard_ask(NULL,
						 "SELECT ev_class::oid::text FROM pg_catalog.pg_rewrite WHERE oid = $1 "
						 "AND is_instead AND ev_type <> '1'",
						 rule, NULL);
}

/* CREATE OR REPLACE took the place of a trigger that the table still needs. */
static char *
table_of_replaced(Oid trigger, const Node *statement)
{
	if (statement == NULL || !IsA(statement, CreateTrigStmt) ||
		!((const CreateTrigStmt *) statement)->replace)
		return NULL;
	return crm_guard_ask(NULL,
						 "SELECT t.tgrelid::oid::text FROM pg_catalog.pg_trigger t "
						 "WHERE t.oid = $1 AND EXISTS (SELECT FROM "
						 "crm_internal.guards_over(t.tgrelid)) AND EXISTS (SELECT FROM "
						 "crm_internal.guard_trigger_states() s WHERE s.relation = t.tgrelid "
						 "AND s.state IN ('missing', 'other'))",
						 trigger, NULL);
}

/* A table that still needs a trigger that was dropped just now; with the table it may go. */
static List *
deeds_of_drop(void)
{
	return deeds_to_found(
		crm_guard_ask(NULL,
					  "SELECT d.id::text FROM (SELECT to_regclass(format('%I.%I', "
					  "o.address_names[1], o.address_names[2]))::oid AS id "
					  "FROM pg_catalog.pg_event_trigger_dropped_objects() o "
					  "WHERE o.object_type = 'trigger') d "
					  "WHERE d.id IS NOT NULL AND EXISTS (SELECT FROM "
					  "crm_internal.guards_over(d.id)) AND EXISTS (SELECT FROM "
					  "crm_internal.guard_trigger_states() s WHERE s.relation = d.id "
					  "AND s.state = 'missing') LIMIT 1",
					  InvalidOid, NULL),
		"lost a trigger");
}

static List *
deeds_of_rewrite(const Node *statement)
{
	if (!computes_values(statement))
		return NIL;
	return list_make1(
		new_deed(DatumGetObjectId(OidFunctionCall0(F_PG_EVENT_TRIGGER_TABLE_REWRITE_OID)),
				 "had values rewritten by ALTER COLUMN … USING"));
}

/* A plain change of type is a migration, USING may put any value into any row. */
static bool
computes_values(const Node *statement)
{
	ListCell *cell;

	if (!IsA(statement, AlterTableStmt))
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

char *
crm_guard_ask(SPIPlanPtr *slot, const char *sql, Oid relation, const char *name)
{
	MemoryContext context = CurrentMemoryContext;
	Oid types[] = {OIDOID, TEXTOID};
	Datum values[] = {ObjectIdGetDatum(relation), CStringGetTextDatum(name ? name : "")};
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	char *answer = NULL;
	int result;

	SPI_connect();
	result = slot ? SPI_execute_plan(crm_generic_plan(slot, sql, 2, types), values, NULL, false, 1)
				  : SPI_execute_with_args(sql, 2, types, values, NULL, false, 1);
	if (result != SPI_OK_SELECT)
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
