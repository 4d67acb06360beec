/*
 * identity_training.c - trains a model on the stored records, and puts one in force.
 *
 * Records are read before others are kept from writing: a training of many takes seconds. What is
 * written meanwhile is compared anew under the new model like all else.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"

#include "base/base.h"
#include "identity/identity_store.h"
#include "identity/identity_training.h"
#include "model/model.h"

PG_FUNCTION_INFO_V1(crm_train_model);
PG_FUNCTION_INFO_V1(crm_use_model);

/* A model is trained anew when there are so many times the records. */
#define GROWTH 4

#define ROWS_AT_ONCE 5000

bool
crm_training_worth(int64 records)
{
	return crm_auto_train && records >= CRM_TRAINING_LEAST &&
		   records >= GROWTH * crm_model_last_records();
}

bool
crm_training_due(int64 records)
{
	return crm_store_model_version() >= 0 && crm_training_worth(records);
}

static void
add_rows(crm_trainer *trainer)
{
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool isnull;
		HeapTuple tuple = SPI_tuptable->vals[i];
		int64 tie = DatumGetInt64(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 1, &isnull));
		bytea *stored = DatumGetByteaPP(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 2, &isnull));

		crm_trainer_add(trainer, tie, VARDATA_ANY(stored), VARSIZE_ANY_EXHDR(stored));
	}
}

static crm_trainer *
read_records(void)
{
	static SPIPlanPtr size;
	static SPIPlanPtr all;
	crm_trainer *trainer;
	Portal portal;
	bool isnull;
	HeapTuple tuple;

	crm_plan(&size,
			 "SELECT pg_catalog.count(*),"
			 " coalesce(pg_catalog.sum(pg_catalog.octet_length(r.profile)), 0)::pg_catalog.int8"
			 "  FROM crm_internal.record r",
			 0, NULL);
	crm_store_run(size, NULL, NULL);
	tuple = SPI_tuptable->vals[0];
	trainer =
		crm_trainer_begin(DatumGetInt64(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 1, &isnull)),
						  DatumGetInt64(SPI_getbinval(tuple, SPI_tuptable->tupdesc, 2, &isnull)));
	crm_plan(&all, "SELECT r.tie, r.profile FROM crm_internal.record r ORDER BY r.tie, r.record_id",
			 0, NULL);
	portal = SPI_cursor_open(NULL, all, NULL, NULL, true);
	for (SPI_cursor_fetch(portal, true, ROWS_AT_ONCE); SPI_processed > 0;
		 SPI_cursor_fetch(portal, true, ROWS_AT_ONCE))
	{
		add_rows(trainer);
		SPI_freetuptable(SPI_tuptable);
	}
	SPI_cursor_close(portal);
	return trainer;
}

void
crm_put_in_force(int32 version)
{
	crm_store_set_model_version(version);
	crm_store_begin_reclustering();
}

void
crm_train_if_due(void)
{
	crm_trainer *trainer;

	if (!crm_training_due(crm_store_count_records()))
		return;
	trainer = read_records();
	crm_store_tick();
	if (crm_training_due(crm_store_count_records())) /* nobody else did meanwhile */
		crm_put_in_force(crm_trainer_end(trainer));
}

Datum
crm_train_model(PG_FUNCTION_ARGS)
{
	int64 records;
	int32 version;
	crm_trainer *trainer;

	SPI_connect();
	records = crm_store_count_records();
	if (records < CRM_TRAINING_LEAST)
		ereport(ERROR, (errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
						errmsg("there are too few records to train a model"),
						errdetail("There are " INT64_FORMAT " records; %d are needed.", records,
								  CRM_TRAINING_LEAST),
						errhint("The built-in model serves until then: SELECT crm.use_model(0);")));
	trainer = read_records();
	crm_store_tick();
	version = crm_trainer_end(trainer);
	crm_put_in_force(version);
	SPI_finish();
	PG_RETURN_INT32(version);
}

Datum
crm_use_model(PG_FUNCTION_ARGS)
{
	int32 version = PG_GETARG_INT32(0);

	SPI_connect();
	if (!crm_model_exists(version))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
						errmsg("model of matching %d does not exist", version),
						errhint("SELECT version, made_at FROM crm.match_models;")));
	crm_store_tick();
	crm_put_in_force(version);
	SPI_finish();
	PG_RETURN_VOID();
}
