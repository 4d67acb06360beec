/* source_store.c - writes registry rows, as the owner of crm's tables. */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/rel.h"

#include "base/base.h"
#include "source/source_draft.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_part_anchor.h"
#include "source/source_store.h"
#include "source/source_table.h"

#define NFIELDS 29
#define MAPPING_FIELD 7

static const char *const field_names =
	"department, schema_name, table_name, relation_kind, key_columns, key_types, mapping, columns, "
	"column_numbers, column_types, filter, kind, region, changed_at, entered_by, preferred, "
	"belongs_to, related_schema, related_table, relation, since, until, trust, mode, role, "
	"root_id, "
	"parent_id, parent_columns, owner_name";

static const char *placeholders(void);
static void tell_of_departure(int32 source_id);
static void fill_fields(const crm_source *source, Relation relation, Oid *types, Datum *values,
						char *nulls);
static void set_field(int i, Oid type, Datum value, bool isnull, Oid *types, Datum *values,
					  char *nulls);
static Datum text_array(List *texts);
static Datum number_array(List *numbers);
static List *key_types(const crm_source *source, Relation relation);

int32
crm_source_insert(const crm_source *source, Relation relation)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[NFIELDS];
	Datum values[NFIELDS];
	char nulls[NFIELDS];
	bool isnull;
	int32 id;

	SPI_connect();
	fill_fields(source, relation, types, values, nulls);
	crm_source_execute(psprintf("INSERT INTO crm_internal.source (%s) VALUES (%s) "
								"RETURNING source_id",
								field_names, placeholders()),
					   NFIELDS, types, values, nulls, SPI_OK_INSERT_RETURNING);
	id = DatumGetInt32(SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &isnull));
	SPI_finish();
	crm_restore_user(before);
	return id;
}

void
crm_source_update(const crm_source *source, Relation relation)
{
	crm_source *then = crm_source_load(source->source_id);
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[NFIELDS];
	Datum values[NFIELDS];
	char nulls[NFIELDS];

	if (then != NULL)
		crm_part_follow_anchors(then, relation);
	SPI_connect();
	fill_fields(source, relation, types, values, nulls);
	crm_source_execute(
		psprintf("UPDATE crm_internal.source SET (%s) = ROW(%s), "
				 "attention = NULL, repair = NULL WHERE source_id OPERATOR(pg_catalog.=) %d",
				 field_names, placeholders(), source->source_id),
		NFIELDS, types, values, nulls, SPI_OK_UPDATE);
	SPI_finish();
	crm_restore_user(before);
}

/* What higher rooms keep of the source goes by the functions that they have registered. */
void
crm_source_forget(int32 source_id)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(source_id)};

	SPI_connect();
	tell_of_departure(source_id);
	crm_source_execute("DELETE FROM crm_internal.source WHERE source_id = $1", 1, types, values,
					   NULL, SPI_OK_DELETE);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

/* One after the other: each writes, and the next reads what it has written. */
static void
tell_of_departure(int32 source_id)
{
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(source_id)};
	SPITupleTable *told;
	uint64 n;

	crm_source_execute("SELECT forget_function FROM crm_internal.source_departure ORDER BY turn", 0,
					   NULL, NULL, NULL, SPI_OK_SELECT);
	told = SPI_tuptable;
	n = SPI_processed;
	for (uint64 i = 0; i < n; i++)
		crm_source_execute(psprintf("SELECT %s($1)", SPI_getvalue(told->vals[i], told->tupdesc, 1)),
						   1, types, values, NULL, SPI_OK_SELECT);
}

/* Whose belongs_to refers to the table that has another name now is to be compared as a whole. */
void
crm_source_rename_related(const char *schema, const char *table, const crm_source *now)
{
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	Oid types[] = {TEXTOID, TEXTOID, TEXTOID, TEXTOID};
	Datum values[] = {CStringGetTextDatum(schema), CStringGetTextDatum(table),
					  CStringGetTextDatum(now->schema), CStringGetTextDatum(now->table)};

	SPI_connect();
	crm_source_execute(
		"WITH renamed AS (UPDATE crm_internal.source SET related_schema = $3, related_table = $4 "
		"WHERE related_schema = $1 AND related_table = $2 "
		"RETURNING COALESCE(root_id, source_id) AS id) "
		"INSERT INTO crm_internal.pending (source_id, source_key, op, queued_at) "
		"SELECT DISTINCT r.id, NULL, 'S'::\"char\", now() FROM renamed r",
		4, types, values, NULL, SPI_OK_INSERT);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

static const char *
placeholders(void)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 1; i <= NFIELDS; i++)
		appendStringInfo(&list, "%s$%d%s", i == 1 ? "" : ", ", i,
						 i == MAPPING_FIELD ? "::pg_catalog.jsonb" : "");
	return list.data;
}

static void
fill_fields(const crm_source *source, Relation relation, Oid *types, Datum *values, char *nulls)
{
	const char *texts[] = {source->filter,     source->kind,           source->region,
						   source->changed_at, source->entered_by,     source->preferred,
						   source->belongs_to, source->related_schema, source->related_table,
						   source->relation,   source->since,          source->until};
	bool is_part = source->parent_id != 0;
	int i = 0;

	set_field(i++, TEXTOID, CStringGetTextDatum(source->department), false, types, values, nulls);
	set_field(i++, TEXTOID, CStringGetTextDatum(source->schema), false, types, values, nulls);
	set_field(i++, TEXTOID, CStringGetTextDatum(source->table), false, types, values, nulls);
	set_field(i++, CHAROID, CharGetDatum(source->relation_kind), false, types, values, nulls);
	set_field(i++, TEXTARRAYOID, text_array(source->key), false, types, values, nulls);
	set_field(i++, TEXTARRAYOID, text_array(key_types(source, relation)), false, types, values,
			  nulls);
	set_field(i++, TEXTOID, CStringGetTextDatum(crm_source_map_text(source->items, false)), false,
			  types, values, nulls);
	set_field(i++, TEXTARRAYOID, text_array(source->columns), false, types, values, nulls);
	set_field(i++, INT2ARRAYOID, number_array(source->column_numbers), false, types, values, nulls);
	set_field(i++, TEXTARRAYOID, text_array(crm_source_column_types(relation, source->columns)),
			  false, types, values, nulls);
	for (int t = 0; t < lengthof(texts); t++)
		set_field(i++, TEXTOID, texts[t] ? CStringGetTextDatum(texts[t]) : (Datum) 0,
				  texts[t] == NULL, types, values, nulls);
	set_field(i++, FLOAT4OID, Float4GetDatum(source->trust), false, types, values, nulls);
	set_field(i++, TEXTOID, CStringGetTextDatum(source->mode), false, types, values, nulls);
	set_field(i++, CHAROID, CharGetDatum(source->role), false, types, values, nulls);
	set_field(i++, INT4OID, Int32GetDatum(source->root_id), !is_part, types, values, nulls);
	set_field(i++, INT4OID, Int32GetDatum(source->parent_id), !is_part, types, values, nulls);
	set_field(i++, TEXTARRAYOID, text_array(source->parent_columns), !is_part, types, values,
			  nulls);
	set_field(i++, TEXTOID, CStringGetTextDatum(crm_source_owner(relation)), false, types, values,
			  nulls);
	Assert(i == NFIELDS);
}

static void
set_field(int i, Oid type, Datum value, bool isnull, Oid *types, Datum *values, char *nulls)
{
	types[i] = type;
	values[i] = value;
	nulls[i] = isnull ? 'n' : ' ';
}

static Datum
text_array(List *texts)
{
	Datum *elements = palloc(Max(list_length(texts), 1) * sizeof(Datum));
	ListCell *cell;

	foreach (cell, texts)
		elements[foreach_current_index(cell)] = CStringGetTextDatum(lfirst(cell));
	return PointerGetDatum(
		construct_array(elements, list_length(texts), TEXTOID, -1, false, TYPALIGN_INT));
}

static Datum
number_array(List *numbers)
{
	Datum *elements = palloc(Max(list_length(numbers), 1) * sizeof(Datum));
	ListCell *cell;

	foreach (cell, numbers)
		elements[foreach_current_index(cell)] = Int16GetDatum(lfirst_int(cell));
	return PointerGetDatum(
		construct_array(elements, list_length(numbers), INT2OID, 2, true, TYPALIGN_SHORT));
}

static List *
key_types(const crm_source *source, Relation relation)
{
	List *types = NIL;
	ListCell *cell;

	foreach (cell, source->key)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(cell));

		if (number == 0)
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
							errmsg("key column \"%s\" of source \"%s.%s\" does not exist",
								   (char *) lfirst(cell), source->schema, source->table),
							errhint("SELECT crm.change_source(%s, key => '{...}');",
									quote_literal_cstr(crm_source_qualified(source)))));
		types = lappend(
			types,
			crm_source_type_name(TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid));
	}
	return types;
}
