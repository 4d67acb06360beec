/*
 * identity_pending.c - takes what is to be resolved out of crm_internal.pending.
 *
 * What a change has cost its writer goes from there into crm_internal.source_cost.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "base/base.h"
#include "capture/capture.h"
#include "identity/identity_pending.h"
#include "identity/identity_store.h"
#include "source/source.h"

static Datum id_array(const crm_ids *ids);

void
crm_pending_add_up_cost(void)
{
	SPI_execute("WITH taken AS (DELETE FROM crm_internal.inline_cost i"
				"  RETURNING i.source_id, i.spent, i.written)," CRM_ADD_UP_COST " SELECT",
				false, 0);
}

void
crm_pending_expand_sources(const crm_ids *skipped)
{
	crm_ids sources = {0};
	Datum args[] = {id_array(skipped)};
	static const Oid types[] = {INT4ARRAYOID};
	static SPIPlanPtr plan;

	crm_plan(&plan,
			 "WITH taken AS (DELETE FROM crm_internal.pending p WHERE p.source_key IS NULL"
			 "    AND p.source_id OPERATOR(pg_catalog.<>) ALL ($1)"
			 "  RETURNING p.source_id, p.spent, p.written)," CRM_ADD_UP_COST
			 " SELECT t.source_id FROM taken t",
			 1, types);
	crm_store_run(plan, args, NULL);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool isnull;

		crm_ids_add(&sources, DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[i],
														  SPI_tuptable->tupdesc, 1, &isnull)));
	}
	crm_ids_sort_distinct(&sources);
	for (int i = 0; i < sources.n; i++)
	{
		int32 source_id = (int32) sources.v[i];

		/* The entry waits: what makes the source unreadable may pass. */
		if (crm_source_enqueue_difference(source_id) < 0 && crm_source_name(source_id) != NULL)
			crm_source_enqueue_all(source_id);
	}
}

crm_change *
crm_pending_take(int limit, const crm_ids *skipped, int *n)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, INT4ARRAYOID};
	Datum args[] = {Int32GetDatum(limit), id_array(skipped)};
	MemoryContext context = CurrentMemoryContext;
	crm_change *changes;

	crm_plan(&plan,
			 "WITH taken AS (DELETE FROM crm_internal.pending p"
			 " WHERE p.ctid OPERATOR(pg_catalog.=) ANY (ARRAY("
			 "   SELECT q.ctid FROM crm_internal.pending q"
			 "    WHERE q.source_key IS NOT NULL"
			 "      AND q.op OPERATOR(pg_catalog.<>) 'P'"
			 "      AND q.source_id OPERATOR(pg_catalog.<>) ALL ($2)"
			 "    LIMIT $1 FOR UPDATE SKIP LOCKED))"
			 " RETURNING p.source_id, p.source_key, p.op, p.spent, p.written)," CRM_ADD_UP_COST
			 " SELECT t.source_id, t.source_key, t.op FROM taken t",
			 2, types);
	*n = (int) crm_store_run(plan, args, NULL);
	MemoryContextSwitchTo(context);
	changes = palloc(sizeof(crm_change) * Max(*n, 1));
	for (int i = 0; i < *n; i++)
	{
		HeapTuple tuple = SPI_tuptable->vals[i];
		bool isnull;

		changes[i].source_id =
			DatumGetInt32(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 1, &isnull));
		changes[i].key = SPI_getvalue(tuple, SPI_tuptable->tupdesc, 2);
		changes[i].op = DatumGetChar(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 3, &isnull));
	}
	SPI_freetuptable(SPI_tuptable);
	return changes;
}

void
crm_pending_put_back(const crm_change *change)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, TEXTOID, CHAROID};
	Datum args[] = {Int32GetDatum(change->source_id), CStringGetTextDatum(change->key),
					CharGetDatum(change->op)};

	crm_plan(&plan,
			 "INSERT INTO crm_internal.pending (source_id, source_key, op, queued_at)"
			 " VALUES ($1, $2, $3, pg_catalog.now())",
			 3, types);
	crm_store_run(plan, args, NULL);
}

static Datum
id_array(const crm_ids *ids)
{
	Datum *elements = palloc(sizeof(Datum) * (ids->n + 1));

	for (int i = 0; i < ids->n; i++)
		elements[i] = Int32GetDatum((int32) ids->v[i]);
	return PointerGetDatum(
		construct_array(elements, ids->n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}
