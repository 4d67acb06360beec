/* guard_register.c - adds, changes and drops guards.
 *
 * As for sources the caller's own rights decide about the table; the registry and the triggers are
 * then written as the owner of crm's tables. That there is a guard, and how strict it is, decides
 * what all mandates are worth, so it is a decision about these: org.model.
 */
#include "postgres.h"

#include "access/table.h"
#include "access/xact.h"
#include "catalog/pg_class.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "act/act_own.h"
#include "base/base.h"
#include "guard/guard_attach.h"
#include "guard/guard_check.h"
#include "source/source_argument.h"
#include "source/source_lock.h"
#include "source/source_registry.h"
#include "source/source_table.h"

#define EXAMPLE                                                                                    \
	"SELECT crm.add_guard('service.voucher', decision => 'goodwill', amount => 'value')."

PG_FUNCTION_INFO_V1(crm_add_guard);
PG_FUNCTION_INFO_V1(crm_drop_guard);
PG_FUNCTION_INFO_V1(crm_drop_guard_of);

static Datum add_guard(FunctionCallInfo fcinfo);
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

	relation = crm_source_open_table(crm_text_argument(fcinfo, 0));
	crm_guard_check(draft, relation);
	draft->guard_id = crm_guard_insert(draft);
	table_close(relation, NoLock);
	crm_guard_attach(draft->table_id, draft);
	PG_RETURN_INT32(draft->guard_id);
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
	crm_guard *guard = crm_guard_load(PG_GETARG_INT32(0));

	if (guard == NULL || guard->is_dropped)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("there is no guard %d", PG_GETARG_INT32(0)),
						errhint("SELECT * FROM crm.guards lists the guards.")));
	drop_one(guard->guard_id);
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
