/* act_own.c - the acts of crm's own functions in C: the same as crm_internal.take_act() in SQL. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/lsyscache.h"

#include "act/act_own.h"

extern Datum crm_take_act(PG_FUNCTION_ARGS);

static bool within = false;

static char *subject_of(FunctionCallInfo fcinfo);

void
crm_decide(FunctionCallInfo fcinfo, const char *decision)
{
	if (!within)
		crm_act_of_crm(decision, subject_of(fcinfo));
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

void
crm_act_of_crm(const char *decision, const char *subject)
{
	LOCAL_FCINFO(call, 5);

	InitFunctionCallInfoData(*call, NULL, 5, InvalidOid, NULL, NULL);
	for (int i = 0; i < 5; i++)
		call->args[i] = (NullableDatum){.isnull = true};
	call->args[0] = (NullableDatum){.value = CStringGetTextDatum(decision)};
	call->args[1] = (NullableDatum){.value = CStringGetTextDatum(subject)};
	(void) crm_take_act(call);
}

/* crm.add_source(sales.account): the first argument is what it is about. */
static char *
subject_of(FunctionCallInfo fcinfo)
{
	Oid function = fcinfo->flinfo->fn_oid;
	Oid type = get_fn_expr_argtype(fcinfo->flinfo, 0);
	const char *about = "";

	if (OidIsValid(type) && !PG_ARGISNULL(0))
	{
		Oid output;
		bool varlena;

		getTypeOutputInfo(type, &output, &varlena);
		about = OidOutputFunctionCall(output, PG_GETARG_DATUM(0));
	}
	return psprintf("%s.%s(%s)", get_namespace_name(get_func_namespace(function)),
					get_func_name(function), about);
}
