/* act_own.c - the acts of crm's own functions in C: the same as crm_internal.take_act() in SQL. */
#include "postgres.h"

#include "fmgr.h"
#include "utils/builtins.h"

#include "act/act_own.h"
#include "base/decide.h"

extern Datum crm_take_act(PG_FUNCTION_ARGS);

void
crm_act_own_init(void)
{
	crm_decide_register(crm_act_of_crm);
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
