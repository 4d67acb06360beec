/*
 * identity_resolve.c - resolves changes: batch by batch in crm.resolve(), or in the transaction
 * that wrote them (inline sources).
 *
 * Whoever writes identities updates the clock row first, so there is one writer at a time; under
 * REPEATABLE READ that update fails if another one wrote since the snapshot, instead of missing it.
 */
#include "postgres.h"

#include "executor/spi.h"
#include "utils/guc.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "identity/identity.h"
#include "identity/identity_batch.h"
#include "identity/identity_resolve.h"
#include "identity/identity_store.h"

/*
 * Plans of a batch are index probes from arrays. The planner cannot know how short the arrays are,
 * and freshly loaded tables have no statistics yet, so it is told; and planning once a backend is
 * enough for plans that never change. The search path is the caller's, the rights are crm's: no
 * operator of the caller's making may slip into a statement.
 */
int
crm_probe_settings(void)
{
	static const char *const settings[][2] = {
		{"enable_seqscan", "off"},
		{"enable_hashjoin", "off"},
		{"enable_mergejoin", "off"},
		{"enable_material", "off"},
		{"enable_memoize", "off"},
		{"jit", "off"},
		{"plan_cache_mode", "force_generic_plan"},
		{"search_path", "pg_catalog, pg_temp"},
	};
	int level = NewGUCNestLevel();

	for (int i = 0; i < lengthof(settings); i++)
		(void) set_config_option(settings[i][0], settings[i][1], PGC_USERSET, PGC_S_SESSION,
								 GUC_ACTION_SAVE, true, 0, false);
	return level;
}

void
crm_probe_settings_end(int level)
{
	AtEOXact_GUC(true, level);
}

static void
resolve_taken(crm_batch *batch)
{
	if (crm_store_model_version() < 0)
		crm_store_set_model_version(batch->model->version);
	crm_batch_link(batch);
	crm_batch_partition(batch);
	crm_batch_write(batch);
}

static int
by_source(const void *a, const void *b)
{
	const crm_change *x = *(const crm_change *const *) a;
	const crm_change *y = *(const crm_change *const *) b;

	if (x->source_id != y->source_id)
		return x->source_id < y->source_id ? -1 : 1;
	return strcmp(x->key, y->key);
}

/*
 * Reads and resolves changes with keys. unreadable gets the sources that could not be read; the
 * caller keeps their changes.
 */
int64
crm_resolve_changes(const crm_change *changes, int nchanges, const char *cause, crm_ids *unreadable,
					int64 *failed)
{
	crm_batch *batch = crm_batch_begin(cause);
	const crm_change **sorted = palloc(sizeof(crm_change *) * Max(nchanges, 1));
	const char **keys = palloc(sizeof(char *) * Max(nchanges, 1));
	int64 resolved;
	int level = crm_probe_settings();

	for (int i = 0; i < nchanges; i++)
		sorted[i] = &changes[i];
	qsort(sorted, nchanges, sizeof(crm_change *), by_source);
	for (int first = 0, last; first < nchanges; first = last)
	{
		int n = 0;

		for (last = first; last < nchanges && sorted[last]->source_id == sorted[first]->source_id;
			 last++)
			if (n == 0 || strcmp(keys[n - 1], sorted[last]->key) != 0)
				keys[n++] = sorted[last]->key;
		if (!crm_batch_read(batch, sorted[first]->source_id, keys, n))
			crm_ids_add(unreadable, sorted[first]->source_id);
	}
	resolve_taken(batch);
	resolved = batch->resolved;
	*failed = batch->failed;
	crm_probe_settings_end(level);
	crm_batch_finish(batch);
	pfree(sorted);
	pfree(keys);
	return resolved;
}

/* Compares these records anew, and clusters what edges connect to them, by the model in force. */
void
crm_resolve_again(const int64 *records, int n, const char *cause)
{
	crm_batch *batch = crm_batch_begin(cause);
	MemoryContext before = MemoryContextSwitchTo(batch->context);
	int level = crm_probe_settings();

	crm_batch_load(batch, records, n);
	for (int i = 0; i < n; i++)
	{
		crm_ids_add(&batch->relink, records[i]);
		crm_ids_add(&batch->seeds, records[i]);
		crm_batch_record(batch, records[i])->relink = true;
	}
	MemoryContextSwitchTo(before);
	resolve_taken(batch);
	crm_probe_settings_end(level);
	crm_batch_finish(batch);
}

/* Clusters anew what is connected to these records; they are compared as they were. */
void
crm_resolve_verdicts(const int64 *records, int n, const crm_resolve_act *act)
{
	crm_batch *batch = crm_batch_begin(act->cause);
	MemoryContext before = MemoryContextSwitchTo(batch->context);
	int level = crm_probe_settings();

	batch->person = act->person;
	batch->reason = act->reason;
	batch->act_no = act->act_no;
	for (int i = 0; i < n; i++)
		crm_ids_add(&batch->seeds, records[i]);
	MemoryContextSwitchTo(before);
	resolve_taken(batch);
	crm_probe_settings_end(level);
	crm_batch_finish(batch);
}

void
crm_resolve_forget(int32 source_id)
{
	crm_batch *batch = crm_batch_begin("drop_source");
	int level = crm_probe_settings();

	crm_batch_forget(batch, source_id);
	resolve_taken(batch);
	crm_probe_settings_end(level);
	crm_batch_finish(batch);
}

/* Called by capture in the commit phase, as the owner, within its own subtransaction. */
void
crm_resolve_inline(const crm_change *changes, int nchanges)
{
	crm_ids unreadable = {0};
	int64 failed;

	SPI_connect();
	crm_store_tick();
	changes = crm_changes_climb(changes, &nchanges);
	if (nchanges > crm_inline_limit)
		ereport(ERROR, (errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
						errmsg("more rows changed than crm.inline_limit allows")));
	crm_resolve_changes(changes, nchanges, "commit", &unreadable, &failed);
	if (unreadable.n > 0)
		ereport(ERROR, (errcode(ERRCODE_CRM_SOURCE_NEEDS_ATTENTION),
						errmsg("source %d cannot be read", (int) unreadable.v[0])));
	SPI_finish();
}
