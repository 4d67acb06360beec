/* guard_register.c - adds, changes and drops guards.
 *
 * As for sources the caller's own rights decide about the table; the registry and the triggers are
 * then written as the owner of crm's tables. That there is a guard, and how strict it is, decides
 * what all mandates are worth, so it is a decision about these: org.model.
 */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "act/act_own.h"
#include "base/base.h"
#include "act/act_own.h"
#include "guard/guard_attach.h"
#include "guard/guard_check.h"
#include "guard/guard_name.h"
#include "source/source_argument.h"
#include "source/source_lock.h"
#include "source/source_registry.h"
#include "source/source_table.h"

#define EXAMPLE                                                                                    \
	"SELECT crm.add_guard('service.voucher', decision => 'goodwill', amount => 'value')."

PG_FUNCTION_INFO_V1(crm_add_guard);
PG_FUNCTION_INFO_V1(crm_change_guard);
PG_FUNCTION_INFO_V1(crm_drop_guard);
PG_FUNCTION_INFO_V1(crm_drop_guard_of);

static Datum add_guard(FunctionCallInfo fcinfo);
static Relation open_table(const char *name);
static Datum change_guard(FunctionCallInfo fcinfo);
static crm_guard *existing(int32 guard_id);
static void change_facts(FunctionCallInfo fcinfo, crm_guard *draft);
static Relation open_guarded(const crm_guard *guard);
static void follow_names(crm_guard *draft, Relation relation);
static void set_pairs(FunctionCallInfo fcinfo, int number, const char *what, List **pairs);
static Datum drop_guard(FunctionCallInfo fcinfo);
static Datum drop_guard_of(FunctionCallInfo fcinfo);
static void drop_one(int32 guard_id);

Datum
crm_add_guard(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "org.model");
	return crm_source_patiently(fcinfo, add_guard);
}

static Datum
add_guard(PG_FUNCTION_ARGS)
{
	crm_guard *draft = palloc0(sizeof(crm_guard));
	Relation relation;

	(void) crm_required_argument(fcinfo, 0, "table", EXAMPLE);
	draft->decision = crm_required_argument(fcinfo, 1, "decision", EXAMPLE);
	crm_set_from_argument(fcinfo, 2, &draft->amount);
	crm_set_from_argument(fcinfo, 3, &draft->customer);
	crm_set_from_argument(fcinfo, 4, &draft->condition);
	draft->operations = crm_guard_parse_operations(crm_texts_argument(fcinfo, 5));
	draft->enforces = crm_guard_parse_choice(crm_required_argument(fcinfo, 6, "mode", EXAMPLE),
											 "mode", "enforce", "observe");
	if (!PG_ARGISNULL(7))
		draft->waiting = crm_guard_parse_pairs(PG_GETARG_JSONB_P(7), "waiting");
	draft->columns = crm_texts_argument(fcinfo, 8);
	if (!PG_ARGISNULL(9))
		draft->scope = crm_guard_parse_pairs(PG_GETARG_JSONB_P(9), "scope");
	crm_set_from_argument(fcinfo, 10, &draft->customer_source);
	draft->journals_rows = crm_guard_parse_choice(
		crm_required_argument(fcinfo, 11, "journal", EXAMPLE), "journal", "row", "statement");

	relation = open_table(crm_text_argument(fcinfo, 0));
	crm_guard_check(draft, relation);
	draft->guard_id = crm_guard_insert(draft);
	table_close(relation, NoLock);
	crm_guard_attach(draft->table_id, draft);
	PG_RETURN_INT32(draft->guard_id);
}

static Relation
open_table(const char *name)
{
	char *schema;
	char *table;

	if (!crm_source_resolve_name(name, &schema, &table) ||
		!OidIsValid(get_namespace_oid(schema, true)) ||
		!OidIsValid(get_relname_relid(table, get_namespace_oid(schema, false))))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("table \"%s\" does not exist", name),
				 errhint("Name it with its schema, as in 'service.voucher'.")));
	return crm_source_open_table(name);
}

Datum
crm_change_guard(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "org.model");
	return crm_source_patiently(fcinfo, change_guard);
}

/*
 * How strict a guard is, and what it writes down, is no matter of the table: the one who may decide
 * it needs no right there, and no lock.
 */
static Datum
change_guard(PG_FUNCTION_ARGS)
{
	crm_guard *draft;
	bool facts = PG_ARGISNULL(5) && PG_ARGISNULL(10);

	if (PG_ARGISNULL(0))
		(void) existing(0);
	draft = existing(PG_GETARG_INT32(0));
	if (!PG_ARGISNULL(5))
		draft->enforces =
			crm_guard_parse_choice(crm_text_argument(fcinfo, 5), "mode", "enforce", "observe");
	if (!PG_ARGISNULL(10))
		draft->journals_rows =
			crm_guard_parse_choice(crm_text_argument(fcinfo, 10), "journal", "row", "statement");
	for (int i = 1; i < 10; i++)
		if (i != 5 && !PG_ARGISNULL(i))
			facts = true;
	if (facts)
		change_facts(fcinfo, draft);
	else
		crm_guard_update(draft);
	PG_RETURN_INT32(draft->guard_id);
}

static crm_guard *
existing(int32 guard_id)
{
	crm_guard *guard = crm_guard_load(guard_id);

	if (guard == NULL || guard->is_dropped)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("there is no guard %d", guard_id),
						errhint("SELECT * FROM crm.guards lists the guards.")));
	return guard;
}

static void
change_facts(FunctionCallInfo fcinfo, crm_guard *draft)
{
	Relation relation = open_guarded(draft);
	int operations = draft->operations;
	bool waited = draft->waiting != NIL;

	follow_names(draft, relation);
	crm_set_from_argument(fcinfo, 1, &draft->amount);
	crm_set_from_argument(fcinfo, 2, &draft->customer);
	/* What the old column meant, the new one need not. */
	if (!PG_ARGISNULL(2))
		draft->customer_source = NULL;
	crm_set_from_argument(fcinfo, 3, &draft->condition);
	if (!PG_ARGISNULL(4))
		draft->operations = crm_guard_parse_operations(crm_texts_argument(fcinfo, 4));
	set_pairs(fcinfo, 6, "waiting", &draft->waiting);
	if (!PG_ARGISNULL(7))
		draft->columns = crm_texts_argument(fcinfo, 7);
	set_pairs(fcinfo, 8, "scope", &draft->scope);
	crm_set_from_argument(fcinfo, 9, &draft->customer_source);
	crm_guard_check(draft, relation);
	crm_guard_update(draft);
	table_close(relation, NoLock);
	if (operations != draft->operations || waited != (draft->waiting != NIL))
		crm_guard_detach(draft->guard_id);
	crm_guard_attach(draft->table_id, draft);
}

static Relation
open_guarded(const crm_guard *guard)
{
	Oid table = crm_guard_table(guard);

	if (!OidIsValid(table))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("table %s does not exist", guard->table_name),
						errhint("SELECT crm.drop_guard(%d);", guard->guard_id)));
	return crm_source_open_table(crm_table_qualified(table));
}

static void
follow_names(crm_guard *draft, Relation relation)
{
	char **texts[] = {&draft->amount, &draft->customer, &draft->condition};
	ListCell *cell;

	for (int i = 0; i < lengthof(texts); i++)
		if (*texts[i] != NULL)
			*texts[i] = crm_guard_followed_text(draft, relation, *texts[i]);
	foreach (cell, draft->scope)
	{
		crm_guard_pair *pair = lfirst(cell);

		pair->text = crm_guard_followed_text(draft, relation, pair->text);
	}
	foreach (cell, draft->columns)
		lfirst(cell) = crm_guard_followed_name(draft, relation, lfirst(cell));
	foreach (cell, draft->waiting)
	{
		crm_guard_pair *pair = lfirst(cell);

		pair->name = crm_guard_followed_name(draft, relation, pair->name);
	}
}

/* NULL keeps, an empty object removes. */
static void
set_pairs(FunctionCallInfo fcinfo, int number, const char *what, List **pairs)
{
	if (!PG_ARGISNULL(number))
		*pairs = crm_guard_parse_pairs(PG_GETARG_JSONB_P(number), what);
}

/* Needs no right on the table, which may be gone: it takes away only what crm itself put there. */
Datum
crm_drop_guard(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "org.model");
	return crm_source_retriably(fcinfo, drop_guard);
}

static Datum
drop_guard(PG_FUNCTION_ARGS)
{
	drop_one(existing(PG_GETARG_INT32(0))->guard_id);
	PG_RETURN_VOID();
}

Datum
crm_drop_guard_of(PG_FUNCTION_ARGS)
{
	crm_decide(fcinfo, "org.model");
	return crm_source_retriably(fcinfo, drop_guard_of);
}

static Datum
drop_guard_of(PG_FUNCTION_ARGS)
{
	char *name = crm_text_argument(fcinfo, 0);
	char *decision = crm_text_argument(fcinfo, 1);
	char *schema;
	char *table;
	List *numbers = NIL;
	ListCell *cell;

	if (crm_source_resolve_name(name, &schema, &table))
		numbers = crm_guard_numbers(quote_qualified_identifier(schema, table), decision);
	if (numbers == NIL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("\"%s\" has no guard of decision \"%s\"", name, decision),
						errhint("SELECT * FROM crm.guards lists the guards.")));
	foreach (cell, numbers)
		drop_one(lfirst_int(cell));
	PG_RETURN_VOID();
}

static void
drop_one(int32 guard_id)
{
	crm_guard_mark_dropped(guard_id);
	crm_guard_detach(guard_id);
}
