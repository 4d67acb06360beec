/* source_repair.c - follows a department's DDL through the expressions of a source. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "source/source_draft.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_part.h"
#include "source/source_read.h"
#include "source/source_repair.h"

typedef struct attempt
{
	Relation relation;
	const char *text;
	List *names;
	MemoryContext context;
	char *result;
	Oid type;
} attempt;

static List *names_then(const crm_source *source, Relation relation, crm_source_mended *mended);
static char *registered_name(const crm_source *source, Relation relation, AttrNumber number);
static bool is_registered(const crm_source *source, const char *name);
static void note_dropped(const crm_source *source, Relation relation, List *names,
						 crm_source_mended *mended);
static void note_lost(crm_source_mended *mended, char *what);
static char *mended_text(const crm_source *source, Relation relation, const char *text, List *names,
						 Oid *type);
static void parse_again(void *arg);
static List *mended_items(const crm_source *source, Relation relation, List *names,
						  crm_source_mended *mended);
static void append_map(StringInfo call, const crm_source *source, List *items);
static bool append_key(StringInfo call, const crm_source *source, Relation relation, List *names);
static void append_field(StringInfo call, const crm_source *source, Relation relation, List *names,
						 const char *field, const char *text, crm_source_mended *mended);
static AttrNumber number_then(List *names, Relation relation, const char *name);

crm_source_mended *
crm_source_mend(const crm_source *source, Relation relation)
{
	crm_source_mended *mended = palloc0(sizeof(crm_source_mended));
	List *names = names_then(source, relation, mended);
	List *items;
	StringInfoData call;

	note_dropped(source, relation, names, mended);
	items = mended_items(source, relation, names, mended);
	initStringInfo(&call);
	append_map(&call, source, items);
	if ((items == NIL && source->items != NIL) || !append_key(&call, source, relation, names))
	{
		mended->repair = psprintf("SELECT %s);", crm_part_call(source, "drop"));
		return mended;
	}
	append_field(&call, source, relation, names, "filter", source->filter, mended);
	if (source->kind && strcmp(source->kind, "person") != 0 &&
		strcmp(source->kind, "organization") != 0)
		append_field(&call, source, relation, names, "kind", source->kind, mended);
	append_field(&call, source, relation, names, "region", source->region, mended);
	append_field(&call, source, relation, names, "changed_at", source->changed_at, mended);
	append_field(&call, source, relation, names, "preferred", source->preferred, mended);
	if (call.len > 0)
		mended->repair = psprintf("SELECT %s%s);", crm_part_call(source, "change"), call.data);
	return mended;
}

/* For each column, the name by which the stored expressions call it. */
static List *
names_then(const crm_source *source, Relation relation, crm_source_mended *mended)
{
	List *names = NIL;

	for (int i = 0; i < RelationGetNumberOfAttributes(relation); i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), i);
		char *now = NameStr(attribute->attname);
		char *then;

		if (attribute->attisdropped)
			continue;
		then = registered_name(source, relation, attribute->attnum);
		if (then == NULL || is_registered(source, now))
			then = now;
		else
			mended->renamed = lappend(mended->renamed, psprintf("\"%s\" is now \"%s\"", then, now));
		names = lappend(names, makeString(pstrdup(then)));
	}
	return names;
}

/*
 * The name under which this number was registered, if the table has no column of that name any
 * more. While it has, the name counts: a restore renumbers, and swapping a new column in under the
 * old name is how migrations are done.
 */
static char *
registered_name(const crm_source *source, Relation relation, AttrNumber number)
{
	ListCell *name;
	ListCell *known;

	forboth(name, source->columns, known,
			source->column_numbers) if (lfirst_int(known) == number &&
										crm_source_column_number(relation, lfirst(name)) ==
											0) return lfirst(name);
	return NULL;
}

static bool
is_registered(const crm_source *source, const char *name)
{
	ListCell *cell;

	foreach (cell, source->columns)
		if (strcmp(lfirst(cell), name) == 0)
			return true;
	return false;
}

static void
note_dropped(const crm_source *source, Relation relation, List *names, crm_source_mended *mended)
{
	ListCell *cell;

	foreach (cell, source->columns)
		if (number_then(names, relation, lfirst(cell)) == 0)
			mended->dropped = lappend(mended->dropped, psprintf("\"%s\"", (char *) lfirst(cell)));
}

/* Of an attribute with several expressions more than one may be lost. */
static void
note_lost(crm_source_mended *mended, char *what)
{
	ListCell *cell;

	foreach (cell, mended->lost)
		if (strcmp(lfirst(cell), what) == 0)
			return;
	mended->lost = lappend(mended->lost, what);
}

/* The expression as it must read by now, or NULL if it cannot be read. */
static char *
mended_text(const crm_source *source, Relation relation, const char *text, List *names, Oid *type)
{
	attempt try = {relation, text, names, CurrentMemoryContext, NULL, InvalidOid};

	if (crm_source_guarded(source, parse_again, &try) != NULL)
		return NULL;
	*type = try.type;
	return try.result;
}

/* Runs under crm_source_guarded(). */
static void
parse_again(void *arg)
{
	attempt *try = arg;
	crm_expression *expression =
		crm_source_expression(try->relation, try->text, "expression", try->names);

	try->result = MemoryContextStrdup(try->context, expression->text);
	try->type = expression->type;
}

static List *
mended_items(const crm_source *source, Relation relation, List *names, crm_source_mended *mended)
{
	List *items = NIL;
	ListCell *cell;

	foreach (cell, source->items)
	{
		crm_source_item *item = palloc(sizeof(crm_source_item));
		Oid type;

		*item = *(crm_source_item *) lfirst(cell);
		item->expression = mended_text(source, relation, item->expression, names, &type);
		if (item->expression != NULL)
			items = lappend(items, item);
		else
			note_lost(mended, psprintf("attribute \"%s\"", item->attribute));
	}
	return items;
}

static void
append_map(StringInfo call, const crm_source *source, List *items)
{
	char *map = crm_source_map_text(items, true);

	if (strcmp(map, crm_source_map_text(source->items, true)) != 0)
		appendStringInfo(call, ", map => %s", quote_literal_cstr(map));
}

/* False: no key is left. */
static bool
append_key(StringInfo call, const crm_source *source, Relation relation, List *names)
{
	List *numbers = NIL;
	bool same = true;
	ListCell *cell;

	foreach (cell, source->key)
	{
		AttrNumber number = number_then(names, relation, lfirst(cell));

		same = same && number != 0 && crm_source_column_number(relation, lfirst(cell)) == number;
		if (number != 0)
			numbers = lappend_int(numbers, number);
	}
	if (same)
		return true;
	if (list_length(numbers) < list_length(source->key))
		numbers = source->role == CRM_ROLE_SOURCE ? crm_source_key_found(relation) : NIL;
	if (numbers == NIL)
		return false;
	appendStringInfo(call, ", key => ARRAY[");
	foreach (cell, crm_source_column_names(relation, numbers))
	{
		char *column = lfirst(cell);

		if (source->role == CRM_ROLE_DETAIL)
			column =
				psprintf("%s = %s", column,
						 (char *) list_nth(source->parent_columns, foreach_current_index(cell)));
		appendStringInfo(call, "%s%s", foreach_current_index(cell) ? ", " : "",
						 quote_literal_cstr(column));
	}
	appendStringInfoChar(call, ']');
	return true;
}

static void
append_field(StringInfo call, const crm_source *source, Relation relation, List *names,
			 const char *field, const char *text, crm_source_mended *mended)
{
	char *now;
	Oid type = InvalidOid;

	if (text == NULL)
		return;
	now = mended_text(source, relation, text, names, &type);
	if (now != NULL && strcmp(field, "filter") == 0 && getBaseType(type) != BOOLOID)
		now = NULL;
	if (now != NULL && strcmp(now, text) == 0)
		return;
	if (now == NULL)
		note_lost(mended, pstrdup(field));
	appendStringInfo(call, ", %s => %s", field, quote_literal_cstr(now ? now : ""));
}

/* The number of the column that the stored expressions call so, or 0. */
static AttrNumber
number_then(List *names, Relation relation, const char *name)
{
	ListCell *cell = list_head(names);

	for (int i = 0; i < RelationGetNumberOfAttributes(relation); i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), i);

		if (attribute->attisdropped)
			continue;
		if (strcmp(strVal(lfirst(cell)), name) == 0)
			return attribute->attnum;
		cell = lnext(names, cell);
	}
	return 0;
}
