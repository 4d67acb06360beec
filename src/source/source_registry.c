/* source_registry.c - reads the registry of departmental tables, and marks what is wrong. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/guc.h"

#include "base/base.h"
#include "source/key_text.h"
#include "source/source_fields.h"
#include "source/source_registry.h"

static crm_source *load_one(SPIPlanPtr *slot, const char *sql, int nargs, Oid *types,
							Datum *values);
static List *load_rows(SPIPlanPtr *slot, const char *sql, int nargs, Oid *types, Datum *values,
					   int limit);
static void load_items(List *sources, MemoryContext context);
static crm_source *with_number(List *sources, int32 source_id);
static List *found_ids(MemoryContext context);
static crm_source *find_shown(const char *name);

crm_source *
crm_source_load(int32 source_id)
{
	static SPIPlanPtr plan = NULL;
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(source_id)};

	return load_one(&plan, CRM_SOURCE_COLUMNS "WHERE source_id OPERATOR(pg_catalog.=) $1", 1, types,
					values);
}

crm_source *
crm_source_find_table(const char *schema, const char *table)
{
	static SPIPlanPtr plan = NULL;
	Oid types[] = {TEXTOID, TEXTOID};
	Datum values[] = {CStringGetTextDatum(schema), CStringGetTextDatum(table)};

	return load_one(&plan,
					CRM_SOURCE_COLUMNS
					"WHERE schema_name OPERATOR(pg_catalog.=) $1 "
					"AND table_name OPERATOR(pg_catalog.=) $2 AND parent_id IS NULL",
					2, types, values);
}

/*
 * By the name a user types, an identifier or as crm.source_status shows it; the table itself may be
 * gone by now.
 */
crm_source *
crm_source_find(const char *name)
{
	crm_source *source = crm_source_find_named(name);

	if (source == NULL)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("\"%s\" is not a source", name),
						errhint("SELECT source FROM crm.source_status lists the sources; a table "
								"becomes one by crm.add_source().")));
	return source;
}

crm_source *
crm_source_find_named(const char *name)
{
	crm_source *source = NULL;
	char *schema;
	char *table;

	if (crm_source_resolve_name(name, &schema, &table))
		source = crm_source_find_table(schema, table);
	return source ? source : find_shown(name);
}

int32
crm_source_number(const char *name)
{
	return crm_source_find(name)->source_id;
}

List *
crm_source_ids(void)
{
	return crm_source_load_ids("SELECT source_id FROM crm_internal.source WHERE parent_id IS NULL "
							   "ORDER BY source_id",
							   0, NULL, NULL);
}

bool
crm_list_has_text(List *texts, const char *text)
{
	ListCell *cell;

	foreach (cell, texts)
		if (strcmp(lfirst(cell), text) == 0)
			return true;
	return false;
}

List *
crm_source_part_ids(int32 root_id)
{
	static SPIPlanPtr plan = NULL;
	MemoryContext context = CurrentMemoryContext;
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(root_id)};
	List *ids;

	SPI_connect();
	if (SPI_execute_plan(crm_generic_plan(&plan,
										  "SELECT source_id FROM crm_internal.source "
										  "WHERE root_id OPERATOR(pg_catalog.=) $1 "
										  "AND parent_id IS NOT NULL ORDER BY source_id",
										  1, types),
						 values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading crm_internal.source failed");
	ids = found_ids(context);
	SPI_finish();
	crm_restore_user(before);
	return ids;
}

List *
crm_source_load_parts(int32 root_id)
{
	static SPIPlanPtr plan = NULL;
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(root_id)};

	return load_rows(&plan,
					 CRM_SOURCE_COLUMNS "WHERE root_id OPERATOR(pg_catalog.=) $1 "
										"AND parent_id IS NOT NULL ORDER BY source_id",
					 1, types, values, 0);
}

/*
 * Notes what is wrong with a source as a whole, or with NULL that nothing is. Another session that
 * is writing the row says the same, so nobody waits for it.
 */
void
crm_source_mark(int32 source_id, const char *attention, const char *repair)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {INT4OID, TEXTOID, TEXTOID};
	Datum values[] = {Int32GetDatum(source_id),
					  attention ? CStringGetTextDatum(attention) : (Datum) 0,
					  repair ? CStringGetTextDatum(repair) : (Datum) 0};
	char nulls[] = {' ', attention ? ' ' : 'n', repair ? ' ' : 'n'};
	/* IS DISTINCT FROM looks its operator up along the search path, which is the caller's. */
	int nest_level = crm_source_pin();

	SPI_connect();
	crm_source_execute("UPDATE crm_internal.source SET attention = $2, repair = $3 "
					   "WHERE source_id OPERATOR(pg_catalog.=) ANY (ARRAY("
					   "SELECT s.source_id FROM crm_internal.source s "
					   "WHERE s.source_id OPERATOR(pg_catalog.=) $1 "
					   "AND (s.attention IS DISTINCT FROM $2 OR s.repair IS DISTINCT FROM $3) "
					   "FOR UPDATE SKIP LOCKED))",
					   3, types, values, nulls, SPI_OK_UPDATE);
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
}

/* One entry that stands for the whole source: the next crm.resolve() compares all of it. */
void
crm_source_enqueue_all(int32 source_id)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {INT4OID};
	Datum values[] = {Int32GetDatum(source_id)};

	SPI_connect();
	crm_source_execute("INSERT INTO crm_internal.pending (source_id, source_key, op, queued_at) "
					   "VALUES ($1, NULL, 'S', pg_catalog.now())",
					   1, types, values, NULL, SPI_OK_INSERT);
	SPI_finish();
	crm_restore_user(before);
}

int
crm_source_pin(void)
{
	return crm_key_settings();
}

void
crm_source_unpin(int nest_level)
{
	AtEOXact_GUC(true, nest_level);
}

void
crm_source_execute(const char *sql, int nargs, Oid *types, Datum *values, const char *nulls,
				   int expected)
{
	int code = SPI_execute_with_args(sql, nargs, types, values, nulls, false, 0);

	if (code != expected)
		elog(ERROR, "SPI gave %s for: %s", SPI_result_code_string(code), sql);
}

List *
crm_source_load_ids(const char *sql, int nargs, Oid *types, Datum *values)
{
	MemoryContext context = CurrentMemoryContext;
	crm_user before = crm_become(crm_owner(), 0);
	List *ids = NIL;

	SPI_connect();
	crm_source_execute(sql, nargs, types, values, NULL, SPI_OK_SELECT);
	ids = found_ids(context);
	SPI_finish();
	crm_restore_user(before);
	return ids;
}

static List *
found_ids(MemoryContext context)
{
	MemoryContext old = MemoryContextSwitchTo(context);
	List *ids = NIL;

	for (uint64 i = 0; i < SPI_processed; i++)
	{
		bool isnull;
		Datum id = SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull);

		ids = lappend_int(ids, DatumGetInt32(id));
	}
	MemoryContextSwitchTo(old);
	return ids;
}

static crm_source *
load_one(SPIPlanPtr *slot, const char *sql, int nargs, Oid *types, Datum *values)
{
	List *found = load_rows(slot, sql, nargs, types, values, 1);

	return found == NIL ? NULL : linitial(found);
}

static List *
load_rows(SPIPlanPtr *slot, const char *sql, int nargs, Oid *types, Datum *values, int limit)
{
	MemoryContext context = CurrentMemoryContext;
	crm_user before = crm_become(crm_owner(), 0);
	List *sources = NIL;

	SPI_connect();
	if (SPI_execute_plan(crm_generic_plan(slot, sql, nargs, types), values, NULL, false, limit) !=
		SPI_OK_SELECT)
		elog(ERROR, "reading crm_internal.source failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		crm_source *source =
			crm_source_of_row(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, context);
		MemoryContext old = MemoryContextSwitchTo(context);

		sources = lappend(sources, source);
		MemoryContextSwitchTo(old);
	}
	if (sources != NIL)
		load_items(sources, context);
	SPI_finish();
	crm_restore_user(before);
	return sources;
}

/* In the order of the attributes' positions, then of the mapping. */
static void
load_items(List *sources, MemoryContext context)
{
	static SPIPlanPtr plan = NULL;
	Oid types[] = {INT4ARRAYOID};
	Datum *ids = palloc(list_length(sources) * sizeof(Datum));
	Datum values[1];
	ListCell *cell;

	foreach (cell, sources)
		ids[foreach_current_index(cell)] = Int32GetDatum(((crm_source *) lfirst(cell))->source_id);
	values[0] = PointerGetDatum(
		construct_array(ids, list_length(sources), INT4OID, sizeof(int32), true, TYPALIGN_INT));
	if (SPI_execute_plan(
			crm_generic_plan(
				&plan,
				"SELECT m.key, coalesce(a.kind, 'text'), v.value, coalesce(a.position, 1000), "
				"s.source_id FROM crm_internal.source s "
				"CROSS JOIN LATERAL pg_catalog.jsonb_each(s.mapping) m "
				"CROSS JOIN LATERAL pg_catalog.jsonb_array_elements_text(m.value) "
				"WITH ORDINALITY AS v (value, number) "
				"LEFT JOIN crm_internal.attribute a ON a.name OPERATOR(pg_catalog.=) m.key "
				"WHERE s.source_id OPERATOR(pg_catalog.=) ANY ($1) "
				"ORDER BY a.position, m.key COLLATE pg_catalog.\"C\", v.number",
				1, types),
			values, NULL, false, 0) != SPI_OK_SELECT)
		elog(ERROR, "reading the mapping failed");
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		HeapTuple row = SPI_tuptable->vals[i];
		TupleDesc desc = SPI_tuptable->tupdesc;
		MemoryContext old = MemoryContextSwitchTo(context);
		crm_source_item *item = palloc(sizeof(crm_source_item));
		crm_source *source;
		bool isnull;

		item->attribute = SPI_getvalue(row, desc, 1);
		item->kind = crm_attribute_kind_by_name(SPI_getvalue(row, desc, 2));
		item->expression = SPI_getvalue(row, desc, 3);
		item->position = DatumGetInt32(SPI_getbinval(row, desc, 4, &isnull));
		source = with_number(sources, DatumGetInt32(SPI_getbinval(row, desc, 5, &isnull)));
		source->items = lappend(source->items, item);
		MemoryContextSwitchTo(old);
	}
}

static crm_source *
with_number(List *sources, int32 source_id)
{
	ListCell *cell;

	foreach (cell, sources)
		if (((crm_source *) lfirst(cell))->source_id == source_id)
			return lfirst(cell);
	elog(ERROR, "source %d was not asked for", source_id);
	return NULL;
}

/* As crm.source_status shows it: without quotes, so two that differ in their dots look alike. */
static crm_source *
find_shown(const char *name)
{
	static SPIPlanPtr plan = NULL;
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(name)};

	return load_one(&plan,
					CRM_SOURCE_COLUMNS
					"WHERE schema_name OPERATOR(pg_catalog.||) '.' "
					"OPERATOR(pg_catalog.||) table_name OPERATOR(pg_catalog.=) $1 "
					"AND parent_id IS NULL ORDER BY source_id",
					1, types, values);
}
