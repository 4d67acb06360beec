/* source_part.c - the parts of sources (details, lookups): finding them and their names.
 *
 * One table may be a detail of several sources, and of one source more than once, so a name may not
 * be enough: then the path of tables that leads to it is, or its number.
 */
#include "postgres.h"

#include "access/genam.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "source/source_expression.h"
#include "source/source_part.h"
#include "source/source_store.h"
#include "source/source_trigger.h"

static List *split_path(const char *path);
static crm_source *by_number(const char *name);
static List *details_named(const char *name, List *parents);
static crm_source *only_one(List *ids, const char *name);
static char *names_of(List *ids);
static List *load_numbers(const char *sql, int nargs, Oid *types, Datum *values);

crm_source *
crm_part_parent(const char *of)
{
	List *steps = split_path(of);
	crm_source *parent = by_number(of);
	List *ids = NIL;
	ListCell *cell;

	if (parent != NULL)
		return parent;
	parent = crm_source_find_named(linitial(steps));
	if (parent != NULL)
		ids = list_make1_int(parent->source_id);
	else
		ids = details_named(linitial(steps), NIL);
	for_each_from(cell, steps, 1) if (ids != NIL) ids = details_named(lfirst(cell), ids);
	if (ids == NIL)
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_OBJECT),
				 errmsg("\"%s\" is neither a source nor a detail of one", of),
				 errhint("SELECT source FROM crm.source_status lists the sources, SELECT detail "
						 "FROM crm.source_detail the details.")));
	return only_one(ids, of);
}

crm_source *
crm_part_find(const char *detail, const crm_source *parent)
{
	crm_source *part = by_number(detail);
	List *ids = NIL;

	if (part != NULL && part->parent_id == parent->source_id)
		return part;
	ids = crm_part_named(detail, parent->source_id);
	if (ids == NIL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("\"%s\" is no detail of \"%s\"", detail, crm_part_path(parent)),
						errhint("SELECT detail, hangs_on FROM crm.source_detail lists them; a "
								"table becomes one by crm.add_detail().")));
	return only_one(ids, detail);
}

List *
crm_part_named(const char *detail, int32 parent_id)
{
	return details_named(detail, list_make1_int(parent_id));
}

List *
crm_part_children(const crm_source *parent)
{
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(parent->source_id)};

	return load_numbers("SELECT source_id FROM crm_internal.source WHERE parent_id = $1 "
						"ORDER BY source_id",
						1, types, values);
}

List *
crm_part_below(const crm_source *top)
{
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(top->source_id)};

	return load_numbers("WITH RECURSIVE below (id) AS (SELECT source_id FROM crm_internal.source "
						"WHERE parent_id = $1 UNION SELECT s.source_id FROM crm_internal.source s "
						"JOIN below ON s.parent_id = below.id) SELECT id FROM below ORDER BY id",
						1, types, values);
}

/* Numbers ascend from what is hung on to what hangs there. */
List *
crm_part_lookups(const crm_source *holder)
{
	List *found = NIL;
	List *hung_on = list_make1_int(holder->source_id);
	ListCell *cell;

	foreach (cell, crm_source_load_parts(holder->root_id ? holder->root_id : holder->source_id))
	{
		crm_source *part = lfirst(cell);

		if (part->role != CRM_ROLE_LOOKUP || !list_member_int(hung_on, part->parent_id))
			continue;
		found = lappend(found, part);
		hung_on = lappend_int(hung_on, part->source_id);
	}
	return found;
}

crm_source *
crm_part_root(crm_source *part)
{
	return part->root_id == 0 ? part : crm_source_load(part->root_id);
}

char *
crm_part_path(const crm_source *part)
{
	char *path = crm_source_qualified(part);

	while (part->parent_id != 0)
	{
		part = crm_source_load(part->parent_id);
		if (part == NULL)
			break;
		path = psprintf("%s/%s", crm_source_qualified(part), path);
	}
	return path;
}

char *
crm_part_title(const crm_source *part)
{
	return psprintf("%s \"%s.%s\"",
					part->role == CRM_ROLE_SOURCE   ? "source"
					: part->role == CRM_ROLE_DETAIL ? "detail"
													: "lookup",
					part->schema, part->table);
}

char *
crm_part_call(const crm_source *part, const char *verb)
{
	char *name = quote_literal_cstr(crm_source_qualified(part));
	crm_source *parent;

	if (part->parent_id == 0)
		return psprintf("crm.%s_source(%s", verb, name);
	if (list_length(crm_part_named(crm_source_qualified(part), part->parent_id)) > 1)
		name = psprintf("'%d'", part->source_id);
	parent = crm_source_load(part->parent_id);
	return psprintf("crm.%s_detail(%s, of => %s", verb, name,
					quote_literal_cstr(parent ? crm_part_path(parent) : ""));
}

bool
crm_part_is_direct(const crm_source *part, const crm_source *parent)
{
	return part->role == CRM_ROLE_DETAIL && parent->parent_id == 0 &&
		   crm_same_texts(part->parent_columns, parent->key);
}

void
crm_part_forget(const crm_source *part)
{
	List *ids = lcons_int(part->source_id, crm_part_below(part));
	ListCell *cell;

	/* A resolve is waited for before anybody is kept from a table: it may be reading it. */
	foreach (cell, ids)
		crm_source_forget(lfirst_int(cell));
	foreach (cell, ids)
		crm_source_detach(lfirst_int(cell));
}

void
crm_part_advise_index(const crm_source *draft, Relation relation)
{
	ListCell *cell;
	AttrNumber first = crm_source_column_number(relation, linitial(draft->key));

	if (relation->rd_rel->relkind != RELKIND_RELATION &&
		relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		return;
	foreach (cell, RelationGetIndexList(relation))
	{
		Relation index = index_open(lfirst_oid(cell), AccessShareLock);
		bool serves = index->rd_index->indkey.values[0] == first && index->rd_index->indisvalid;

		index_close(index, AccessShareLock);
		if (serves)
			return;
	}
	ereport(NOTICE, (errmsg("no index on (%s) of \"%s.%s\" serves the look-up of its rows",
							quote_identifier(linitial(draft->key)), draft->schema, draft->table),
					 errhint("CREATE INDEX ON %s (%s);", crm_source_qualified(draft),
							 quote_identifier(linitial(draft->key)))));
}

bool
crm_same_texts(List *a, List *b)
{
	ListCell *one;
	ListCell *other;

	if (list_length(a) != list_length(b))
		return false;
	forboth(one, a, other, b)
	{
		if (strcmp(lfirst(one), lfirst(other)) != 0)
			return false;
	}
	return true;
}

/* At slashes outside of double quotes. */
static List *
split_path(const char *path)
{
	List *steps = NIL;
	StringInfoData step;
	bool quoted = false;

	initStringInfo(&step);
	for (const char *p = path; *p != '\0'; p++)
	{
		if (*p == '"')
			quoted = !quoted;
		if (*p != '/' || quoted)
		{
			appendStringInfoChar(&step, *p);
			continue;
		}
		steps = lappend(steps, pstrdup(step.data));
		resetStringInfo(&step);
	}
	return lappend(steps, step.data);
}

/* NULL unless it is the number of a detail. */
static crm_source *
by_number(const char *name)
{
	size_t length = strlen(name);
	crm_source *part;

	if (length == 0 || length > 9 || strspn(name, "0123456789") != length)
		return NULL;
	part = crm_source_load(atoi(name));
	return part != NULL && part->role == CRM_ROLE_DETAIL ? part : NULL;
}

/* parents NIL: whatever they hang on. */
static List *
details_named(const char *name, List *parents)
{
	Oid types[] = {TEXTOID, TEXTOID, TEXTOID, INT4ARRAYOID};
	Datum values[4];
	Datum *numbers = palloc(Max(list_length(parents), 1) * sizeof(Datum));
	char *schema = NULL;
	char *table = NULL;
	ListCell *cell;

	foreach (cell, parents)
		numbers[foreach_current_index(cell)] = Int32GetDatum(lfirst_int(cell));
	if (!crm_source_resolve_name(name, &schema, &table))
		schema = table = "";
	values[0] = CStringGetTextDatum(schema);
	values[1] = CStringGetTextDatum(table);
	values[2] = CStringGetTextDatum(name);
	values[3] = PointerGetDatum(
		construct_array(numbers, list_length(parents), INT4OID, sizeof(int32), true, TYPALIGN_INT));
	return load_numbers("SELECT source_id FROM crm_internal.source WHERE role = 'd' "
						"AND ((schema_name = $1 AND table_name = $2) "
						"OR schema_name || '.' || table_name = $3) "
						"AND ($4 = '{}' OR parent_id = ANY ($4)) ORDER BY source_id",
						4, types, values);
}

static crm_source *
only_one(List *ids, const char *name)
{
	if (list_length(ids) > 1)
		ereport(ERROR, (errcode(ERRCODE_AMBIGUOUS_ALIAS),
						errmsg("\"%s\" is a detail in several places", name),
						errhint("Name one by the path that leads to it or by its number: %s.",
								names_of(ids))));
	return crm_source_load(linitial_int(ids));
}

static char *
names_of(List *ids)
{
	StringInfoData names;
	ListCell *cell;

	initStringInfo(&names);
	foreach (cell, ids)
	{
		crm_source *part = crm_source_load(lfirst_int(cell));

		appendStringInfo(&names, "%s'%s' (%d)", names.len ? ", " : "", crm_part_path(part),
						 part->source_id);
	}
	return names.data;
}

static List *
load_numbers(const char *sql, int nargs, Oid *types, Datum *values)
{
	int nest_level = crm_source_pin();
	List *ids = crm_source_load_ids(sql, nargs, types, values);

	crm_source_unpin(nest_level);
	return ids;
}
