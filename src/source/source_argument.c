/* source_argument.c - the arguments of the calls that register departmental tables. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "utils/array.h"
#include "utils/builtins.h"

#include "source/source_argument.h"

static void refuse_alone(const char *name, const char *value);

char *
crm_text_argument(FunctionCallInfo fcinfo, int number)
{
	return PG_ARGISNULL(number) ? NULL : text_to_cstring(PG_GETARG_TEXT_PP(number));
}

char *
crm_required_argument(FunctionCallInfo fcinfo, int number, const char *name, const char *example)
{
	char *value = PG_ARGISNULL(number) ? NULL : crm_text_argument(fcinfo, number);

	if (value == NULL || *value == '\0')
		ereport(ERROR, (errcode(ERRCODE_NULL_VALUE_NOT_ALLOWED),
						errmsg("\"%s\" must be given", name), errhint("For example %s", example)));
	return value;
}

List *
crm_texts_argument(FunctionCallInfo fcinfo, int number)
{
	List *texts = NIL;
	Datum *elements;
	bool *nulls;
	int n;

	if (PG_ARGISNULL(number))
		return NIL;
	deconstruct_array(PG_GETARG_ARRAYTYPE_P(number), TEXTOID, -1, false, TYPALIGN_INT, &elements,
					  &nulls, &n);
	for (int i = 0; i < n; i++)
		texts = lappend(texts, nulls[i] ? "" : TextDatumGetCString(elements[i]));
	return texts;
}

void
crm_set_from_argument(FunctionCallInfo fcinfo, int number, char **field)
{
	char *value = crm_text_argument(fcinfo, number);

	if (value != NULL)
		*field = value[strspn(value, " \t\r\n")] == '\0' ? NULL : value;
}

void
crm_set_relation_from_arguments(FunctionCallInfo fcinfo, int first, crm_source *draft)
{
	crm_set_from_argument(fcinfo, first, &draft->belongs_to);
	if (draft->belongs_to == NULL)
		draft->relation = draft->since = draft->until = NULL;
	crm_set_from_argument(fcinfo, first + 2, &draft->relation);
	crm_set_from_argument(fcinfo, first + 3, &draft->since);
	crm_set_from_argument(fcinfo, first + 4, &draft->until);
	if (draft->belongs_to != NULL)
		return;
	refuse_alone("related", crm_text_argument(fcinfo, first + 1));
	refuse_alone("relation", draft->relation);
	refuse_alone("since", draft->since);
	refuse_alone("until", draft->until);
}

/* Kept it would say nothing, and whoever gave it would wait for a relation. */
static void
refuse_alone(const char *name, const char *value)
{
	if (value != NULL && *value != '\0')
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s is given without belongs_to", name),
						errhint("Name the column that holds the key of the other row: "
								"belongs_to => 'parent_id'.")));
}
