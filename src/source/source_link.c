/* source_link.c - reads to which other rows a departmental row belongs.
 *
 * belongs_to gives the key of the related row in the writing that the related source's own keys
 * have: one value as its text; a key of several columns as a row, `(region, id)`, or a JSON array;
 * several keys, each a relation of its own, as an array.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/typcache.h"

#include "source/key_text.h"
#include "source/source_link.h"
#include "source/source_relation.h"
#include "source/source_row.h"

#define LINK_COLUMNS 4

static List *keys_of(Datum value, Oid type);
static List *add_key(List *keys, Datum value, Oid type);
static char *scalar_key(Datum value, Oid type);
static char *composite_key(HeapTupleHeader value);
static char *json_key(Jsonb *value);
static char *scalar_text(const JsonbValue *value);
static const char *relation_of(const crm_source *source, HeapTuple tuple, TupleDesc desc,
							   int column);
static DateADT day_of(HeapTuple tuple, TupleDesc desc, int column, DateADT none);
static bool is_itself(const crm_source *source, const crm_source_row *row, const char *key);

void
crm_source_append_link(StringInfo sql, const crm_source *source)
{
	bool named = source->relation && crm_source_is_word(source->relation);

	if (source->belongs_to == NULL)
		return;
	appendStringInfo(sql, ", (%s)", source->belongs_to);
	appendStringInfo(sql, ", (%s)",
					 source->relation && !named ? source->relation : "NULL::pg_catalog.text");
	appendStringInfo(sql, ", (%s)::pg_catalog.date", source->since ? source->since : "NULL");
	appendStringInfo(sql, ", (%s)::pg_catalog.date", source->until ? source->until : "NULL");
}

int
crm_source_read_links(const crm_source *source, HeapTuple tuple, TupleDesc desc, int first,
					  crm_source_row *row)
{
	crm_source_link link = {0};
	crm_source_link *links;
	List *keys;
	ListCell *cell;
	bool isnull;
	Datum value;

	if (source->belongs_to == NULL)
		return 0;
	value = SPI_getbinval(tuple, desc, first, &isnull);
	keys = isnull ? NIL : keys_of(value, SPI_gettypeid(desc, first));
	link.relation = relation_of(source, tuple, desc, first + 1);
	link.related_schema = source->related_schema;
	link.related_table = source->related_table;
	link.since = day_of(tuple, desc, first + 2, DATEVAL_NOBEGIN);
	link.until = day_of(tuple, desc, first + 3, DATEVAL_NOEND);
	link.from_detail = source->role == CRM_ROLE_DETAIL;
	links = palloc(Max(list_length(keys), 1) * sizeof(crm_source_link));
	foreach (cell, keys)
	{
		link.key = lfirst(cell);
		if (!is_itself(source, row, link.key))
			links[row->nlinks++] = link;
	}
	row->links = links;
	return LINK_COLUMNS;
}

static List *
keys_of(Datum value, Oid type)
{
	Oid element = get_base_element_type(type);
	List *keys = NIL;
	Datum *elements;
	bool *nulls;
	int n;
	int16 length;
	bool by_value;
	char align;

	if (!OidIsValid(element))
		return add_key(NIL, value, getBaseType(type));
	get_typlenbyvalalign(element, &length, &by_value, &align);
	deconstruct_array(DatumGetArrayTypeP(value), element, length, by_value, align, &elements,
					  &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			keys = add_key(keys, elements[i], getBaseType(element));
	return keys;
}

/* An empty text is how many applications write "none". */
static List *
add_key(List *keys, Datum value, Oid type)
{
	char *key;

	if (type == JSONBOID)
		key = json_key(DatumGetJsonbP(value));
	else if (type == JSONOID)
		key = json_key(DatumGetJsonbP(
			DirectFunctionCall1(jsonb_in, CStringGetDatum(TextDatumGetCString(value)))));
	else if (type_is_rowtype(type))
		key = composite_key(DatumGetHeapTupleHeader(value));
	else
		key = scalar_key(value, type);
	return key == NULL || *key == '\0' ? keys : lappend(keys, key);
}

static char *
scalar_key(Datum value, Oid type)
{
	crm_key_column column;
	StringInfoData text;

	crm_key_column_init(&column, 1, type, CurrentMemoryContext);
	initStringInfo(&text);
	crm_key_append(&column, value, &text);
	return text.data;
}

static char *
composite_key(HeapTupleHeader value)
{
	TupleDesc desc =
		lookup_rowtype_tupdesc(HeapTupleHeaderGetTypeId(value), HeapTupleHeaderGetTypMod(value));
	HeapTupleData tuple = {.t_len = HeapTupleHeaderGetDatumLength(value), .t_data = value};
	const char **parts = palloc(Max(desc->natts, 1) * sizeof(char *));
	int n = 0;

	for (int i = 1; i <= desc->natts; i++)
	{
		bool isnull;
		Datum part = heap_getattr(&tuple, i, desc, &isnull);

		if (!TupleDescAttr(desc, i - 1)->attisdropped)
			parts[n++] = isnull ? NULL : scalar_key(part, TupleDescAttr(desc, i - 1)->atttypid);
	}
	ReleaseTupleDesc(desc);
	return (char *) crm_source_key_text(parts, n);
}

static char *
json_key(Jsonb *value)
{
	int n = JB_ROOT_IS_ARRAY(value) ? JB_ROOT_COUNT(value) : 0;
	const char **parts = palloc(Max(n, 1) * sizeof(char *));

	for (int i = 0; i < n; i++)
		parts[i] = scalar_text(getIthJsonbValueFromContainer(&value->root, i));
	return (char *) crm_source_key_text(parts, n);
}

static char *
scalar_text(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(
				DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return value->val.boolean ? "true" : "false";
		default:
			return NULL;
	}
}

static const char *
relation_of(const crm_source *source, HeapTuple tuple, TupleDesc desc, int column)
{
	char *text;

	if (source->relation && crm_source_is_word(source->relation))
		return source->relation;
	text = SPI_getvalue(tuple, desc, column);
	if (text == NULL)
		return NULL;
	text = crm_source_trimmed(text);
	return *text == '\0' ? NULL : text;
}

static DateADT
day_of(HeapTuple tuple, TupleDesc desc, int column, DateADT none)
{
	bool isnull;
	Datum day = SPI_getbinval(tuple, desc, column, &isnull);

	return isnull || DATE_NOT_FINITE(DatumGetDateADT(day)) ? none : DatumGetDateADT(day);
}

/* Some applications name a row that belongs to no other as its own parent. */
static bool
is_itself(const crm_source *source, const crm_source_row *row, const char *key)
{
	return source->role == CRM_ROLE_SOURCE && strcmp(key, row->key) == 0 &&
		   strcmp(source->related_schema, source->schema) == 0 &&
		   strcmp(source->related_table, source->table) == 0;
}
