/*
 * identity_find.c - the records that a search looks at: a bounded number, by index probes only.
 *
 * A common key is not left out as in matching: some of its records are looked at.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "utils/array.h"

#include "base/base.h"
#include "base/ids.h"
#include "identity/identity_find.h"
#include "identity/identity_store.h"
#include "match/match_key.h"

#define RECORDS_A_KEY 64
#define RECORDS_A_WORD 100  /* of the word as it is */
#define RECORDS_AN_ERROR 10 /* of each key or sound that it may stand for */

PG_FUNCTION_INFO_V1(crm_profile_sound_list);

static void
find_by_keys(const int64 *keys, int n, int most)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT8ARRAYOID, INT4OID};
	Datum args[] = {crm_ids_array(keys, n), Int32GetDatum(most)};

	crm_generic_plan(
		&plan,
		"SELECT r.record_id, r.customer_id, r.profile"
		"  FROM (SELECT DISTINCT b.record_id FROM pg_catalog.unnest($1) AS t(key),"
		"       LATERAL (SELECT k.record_id FROM crm_internal.record_key k"
		"                 WHERE k.key OPERATOR(pg_catalog.=) t.key LIMIT $2) AS b) AS c"
		"  JOIN crm_internal.record r ON r.record_id OPERATOR(pg_catalog.=) c.record_id",
		lengthof(types), types);
	crm_store_run(plan, args, NULL);
}

void
crm_find_by_profile(const crm_profile *profile)
{
	int64_t found[CRM_KEYS_MAX];
	int64 keys[CRM_KEYS_MAX];
	int n = crm_profile_keys(profile, found);

	for (int i = 0; i < n; i++)
		keys[i] = found[i];
	find_by_keys(keys, n, RECORDS_A_KEY);
}

void
crm_find_by_keys(const crm_typos *keys)
{
	int64 *copy = palloc(sizeof(int64) * Max(keys->n, 1));

	for (int i = 0; i < keys->n; i++)
		copy[i] = keys->key[i];
	find_by_keys(copy, keys->n, RECORDS_AN_ERROR);
}

/* The first sound is the word's own. */
void
crm_find_by_sounds(const crm_typos *sounds)
{
	static SPIPlanPtr plan;
	static const Oid types[] = {INT4ARRAYOID, INT4OID, INT4OID};
	Datum *list = palloc(sizeof(Datum) * Max(sounds->n, 1));
	Datum args[3];

	for (int i = 0; i < sounds->n; i++)
		list[i] = Int32GetDatum((int32) sounds->key[i]);
	args[0] = PointerGetDatum(
		construct_array(list, sounds->n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
	args[1] = Int32GetDatum(RECORDS_A_WORD);
	args[2] = Int32GetDatum(RECORDS_AN_ERROR);
	crm_generic_plan(
		&plan,
		"SELECT b.record_id, b.customer_id, b.profile"
		"  FROM pg_catalog.unnest($1) WITH ORDINALITY AS t(sound, n),"
		"       LATERAL (SELECT r.record_id, r.customer_id, r.profile FROM crm_internal.record r"
		"                 WHERE crm_internal.profile_sounds(r.profile)"
		"                       OPERATOR(pg_catalog.&&) ARRAY[t.sound]"
		"                 LIMIT CASE t.n WHEN 1 THEN $2 ELSE $3 END) AS b",
		lengthof(types), types);
	crm_store_run(plan, args, NULL);
}

/* (profile bytea) -> integer[] */
Datum
crm_profile_sound_list(PG_FUNCTION_ARGS)
{
	bytea *bytes = PG_GETARG_BYTEA_PP(0);
	crm_profile profile;
	int32_t sounds[CRM_SOUNDS_MAX];
	Datum list[CRM_SOUNDS_MAX];
	int n = 0;

	if (crm_profile_open(VARDATA_ANY(bytes), VARSIZE_ANY_EXHDR(bytes), &profile))
		n = crm_profile_sounds(&profile, sounds);
	for (int i = 0; i < n; i++)
		list[i] = Int32GetDatum(sounds[i]);
	PG_RETURN_ARRAYTYPE_P(construct_array(list, n, INT4OID, sizeof(int32), true, TYPALIGN_INT));
}
