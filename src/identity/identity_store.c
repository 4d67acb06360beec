/* identity_store.c - single statements over the tables of identity. */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/elog.h"
#include "utils/lsyscache.h"

#include "base/base.h"
#include "base/sequence.h"
#include "identity/identity_store.h"
#include "match/match_key.h"

static TransactionId region_noted;

uint64
crm_store_run(SPIPlanPtr plan, Datum *args, const char *nulls)
{
	MemoryContext caller = CurrentMemoryContext;
	uint64 n = crm_execute_plan(plan, args, nulls, false);

	/* SPI leaves its own current, where what is allocated next would stay for the whole run. */
	MemoryContextSwitchTo(caller);
	return n;
}

void
crm_store_tick(void)
{
	static SPIPlanPtr plan;

	/* The install script leaves the row out: it would stand in the way of the one in a dump. */
	crm_plan(&plan,
			 "INSERT INTO crm_internal.identity_clock AS c (ticks) VALUES (1)"
			 " ON CONFLICT (only_row) DO UPDATE SET ticks = c.ticks OPERATOR(pg_catalog.+) 1",
			 0, NULL);
	crm_store_run(plan, NULL, NULL);
}

int64
crm_store_take_record_ids(int64 n)
{
	return crm_sequence_take_from("record_record_id_seq", n);
}

int64
crm_store_take_customer_ids(int64 n)
{
	return crm_sequence_take_from("customer_identity_customer_id_seq", n);
}

static int64
single_int64(SPIPlanPtr plan)
{
	bool isnull;

	crm_store_run(plan, NULL, NULL);
	if (SPI_processed != 1)
		return 0;
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

int64
crm_store_count_records(void)
{
	static SPIPlanPtr plan;

	return single_int64(
		crm_plan(&plan, "SELECT pg_catalog.count(*) FROM crm_internal.record", 0, NULL));
}

int32
crm_store_model_version(void)
{
	static SPIPlanPtr plan;

	return (int32) single_int64(crm_plan(&plan,
										 "SELECT coalesce(c.model_version, -1)::pg_catalog.int8"
										 "  FROM crm_internal.identity_clock c",
										 0, NULL));
}

uint64
crm_store_key_kinds(void)
{
	static SPIPlanPtr plan;

	return CRM_KEY_ALL_KINDS &
		   ~(uint64) single_int64(
			   crm_plan(&plan, "SELECT c.keys_off FROM crm_internal.identity_clock c", 0, NULL));
}

bool
crm_store_is_reclustering(void)
{
	static SPIPlanPtr plan;

	return single_int64(crm_plan(&plan,
								 "SELECT pg_catalog.count(c.recluster_after)"
								 "  FROM crm_internal.identity_clock c",
								 0, NULL)) > 0;
}

void
crm_store_begin_reclustering(void)
{
	static SPIPlanPtr plan;

	crm_plan(&plan, "UPDATE crm_internal.identity_clock SET recluster_after = 0", 0, NULL);
	crm_store_run(plan, NULL, NULL);
}

void
crm_store_end_reclustering(void)
{
	static SPIPlanPtr plan;

	crm_plan(&plan,
			 "UPDATE crm_internal.identity_clock SET recluster_after = NULL"
			 " WHERE recluster_after IS NOT NULL",
			 0, NULL);
	crm_store_run(plan, NULL, NULL);
}

void
crm_store_set_model_version(int32 version)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID};
	Datum args[] = {Int32GetDatum(version)};

	crm_plan(&plan, "UPDATE crm_internal.identity_clock SET model_version = $1", 1, types);
	crm_store_run(plan, args, NULL);
}

static Datum
text_array(const char *const *texts, int n)
{
	Datum *datums = palloc(sizeof(Datum) * Max(n, 1));

	for (int i = 0; i < n; i++)
		datums[i] = CStringGetTextDatum(texts[i]);
	return PointerGetDatum(construct_array(datums, n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* OFFSET 0: each key is looked up by itself; no plan goes through the whole source instead. */
void
crm_store_read_keys(int32 source_id, const char *const *keys, int nkeys)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, TEXTARRAYOID};
	Datum args[] = {Int32GetDatum(source_id), text_array(keys, nkeys)};

	crm_plan(&plan,
			 "SELECT r.source_key, r.record_id, r.customer_id, r.tie, r.source_hash, r.profile"
			 "  FROM pg_catalog.unnest($2) AS k(key),"
			 "       LATERAL (SELECT s.* FROM crm_internal.record s"
			 "                 WHERE s.source_id OPERATOR(pg_catalog.=) $1"
			 "                   AND s.source_key OPERATOR(pg_catalog.=) k.key OFFSET 0) AS r",
			 2, types);
	crm_store_run(plan, args, NULL);
}

void
crm_store_read_source(int32 source_id)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID};
	Datum args[] = {Int32GetDatum(source_id)};

	crm_plan(&plan,
			 "SELECT r.record_id, r.customer_id, r.profile FROM crm_internal.record r"
			 " WHERE r.source_id OPERATOR(pg_catalog.=) $1",
			 1, types);
	crm_store_run(plan, args, NULL);
}

void
crm_store_note_error(int32 source_id, const char *key, const char *error, int sqlerrcode)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, TEXTOID, TEXTOID, TEXTOID};
	Datum args[] = {Int32GetDatum(source_id), CStringGetTextDatum(key), CStringGetTextDatum(error),
					CStringGetTextDatum(unpack_sql_state(sqlerrcode))};

	crm_plan(&plan,
			 "INSERT INTO crm_internal.pending_error AS e (source_id, source_key, error, sqlstate)"
			 " VALUES ($1, $2, $3, $4)"
			 " ON CONFLICT (source_id, source_key) DO UPDATE"
			 " SET error = EXCLUDED.error, sqlstate = EXCLUDED.sqlstate,"
			 "     attempts = e.attempts OPERATOR(pg_catalog.+) 1,"
			 "     failed_at = pg_catalog.now()",
			 4, types);
	crm_store_run(plan, args, NULL);
}

void
crm_store_note_region(const char *region)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {TEXTOID};
	static char last[8];
	Datum args[1];

	/* most rows come in runs of one region; once a transaction is enough to be sure */
	if (region == NULL ||
		(strcmp(last, region) == 0 && region_noted == GetCurrentTransactionIdIfAny()))
		return;
	args[0] = CStringGetTextDatum(region);
	crm_plan(&plan,
			 "INSERT INTO crm_internal.phone_region (region) VALUES ($1) ON CONFLICT DO NOTHING", 1,
			 types);
	crm_store_run(plan, args, NULL);
	strlcpy(last, region, sizeof(last));
	region_noted = GetCurrentTransactionIdIfAny();
}

void
crm_store_clear_errors(int32 source_id, const char *const *keys, int nkeys)
{
	static SPIPlanPtr any;
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, TEXTARRAYOID};
	Datum args[2];

	crm_plan(&any, "SELECT 1 FROM crm_internal.pending_error LIMIT 1", 0, NULL);
	if (nkeys == 0 || crm_store_run(any, NULL, NULL) == 0)
		return;
	args[0] = Int32GetDatum(source_id);
	args[1] = text_array(keys, nkeys);
	crm_plan(&plan,
			 "DELETE FROM crm_internal.pending_error e"
			 " WHERE e.source_id OPERATOR(pg_catalog.=) $1"
			 "   AND e.source_key OPERATOR(pg_catalog.=) ANY ($2)",
			 2, types);
	crm_store_run(plan, args, NULL);
}
