/* measure_kinds.c - crm_internal.blocking_kinds(): the kinds of blocking keys. */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"

#include "base/pg_compat.h"
#include "match/match_key.h"

PG_FUNCTION_INFO_V1(crm_blocking_kinds);

Datum
crm_blocking_kinds(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;

	InitMaterializedSRF(fcinfo, 0);
	for (int kind = 0; kind < CRM_KEY_KINDS; kind++)
	{
		Datum values[] = {Int32GetDatum(kind), CStringGetTextDatum(crm_key_kind_name(kind)),
						  CStringGetTextDatum(crm_key_kind_meaning(kind))};
		bool nulls[] = {false, false, false};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}
