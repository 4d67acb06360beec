/* source_fields.h - a row of crm_internal.source as a struct. */
#ifndef CRM_SOURCE_FIELDS_H
#define CRM_SOURCE_FIELDS_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "source/source_registry.h"

#define CRM_SOURCE_COLUMNS                                                                         \
	"SELECT source_id, department, schema_name, table_name, relation_kind, key_columns, "          \
	"columns, column_numbers, column_types, filter, kind, region, changed_at, trust, mode, "       \
	"attention, repair, role, root_id, parent_id, parent_columns, entered_by, preferred, "         \
	"belongs_to, related_schema, related_table, relation, since, until, attribute_trust, "         \
	"owner_name "                                                                                  \
	"FROM crm_internal.source "

/* Of a row of these columns; but not yet its items. In the context. */
extern crm_source *crm_source_of_row(HeapTuple row, TupleDesc desc, MemoryContext context);

#endif
