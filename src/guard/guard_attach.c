/* guard_attach.c - attaches, checks and removes the triggers of guards.
 *
 * They are made as the owner of crm's tables, as those of capture. AFTER ROW, for a later BEFORE
 * trigger could change what a check before the write has seen; without a column list, for a column
 * that a trigger changes is on none. TRUNCATE is stopped before it has thrown the files away.
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
#include "executor/spi.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "guard/guard_attach.h"
#include "guard/guard_rule.h"
#include "source/source_lock.h"
#include "source/source_registry.h"
#include "source/source_trigger.h"

#define GUARD_FUNCTION "guard_trigger"
#define WAITING_FUNCTION "guard_waiting"

/* One trigger as it should be. */
typedef struct wanted_trigger
{
	char name[NAMEDATALEN];
	const char *function;
	int16 type; /* as pg_trigger.tgtype */
	int32 guard_id;
} wanted_trigger;

#define MAX_TRIGGERS 3

static int wanted_triggers(Oid relation_id, const crm_guard *guard, wanted_trigger *wanted);
static int16 events_for(int operations);
static bool moves_rows(Oid relation_id);
static void attach_one(Oid relation_id, const wanted_trigger *wanted, bool is_clone);
static void drop_trigger(Oid relation_id, const char *name);
static void create_trigger(Oid relation_id, const wanted_trigger *wanted);
static char *events_of(int16 type);
static Trigger *find_trigger(TriggerDesc *triggers, const char *name);
static bool is_as_wanted(const Trigger *trigger, const wanted_trigger *wanted);
static char *problem_of(Oid relation_id, const wanted_trigger *wanted);
static Oid function_of(const char *name);
static Datum *detach_values(int32 guard_id);

void
crm_guard_attach(Oid relation_id, const crm_guard *guard)
{
	wanted_trigger wanted[MAX_TRIGGERS];
	int n = wanted_triggers(relation_id, guard, wanted);
	bool partitioned = get_rel_relkind(relation_id) == RELKIND_PARTITIONED_TABLE;
	List *tables = find_all_inheritors(relation_id, ShareRowExclusiveLock, NULL);
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	ListCell *cell;

	SPI_connect();
	foreach (cell, tables)
	{
		Oid table = lfirst_oid(cell);

		for (int i = 0; i < n && crm_source_has_triggers(get_rel_relkind(table)); i++)
			attach_one(table, &wanted[i],
					   partitioned && table != relation_id && TRIGGER_FOR_ROW(wanted[i].type));
	}
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

/* Their number. */
static int
wanted_triggers(Oid relation_id, const crm_guard *guard, wanted_trigger *wanted)
{
	int operations = guard->operations;
	int16 asked = events_for(operations);
	int n = 0;

	/* A row that moves to another partition is deleted here and inserted there. */
	if ((operations & (CRM_GUARD_INSERT | CRM_GUARD_UPDATE)) && moves_rows(relation_id))
		operations |= CRM_GUARD_INSERT | CRM_GUARD_DELETE;

	memset(wanted, 0, sizeof(wanted_trigger) * MAX_TRIGGERS);
	snprintf(wanted[n].name, NAMEDATALEN, "crm_10_guard_%d", guard->guard_id);
	wanted[n].function = GUARD_FUNCTION;
	wanted[n].guard_id = guard->guard_id;
	wanted[n++].type = TRIGGER_TYPE_ROW | events_for(operations);
	snprintf(wanted[n].name, NAMEDATALEN, "crm_10_guard_truncate_%d", guard->guard_id);
	wanted[n].function = GUARD_FUNCTION;
	wanted[n].guard_id = guard->guard_id;
	wanted[n++].type = TRIGGER_TYPE_BEFORE | TRIGGER_TYPE_TRUNCATE;
	if (guard->waiting == NIL)
		return n;
	snprintf(wanted[n].name, NAMEDATALEN, "crm_zz_waiting_%d", guard->guard_id);
	wanted[n].function = WAITING_FUNCTION;
	wanted[n].guard_id = guard->guard_id;
	wanted[n++].type = TRIGGER_TYPE_ROW | TRIGGER_TYPE_BEFORE | (asked & ~TRIGGER_TYPE_DELETE);
	return n;
}

static int16
events_for(int operations)
{
	return (operations & CRM_GUARD_INSERT ? TRIGGER_TYPE_INSERT : 0) |
		   (operations & CRM_GUARD_UPDATE ? TRIGGER_TYPE_UPDATE : 0) |
		   (operations & CRM_GUARD_DELETE ? TRIGGER_TYPE_DELETE : 0);
}

static bool
moves_rows(Oid relation_id)
{
	return get_rel_relkind(relation_id) == RELKIND_PARTITIONED_TABLE ||
		   get_rel_relispartition(relation_id);
}

/* The row trigger of a partitioned table clones itself to its partitions. */
static void
attach_one(Oid relation_id, const wanted_trigger *wanted, bool is_clone)
{
	Relation relation = table_open(relation_id, NoLock);
	Trigger *trigger = find_trigger(relation->trigdesc, wanted->name);
	bool missing = trigger == NULL;
	bool wrong = !missing && !is_as_wanted(trigger, wanted);
	bool always = !missing && trigger->tgenabled == TRIGGER_FIRES_ALWAYS;

	wrong = wrong && !trigger->tgisclone;
	table_close(relation, NoLock);
	if (wrong)
		drop_trigger(relation_id, wanted->name);
	if ((missing && !is_clone) || wrong)
		create_trigger(relation_id, wanted);
	if (!always || wrong)
		crm_source_trigger_run(psprintf("ALTER TABLE ONLY %s ENABLE ALWAYS TRIGGER %s",
										crm_table_qualified(relation_id), wanted->name));
}

static void
drop_trigger(Oid relation_id, const char *name)
{
	crm_source_lock_tree(relation_id, AccessExclusiveLock);
	crm_source_trigger_run(
		psprintf("DROP TRIGGER %s ON %s", name, crm_table_qualified(relation_id)));
}

static void
create_trigger(Oid relation_id, const wanted_trigger *wanted)
{
	crm_source_trigger_run(psprintf(
		"CREATE TRIGGER %s %s %s ON %s FOR EACH %s "
		"EXECUTE FUNCTION crm_internal.%s('%d')",
		wanted->name, wanted->type & TRIGGER_TYPE_BEFORE ? "BEFORE" : "AFTER",
		events_of(wanted->type), crm_table_qualified(relation_id),
		TRIGGER_FOR_ROW(wanted->type) ? "ROW" : "STATEMENT", wanted->function, wanted->guard_id));
}

static char *
events_of(int16 type)
{
	StringInfoData events;

	initStringInfo(&events);
	if (TRIGGER_FOR_INSERT(type))
		appendStringInfoString(&events, " OR INSERT");
	if (TRIGGER_FOR_UPDATE(type))
		appendStringInfoString(&events, " OR UPDATE");
	if (TRIGGER_FOR_DELETE(type))
		appendStringInfoString(&events, " OR DELETE");
	if (TRIGGER_FOR_TRUNCATE(type))
		appendStringInfoString(&events, " OR TRUNCATE");
	return events.data + strlen(" OR ");
}

/* ------------------------------ looking ------------------------------ */

static Trigger *
find_trigger(TriggerDesc *triggers, const char *name)
{
	for (int i = 0; triggers && i < triggers->numtriggers; i++)
		if (strcmp(triggers->triggers[i].tgname, name) == 0)
			return &triggers->triggers[i];
	return NULL;
}

/* But for whether it is enabled. */
static bool
is_as_wanted(const Trigger *trigger, const wanted_trigger *wanted)
{
	return trigger->tgfoid == function_of(wanted->function) && trigger->tgtype == wanted->type &&
		   trigger->tgnattr == 0 && trigger->tgqual == NULL && trigger->tgnargs == 1 &&
		   strcmp(trigger->tgargs[0], psprintf("%d", wanted->guard_id)) == 0;
}

char *
crm_guard_trigger_problem(Oid relation_id, const crm_guard *guard)
{
	wanted_trigger wanted[MAX_TRIGGERS];
	int n = wanted_triggers(relation_id, guard, wanted);
	List *tables = find_all_inheritors(relation_id, AccessShareLock, NULL);
	ListCell *cell;

	foreach (cell, tables)
		for (int i = 0; i < n && crm_source_has_triggers(get_rel_relkind(lfirst_oid(cell))); i++)
		{
			char *problem = problem_of(lfirst_oid(cell), &wanted[i]);

			if (problem != NULL)
				return problem;
		}
	return NULL;
}

static char *
problem_of(Oid relation_id, const wanted_trigger *wanted)
{
	Relation relation = table_open(relation_id, NoLock);
	Trigger *trigger = find_trigger(relation->trigdesc, wanted->name);
	const char *problem = NULL;

	if (trigger == NULL)
		problem = "is missing";
	else if (!is_as_wanted(trigger, wanted))
		problem = "is not the one of this guard";
	else if (trigger->tgenabled == TRIGGER_DISABLED)
		problem = "is disabled";
	else if (trigger->tgenabled != TRIGGER_FIRES_ALWAYS)
		problem = "is not enabled ALWAYS";
	table_close(relation, NoLock);
	return problem ? psprintf("trigger \"%s\" on %s %s", wanted->name,
							  crm_table_qualified(relation_id), problem)
				   : NULL;
}

static Oid
function_of(const char *name)
{
	return LookupFuncName(list_make2(makeString("crm_internal"), makeString(pstrdup(name))), 0,
						  NULL, false);
}

/* ------------------------------ removing ------------------------------ */

static Datum *
detach_values(int32 guard_id)
{
	Datum *values = palloc(sizeof(Datum) * 3);

	values[0] = ObjectIdGetDatum(function_of(GUARD_FUNCTION));
	values[1] = ObjectIdGetDatum(function_of(WAITING_FUNCTION));
	values[2] = crm_source_trigger_argument(guard_id);
	return values;
}

void
crm_guard_detach(int32 guard_id)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	Oid types[] = {OIDOID, OIDOID, BYTEAOID};

	SPI_connect();
	crm_source_execute("SELECT format('DROP TRIGGER %I ON %I.%I', t.tgname, n.nspname, c.relname), "
					   "c.oid FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
					   "JOIN pg_namespace n ON n.oid = c.relnamespace "
					   "WHERE t.tgfoid IN ($1, $2) AND t.tgargs = $3 AND t.tgparentid = 0 "
					   "ORDER BY t.oid",
					   3, types, detach_values(guard_id), NULL, SPI_OK_SELECT);
	crm_source_trigger_drop_found();
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

Oid
crm_guard_trigger_table(int32 guard_id)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	Oid types[] = {OIDOID, OIDOID, BYTEAOID};
	Oid table = InvalidOid;
	bool isnull;

	SPI_connect();
	crm_source_execute("SELECT t.tgrelid FROM pg_trigger t "
					   "WHERE t.tgfoid = $1 AND t.tgargs = $3 AND t.tgparentid = 0 "
					   "AND t.tgtype & 1 = 1 ORDER BY t.oid LIMIT 1",
					   3, types, detach_values(guard_id), NULL, SPI_OK_SELECT);
	if (SPI_processed > 0)
		table = DatumGetObjectId(
			SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	return table;
}

Oid
crm_guard_table(const crm_guard *guard)
{
	char *schema;
	char *name;
	Oid table = InvalidOid;

	if (crm_source_resolve_name(guard->table_name, &schema, &name) &&
		OidIsValid(get_namespace_oid(schema, true)))
		table = get_relname_relid(name, get_namespace_oid(schema, false));
	return OidIsValid(table) ? table : crm_guard_trigger_table(guard->guard_id);
}
