/* identity.c - the edge of the room: what SQL calls, besides crm.resolve(). */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/guc.h"

#include "base/base.h"
#include "capture/capture.h"
#include "identity/identity.h"
#include "identity/identity_batch.h"
#include "identity/identity_resolve.h"
#include "identity/identity_store.h"

PG_FUNCTION_INFO_V1(crm_forget_source);

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
