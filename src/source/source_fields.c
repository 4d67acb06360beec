/* source_fields.c - a row of crm_internal.source as a struct. */
#include "postgres.h"

#include "executor/spi.h"

#include "base/row.h"
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
	source->key = crm_row_texts(row, desc, COL_KEY);
	source->columns = crm_row_texts(row, desc, COL_COLUMNS);
	source->column_numbers = crm_row_numbers(row, desc, COL_NUMBERS);
	source->column_types = crm_row_texts(row, desc, COL_TYPES);
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
	source->role = crm_row_char(row, desc, COL_ROLE);
	source->root_id = crm_row_number(row, desc, COL_ROOT);
	source->parent_id = crm_row_number(row, desc, COL_PARENT);
	source->parent_columns = crm_row_texts(row, desc, COL_PARENT_COLUMNS);
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
