/* source_trigger.c - attaches, checks and removes the capture triggers.
 *
 * They are made as the owner of crm's tables: the caller's right to the table was checked before,
 * and nobody needs a right on crm_internal or ownership for ENABLE ALWAYS.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_trigger.h"
#include "catalog/pg_type.h"
#include "commands/trigger.h"
#include "parser/parse_func.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "base/row.h"
#include "source/source_lock.h"
#include "source/source_registry.h"
#include "source/source_trigger.h"

#define ROW_TRIGGER "crm_50_capture"
#define TRUNCATE_TRIGGER "crm_50_truncate"

typedef enum trigger_state
{
	TRIGGER_FINE,
	TRIGGER_NOT_ALWAYS, /* as ENABLE TRIGGER and pg_dump --disable-triggers leave it */
	TRIGGER_OFF,
	TRIGGER_MISSING,
	TRIGGER_WRONG /* of that name, but not of this source */
} trigger_state;

/* The triggers of one source or part. */
typedef struct trigger_names
{
	int32 source_id;
	char row[NAMEDATALEN];
	char truncate[NAMEDATALEN];
} trigger_names;

static trigger_names names_of(const crm_source *source);
static void detach_except(List *tables, int32 source_id);
static void detach_found(const char *condition, List *tables, int32 source_id);
static Datum oid_array(List *oids);
static void attach_one(Oid relation_id, const trigger_names *names, bool row, bool create);
static void create_trigger(const char *table, const trigger_names *names, bool row);
static trigger_state state_of(Oid relation_id, const char *name, int32 source_id);
static trigger_state state_of_trigger(Trigger *trigger, int32 source_id);
static char *problem_of(Oid relation_id, const char *name, int32 source_id);
static bool in_tree_of_triggers(Oid relation_id);

bool
crm_source_has_triggers(char relation_kind)
{
	return relation_kind == RELKIND_RELATION || relation_kind == RELKIND_PARTITIONED_TABLE;
}

/*
 * The row trigger of a partitioned table clones itself to its partitions; TRUNCATE triggers and
 * those of inheritance children do not, so each table gets its own. A partition that was the source
 * itself before still has a row trigger where the clone is to be.
 */
void
crm_source_attach(Oid relation_id, const crm_source *source)
{
	trigger_names names = names_of(source);
	bool partitioned = get_rel_relkind(relation_id) == RELKIND_PARTITIONED_TABLE;
	List *tables = find_all_inheritors(relation_id, ShareRowExclusiveLock, NULL);
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	ListCell *cell;

	SPI_connect();
	if (partitioned)
		detach_found("(t.tgtype & 1) = 1 AND t.tgrelid = ANY ($3)",
					 list_delete_oid(list_copy(tables), relation_id), source->source_id);
	foreach (cell, tables)
	{
		Oid table = lfirst_oid(cell);

		if (!in_tree_of_triggers(table))
			continue;
		attach_one(table, &names, true, !partitioned || table == relation_id);
		attach_one(table, &names, false, true);
	}
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

void
crm_source_detach_elsewhere(Oid relation_id, int32 source_id)
{
	List *tables = find_all_inheritors(relation_id, NoLock, NULL);
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();

	SPI_connect();
	detach_except(tables, source_id);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

void
crm_source_detach(int32 source_id)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();

	SPI_connect();
	detach_except(NIL, source_id);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

char *
crm_source_trigger_problem(Oid relation_id, const crm_source *source)
{
	trigger_names names = names_of(source);
	List *tables = find_all_inheritors(relation_id, AccessShareLock, NULL);
	ListCell *cell;

	foreach (cell, tables)
	{
		char *problem;

		if (!in_tree_of_triggers(lfirst_oid(cell)))
			continue;
		problem = problem_of(lfirst_oid(cell), names.row, source->source_id);
		if (problem == NULL)
			problem = problem_of(lfirst_oid(cell), names.truncate, source->source_id);
		if (problem != NULL)
			return problem;
	}
	return NULL;
}

/*
 * What the table itself lost, or what somebody disabled, was meant so; what a new partition or
 * child lacks, and what was enabled again by a statement that knows no ALWAYS, was not.
 */
crm_trigger_need
crm_source_trigger_need(Oid relation_id, const crm_source *source)
{
	trigger_names names = names_of(source);
	const char *both[] = {names.row, names.truncate};
	List *tables = find_all_inheritors(relation_id, AccessShareLock, NULL);
	crm_trigger_need need = CRM_TRIGGERS_FINE;
	ListCell *cell;

	foreach (cell, tables)
	{
		Oid table = lfirst_oid(cell);

		for (int i = 0; i < lengthof(both) && in_tree_of_triggers(table); i++)
		{
			trigger_state state = state_of(table, both[i], source->source_id);

			if (state == TRIGGER_OFF || state == TRIGGER_WRONG ||
				(state == TRIGGER_MISSING && table == relation_id))
				return CRM_TRIGGERS_REFUSED;
			if (state != TRIGGER_FINE)
				need = CRM_TRIGGERS_LACKING;
		}
	}
	return need;
}

Oid
crm_source_trigger_table(int32 source_id)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	Oid types[] = {OIDOID, BYTEAOID};
	Datum values[2];
	Oid table = InvalidOid;

	values[0] = ObjectIdGetDatum(crm_source_capture_function());
	values[1] = crm_source_trigger_argument(source_id);
	SPI_connect();
	crm_source_execute("SELECT t.tgrelid FROM pg_catalog.pg_trigger t "
					   "WHERE t.tgfoid = $1 AND t.tgargs = $2 AND t.tgparentid = 0 "
					   "AND pg_catalog.starts_with(t.tgname::text, '" ROW_TRIGGER "') "
					   "ORDER BY t.oid LIMIT 1",
					   2, types, values, NULL, SPI_OK_SELECT);
	if (SPI_processed > 0)
	{
		bool isnull;

		table = DatumGetObjectId(
			SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	}
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	return table;
}

/*
 * A table may be part of several sources, and of one in several ways; and a partition may come that
 * is a source already, whose trigger must not stand where the clone of its parent's is to be.
 */
static trigger_names
names_of(const crm_source *source)
{
	trigger_names names = {.source_id = source->source_id};

	snprintf(names.row, NAMEDATALEN, ROW_TRIGGER "_%d", source->source_id);
	snprintf(names.truncate, NAMEDATALEN, TRUNCATE_TRIGGER "_%d", source->source_id);
	return names;
}

/* A table that was swapped out or a partition that was detached may still carry some. */
static void
detach_except(List *tables, int32 source_id)
{
	detach_found("NOT t.tgrelid = ANY ($3)", tables, source_id);
}

static void
detach_found(const char *condition, List *tables, int32 source_id)
{
	Oid types[] = {OIDOID, BYTEAOID, OIDARRAYOID};
	Datum values[3];

	values[0] = ObjectIdGetDatum(crm_source_capture_function());
	values[1] = crm_source_trigger_argument(source_id);
	values[2] = oid_array(tables);
	crm_source_execute(psprintf("SELECT format('DROP TRIGGER %%I ON %%I.%%I', t.tgname, n.nspname, "
								"c.relname), c.oid FROM pg_trigger t "
								"JOIN pg_class c ON c.oid = t.tgrelid "
								"JOIN pg_namespace n ON n.oid = c.relnamespace "
								"WHERE t.tgfoid = $1 AND t.tgargs = $2 AND t.tgparentid = 0 "
								"AND %s ORDER BY t.oid",
								condition),
					   3, types, values, NULL, SPI_OK_SELECT);
	crm_source_trigger_drop_found();
}

void
crm_source_trigger_drop_found(void)
{
	SPITupleTable *found = SPI_tuptable;
	uint64 n = SPI_processed;

	for (uint64 i = 0; i < n; i++)
	{
		crm_source_lock_tree(crm_row_oid(found->vals[i], found->tupdesc, 2), AccessExclusiveLock);
		crm_source_trigger_run(SPI_getvalue(found->vals[i], found->tupdesc, 1));
	}
}

/* As pg_trigger holds it: each argument ends with a zero. */
Datum
crm_source_trigger_argument(int32 source_id)
{
	char *argument = psprintf("%d", source_id);

	return PointerGetDatum(cstring_to_text_with_len(argument, strlen(argument) + 1));
}

static Datum
oid_array(List *oids)
{
	Datum *elements = palloc(Max(list_length(oids), 1) * sizeof(Datum));
	ListCell *cell;

	foreach (cell, oids)
		elements[foreach_current_index(cell)] = ObjectIdGetDatum(lfirst_oid(cell));
	return PointerGetDatum(
		construct_array(elements, list_length(oids), OIDOID, sizeof(Oid), true, TYPALIGN_INT));
}

static void
attach_one(Oid relation_id, const trigger_names *names, bool row, bool create)
{
	const char *name = row ? names->row : names->truncate;
	trigger_state state = state_of(relation_id, name, names->source_id);
	char *table = crm_table_qualified(relation_id);

	if (state == TRIGGER_WRONG)
	{
		crm_source_lock_tree(relation_id, AccessExclusiveLock);
		crm_source_trigger_run(psprintf("DROP TRIGGER %s ON %s", name, table));
		state = TRIGGER_MISSING;
	}
	if (state == TRIGGER_MISSING && create)
		create_trigger(table, names, row);
	if (state == TRIGGER_FINE || (state == TRIGGER_MISSING && !create))
		return;
	crm_source_trigger_run(psprintf("ALTER TABLE %s ENABLE ALWAYS TRIGGER %s", table, name));
}

static void
create_trigger(const char *table, const trigger_names *names, bool row)
{
	crm_source_trigger_run(psprintf("CREATE TRIGGER %s AFTER %s ON %s FOR EACH %s "
									"EXECUTE FUNCTION crm_internal.capture('%d')",
									row ? names->row : names->truncate,
									row ? "INSERT OR UPDATE OR DELETE" : "TRUNCATE", table,
									row ? "ROW" : "STATEMENT", names->source_id));
}

void
crm_source_trigger_run(const char *sql)
{
	crm_source_execute(sql, 0, NULL, NULL, NULL, SPI_OK_UTILITY);
	CommandCounterIncrement();
}

static trigger_state
state_of(Oid relation_id, const char *name, int32 source_id)
{
	Relation relation = table_open(relation_id, NoLock);
	TriggerDesc *triggers = relation->trigdesc;
	trigger_state state = TRIGGER_MISSING;

	for (int i = 0; triggers && i < triggers->numtriggers; i++)
		if (strcmp(triggers->triggers[i].tgname, name) == 0)
			state = state_of_trigger(&triggers->triggers[i], source_id);
	table_close(relation, NoLock);
	return state;
}

static trigger_state
state_of_trigger(Trigger *trigger, int32 source_id)
{
	if (trigger->tgfoid != crm_source_capture_function() || trigger->tgnargs != 1 ||
		strcmp(trigger->tgargs[0], psprintf("%d", source_id)) != 0)
		return TRIGGER_WRONG;
	if (trigger->tgenabled == TRIGGER_FIRES_ALWAYS)
		return TRIGGER_FINE;
	return trigger->tgenabled == TRIGGER_FIRES_ON_ORIGIN ? TRIGGER_NOT_ALWAYS : TRIGGER_OFF;
}

static char *
problem_of(Oid relation_id, const char *name, int32 source_id)
{
	static const char *const problems[] = {
		[TRIGGER_NOT_ALWAYS] = "is not enabled ALWAYS",
		[TRIGGER_OFF] = "is not enabled ALWAYS",
		[TRIGGER_MISSING] = "is missing",
		[TRIGGER_WRONG] = "is not the one of this source",
	};
	trigger_state state = state_of(relation_id, name, source_id);

	if (state == TRIGGER_FINE)
		return NULL;
	return psprintf("trigger \"%s\" on %s %s", name, crm_table_qualified(relation_id),
					problems[state]);
}

Oid
crm_source_capture_function(void)
{
	return LookupFuncName(list_make2(makeString("crm_internal"), makeString("capture")), 0, NULL,
						  false);
}

/* A foreign table among the children is written elsewhere: no trigger here would see it. */
static bool
in_tree_of_triggers(Oid relation_id)
{
	return crm_source_has_triggers(get_rel_relkind(relation_id));
}
