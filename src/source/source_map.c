/* source_map.c - the mapping as jsonb, and the names of attributes. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/json.h"
#include "utils/varlena.h"

#include "base/base.h"
#include "source/source_draft.h"

#define EXAMPLE                                                                                    \
	"For example map => '{\"name\": \"account_name\", \"email\": [\"mail\", \"mail2\"]}'."

static List *parse_values(JsonbIterator **iterator, const char *source, const char *attribute);
static crm_source_item *new_item(const char *source, const char *attribute, crm_attribute_kind kind,
								 const JsonbValue *value);
static bool has_another(List *items, ListCell *cell);
static void refuse_map(const char *source) pg_attribute_noreturn();
static void refuse_value(const char *source, const char *attribute) pg_attribute_noreturn();
static crm_attribute_kind kind_of_attribute(const char *source, const char *name);
static char *attribute_hint(const char *name);

List *
crm_source_parse_map(const char *source, Jsonb *map)
{
	JsonbIterator *iterator = JsonbIteratorInit(&map->root);
	List *items = NIL;
	JsonbIteratorToken token;
	JsonbValue value;

	if (JsonbIteratorNext(&iterator, &value, false) != WJB_BEGIN_OBJECT)
		refuse_map(source);
	while ((token = JsonbIteratorNext(&iterator, &value, false)) == WJB_KEY)
	{
		char *attribute = pnstrdup(value.val.string.val, value.val.string.len);

		items = list_concat(items, parse_values(&iterator, source, attribute));
	}
	if (items == NIL)
		refuse_map(source);
	return items;
}

char *
crm_source_map_text(List *items, bool brief)
{
	StringInfoData text;
	const char *attribute = "";
	const char *end = "";
	ListCell *cell;

	initStringInfo(&text);
	appendStringInfoChar(&text, '{');
	foreach (cell, items)
	{
		crm_source_item *item = lfirst(cell);

		if (strcmp(attribute, item->attribute) != 0)
		{
			bool one = brief && !has_another(items, cell);

			appendStringInfo(&text, "%s%s", end, text.len > 1 ? ", " : "");
			escape_json(&text, item->attribute);
			appendStringInfoString(&text, one ? ": " : ": [");
			end = one ? "" : "]";
		}
		else
			appendStringInfoString(&text, ", ");
		escape_json(&text, item->expression);
		attribute = item->attribute;
	}
	appendStringInfo(&text, "%s}", end);
	return text.data;
}

/* Whether the attribute of this item has a further one. */
static bool
has_another(List *items, ListCell *cell)
{
	ListCell *next = lnext(items, cell);

	return next && strcmp(((crm_source_item *) lfirst(next))->attribute,
						  ((crm_source_item *) lfirst(cell))->attribute) == 0;
}

static List *
parse_values(JsonbIterator **iterator, const char *source, const char *attribute)
{
	crm_attribute_kind kind = kind_of_attribute(source, attribute);
	JsonbValue value;
	JsonbIteratorToken token = JsonbIteratorNext(iterator, &value, false);
	List *items = NIL;

	if (token == WJB_VALUE)
		return list_make1(new_item(source, attribute, kind, &value));
	if (token != WJB_BEGIN_ARRAY)
		refuse_value(source, attribute);
	while ((token = JsonbIteratorNext(iterator, &value, false)) == WJB_ELEM)
		items = lappend(items, new_item(source, attribute, kind, &value));
	if (token != WJB_END_ARRAY || items == NIL)
		refuse_value(source, attribute);
	return items;
}

static crm_source_item *
new_item(const char *source, const char *attribute, crm_attribute_kind kind,
		 const JsonbValue *value)
{
	crm_source_item *item = palloc(sizeof(crm_source_item));

	if (value->type != jbvString)
		refuse_value(source, attribute);
	item->attribute = pstrdup(attribute);
	item->kind = kind;
	item->expression = pnstrdup(value->val.string.val, value->val.string.len);
	if (item->expression[strspn(item->expression, " \t\r\n")] == '\0')
		refuse_value(source, attribute);
	return item;
}

static void
refuse_map(const char *source)
{
	ereport(
		ERROR,
		(errcode(ERRCODE_CRM_BAD_MAPPING),
		 errmsg("map of source \"%s\" must be an object that maps at least one attribute", source),
		 errhint(EXAMPLE)));
}

static void
refuse_value(const char *source, const char *attribute)
{
	ereport(ERROR,
			(errcode(ERRCODE_CRM_BAD_MAPPING),
			 errmsg("attribute \"%s\" of source \"%s\" is mapped to nothing that can be read",
					attribute, source),
			 errdetail("A value is a column or an SQL expression as a string, or an array "
					   "of such strings."),
			 errhint(EXAMPLE)));
}

static crm_attribute_kind
kind_of_attribute(const char *source, const char *name)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(name)};
	crm_attribute_kind kind = CRM_KIND_TEXT;

	SPI_connect();
	crm_source_execute("SELECT kind FROM crm_internal.attribute "
					   "WHERE name OPERATOR(pg_catalog.=) $1",
					   1, types, values, NULL, SPI_OK_SELECT);
	if (SPI_processed == 0)
		ereport(ERROR, (errcode(ERRCODE_CRM_BAD_MAPPING),
						errmsg("\"%s\", mapped by source \"%s\", is no attribute of a customer",
							   name, source),
						errhint("%s", attribute_hint(name))));
	kind =
		crm_attribute_kind_by_name(SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1));
	SPI_finish();
	crm_restore_user(before);
	return kind;
}

/* SPI is connected, as the owner of crm's tables. */
static char *
attribute_hint(const char *name)
{
	StringInfoData list;
	const char *closest = NULL;
	int least = Max(2, (int) strlen(name) / 2);

	initStringInfo(&list);
	crm_source_execute("SELECT name FROM crm_internal.attribute ORDER BY position", 0, NULL, NULL,
					   NULL, SPI_OK_SELECT);
	for (uint64 i = 0; i < SPI_processed; i++)
	{
		char *known = SPI_getvalue(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1);
		int distance = strlen(name) > 100 ? least
										  : varstr_levenshtein(name, strlen(name), known,
															   strlen(known), 1, 1, 1, true);

		if (distance < least)
		{
			least = distance;
			closest = known;
		}
		appendStringInfo(&list, "%s%s", i ? ", " : "", known);
	}
	if (closest)
		return psprintf("Perhaps you mean \"%s\". The attributes are: %s.", closest, list.data);
	return psprintf("The attributes are: %s.", list.data);
}
