/* identity_tie.c - the number by which ties between records are broken, and its renewal.
 *
 * It is a hash of the source's name and the row's key, so that a fresh load breaks ties alike. With
 * the name of a source the ties of its records change, and clusters may be others.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity_store.h"
#include "identity/identity_tie.h"
#include "match/match_value.h"
#include "source/source.h"

/* Records that are renewed by one statement. */
#define BATCH 20000
#define SEED 11

PG_FUNCTION_INFO_V1(crm_rename_source);

static int64 renew_after(int32 source_id, const char *name, int64 after);
static void write_ties(Datum *ids, Datum *ties, int n);

int64
crm_record_tie(const char *source_name, const char *key)
{
	StringInfoData text;
	int64 tie;

	initStringInfo(&text);
	appendStringInfo(&text, "%s\n%s", source_name, key);
	tie = (int64) crm_value_hash64(text.data, text.len, SEED);
	pfree(text.data);
	return tie;
}

Datum
crm_rename_source(PG_FUNCTION_ARGS)
{
	int32 source_id = PG_GETARG_INT32(0);
	char *name = crm_source_name(source_id);
	MemoryContext batch =
		AllocSetContextCreate(CurrentMemoryContext, "crm ties", ALLOCSET_DEFAULT_SIZES);
	int64 last = name == NULL ? -1 : 0;

	SPI_connect();
	if (name != NULL)
		crm_store_tick();
	while (last >= 0)
	{
		MemoryContext old = MemoryContextSwitchTo(batch);

		CHECK_FOR_INTERRUPTS();
		last = renew_after(source_id, name, last);
		MemoryContextSwitchTo(old);
		MemoryContextReset(batch);
	}
	if (name != NULL && crm_store_model_version() >= 0)
		SPI_execute("UPDATE crm_internal.identity_clock SET recluster_after = 0", false, 0);
	SPI_finish();
	MemoryContextDelete(batch);
	PG_RETURN_VOID();
}

/* The last record that was renewed, or -1 if there was none left. */
static int64
renew_after(int32 source_id, const char *name, int64 after)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, INT8OID, INT4OID};
	Datum args[] = {Int32GetDatum(source_id), Int64GetDatum(after), Int32GetDatum(BATCH)};
	int n;
	Datum *ids;
	Datum *ties;

	crm_plan(&plan,
			 "SELECT r.record_id, r.source_key FROM crm_internal.record r"
			 " WHERE r.source_id OPERATOR(pg_catalog.=) $1"
			 "   AND r.record_id OPERATOR(pg_catalog.>) $2 ORDER BY r.record_id LIMIT $3",
			 lengthof(types), types);
	n = (int) crm_store_run(plan, args, NULL);
	if (n == 0)
		return -1;
	ids = palloc(sizeof(Datum) * n);
	ties = palloc(sizeof(Datum) * n);
	for (int i = 0; i < n; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		bool isnull;

		ids[i] = SPI_getbinval(row, SPI_tuptable->tupdesc, 1, &isnull);
		ties[i] = Int64GetDatum(crm_record_tie(name, SPI_getvalue(row, SPI_tuptable->tupdesc, 2)));
	}
	SPI_freetuptable(SPI_tuptable);
	write_ties(ids, ties, n);
	return DatumGetInt64(ids[n - 1]);
}

static void
write_ties(Datum *ids, Datum *ties, int n)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT8ARRAYOID};
	Datum args[] = {
		PointerGetDatum(construct_array(ids, n, INT8OID, sizeof(int64), true, TYPALIGN_DOUBLE)),
		PointerGetDatum(construct_array(ties, n, INT8OID, sizeof(int64), true, TYPALIGN_DOUBLE))};

	crm_plan(&plan,
			 "UPDATE crm_internal.record r SET tie = t.tie"
			 "  FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS t (id, tie)"
			 " WHERE r.record_id OPERATOR(pg_catalog.=) t.id",
			 lengthof(types), types);
	crm_store_run(plan, args, NULL);
}
