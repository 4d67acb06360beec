/* decide.c - functions of crm that take a decision say so here; a room above judges and journals.
 *
 * Registered from above, because functions of the lowest rooms decide too, and what decides about
 * them stands on these rooms.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "base/decide.h"

static crm_decider judge_of_acts = NULL;
static bool within = false;

static char *subject_of(FunctionCallInfo fcinfo);

void
crm_decide_register(crm_decider judge)
{
	judge_of_acts = judge;
}

void
crm_decide(FunctionCallInfo fcinfo, const char *decision)
{
	if (!within)
		judge_of_acts(decision, subject_of(fcinfo));
}

void
crm_decide_within(void (*work)(void *argument), void *argument)
{
	bool before = within;

	within = true;
	PG_TRY();
	{
		work(argument);
	}
	PG_FINALLY();
	{
		within = before;
	}
	PG_END_TRY();
}

/* crm.add_source(sales.account): the first argument, a name or number, is what it is about. */
static char *
subject_of(FunctionCallInfo fcinfo)
{
	Oid function = fcinfo->flinfo->fn_oid;
	char *about = "";

	if (PG_NARGS() > 0 && !PG_ARGISNULL(0))
	{
		Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);

		if (type == TEXTOID)
			about = TextDatumGetCString(PG_GETARG_DATUM(0));
		else if (type == INT4OID)
			about = psprintf("%d", PG_GETARG_INT32(0));
	}
	return psprintf("%s.%s(%s)", get_namespace_name(get_func_namespace(function)),
					get_func_name(function), about);
}
