/* source_lookup_key.c - what is said and what is left out in a call of lookup().
 *
 * In lookup(country_id, 'country.code') the first argument is the key; in lookup('country.code') it
 * is a step already, and the foreign key of the row's table says which column holds the key.
 */
#include "postgres.h"

#include "nodes/nodeFuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "base/base.h"
#include "source/source_expression.h"
#include "source/source_lookup.h"
#include "source/source_lookup_key.h"
#include "source/source_registry.h"

static List *flattened(const FuncCall *call);
static const char *string_of(const Node *node);
static crm_lookup_path *path_of(const Node *node);
static List *referencing_columns(Relation from, Relation table, const crm_lookup_path *path);
static void refuse_columns(Relation from, Relation table, const crm_lookup_path *path,
						   List *numbers) pg_attribute_noreturn();

List *
crm_lookup_arguments(const FuncCall *call, Node **key, List **locations)
{
	List *paths = NIL;
	List *arguments = flattened(call);
	ListCell *cell;

	*key = NULL;
	*locations = NIL;
	foreach (cell, arguments)
	{
		Node *argument = lfirst(cell);

		if (foreach_current_index(cell) == 0 && !IsA(argument, A_Const))
			*key = argument;
		else
		{
			paths = lappend(paths, path_of(argument));
			*locations = lappend_int(*locations, exprLocation(argument));
		}
	}
	if (paths == NIL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a look-up does not say where the value is"),
						errdetail("For example lookup('country.code') or lookup(country_id, "
								  "'country.code').")));
	return paths;
}

char *
crm_lookup_plain_column(const Node *raw)
{
	Node *last;

	if (raw == NULL || !IsA(raw, ColumnRef))
		return NULL;
	last = llast(((const ColumnRef *) raw)->fields);
	return IsA(last, String) ? strVal(last) : NULL;
}

char *
crm_lookup_referencing_column(Relation from, Relation table, const crm_lookup_path *path)
{
	List *numbers = referencing_columns(from, table, path);

	if (list_length(numbers) != 1)
		refuse_columns(from, table, path, numbers);
	return get_attname(RelationGetRelid(from), linitial_int(numbers), false);
}

void
crm_lookup_set_referenced_key(crm_lookup_path *path, Relation from, const char *column,
							  Relation table)
{
	AttrNumber number = column ? crm_source_column_number(from, column) : 0;
	AttrNumber referenced = 0;
	ListCell *cell;

	foreach (cell, RelationGetFKeyList(from))
	{
		ForeignKeyCacheInfo *key = lfirst(cell);

		if (number != 0 && key->nkeys == 1 && key->conkey[0] == number &&
			key->confrelid == RelationGetRelid(table))
			referenced = key->confkey[0];
	}
	if (referenced != 0)
		strlcpy(path->key, get_attname(RelationGetRelid(table), referenced, false),
				sizeof(path->key));
}

/* As the server deparses the call, the steps stand in an array. */
static List *
flattened(const FuncCall *call)
{
	List *arguments = call->args;

	if (call->func_variadic && IsA(llast(arguments), A_ArrayExpr))
		return list_concat(list_truncate(list_copy(arguments), list_length(arguments) - 1),
						   ((A_ArrayExpr *) llast(arguments))->elements);
	return arguments;
}

/* The string, also where a cast to text follows it, or NULL. */
static const char *
string_of(const Node *node)
{
	if (IsA(node, TypeCast) &&
		strcmp(strVal(llast(((const TypeCast *) node)->typeName->names)), "text") == 0)
		node = ((const TypeCast *) node)->arg;
	if (!IsA(node, A_Const) || ((const A_Const *) node)->isnull ||
		!IsA(&((const A_Const *) node)->val, String))
		return NULL;
	return ((const A_Const *) node)->val.sval.sval;
}

static crm_lookup_path *
path_of(const Node *node)
{
	crm_lookup_path *path = palloc(sizeof(crm_lookup_path));
	const char *text = string_of(node);
	const char *wrong = text ? crm_lookup_path_parse(text, path) : NULL;

	if (text == NULL)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("where a look-up finds its value must be said by string constants"),
						errdetail("For example lookup(country_id, 'country.code'), or with two "
								  "steps lookup(address_id, 'address.city_id', 'city.name').")));
	if (wrong != NULL)
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR),
						errmsg("look-up \"%s\" cannot be read: %s", text, wrong)));
	return path;
}

static List *
referencing_columns(Relation from, Relation table, const crm_lookup_path *path)
{
	List *numbers = NIL;
	ListCell *cell;

	foreach (cell, RelationGetFKeyList(from))
	{
		ForeignKeyCacheInfo *key = lfirst(cell);

		if (key->nkeys != 1 || key->confrelid != RelationGetRelid(table))
			continue;
		if (path->key[0] && crm_source_column_number(table, path->key) != key->confkey[0])
			continue;
		numbers = list_append_unique_int(numbers, key->conkey[0]);
	}
	return numbers;
}

static void
refuse_columns(Relation from, Relation table, const crm_lookup_path *path, List *numbers)
{
	StringInfoData calls;
	ListCell *cell;

	initStringInfo(&calls);
	foreach (cell, numbers)
		appendStringInfo(
			&calls, "%slookup(%s, '%s')", calls.len ? " or " : "",
			quote_identifier(get_attname(RelationGetRelid(from), lfirst_int(cell), false)),
			crm_source_lookup_text(path));
	if (numbers == NIL)
		appendStringInfo(&calls, "lookup(column, '%s'), out of %s", crm_source_lookup_text(path),
						 crm_source_column_list(from));
	ereport(ERROR,
			(errcode(ERRCODE_AMBIGUOUS_COLUMN),
			 errmsg("%s foreign key of \"%s\" references \"%s\"",
					numbers == NIL ? "no" : "more than one", RelationGetRelationName(from),
					RelationGetRelationName(table)),
			 errhint("Name the column that holds the key: %s.", calls.data), errtable(table)));
}
