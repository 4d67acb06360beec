/*
 * identity_capped.c - keys that are too common to find anything, noted for people to see.
 *
 * A note decides nothing: whether a key is too common is counted whenever candidates are looked
 * for.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"

#include "base/base.h"
#include "base/ids.h"
#include "identity/identity_capped.h"
#include "identity/identity_store.h"
#include "match/match_key.h"

static void
run(SPIPlanPtr *plan, const char *sql, const int64 *keys, int n)
{
	static const Oid types[] = {INT8ARRAYOID, INT4OID};
	Datum args[] = {crm_ids_array(keys, n), Int32GetDatum(CRM_KEY_COMMON)};

	crm_plan(plan, sql, 2, types);
	crm_store_run(*plan, args, NULL);
	pfree(DatumGetPointer(args[0]));
}

void
crm_capped_add(const int64 *keys, int n)
{
	static SPIPlanPtr plan;

	if (n > 0)
		run(&plan,
			"INSERT INTO crm_internal.capped_key (key)"
			" SELECT DISTINCT t.key FROM pg_catalog.unnest($1) AS t(key)"
			"  WHERE $2 OPERATOR(pg_catalog.>) 0"
			"    AND NOT EXISTS (SELECT FROM crm_internal.capped_key c"
			"                     WHERE c.key OPERATOR(pg_catalog.=) t.key)",
			keys, n);
}

void
crm_capped_review(const int64 *keys, int n)
{
	static SPIPlanPtr plan;

	if (n > 0)
		run(&plan,
			"DELETE FROM crm_internal.capped_key c"
			" WHERE c.key OPERATOR(pg_catalog.=) ANY ($1)"
			"   AND (SELECT pg_catalog.count(*) FROM"
			"         (SELECT FROM crm_internal.record_key k"
			"           WHERE k.key OPERATOR(pg_catalog.=) c.key"
			"           LIMIT $2 OPERATOR(pg_catalog.+) 1) AS b) OPERATOR(pg_catalog.<=) $2",
			keys, n);
}

void
crm_capped_set(const int64 *keys, int n)
{
	static SPIPlanPtr plan;

	run(&plan,
		"DELETE FROM crm_internal.capped_key c"
		" WHERE $2 OPERATOR(pg_catalog.>) 0 AND c.key OPERATOR(pg_catalog.<>) ALL ($1)",
		keys, n);
	crm_capped_add(keys, n);
}
