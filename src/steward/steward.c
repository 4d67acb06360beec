/* steward.c - crm.set_source_duplicates(): whether two rows of a source may be one customer. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/builtins.h"

#include "act/act_own.h"
#include "base/base.h"
#include "source/source.h"

PG_FUNCTION_INFO_V1(crm_set_source_duplicates);

/* set_source_duplicates(source text, allowed boolean): a name is what the caller means by it. */
Datum
crm_set_source_duplicates(PG_FUNCTION_ARGS)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT4OID, BOOLOID};
	Datum values[2];
	crm_user before;

	crm_decide(fcinfo, "process.policy");
	values[0] = Int32GetDatum(crm_source_number(text_to_cstring(PG_GETARG_TEXT_PP(0))));
	values[1] = PG_GETARG_DATUM(1);
	before = crm_become(crm_owner(), 0);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	crm_plan(&plan, "SELECT crm_internal.set_own_duplicates($1, $2)", lengthof(types), types);
	crm_execute_plan(plan, values, NULL, false);
	SPI_finish();
	crm_restore_user(before);
	PG_RETURN_VOID();
}
