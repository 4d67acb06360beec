/* identity.c - the edge of the room: what SQL calls, besides crm.resolve(). */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "base/base.h"
#include "capture/capture.h"
#include "identity/identity.h"
#include "identity/identity_batch.h"
#include "identity/identity_resolve.h"
#include "identity/identity_store.h"

PG_FUNCTION_INFO_V1(crm_forget_source);
PG_FUNCTION_INFO_V1(crm_hold_identities);
PG_FUNCTION_INFO_V1(crm_apply_verdicts);

void
crm_identity_init(void)
{
	crm_capture_set_resolver(crm_resolve_inline);
}

/* All records of a source depart, as if its rows had been deleted. */
Datum
crm_forget_source(PG_FUNCTION_ARGS)
{
	SPI_connect();
	crm_store_tick();
	crm_resolve_forget(PG_GETARG_INT32(0));
	SPI_finish();
	PG_RETURN_VOID();
}

Datum
crm_hold_identities(PG_FUNCTION_ARGS)
{
	SPI_connect();
	crm_store_tick();
	SPI_finish();
	PG_RETURN_VOID();
}

/* apply_verdicts(record_ids bigint[], cause text, act_no bigint, person text, reason text) */
Datum
crm_apply_verdicts(PG_FUNCTION_ARGS)
{
	ArrayType *records = PG_GETARG_ARRAYTYPE_P(0);
	crm_resolve_act act = {.cause = text_to_cstring(PG_GETARG_TEXT_PP(1)),
						   .act_no = PG_ARGISNULL(2) ? 0 : PG_GETARG_INT64(2),
						   .person = text_to_cstring(PG_GETARG_TEXT_PP(3)),
						   .reason =
							   PG_ARGISNULL(4) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(4))};

	SPI_connect();
	crm_store_tick();
	crm_resolve_verdicts((int64 *) ARR_DATA_PTR(records),
						 ArrayGetNItems(ARR_NDIM(records), ARR_DIMS(records)), &act);
	SPI_finish();
	PG_RETURN_VOID();
}
