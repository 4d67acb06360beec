/* follow_lookup.c - lets expressions follow what looked-up tables are called by now.
 *
 * A stored expression is text, and where in it each step of a look-up stands is known from parsing:
 * only these literals are replaced.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/syscache.h"

#include "base/base.h"
#include "follow/follow_lookup.h"
#include "source/source_draft.h"
#include "source/source_expression.h"
#include "source/source_lookup.h"
#include "source/source_part.h"
#include "source/source_store.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

/* A literal of an expression, and what is to stand in its place. */
typedef struct replacement
{
	int location;
	char *literal;
} replacement;

static char *renamed_path(const crm_lookup_path *path, const crm_source *before,
						  const crm_source *now);
static const char *renamed_column(const char *name, const crm_source *before,
								  const crm_source *now);
static char *replaced(const char *expression, List *replacements);
static int by_location(const ListCell *a, const ListCell *b);
static const char *end_of_literal(const char *p);
static Oid table_now(const crm_source *lookup);
static char *column_now(Oid table, char *name, AttrNumber number);
static void note_renamed(const crm_source *before, const crm_source *now, List **renamed);
static char *full_name(const crm_source *lookup, const char *column);
static void rename_all(crm_source *holder, const crm_source *before, const crm_source *now);
static void rename_anchor(const crm_source *lookup, const char *then, const char *now);

char *
crm_source_lookup_renamed(const char *expression, const crm_source *before, const crm_source *now)
{
	List *replacements = NIL;
	ListCell *cell;

	foreach (cell, crm_source_lookups_in(expression))
	{
		crm_source_lookup *lookup = lfirst(cell);
		ListCell *path;
		ListCell *location;

		forboth(path, lookup->paths, location, lookup->locations)
		{
			char *text = renamed_path(lfirst(path), before, now);
			replacement *one = palloc(sizeof(replacement));

			if (text == NULL)
				continue;
			*one = (replacement){lfirst_int(location), quote_literal_cstr(text)};
			replacements = lappend(replacements, one);
		}
	}
	return replacements == NIL ? (char *) expression : replaced(expression, replacements);
}

crm_source *
crm_source_lookup_now(const crm_source *lookup)
{
	Oid table = table_now(lookup);
	crm_source *now = palloc(sizeof(crm_source));
	bool differs;
	ListCell *name;
	ListCell *number;

	if (!OidIsValid(table))
		return NULL;
	*now = *lookup;
	now->schema = get_namespace_name(get_rel_namespace(table));
	now->table = get_rel_name(table);
	now->columns = NIL;
	differs = strcmp(now->schema, lookup->schema) != 0 || strcmp(now->table, lookup->table) != 0;
	forboth(name, lookup->columns, number, lookup->column_numbers)
	{
		char *now_called = column_now(table, lfirst(name), lfirst_int(number));

		differs = differs || strcmp(now_called, lfirst(name)) != 0;
		now->columns = lappend(now->columns, now_called);
	}
	now->key = list_make1((char *) renamed_column(linitial(lookup->key), lookup, now));
	return differs ? now : NULL;
}

char *
crm_source_follow_lookups(const crm_source *holder, const char *expression, List **renamed)
{
	ListCell *cell;

	if (crm_source_lookups_in(expression) == NIL)
		return (char *) expression;
	foreach (cell, crm_part_lookups(holder))
	{
		crm_source *before = lfirst(cell);
		crm_source *now = crm_source_lookup_now(before);
		const char *text = expression;

		if (now != NULL)
			text = crm_source_lookup_renamed(expression, before, now);
		if (text != expression)
			note_renamed(before, now, renamed);
		expression = text;
	}
	return (char *) expression;
}

void
crm_source_rename_lookup(const crm_source *before, const crm_source *now)
{
	crm_source *holder = crm_source_lookup_holder(before);
	ListCell *then;
	ListCell *called;

	if (holder == NULL)
		return;
	rename_all(holder, before, now);
	forboth(then, before->columns, called, now->columns)
	{
		if (strcmp(lfirst(then), lfirst(called)) != 0)
			rename_anchor(before, lfirst(then), lfirst(called));
	}
}

/* NULL: not in this table, or nothing differs. */
static char *
renamed_path(const crm_lookup_path *path, const crm_source *before, const crm_source *now)
{
	crm_lookup_path after = *path;

	if (strcmp(path->schema, before->schema) != 0 || strcmp(path->table, before->table) != 0)
		return NULL;
	strlcpy(after.schema, now->schema, sizeof(after.schema));
	strlcpy(after.table, now->table, sizeof(after.table));
	strlcpy(after.key, renamed_column(path->key, before, now), sizeof(after.key));
	strlcpy(after.column, renamed_column(path->column, before, now), sizeof(after.column));
	return memcmp(&after, path, sizeof(after)) == 0 ? NULL : crm_source_lookup_text(&after);
}

static const char *
renamed_column(const char *name, const crm_source *before, const crm_source *now)
{
	ListCell *then;
	ListCell *called;

	forboth(then, before->columns, called, now->columns)
	{
		if (strcmp(lfirst(then), name) == 0)
			return lfirst(called);
	}
	return name;
}

static char *
replaced(const char *expression, List *replacements)
{
	const char *at = expression;
	StringInfoData text;
	ListCell *cell;

	initStringInfo(&text);
	list_sort(replacements, by_location);
	foreach (cell, replacements)
	{
		replacement *one = lfirst(cell);
		const char *literal = expression + one->location;

		appendBinaryStringInfo(&text, at, literal - at);
		appendStringInfoString(&text, one->literal);
		at = end_of_literal(literal);
	}
	appendStringInfoString(&text, at);
	return text.data;
}

static int
by_location(const ListCell *a, const ListCell *b)
{
	return ((replacement *) lfirst(a))->location - ((replacement *) lfirst(b))->location;
}

/* 'it''s', and E'...' where the server found a backslash to write. */
static const char *
end_of_literal(const char *p)
{
	bool escapes = *p == 'E' || *p == 'e';

	p += escapes ? 2 : 1;
	for (;; p++)
	{
		if (*p == '\0')
			elog(ERROR, "a literal of a stored expression does not end");
		if ((escapes && *p == '\\' && p[1] != '\0') || (*p == '\'' && p[1] == '\''))
			p++;
		else if (*p == '\'')
			return p + 1;
	}
}

static Oid
table_now(const crm_source *lookup)
{
	Oid table = crm_source_table_id(lookup);

	return OidIsValid(table) ? table : crm_source_trigger_table(lookup->source_id);
}

/* While a column of the name is there the name counts, as for sources; so it does if none is left.
 */
static char *
column_now(Oid table, char *name, AttrNumber number)
{
	HeapTuple row;
	char *now = name;

	if (get_attnum(table, name) != InvalidAttrNumber)
		return name;
	row = SearchSysCacheCopyAttNum(table, number);
	if (HeapTupleIsValid(row))
		now = NameStr(((Form_pg_attribute) GETSTRUCT(row))->attname);
	return now;
}

static void
note_renamed(const crm_source *before, const crm_source *now, List **renamed)
{
	bool moved = strcmp(before->schema, now->schema) != 0 || strcmp(before->table, now->table) != 0;
	ListCell *then;
	ListCell *called;
	ListCell *cell;
	List *texts = NIL;

	if (moved)
		texts = list_make1(psprintf("\"%s\" is now \"%s\"",
									crm_source_label(before->schema, before->table),
									crm_source_label(now->schema, now->table)));
	forboth(then, before->columns, called, now->columns)
	{
		if (strcmp(lfirst(then), lfirst(called)) != 0)
			texts = lappend(texts, psprintf("\"%s\" is now \"%s\"", full_name(before, lfirst(then)),
											(char *) lfirst(called)));
	}
	foreach (cell, texts)
		if (!crm_list_has_text(*renamed, lfirst(cell)))
			*renamed = lappend(*renamed, lfirst(cell));
}

static char *
full_name(const crm_source *lookup, const char *column)
{
	return psprintf("%s.%s", crm_source_label(lookup->schema, lookup->table), column);
}

crm_source *
crm_source_lookup_holder(const crm_source *lookup)
{
	crm_source *holder = crm_source_load(lookup->parent_id);

	while (holder != NULL && holder->role == CRM_ROLE_LOOKUP)
		holder = crm_source_load(holder->parent_id);
	return holder;
}

static void
rename_all(crm_source *holder, const crm_source *before, const crm_source *now)
{
	char **const texts[] = {&holder->filter,     &holder->kind,       &holder->region,
							&holder->changed_at, &holder->entered_by, &holder->preferred,
							&holder->belongs_to, &holder->relation,   &holder->since,
							&holder->until};
	Oid types[lengthof(texts) + 2];
	Datum values[lengthof(texts) + 2];
	char nulls[lengthof(texts) + 2];
	ListCell *cell;
	crm_user was;

	for (int i = 0; i < lengthof(texts); i++)
	{
		char *text = *texts[i] ? crm_source_lookup_renamed(*texts[i], before, now) : NULL;

		types[i] = TEXTOID;
		values[i] = text ? CStringGetTextDatum(text) : (Datum) 0;
		nulls[i] = text ? ' ' : 'n';
	}
	foreach (cell, holder->items)
	{
		crm_source_item *item = lfirst(cell);

		item->expression = crm_source_lookup_renamed(item->expression, before, now);
	}
	types[lengthof(texts)] = TEXTOID;
	values[lengthof(texts)] = CStringGetTextDatum(crm_source_map_text(holder->items, false));
	nulls[lengthof(texts)] = ' ';
	types[lengthof(texts) + 1] = INT4OID;
	values[lengthof(texts) + 1] = Int32GetDatum(holder->source_id);
	nulls[lengthof(texts) + 1] = ' ';
	was = crm_become(crm_owner(), 0);
	SPI_connect();
	crm_source_execute("UPDATE crm_internal.source SET filter = $1, kind = $2, region = $3, "
					   "changed_at = $4, entered_by = $5, preferred = $6, belongs_to = $7, "
					   "relation = $8, since = $9, until = $10, mapping = $11::pg_catalog.jsonb "
					   "WHERE source_id OPERATOR(pg_catalog.=) $12",
					   lengthof(types), types, values, nulls, SPI_OK_UPDATE);
	SPI_finish();
	crm_restore_user(was);
}

/* The next step hangs on the column by its name. */
static void
rename_anchor(const crm_source *lookup, const char *then, const char *now)
{
	Oid types[] = {INT4OID, TEXTOID, TEXTOID};
	Datum values[] = {Int32GetDatum(lookup->source_id), CStringGetTextDatum(then),
					  CStringGetTextDatum(now)};
	crm_user was = crm_become(crm_owner(), 0);

	SPI_connect();
	crm_source_execute("UPDATE crm_internal.source SET parent_columns = "
					   "pg_catalog.array_replace(parent_columns, $2, $3) "
					   "WHERE parent_id OPERATOR(pg_catalog.=) $1",
					   3, types, values, NULL, SPI_OK_UPDATE);
	SPI_finish();
	crm_restore_user(was);
}
