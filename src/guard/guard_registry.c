/* guard_registry.c - reads and writes the registry rows of guards. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/snapmgr.h"

#include "base/base.h"
#include "base/row.h"
#include "guard/guard_registry.h"
#include "guard/guard_rule.h"
#include "source/source_registry.h"

/* A table is named there as in SQL, or as crm shows sources. */
#define GUARD_COLUMNS                                                                              \
	"SELECT g.guard_id, g.table_name, g.table_id, g.owner_name, g.decision, g.operations, "        \
	"g.amount, g.customer, g.customer_source, g.condition, g.columns, "                            \
	"ARRAY(SELECT e.key FROM pg_catalog.jsonb_each_text(g.scope) e "                               \
	"ORDER BY e.key COLLATE pg_catalog.\"C\"), "                                                   \
	"ARRAY(SELECT e.value FROM pg_catalog.jsonb_each_text(g.scope) e "                             \
	"ORDER BY e.key COLLATE pg_catalog.\"C\"), "                                                   \
	"ARRAY(SELECT e.key FROM pg_catalog.jsonb_each_text(g.waiting) e ORDER BY e.key), "            \
	"ARRAY(SELECT e.value FROM pg_catalog.jsonb_each_text(g.waiting) e ORDER BY e.key), "          \
	"g.mode OPERATOR(pg_catalog.=) 'enforce', g.journal OPERATOR(pg_catalog.=) 'row', "            \
	"g.dropped_at IS NOT NULL, g.read_columns, g.read_numbers::integer[], "                        \
	"(SELECT a.column_name FROM crm_internal.actor_column a "                                      \
	"WHERE a.table_name OPERATOR(pg_catalog.=) g.table_name "                                      \
	"OR a.table_name OPERATOR(pg_catalog.=) pg_catalog.array_to_string("                           \
	"pg_catalog.parse_ident(g.table_name), '.') LIMIT 1) FROM crm_internal.guard g "

/* Position of each column of the above. */
enum
{
	COLUMN_ID = 1,
	COLUMN_TABLE,
	COLUMN_TABLE_ID,
	COLUMN_OWNER,
	COLUMN_DECISION,
	COLUMN_OPERATIONS,
	COLUMN_AMOUNT,
	COLUMN_CUSTOMER,
	COLUMN_CUSTOMER_SOURCE,
	COLUMN_CONDITION,
	COLUMN_COLUMNS,
	COLUMN_SCOPE_NAMES,
	COLUMN_SCOPE_TEXTS,
	COLUMN_WAITING_NAMES,
	COLUMN_WAITING_TEXTS,
	COLUMN_ENFORCES,
	COLUMN_JOURNALS_ROWS,
	COLUMN_IS_DROPPED,
	COLUMN_READ_COLUMNS,
	COLUMN_READ_NUMBERS,
	COLUMN_ACTOR_COLUMN
};

/* What is written: each column's parameter is its place in this list. */
#define WRITTEN                                                                                    \
	"table_name, table_id, owner_name, decision, operations, amount, customer, customer_source, "  \
	"condition, columns, scope, waiting, mode, journal, read_columns, read_numbers"
#define WRITTEN_VALUES                                                                             \
	"$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, pg_catalog.jsonb_object($11, $12), "                 \
	"CASE WHEN $13 IS NOT NULL THEN pg_catalog.jsonb_object($13, $14) END, "                       \
	"$15, $16, $17, $18::smallint[]"
#define NWRITTEN 18

static bool read_latest(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types,
						Datum *values, const char *nulls);
static crm_guard *guard_of(HeapTuple row, TupleDesc desc);
static List *pairs_at(HeapTuple row, TupleDesc desc, int names);
static int operations_at(HeapTuple row, TupleDesc desc, int column);
static void write_guard(const crm_guard *guard, const char *sql, int expected);
static List *operation_names(int operations);
static List *pair_texts(List *pairs, bool names);
static Datum text_array(List *texts);
static Datum number_array(List *numbers);
static bool is_there(const char *sql, const char *text);

crm_guard *
crm_guard_load(int32 guard_id)
{
	static SPIPlanPtr plan = NULL;
	MemoryContext context = CurrentMemoryContext;
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(guard_id)};
	crm_user before = crm_become(crm_owner(), 0);
	crm_guard *guard = NULL;

	SPI_connect();
	if (read_latest(&plan, GUARD_COLUMNS "WHERE g.guard_id OPERATOR(pg_catalog.=) $1", 1, types,
					values, NULL))
	{
		MemoryContext old = MemoryContextSwitchTo(context);

		guard = guard_of(SPI_tuptable->vals[0], SPI_tuptable->tupdesc);
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	crm_restore_user(before);
	return guard;
}

List *
crm_guard_numbers(const char *table_name, const char *decision)
{
	Oid types[] = {TEXTOID, TEXTOID};
	Datum values[] = {CStringGetTextDatum(table_name), CStringGetTextDatum(decision)};

	return crm_source_load_ids("SELECT guard_id FROM crm_internal.guard "
							   "WHERE table_name OPERATOR(pg_catalog.=) $1 "
							   "AND decision OPERATOR(pg_catalog.=) $2 AND dropped_at IS NULL "
							   "ORDER BY guard_id",
							   2, types, values);
}

List *
crm_guard_waiting_numbers(void)
{
	MemoryContext context = CurrentMemoryContext;
	crm_user before = crm_become(crm_owner(), 0);
	List *numbers = NIL;

	SPI_connect();
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute("SELECT guard_id FROM crm_internal.guard "
					"WHERE waiting IS NOT NULL AND dropped_at IS NULL ORDER BY guard_id",
					true, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the registry of guards failed");
	PopActiveSnapshot();
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		MemoryContext old = MemoryContextSwitchTo(context);

		numbers =
			lappend_int(numbers, crm_row_number(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1));
		MemoryContextSwitchTo(old);
	}
	SPI_finish();
	crm_restore_user(before);
	return numbers;
}

bool
crm_guard_dimension_exists(const char *name)
{
	return is_there("SELECT 1 FROM crm_internal.scope_dimension "
					"WHERE name OPERATOR(pg_catalog.=) $1",
					name);
}

int32
crm_guard_source_number(const char *source)
{
	crm_source *found = crm_source_find_named(source);

	return found ? found->source_id : 0;
}

int32
crm_guard_insert(const crm_guard *guard)
{
	int32 guard_id;
	bool isnull;
	crm_user before = crm_become(crm_owner(), 0);

	SPI_connect();
	write_guard(guard,
				"INSERT INTO crm_internal.guard (" WRITTEN ") VALUES (" WRITTEN_VALUES
				") RETURNING guard_id",
				SPI_OK_INSERT_RETURNING);
	guard_id = DatumGetInt32(
		SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, COLUMN_ID, &isnull));
	SPI_finish();
	crm_restore_user(before);
	return guard_id;
}

void
crm_guard_update(const crm_guard *guard)
{
	crm_user before = crm_become(crm_owner(), 0);

	SPI_connect();
	write_guard(guard,
				psprintf("UPDATE crm_internal.guard SET (" WRITTEN ") = (" WRITTEN_VALUES
						 ") WHERE guard_id OPERATOR(pg_catalog.=) %d",
						 guard->guard_id),
				SPI_OK_UPDATE);
	SPI_finish();
	crm_restore_user(before);
}

void
crm_guard_mark_dropped(int32 guard_id)
{
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(guard_id)};
	crm_user before = crm_become(crm_owner(), 0);

	SPI_connect();
	crm_source_execute("UPDATE crm_internal.guard SET dropped_at = pg_catalog.clock_timestamp() "
					   "WHERE guard_id OPERATOR(pg_catalog.=) $1",
					   1, types, values, NULL, SPI_OK_UPDATE);
	SPI_finish();
	crm_restore_user(before);
}

/* ------------------------------ reading ------------------------------ */

/* True: there is a row. A transaction's old snapshot would go on by a registry that is gone. */
static bool
read_latest(SPIPlanPtr *slot, const char *sql, int nargs, const Oid *types, Datum *values,
			const char *nulls)
{
	PushActiveSnapshot(GetLatestSnapshot());
	if (SPI_execute_plan(crm_plan(slot, sql, nargs, types), values, nulls, true, 1) !=
		SPI_OK_SELECT)
		elog(ERROR, "reading the registry of guards failed");
	PopActiveSnapshot();
	return SPI_processed > 0;
}

static crm_guard *
guard_of(HeapTuple row, TupleDesc desc)
{
	crm_guard *guard = palloc0(sizeof(crm_guard));

	guard->guard_id = crm_row_number(row, desc, COLUMN_ID);
	guard->table_name = SPI_getvalue(row, desc, COLUMN_TABLE);
	guard->table_id = crm_row_oid(row, desc, COLUMN_TABLE_ID);
	guard->owner = SPI_getvalue(row, desc, COLUMN_OWNER);
	guard->decision = SPI_getvalue(row, desc, COLUMN_DECISION);
	guard->operations = operations_at(row, desc, COLUMN_OPERATIONS);
	guard->amount = SPI_getvalue(row, desc, COLUMN_AMOUNT);
	guard->customer = SPI_getvalue(row, desc, COLUMN_CUSTOMER);
	guard->customer_source = SPI_getvalue(row, desc, COLUMN_CUSTOMER_SOURCE);
	guard->condition = SPI_getvalue(row, desc, COLUMN_CONDITION);
	guard->columns = crm_row_texts(row, desc, COLUMN_COLUMNS);
	guard->scope = pairs_at(row, desc, COLUMN_SCOPE_NAMES);
	guard->waiting = pairs_at(row, desc, COLUMN_WAITING_NAMES);
	guard->enforces = crm_row_flag(row, desc, COLUMN_ENFORCES);
	guard->journals_rows = crm_row_flag(row, desc, COLUMN_JOURNALS_ROWS);
	guard->is_dropped = crm_row_flag(row, desc, COLUMN_IS_DROPPED);
	guard->read_columns = crm_row_texts(row, desc, COLUMN_READ_COLUMNS);
	guard->read_numbers = crm_row_numbers(row, desc, COLUMN_READ_NUMBERS);
	guard->actor_column = SPI_getvalue(row, desc, COLUMN_ACTOR_COLUMN);
	return guard;
}

/* The column of names, and that of texts right after it. */
static List *
pairs_at(HeapTuple row, TupleDesc desc, int names)
{
	List *pairs = NIL;
	ListCell *name;
	ListCell *text;

	forboth(name, crm_row_texts(row, desc, names), text, crm_row_texts(row, desc, names + 1))
	{
		crm_guard_pair *pair = palloc(sizeof(crm_guard_pair));

		pair->name = lfirst(name);
		pair->text = lfirst(text);
		pairs = lappend(pairs, pair);
	}
	return pairs;
}

static int
operations_at(HeapTuple row, TupleDesc desc, int column)
{
	int operations = 0;
	ListCell *cell;

	foreach (cell, crm_row_texts(row, desc, column))
		operations |= crm_guard_operation_by_name(lfirst(cell));
	return operations;
}

static bool
is_there(const char *sql, const char *text)
{
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(text)};

	return crm_source_load_ids(sql, 1, types, values) != NIL;
}

/* ------------------------------ writing ------------------------------ */

static void
write_guard(const crm_guard *guard, const char *sql, int expected)
{
	static const Oid types[NWRITTEN] = {
		TEXTOID,      OIDOID,       TEXTOID, TEXTOID,      TEXTARRAYOID, TEXTOID,
		TEXTOID,      TEXTOID,      TEXTOID, TEXTARRAYOID, TEXTARRAYOID, TEXTARRAYOID,
		TEXTARRAYOID, TEXTARRAYOID, TEXTOID, TEXTOID,      TEXTARRAYOID, INT4ARRAYOID};
	const char *texts[NWRITTEN] = {
		[0] = guard->table_name,
		[2] = guard->owner,
		[3] = guard->decision,
		[5] = guard->amount,
		[6] = guard->customer,
		[7] = guard->customer_source,
		[8] = guard->condition,
		[14] = guard->enforces ? "enforce" : "observe",
		[15] = guard->journals_rows ? "row" : "statement",
	};
	Datum values[NWRITTEN] = {0};
	char nulls[NWRITTEN];

	for (int i = 0; i < NWRITTEN; i++)
	{
		nulls[i] = types[i] == TEXTOID && texts[i] == NULL ? 'n' : ' ';
		if (texts[i] != NULL)
			values[i] = CStringGetTextDatum(texts[i]);
	}
	values[1] = ObjectIdGetDatum(guard->table_id);
	values[4] = text_array(operation_names(guard->operations));
	values[9] = text_array(guard->columns);
	nulls[9] = guard->columns == NIL ? 'n' : ' ';
	values[10] = text_array(pair_texts(guard->scope, true));
	values[11] = text_array(pair_texts(guard->scope, false));
	values[12] = text_array(pair_texts(guard->waiting, true));
	values[13] = text_array(pair_texts(guard->waiting, false));
	nulls[12] = nulls[13] = guard->waiting == NIL ? 'n' : ' ';
	values[16] = text_array(guard->read_columns);
	values[17] = number_array(guard->read_numbers);
	crm_source_execute(sql, NWRITTEN, (Oid *) types, values, nulls, expected);
}

static List *
operation_names(int operations)
{
	List *names = NIL;

	for (int bit = CRM_GUARD_INSERT; bit <= CRM_GUARD_DELETE; bit <<= 1)
		if (operations & bit)
			names = lappend(names, (char *) crm_guard_operation_name(bit));
	return names;
}

static List *
pair_texts(List *pairs, bool names)
{
	List *texts = NIL;
	ListCell *cell;

	foreach (cell, pairs)
	{
		const crm_guard_pair *pair = lfirst(cell);

		texts = lappend(texts, names ? pair->name : pair->text);
	}
	return texts;
}

static Datum
text_array(List *texts)
{
	int n = list_length(texts);
	Datum *values = palloc0(Max(n, 1) * sizeof(Datum));
	bool *nulls = palloc0(Max(n, 1) * sizeof(bool));
	int dims[] = {n};
	int lower[] = {1};
	ListCell *cell;

	foreach (cell, texts)
	{
		int i = foreach_current_index(cell);

		nulls[i] = lfirst(cell) == NULL;
		if (!nulls[i])
			values[i] = CStringGetTextDatum(lfirst(cell));
	}
	if (n == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	return PointerGetDatum(
		construct_md_array(values, nulls, 1, dims, lower, TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum
number_array(List *numbers)
{
	Datum *values = palloc0(Max(list_length(numbers), 1) * sizeof(Datum));
	ListCell *cell;

	foreach (cell, numbers)
		values[foreach_current_index(cell)] = Int32GetDatum(lfirst_int(cell));
	return PointerGetDatum(
		construct_array(values, list_length(numbers), INT4OID, sizeof(int32), true, TYPALIGN_INT));
}
