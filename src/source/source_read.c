/* source_read.c - reads departmental rows by key.
 *
 * Rows become plain values while the table's owner is acting; sinks run after that, as whoever
 * called. A batch that fails because of a row is halved until the row stands alone.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_class.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/hsearch.h"
#include "utils/memutils.h"

#include "base/base.h"
#include "source/detail_read.h"
#include "source/source_lookup.h"
#include "source/source_read.h"
#include "source/source_row.h"

/* Above this many keys the server should plan for the very list: with it, a hash over the keys. */
#define KEPT_PLAN_MAX_KEYS 100

typedef struct kept_plan
{
	int32 source_id; /* hash key */
	char *sql;
	SPIPlanPtr plan;
} kept_plan;

typedef struct key_read
{
	const crm_source *source;
	const char *const *keys;
	int nkeys;
	bool once;             /* not worth a kept plan */
	int most;              /* rows, 0: all */
	MemoryContext context; /* where the rows go */
	List *rows;
} key_read;

static ErrorData *read_batch(const crm_source *source, const char *const *keys, int nkeys, int most,
							 bool whole, List **rows);
static void make_params(void *arg);
static ErrorData *read_halves(const crm_source *source, const char *const *keys, int nkeys,
							  int most, List **rows);
static crm_source_row *bad_row(const crm_source *source, const char *key, const ErrorData *error);
static const char *culprit(const crm_source *source, const char *key);
static void probe(void *arg);
static void read_keys(void *arg);
static bool may_be_foreign(const crm_source *source);
static void collect_rows(key_read *read);
static void execute_once(const crm_source_query *query, Datum *params);
static void execute_kept(const crm_source *source, const crm_source_query *query, Datum *params);
static kept_plan *find_kept(int32 source_id);

bool
crm_source_read(int32 source_id, const char *const *keys, int nkeys, crm_source_sink sink,
				void *context)
{
	MemoryContext batch =
		AllocSetContextCreate(CurrentMemoryContext, "rows of a source", ALLOCSET_DEFAULT_SIZES);
	MemoryContext old = MemoryContextSwitchTo(batch);
	crm_source *source = crm_source_load(source_id);
	const crm_source *broken = source;
	List *details = source ? crm_details_load(source) : NIL;
	List *rows = NIL;
	ErrorData *error = NULL;
	ListCell *cell;

	if (source != NULL)
		error = read_batch(source, keys, nkeys, 0, true, &rows);
	if (error == NULL && details != NIL)
		error = crm_details_read(source, details, rows, &broken);
	if (error != NULL)
		crm_source_mark_broken(broken, error);
	else if (source != NULL && source->attention != NULL)
		crm_source_mark(source_id, NULL, NULL);
	MemoryContextSwitchTo(old);
	if (error == NULL)
		foreach (cell, rows)
			sink(lfirst(cell), context);
	MemoryContextDelete(batch);
	return source != NULL && error == NULL;
}

ErrorData *
crm_source_read_rows(const crm_source *source, const char *const *keys, int nkeys, List **rows)
{
	return read_batch(source, keys, nkeys, 0, true, rows);
}

ErrorData *
crm_source_read_some(const crm_source *source, const char *const *keys, int nkeys, int most,
					 List **rows)
{
	return read_batch(source, keys, nkeys, most, true, rows);
}

ErrorData *
crm_source_probe_all(const crm_source *source, const crm_source **broken)
{
	crm_source *all = crm_source_load(source->source_id);
	List *details = all ? crm_details_load(all) : NIL;
	ErrorData *error = crm_source_probe(all ? all : source);

	*broken = source;
	return error ? error : crm_details_probe(details, broken);
}

ErrorData *
crm_source_probe(const crm_source *source)
{
	key_read read = {source, NULL, 0, false, 0, CurrentMemoryContext, NIL};

	return crm_source_guarded(source, probe, &read);
}

/* Runs under crm_source_guarded(). No row is touched, so no look-up runs: each is tried apart. */
static void
probe(void *arg)
{
	key_read *read = arg;

	read_keys(read);
	crm_source_check_lookups(read->source);
}

/* The error of the source as a whole, or NULL: then each row is in rows, bad ones with their error.
 */
static ErrorData *
read_batch(const crm_source *source, const char *const *keys, int nkeys, int most, bool whole,
		   List **rows)
{
	key_read read = {source, keys, nkeys, most > 0, most, CurrentMemoryContext, NIL};
	ErrorData *error;

	CHECK_FOR_INTERRUPTS();
	error = crm_source_guarded(source, read_keys, &read);
	if (error == NULL)
	{
		*rows = list_concat(*rows, read.rows);
		return NULL;
	}
	/* A function may raise anything for one row; that the source is broken shows without any row.
	 */
	if (whole && crm_source_is_broken(error))
	{
		ErrorData *probed = crm_source_probe(source);

		if (probed != NULL)
			return probed;
	}
	/* Without a row to blame it is the source's: a constant that cannot be computed, say. */
	if (nkeys == 0)
		return error;
	if (nkeys == 1)
	{
		if (crm_source_guarded(source, make_params, &read) == NULL)
			*rows = lappend(*rows, bad_row(source, keys[0], error));
		return NULL;
	}
	return read_halves(source, keys, nkeys, most, rows);
}

/*
 * Runs under crm_source_guarded(). A key that is no value of the key's type was noted under another
 * one: there is no such row by now.
 */
static void
make_params(void *arg)
{
	key_read *read = arg;

	(void) crm_source_query_params(crm_source_query_build(read->source, CRM_SCOPE_KEYS), read->keys,
								   read->nkeys);
}

static ErrorData *
read_halves(const crm_source *source, const char *const *keys, int nkeys, int most, List **rows)
{
	int half = nkeys / 2;
	ErrorData *error = read_batch(source, keys, half, most, false, rows);

	return error ? error : read_batch(source, keys + half, nkeys - half, most, false, rows);
}

static crm_source_row *
bad_row(const crm_source *source, const char *key, const ErrorData *error)
{
	crm_source_row *row = palloc0(sizeof(crm_source_row));
	const char *attribute = culprit(source, key);
	char *text = crm_source_error_text(error);

	row->key = pstrdup(key);
	row->error = attribute ? psprintf("attribute \"%s\": %s", attribute, text) : text;
	row->sqlerrcode = error->sqlerrcode;
	return row;
}

/* The attribute whose expression alone fails for this row, or NULL: then it is something else. */
static const char *
culprit(const crm_source *source, const char *key)
{
	ListCell *cell;

	foreach (cell, source->items)
	{
		crm_source_item *item = lfirst(cell);
		crm_source alone = *source;
		key_read read = {&alone, &key, 1, true, 0, CurrentMemoryContext, NIL};
		ErrorData *error;

		alone.items = list_make1(item);
		alone.filter = alone.kind = alone.region = alone.changed_at = NULL;
		alone.preferred = alone.entered_by = alone.belongs_to = NULL;
		error = crm_source_guarded(&alone, read_keys, &read);
		if (error == NULL)
			continue;
		/* That the key itself cannot be looked up says nothing about the attribute. */
		alone.items = NIL;
		return crm_source_guarded(&alone, read_keys, &read) == NULL ? item->attribute : NULL;
	}
	return NULL;
}

/* Runs under crm_source_guarded(). */
static void
read_keys(void *arg)
{
	key_read *read = arg;
	crm_source_query *query = crm_source_query_build(read->source, CRM_SCOPE_KEYS);
	Datum *params = crm_source_query_params(query, read->keys, read->nkeys);

	/* Without keys it is a probe: all is planned and checked, no row of a large view is touched. */
	if (read->nkeys == 0)
		query->sql = psprintf("%s LIMIT 0", query->sql);
	else if (read->most > 0)
		query->sql = psprintf("%s LIMIT %d", query->sql, read->most);
	if (read->once || read->nkeys == 0 || read->nkeys > KEPT_PLAN_MAX_KEYS ||
		may_be_foreign(read->source))
		execute_once(query, params);
	else
		execute_kept(read->source, query, params);
	collect_rows(read);
}

/* mysql_fdw sends "= ANY ($1)" to the other side and cannot send the array; a constant it can. */
static bool
may_be_foreign(const crm_source *source)
{
	return source->relation_kind == RELKIND_FOREIGN_TABLE || source->relation_kind == RELKIND_VIEW;
}

static void
collect_rows(key_read *read)
{
	SPITupleTable *found = SPI_tuptable;
	uint64 n = SPI_processed;
	MemoryContext old = MemoryContextSwitchTo(read->context);

	for (uint64 i = 0; i < n; i++)
	{
		crm_source_row *row = crm_source_query_row(read->source, found->vals[i], found->tupdesc);

		if (row != NULL)
			read->rows = lappend(read->rows, row);
	}
	MemoryContextSwitchTo(old);
}

static void
execute_once(const crm_source_query *query, Datum *params)
{
	if (SPI_execute_with_args(query->sql, query->nkeys, query->param_types, params, NULL, true,
							  0) != SPI_OK_SELECT)
		elog(ERROR, "reading a source failed");
}

/* The plan stays as long as the SQL does; the server itself replans when the table changed. */
static void
execute_kept(const crm_source *source, const crm_source_query *query, Datum *params)
{
	kept_plan *kept = find_kept(source->source_id);

	if (kept->plan == NULL || strcmp(kept->sql, query->sql) != 0)
	{
		SPIPlanPtr plan = SPI_prepare(query->sql, query->nkeys, query->param_types);

		if (plan == NULL)
			elog(ERROR, "SPI_prepare failed: %s", SPI_result_code_string(SPI_result));
		SPI_keepplan(plan);
		if (kept->plan != NULL)
		{
			SPI_freeplan(kept->plan);
			pfree(kept->sql);
		}
		kept->plan = plan;
		kept->sql = MemoryContextStrdup(TopMemoryContext, query->sql);
	}
	if (SPI_execute_plan(kept->plan, params, NULL, true, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading a source failed");
}

static kept_plan *
find_kept(int32 source_id)
{
	static HTAB *plans = NULL;
	kept_plan *kept;
	bool found;

	if (plans == NULL)
	{
		HASHCTL control = {.keysize = sizeof(int32), .entrysize = sizeof(kept_plan)};

		plans = hash_create("crm source plans", 16, &control, HASH_ELEM | HASH_BLOBS);
	}
	kept = hash_search(plans, &source_id, HASH_ENTER, &found);
	if (!found)
	{
		kept->plan = NULL;
		kept->sql = NULL;
	}
	return kept;
}
