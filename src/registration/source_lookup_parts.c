/* source_lookup_parts.c - keeps the registry rows of look-ups in step with the expressions.
 *
 * Expressions of a source that look up by the same column in the same table share a row, and with
 * it the triggers: a change there is then noted once.
 */
#include "postgres.h"

#include "access/relation.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "storage/bufmgr.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "follow/follow.h"
#include "registration/source_lookup_parts.h"
#include "source/lookup.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_lock.h"
#include "source/source_lookup.h"
#include "source/source_part.h"
#include "source/source_store.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

#define LARGE 16 /* blocks */

/* A step that some expression takes. */
typedef struct wanted
{
	struct wanted *parent; /* NULL: hangs on the source or detail itself */
	List *parent_columns;
	crm_lookup_path path;
	List *columns; /* names of all that are read, the key first */
	int32 source_id;
} wanted;

static List *wanted_of(const crm_source *holder);
static void want_chain(const crm_source *holder, const crm_source_lookup *lookup, List **all);
static wanted *want_step(List **all, wanted *parent, List *parent_columns,
						 const crm_lookup_path *path);
static bool is_wanted_as(const wanted *one, const wanted *parent, List *parent_columns,
						 const crm_lookup_path *path);
static crm_source *existing_for(List *existing, const wanted *want, int32 parent_id);
static void store(const crm_source *holder, wanted *want, crm_source *known);
static Oid lock_table(const crm_source *part, bool known);
static void fill_columns(crm_source *part, Relation relation, const wanted *want);
static bool is_large(Relation relation);
static List *add_text(List *texts, const char *text);

void
crm_source_sync_lookups(const crm_source *holder)
{
	List *existing = crm_part_lookups(holder);
	List *all = wanted_of(holder);
	List *kept = NIL;
	ListCell *cell;

	foreach (cell, all)
	{
		wanted *want = lfirst(cell);
		int32 parent_id = want->parent ? want->parent->source_id : holder->source_id;
		crm_source *known = existing_for(existing, want, parent_id);

		store(holder, want, known);
		kept = lappend_int(kept, want->source_id);
	}
	foreach (cell, existing)
	{
		crm_source *part = lfirst(cell);

		/* What hung on another that went is gone with it. */
		if (!list_member_int(kept, part->source_id) && crm_source_load(part->source_id) != NULL)
			crm_part_forget(part);
	}
}

/* A step stands behind the one it hangs on. */
static List *
wanted_of(const crm_source *holder)
{
	List *all = NIL;
	ListCell *text;

	foreach (text, crm_source_expressions(holder))
	{
		ListCell *cell;

		foreach (cell, crm_source_lookups_in(lfirst(text)))
			want_chain(holder, lfirst(cell), &all);
	}
	return all;
}

static void
want_chain(const crm_source *holder, const crm_source_lookup *lookup, List **all)
{
	List *parent_columns = NIL;
	wanted *before = NULL;
	ListCell *cell;

	if (lookup->column != NULL && crm_list_has_text(holder->columns, lookup->column))
		parent_columns = list_make1(lookup->column);
	foreach (cell, lookup->paths)
	{
		crm_lookup_path *path = lfirst(cell);

		before = want_step(all, before, parent_columns, path);
		parent_columns = list_make1(path->column);
	}
}

static wanted *
want_step(List **all, wanted *parent, List *parent_columns, const crm_lookup_path *path)
{
	wanted *want = NULL;
	ListCell *cell;

	foreach (cell, *all)
		if (is_wanted_as(lfirst(cell), parent, parent_columns, path))
			want = lfirst(cell);
	if (want == NULL)
	{
		want = palloc0(sizeof(wanted));
		want->parent = parent;
		want->parent_columns = parent_columns;
		want->path = *path;
		want->columns = list_make1(pstrdup(path->key));
		*all = lappend(*all, want);
	}
	want->columns = add_text(want->columns, path->column);
	return want;
}

static bool
is_wanted_as(const wanted *one, const wanted *parent, List *parent_columns,
			 const crm_lookup_path *path)
{
	return one->parent == parent && crm_same_texts(one->parent_columns, parent_columns) &&
		   strcmp(one->path.schema, path->schema) == 0 &&
		   strcmp(one->path.table, path->table) == 0 && strcmp(one->path.key, path->key) == 0;
}

static crm_source *
existing_for(List *existing, const wanted *want, int32 parent_id)
{
	ListCell *cell;

	foreach (cell, existing)
	{
		crm_source *part = lfirst(cell);

		if (part->parent_id == parent_id && strcmp(part->schema, want->path.schema) == 0 &&
			strcmp(part->table, want->path.table) == 0 &&
			crm_same_texts(part->key, list_make1((char *) want->path.key)) &&
			crm_same_texts(part->parent_columns, want->parent_columns))
			return part;
	}
	return NULL;
}

/* known: its row so far, or NULL. */
static void
store(const crm_source *holder, wanted *want, crm_source *known)
{
	crm_source *part = known ? known : palloc0(sizeof(crm_source));
	Relation relation;
	Oid relation_id;

	part->role = CRM_ROLE_LOOKUP;
	part->root_id = holder->root_id ? holder->root_id : holder->source_id;
	part->parent_id = want->parent ? want->parent->source_id : holder->source_id;
	part->parent_columns = want->parent_columns;
	part->department = holder->department;
	part->schema = pstrdup(want->path.schema);
	part->table = pstrdup(want->path.table);
	part->key = list_make1(pstrdup(want->path.key));
	part->trust = holder->trust;
	part->mode = holder->mode;
	relation_id = lock_table(part, known != NULL);
	relation = relation_open(relation_id, NoLock);
	part->relation_kind = relation->rd_rel->relkind;
	fill_columns(part, relation, want);
	if (!known && is_large(relation))
		crm_part_advise_index(part, relation);
	if (known)
		crm_source_update(part, relation);
	else
		part->source_id = crm_source_insert(part, relation);
	relation_close(relation, NoLock);
	CommandCounterIncrement();
	if (known)
		crm_source_detach_elsewhere(relation_id, part->source_id);
	if (crm_source_has_triggers(part->relation_kind))
		crm_source_attach(relation_id, part);
	crm_source_follow_begin(part->source_id);
	want->source_id = part->source_id;
}

/*
 * The lock that CREATE TRIGGER needs, where there will be one. Of a table that is new here the
 * caller must be able to make triggers; else he puts back what somebody had the right to.
 */
static Oid
lock_table(const crm_source *part, bool known)
{
	Oid relation_id = crm_source_table_id(part);

	if (!OidIsValid(relation_id))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("table \"%s\" of a look-up does not exist",
							   crm_source_label(part->schema, part->table))));
	if (!crm_source_has_triggers(get_rel_relkind(relation_id)))
		return relation_id;
	if (known)
		crm_source_lock_tree(relation_id, ShareRowExclusiveLock);
	else
		relation_close(crm_source_open_table(crm_source_qualified(part)), NoLock);
	return relation_id;
}

/* In the order of the table's own, as those of a source. */
static void
fill_columns(crm_source *part, Relation relation, const wanted *want)
{
	ListCell *cell;

	part->column_numbers = NIL;
	foreach (cell, want->columns)
		part->column_numbers =
			lappend_int(part->column_numbers, crm_source_column_number(relation, lfirst(cell)));
	list_sort(part->column_numbers, list_int_cmp);
	part->columns = crm_source_column_names(relation, part->column_numbers);
}

/* In a smaller one no index would be used. */
static bool
is_large(Relation relation)
{
	return relation->rd_rel->relkind == RELKIND_RELATION &&
		   RelationGetNumberOfBlocks(relation) > LARGE;
}

static List *
add_text(List *texts, const char *text)
{
	return crm_list_has_text(texts, text) ? texts : lappend(texts, pstrdup(text));
}
