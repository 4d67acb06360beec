/* guard_plan_make.c - makes the plan of a guard: what it reads of the rows of one relation.
 *
 * All is looked up and parsed here, once, so that a row costs no look-up; what cannot be is an
 * error that names the argument of the guard it comes from.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/rel.h"

#include "guard/guard_name.h"
#include "guard/guard_plan_make.h"

static void plan_facts(crm_guard_plan_request *request);
static bool prepare(crm_guard_plan_request *request, const char *argument, const char *text,
					Oid wanted, crm_guard_fact *fact);
static void plan_customer(crm_guard_plan_request *request);
static void plan_scope(crm_guard_plan_request *request);
static void plan_columns(crm_guard_plan_request *request);
static void plan_waiting(crm_guard_plan_request *request);
static void plan_key_columns(crm_guard_plan_request *request);
static void check_owner(const crm_guard_plan_request *request);

/* All of the plan lives in the plan's own context. */
void
crm_guard_plan_make(void *argument)
{
	crm_guard_plan_request *request = argument;
	MemoryContext old = MemoryContextSwitchTo(GetMemoryChunkContext(request->plan));

	request->plan->guard = crm_guard_load(request->guard_id);
	if (request->plan->guard != NULL && !request->plan->guard->is_dropped)
		plan_facts(request);
	MemoryContextSwitchTo(old);
}

static void
plan_facts(crm_guard_plan_request *request)
{
	crm_guard_plan *plan = request->plan;
	const crm_guard *guard = plan->guard;

	plan->has_amount = prepare(request, "amount", guard->amount, NUMERICOID, &plan->amount);
	plan->has_condition = prepare(request, "\"when\"", guard->condition, BOOLOID, &plan->condition);
	plan_customer(request);
	plan_scope(request);
	plan_columns(request);
	plan_waiting(request);
	request->argument = NULL;
	plan->has_actor = prepare(request, NULL, guard->actor_column, TEXTOID, &plan->actor);
	plan->is_selective = plan->has_amount || plan->has_condition || plan->ncolumns > 0;
	plan_key_columns(request);
	check_owner(request);
}

/* False: there is no such fact. */
static bool
prepare(crm_guard_plan_request *request, const char *argument, const char *text, Oid wanted,
		crm_guard_fact *fact)
{
	const crm_guard *guard = request->plan->guard;
	char *what;

	if (text == NULL)
		return false;
	request->argument = argument;
	what = psprintf("%s of the guard on", argument ? argument : "actor column");
	text = crm_guard_present_text(guard, request->relation, text, what);
	crm_guard_fact_prepare(fact, request->relation, text, what, wanted);
	return true;
}

static void
plan_customer(crm_guard_plan_request *request)
{
	crm_guard_plan *plan = request->plan;
	const crm_guard *guard = plan->guard;
	bool is_key = guard->customer_source != NULL;

	if (!prepare(request, "customer", guard->customer, is_key ? InvalidOid : INT8OID,
				 &plan->customer))
		return;
	plan->has_customer = true;
	if (!is_key)
		return;
	request->argument = "customer_source";
	plan->source_id = crm_guard_source_number(guard->customer_source);
	if (plan->source_id == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("\"%s\" is not a source", guard->customer_source)));
	crm_key_column_init(&plan->customer_key, 1, plan->customer.type, CurrentMemoryContext);
}

static void
plan_scope(crm_guard_plan_request *request)
{
	crm_guard_plan *plan = request->plan;
	const crm_guard *guard = plan->guard;
	ListCell *cell;

	plan->dimensions = palloc0(sizeof(crm_guard_dimension) * list_length(guard->scope));
	foreach (cell, guard->scope)
	{
		const crm_guard_pair *pair = lfirst(cell);
		crm_guard_dimension *dimension = &plan->dimensions[plan->ndimensions++];

		dimension->name = pair->name;
		(void) prepare(request, "scope", pair->text, TEXTOID, &dimension->value);
	}
}

static void
plan_columns(crm_guard_plan_request *request)
{
	crm_guard_plan *plan = request->plan;
	const crm_guard *guard = plan->guard;
	ListCell *cell;

	plan->columns = palloc0(sizeof(crm_guard_fact) * list_length(guard->columns));
	foreach (cell, guard->columns)
		(void) prepare(request, "columns", quote_identifier(lfirst(cell)), InvalidOid,
					   &plan->columns[plan->ncolumns++]);
}

static void
plan_waiting(crm_guard_plan_request *request)
{
	crm_guard_plan *plan = request->plan;
	const crm_guard *guard = plan->guard;
	ListCell *cell;

	request->argument = "waiting";
	plan->waits = palloc0(sizeof(crm_guard_wait) * list_length(guard->waiting));
	foreach (cell, guard->waiting)
		crm_guard_wait_prepare(&plan->waits[plan->nwaits++], guard, request->relation,
							   lfirst(cell));
}

static void
plan_key_columns(crm_guard_plan_request *request)
{
	crm_guard_plan *plan = request->plan;
	TupleDesc rows = RelationGetDescr(request->relation);
	List *numbers = crm_guard_key_numbers(request->relation);
	ListCell *cell;

	plan->keys = palloc0(sizeof(crm_key_column) * list_length(numbers));
	foreach (cell, numbers)
	{
		crm_key_column *key = &plan->keys[plan->nkeys++];

		crm_key_column_init(key, lfirst_int(cell),
							TupleDescAttr(rows, lfirst_int(cell) - 1)->atttypid,
							CurrentMemoryContext);
		plan->keys_need_settings |= key->needs_settings;
	}
}

/* What runs as the owner was written for another owner. */
static void
check_owner(const crm_guard_plan_request *request)
{
	const crm_guard_plan *plan = request->plan;
	char *owner = GetUserNameFromId(request->relation->rd_rel->relowner, false);
	bool runs = OidIsValid(plan->amount.run_as) || OidIsValid(plan->condition.run_as) ||
				OidIsValid(plan->customer.run_as);

	for (int i = 0; i < plan->ndimensions; i++)
		runs |= OidIsValid(plan->dimensions[i].value.run_as);
	if (runs && strcmp(owner, plan->guard->owner) != 0)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("the table belonged to \"%s\" when it was guarded, and now to "
							   "\"%s\", as whom functions of the guard would run",
							   plan->guard->owner, owner)));
}
