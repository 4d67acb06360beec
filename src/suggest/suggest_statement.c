/* suggest_statement.c - writes the crm.add_source() that a suggestion amounts to. */
#include "postgres.h"

#include "catalog/pg_collation.h"
#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/formatting.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "department/department.h"
#include "source/source_draft.h"
#include "source/source_key.h"
#include "source/source_registry.h"
#include "source/source_relation.h"
#include "suggest/suggest_statement.h"

static crm_column_suggestion *find(List *columns, const char *attribute);
static List *join_parts(List *columns, const char *part, const char *whole, bool part_first);
static bool is_in_map(const char *attribute);
static void rename_half(List *columns, const char *half, const char *other);
static List *map_items(Relation relation, List *columns);
static List *key_of(Relation relation);
static bool identifies(Relation relation, AttrNumber number);
static void append_options(StringInfo statement, List *columns);
static const char *belongs_to(Relation relation);
static bool names_no_relation(const char *column);

List *
crm_suggest_join(List *columns)
{
	columns = join_parts(columns, "house_number", "street", false);
	rename_half(columns, "given_name", "family_name");
	rename_half(columns, "family_name", "given_name");
	return join_parts(columns, "name_prefix", "family_name", true);
}

char *
crm_suggest_statement(Relation relation, List *columns)
{
	char *schema = get_namespace_name(RelationGetNamespace(relation));
	char *label = crm_source_label(quote_identifier(schema),
								   quote_identifier(RelationGetRelationName(relation)));
	bool registered = crm_source_find_table(schema, RelationGetRelationName(relation)) != NULL;
	List *items = map_items(relation, columns);
	List *key = key_of(relation);
	StringInfoData statement;

	if (key == NIL || items == NIL)
		return NULL;
	initStringInfo(&statement);
	if (!registered && !crm_department_exists(schema))
		appendStringInfo(&statement, "SELECT crm.add_department(%s); ", quote_literal_cstr(schema));
	appendStringInfo(&statement, "SELECT crm.%s(%s", registered ? "change_source" : "add_source",
					 quote_literal_cstr(label));
	if (!registered)
		appendStringInfo(&statement, ", department => %s", quote_literal_cstr(schema));
	appendStringInfo(&statement, ", map => %s",
					 quote_literal_cstr(crm_source_map_text(items, true)));
	if (!registered && crm_source_key_found(relation) == NIL)
		appendStringInfo(
			&statement, ", key => %s",
			quote_literal_cstr(psprintf("{%s}", crm_source_quoted_columns(relation, key))));
	append_options(&statement, columns);
	if (belongs_to(relation))
		appendStringInfo(&statement, ", belongs_to => %s",
						 quote_literal_cstr(quote_identifier(belongs_to(relation))));
	appendStringInfoString(&statement, ");");
	return statement.data;
}

static crm_column_suggestion *
find(List *columns, const char *attribute)
{
	ListCell *cell;

	foreach (cell, columns)
	{
		crm_column_suggestion *column = lfirst(cell);

		if (strcmp(column->suggestion.attribute, attribute) == 0)
			return column;
	}
	return NULL;
}

static List *
join_parts(List *columns, const char *part, const char *whole, bool part_first)
{
	crm_column_suggestion *a = find(columns, part);
	crm_column_suggestion *b = find(columns, whole);

	if (a == NULL)
		return columns;
	if (b != NULL)
	{
		b->joined = true;
		b->expression =
			psprintf("concat_ws(' ', %s, %s)", part_first ? a->expression : b->expression,
					 part_first ? b->expression : a->expression);
	}
	return list_delete_ptr(columns, a);
}

/* Beside a given name "name" means the family name (prenom, nom), and the other way round. */
static void
rename_half(List *columns, const char *half, const char *other)
{
	crm_column_suggestion *name = find(columns, "name");

	if (name == NULL || find(columns, half) == NULL || find(columns, other) != NULL)
		return;
	name->suggestion.attribute = other;
	strlcat(name->suggestion.reason, "; stands beside the other half of the name",
			CRM_SUGGESTION_REASON);
}

static bool
is_in_map(const char *attribute)
{
	return strcmp(attribute, "changed_at") != 0 && strcmp(attribute, "is_organization") != 0;
}

static List *
map_items(Relation relation, List *columns)
{
	List *items = NIL;
	ListCell *cell;

	foreach (cell, columns)
	{
		crm_column_suggestion *column = lfirst(cell);
		crm_source_item *item = palloc0(sizeof(crm_source_item));

		if (!is_in_map(column->suggestion.attribute))
			continue;
		item->attribute = pstrdup(column->suggestion.attribute);
		/* A bare column name needs no quotes inside the map. */
		item->expression = column->joined
							   ? column->expression
							   : get_attname(RelationGetRelid(relation), column->number, false);
		items = lappend(items, item);
	}
	return items;
}

/* Where nothing declares a key, the first column called like one that identifies the rows there
 * are. */
static List *
key_of(Relation relation)
{
	List *key = crm_source_key_found(relation);
	char *own = psprintf("%s_id", RelationGetRelationName(relation));
	const char *names[] = {"id", own, "uuid", "nr", "code", "number", "email"};

	for (int i = 0; key == NIL && i < lengthof(names); i++)
	{
		AttrNumber number = get_attnum(RelationGetRelid(relation), names[i]);

		if (number > 0 && identifies(relation, number))
			key = list_make1_int(number);
	}
	for (int i = 1; key == NIL && i <= RelationGetNumberOfAttributes(relation); i++)
	{
		char *name = NameStr(TupleDescAttr(RelationGetDescr(relation), i - 1)->attname);
		size_t length = strlen(name);

		if (length > 3 && pg_strcasecmp(name + length - 3, "_id") == 0 && identifies(relation, i))
			key = list_make1_int(i);
	}
	return key;
}

static bool
identifies(Relation relation, AttrNumber number)
{
	return !TupleDescAttr(RelationGetDescr(relation), number - 1)->attisdropped &&
		   !crm_source_key_is_broken(relation, list_make1_int(number));
}

static void
append_options(StringInfo statement, List *columns)
{
	crm_column_suggestion *country = find(columns, "country");
	crm_column_suggestion *changed_at = find(columns, "changed_at");
	crm_column_suggestion *company = find(columns, "is_organization");

	if (company)
		appendStringInfo(statement, ", kind => %s",
						 quote_literal_cstr(psprintf("CASE WHEN %s THEN 'organization' ELSE "
													 "'person' END",
													 company->expression)));
	if (country && country->country_codes)
		appendStringInfo(statement, ", region => %s", quote_literal_cstr(country->expression));
	if (changed_at)
		appendStringInfo(statement, ", changed_at => %s",
						 quote_literal_cstr(changed_at->expression));
}

/* The first column with a foreign key to the table itself, or to one that is a source already. */
static const char *
belongs_to(Relation relation)
{
	for (int i = 1; i <= RelationGetNumberOfAttributes(relation); i++)
	{
		Form_pg_attribute column = TupleDescAttr(RelationGetDescr(relation), i - 1);
		Oid table = column->attisdropped ? InvalidOid : crm_source_referenced_table(relation, i);

		if (!OidIsValid(table) || names_no_relation(NameStr(column->attname)))
			continue;
		if (table == RelationGetRelid(relation) ||
			crm_source_find_table(get_namespace_name(get_rel_namespace(table)),
								  get_rel_name(table)) != NULL)
			return NameStr(column->attname);
	}
	return NULL;
}

/* Who wrote or referred a customer is not whom that one belongs to, nor is what a row was merged
 * into. */
static bool
names_no_relation(const char *column)
{
	static const char *const words[] = {"creat", "updat", "modif", "delet",  "assign", "owner",
										"user",  "refer", "merge", "duplic", "replac", "master"};
	char *lower = str_tolower(column, strlen(column), DEFAULT_COLLATION_OID);

	for (int i = 0; i < lengthof(words); i++)
		if (strstr(lower, words[i]) != NULL)
			return true;
	return false;
}
