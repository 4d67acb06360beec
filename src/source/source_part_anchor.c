/* source_part_anchor.c - the columns of a parent that the keys of its parts equal. */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/rel.h"
#include "utils/syscache.h"

#include "base/base.h"
#include "source/source_expression.h"
#include "source/source_part.h"
#include "source/source_part_anchor.h"
#include "source/source_store.h"
#include "source/source_table.h"

static char *present_name(const crm_source *parent, Relation relation, char *name);
static char *live_column(Oid table, AttrNumber number);

List *
crm_part_anchors(const crm_source *parent, Relation relation)
{
	List *names = NIL;
	ListCell *id;
	ListCell *name;

	foreach (id, crm_part_children(parent))
	{
		crm_source *part = crm_source_load(lfirst_int(id));

		/* What expressions look up by, they read; and no more once they do not. */
		if (part->role == CRM_ROLE_LOOKUP && parent->role != CRM_ROLE_LOOKUP)
			continue;
		foreach (name, part->parent_columns)
		{
			char *now = present_name(parent, relation, lfirst(name));

			if (!crm_list_has_text(names, now))
				names = lappend(names, now);
		}
	}
	return names;
}

void
crm_part_watch(crm_source *parent, Relation relation)
{
	ListCell *cell;
	bool all = true;

	foreach (cell, crm_part_anchors(parent, relation))
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(cell));

		if (crm_list_has_text(parent->columns, lfirst(cell)))
			continue;
		parent->columns = lappend(parent->columns, lfirst(cell));
		parent->column_numbers = lappend_int(parent->column_numbers, number);
		all = false;
	}
	if (!all)
		crm_source_update(parent, relation);
}

void
crm_part_follow_anchors(const crm_source *parent, Relation relation)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	ListCell *cell;

	SPI_connect();
	foreach (cell, parent->columns)
	{
		char *now = present_name(parent, relation, lfirst(cell));
		Oid types[] = {INT4OID, TEXTOID, TEXTOID};
		Datum values[] = {Int32GetDatum(parent->source_id), CStringGetTextDatum(lfirst(cell)),
						  CStringGetTextDatum(now)};

		if (strcmp(now, lfirst(cell)) != 0)
			crm_source_execute("UPDATE crm_internal.source SET parent_columns = "
							   "array_replace(parent_columns, $2, $3) "
							   "WHERE parent_id = $1 AND $2 = ANY (parent_columns)",
							   3, types, values, NULL, SPI_OK_UPDATE);
	}
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

char *
crm_part_anchor_problem(const crm_source *part)
{
	crm_source *parent = crm_source_load(part->parent_id);
	Oid table = parent ? crm_source_table_id(parent) : InvalidOid;
	Relation relation = OidIsValid(table) ? try_relation_open(table, AccessShareLock) : NULL;
	char *problem = NULL;
	ListCell *cell;

	if (relation == NULL)
		return NULL;
	foreach (cell, part->parent_columns)
		if (crm_source_column_number(relation, present_name(parent, relation, lfirst(cell))) == 0)
			problem =
				psprintf("column \"%s\" of \"%s\", which its key equals, does not exist",
						 (char *) lfirst(cell), crm_source_label(parent->schema, parent->table));
	relation_close(relation, AccessShareLock);
	return problem;
}

/* Where there is none of the name: what has the number under which it was registered. */
static char *
present_name(const crm_source *parent, Relation relation, char *name)
{
	ListCell *column;
	ListCell *number;

	if (crm_source_column_number(relation, name) != 0)
		return name;
	forboth(column, parent->columns, number, parent->column_numbers)
	{
		char *now = strcmp(lfirst(column), name) == 0
						? live_column(RelationGetRelid(relation), lfirst_int(number))
						: NULL;

		if (now != NULL)
			return now;
	}
	return name;
}

/* NULL if it was dropped. */
static char *
live_column(Oid table, AttrNumber number)
{
	HeapTuple tuple = SearchSysCacheAttNum(table, number);
	char *name;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	name = pstrdup(NameStr(((Form_pg_attribute) GETSTRUCT(tuple))->attname));
	ReleaseSysCache(tuple);
	return name;
}
