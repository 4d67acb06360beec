/* read.c - the SQL face of reading: the rows of a source as crm sees them. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "funcapi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"
#include "utils/timestamp.h"

#include "source/source_read.h"

PG_FUNCTION_INFO_V1(crm_read_source_rows);

static void put_row(const crm_source_row *row, void *context);
static Datum attributes_of(const crm_source_row *row);
static const char **key_list(ArrayType *array, int *n);

Datum
crm_read_source_rows(PG_FUNCTION_ARGS)
{
	int32 source_id = PG_GETARG_INT32(0);
	int n;
	const char **keys = key_list(PG_GETARG_ARRAYTYPE_P(1), &n);

	InitMaterializedSRF(fcinfo, 0);
	if (!crm_source_read(source_id, keys, n, put_row, fcinfo->resultinfo))
	{
		crm_source *source = crm_source_load(source_id);

		if (source == NULL)
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT), errmsg("no such source")));
		crm_source_raise_marked(source, ERROR);
	}
	return (Datum) 0;
}

static void
put_row(const crm_source_row *row, void *context)
{
	ReturnSetInfo *result = context;
	bool bad = row->error != NULL;
	Datum values[6] = {CStringGetTextDatum(row->key)};
	bool nulls[6] = {false,
					 row->kind == '\0' || bad,
					 row->region == NULL || bad,
					 !row->has_changed_at || bad,
					 bad,
					 !bad};

	if (!nulls[1])
		values[1] = CStringGetTextDatum(row->kind == 'p' ? "person" : "organization");
	if (!nulls[2])
		values[2] = CStringGetTextDatum(row->region);
	values[3] = TimestampTzGetDatum(row->changed_at);
	if (!bad)
		values[4] = attributes_of(row);
	else
		values[5] = CStringGetTextDatum(row->error);
	tuplestore_putvalues(result->setResult, result->setDesc, values, nulls);
}

/* Values of one attribute stand together, for a mapping is in the order of the attributes. */
static Datum
attributes_of(const crm_source_row *row)
{
	StringInfoData json;

	initStringInfo(&json);
	appendStringInfoChar(&json, '{');
	for (int i = 0; i < row->nvalues; i++)
	{
		bool same = i > 0 && strcmp(row->values[i].attribute, row->values[i - 1].attribute) == 0;

		appendStringInfoString(&json, same ? ", " : i > 0 ? "], " : "");
		if (!same)
		{
			escape_json(&json, row->values[i].attribute);
			appendStringInfoString(&json, ": [");
		}
		escape_json(&json, row->values[i].text);
	}
	appendStringInfoString(&json, row->nvalues ? "]}" : "}");
	return DirectFunctionCall1(jsonb_in, CStringGetDatum(json.data));
}

static const char **
key_list(ArrayType *array, int *n)
{
	const char **keys;
	Datum *elements;
	bool *nulls;
	int nelements;

	deconstruct_array(array, TEXTOID, -1, false, TYPALIGN_INT, &elements, &nulls, &nelements);
	keys = palloc(Max(nelements, 1) * sizeof(char *));
	*n = 0;
	for (int i = 0; i < nelements; i++)
		if (!nulls[i])
			keys[(*n)++] = TextDatumGetCString(elements[i]);
	return keys;
}
