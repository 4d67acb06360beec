/* source_expression.c - parses one expression over the row of a departmental table.
 *
 * The text comes from a user and is later run as the table's owner, so it never reaches a query as
 * written: it is parsed as one expression in a name space that holds only this table, checked, and
 * what is kept is the deparsed tree.
 */
#include "postgres.h"

#include "access/sysattr.h"
#include "access/table.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "parser/parse_collate.h"
#include "parser/parse_expr.h"
#include "parser/parse_relation.h"
#include "parser/parser.h"
#include "storage/lockdefs.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/regproc.h"
#include "utils/ruleutils.h"
#include "utils/syscache.h"

#include "base/base.h"
#include "source/source_expression.h"
#include "source/source_lookup.h"
#include "source/source_registry.h"

static crm_expression *column_expression(Relation relation, AttrNumber number);
static crm_expression *parsed_expression(Relation relation, const char *text, List *column_names);
static bool is_bare_expression(List *statements);
static bool names_alias(const char *text);
static Node *analyse(Relation relation, Node *raw, const char *text, List *column_names);
static void refuse_constructs(ParseState *pstate, Node *expression);
static void refuse_functions(Node *expression, Oid table_owner);
static bool foreign_function(Oid function, void *table_owner);
static bool foreign_function_walker(Node *node, void *table_owner);
static void refuse_foreign_type(Oid type, Oid table_owner);
static void refuse_castable_type(Oid type, Oid table_owner);
static Oid type_owner(Oid type, char *kind);
static bool runs_queries(Oid function);
static Bitmapset *columns_used(Relation relation, Node *expression);
static Bitmapset *all_columns(Relation relation);
static void rethrow(Relation relation, const char *text, const char *what, MemoryContext context)
	pg_attribute_noreturn();

crm_expression *
crm_source_expression(Relation relation, const char *text, const char *what, List *column_names)
{
	return crm_expression_of(relation, text, psprintf("%s of source", what), column_names);
}

crm_expression *
crm_expression_of(Relation relation, const char *text, const char *what, List *column_names)
{
	MemoryContext context = CurrentMemoryContext;
	AttrNumber number = column_names ? 0 : crm_source_column_number(relation, text);
	crm_expression *volatile result = NULL;

	if (number != 0)
		return column_expression(relation, number);
	PG_TRY();
	{
		result = parsed_expression(relation, text, column_names);
	}
	PG_CATCH();
	{
		rethrow(relation, text, what, context);
	}
	PG_END_TRY();
	return result;
}

char *
crm_source_column_list(Relation relation)
{
	StringInfoData list;

	initStringInfo(&list);
	for (int i = 0; i < RelationGetNumberOfAttributes(relation); i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), i);

		if (!attribute->attisdropped)
			appendStringInfo(&list, "%s%s", list.len ? ", " : "", NameStr(attribute->attname));
	}
	return list.data;
}

AttrNumber
crm_source_column_number(Relation relation, const char *name)
{
	for (int i = 0; i < RelationGetNumberOfAttributes(relation); i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), i);

		if (!attribute->attisdropped && strcmp(NameStr(attribute->attname), name) == 0)
			return attribute->attnum;
	}
	return 0;
}

Node *
crm_source_parse(const char *text)
{
	List *statements = raw_parser(text, RAW_PARSE_PLPGSQL_EXPR);

	if (!is_bare_expression(statements))
		ereport(ERROR, (errcode(ERRCODE_SYNTAX_ERROR), errmsg("not one expression over the row")));
	return linitial_node(ResTarget,
						 castNode(SelectStmt, linitial_node(RawStmt, statements)->stmt)->targetList)
		->val;
}

static crm_expression *
column_expression(Relation relation, AttrNumber number)
{
	Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), number - 1);
	crm_expression *result = palloc(sizeof(crm_expression));

	result->text = pstrdup(quote_identifier(NameStr(attribute->attname)));
	result->type = attribute->atttypid;
	result->columns = bms_make_singleton(number);
	result->plain_column = number;
	result->tree = (Node *) makeVar(1, number, attribute->atttypid, attribute->atttypmod,
									attribute->attcollation, 0);
	return result;
}

static crm_expression *
parsed_expression(Relation relation, const char *text, List *column_names)
{
	Node *expression = analyse(relation, crm_source_parse(text), text, column_names);
	crm_expression *result = palloc(sizeof(crm_expression));
	int nest_level;

	refuse_functions(expression, relation->rd_rel->relowner);
	result->tree = expression;
	result->type = exprType(expression);
	result->columns = columns_used(relation, expression);
	result->plain_column = IsA(expression, Var) ? ((Var *) expression)->varattno : 0;
	nest_level = crm_source_pin();
	result->text = deparse_expression(
		expression, deparse_context_for(CRM_SOURCE_ALIAS, RelationGetRelid(relation)), false,
		false);
	crm_source_unpin(nest_level);
	return result;
}

/* The grammar of PL/pgSQL expressions also lets FROM, WHERE, aliases and more pass. */
static bool
is_bare_expression(List *statements)
{
	SelectStmt *stmt;
	ResTarget *target;

	if (list_length(statements) != 1 || !IsA(linitial_node(RawStmt, statements)->stmt, SelectStmt))
		return false;
	stmt = (SelectStmt *) linitial_node(RawStmt, statements)->stmt;
	if (list_length(stmt->targetList) != 1 || stmt->op != SETOP_NONE)
		return false;
	if (stmt->distinctClause || stmt->intoClause || stmt->fromClause || stmt->whereClause ||
		stmt->groupClause || stmt->havingClause || stmt->windowClause || stmt->valuesLists ||
		stmt->sortClause || stmt->limitOffset || stmt->limitCount || stmt->lockingClause ||
		stmt->withClause)
		return false;
	target = linitial_node(ResTarget, stmt->targetList);
	return target->name == NULL && target->indirection == NIL;
}

/* A whole row, as it is deparsed; users call it by the table's name. */
static bool
names_alias(const char *text)
{
	const char *row = strstr(text, CRM_SOURCE_ALIAS ".*");

	return row != NULL &&
		   (row == text || (!isalnum((unsigned char) row[-1]) && strchr("_$\"", row[-1]) == NULL &&
							!IS_HIGHBIT_SET(row[-1])));
}

static Node *
analyse(Relation relation, Node *raw, const char *text, List *column_names)
{
	ParseState *pstate = make_parsestate(NULL);
	const char *name = names_alias(text) ? CRM_SOURCE_ALIAS : RelationGetRelationName(relation);
	Alias *alias = column_names || names_alias(text) ? makeAlias(name, column_names) : NULL;
	ParseNamespaceItem *item;
	Node *expression;

	crm_source_rewrite_lookups(raw, relation);
	pstate->p_sourcetext = text;
	item = addRangeTableEntryForRelation(pstate, relation, AccessShareLock, alias, false, true);
	addNSItemToQuery(pstate, item, true, true, true);
	expression = transformExpr(pstate, raw, EXPR_KIND_OTHER);
	refuse_constructs(pstate, expression);
	if (exprType(expression) == UNKNOWNOID)
		expression = coerce_type(pstate, expression, UNKNOWNOID, TEXTOID, -1, COERCION_IMPLICIT,
								 COERCE_IMPLICIT_CAST, -1);
	assign_expr_collations(pstate, expression);
	free_parsestate(pstate);
	return expression;
}

static void
refuse_constructs(ParseState *pstate, Node *expression)
{
	const char *found = pstate->p_hasSubLinks                ? "a subquery"
						: pstate->p_hasAggs                  ? "an aggregate function"
						: pstate->p_hasWindowFuncs           ? "a window function"
						: expression_returns_set(expression) ? "a set-returning function"
															 : NULL;

	if (found)
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("%s is not an expression over one row", found)));
}

static void
refuse_functions(Node *expression, Oid table_owner)
{
	if (contain_volatile_functions(expression))
		ereport(ERROR, (errcode(ERRCODE_INVALID_OBJECT_DEFINITION),
						errmsg("it is volatile: two looks at the same row could differ")));
	(void) foreign_function_walker(expression, &table_owner);
}

static bool
foreign_function_walker(Node *node, void *table_owner)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncExpr) && crm_source_is_lookup(((FuncExpr *) node)->funcid))
		crm_source_check_lookup((FuncExpr *) node, *(Oid *) table_owner);
	else if (check_functions_in_node(node, foreign_function, table_owner))
		return true;
	/* Its owner could make a cast of his own, which would be followed from then on. */
	if (IsA(node, CoerceViaIO))
		refuse_castable_type(exprType((Node *) ((CoerceViaIO *) node)->arg), *(Oid *) table_owner);
	if (!IsA(node, Var) && !IsA(node, List) && !IsA(node, CaseWhen))
		refuse_foreign_type(exprType(node), *(Oid *) table_owner);
	return expression_tree_walker(node, foreign_function_walker, table_owner);
}

/* Expressions run as the table's owner, so a third party's function would act with his rights. */
static bool
foreign_function(Oid function, void *table_owner)
{
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	owner = ((Form_pg_proc) GETSTRUCT(tuple))->proowner;
	ReleaseSysCache(tuple);
	if (owner != *(Oid *) table_owner && !superuser_arg(owner))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("function %s belongs neither to the table's owner nor to a superuser",
						format_procedure(function))));
	/* What the owner may run is not the caller's to see the results of because of that. */
	if (pg_proc_aclcheck(function, GetUserId(), ACL_EXECUTE) != ACLCHECK_OK)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied for function %s", format_procedure(function))));
	/* By its name it was looked at; by an operator it could read what the row says. */
	if (runs_queries(function) || crm_source_is_lookup(function))
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("function %s reads more than one row", format_procedure(function))));
	return false;
}

/*
 * Making a value of a domain runs the checks of whoever owns the domain, also within a composite
 * type or a range. Values that are in the row already are not checked again.
 */
static void
refuse_foreign_type(Oid type, Oid table_owner)
{
	char kind;
	Oid owner = type_owner(type, &kind);

	if (kind == TYPTYPE_BASE || kind == TYPTYPE_ENUM || kind == TYPTYPE_PSEUDO)
		return;
	if (owner != table_owner && !superuser_arg(owner))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("type %s belongs neither to the table's owner nor to a superuser",
							   format_type_be(type))));
}

static void
refuse_castable_type(Oid type, Oid table_owner)
{
	char kind;
	Oid owner = type_owner(getBaseType(type), &kind);

	if (owner != table_owner && !superuser_arg(owner))
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("type %s belongs neither to the table's owner nor to a superuser",
							   format_type_be(type)),
						errdetail("The cast from it could be made another by its owner.")));
}

/* Of an array that of its elements. */
static Oid
type_owner(Oid type, char *kind)
{
	Oid element = get_element_type(type);
	HeapTuple tuple =
		SearchSysCache1(TYPEOID, ObjectIdGetDatum(OidIsValid(element) ? element : type));
	Oid owner;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for type %u", type);
	*kind = ((Form_pg_type) GETSTRUCT(tuple))->typtype;
	owner = ((Form_pg_type) GETSTRUCT(tuple))->typowner;
	ReleaseSysCache(tuple);
	return owner;
}

/* A view of a third party that such a function reads would run its functions as the owner. */
static bool
runs_queries(Oid function)
{
	switch (function)
	{
		case F_TABLE_TO_XML:
		case F_TABLE_TO_XML_AND_XMLSCHEMA:
		case F_SCHEMA_TO_XML:
		case F_SCHEMA_TO_XML_AND_XMLSCHEMA:
		case F_DATABASE_TO_XML:
		case F_DATABASE_TO_XML_AND_XMLSCHEMA:
			return true;
		default:
			return false;
	}
}

static Bitmapset *
columns_used(Relation relation, Node *expression)
{
	Bitmapset *offset = NULL;
	Bitmapset *columns = NULL;
	int member = -1;

	pull_varattnos(expression, 1, &offset);
	while ((member = bms_next_member(offset, member)) >= 0)
	{
		AttrNumber number = member + FirstLowInvalidHeapAttributeNumber;

		if (number < 0)
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("a system column is no part of what a department asserts")));
		if (number == 0)
			return all_columns(relation);
		columns = bms_add_member(columns, number);
	}
	return columns;
}

static Bitmapset *
all_columns(Relation relation)
{
	Bitmapset *columns = NULL;

	for (int i = 0; i < RelationGetNumberOfAttributes(relation); i++)
		if (!TupleDescAttr(RelationGetDescr(relation), i)->attisdropped)
			columns = bms_add_member(columns, i + 1);
	return columns;
}

/* The server's message, with the table and what the expression is for. */
static void
rethrow(Relation relation, const char *text, const char *what, MemoryContext context)
{
	ErrorData *error;
	int code;

	MemoryContextSwitchTo(context);
	error = CopyErrorData();
	code = error->sqlerrcode;
	if (ERRCODE_TO_CATEGORY(code) == ERRCODE_OPERATOR_INTERVENTION ||
		ERRCODE_TO_CATEGORY(code) == ERRCODE_INSUFFICIENT_RESOURCES ||
		code == ERRCODE_LOCK_NOT_AVAILABLE || code == ERRCODE_T_R_DEADLOCK_DETECTED)
		PG_RE_THROW();
	FlushErrorState();
	ereport(ERROR,
			(errcode(code),
			 errmsg("%s \"%s.%s\" is not usable: %s", what,
					get_namespace_name(RelationGetNamespace(relation)),
					RelationGetRelationName(relation), error->message),
			 error->detail ? errdetail("%s", error->detail) : 0,
			 error->table_name && error->hint
				 ? errhint("%s", error->hint)
				 : errhint("Write a column or one immutable or stable SQL expression over the row. "
						   "The columns are: %s.",
						   crm_source_column_list(relation)),
			 internalerrquery(text),
			 error->cursorpos > 0 ? internalerrposition(error->cursorpos) : 0));
}
