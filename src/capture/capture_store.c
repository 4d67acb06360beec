/* capture_store.c - how the rows of one relation are captured for one source, kept by backend. */
/*
 * A partition or an inheritance child has its own attribute numbers, so a plan belongs to a source
 * and a relation. Callbacks only mark; the registry is read with the latest snapshot, or a
 * transaction in REPEATABLE READ would go on by a registry that is gone.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation.h"
#include "catalog/pg_type_d.h"
#include "commands/trigger.h"
#include "fmgr.h"
#include "storage/lmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/hsearch.h"
#include "utils/inval.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/attempt.h"
#include "base/base.h"
#include "capture/capture_store.h"
#include "source/source_registry.h"

PG_FUNCTION_INFO_V1(crm_registry_changed);

typedef struct plan_key
{
	int32 source_id;
	Oid relation;
} plan_key;

typedef struct plan_entry
{
	plan_key key;
	bool valid;
	MemoryContext context; /* of the plan */
	crm_capture_plan *plan;
} plan_entry;

/* What is read of the registry to make a plan. */
typedef struct plan_request
{
	int32 source_id;
	Relation relation;
	crm_capture_plan *plan;
	MemoryContext context;
} plan_request;

uint64 crm_capture_generation = 1;

static HTAB *plans = NULL;
static Oid registry = InvalidOid;
static Oid registry_signal = InvalidOid;

static void make_plan(void *argument);
static HeapTuple registry_row(Relation table, int32 source_id);
static void plan_source(plan_request *request, Relation table, HeapTuple row);
static bool same_names(Datum a, Datum b);
static HeapTuple plan_part(plan_request *request, Relation table, HeapTuple row);
static bool plan_columns(plan_request *request, ArrayType *names, crm_watched_column **columns,
						 int *ncolumns);

/* ------------------------------ what makes a plan invalid ------------------------------ */

static void
on_relcache(Datum argument, Oid relation)
{
	bool all = !OidIsValid(relation) || relation == registry || relation == registry_signal;
	HASH_SEQ_STATUS status;
	plan_entry *entry;

	if (plans == NULL)
		return;
	hash_seq_init(&status, plans);
	while ((entry = hash_seq_search(&status)) != NULL)
		if (all || entry->key.relation == relation)
		{
			entry->valid = false;
			crm_capture_generation++;
		}
}

/* The primary key's index. That it was invalidated has no statement on the registry planned anew.
 */
static Oid
signal_of(Relation table)
{
	return get_relname_relid("source_pkey", RelationGetNamespace(table));
}

/* Statement trigger of the registry: rows of our own tables send no invalidation by themselves. */
Datum
crm_registry_changed(PG_FUNCTION_ARGS)
{
	Relation table;
	Oid index;

	if (!CALLED_AS_TRIGGER(fcinfo))
		ereport(ERROR, (errcode(ERRCODE_E_R_I_E_TRIGGER_PROTOCOL_VIOLATED),
						errmsg("crm_internal.registry_changed() must be called as a trigger")));
	table = ((TriggerData *) fcinfo->context)->tg_relation;
	index = signal_of(table);
	CacheInvalidateRelcacheByRelid(OidIsValid(index) ? index : RelationGetRelid(table));
	PG_RETURN_POINTER(NULL);
}

void
crm_capture_store_begin(void)
{
	CacheRegisterRelcacheCallback(on_relcache, (Datum) 0);
}

/* ------------------------------ finding a plan ------------------------------ */

static void
make_table(void)
{
	HASHCTL control = {.keysize = sizeof(plan_key), .entrysize = sizeof(plan_entry)};

	plans = hash_create("crm capture plans", 64, &control, HASH_ELEM | HASH_BLOBS);
}

/* An outer statement may be at work by the old plan: that goes with the transaction. */
static void
new_plan(plan_entry *entry)
{
	if (entry->context != NULL)
		MemoryContextSetParent(entry->context, TopTransactionContext);
	entry->context =
		AllocSetContextCreate(CacheMemoryContext, "crm capture plan", ALLOCSET_SMALL_SIZES);
	entry->plan = MemoryContextAllocZero(entry->context, sizeof(crm_capture_plan));
}

const crm_capture_plan *
crm_capture_plan_of(int32 source_id, Relation relation)
{
	plan_key key = {source_id, RelationGetRelid(relation)};
	plan_request request = {source_id, relation};
	plan_entry *entry;
	bool found;

	if (plans == NULL)
		make_table();
	entry = hash_search(plans, &key, HASH_ENTER, &found);
	if (!found)
	{
		entry->valid = false;
		entry->context = NULL;
	}
	if (entry->valid)
		return entry->plan;

	new_plan(entry);
	request.plan = entry->plan;
	request.context = entry->context;

	/* Before the reading, so that an invalidation met during it sticks. */
	entry->valid = true;
	if (!crm_attempt(make_plan, &request, NULL))
	{
		/* For this statement only. */
		entry->valid = false;
		memset(entry->plan, 0, sizeof(crm_capture_plan));
		entry->plan->known = true;
		entry->plan->row_id = entry->plan->whole_id = source_id;
		entry->plan->every_update = true;
	}
	return entry->plan;
}

/* ------------------------------ making a plan ------------------------------ */

static Oid
registry_oid(void)
{
	Oid schema = get_namespace_oid("crm_internal", true);

	return OidIsValid(schema) ? get_relname_relid("source", schema) : InvalidOid;
}

/* Runs in a subtransaction. One who rebuilds the registry must not make the writer wait. */
static void
make_plan(void *argument)
{
	plan_request *request = argument;
	Relation table;
	HeapTuple row;

	registry = registry_oid();
	if (!OidIsValid(registry))
		return;
	if (!ConditionalLockRelationOid(registry, AccessShareLock))
		ereport(ERROR, (errcode(ERRCODE_LOCK_NOT_AVAILABLE),
						errmsg("the registry of crm is being rebuilt")));
	table = table_open(registry, NoLock);
	registry_signal = signal_of(table);
	row = registry_row(table, request->source_id);
	if (HeapTupleIsValid(row))
		plan_source(request, table, row);
	table_close(table, AccessShareLock);
}

/* A copy, or NULL. */
static HeapTuple
registry_row(Relation table, int32 source_id)
{
	SysScanDesc scan;
	ScanKeyData key;
	Snapshot snapshot = RegisterSnapshot(GetLatestSnapshot());
	HeapTuple row;

	ScanKeyInit(&key, get_attnum(registry, "source_id"), BTEqualStrategyNumber, F_INT4EQ,
				Int32GetDatum(source_id));
	scan = systable_beginscan(table, InvalidOid, false, snapshot, 1, &key);
	row = systable_getnext(scan);
	if (HeapTupleIsValid(row))
		row = heap_copytuple(row);
	systable_endscan(scan);
	UnregisterSnapshot(snapshot);
	return row;
}

static Datum
registry_value(HeapTuple row, TupleDesc shape, const char *column)
{
	bool isnull;
	Datum value = heap_getattr(row, get_attnum(registry, column), shape, &isnull);

	if (isnull)
		elog(ERROR, "column \"%s\" of crm_internal.source is null", column);
	return value;
}

static void
plan_source(plan_request *request, Relation table, HeapTuple row)
{
	crm_capture_plan *plan = request->plan;
	TupleDesc shape = RelationGetDescr(table);
	ArrayType *keys = DatumGetArrayTypeP(registry_value(row, shape, "key_columns"));
	ArrayType *columns = DatumGetArrayTypeP(registry_value(row, shape, "columns"));
	HeapTuple root = plan_part(request, table, row);
	char *mode = TextDatumGetCString(registry_value(root, shape, "mode"));
	TupleDesc rows = RelationGetDescr(request->relation);

	plan->known = true;
	plan->is_inline = strcmp(mode, "inline") == 0;
	plan->every_update = !plan_columns(request, columns, &plan->columns, &plan->ncolumns);
	plan->has_key = plan_columns(request, keys, &plan->key_columns, &plan->nkeys);
	if (!plan->has_key)
		return;
	plan->keys = MemoryContextAlloc(request->context, sizeof(crm_key_column) * plan->nkeys);
	for (int i = 0; i < plan->nkeys; i++)
	{
		AttrNumber attribute = plan->key_columns[i].attribute;

		crm_key_column_init(&plan->keys[i], attribute, TupleDescAttr(rows, attribute - 1)->atttypid,
							request->context);
		plan->key_may_fail |= plan->keys[i].may_fail;
		plan->key_needs_settings |= plan->keys[i].needs_settings;
	}
}

/*
 * Where a part's rows are noted; returns the row of its source, or its own. A detail whose key is
 * that of its source's rows notes these at once: nothing need be looked up later.
 */
static HeapTuple
plan_part(plan_request *request, Relation table, HeapTuple row)
{
	crm_capture_plan *plan = request->plan;
	TupleDesc shape = RelationGetDescr(table);
	HeapTuple root;
	int32 root_id;

	plan->row_id = plan->whole_id = request->source_id;
	if (DatumGetChar(registry_value(row, shape, "role")) == CRM_ROLE_SOURCE)
		return row;
	root_id = DatumGetInt32(registry_value(row, shape, "root_id"));
	root = registry_row(table, root_id);
	if (!HeapTupleIsValid(root))
		elog(ERROR, "source %d of part %d does not exist", root_id, request->source_id);
	plan->whole_id = root_id;
	plan->part_op = 'P';
	if (DatumGetChar(registry_value(row, shape, "role")) == CRM_ROLE_DETAIL &&
		DatumGetInt32(registry_value(row, shape, "parent_id")) == root_id &&
		same_names(registry_value(row, shape, "parent_columns"),
				   registry_value(root, shape, "key_columns")))
	{
		plan->row_id = root_id;
		plan->part_op = 'U';
	}
	return root;
}

static bool
same_names(Datum a, Datum b)
{
	return DatumGetBool(OidFunctionCall2Coll(F_ARRAY_EQ, DEFAULT_COLLATION_OID, a, b));
}

static bool
plan_column(TupleDesc rows, const char *name, crm_watched_column *column)
{
	for (int i = 0; i < rows->natts; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(rows, i);

		if (attribute->attisdropped || strcmp(NameStr(attribute->attname), name) != 0)
			continue;
		column->attribute = attribute->attnum;
		column->length = attribute->attlen;
		column->by_value = attribute->attbyval;
		/* Of a virtual column a stored row has no value to compare. */
		return attribute->attgenerated == '\0' || attribute->attgenerated == 's';
	}
	return false;
}

/* False: none, or one that the relation does not have (renamed, dropped). */
static bool
plan_columns(plan_request *request, ArrayType *names, crm_watched_column **columns, int *ncolumns)
{
	Datum *values;
	bool *nulls;
	int n;

	deconstruct_array(names, TEXTOID, -1, false, TYPALIGN_INT, &values, &nulls, &n);
	*columns = MemoryContextAlloc(request->context, sizeof(crm_watched_column) * Max(n, 1));
	*ncolumns = n;
	for (int i = 0; i < n; i++)
		if (nulls[i] || !plan_column(RelationGetDescr(request->relation),
									 TextDatumGetCString(values[i]), &(*columns)[i]))
			return false;
	return n > 0;
}
