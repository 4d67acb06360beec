/* customer_trust.c - crm.set_source_trust(): who is trusted with what. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "act/act_own.h"
#include "base/base.h"
#include "customer/customer_case.h"
#include "source/source.h"

PG_FUNCTION_INFO_V1(crm_set_source_trust);

static void
set_trust(int32 source_id, FunctionCallInfo fcinfo)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT4OID, FLOAT4OID, TEXTOID};
	Datum values[] = {Int32GetDatum(source_id), PG_GETARG_DATUM(1), PG_GETARG_DATUM(2)};
	char nulls[] = {' ', PG_ARGISNULL(1) ? 'n' : ' ', PG_ARGISNULL(2) ? 'n' : ' '};

	crm_run_plan(&plan, "SELECT crm_internal.set_trust($1, $2, $3)", 3, types, values, nulls,
				 false);
}

/* set_source_trust(source text, trust real, attribute text): a name is what the caller means by it.
 */
Datum
crm_set_source_trust(PG_FUNCTION_ARGS)
{
	int32 source_id;
	crm_user before;

	if (PG_ARGISNULL(0))
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED), errmsg("a source must be given")));
	crm_decide(fcinfo, "process.policy");
	source_id = crm_source_number(text_to_cstring(PG_GETARG_TEXT_PP(0)));
	before = crm_become(crm_owner(), 0);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	set_trust(source_id, fcinfo);
	SPI_finish();
	crm_restore_user(before);
	PG_RETURN_VOID();
}
