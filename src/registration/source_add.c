/* source_add.c - makes departmental tables sources, changes, repairs and drops them.
 *
 * Nothing is written before all is checked, and whatever fails later takes the whole statement with
 * it. The caller's own rights decide about the table; the registry and the triggers are then
 * written as the owner of crm's tables.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "act/act_own.h"
#include "base/base.h"
#include "department/department.h"
#include "follow/follow.h"
#include "follow/follow_repair.h"
#include "preset/preset.h"
#include "registration/source_add.h"
#include "registration/source_lookup_parts.h"
#include "source/source_argument.h"
#include "source/source_draft.h"
#include "source/source_key.h"
#include "source/source_lock.h"
#include "source/source_mode.h"
#include "source/source_part.h"
#include "source/source_read.h"
#include "source/source_store.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

#define EXAMPLE                                                                                    \
	"SELECT crm.add_source('sales.account', department => 'sales', map => '{\"email\": "           \
	"\"mail\"}')."

PG_FUNCTION_INFO_V1(crm_add_source);
PG_FUNCTION_INFO_V1(crm_change_source);
PG_FUNCTION_INFO_V1(crm_drop_source);
PG_FUNCTION_INFO_V1(crm_repair_source);

static Datum add_source(FunctionCallInfo fcinfo);
static Datum change_source(FunctionCallInfo fcinfo);
static Datum drop_source(FunctionCallInfo fcinfo);
static Datum repair_source(FunctionCallInfo fcinfo);
static void set_texts(FunctionCallInfo fcinfo, int first, crm_source *draft);
static void check_department(const char *name);
static void check_readable(const crm_source *source);
static void repair_parts(const crm_source *source);
static Relation open_registered(const crm_source *source);
static bool is_under_name(const crm_source *source, Relation relation);
static crm_source *present_source(const crm_source *source, Relation relation, bool other);
static text *name_of(const crm_source *source);

Datum
crm_add_source(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "process.policy");
	return crm_source_patiently(fcinfo, add_source);
}

static Datum
add_source(PG_FUNCTION_ARGS)
{
	char *name = crm_required_argument(fcinfo, 0, "source", EXAMPLE);
	Relation relation;
	crm_source *draft = palloc0(sizeof(crm_source));

	draft->role = CRM_ROLE_SOURCE;
	draft->department = crm_required_argument(fcinfo, 1, "department", EXAMPLE);
	if (!PG_ARGISNULL(16))
	{
		check_department(draft->department);
		PG_RETURN_TEXT_P(crm_preset_add(fcinfo, 16));
	}
	if (PG_ARGISNULL(2))
		(void) crm_required_argument(fcinfo, 2, "map", EXAMPLE);
	check_department(draft->department);
	relation = crm_source_open_table(name);
	crm_source_refuse_registered(relation);
	draft->schema = get_namespace_name(RelationGetNamespace(relation));
	draft->table = pstrdup(RelationGetRelationName(relation));
	draft->relation_kind = relation->rd_rel->relkind;
	draft->items =
		crm_source_parse_map(crm_source_label(draft->schema, draft->table), PG_GETARG_JSONB_P(2));
	draft->key = crm_texts_argument(fcinfo, 3);
	set_texts(fcinfo, 4, draft);
	crm_set_from_argument(fcinfo, 10, &draft->entered_by);
	crm_set_relation_from_arguments(fcinfo, 11, draft);
	draft->trust = PG_ARGISNULL(8) ? 0.5f : PG_GETARG_FLOAT4(8);
	draft->mode = PG_ARGISNULL(9) ? "watch" : crm_text_argument(fcinfo, 9);
	crm_source_check_draft(draft, relation, crm_text_argument(fcinfo, 12));
	crm_source_check_columns_readable(relation, draft->column_numbers);
	draft->source_id = crm_source_insert(draft, relation);
	crm_source_start_capture(draft, relation, true);
	PG_RETURN_TEXT_P(name_of(draft));
}

Datum
crm_change_source(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "process.policy");
	return crm_source_patiently(fcinfo, change_source);
}

static Datum
change_source(PG_FUNCTION_ARGS)
{
	crm_source *draft = crm_source_find(crm_required_argument(
		fcinfo, 0, "source", "SELECT crm.change_source('sales.account', trust => 0.7)."));
	Relation relation = crm_source_open_table(crm_source_qualified(draft));

	if (!PG_ARGISNULL(1))
		draft->items = crm_source_parse_map(crm_source_label(draft->schema, draft->table),
											PG_GETARG_JSONB_P(1));
	if (!PG_ARGISNULL(2))
		draft->key = crm_texts_argument(fcinfo, 2);
	set_texts(fcinfo, 3, draft);
	crm_set_from_argument(fcinfo, 9, &draft->entered_by);
	crm_set_relation_from_arguments(fcinfo, 10, draft);
	if (!PG_ARGISNULL(7))
		draft->trust = PG_GETARG_FLOAT4(7);
	if (!PG_ARGISNULL(8))
		draft->mode = crm_text_argument(fcinfo, 8);
	draft->relation_kind = relation->rd_rel->relkind;
	draft->owner = crm_source_owner(relation);
	crm_source_check_draft(draft, relation, crm_text_argument(fcinfo, 11));
	crm_source_check_columns_readable(relation, draft->column_numbers);
	crm_source_update(draft, relation);
	crm_source_set_mode(draft->source_id, draft->mode);
	crm_source_start_capture(draft, relation, false);
	PG_RETURN_TEXT_P(name_of(draft));
}

/*
 * Needs no right on the table, which may be gone: it takes away nothing but what crm itself put
 * there.
 */
Datum
crm_drop_source(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "process.policy");
	return crm_source_retriably(fcinfo, drop_source);
}

static Datum
drop_source(PG_FUNCTION_ARGS)
{
	crm_source *source = crm_source_find(
		crm_required_argument(fcinfo, 0, "source", "SELECT crm.drop_source('sales.account')."));

	crm_part_forget(source);
	PG_RETURN_VOID();
}

/*
 * Puts back what somebody with a right to the table had asked for, so the right is not asked again.
 * To read from another table is a decision of its own.
 */
Datum
crm_repair_source(PG_FUNCTION_ARGS)
{
	if (!PG_ARGISNULL(1))
		crm_decide(fcinfo, "process.policy");
	return crm_source_patiently(fcinfo, repair_source);
}

static Datum
repair_source(PG_FUNCTION_ARGS)
{
	crm_source *source = crm_source_find(
		crm_required_argument(fcinfo, 0, "source", "SELECT crm.repair_source('sales.account')."));
	char *read_from = crm_text_argument(fcinfo, 1);
	Relation relation = read_from ? crm_source_open_table(read_from) : open_registered(source);
	char *schema = source->schema;
	char *name = source->table;

	if (read_from != NULL && !is_under_name(source, relation))
		crm_source_refuse_registered(relation);
	source = present_source(source, relation, read_from != NULL);
	crm_source_update(source, relation);
	if (strcmp(schema, source->schema) != 0 || strcmp(name, source->table) != 0)
	{
		crm_source_rename_related(schema, name, source);
		crm_source_follow_name(source->source_id);
	}
	crm_source_start_capture(source, relation, false);
	repair_parts(source);
	PG_RETURN_TEXT_P(name_of(source));
}

/* What else became of their tables is followed by the next run. */
static void
repair_parts(const crm_source *source)
{
	ListCell *cell;

	foreach (cell, crm_source_load_parts(source->source_id))
	{
		const crm_source *part = lfirst(cell);
		Oid table = crm_source_table_id(part);

		if (!OidIsValid(table) || !crm_source_has_triggers(get_rel_relkind(table)))
			continue;
		crm_source_lock_tree(table, ShareRowExclusiveLock);
		crm_source_attach(table, part);
	}
}

/*
 * The table by its name or, renamed, by its trigger. If another role owns it by now somebody has to
 * have a right to it again.
 */
static Relation
open_registered(const crm_source *source)
{
	Relation relation = table_open(crm_source_lock_table(source), NoLock);

	if (source->owner != NULL && strcmp(source->owner, crm_source_owner(relation)) != 0)
		(void) crm_source_check_table(crm_table_qualified(RelationGetRelid(relation)));
	return relation;
}

static bool
is_under_name(const crm_source *source, Relation relation)
{
	return crm_source_table_id(source) == RelationGetRelid(relation);
}

/* The source with the name and owner that the table has; checked, if it is another table. */
static crm_source *
present_source(const crm_source *source, Relation relation, bool other)
{
	crm_source *now = palloc(sizeof(crm_source));
	bool given = source->owner == NULL || strcmp(source->owner, crm_source_owner(relation)) != 0;

	*now = *source;
	now->schema = get_namespace_name(RelationGetNamespace(relation));
	now->table = pstrdup(RelationGetRelationName(relation));
	now->relation_kind = relation->rd_rel->relkind;
	now->owner = crm_source_owner(relation);
	if (other || given)
	{
		crm_source_mended *mended = crm_source_mend(now, relation,
													crm_source_trigger_table(source->source_id) ==
														RelationGetRelid(relation));

		if (mended->draft != NULL && mended->lost == NIL && mended->dropped == NIL)
			now = mended->draft;
		crm_source_check_draft(now, relation, NULL);
		crm_source_check_columns_readable(relation, now->column_numbers);
		return now;
	}
	now->column_numbers = crm_source_present_numbers(relation, now);
	return now;
}

/* filter, kind, region, changed_at, in the order of the arguments. */
static void
set_texts(FunctionCallInfo fcinfo, int first, crm_source *draft)
{
	crm_set_from_argument(fcinfo, first, &draft->filter);
	crm_set_from_argument(fcinfo, first + 1, &draft->kind);
	crm_set_from_argument(fcinfo, first + 2, &draft->region);
	crm_set_from_argument(fcinfo, first + 3, &draft->changed_at);
}

static void
check_department(const char *name)
{
	if (!crm_department_exists(name))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("department \"%s\" does not exist", name),
						errhint("SELECT crm.add_department(%s);", quote_literal_cstr(name))));
}

/* What parses may still be out of the owner's reach: a schema, a function, a foreign server. */
static void
check_readable(const crm_source *source)
{
	ErrorData *error = crm_source_probe(source);

	if (error != NULL)
		ereport(ERROR, (errcode(error->sqlerrcode),
						errmsg("%s cannot be read as its owner: %s", crm_part_title(source),
							   error->message),
						errhint("Mapped expressions run as the owner of the table.")));
}

void
crm_source_start_capture(const crm_source *source, Relation relation, bool is_new)
{
	Oid relation_id = RelationGetRelid(relation);

	table_close(relation, NoLock);
	CommandCounterIncrement();
	check_readable(source);
	if (!is_new)
		crm_source_detach_elsewhere(relation_id, source->source_id);
	if (crm_source_has_triggers(source->relation_kind))
		crm_source_attach(relation_id, source);
	crm_source_sync_lookups(source);
	crm_source_enqueue_all(source->root_id ? source->root_id : source->source_id);
	crm_source_follow_begin(source->source_id);
}

static text *
name_of(const crm_source *source)
{
	return cstring_to_text(crm_source_label(source->schema, source->table));
}
