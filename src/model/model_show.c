/* model_show.c - the levels of matching and what is built in, for views. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/pg_compat.h"
#include "match/match_model.h"

PG_FUNCTION_INFO_V1(crm_match_levels);
PG_FUNCTION_INFO_V1(crm_match_odds);

Datum
crm_match_levels(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	bool nulls[6] = {false};

	InitMaterializedSRF(fcinfo, 0);
	for (int level = 0; level < CRM_LEVELS; level++)
	{
		crm_level_group group = crm_level_group_of((crm_level) level);
		bool learned = crm_group_first(group) != crm_group_last(group);
		Datum values[] = {Int32GetDatum(level + 1),
						  CStringGetTextDatum(crm_group_name(group)),
						  CStringGetTextDatum(crm_level_name((crm_level) level)),
						  Float8GetDatum(crm_level_builtin_m((crm_level) level)),
						  Float8GetDatum(crm_level_builtin_u((crm_level) level)),
						  BoolGetDatum(learned)};

		tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
	}
	return (Datum) 0;
}

Datum
crm_match_odds(PG_FUNCTION_ARGS)
{
	crm_model model;
	Datum odds[CRM_ODDS];

	crm_model_builtin(&model, 0);
	for (int other = 0; other < CRM_ODDS; other++)
		odds[other] = Float8GetDatum(model.odds[other]);
	PG_RETURN_ARRAYTYPE_P(construct_array(odds, CRM_ODDS, FLOAT8OID, sizeof(float8),
										  FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}
