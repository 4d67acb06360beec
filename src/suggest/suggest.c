/* suggest.c - crm.suggest_mapping(): looks at a table and writes the add_source() call. */
#include "postgres.h"

#include <math.h>

#include "access/relation.h"
#include "access/sysattr.h"
#include "catalog/namespace.h"
#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "preset/preset.h"
#include "source/source_draft.h"
#include "source/source_read.h"
#include "source/source_registry.h"
#include "source/source_table.h"
#include "suggest/suggest_rule.h"
#include "suggest/suggest_statement.h"

#define SAMPLE_ROWS "1000"

PG_FUNCTION_INFO_V1(crm_suggest_mapping);

typedef struct sampling
{
	Relation relation;
	crm_value_tally *tallies;
} sampling;

static void hint_at_preset(Relation relation);
static List *suggest_columns(Relation relation);
static bool is_own_key(Relation relation, AttrNumber attribute, const char *suggested);
static bool is_stage(Oid type, const char *suggested);
static void sample(Relation relation, crm_value_tally *tallies);
static void look_at_rows(void *arg);
static crm_column_type type_of(Oid type);
static List *best_of_each(List *columns);
static bool takes_several(const char *attribute);
static bool beats(const crm_column_suggestion *a, const crm_column_suggestion *b);
static List *in_order(List *columns);
static int position_of(const char *attribute);
static int by_position(const ListCell *a, const ListCell *b);
static void put(ReturnSetInfo *result, const crm_column_suggestion *column, const char *statement);

Datum
crm_suggest_mapping(PG_FUNCTION_ARGS)
{
	char *name = text_to_cstring(PG_GETARG_TEXT_PP(0));
	RangeVar *range = makeRangeVarFromNameList(crm_source_name_parts(name));
	Relation relation = relation_openrv(range, AccessShareLock);
	ReturnSetInfo *result = (ReturnSetInfo *) fcinfo->resultinfo;
	List *columns;
	char *statement;
	ListCell *cell;

	InitMaterializedSRF(fcinfo, 0);
	columns = in_order(crm_suggest_join(best_of_each(suggest_columns(relation))));
	statement = columns ? crm_suggest_statement(relation, columns) : NULL;
	if (columns == NIL)
		ereport(NOTICE, (errmsg("nothing in \"%s\" looks like an attribute of a customer", name)));
	foreach (cell, columns)
		put(result, lfirst(cell), foreach_current_index(cell) == 0 ? statement : NULL);
	hint_at_preset(relation);
	relation_close(relation, AccessShareLock);
	return (Datum) 0;
}

/* A preset knows what no name of a column tells: which rows are no customers, what hangs where. */
static void
hint_at_preset(Relation relation)
{
	char *schema = get_namespace_name(RelationGetNamespace(relation));
	char *preset = crm_preset_of_table(schema, RelationGetRelationName(relation));

	if (preset != NULL)
		ereport(NOTICE,
				(errmsg("\"%s.%s\" looks like a table that preset \"%s\" knows", schema,
						RelationGetRelationName(relation), preset),
				 errhint("SELECT * FROM crm.preset_statements(%s, %s) shows how it would be read.",
						 quote_literal_cstr(
							 quote_qualified_identifier(schema, RelationGetRelationName(relation))),
						 quote_literal_cstr(preset))));
}

static List *
suggest_columns(Relation relation)
{
	int n = RelationGetNumberOfAttributes(relation);
	crm_value_tally *tallies = palloc0(n * sizeof(crm_value_tally));
	List *columns = NIL;

	sample(relation, tallies);
	for (int i = 0; i < n; i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), i);
		crm_column_suggestion *column = palloc(sizeof(crm_column_suggestion));

		if (attribute->attisdropped ||
			!crm_suggest(NameStr(attribute->attname), RelationGetRelationName(relation),
						 type_of(attribute->atttypid), &tallies[i], &column->suggestion))
			continue;
		if (is_own_key(relation, attribute->attnum, column->suggestion.attribute) ||
			is_stage(attribute->atttypid, column->suggestion.attribute))
			continue;
		column->number = attribute->attnum;
		column->joined = false;
		column->expression = pstrdup(quote_identifier(NameStr(attribute->attname)));
		column->country_codes = tallies[i].n > 0 && tallies[i].country == tallies[i].n;
		columns = lappend(columns, column);
	}
	return columns;
}

/* A table's own key numbers its rows; another department's row 17 is another customer. */
static bool
is_own_key(Relation relation, AttrNumber attribute, const char *suggested)
{
	Bitmapset *key = RelationGetIndexAttrBitmap(relation, INDEX_ATTR_BITMAP_PRIMARY_KEY);

	return strcmp(suggested, "external_id") == 0 &&
		   bms_is_member(attribute - FirstLowInvalidHeapAttributeNumber, key);
}

/* A state that is one of a few words is what became of a row, not where it lives. */
static bool
is_stage(Oid type, const char *suggested)
{
	return strcmp(suggested, "region") == 0 && type_is_enum(getBaseType(type));
}

/* As the owner, for to read a view runs his functions; but only what the caller could read. */
static void
sample(Relation relation, crm_value_tally *tallies)
{
	crm_source source = {
		.schema = get_namespace_name(RelationGetNamespace(relation)),
		.table = RelationGetRelationName(relation),
	};
	sampling work = {relation, tallies};
	List *numbers = NIL;
	ErrorData *error;

	for (int i = 0; i < RelationGetNumberOfAttributes(relation); i++)
		if (!TupleDescAttr(RelationGetDescr(relation), i)->attisdropped)
			numbers = lappend_int(numbers, i + 1);
	crm_source_check_columns_readable(relation, numbers);
	error = crm_source_guarded(&source, look_at_rows, &work);
	if (error != NULL)
		crm_source_raise_unreadable(relation, error, NULL);
}

/*
 * Runs under crm_source_guarded(). The first rows do: a suggestion is read by a person before it is
 * used.
 */
static void
look_at_rows(void *arg)
{
	sampling *work = arg;
	Oid table = RelationGetRelid(work->relation);
	SPITupleTable *rows;

	crm_source_execute(psprintf("SELECT * FROM %s LIMIT " SAMPLE_ROWS, crm_table_qualified(table)),
					   0, NULL, NULL, NULL, SPI_OK_SELECT);
	rows = SPI_tuptable;
	for (uint64 row = 0; row < SPI_processed; row++)
		for (int column = 1; column <= rows->tupdesc->natts; column++)
		{
			const char *name = SPI_fname(rows->tupdesc, column);
			char *value = SPI_getvalue(rows->vals[row], rows->tupdesc, column);

			if (value && *value)
				crm_value_tally_add(&work->tallies[get_attnum(table, name) - 1], value);
		}
}

static crm_column_type
type_of(Oid type)
{
	Oid base = getBaseType(type);
	char category;
	bool preferred;

	if (base == INT2OID || base == INT4OID || base == INT8OID)
		return CRM_COLUMN_WHOLE;
	if (base == DATEOID)
		return CRM_COLUMN_DATE;
	if (base == TIMESTAMPOID || base == TIMESTAMPTZOID)
		return CRM_COLUMN_TIME;
	if (base == BOOLOID)
		return CRM_COLUMN_BOOLEAN;
	get_type_category_preferred(base, &category, &preferred);
	if (category == TYPCATEGORY_NUMERIC)
		return CRM_COLUMN_NUMBER;
	if (get_element_type(base) == TEXTOID || get_element_type(base) == VARCHAROID)
		return CRM_COLUMN_TEXT;
	/* citext, e-mail types and enums too: what is written like text. */
	return category == TYPCATEGORY_STRING || category == TYPCATEGORY_ENUM ||
				   category == TYPCATEGORY_USER
			   ? CRM_COLUMN_TEXT
			   : CRM_COLUMN_OTHER;
}

/* All e-mails and phones are kept; of everything else the column that fits best. */
static List *
best_of_each(List *columns)
{
	List *best = NIL;
	ListCell *cell;

	foreach (cell, columns)
	{
		crm_column_suggestion *column = lfirst(cell);
		bool beaten = false;
		ListCell *other;

		foreach (other, columns)
			beaten = beaten || beats(lfirst(other), column);
		if (!beaten || takes_several(column->suggestion.attribute))
			best = lappend(best, column);
	}
	return best;
}

static bool
beats(const crm_column_suggestion *a, const crm_column_suggestion *b)
{
	if (a == b || strcmp(a->suggestion.attribute, b->suggestion.attribute) != 0)
		return false;
	if (a->suggestion.confidence != b->suggestion.confidence)
		return a->suggestion.confidence > b->suggestion.confidence;
	return a->number < b->number;
}

static bool
takes_several(const char *attribute)
{
	return strcmp(attribute, "email") == 0 || strcmp(attribute, "phone") == 0;
}

static List *
in_order(List *columns)
{
	ListCell *cell;

	foreach (cell, columns)
	{
		crm_column_suggestion *column = lfirst(cell);

		column->position = position_of(column->suggestion.attribute);
	}
	list_sort(columns, by_position);
	return columns;
}

static int
position_of(const char *attribute)
{
	static const char *const order[] = {
		"name",   "given_name",  "family_name", "organization", "email",    "phone",
		"street", "postal_code", "city",        "region",       "country",  "birth_date",
		"gender", "language",    "tax_number",  "external_id",  "latitude", "longitude",
	};

	for (int i = 0; i < lengthof(order); i++)
		if (strcmp(order[i], attribute) == 0)
			return i;
	return lengthof(order); /* what stands beside the map */
}

static int
by_position(const ListCell *a, const ListCell *b)
{
	const crm_column_suggestion *left = lfirst(a);
	const crm_column_suggestion *right = lfirst(b);

	if (left->position != right->position)
		return left->position - right->position;
	return left->number - right->number;
}

static void
put(ReturnSetInfo *result, const crm_column_suggestion *column, const char *statement)
{
	Datum values[] = {CStringGetTextDatum(column->suggestion.attribute),
					  CStringGetTextDatum(column->expression),
					  CStringGetTextDatum(column->suggestion.reason),
					  Float4GetDatum((float4) (rint(column->suggestion.confidence * 100) / 100)),
					  statement ? CStringGetTextDatum(statement) : (Datum) 0};
	bool nulls[] = {false, false, false, false, statement == NULL};

	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}
