/* act.c - takes an act: asks for the ruling, the money, an approval; journals, informs or refuses.
 */
#include "postgres.h"

#include "fmgr.h"

PG_FUNCTION_INFO_V1(crm_take_act);

Datum
crm_take_act(PG_FUNCTION_ARGS)
{
	PG_RETURN_VOID();
}
