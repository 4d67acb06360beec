/* follow_repair.c - follows a department's DDL through the expressions of a source. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "follow/follow_lookup.h"
#include "follow/follow_repair.h"
#include "follow/follow_statement.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_read.h"
#include "source/source_relation.h"
#include "source/source_row.h"

typedef struct attempt
{
	Relation relation;
	const char *text;
	List *names;
	MemoryContext context;
	char *result;
	Oid type;
} attempt;

/* What is common to the steps of mending one source. */
typedef struct mending
{
	const crm_source *source;
	Relation relation;
	List *names; /* for each column, the name by which the stored expressions call it */
	crm_source_mended *mended;
} mending;

static List *names_now(Relation relation);
static List *names_then(const crm_source *source, Relation relation, crm_source_mended *mended);
static char *registered_name(const crm_source *source, Relation relation, AttrNumber number);
static void note_dropped(mending *work);
static void note_lost(crm_source_mended *mended, char *what);
static char *mended_text(mending *work, const char *text, Oid *type);
static void note_reason(crm_source_mended *mended, const ErrorData *error);
static void parse_again(void *arg);
static List *mended_items(mending *work);
static List *mended_key(mending *work);
static void mend_field(mending *work, const char *field, char **text);
static void mend_fields(mending *work, crm_source *draft);
static bool is_word_field(const char *field, const char *text);
static AttrNumber number_then(const mending *work, const char *name);
static void append_texts(StringInfo text, const char *format, List *texts);

crm_source_mended *
crm_source_mend(const crm_source *source, Relation relation, bool same_table)
{
	crm_source_mended *mended = palloc0(sizeof(crm_source_mended));
	crm_source *draft = palloc(sizeof(crm_source));
	mending work = {source, relation, NIL, mended};

	work.names = same_table ? names_then(source, relation, mended) : names_now(relation);
	*draft = *source;
	draft->items = mended_items(&work);
	draft->key = mended_key(&work);
	mend_fields(&work, draft);
	note_dropped(&work);
	if (draft->key != NIL && (draft->items != NIL || source->items == NIL))
		mended->draft = draft;
	mended->repair = mended->grant ? mended->grant : crm_source_change_call(source, mended->draft);
	return mended;
}

char *
crm_source_mended_text(const crm_source_mended *mended)
{
	StringInfoData text;

	initStringInfo(&text);
	append_texts(&text, "column %s", mended->renamed);
	append_texts(&text, "looked-up %s", mended->renamed_elsewhere);
	append_texts(&text, "column %s was dropped", mended->dropped);
	append_texts(&text, "%s can no longer be read", mended->lost);
	if (mended->lost && mended->reason && !mended->renamed && !mended->dropped)
		appendStringInfo(&text, ": %s", mended->reason);
	return text.len > 0 ? text.data : NULL;
}

static void
append_texts(StringInfo text, const char *format, List *texts)
{
	StringInfoData all;
	ListCell *cell;

	if (texts == NIL)
		return;
	initStringInfo(&all);
	foreach (cell, texts)
		appendStringInfo(&all, "%s%s", all.len ? ", " : "", (char *) lfirst(cell));
	appendStringInfoString(text, text->len ? "; " : "");
	appendStringInfo(text, format, all.data);
}

static List *
names_now(Relation relation)
{
	List *names = NIL;

	for (int i = 0; i < RelationGetNumberOfAttributes(relation); i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), i);

		if (!attribute->attisdropped)
			names = lappend(names, makeString(pstrdup(NameStr(attribute->attname))));
	}
	return names;
}

/* A column of the table that was registered may have another name by now. */
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
		if (then == NULL || crm_list_has_text(source->columns, now))
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

/* One that nothing was lost with was read only because the key of a detail equals it. */
static void
note_dropped(mending *work)
{
	const crm_source *source = work->source;
	bool all = work->mended->lost != NIL || source->role == CRM_ROLE_LOOKUP;
	ListCell *cell;

	foreach (cell, source->columns)
		if (number_then(work, lfirst(cell)) == 0 &&
			(all || crm_list_has_text(source->key, lfirst(cell))))
			work->mended->dropped =
				lappend(work->mended->dropped, psprintf("\"%s\"", (char *) lfirst(cell)));
}

/* Of an attribute with several expressions more than one may be lost. */
static void
note_lost(crm_source_mended *mended, char *what)
{
	if (!crm_list_has_text(mended->lost, what))
		mended->lost = lappend(mended->lost, what);
}

/* The expression as it must read by now, or NULL if it cannot be read. */
static char *
mended_text(mending *work, const char *text, Oid *type)
{
	attempt try = {work->relation, text, work->names, CurrentMemoryContext, NULL, InvalidOid};
	ErrorData *error;

	try.text = crm_source_follow_lookups(work->source, text, &work->mended->renamed_elsewhere);
	error = crm_source_guarded(work->source, parse_again, &try);
	if (error != NULL)
	{
		note_reason(work->mended, error);
		return NULL;
	}
	*type = try.type;
	return try.result;
}

/* Without what it says of the expression as such. */
static void
note_reason(crm_source_mended *mended, const ErrorData *error)
{
	static const char before[] = " is not usable: ";
	const char *reason = strstr(error->message, before);

	if (mended->reason != NULL)
		return;
	mended->reason = pstrdup(reason ? reason + strlen(before) : error->message);
	if (error->hint != NULL && strncmp(error->hint, "GRANT ", 6) == 0)
		mended->grant = pstrdup(error->hint);
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
mended_items(mending *work)
{
	List *items = NIL;
	ListCell *cell;

	foreach (cell, work->source->items)
	{
		crm_source_item *item = palloc(sizeof(crm_source_item));
		Oid type;

		*item = *(crm_source_item *) lfirst(cell);
		item->expression = mended_text(work, item->expression, &type);
		if (item->expression != NULL)
			items = lappend(items, item);
		else
			note_lost(work->mended, psprintf("attribute \"%s\"", item->attribute));
	}
	return items;
}

/* NIL: no key is left. */
static List *
mended_key(mending *work)
{
	List *numbers = NIL;
	ListCell *cell;

	foreach (cell, work->source->key)
	{
		AttrNumber number = number_then(work, lfirst(cell));

		if (number != 0)
			numbers = lappend_int(numbers, number);
	}
	/* Of a part the key is what it hangs by, and no other will do. */
	work->mended->key_lost = list_length(numbers) < list_length(work->source->key);
	if (work->mended->key_lost)
		numbers =
			work->source->role == CRM_ROLE_SOURCE ? crm_source_key_found(work->relation) : NIL;
	return crm_source_column_names(work->relation, numbers);
}

static void
mend_fields(mending *work, crm_source *draft)
{
	mend_field(work, "filter", &draft->filter);
	mend_field(work, "kind", &draft->kind);
	mend_field(work, "region", &draft->region);
	mend_field(work, "changed_at", &draft->changed_at);
	mend_field(work, "entered_by", &draft->entered_by);
	mend_field(work, "preferred", &draft->preferred);
	mend_field(work, "belongs_to", &draft->belongs_to);
	mend_field(work, "relation", &draft->relation);
	mend_field(work, "since", &draft->since);
	mend_field(work, "until", &draft->until);
}

static void
mend_field(mending *work, const char *field, char **text)
{
	char *now;
	Oid type = InvalidOid;

	if (*text == NULL || is_word_field(field, *text))
		return;
	now = mended_text(work, *text, &type);
	if (now != NULL && strcmp(field, "filter") == 0 && getBaseType(type) != BOOLOID)
		now = NULL;
	if (now == NULL)
		note_lost(work->mended, pstrdup(field));
	*text = now;
}

/* What stands for itself and is no expression. */
static bool
is_word_field(const char *field, const char *text)
{
	if (strcmp(field, "kind") == 0)
		return crm_source_is_kind(text);
	return strcmp(field, "relation") == 0 && crm_source_is_word(text);
}

/* The number of the column that the stored expressions call so, or 0. */
static AttrNumber
number_then(const mending *work, const char *name)
{
	ListCell *cell = list_head(work->names);

	for (int i = 0; i < RelationGetNumberOfAttributes(work->relation); i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(work->relation), i);

		if (attribute->attisdropped)
			continue;
		if (strcmp(strVal(lfirst(cell)), name) == 0)
			return attribute->attnum;
		cell = lnext(work->names, cell);
	}
	return 0;
}
