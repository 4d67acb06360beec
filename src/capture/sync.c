/* sync.c - the SQL face of reading, and crm.sync(). */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "nodes/parsenodes.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "capture/capture.h"
#include "follow/follow.h"
#include "source/source_part.h"
#include "source/source_read.h"

PG_FUNCTION_INFO_V1(crm_read_source_rows);
PG_FUNCTION_INFO_V1(crm_sync);

static List *follow_tables(FunctionCallInfo fcinfo);
static void put_row(const crm_source_row *row, void *context);
static Datum attributes_of(const crm_source_row *row);
static const char **key_list(ArrayType *array, int *n);
static void sync_one(int32 source_id, List *unreadable, int level);
static void raise_marked(const crm_source *source, int level);

Datum
crm_read_source_rows(PG_FUNCTION_ARGS)
{
	int32 source_id = PG_GETARG_INT32(0);
	int n;
	const char **keys = key_list(PG_GETARG_ARRAYTYPE_P(1), &n);

	InitMaterializedSRF(fcinfo, 0);
	if (!crm_source_read(source_id, keys, n, put_row, fcinfo->resultinfo))
	{
		crm_source *source = crm_source_load(source_id);

		if (source == NULL)
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("no such source")));
		raise_marked(source, ERROR);
	}
	return (Datum) 0;
}

Datum
crm_sync(PG_FUNCTION_ARGS)
{
	List *unreadable = follow_tables(fcinfo);
	ListCell *cell;

	if (!PG_ARGISNULL(0))
	{
		crm_source *source = crm_source_find(text_to_cstring(PG_GETARG_TEXT_PP(0)));

		sync_one(source->source_id, unreadable, ERROR);
		PG_RETURN_VOID();
	}
	/* One source that cannot be read keeps none of the others from being compared. */
	foreach (cell, crm_source_ids())
		sync_one(lfirst_int(cell), unreadable, WARNING);
	PG_RETURN_VOID();
}

/*
 * A transaction each, where that is possible: departments must not wait for their tables until all
 * is compared. Within a transaction block the next crm.resolve() does it. The sources that must not
 * be read now.
 */
static List *
follow_tables(FunctionCallInfo fcinfo)
{
	List *unreadable = NIL;
	MemoryContext context = CurrentMemoryContext;
	int n;
	int32 *changed;

	if (fcinfo->context == NULL || !IsA(fcinfo->context, CallContext) ||
		((CallContext *) fcinfo->context)->atomic)
		return NIL;
	SPI_connect_ext(SPI_OPT_NONATOMIC);
	changed = crm_source_changed(&n);
	for (int i = 0; i < n; i++)
	{
		int32 source_id = crm_source_follow(changed[i]);
		MemoryContext old = MemoryContextSwitchTo(context);

		if (source_id != 0)
			unreadable = lappend_int(unreadable, source_id);
		MemoryContextSwitchTo(old);
		SPI_commit();
	}
	SPI_finish();
	return unreadable;
}

/* For a first load there is nothing to compare with, which the join finds out quickly enough. */
int64
crm_source_enqueue_difference(int32 source_id)
{
	crm_source *source = crm_source_load(source_id);
	const crm_source *broken;
	Oid types[] = {INT4OID};
	Datum values[1];
	ErrorData *error;
	crm_user before;
	int nest_level;
	int64 queued;

	/* What cannot be told of a part is to be found out of all of its source. */
	if (source != NULL)
		source = crm_part_root(source);
	if (source == NULL)
		return -1;
	source_id = source->source_id;
	values[0] = Int32GetDatum(source_id);
	error = crm_source_probe_all(source, &broken);
	if (error != NULL)
	{
		crm_source_mark_broken(broken, error);
		return -1;
	}
	before = crm_become(crm_owner(), 0);
	nest_level = crm_source_pin();
	SPI_connect();
	crm_source_execute(
		"INSERT INTO crm_internal.pending (source_id, source_key, op, queued_at) "
		"SELECT $1, coalesce(s.source_key, r.source_key), "
		"(CASE WHEN r.source_key IS NULL THEN 'I' WHEN s.source_key IS NULL THEN 'D' "
		"ELSE 'U' END)::\"char\", clock_timestamp() "
		"FROM crm_internal.scan_source($1) s FULL JOIN (SELECT source_key, source_hash "
		"FROM crm_internal.record WHERE source_id = $1) r USING (source_key) "
		"WHERE s.hash IS DISTINCT FROM r.source_hash OR s.hash = 0 OR r.source_key IS NULL",
		1, types, values, NULL, SPI_OK_INSERT);
	queued = SPI_processed;
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	if (source->attention != NULL)
		crm_source_mark(source_id, NULL, NULL);
	return queued;
}

static void
sync_one(int32 source_id, List *unreadable, int level)
{
	if (list_member_int(unreadable, source_id) || crm_source_enqueue_difference(source_id) < 0)
		raise_marked(crm_source_load(source_id), level);
}

static void
raise_marked(const crm_source *source, int level)
{
	if (source == NULL)
		return;
	ereport(level, (errcode(ERRCODE_CRM_SOURCE_NEEDS_ATTENTION),
					errmsg("source \"%s.%s\" needs attention", source->schema, source->table),
					source->attention ? errdetail("%s", source->attention) : 0,
					errhint("SELECT needs_attention, repair FROM crm.source_status says which "
							"statement repairs it.")));
}

static void
put_row(const crm_source_row *row, void *context)
{
	ReturnSetInfo *result = context;
	bool bad = row->error != NULL;
	Datum values[6] = {CStringGetTextDatum(row->key)};
	bool nulls[6] = {false,
					 row->kind == '\0' || bad,
					 row->region == NULL || bad,
					 !row->has_changed_at || bad,
					 bad,
					 !bad};

	if (!nulls[1])
		values[1] = CStringGetTextDatum(row->kind == 'p' ? "person" : "organization");
	if (!nulls[2])
		values[2] = CStringGetTextDatum(row->region);
	values[3] = TimestampTzGetDatum(row->changed_at);
	if (!bad)
		values[4] = attributes_of(row);
	else
		values[5] = CStringGetTextDatum(row->error);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Values of one attribute stand together, for a mapping is in the order of the attributes. */
static Datum
attributes_of(const crm_source_row *row)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int i = 0; i < row->nvalues; i++)
	{
		bool same = i > 0 && strcmp(row->values[i].attribute, row->values[i - 1].attribute) == 0;

		appendStringInfoString(&json, same ? ", " : i > 0 ? "], " : "");
		if (!same)
		{
			escape_json(&json, row->values[i].attribute);
			appendStringInfoString(&json, ": [");
		}
		escape_json(&json, row->values[i].text);
	}
	appendStringInfoString(&json, row->nvalues ? "]}" : "}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

static const char **
key_list(ArrayType *array, int *n)
{
	const char **keys;
	Datum *elements;
	bool *nulls;
	int nelements;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &nelements);
	keys = palloc(Max(nelements, 1) * sizeof(char *));
	*n = 0;
	for (int i = 0; i < nelements; i++)
		if (!nulls[i])
			keys[(*n)++] = TextDatumGetCString(elements[i]);
	return keys;
}
