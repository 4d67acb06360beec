/* source_texts.c - the values that stand in one column of a row.
 *
 * An array holds several, and so does a JSON array, in which newer applications keep what used to
 * stand in a child table. A string of JSON counts without its quotes: they are no part of the
 * value.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"

#include "source/source_texts.h"

static List *array_texts(Datum datum, Oid element);
static List *json_texts(Jsonb *json);
static char *json_text(JsonbValue *value);

List *
crm_source_texts(HeapTuple tuple, TupleDesc desc, int column)
{
	Oid type = getBaseType(SPI_gettypeid(desc, column));
	Oid element = get_element_type(type);
	bool isnull;
	Datum datum = SPI_getbinval(tuple, desc, column, &isnull);
	char *text;

	if (isnull)
		return NIL;
	if (OidIsValid(element))
		return array_texts(datum, element);
	if (type == JSONBOID)
		return json_texts(DatumGetJsonbP(datum));
	text = SPI_getvalue(tuple, desc, column);
	if (type == JSONOID)
		return json_texts(DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(text))));
	return list_make1(text);
}

static List *
array_texts(Datum datum, Oid element)
{
	List *texts = NIL;
	Datum *elements;
	bool *nulls;
	int n;
	int16 length;
	bool by_value;
	char align;
	Oid output;
	bool is_varlena;

	get_typlenbyvalalign(element, &length, &by_value, &align);
	getTypeOutputInfo(element, &output, &is_varlena);
	deconstruct_array(DatumGetArrayTypeP(datum), element, length, by_value, align, &elements,
					  &nulls, &n);
	for (int i = 0; i < n; i++)
		if (!nulls[i])
			texts = lappend(texts, OidOutputFunctionCall(output, elements[i]));
	return texts;
}

/* A scalar is an array of one to the server. */
static List *
json_texts(Jsonb *json)
{
	List *texts = NIL;

	if (!JB_ROOT_IS_ARRAY(json))
		return list_make1(JsonbToCString(NULL, &json->root, VARSIZE(json)));
	for (int i = 0; i < JB_ROOT_COUNT(json); i++)
	{
		char *text = json_text(getIthJsonbValueFromContainer(&json->root, i));

		if (text != NULL)
			texts = lappend(texts, text);
	}
	return texts;
}

static char *
json_text(JsonbValue *value)
{
	if (value->type == jbvNull)
		return NULL;
	if (value->type == jbvString)
		return pnstrdup(value->val.string.val, value->val.string.len);
	if (value->type == jbvNumeric)
		return DatumGetCString(
			DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	if (value->type == jbvBool)
		return pstrdup(value->val.boolean ? "true" : "false");
	return JsonbToCString(NULL, value->val.binary.data, value->val.binary.len);
}
