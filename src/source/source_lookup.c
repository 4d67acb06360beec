/* source_lookup.c - rewrites lookup(...) in an expression when it is registered.
 *
 * What is kept names everything: the table with its schema, the key column, and the column of the
 * row that holds the key. So neither a search path nor a foreign key that comes or goes later
 * changes what a source says.
 */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "parser/parse_func.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "source/lookup.h"
#include "source/source_key.h"
#include "source/source_lookup.h"
#include "source/source_lookup_key.h"
#include "source/source_table.h"

static bool rewrite_walker(Node *node, void *relation);
static bool is_lookup_call(const FuncCall *call);
static void rewrite_call(FuncCall *call, Relation relation);
static List *rewrite_steps(List *paths, Relation from, const char *column);
static Relation open_table(const crm_lookup_path *path, Relation from);
static Node *string_node(char *text);
static char *path_constant(const FuncExpr *call, int step, Node *element);

void
crm_source_rewrite_lookups(Node *raw, Relation relation)
{
	(void) rewrite_walker(raw, relation);
}

bool
crm_source_is_lookup(Oid function)
{
	Oid types[] = {ANYELEMENTOID, TEXTARRAYOID};

	return function ==
		   LookupFuncName(list_make2(makeString("crm"), makeString("lookup")), 2, types, true);
}

void
crm_source_check_lookup(const FuncExpr *call, Oid table_owner)
{
	Oid key_type = exprType(linitial(call->args));
	Node *path = lsecond(call->args);
	ListCell *cell;

	if (!IsA(path, ArrayExpr))
		path_constant(call, 0, path);
	foreach (cell, ((ArrayExpr *) path)->elements)
	{
		crm_lookup_path step;
		crm_lookup_target target;
		const char *wrong = crm_lookup_path_parse(
			path_constant(call, foreach_current_index(cell), lfirst(cell)), &step);

		if (wrong != NULL)
			ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("%s", wrong)));
		crm_lookup_find(&step, &target);
		crm_lookup_check_rights(&target, table_owner);
		crm_lookup_check_trust(&target, table_owner);
		(void) crm_lookup_road_of(key_type, &target);
		key_type = target.column_type;
	}
}

char *
crm_source_lookup_text(const crm_lookup_path *path)
{
	StringInfoData text;

	initStringInfo(&text);
	if (path->schema[0])
		appendStringInfo(&text, "%s.", quote_identifier(path->schema));
	appendStringInfoString(&text, quote_identifier(path->table));
	if (path->key[0])
		appendStringInfo(&text, "(%s)", quote_identifier(path->key));
	appendStringInfo(&text, ".%s", quote_identifier(path->column));
	return text.data;
}

static bool
rewrite_walker(Node *node, void *relation)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncCall) && is_lookup_call((FuncCall *) node))
		rewrite_call((FuncCall *) node, relation);
	return raw_expression_tree_walker(node, rewrite_walker, relation);
}

static bool
is_lookup_call(const FuncCall *call)
{
	const char *name = strVal(llast(call->funcname));

	return strcmp(name, "lookup") == 0 && (list_length(call->funcname) == 1 ||
										   (list_length(call->funcname) == 2 &&
											strcmp(strVal(linitial(call->funcname)), "crm") == 0));
}

static void
rewrite_call(FuncCall *call, Relation relation)
{
	Node *key = NULL;
	List *locations;
	List *paths = crm_lookup_arguments(call, &key, &locations);
	crm_lookup_path *first = linitial(paths);
	char *column = crm_lookup_plain_column(key);
	ListCell *cell;

	if (key == NULL)
	{
		Relation table = open_table(first, relation);
		ColumnRef *reference = makeNode(ColumnRef);

		column = crm_lookup_referencing_column(relation, table, first);
		relation_close(table, NoLock);
		reference->fields = list_make1(makeString(column));
		reference->location = call->location;
		key = (Node *) reference;
	}
	paths = rewrite_steps(paths, relation, column);
	call->funcname = list_make2(makeString("crm"), makeString("lookup"));
	call->func_variadic = false;
	call->args = list_make1(key);
	foreach (cell, paths)
		call->args = lappend(call->args, string_node(lfirst(cell)));
}

/* column: of from, the table of the row, whose value is the first key, or NULL. */
static List *
rewrite_steps(List *paths, Relation from, const char *column)
{
	List *texts = NIL;
	Relation before = from;
	ListCell *cell;

	foreach (cell, paths)
	{
		crm_lookup_path *path = lfirst(cell);
		Relation table = open_table(path, from);
		crm_lookup_target target;

		if (path->key[0] == '\0')
			crm_lookup_set_referenced_key(path, before, column, table);
		crm_lookup_fill(path, table, &target);
		/* What the owner may read is not the caller's to see because of that. */
		crm_lookup_check_rights(&target, GetUserId());
		strlcpy(path->schema, target.schema, sizeof(path->schema));
		strlcpy(path->key, target.key_name, sizeof(path->key));
		texts = lappend(texts, crm_source_lookup_text(path));
		if (cell != list_head(paths))
			relation_close(before, NoLock);
		before = table; /* which may be from once more, opened a second time */
		column = path->column;
	}
	relation_close(before, NoLock);
	return texts;
}

/* Without a schema: the one of the row's own table, then the caller's search path. */
static Relation
open_table(const crm_lookup_path *path, Relation from)
{
	crm_lookup_path found = *path;
	Relation table;

	if (path->schema[0] == '\0' &&
		OidIsValid(get_relname_relid(path->table, RelationGetNamespace(from))))
		strlcpy(found.schema, get_namespace_name(RelationGetNamespace(from)), sizeof(found.schema));
	table = relation_open(crm_lookup_table(&found), NoLock);
	crm_source_check_suitable(path->table, table->rd_rel);
	return table;
}

static Node *
string_node(char *text)
{
	A_Const *constant = makeNode(A_Const);

	constant->val.sval.type = T_String;
	constant->val.sval.sval = text;
	constant->location = -1;
	return (Node *) constant;
}

static char *
path_constant(const FuncExpr *call, int step, Node *element)
{
	if (!IsA(element, Const) || ((Const *) element)->constisnull ||
		((Const *) element)->consttype != TEXTOID)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("step %d of a look-up is not a constant", step + 1)));
	return TextDatumGetCString(((Const *) element)->constvalue);
}
