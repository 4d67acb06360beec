/* scope.c - the scope of an act between SQL and C: one value a dimension. */
#include "postgres.h"

#include "lib/stringinfo.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/jsonb.h"

#include "request/request.h"

static const char *text_of(const JsonbValue *value);
static int by_dimension(const void *a, const void *b);
static void refuse(void) pg_attribute_noreturn();

/* A dimension without a value (null) is one that the act says nothing about. */
const crm_scope_value *
crm_request_scope(const Jsonb *scope, int *nscope)
{
	Jsonb *given = (Jsonb *) scope;
	crm_scope_value *values;
	JsonbIterator *iterator;
	JsonbIteratorToken token;
	JsonbValue value;
	int n = 0;

	*nscope = 0;
	if (!JB_ROOT_IS_OBJECT(given))
		refuse();
	values = palloc0(sizeof(crm_scope_value) * (JB_ROOT_COUNT(given) + 1));
	iterator = JsonbIteratorInit(&given->root);
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			values[n].dimension = pnstrdup(value.val.string.val, value.val.string.len);
		else if (token == WJB_VALUE && (values[n].value = text_of(&value)) != NULL)
			n++;
	}
	qsort(values, n, sizeof(crm_scope_value), by_dimension);
	*nscope = n;
	return values;
}

const char *
crm_request_scope_text(const crm_scope_value *scope, int nscope)
{
	StringInfoData text;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	for (int i = 0; i < nscope; i++)
	{
		if (scope[i].value == NULL)
			continue;
		if (text.len > 1)
			appendStringInfoString(&text, ", ");
		escape_json(&text, scope[i].dimension);
		appendStringInfoString(&text, ": ");
		escape_json(&text, scope[i].value);
	}
	appendStringInfoChar(&text, '}');
	return text.data;
}

static const char *
text_of(const JsonbValue *value)
{
	switch (value->type)
	{
		case jbvNull:
			return NULL;
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvNumeric:
			return DatumGetCString(
				DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		case jbvBool:
			return value->val.boolean ? "true" : "false";
		default:
			refuse();
	}
}

static int
by_dimension(const void *a, const void *b)
{
	return strcmp(((const crm_scope_value *) a)->dimension,
				  ((const crm_scope_value *) b)->dimension);
}

static void
refuse(void)
{
	ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
					errmsg("the scope of an act has one value for each dimension"),
					errhint("For example scope => '{\"department\": \"sales\"}'.")));
}
