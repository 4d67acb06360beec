/* model_store.c - versions of the model in their tables, and the one at hand in memory. */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "base/ids.h"
#include "model/model.h"
#include "model/model_store.h"

static crm_active_model at_hand;
static MemoryContext context;
static Oid loaded_from; /* another table after the extension was made anew */
static bool stored;     /* a version in this transaction: its number may be given again */

static bool load(int32 version);
static void load_terms(int32 version);
static void take_numbers(int column, double *out, int n);
static Datum numbers(const double *v, int n);

static void
transaction_ended(XactEvent event, void *arg)
{
	if (stored && event == XACT_EVENT_ABORT)
		at_hand.version = -1;
	if (event == XACT_EVENT_COMMIT || event == XACT_EVENT_ABORT)
		stored = false;
}

static void
subtransaction_ended(SubXactEvent event, SubTransactionId own, SubTransactionId parent, void *arg)
{
	if (stored && event == SUBXACT_EVENT_ABORT_SUB)
		at_hand.version = -1;
}

void
crm_model_store_init(void)
{
	RegisterXactCallback(transaction_ended, NULL);
	RegisterSubXactCallback(subtransaction_ended, NULL);
}

static Oid
model_table(void)
{
	return get_relname_relid("match_model", get_namespace_oid("crm_internal", false));
}

const crm_active_model *
crm_model_of(int32 version)
{
	if (context != NULL && at_hand.version == version && loaded_from == model_table())
		return &at_hand;
	if (context != NULL)
		MemoryContextDelete(context);
	memset(&at_hand, 0, sizeof(at_hand));
	context = NULL;
	context = AllocSetContextCreate(TopMemoryContext, "crm model", ALLOCSET_DEFAULT_SIZES);
	at_hand.version = -1;
	if (version == 0 || !load(version))
		crm_model_builtin(&at_hand.model, 0);
	load_terms(version);
	at_hand.version = version;
	loaded_from = model_table();
	return &at_hand;
}

static bool
load(int32 version)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID};
	Datum args[] = {Int32GetDatum(version)};

	crm_plan(&plan,
			 "SELECT odds, m, u FROM crm_internal.match_model v"
			 " WHERE v.version OPERATOR(pg_catalog.=) $1",
			 1, types);
	if (crm_execute_plan(plan, args, NULL, false) != 1)
		return false;
	take_numbers(1, at_hand.model.odds, CRM_ODDS);
	take_numbers(2, at_hand.model.m, CRM_LEVELS);
	take_numbers(3, at_hand.model.u, CRM_LEVELS);
	SPI_freetuptable(SPI_tuptable);
	crm_model_prepare(&at_hand.model);
	return true;
}

static void
take_numbers(int column, double *out, int n)
{
	bool isnull;
	Datum value = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, column, &isnull);
	ArrayType *array = DatumGetArrayTypeP(value);

	if (ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array)) != n || array_contains_nulls(array))
		ereport(ERROR, (errcode(ERRCODE_DATA_CORRUPTED),
						errmsg("a model of matching has not the parameters of this version of crm"),
						errhint("SELECT crm.train_model();")));
	memcpy(out, ARR_DATA_PTR(array), n * sizeof(double));
}

static void
load_terms(int32 version)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID};
	Datum args[] = {Int32GetDatum(version)};
	uint64 n;

	crm_plan(&plan,
			 "SELECT t.key, t.count FROM crm_internal.match_term t"
			 " WHERE t.version OPERATOR(pg_catalog.=) $1",
			 1, types);
	n = crm_execute_plan(plan, args, NULL, false);
	at_hand.terms.places = crm_term_places(n);
	at_hand.terms.terms = MemoryContextAllocExtended(
		context, at_hand.terms.places * sizeof(crm_term), MCXT_ALLOC_HUGE | MCXT_ALLOC_ZERO);
	for (uint64 i = 0; i < n; i++)
	{
		bool isnull;
		HeapTuple tuple = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;

		crm_term_put(&at_hand.terms,
					 (uint64_t) DatumGetInt64(SPI_getbinval(tuple, desc, 1, &isnull)),
					 DatumGetInt64(SPI_getbinval(tuple, desc, 2, &isnull)));
	}
	SPI_freetuptable(SPI_tuptable);
}

bool
crm_model_open(const crm_active_model *model, const char *bytes, size_t length,
			   crm_profile *profile)
{
	if (!crm_profile_open(bytes, length, profile))
		return false;
	crm_term_of(&model->terms, profile);
	return true;
}

bool
crm_model_exists(int32 version)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID};
	Datum args[] = {Int32GetDatum(version)};

	crm_plan(&plan,
			 "SELECT FROM crm_internal.match_model v WHERE v.version OPERATOR(pg_catalog.=) $1", 1,
			 types);
	return version == 0 || crm_execute_plan(plan, args, NULL, false) == 1;
}

int64
crm_model_last_records(void)
{
	static SPIPlanPtr plan;
	bool isnull;

	crm_plan(&plan,
			 "SELECT v.records FROM crm_internal.match_model v"
			 " ORDER BY v.version DESC LIMIT 1",
			 0, NULL);
	if (crm_execute_plan(plan, NULL, NULL, false) != 1)
		return 0;
	return DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

static Datum
numbers(const double *v, int n)
{
	Datum *datums = palloc(sizeof(Datum) * n);

	for (int i = 0; i < n; i++)
		datums[i] = Float8GetDatum(v[i]);
	return PointerGetDatum(
		construct_array(datums, n, FLOAT8OID, sizeof(float8), FLOAT8PASSBYVAL, TYPALIGN_DOUBLE));
}

int32
crm_model_store(const crm_training *t, int64 candidate_pairs, int64 sampled)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8OID,        INT8OID,        INT8OID,        FLOAT8OID,
								INT4OID,        BOOLOID,        FLOAT8OID,      FLOAT8OID,
								FLOAT8ARRAYOID, FLOAT8ARRAYOID, FLOAT8ARRAYOID, FLOAT8ARRAYOID,
								FLOAT8ARRAYOID, INT8OID};
	Datum args[] = {Int64GetDatum((int64) t->records),      Int64GetDatum(candidate_pairs),
					Int64GetDatum((int64) t->random_pairs), Float8GetDatum(t->all_pairs),
					Int32GetDatum(t->iterations),           BoolGetDatum(t->converged),
					Float8GetDatum(t->customers),           Float8GetDatum(t->by_rule),
					numbers(t->model.odds, CRM_ODDS),       numbers(t->model.m, CRM_LEVELS),
					numbers(t->model.u, CRM_LEVELS),        numbers(t->reached, CRM_LEVELS),
					numbers(t->random, CRM_LEVELS),         Int64GetDatum(sampled)};
	bool isnull;

	crm_plan(&plan,
			 "INSERT INTO crm_internal.match_model"
			 " (version, records, candidate_pairs, random_pairs, all_pairs, iterations,"
			 "  converged, expected_pairs, by_rule, odds, m, u, reached, random, sampled)"
			 " SELECT coalesce(pg_catalog.max(v.version), 0) OPERATOR(pg_catalog.+) 1,"
			 "  $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14"
			 "  FROM crm_internal.match_model v"
			 " RETURNING version",
			 lengthof(types), types);
	stored = true;
	crm_execute_plan(plan, args, NULL, false);
	return DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
}

void
crm_model_store_terms(int32 version, const crm_ids *keys, const crm_ids *counts)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4OID, INT8ARRAYOID, INT8ARRAYOID};
	Datum args[] = {Int32GetDatum(version), crm_ids_array(keys->v, keys->n),
					crm_ids_array(counts->v, counts->n)};

	if (keys->n == 0)
		return;
	crm_plan(&plan,
			 "INSERT INTO crm_internal.match_term (version, key, count)"
			 " SELECT $1, t.key, t.count"
			 "   FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3)) AS t(key, count)",
			 3, types);
	crm_execute_plan(plan, args, NULL, false);
}
