/* customer_lineage.c - which value came from where and why it won, computed when it is read: the
 * same rule over the same records as the golden record, so it is never stale and takes no room.
 */
#include "postgres.h"

#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"
#include "utils/tuplestore.h"

#include "customer/customer_case.h"

#define LINEAGE_COLUMNS 8

PG_FUNCTION_INFO_V1(crm_customer_lineage);

/* One result set under construction. */
typedef struct lineage
{
	Tuplestorestate *store;
	TupleDesc desc;
	SPITupleTable *records;
} lineage;

static Tuplestorestate *
begin_result(FunctionCallInfo fcinfo, TupleDesc *desc)
{
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext before;

	if (result == NULL || !IsA(result, ReturnSetInfo) ||
		(result->allowedModes & SFRM_Materialize) == 0)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("set-valued function called in a context that cannot accept one")));
	before = MemoryContextSwitchTo(result->econtext->ecxt_per_query_memory);
	if (get_call_result_type(fcinfo, NULL, desc) != TYPEFUNC_COMPOSITE)
		elog(ERROR, "return type must be a row type");
	result->returnMode = SFRM_Materialize;
	result->setDesc = *desc = CreateTupleDescCopy(*desc);
	result->setResult =
		tuplestore_begin_heap(result->allowedModes & SFRM_Materialize_Random, false, work_mem);
	MemoryContextSwitchTo(before);
	return result->setResult;
}

static void
put_claim(lineage *out, const crm_case *c, const crm_claim *claim)
{
	HeapTuple record = out->records->vals[claim->record];
	TupleDesc desc = out->records->tupdesc;
	const crm_witness *witness = &c->records[claim->record];
	Datum values[LINEAGE_COLUMNS];
	bool nulls[LINEAGE_COLUMNS] = {false};

	values[0] = CStringGetTextDatum(c->policies[claim->attribute].name);
	values[1] = CStringGetTextDatum(claim->text);
	values[2] = BoolGetDatum(claim->wins);
	values[3] = SPI_getbinval(record, desc, CRM_RECORD_SOURCE, &nulls[3]);
	values[4] = SPI_getbinval(record, desc, CRM_RECORD_KEY, &nulls[4]);
	values[5] = CStringGetTextDatum(crm_reason_text(claim->reason, claim->wins));
	values[6] = TimestampTzGetDatum(witness->changed_at);
	values[7] = Int64GetDatum(witness->record_id);
	tuplestore_putvalues(out->store, out->desc, values, nulls);
}

/* The attributes as in the golden record, the winner of each first. */
static void
put_case(lineage *out, const crm_case *c)
{
	for (int attribute = 0; attribute < c->npolicies; attribute++)
		for (int wins = 1; wins >= 0; wins--)
			for (int i = 0; i < c->nclaims; i++)
				if (c->claims[i].attribute == attribute && c->claims[i].wins == wins)
					put_claim(out, c, &c->claims[i]);
}

/* The policies are read once a statement, not once a customer. */
static const crm_policy_set *
policies_of(FmgrInfo *flinfo)
{
	if (flinfo->fn_extra == NULL)
	{
		MemoryContext before = MemoryContextSwitchTo(flinfo->fn_mcxt);

		flinfo->fn_extra = crm_load_policies(true);
		MemoryContextSwitchTo(before);
	}
	return flinfo->fn_extra;
}

Datum
crm_customer_lineage(PG_FUNCTION_ARGS)
{
	int64 customer_id = PG_GETARG_INT64(0);
	lineage out;

	out.store = begin_result(fcinfo, &out.desc);
	if (SPI_connect() != SPI_OK_CONNECT)
		elog(ERROR, "SPI_connect failed");
	crm_read_records(&customer_id, 1, true);
	out.records = SPI_tuptable;
	if (out.records->numvals > 0)
	{
		crm_case *c =
			crm_make_case(policies_of(fcinfo->flinfo), out.records, 0, out.records->numvals);

		crm_survive(c);
		put_case(&out, c);
	}
	SPI_finish();
	return (Datum) 0;
}
