/* customer.c - hears of identity's changes and keeps golden records and history up with them. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "base/ids.h"
#include "customer/customer.h"
#include "customer/customer_case.h"
#include "customer/customer_history.h"
#include "customer/customer_store.h"
#include "identity/identity.h"
#include "identity/identity_store.h"

PG_FUNCTION_INFO_V1(crm_refresh_golden_records);
PG_FUNCTION_INFO_V1(crm_forget_records);
PG_FUNCTION_INFO_V1(crm_default_survivorship);

static void
customers_changed(const int64 *customer_ids, int n)
{
	crm_refresh_customers(customer_ids, n, false, NULL);
}

static void
records_departed(const int64 *record_ids, int n)
{
	crm_history_forget(record_ids, n);
}

void
crm_customer_init(void)
{
	crm_identity_subscribe(customers_changed);
	crm_identity_subscribe_departures(records_departed);
}

static const int64 *
id_array(ArrayType *ids, int *n)
{
	if (ARR_HASNULL(ids) || ARR_NDIM(ids) > 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("ids must be a one-dimensional array without nulls")));
	*n = ArrayGetNItems(ARR_NDIM(ids), ARR_DIMS(ids));
	return (const int64 *) ARR_DATA_PTR(ids);
}

static void
connect(void)
{
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
}

/* refresh_customers(bigint[], boolean) returns bigint[]: the ids whose golden record differed. */
Datum
crm_refresh_golden_records(PG_FUNCTION_ARGS)
{
	int n;
	const int64 *ids = id_array(PG_GETARG_ARRAYTYPE_P(0), &n);
	bool dry_run = PG_GETARG_BOOL(1);
	MemoryContext caller = CurrentMemoryContext;
	int64 *differing;
	Datum result;

	connect();
	/* Only one writes golden records at a time, and it reads what the one before it wrote. */
	if (!dry_run)
		crm_store_tick();
	n = crm_refresh_customers(ids, n, dry_run, &differing);
	MemoryContextSwitchTo(caller);
	result = crm_ids_array(differing, n);
	SPI_finish();
	PG_RETURN_DATUM(result);
}

/* forget_records(bigint[]) returns void */
Datum
crm_forget_records(PG_FUNCTION_ARGS)
{
	int n;
	const int64 *ids = id_array(PG_GETARG_ARRAYTYPE_P(0), &n);

	connect();
	crm_history_forget(ids, n);
	SPI_finish();
	PG_RETURN_VOID();
}

/* default_survivorship(kind text) returns text[] */
Datum
crm_default_survivorship(PG_FUNCTION_ARGS)
{
	char *kind = text_to_cstring(PG_GETARG_TEXT_PP(0));
	crm_policy policy = {.kind = crm_attribute_kind_by_name(kind)};
	Datum names[CRM_CRITERIA];

	crm_default_criteria(&policy);
	for (int i = 0; i < policy.ncriteria; i++)
		names[i] = CStringGetTextDatum(crm_criterion_name(policy.criteria[i]));
	PG_RETURN_ARRAYTYPE_P(
		construct_array(names, policy.ncriteria, TEXTOID, -1, false, TYPALIGN_INT));
}
