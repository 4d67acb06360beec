/* follow_verdict.c - what the present state of a table means for its source: followed or not.
 *
 * A source follows where the department can have meant nothing else: the same table with columns
 * renamed or retyped, with another name, with other partitions; or another table that reads just as
 * the old one did and has the same owner. Whatever is left waits for somebody who knows.
 */
#include "postgres.h"

#include "access/relation.h"
#include "utils/guc.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "follow/follow_column.h"
#include "follow/follow_lookup.h"
#include "follow/follow_repair.h"
#include "follow/follow_statement.h"
#include "follow/follow_substitute.h"
#include "follow/follow_verdict.h"
#include "source/source_draft.h"
#include "source/source_key.h"
#include "source/source_part.h"
#include "source/source_part_anchor.h"
#include "source/source_read.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

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
static crm_follow_verdict *unfit(const crm_source *source, const crm_source_look *look,
								 char *attention, char *repair);
static crm_follow_verdict *draft_verdict(const crm_source *source, Relation relation,
										 const crm_source_mended *mended);
static crm_follow_verdict *of_hanging(const crm_source *source);
static crm_source *lookup_draft(const crm_source *lookup, Relation relation);
static void check_draft(void *arg);
static bool same_numbers(const crm_source *source, const crm_source *draft);
static char *label_of(Oid table);
static char *drop_call(const crm_source *source);
static char *repair_without(const crm_source *lookup);

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
					 crm_source_repair_call(source, InvalidOid));
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
			crm_source_repair_call(source, table));
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
	if (OidIsValid(look->former) && crm_source_reads_alike(source, look->former))
		return needs(true,
					 psprintf("table \"%s\" exists again, from which the source followed \"%s\"",
							  label_of(look->former),
							  crm_source_label(source->schema, source->table)),
					 crm_source_repair_call(source, look->former));
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
		return needs(true, crm_source_trigger_problem(RelationGetRelid(relation), source),
					 crm_source_repair_call(
						 source->root_id ? crm_source_load(source->root_id) : source, InvalidOid));
	verdict->attach = need == CRM_TRIGGERS_LACKING;
	initStringInfo(&unseen);
	crm_append_change(&unseen, crm_source_column_changes(source, relation, known));
	if (crm_source_reads_more_columns(source, relation, verdict->draft, known))
		crm_append_change(&unseen, "columns were added");
	crm_append_change(&unseen, crm_follow_unseen_change(&look->facts));
	if (verdict->attach && unseen.len == 0)
		crm_append_change(&unseen, "triggers were lacking");
	verdict->compare = unseen.len > 0;

	initStringInfo(&all);
	crm_append_change(&all, crm_source_mended_text(mended));
	crm_append_change(&all, unseen.len > 0 ? unseen.data : NULL);
	if (owner_then != NULL && strcmp(owner_then, source->owner) != 0)
		crm_append_change(&all, psprintf("it belongs to \"%s\"", source->owner));
	verdict->changes = all.len > 0 ? all.data : NULL;
	verdict->changed = all.len > 0 || !same_numbers(source, verdict->draft);
	return verdict;
}

static crm_follow_verdict *
of_other(const crm_source *source, const crm_source_look *look, Relation relation)
{
	char *label = crm_source_label(source->schema, source->table);
	char *wrong = crm_source_misfit(source, relation);
	crm_source_mended *mended;
	crm_follow_verdict *verdict;

	if (wrong != NULL)
		return unfit(source, look, wrong, crm_source_repair_call(source, InvalidOid));
	mended = crm_source_mend(source, relation, false);
	verdict = draft_verdict(source, relation, mended);
	if (verdict->attention)
		return unfit(source, look,
					 psprintf("\"%s\" is another table by now: %s", label, verdict->attention),
					 verdict->repair);
	/* In the midst of a migration: all customers would be gone until it is filled. */
	if (crm_source_would_empty(source))
		return unfit(source, look,
					 psprintf("\"%s\" is another table by now, without any row yet", label),
					 crm_source_repair_call(source, InvalidOid));
	verdict->attach = crm_source_has_triggers(relation->rd_rel->relkind);
	verdict->draft->relation_kind = relation->rd_rel->relkind;
	verdict->changed = true;
	verdict->compare = true;
	verdict->changes = psprintf("\"%s\" is another table", label);
	return verdict;
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
		crm_source_repair_call(source, registered));
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
					 mended->repair ? mended->repair : crm_source_repair_call(source, InvalidOid));
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

	foreach (cell, crm_source_load_parts(source->root_id ? source->root_id : source->source_id))
	{
		crm_source *part = lfirst(cell);
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

static bool
same_numbers(const crm_source *source, const crm_source *draft)
{
	return equal(source->column_numbers, draft->column_numbers);
}

static char *
label_of(Oid table)
{
	return crm_source_label(get_namespace_name(get_rel_namespace(table)), get_rel_name(table));
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
	return repair ? repair : crm_source_repair_call(holder, InvalidOid);
}
