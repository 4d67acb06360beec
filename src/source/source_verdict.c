/* source_verdict.c - what the present state of a table means for its source: followed or not.
 *
 * A source follows where the department can have meant nothing else: the same table with columns
 * renamed or retyped, with another name, with other partitions; or another table that reads just as
 * the old one did and has the same owner. Whatever is left waits for somebody who knows.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "source/source_draft.h"
#include "source/source_expression.h"
#include "source/source_follow.h"
#include "source/source_key.h"
#include "source/source_lookup_follow.h"
#include "source/source_part.h"
#include "source/source_read.h"
#include "source/source_repair.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

typedef struct row_search
{
	char *table;
	bool found;
} row_search;

typedef struct draft_check
{
	crm_source *draft;
	Relation relation;
	MemoryContext context;
} draft_check;

static crm_follow_verdict *needs(bool readable, char *attention, char *repair);
static crm_follow_verdict *gone(const crm_source *source);
static crm_follow_verdict *moved(const crm_source *source, const crm_source_look *look);
static crm_follow_verdict *of_relation(const crm_source *source, const crm_source_look *look,
									   Relation relation, crm_follow_place place);
static crm_follow_verdict *of_same(const crm_source *source, const crm_source_look *look,
								   Relation relation, const char *owner_then);
static crm_follow_verdict *of_other(const crm_source *source, const crm_source_look *look,
									Relation relation);
static char *misfit(const crm_source *source, Relation relation);
static crm_follow_verdict *unfit(const crm_source *source, const crm_source_look *look,
								 char *attention, char *repair);
static bool former_is_meant(const crm_source *source, Oid former);
static crm_follow_verdict *draft_verdict(const crm_source *source, Relation relation,
										 const crm_source_mended *mended);
static crm_follow_verdict *of_hanging(const crm_source *source);
static crm_source *lookup_draft(const crm_source *lookup, Relation relation);
static void check_draft(void *arg);
static AttrNumber number_now(const crm_source *source, Relation relation, int i, bool by_number);
static void append_column_changes(StringInfo changes, const crm_source *source, Relation relation,
								  bool known);
static bool has_more_columns(const crm_source *source, Relation relation, const crm_source *draft,
							 bool known);
static bool same_numbers(const crm_source *source, const crm_source *draft);
static bool same_category(const char *then, Oid now);
static Oid type_named(const char *name);
static char category_of(Oid type);
static bool is_empty(const crm_source *source);
static void look_for_rows(void *arg);
static bool has_records(int32 source_id);
static void append(StringInfo text, const char *more);
static char *label_of(Oid table);
static char *repair_call(const crm_source *source, Oid read_from);
static char *drop_call(const crm_source *source);
static char *repair_without(const crm_source *lookup);
static char *literal(const crm_source *source);

crm_follow_verdict *
crm_source_follow_verdict(const crm_source *source, const crm_source_look *look)
{
	crm_follow_place place = crm_follow_place_of(&look->facts);
	crm_follow_verdict *verdict;
	Relation relation;

	if (place == CRM_PLACE_GONE)
		return gone(source);
	if (place == CRM_PLACE_MOVED)
		return moved(source, look);
	if (place == CRM_PLACE_ANOTHERS)
		return needs(false,
					 psprintf("table \"%s\" is now the one of another source",
							  crm_source_label(source->schema, source->table)),
					 repair_call(source, InvalidOid));
	relation = try_relation_open(look->facts.table, AccessShareLock);
	if (relation == NULL)
		return gone(source);
	verdict = of_relation(source, look, relation, place);
	relation_close(relation, AccessShareLock);
	return verdict;
}

static crm_follow_verdict *
needs(bool readable, char *attention, char *repair)
{
	crm_follow_verdict *verdict = palloc0(sizeof(crm_follow_verdict));

	verdict->readable = readable;
	verdict->attention = attention;
	verdict->repair = repair;
	return verdict;
}

static crm_follow_verdict *
gone(const crm_source *source)
{
	return needs(
		false,
		psprintf("table \"%s\" does not exist", crm_source_label(source->schema, source->table)),
		drop_call(source));
}

/* The rest is seen once it is looked at under its new name. */
static crm_follow_verdict *
moved(const crm_source *source, const crm_source_look *look)
{
	crm_follow_verdict *verdict = palloc0(sizeof(crm_follow_verdict));
	Oid table = crm_follow_moved_to(&look->facts);
	Oid rival = look->facts.known ? crm_source_look_rival(source->source_id, table) : InvalidOid;

	if (OidIsValid(rival))
		return needs(
			false,
			psprintf("table \"%s\" is now \"%s\", or \"%s\", which was made since and reads alike",
					 crm_source_label(source->schema, source->table), label_of(table),
					 label_of(rival)),
			repair_call(source, table));
	verdict->table = table;
	verdict->draft = palloc(sizeof(crm_source));
	*verdict->draft = *source;
	verdict->draft->schema = get_namespace_name(get_rel_namespace(table));
	verdict->draft->table = get_rel_name(table);
	verdict->changed = true;
	verdict->readable = true;
	verdict->changes = psprintf("table \"%s\" is now \"%s\"",
								crm_source_label(source->schema, source->table), label_of(table));
	return verdict;
}

/*
 * Expressions are read as the present owner's, whom the check of the draft then has to accept. A
 * table that is not the one that was registered must have the same owner: else whoever can put a
 * table under the name would have it read with rights that nobody gave.
 */
static crm_follow_verdict *
of_relation(const crm_source *source, const crm_source_look *look, Relation relation,
			crm_follow_place place)
{
	crm_source present = *source;

	if (place == CRM_PLACE_OTHER)
		return of_other(source, look, relation);
	if (OidIsValid(look->former) && former_is_meant(source, look->former))
		return needs(true,
					 psprintf("table \"%s\" exists again, from which the source followed \"%s\"",
							  label_of(look->former),
							  crm_source_label(source->schema, source->table)),
					 repair_call(source, look->former));
	present.owner = crm_source_owner(relation);
	return of_same(&present, look, relation, source->owner);
}

static crm_follow_verdict *
of_same(const crm_source *source, const crm_source_look *look, Relation relation,
		const char *owner_then)
{
	bool known = look->facts.known;
	crm_source_mended *mended = crm_source_mend(source, relation, known);
	crm_follow_verdict *verdict = draft_verdict(source, relation, mended);
	crm_trigger_need need = CRM_TRIGGERS_FINE;
	StringInfoData unseen;
	StringInfoData all;

	if (verdict->attention)
		return verdict;
	if (crm_source_has_triggers(relation->rd_rel->relkind))
		need = crm_source_trigger_need(RelationGetRelid(relation), source);
	if (need == CRM_TRIGGERS_REFUSED)
		return needs(
			true, crm_source_trigger_problem(RelationGetRelid(relation), source),
			repair_call(source->root_id ? crm_source_load(source->root_id) : source, InvalidOid));
	verdict->attach = need == CRM_TRIGGERS_LACKING;
	initStringInfo(&unseen);
	append_column_changes(&unseen, source, relation, known);
	if (has_more_columns(source, relation, verdict->draft, known))
		append(&unseen, "columns were added");
	append(&unseen, crm_follow_unseen_change(&look->facts));
	if (verdict->attach && unseen.len == 0)
		append(&unseen, "triggers were lacking");
	verdict->compare = unseen.len > 0;

	initStringInfo(&all);
	append(&all, crm_source_mended_text(mended));
	append(&all, unseen.len > 0 ? unseen.data : NULL);
	if (owner_then != NULL && strcmp(owner_then, source->owner) != 0)
		append(&all, psprintf("it belongs to \"%s\"", source->owner));
	verdict->changes = all.len > 0 ? all.data : NULL;
	verdict->changed = all.len > 0 || !same_numbers(source, verdict->draft);
	return verdict;
}

static crm_follow_verdict *
of_other(const crm_source *source, const crm_source_look *look, Relation relation)
{
	char *label = crm_source_label(source->schema, source->table);
	char *wrong = misfit(source, relation);
	crm_source_mended *mended;
	crm_follow_verdict *verdict;

	if (wrong != NULL)
		return unfit(source, look, wrong, repair_call(source, InvalidOid));
	mended = crm_source_mend(source, relation, false);
	verdict = draft_verdict(source, relation, mended);
	if (verdict->attention)
		return unfit(source, look,
					 psprintf("\"%s\" is another table by now: %s", label, verdict->attention),
					 verdict->repair);
	/* In the midst of a migration: all customers would be gone until it is filled. */
	if (has_records(source->root_id ? source->root_id : source->source_id) && is_empty(source))
		return unfit(source, look,
					 psprintf("\"%s\" is another table by now, without any row yet", label),
					 repair_call(source, InvalidOid));
	verdict->attach = crm_source_has_triggers(relation->rd_rel->relkind);
	verdict->draft->relation_kind = relation->rd_rel->relkind;
	verdict->changed = true;
	verdict->compare = true;
	verdict->changes = psprintf("\"%s\" is another table", label);
	return verdict;
}

/* Why the table cannot be the one that is meant, or NULL; expressions and key are looked at later.
 */
static char *
misfit(const crm_source *source, Relation relation)
{
	char *label = crm_source_label(source->schema, source->table);
	char *owner = crm_source_owner(relation);
	ListCell *name;
	ListCell *type;

	if (crm_source_has_triggers(source->relation_kind) &&
		!crm_source_has_triggers(relation->rd_rel->relkind))
		return psprintf("\"%s\" is no table any more but a view or foreign table", label);
	if (source->owner != NULL && strcmp(owner, source->owner) != 0)
		return psprintf("\"%s\" is another table by now, and belongs to \"%s\"", label, owner);
	forboth(name, source->columns, type, source->column_types)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(name));
		Oid now =
			number ? TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid : InvalidOid;

		if (number != 0 && !same_category(lfirst(type), now))
			return psprintf("\"%s\" is another table by now, where \"%s\" is of type %s", label,
							(char *) lfirst(name), format_type_be(now));
	}
	return NULL;
}

/* If the table that was registered is still there, under another name, that one is sure to do. */
static crm_follow_verdict *
unfit(const crm_source *source, const crm_source_look *look, char *attention, char *repair)
{
	Oid registered = look->facts.carrier;

	if (!OidIsValid(registered) || registered == look->facts.table)
		return needs(false, attention, repair);
	return needs(
		false,
		psprintf("%s; the one that was registered is now \"%s\"", attention, label_of(registered)),
		repair_call(source, registered));
}

/* A table of another make may take a name that is free. */
static bool
former_is_meant(const crm_source *source, Oid former)
{
	Relation relation = try_relation_open(former, AccessShareLock);
	bool meant;
	ListCell *cell;

	if (relation == NULL)
		return false;
	meant = misfit(source, relation) == NULL;
	foreach (cell, source->columns)
		meant = meant && crm_source_column_number(relation, lfirst(cell)) != 0;
	relation_close(relation, AccessShareLock);
	return meant;
}

static crm_follow_verdict *
draft_verdict(const crm_source *source, Relation relation, const crm_source_mended *mended)
{
	draft_check try = {mended->draft, relation, CurrentMemoryContext};
	crm_follow_verdict *verdict;
	ErrorData *error;

	/* A column that nothing reads is missed by nobody. */
	if (mended->lost || mended->key_lost || mended->draft == NULL ||
		(mended->dropped && source->role == CRM_ROLE_LOOKUP))
		return needs(false, crm_source_mended_text(mended),
					 mended->repair ? mended->repair : drop_call(source));
	if (source->role == CRM_ROLE_LOOKUP)
		try.draft = lookup_draft(source, relation);
	error = source->role == CRM_ROLE_LOOKUP ? NULL : crm_source_guarded(source, check_draft, &try);
	if (error != NULL && error->sqlerrcode == ERRCODE_UNIQUE_VIOLATION)
		return needs(true,
					 psprintf("key (%s) no longer identifies a row",
							  crm_source_quoted_columns(
								  relation, crm_source_key_numbers(try.draft, relation))),
					 crm_source_key_repair(try.draft, relation));
	if (error != NULL && mended->dropped)
	{
		verdict = of_hanging(source);
		if (verdict != NULL)
			return verdict;
	}
	if (error != NULL)
		return needs(false, psprintf("cannot be read: %s", error->message),
					 mended->repair ? mended->repair : repair_call(source, InvalidOid));
	verdict = palloc0(sizeof(crm_follow_verdict));
	verdict->draft = try.draft;
	verdict->table = RelationGetRelid(relation);
	verdict->readable = true;
	return verdict;
}

/* The column is gone by which a detail or lookup hangs on the source; NULL if it is not that. */
static crm_follow_verdict *
of_hanging(const crm_source *source)
{
	ListCell *cell;

	foreach (cell, crm_source_part_ids(source->root_id ? source->root_id : source->source_id))
	{
		crm_source *part = crm_source_load(lfirst_int(cell));
		char *text = part->parent_id == source->source_id ? crm_part_anchor_problem(part) : NULL;

		if (text != NULL)
			return needs(false, psprintf("%s: %s", crm_part_title(part), text), drop_call(part));
	}
	return NULL;
}

/* It has no expressions of its own, only columns. */
static crm_source *
lookup_draft(const crm_source *lookup, Relation relation)
{
	crm_source *draft = crm_source_lookup_now(lookup);

	if (draft == NULL)
	{
		draft = palloc(sizeof(crm_source));
		*draft = *lookup;
	}
	draft->column_numbers = crm_source_present_numbers(relation, draft);
	return draft;
}

/* Runs under crm_source_guarded(), so as the table's owner: types and their operators are his. */
static void
check_draft(void *arg)
{
	draft_check *try = arg;
	MemoryContext old = MemoryContextSwitchTo(try->context);

	/* Nobody asked for the advice that goes with a registration. */
	(void) set_config_option("client_min_messages", "warning", PGC_USERSET, PGC_S_SESSION,
							 GUC_ACTION_SAVE, true, 0, false);
	crm_source_check_draft(try->draft, try->relation, NULL);
	MemoryContextSwitchTo(old);
}

/* The attribute number by now of the i-th registered column, or 0. */
static AttrNumber
number_now(const crm_source *source, Relation relation, int i, bool by_number)
{
	AttrNumber number = crm_source_column_number(relation, list_nth(source->columns, i));
	AttrNumber then = list_nth_int(source->column_numbers, i);

	if (number != 0 || !by_number)
		return number;
	return TupleDescAttr(RelationGetDescr(relation), then - 1)->attisdropped ? 0 : then;
}

/* What rewrote the values of columns. */
static void
append_column_changes(StringInfo changes, const crm_source *source, Relation relation, bool known)
{
	for (int i = 0; i < list_length(source->columns); i++)
	{
		AttrNumber number = number_now(source, relation, i, known);
		List *name;
		char *type;

		/* Only the key of a detail equals it: no expression would have been mended. */
		if (number == 0 || TupleDescAttr(RelationGetDescr(relation), number - 1)->attisdropped)
			continue;
		name = crm_source_column_names(relation, list_make1_int(number));
		type = linitial(crm_source_column_types(relation, name));
		if (known && number != list_nth_int(source->column_numbers, i))
			append(changes, psprintf("column \"%s\" was made anew", (char *) linitial(name)));
		if (i < list_length(source->column_types) &&
			strcmp(type, list_nth(source->column_types, i)) != 0)
			append(changes,
				   psprintf("column \"%s\" is now of type %s", (char *) linitial(name),
							format_type_be(
								TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid)));
	}
}

/* An expression over the whole row reads what is added to it. */
static bool
has_more_columns(const crm_source *source, Relation relation, const crm_source *draft, bool known)
{
	List *numbers = NIL;

	for (int i = 0; i < list_length(source->columns); i++)
		numbers = lappend_int(numbers, number_now(source, relation, i, known));
	return list_difference_int(draft->column_numbers, numbers) != NIL;
}

static bool
same_numbers(const crm_source *source, const crm_source *draft)
{
	return equal(source->column_numbers, draft->column_numbers);
}

/* A migration may widen what it copies; a number where a name was is no copy. */
static bool
same_category(const char *then, Oid now)
{
	Oid type = type_named(then);

	if (!OidIsValid(type))
		return false;
	return type == now ||
		   (category_of(type) != TYPCATEGORY_USER && category_of(type) == category_of(now));
}

static Oid
type_named(const char *name)
{
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(name)};
	bool isnull;
	Datum type;

	SPI_connect();
	crm_source_execute("SELECT pg_catalog.to_regtype($1)", 1, types, values, NULL, SPI_OK_SELECT);
	type = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull);
	SPI_finish();
	return isnull ? InvalidOid : DatumGetObjectId(type);
}

static char
category_of(Oid type)
{
	char category;
	bool preferred;

	get_type_category_preferred(getBaseType(type), &category, &preferred);
	return category == TYPCATEGORY_ENUM ? TYPCATEGORY_STRING : category;
}

static bool
is_empty(const crm_source *source)
{
	row_search search = {crm_source_qualified(source), false};

	return crm_source_guarded(source, look_for_rows, &search) == NULL && !search.found;
}

/* Runs under crm_source_guarded(). */
static void
look_for_rows(void *arg)
{
	row_search *search = arg;

	crm_source_execute(psprintf("SELECT 1 FROM %s LIMIT 1", search->table), 0, NULL, NULL, NULL,
					   SPI_OK_SELECT);
	search->found = SPI_processed > 0;
}

static bool
has_records(int32 source_id)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(source_id)};
	bool found;

	SPI_connect();
	crm_source_execute("SELECT 1 FROM crm_internal.record "
					   "WHERE source_id OPERATOR(pg_catalog.=) $1 LIMIT 1",
					   1, types, values, NULL, SPI_OK_SELECT);
	found = SPI_processed > 0;
	SPI_finish();
	crm_restore_user(before);
	return found;
}

static void
append(StringInfo text, const char *more)
{
	if (more != NULL)
		appendStringInfo(text, "%s%s", text->len ? "; " : "", more);
}

static char *
label_of(Oid table)
{
	return crm_source_label(get_namespace_name(get_rel_namespace(table)), get_rel_name(table));
}

/* The statement that takes the table that is there for the one that is meant. */
static char *
repair_call(const crm_source *source, Oid read_from)
{
	if (source->role == CRM_ROLE_DETAIL)
		return psprintf("SELECT %s);", crm_part_call(source, "change"));
	if (source->role == CRM_ROLE_LOOKUP)
		return repair_call(crm_source_load(source->root_id), InvalidOid);
	if (!OidIsValid(read_from))
		return psprintf("SELECT crm.repair_source(%s);", literal(source));
	return psprintf(
		"SELECT crm.repair_source(%s, read_from => %s);", literal(source),
		quote_literal_cstr(quote_qualified_identifier(
			get_namespace_name(get_rel_namespace(read_from)), get_rel_name(read_from))));
}

/* The statement that does without what is gone. */
static char *
drop_call(const crm_source *source)
{
	if (source->role == CRM_ROLE_LOOKUP)
		return repair_without(source);
	return psprintf("SELECT %s);", crm_part_call(source, "drop"));
}

/* Of what looks values up where they cannot be looked up any more. */
static char *
repair_without(const crm_source *lookup)
{
	crm_source *holder = crm_source_lookup_holder(lookup);
	Relation relation;
	char *repair = NULL;

	if (holder == NULL)
		return NULL;
	relation = OidIsValid(crm_source_table_id(holder))
				   ? try_relation_open(crm_source_table_id(holder), AccessShareLock)
				   : NULL;
	if (relation == NULL)
		return NULL;
	repair = crm_source_mend(holder, relation, true)->repair;
	relation_close(relation, AccessShareLock);
	return repair ? repair : repair_call(holder, InvalidOid);
}

static char *
literal(const crm_source *source)
{
	return quote_literal_cstr(crm_source_qualified(source));
}
