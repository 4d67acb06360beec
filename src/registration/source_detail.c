/* source_detail.c - makes child tables and link tables details of sources, changes and drops them.
 *
 * As for sources, the caller's own rights decide about the table and nothing is written before all
 * is checked. Where a detail comes, changes or goes, every row of its source may read differently.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "act/act_own.h"
#include "base/base.h"
#include "registration/source_add.h"
#include "source/part_key.h"
#include "source/source_argument.h"
#include "source/source_draft.h"
#include "source/source_expression.h"
#include "source/source_lock.h"
#include "source/source_part.h"
#include "source/source_part_anchor.h"
#include "source/source_store.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

#define EXAMPLE                                                                                    \
	"SELECT crm.add_detail('service.client_email', of => 'service.client', key => "                \
	"'{client_id}', map => '{\"email\": \"address\"}')."
#define CHANGE_EXAMPLE                                                                             \
	"SELECT crm.change_detail('service.client_email', of => 'service.client', filter => "          \
	"'active')."
#define DROP_EXAMPLE "SELECT crm.drop_detail('service.client_email', of => 'service.client')."

PG_FUNCTION_INFO_V1(crm_add_detail);
PG_FUNCTION_INFO_V1(crm_change_detail);
PG_FUNCTION_INFO_V1(crm_drop_detail);

static Datum add_detail(FunctionCallInfo fcinfo);
static Datum change_detail(FunctionCallInfo fcinfo);
static Datum drop_detail(FunctionCallInfo fcinfo);
static crm_source *new_draft(const crm_source *parent, Relation relation);
static Relation open_parent(const crm_source *parent);
static void set_key(FunctionCallInfo fcinfo, int number, crm_source *draft, Relation relation,
					const crm_source *parent, Relation parent_relation);
static void set_map(FunctionCallInfo fcinfo, int number, crm_source *draft);
static void set_fields(FunctionCallInfo fcinfo, int first, crm_source *draft);
static void check(crm_source *draft, Relation relation, const char *related);
static void refuse_twin(const crm_source *draft, const crm_source *parent);
static bool same_text(const char *a, const char *b);
static void lock_parent(const crm_source *parent);

Datum
crm_add_detail(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "process.policy");
	return crm_source_patiently(fcinfo, add_detail);
}

static Datum
add_detail(PG_FUNCTION_ARGS)
{
	char *name = crm_required_argument(fcinfo, 0, "detail", EXAMPLE);
	crm_source *parent = crm_part_parent(crm_required_argument(fcinfo, 1, "of", EXAMPLE));
	Relation relation;
	Relation parent_relation;
	crm_source *draft;

	if (PG_ARGISNULL(2))
		(void) crm_required_argument(fcinfo, 2, "key", EXAMPLE);
	relation = crm_source_open_table(name);
	draft = new_draft(parent, relation);
	parent_relation = open_parent(parent);
	set_key(fcinfo, 2, draft, relation, parent, parent_relation);
	set_map(fcinfo, 3, draft);
	set_fields(fcinfo, 4, draft);
	check(draft, relation, crm_text_argument(fcinfo, 7));
	lock_parent(parent);
	refuse_twin(draft, parent);
	crm_part_advise_index(draft, relation);
	draft->source_id = crm_source_insert(draft, relation);
	crm_part_watch(parent, parent_relation);
	table_close(parent_relation, NoLock);
	crm_source_start_capture(draft, relation, true);
	PG_RETURN_TEXT_P(cstring_to_text(crm_source_label(draft->schema, draft->table)));
}

Datum
crm_change_detail(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "process.policy");
	return crm_source_patiently(fcinfo, change_detail);
}

static Datum
change_detail(PG_FUNCTION_ARGS)
{
	char *name = crm_required_argument(fcinfo, 0, "detail", CHANGE_EXAMPLE);
	crm_source *parent = crm_part_parent(crm_required_argument(fcinfo, 1, "of", CHANGE_EXAMPLE));
	crm_source *draft = crm_part_find(name, parent);
	Relation relation = crm_source_open_table(crm_source_qualified(draft));
	Relation parent_relation = open_parent(parent);

	set_map(fcinfo, 2, draft);
	if (!PG_ARGISNULL(3))
		set_key(fcinfo, 3, draft, relation, parent, parent_relation);
	set_fields(fcinfo, 4, draft);
	draft->relation_kind = relation->rd_rel->relkind;
	check(draft, relation, crm_text_argument(fcinfo, 7));
	lock_parent(parent);
	refuse_twin(draft, parent);
	crm_source_update(draft, relation);
	crm_part_watch(parent, parent_relation);
	table_close(parent_relation, NoLock);
	crm_source_start_capture(draft, relation, false);
	PG_RETURN_TEXT_P(cstring_to_text(crm_source_label(draft->schema, draft->table)));
}

Datum
crm_drop_detail(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "process.policy");
	return crm_source_retriably(fcinfo, drop_detail);
}

/* As with a source, it needs no right on the table, which may be gone. */
static Datum
drop_detail(PG_FUNCTION_ARGS)
{
	crm_source *parent = crm_part_parent(crm_required_argument(fcinfo, 1, "of", DROP_EXAMPLE));
	crm_source *part =
		crm_part_find(crm_required_argument(fcinfo, 0, "detail", DROP_EXAMPLE), parent);

	crm_part_forget(part);
	crm_source_enqueue_all(part->root_id);
	PG_RETURN_VOID();
}

static crm_source *
new_draft(const crm_source *parent, Relation relation)
{
	crm_source *draft = palloc0(sizeof(crm_source));

	draft->role = CRM_ROLE_DETAIL;
	draft->parent_id = parent->source_id;
	draft->root_id = parent->root_id ? parent->root_id : parent->source_id;
	draft->department = parent->department;
	draft->trust = parent->trust;
	draft->mode = parent->mode;
	draft->schema = get_namespace_name(RelationGetNamespace(relation));
	draft->table = pstrdup(RelationGetRelationName(relation));
	draft->relation_kind = relation->rd_rel->relkind;
	return draft;
}

static Relation
open_parent(const crm_source *parent)
{
	Oid table = crm_source_table_id(parent);
	Relation relation = OidIsValid(table) ? try_table_open(table, AccessShareLock) : NULL;

	if (relation == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("the table of %s does not exist", crm_part_title(parent)),
						errhint("SELECT needs_attention, repair FROM crm.source_status says which "
								"statement repairs it.")));
	return relation;
}

/*
 * What the caller equals with a column of the parent would tell him the column's values, so he must
 * be able to read it, unless it is read for the parent already.
 */
static void
set_key(FunctionCallInfo fcinfo, int number, crm_source *draft, Relation relation,
		const crm_source *parent, Relation parent_relation)
{
	List *numbers = NIL;
	ListCell *cell;

	crm_part_key(draft, relation, parent, parent_relation, crm_texts_argument(fcinfo, number));
	foreach (cell, draft->parent_columns)
		if (!crm_list_has_text(parent->columns, lfirst(cell)))
			numbers = lappend_int(numbers, crm_source_column_number(parent_relation, lfirst(cell)));
	crm_source_check_columns_readable(parent_relation, numbers);
}

/* Without one, a detail may still carry a relation or further details. */
static void
set_map(FunctionCallInfo fcinfo, int number, crm_source *draft)
{
	Jsonb *map = PG_ARGISNULL(number) ? NULL : PG_GETARG_JSONB_P(number);

	if (map == NULL)
		return;
	draft->items = JB_ROOT_IS_OBJECT(map) && JB_ROOT_COUNT(map) == 0
					   ? NIL
					   : crm_source_parse_map(crm_source_label(draft->schema, draft->table), map);
}

/* filter, preferred, belongs_to and what goes with it. */
static void
set_fields(FunctionCallInfo fcinfo, int first, crm_source *draft)
{
	crm_set_from_argument(fcinfo, first, &draft->filter);
	crm_set_from_argument(fcinfo, first + 1, &draft->preferred);
	crm_set_relation_from_arguments(fcinfo, first + 2, draft);
}

static void
check(crm_source *draft, Relation relation, const char *related)
{
	crm_source_check_draft(draft, relation, related);
	crm_source_check_columns_readable(relation, draft->column_numbers);
}

/* The same table may be a detail twice, by another key or of other rows. */
static void
refuse_twin(const crm_source *draft, const crm_source *parent)
{
	ListCell *cell;

	foreach (cell, crm_part_named(crm_source_qualified(draft), parent->source_id))
	{
		crm_source *other = crm_source_load(lfirst_int(cell));

		if (other->source_id == draft->source_id || !crm_same_texts(other->key, draft->key) ||
			!crm_same_texts(other->parent_columns, draft->parent_columns) ||
			!same_text(other->filter, draft->filter))
			continue;
		ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
						errmsg("\"%s.%s\" is already such a detail of \"%s\"", draft->schema,
							   draft->table, crm_part_path(parent)),
						errhint("SELECT crm.change_detail(%s, of => %s, ...) changes how it is "
								"read; another filter or key makes it a second one.",
								quote_literal_cstr(crm_source_label(draft->schema, draft->table)),
								quote_literal_cstr(crm_part_path(parent)))));
	}
}

static bool
same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Somebody may be dropping it. */
static void
lock_parent(const crm_source *parent)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(parent->source_id)};

	SPI_connect();
	crm_source_execute("SELECT FROM crm_internal.source "
					   "WHERE source_id OPERATOR(pg_catalog.=) $1 FOR SHARE",
					   1, types, values, NULL, SPI_OK_SELECT);
	if (SPI_processed == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("%s was dropped meanwhile", crm_part_title(parent))));
	SPI_finish();
	crm_restore_user(before);
}
