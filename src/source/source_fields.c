/* source_fields.c - a row of crm_internal.source as a struct. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "source/source_fields.h"

/* As CRM_SOURCE_COLUMNS names them. */
enum
{
	COL_ID = 1,
	COL_DEPARTMENT,
	COL_SCHEMA,
	COL_TABLE,
	COL_RELATION_KIND,
	COL_KEY,
	COL_COLUMNS,
	COL_NUMBERS,
	COL_TYPES,
	COL_FILTER,
	COL_KIND,
	COL_REGION,
	COL_CHANGED_AT,
	COL_TRUST,
	COL_MODE,
	COL_ATTENTION,
	COL_REPAIR,
	COL_ROLE,
	COL_ROOT,
	COL_PARENT,
	COL_PARENT_COLUMNS,
	COL_ENTERED_BY,
	COL_PREFERRED,
	COL_BELONGS_TO,
	COL_RELATED_SCHEMA,
	COL_RELATED_TABLE,
	COL_RELATION,
	COL_SINCE,
	COL_UNTIL,
	COL_ATTRIBUTE_TRUST,
	COL_OWNER
};

static void load_part_fields(crm_source *source, HeapTuple row, TupleDesc desc);
static List *text_list(HeapTuple row, TupleDesc desc, int column);
static List *number_list(HeapTuple row, TupleDesc desc, int column);

crm_source *
crm_source_of_row(HeapTuple row, TupleDesc desc, MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	crm_source *source = palloc0(sizeof(crm_source));
	bool isnull;

	source->source_id = DatumGetInt32(SPI_getbinval(row, desc, COL_ID, &isnull));
	source->department = SPI_getvalue(row, desc, COL_DEPARTMENT);
	source->schema = SPI_getvalue(row, desc, COL_SCHEMA);
	source->table = SPI_getvalue(row, desc, COL_TABLE);
	source->relation_kind = DatumGetChar(SPI_getbinval(row, desc, COL_RELATION_KIND, &isnull));
	source->key = text_list(row, desc, COL_KEY);
	source->columns = text_list(row, desc, COL_COLUMNS);
	source->column_numbers = number_list(row, desc, COL_NUMBERS);
	source->column_types = text_list(row, desc, COL_TYPES);
	source->filter = SPI_getvalue(row, desc, COL_FILTER);
	source->kind = SPI_getvalue(row, desc, COL_KIND);
	source->region = SPI_getvalue(row, desc, COL_REGION);
	source->changed_at = SPI_getvalue(row, desc, COL_CHANGED_AT);
	source->trust = DatumGetFloat4(SPI_getbinval(row, desc, COL_TRUST, &isnull));
	source->mode = SPI_getvalue(row, desc, COL_MODE);
	source->attention = SPI_getvalue(row, desc, COL_ATTENTION);
	source->repair = SPI_getvalue(row, desc, COL_REPAIR);
	load_part_fields(source, row, desc);
	MemoryContextSwitchTo(old);
	return source;
}

static void
load_part_fields(crm_source *source, HeapTuple row, TupleDesc desc)
{
	bool isnull;
	Datum value;

	source->role = DatumGetChar(SPI_getbinval(row, desc, COL_ROLE, &isnull));
	value = SPI_getbinval(row, desc, COL_ROOT, &isnull);
	source->root_id = isnull ? 0 : DatumGetInt32(value);
	value = SPI_getbinval(row, desc, COL_PARENT, &isnull);
	source->parent_id = isnull ? 0 : DatumGetInt32(value);
	source->parent_columns = text_list(row, desc, COL_PARENT_COLUMNS);
	source->entered_by = SPI_getvalue(row, desc, COL_ENTERED_BY);
	source->preferred = SPI_getvalue(row, desc, COL_PREFERRED);
	source->belongs_to = SPI_getvalue(row, desc, COL_BELONGS_TO);
	source->related_schema = SPI_getvalue(row, desc, COL_RELATED_SCHEMA);
	source->related_table = SPI_getvalue(row, desc, COL_RELATED_TABLE);
	source->relation = SPI_getvalue(row, desc, COL_RELATION);
	source->since = SPI_getvalue(row, desc, COL_SINCE);
	source->until = SPI_getvalue(row, desc, COL_UNTIL);
	source->attribute_trust = SPI_getvalue(row, desc, COL_ATTRIBUTE_TRUST);
	source->owner = SPI_getvalue(row, desc, COL_OWNER);
}

static List *
text_list(HeapTuple row, TupleDesc desc, int column)
{
	bool isnull;
	Datum array = SPI_getbinval(row, desc, column, &isnull);
	List *list = NIL;
	Datum *elements;
	int n;

	if (isnull)
		return NIL;
	deconstruct_array(DatumGetArrayTypeP(array), TEXTOID, -1, false, TYPALIGN_INT, &elements, NULL,
					  &n);
	for (int i = 0; i < n; i++)
		list = lappend(list, TextDatumGetCString(elements[i]));
	return list;
}

static List *
number_list(HeapTuple row, TupleDesc desc, int column)
{
	bool isnull;
	Datum array = SPI_getbinval(row, desc, column, &isnull);
	List *list = NIL;
	Datum *elements;
	int n;

	if (isnull)
		return NIL;
	deconstruct_array(DatumGetArrayTypeP(array), INT2OID, 2, true, TYPALIGN_SHORT, &elements, NULL,
					  &n);
	for (int i = 0; i < n; i++)
		list = lappend_int(list, DatumGetInt16(elements[i]));
	return list;
}
