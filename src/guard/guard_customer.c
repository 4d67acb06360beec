/* guard_customer.c - whose customer a row is.
 *
 * Read with the latest snapshot: two people who give vouchers to one customer must see one
 * customer, however old their transactions are.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/guc.h"
#include "utils/snapmgr.h"

#include "base/base.h"
#include "guard/guard_customer.h"

static int64 customer_by_key(const crm_guard_plan *plan, Datum value);
static int64 customer_today(int64 customer_id);
static int64 read_id(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types, Datum *values);

int64
crm_guard_customer(const crm_guard_plan *plan, TupleTableSlot *row)
{
	bool isnull;
	Datum value;

	if (!plan->has_customer)
		return 0;
	value = crm_guard_fact_value(&plan->customer, row, &isnull);
	if (isnull)
		return 0;
	return plan->source_id != 0 ? customer_by_key(plan, value)
								: customer_today(DatumGetInt64(value));
}

static int64
customer_by_key(const crm_guard_plan *plan, Datum value)
{
	static SPIPlanPtr kept = NULL;
	Oid types[] = {INT4OID, TEXTOID};
	Datum values[2];
	StringInfoData key;
	crm_key_column column = plan->customer_key;
	int nest_level = column.needs_settings ? crm_key_settings() : 0;

	initStringInfo(&key);
	crm_key_append(&column, value, &key);
	if (column.needs_settings)
		AtEOXact_GUC(true, nest_level);
	values[0] = Int32GetDatum(plan->source_id);
	values[1] = CStringGetTextDatum(key.data);
	return read_id(&kept,
				   "SELECT customer_id FROM crm_internal.record "
				   "WHERE source_id OPERATOR(pg_catalog.=) $1 "
				   "AND source_key OPERATOR(pg_catalog.=) $2",
				   2, types, values);
}

/* One that was merged is the one it was merged into, or its limits would count twice. */
static int64
customer_today(int64 customer_id)
{
	static SPIPlanPtr kept = NULL;
	Oid types[] = {INT8OID};
	Datum values[] = {Int64GetDatum(customer_id)};

	return read_id(&kept, "SELECT COALESCE(crm.current_customer($1), $1)", 1, types, values);
}

static int64
read_id(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types, Datum *values)
{
	crm_user before = crm_become(crm_owner(), 0);
	int64 id = 0;
	bool isnull = true;

	SPI_connect();
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_plan(crm_plan(slot, sql, nargs, types), values, NULL, true, 1) != SPI_OK_SELECT)
		elog(ERROR, "looking for a customer failed");
	PopActiveSnapshot();
	if (SPI_processed > 0)
		id = DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	crm_restore_user(before);
	return isnull ? 0 : id;
}
