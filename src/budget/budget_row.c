/* budget_row.c - reads and books budgets past the executor. */
/*
 * Budgets are read as they are by now, not as of the transaction's snapshot, and without taking
 * part in the conflict detection of SERIALIZABLE: else every transaction that spends would conflict
 * with every other one. What keeps bookings apart is the lock on the budget, held to the end.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "catalog/pg_collation_d.h"
#include "catalog/pg_type_d.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "base/own_table.h"
#include "base/sequence.h"
#include "budget/budget_row.h"

#define BUDGET_LOCK_CLASS 0x63724d62 /* "crMb" */
#define LOCK_KIND 3 /* pg_advisory_lock() gives 1 and 2: nobody takes these by hand */
#define READ_TRIES 100

enum
{
	BUDGET_ID = 1,
	BUDGET_NAME,
	BUDGET_PARENT,
	BUDGET_AMOUNT,
	BUDGET_SPENT,
	BUDGET_RESERVED,
	BUDGET_CARVED,
	BUDGET_CURRENCY,
	BUDGET_FROM,
	BUDGET_UNTIL,
	BUDGET_CLOSED,
	BUDGET_OWNER,
	BUDGET_COLUMNS = BUDGET_OWNER
};

enum
{
	LEDGER_ID = 1,
	LEDGER_BUDGET,
	LEDGER_AT,
	LEDGER_KIND,
	LEDGER_AMOUNT,
	LEDGER_BATCH,
	LEDGER_REQUEST,
	LEDGER_ACT,
	LEDGER_PERSON,
	LEDGER_REASON,
	LEDGER_COLUMNS = LEDGER_REASON
};

typedef struct budget_scan
{
	Relation table;
	SysScanDesc scan;
} budget_scan;

static Oid
own_oid(const char *name)
{
	Oid oid = get_relname_relid(name, get_namespace_oid("crm_internal", false));

	if (!OidIsValid(oid))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("relation \"crm_internal.%s\" does not exist", name)));
	return oid;
}

static ScanKeyData
key_of_name(const char *name)
{
	ScanKeyData key;

	ScanKeyEntryInitialize(&key, 0, BUDGET_NAME, BTEqualStrategyNumber, InvalidOid,
						   DEFAULT_COLLATION_OID, F_TEXTEQ, CStringGetTextDatum(name));
	return key;
}

static ScanKeyData
key_of_id(int32 budget_id)
{
	ScanKeyData key;

	ScanKeyInit(&key, BUDGET_ID, BTEqualStrategyNumber, F_INT4EQ, Int32GetDatum(budget_id));
	return key;
}

/* The key is a copy, for the scan renumbers its column as the index has it. */
static HeapTuple
begin_scan(budget_scan *scan, LOCKMODE mode, ScanKeyData key, const char *index)
{
	scan->table = table_open(own_oid("budget"), mode);
	if (RelationGetDescr(scan->table)->natts != BUDGET_COLUMNS)
		elog(ERROR, "crm_internal.budget has another shape than the library of crm expects");
	scan->scan = systable_beginscan(scan->table, own_oid(index), true, SnapshotSelf, 1, &key);
	return systable_getnext(scan->scan);
}

static void
end_scan(budget_scan *scan)
{
	systable_endscan(scan->scan);
	table_close(scan->table, NoLock);
}

static Datum
column(HeapTuple tuple, Relation table, int number, bool *isnull)
{
	return heap_getattr(tuple, number, RelationGetDescr(table), isnull);
}

static Numeric
number_column(HeapTuple tuple, Relation table, int number)
{
	bool isnull;

	return DatumGetNumericCopy(column(tuple, table, number, &isnull));
}

static TimestampTz
time_column(HeapTuple tuple, Relation table, int number)
{
	bool isnull;
	Datum value = column(tuple, table, number, &isnull);

	return isnull ? DT_NOEND : DatumGetTimestampTz(value);
}

static void
fill_row(crm_budget_row *row, HeapTuple tuple, Relation table)
{
	bool isnull;

	row->budget_id = DatumGetInt32(column(tuple, table, BUDGET_ID, &isnull));
	row->name = TextDatumGetCString(column(tuple, table, BUDGET_NAME, &isnull));
	row->amount = number_column(tuple, table, BUDGET_AMOUNT);
	row->spent = number_column(tuple, table, BUDGET_SPENT);
	row->reserved = number_column(tuple, table, BUDGET_RESERVED);
	row->carved = number_column(tuple, table, BUDGET_CARVED);
	row->valid_from = time_column(tuple, table, BUDGET_FROM);
	row->valid_until = time_column(tuple, table, BUDGET_UNTIL);
	row->closed_at = time_column(tuple, table, BUDGET_CLOSED);
}

/*
 * A row that another backend moves to another page while we scan may be met nowhere: its old place
 * is dead already and its new one was passed before. So finding nothing is tried again.
 */
static bool
read_row(ScanKeyData key, const char *index, crm_budget_row *row)
{
	for (int i = 0; i < READ_TRIES; i++)
	{
		budget_scan scan;
		HeapTuple tuple = begin_scan(&scan, AccessShareLock, key, index);
		bool found = HeapTupleIsValid(tuple);

		if (found)
			fill_row(row, tuple, scan.table);
		end_scan(&scan);
		if (found)
			return true;
		CHECK_FOR_INTERRUPTS();
	}
	return false;
}

bool
crm_budget_table_exists(void)
{
	Oid schema = get_namespace_oid("crm_internal", true);

	return OidIsValid(schema) && OidIsValid(get_relname_relid("budget", schema));
}

bool
crm_budget_row_read(const char *name, crm_budget_row *row)
{
	return read_row(key_of_name(name), "budget_name_key", row);
}

bool
crm_budget_row_read_id(int32 budget_id, crm_budget_row *row)
{
	return read_row(key_of_id(budget_id), "budget_pkey", row);
}

void
crm_budget_lock(int32 budget_id)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, BUDGET_LOCK_CLASS, (uint32) budget_id, LOCK_KIND);
	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

static Datum
sum(Numeric old, Numeric more)
{
	return more == NULL
			   ? NumericGetDatum(old)
			   : DirectFunctionCall2(numeric_add, NumericGetDatum(old), NumericGetDatum(more));
}

static HeapTuple
changed(HeapTuple old, Relation table, const crm_budget_change *change)
{
	Datum values[BUDGET_COLUMNS] = {0};
	bool nulls[BUDGET_COLUMNS] = {false};
	bool replaced[BUDGET_COLUMNS] = {false};
	crm_budget_row row;

	fill_row(&row, old, table);
	values[BUDGET_AMOUNT - 1] = sum(row.amount, change->amount);
	values[BUDGET_SPENT - 1] = sum(row.spent, change->spent);
	values[BUDGET_RESERVED - 1] = sum(row.reserved, change->reserved);
	values[BUDGET_CARVED - 1] = sum(row.carved, change->carved);
	replaced[BUDGET_AMOUNT - 1] = replaced[BUDGET_SPENT - 1] = true;
	replaced[BUDGET_RESERVED - 1] = replaced[BUDGET_CARVED - 1] = true;
	return heap_modify_tuple(old, RelationGetDescr(table), values, nulls, replaced);
}

void
crm_budget_row_change(int32 budget_id, const crm_budget_change *change)
{
	crm_own_table table;
	budget_scan scan;
	HeapTuple old = begin_scan(&scan, RowExclusiveLock, key_of_id(budget_id), "budget_pkey");
	HeapTuple fresh;

	if (!HeapTupleIsValid(old) || !crm_own_table_open(&table, "budget", BUDGET_COLUMNS))
		elog(ERROR, "budget %d is gone", budget_id);
	fresh = changed(old, scan.table, change);
	crm_own_table_update(&table, old, fresh);
	heap_freetuple(fresh);
	end_scan(&scan);
	crm_own_table_close(&table);
}

Numeric
crm_ledger_compensated(int64 act_id)
{
	Relation table = table_open(own_oid("ledger"), AccessShareLock);
	Numeric total = int64_to_numeric(0);
	ScanKeyData key;
	SysScanDesc scan;
	HeapTuple tuple;
	bool isnull;

	ScanKeyInit(&key, LEDGER_ACT, BTEqualStrategyNumber, F_INT8EQ, Int64GetDatum(act_id));
	scan = systable_beginscan(table, own_oid("ledger_act_idx"), true, SnapshotSelf, 1, &key);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
		total = DatumGetNumeric(
			sum(total, DatumGetNumeric(column(tuple, table, LEDGER_AMOUNT, &isnull))));
	systable_endscan(scan);
	table_close(table, NoLock);
	return total;
}

static void
set(Datum *values, bool *nulls, int number, Datum value)
{
	values[number - 1] = value;
	nulls[number - 1] = false;
}

void
crm_ledger_write(const crm_ledger_entry *entry)
{
	crm_own_table table;
	Datum values[LEDGER_COLUMNS] = {0};
	bool nulls[LEDGER_COLUMNS];
	HeapTuple tuple;

	if (!crm_own_table_open(&table, "ledger", LEDGER_COLUMNS))
		elog(ERROR, "crm_internal.ledger is gone");
	memset(nulls, true, sizeof(nulls));
	set(values, nulls, LEDGER_ID, Int64GetDatum(crm_sequence_take_from("ledger_entry_id_seq", 1)));
	set(values, nulls, LEDGER_BUDGET, Int32GetDatum(entry->budget_id));
	set(values, nulls, LEDGER_AT, TimestampTzGetDatum(GetCurrentTimestamp()));
	set(values, nulls, LEDGER_KIND, CStringGetTextDatum(entry->kind));
	set(values, nulls, LEDGER_AMOUNT, NumericGetDatum(entry->amount));
	set(values, nulls, LEDGER_PERSON, CStringGetTextDatum(entry->person));
	if (entry->batch != 0)
		set(values, nulls, LEDGER_BATCH, Int64GetDatum(entry->batch));
	if (entry->request_id != 0)
		set(values, nulls, LEDGER_REQUEST, Int64GetDatum(entry->request_id));
	if (entry->act_id != 0)
		set(values, nulls, LEDGER_ACT, Int64GetDatum(entry->act_id));
	if (entry->reason != NULL)
		set(values, nulls, LEDGER_REASON, CStringGetTextDatum(entry->reason));
	tuple = heap_form_tuple(RelationGetDescr(table.relation), values, nulls);
	crm_own_table_insert(&table, tuple);
	heap_freetuple(tuple);
	crm_own_table_close(&table);
}
