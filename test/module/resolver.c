/*
 * resolver.c - a resolver for tests: writes down what it was given, and misbehaves by request.
 *
 * LOAD 'crm' first. What it does is decided by the keys: 'fail' raises, 'slow' sleeps, 'spin' never
 * looks at a clock of its own, 'lock' waits for a table, 'cancel' asks the server to cancel this
 * very statement, 'again' changes a departmental row once.
 */
#include "postgres.h"

#include <signal.h>

#include "catalog/pg_type_d.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "utils/builtins.h"

#include "capture/capture.h"

PG_MODULE_MAGIC;

void _PG_init(void);

static void
execute(const char *sql)
{
	if (SPI_execute(sql, false, 0) < 0)
		elog(ERROR, "failed: %s", sql);
}

static void
misbehave(const char *key)
{
	if (strcmp(key, "fail") == 0)
		execute("SELECT 1 / 0");
	if (strcmp(key, "slow") == 0)
		execute("SELECT pg_catalog.pg_sleep(60)");
	if (strcmp(key, "lock") == 0)
		execute("LOCK TABLE public.wanted");
	if (strcmp(key, "again") == 0)
		execute("UPDATE public.inlined SET v = 'changed by crm' WHERE k = 'again' AND v <> "
				"'changed by crm'");
	if (strcmp(key, "cancel") == 0)
		raise(SIGINT);
	while (strcmp(key, "spin") == 0)
		CHECK_FOR_INTERRUPTS();
	CHECK_FOR_INTERRUPTS();
}

static void
resolve(const crm_change *changes, int nchanges)
{
	SPI_connect();
	for (int i = 0; i < nchanges; i++)
	{
		Oid types[] = {INT4OID, TEXTOID, TEXTOID};
		Datum values[] = {Int32GetDatum(changes[i].source_id), CStringGetTextDatum(changes[i].key),
						  CStringGetTextDatum(psprintf("%c", changes[i].op))};

		if (SPI_execute_with_args("INSERT INTO public.resolved (source_id, key, op, by) "
								  "VALUES ($1, $2, $3, current_user)",
								  3, types, values, NULL, false, 0) != SPI_OK_INSERT)
			elog(ERROR, "could not write down");
		misbehave(changes[i].key);
	}
	SPI_finish();
}

void
_PG_init(void)
{
	crm_capture_set_resolver(resolve);
}
