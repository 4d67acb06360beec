/* customer_store.c - reads customers' records in chunks and writes the golden records that differ.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "lib/stringinfo.h"
#include "miscadmin.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/base.h"
#include "base/ids.h"
#include "customer/customer_history.h"
#include "customer/customer_insert.h"
#include "customer/customer_store.h"
#include "customer/customer_value.h"

#define CHUNK 1000

/* Parameters of the writing statements: the id, the kind, the columns, and these. */
#define PARAMETER_COLUMN 2
enum
{
	PARAMETER_ATTRIBUTES = PARAMETER_COLUMN + CRM_COLUMNS,
	PARAMETER_RECORDS,
	PARAMETER_EMAILS,
	PARAMETER_PHONES,
	PARAMETER_ORIGINS,
	PARAMETER_CHANGED,
	PARAMETERS
};

/* A chunk of customers at work. */
typedef struct chunk
{
	const crm_policy_set *policies;
	crm_history *history;
	crm_golden_insert *insert; /* of many, or NULL */
	SPITupleTable *identities; /* then: since when customers are there */
	uint64 next_identity;
	SPITupleTable *records;
	SPITupleTable *goldens;
	uint64 next_record;
	uint64 next_golden;
	bool dry_run;
	int64 *differing;
	int ndiffering;
} chunk;

static int
by_id(const void *a, const void *b)
{
	int64 ia = *(const int64 *) a;
	int64 ib = *(const int64 *) b;

	return (ia > ib) - (ia < ib);
}

static int64
customer_of_row(SPITupleTable *table, uint64 i)
{
	bool isnull;

	return DatumGetInt64(SPI_getbinval(table->vals[i], table->tupdesc, 1, &isnull));
}

/* The columns come after the id, in the order of crm_column; each read free of session settings. */
static void
read_goldens(const int64 *customer_ids, int n, bool read_only)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT8ARRAYOID};
	Datum values[] = {crm_ids_array(customer_ids, n)};
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT customer_id");
	for (int i = 0; i < CRM_COLUMNS; i++)
		appendStringInfo(&sql,
						 i == CRM_BIRTH_DATE ? ", pg_catalog.to_char(%s, 'YYYY-MM-DD')" : ", %s",
						 crm_column_names[i]);
	appendStringInfoString(&sql, ", kind, attributes, source_records, emails, phones, origins,"
								 " first_at FROM crm_internal.customer"
								 " WHERE customer_id OPERATOR(pg_catalog.=) ANY ($1)"
								 " ORDER BY customer_id");
	crm_run_plan(&plan, sql.data, 1, types, values, NULL, read_only);
}

static const char *
stored_value(HeapTuple row, TupleDesc desc, int column)
{
	bool isnull;
	char *text;
	Datum value = SPI_getbinval(row, desc, column + 2, &isnull);

	if (isnull)
		return NULL;
	if (column != CRM_LATITUDE && column != CRM_LONGITUDE)
		return SPI_getvalue(row, desc, column + 2);
	text = palloc(CRM_VALUE_SIZE);
	crm_write_number(DatumGetFloat8(value), text, CRM_VALUE_SIZE);
	return text;
}

static crm_golden *
stored_golden(SPITupleTable *table, uint64 i)
{
	HeapTuple row = table->vals[i];
	TupleDesc desc = table->tupdesc;
	crm_golden *golden = palloc0(sizeof(*golden));
	int at = CRM_COLUMNS + 2;
	bool isnull;

	golden->customer_id = customer_of_row(table, i);
	for (int column = 0; column < CRM_COLUMNS; column++)
		golden->values[column] = stored_value(row, desc, column);
	golden->kind = SPI_getvalue(row, desc, at++)[0];
	golden->attributes = DatumGetJsonbP(SPI_getbinval(row, desc, at++, &isnull));
	golden->source_records = DatumGetInt32(SPI_getbinval(row, desc, at++, &isnull));
	golden->emails = DatumGetArrayTypeP(SPI_getbinval(row, desc, at++, &isnull));
	golden->phones = DatumGetArrayTypeP(SPI_getbinval(row, desc, at++, &isnull));
	golden->origins = DatumGetJsonbP(SPI_getbinval(row, desc, at++, &isnull));
	golden->first_at = DatumGetTimestampTz(SPI_getbinval(row, desc, at, &isnull));
	return golden;
}

static const char *
column_cast(int column)
{
	if (column == CRM_BIRTH_DATE)
		return "::pg_catalog.date";
	if (column == CRM_LATITUDE || column == CRM_LONGITUDE)
		return "::pg_catalog.float8";
	return "";
}

/* A golden record began when its customer did, which identity knows best. */
static char *
insert_sql(void)
{
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "INSERT INTO crm_internal.customer (customer_id, kind");
	for (int i = 0; i < CRM_COLUMNS; i++)
		appendStringInfo(&sql, ", %s", crm_column_names[i]);
	appendStringInfoString(&sql, ", attributes, source_records, emails, phones, origins,"
								 " first_at, updated_at, created_at) SELECT $1, $2");
	for (int i = 0; i < CRM_COLUMNS; i++)
		appendStringInfo(&sql, ", $%d%s", PARAMETER_COLUMN + i + 1, column_cast(i));
	for (int i = PARAMETER_ATTRIBUTES; i <= PARAMETER_ORIGINS; i++)
		appendStringInfo(&sql, ", $%d", i + 1);
	appendStringInfo(&sql,
					 ", pg_catalog.now(), pg_catalog.now(), COALESCE((SELECT i.created_at"
					 " FROM crm_internal.customer_identity i"
					 " WHERE i.customer_id OPERATOR(pg_catalog.=) $1), pg_catalog.now())"
					 " WHERE $%d",
					 PARAMETER_CHANGED + 1);
	return sql.data;
}

/* updated_at is about what people see: another origin of the same value does not touch it. */
static char *
update_sql(void)
{
	static const char *const rest[] = {"attributes", "source_records", "emails", "phones",
									   "origins"};
	StringInfoData sql;

	initStringInfo(&sql);
	appendStringInfoString(&sql, "UPDATE crm_internal.customer SET kind = $2");
	for (int i = 0; i < CRM_COLUMNS; i++)
		appendStringInfo(&sql, ", %s = $%d%s", crm_column_names[i], PARAMETER_COLUMN + i + 1,
						 column_cast(i));
	for (int i = 0; i < lengthof(rest); i++)
		appendStringInfo(&sql, ", %s = $%d", rest[i], PARAMETER_ATTRIBUTES + i + 1);
	appendStringInfo(&sql,
					 ", updated_at = CASE WHEN $%d THEN pg_catalog.now() ELSE updated_at END"
					 " WHERE customer_id OPERATOR(pg_catalog.=) $1",
					 PARAMETER_CHANGED + 1);
	return sql.data;
}

static void
write_golden(const crm_golden *golden, bool exists, bool changed)
{
	static SPIPlanPtr inserting = NULL;
	static SPIPlanPtr updating = NULL;
	SPIPlanPtr *plan = exists ? &updating : &inserting;
	Oid types[PARAMETERS];
	Datum values[PARAMETERS];
	char nulls[PARAMETERS];

	memset(nulls, ' ', sizeof(nulls));
	for (int i = 0; i < PARAMETERS; i++)
		types[i] = TEXTOID;
	types[0] = INT8OID;
	types[PARAMETER_ATTRIBUTES] = types[PARAMETER_ORIGINS] = JSONBOID;
	types[PARAMETER_RECORDS] = INT4OID;
	types[PARAMETER_EMAILS] = types[PARAMETER_PHONES] = TEXTARRAYOID;
	types[PARAMETER_CHANGED] = BOOLOID;
	values[0] = Int64GetDatum(golden->customer_id);
	values[1] = CStringGetTextDatum(crm_kind_word(golden->kind));
	for (int i = 0; i < CRM_COLUMNS; i++)
	{
		const char *text = golden->values[i];

		values[PARAMETER_COLUMN + i] = text ? CStringGetTextDatum(text) : (Datum) 0;
		nulls[PARAMETER_COLUMN + i] = text ? ' ' : 'n';
	}
	values[PARAMETER_ATTRIBUTES] = JsonbPGetDatum(golden->attributes);
	values[PARAMETER_RECORDS] = Int32GetDatum(golden->source_records);
	values[PARAMETER_EMAILS] = PointerGetDatum(golden->emails);
	values[PARAMETER_PHONES] = PointerGetDatum(golden->phones);
	values[PARAMETER_ORIGINS] = JsonbPGetDatum(golden->origins);
	values[PARAMETER_CHANGED] = BoolGetDatum(changed);
	crm_run_plan(plan,
				 *plan    ? NULL
				 : exists ? update_sql()
						  : insert_sql(),
				 PARAMETERS, types, values, nulls, false);
}

static void
delete_golden(int64 customer_id)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT8OID};
	Datum values[] = {Int64GetDatum(customer_id)};

	crm_run_plan(&plan,
				 "DELETE FROM crm_internal.customer WHERE customer_id OPERATOR(pg_catalog.=) $1", 1,
				 types, values, NULL, false);
}

static void
read_identities(const int64 *customer_ids, int n)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT8ARRAYOID};
	Datum values[] = {crm_ids_array(customer_ids, n)};

	crm_run_plan(&plan,
				 "SELECT i.customer_id, i.created_at FROM crm_internal.customer_identity i"
				 " WHERE i.customer_id OPERATOR(pg_catalog.=) ANY ($1) ORDER BY i.customer_id",
				 1, types, values, NULL, false);
}

/* The ids ascend, as those of the table do. */
static TimestampTz
created_at(chunk *work, int64 customer_id)
{
	SPITupleTable *table = work->identities;
	bool isnull;

	while (work->next_identity < table->numvals &&
		   customer_of_row(table, work->next_identity) < customer_id)
		work->next_identity++;
	if (work->next_identity == table->numvals ||
		customer_of_row(table, work->next_identity) != customer_id)
		return GetCurrentTransactionStartTimestamp();
	return DatumGetTimestampTz(
		SPI_getbinval(table->vals[work->next_identity], table->tupdesc, 2, &isnull));
}

static void
store_golden(chunk *work, int64 customer_id, const crm_golden *before, const crm_golden *after)
{
	bool changed = before == NULL || after == NULL || !crm_same_golden(before, after);

	if (before == NULL && after == NULL)
		return;
	if (!changed && crm_same_origins(before, after))
		return;
	work->differing[work->ndiffering++] = customer_id;
	if (work->dry_run)
		return;
	if (before)
		crm_history_note(work->history, before, after);
	if (after && before == NULL && work->insert)
		crm_golden_insert_add(work->insert, after, created_at(work, customer_id));
	else if (after)
		write_golden(after, before != NULL, changed);
	else
		delete_golden(customer_id);
}

static void
refresh_one(chunk *work, int64 customer_id)
{
	uint64 first = work->next_record;
	crm_golden *before = NULL;
	crm_golden *after = NULL;

	while (work->next_record < work->records->numvals &&
		   customer_of_row(work->records, work->next_record) == customer_id)
		work->next_record++;
	if (work->next_record > first)
		after = crm_make_golden(customer_id, crm_make_case(work->policies, work->records, first,
														   work->next_record - first));
	if (work->next_golden < work->goldens->numvals &&
		customer_of_row(work->goldens, work->next_golden) == customer_id)
		before = stored_golden(work->goldens, work->next_golden++);
	store_golden(work, customer_id, before, after);
}

/* The ids ascend, and so do both tables: three lists are walked abreast. */
static void
refresh_chunk(chunk *work, const int64 *customer_ids, int n)
{
	work->next_record = work->next_golden = 0;
	work->history = crm_history_begin(work->policies);
	crm_read_records(customer_ids, n, work->dry_run);
	work->records = SPI_tuptable;
	read_goldens(customer_ids, n, work->dry_run);
	work->goldens = SPI_tuptable;
	if (work->insert)
		read_identities(customer_ids, n);
	work->identities = SPI_tuptable;
	work->next_identity = 0;
	for (int i = 0; i < n; i++)
		refresh_one(work, customer_ids[i]);
	if (work->insert)
		SPI_freetuptable(work->identities);
	crm_history_write(work->history);
	SPI_freetuptable(work->goldens);
	SPI_freetuptable(work->records);
}

int
crm_refresh_customers(const int64 *customer_ids, int n, bool dry_run, int64 **differing)
{
	int64 *ids = palloc(Max(n, 1) * sizeof(int64));
	chunk work = {.dry_run = dry_run, .differing = palloc(Max(n, 1) * sizeof(int64))};
	MemoryContext context =
		AllocSetContextCreate(CurrentMemoryContext, "crm golden records", ALLOCSET_DEFAULT_SIZES);
	MemoryContext before = CurrentMemoryContext;
	int distinct = 0;

	memcpy(ids, customer_ids, n * sizeof(int64));
	qsort(ids, n, sizeof(int64), by_id);
	for (int i = 0; i < n; i++)
		if (i == 0 || ids[i] != ids[i - 1])
			ids[distinct++] = ids[i];
	work.policies = crm_load_policies(dry_run);
	if (!dry_run && distinct >= CRM_GOLDEN_INSERT_WORTH)
		work.insert = crm_golden_insert_begin();
	for (int i = 0; i < distinct; i += CHUNK)
	{
		CHECK_FOR_INTERRUPTS();
		MemoryContextSwitchTo(context);
		refresh_chunk(&work, ids + i, Min(CHUNK, distinct - i));
		MemoryContextSwitchTo(before);
		MemoryContextReset(context);
	}
	if (work.insert)
		crm_golden_insert_end(work.insert);
	MemoryContextDelete(context);
	if (differing)
		*differing = work.differing;
	return work.ndiffering;
}
