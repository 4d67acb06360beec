/*
 * customer_insert.c - new golden records, many at once, past the executor.
 *
 * The table's columns are found by their names: this is told the values of each.
 */
#include "postgres.h"

#include "access/xact.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/date.h"
#include "utils/fmgrprotos.h"
#include "utils/jsonb.h"
#include "utils/memutils.h"
#include "utils/timestamp.h"

#include "base/bulk_insert.h"
#include "customer/customer_insert.h"

enum
{
	COLUMN_ID = CRM_COLUMNS,
	COLUMN_KIND,
	COLUMN_ATTRIBUTES,
	COLUMN_RECORDS,
	COLUMN_EMAILS,
	COLUMN_PHONES,
	COLUMN_ORIGINS,
	COLUMN_FIRST,
	COLUMN_UPDATED,
	COLUMN_CREATED,
	COLUMNS
};

struct crm_golden_insert
{
	crm_bulk_insert *insert;
	int at[COLUMNS]; /* place of each in the table, from 0 */
	int natts;
	Datum *values;
	bool *nulls;
	MemoryContext row;
};

static Datum column_value(int column, const char *text);

crm_golden_insert *
crm_golden_insert_begin(void)
{
	static const char *const rest[] = {"customer_id", "kind",      "attributes", "source_records",
									   "emails",      "phones",    "origins",    "first_at",
									   "updated_at",  "created_at"};
	crm_golden_insert *insert = palloc0(sizeof(*insert));
	TupleDesc desc;

	insert->insert = crm_bulk_insert_begin("customer");
	desc = crm_bulk_insert_desc(insert->insert);
	for (int i = 0; i < COLUMNS; i++)
		insert->at[i] =
			SPI_fnumber(desc, i < CRM_COLUMNS ? crm_column_names[i] : rest[i - CRM_COLUMNS]) - 1;
	insert->natts = desc->natts;
	insert->values = palloc0(desc->natts * sizeof(Datum));
	insert->nulls = palloc(desc->natts * sizeof(bool));
	insert->row =
		AllocSetContextCreate(CurrentMemoryContext, "crm golden row", ALLOCSET_DEFAULT_SIZES);
	return insert;
}

static void
set_value(crm_golden_insert *insert, int column, Datum value)
{
	insert->values[insert->at[column]] = value;
	insert->nulls[insert->at[column]] = false;
}

static Datum
column_value(int column, const char *text)
{
	if (column == CRM_BIRTH_DATE)
		return DirectFunctionCall1(date_in, CStringGetDatum(text));
	if (column == CRM_LATITUDE || column == CRM_LONGITUDE)
		return DirectFunctionCall1(float8in, CStringGetDatum(text));
	return CStringGetTextDatum(text);
}

void
crm_golden_insert_add(crm_golden_insert *insert, const crm_golden *golden, TimestampTz created_at)
{
	MemoryContext before = MemoryContextSwitchTo(insert->row);
	TimestampTz now = GetCurrentTransactionStartTimestamp();

	memset(insert->nulls, true, insert->natts * sizeof(bool));
	for (int i = 0; i < CRM_COLUMNS; i++)
		if (golden->values[i])
			set_value(insert, i, column_value(i, golden->values[i]));
	set_value(insert, COLUMN_ID, Int64GetDatum(golden->customer_id));
	set_value(insert, COLUMN_KIND, CStringGetTextDatum(crm_kind_word(golden->kind)));
	set_value(insert, COLUMN_ATTRIBUTES, JsonbPGetDatum(golden->attributes));
	set_value(insert, COLUMN_RECORDS, Int32GetDatum(golden->source_records));
	set_value(insert, COLUMN_EMAILS, PointerGetDatum(golden->emails));
	set_value(insert, COLUMN_PHONES, PointerGetDatum(golden->phones));
	set_value(insert, COLUMN_ORIGINS, JsonbPGetDatum(golden->origins));
	set_value(insert, COLUMN_FIRST, TimestampTzGetDatum(now));
	set_value(insert, COLUMN_UPDATED, TimestampTzGetDatum(now));
	set_value(insert, COLUMN_CREATED, TimestampTzGetDatum(created_at));
	crm_bulk_insert_row(insert->insert, insert->values, insert->nulls);
	MemoryContextSwitchTo(before);
	MemoryContextReset(insert->row);
}

void
crm_golden_insert_end(crm_golden_insert *insert)
{
	crm_bulk_insert_end(insert->insert);
	MemoryContextDelete(insert->row);
	pfree(insert->values);
	pfree(insert->nulls);
	pfree(insert);
}
