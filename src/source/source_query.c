/* source_query.c - builds the SELECT of a source. */
#include "postgres.h"

#include "access/table.h"
#include "catalog/namespace.h"
#include "catalog/pg_operator.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/jsonb.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/typcache.h"

#include "source/key_text.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_link.h"
#include "source/source_query.h"
#include "source/source_row.h"

static void look_at_table(const crm_source *source, crm_source_query *query);
static void find_key_types(const crm_source *source, Relation relation, crm_source_query *query);
static char *order_of_detail(const crm_source *source, Relation relation);
static char *column_texts(const crm_source *source, Relation relation, List *columns,
						  const char *before_first);
static char *given_keys(const crm_source *source);
static void append_items(StringInfo sql, const crm_source *source);
static void append_key_condition(StringInfo sql, const crm_source *source,
								 const crm_source_query *query);
static char **split_key(const char *key, int nparts);

crm_source_query *
crm_source_query_build(const crm_source *source, crm_source_scope scope)
{
	crm_source_query *query = palloc0(sizeof(crm_source_query));
	StringInfoData sql;
	bool filtered = source->filter != NULL && scope != CRM_SCOPE_BARE;

	look_at_table(source, query);
	initStringInfo(&sql);
	appendStringInfoString(&sql, "SELECT ");
	appendStringInfoString(&sql, scope == CRM_SCOPE_GIVEN ? given_keys(source) : query->keys);
	if (scope == CRM_SCOPE_KEYS || scope == CRM_SCOPE_ALL || scope == CRM_SCOPE_GIVEN)
	{
		append_items(&sql, source);
		appendStringInfoString(&sql, query->anchors);
	}
	appendStringInfo(
		&sql,
		scope == CRM_SCOPE_GIVEN
			? " FROM pg_catalog.jsonb_populate_record(NULL::%s, $1) AS " CRM_SOURCE_ALIAS
			: " FROM %s AS " CRM_SOURCE_ALIAS,
		crm_source_qualified(source));
	if (scope == CRM_SCOPE_KEYS)
		append_key_condition(&sql, source, query);
	if (filtered)
		appendStringInfo(&sql, " %s (%s)", scope == CRM_SCOPE_KEYS ? "AND" : "WHERE",
						 source->filter);
	if (query->order && scope == CRM_SCOPE_KEYS)
		appendStringInfo(&sql, " ORDER BY %s", query->order);
	query->sql = sql.data;
	return query;
}

Datum *
crm_source_query_params(const crm_source_query *query, const char *const *keys, int nkeys)
{
	Datum *params = palloc(query->nkeys * sizeof(Datum));
	char ***parts = palloc(Max(nkeys, 1) * sizeof(char **));

	for (int i = 0; i < nkeys; i++)
		parts[i] = split_key(keys[i], query->nkeys);
	for (int column = 0; column < query->nkeys; column++)
	{
		Oid type = query->key_types[column];
		Datum *elements = palloc(Max(nkeys, 1) * sizeof(Datum));
		Oid input;
		Oid io_param;
		int16 length;
		bool by_value;
		char align;

		getTypeInputInfo(type, &input, &io_param);
		get_typlenbyvalalign(type, &length, &by_value, &align);
		for (int i = 0; i < nkeys; i++)
			elements[i] = OidInputFunctionCall(input, parts[i][column], io_param, -1);
		params[column] =
			PointerGetDatum(construct_array(elements, nkeys, type, length, by_value, align));
	}
	return params;
}

char *
crm_source_equality(Oid type)
{
	Oid equals = lookup_type_cache(type, TYPECACHE_EQ_OPR)->eq_opr;
	HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(equals));
	Form_pg_operator form;
	char *name;

	if (!HeapTupleIsValid(tuple))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_FUNCTION),
				 errmsg("type %s of a key column has no equality operator", format_type_be(type))));
	form = (Form_pg_operator) GETSTRUCT(tuple);
	name = psprintf("OPERATOR(%s.%s)", quote_identifier(get_namespace_name(form->oprnamespace)),
					NameStr(form->oprname));
	ReleaseSysCache(tuple);
	return name;
}

static void
look_at_table(const crm_source *source, crm_source_query *query)
{
	Relation relation =
		table_openrv(makeRangeVar(source->schema, source->table, -1), AccessShareLock);

	find_key_types(source, relation, query);
	query->keys = column_texts(source, relation, source->key, "");
	query->anchors = column_texts(source, relation, source->anchors, ", ");
	if (source->role == CRM_ROLE_DETAIL)
		query->order = order_of_detail(source, relation);
	table_close(relation, NoLock);
}

/*
 * Small integers are looked up by large ones, with the same index: what equals the key of another
 * table may be of another size.
 */
static void
find_key_types(const crm_source *source, Relation relation, crm_source_query *query)
{
	ListCell *cell;
	int i = 0;

	query->nkeys = list_length(source->key);
	query->key_types = palloc(query->nkeys * sizeof(Oid));
	query->param_types = palloc(query->nkeys * sizeof(Oid));
	foreach (cell, source->key)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(cell));
		Oid type;

		if (number == 0)
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
							errmsg("key column \"%s\" does not exist", (char *) lfirst(cell))));
		type = getBaseType(TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid);
		if (type == INT2OID || type == INT4OID)
			type = INT8OID;
		query->key_types[i] = type;
		query->param_types[i] = get_array_type(type);
		if (!OidIsValid(query->param_types[i]))
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
							errmsg("key column \"%s\" is of type %s, which cannot be looked up",
								   (char *) lfirst(cell), format_type_be(type))));
		i++;
	}
}

/*
 * The order of a detail's rows is that of its values: it must be the same after a dump and restore,
 * also under another collation. Without a key, rows that read the same may change places.
 */
static char *
order_of_detail(const crm_source *source, Relation relation)
{
	List *key = crm_source_key_found(relation);
	StringInfoData order;
	ListCell *cell;

	initStringInfo(&order);
	if (source->preferred)
		appendStringInfo(&order, "((%s) IS TRUE) DESC", source->preferred);
	foreach (cell, key)
	{
		Form_pg_attribute column = TupleDescAttr(RelationGetDescr(relation), lfirst_int(cell) - 1);

		appendStringInfo(&order, "%s" CRM_SOURCE_ALIAS ".%s%s", order.len ? ", " : "",
						 quote_identifier(NameStr(column->attname)),
						 OidIsValid(column->attcollation) ? " COLLATE pg_catalog.\"C\"" : "");
	}
	if (key == NIL)
		foreach (cell, source->items)
			appendStringInfo(&order, "%spg_catalog.concat(%s) COLLATE pg_catalog.\"C\"",
							 order.len ? ", " : "", ((crm_source_item *) lfirst(cell))->expression);
	return order.len ? order.data : NULL;
}

/* As capture writes them: by the output function where a cast would be somebody's own. */
static char *
column_texts(const crm_source *source, Relation relation, List *columns, const char *before_first)
{
	StringInfoData texts;
	ListCell *cell;

	initStringInfo(&texts);
	foreach (cell, columns)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(cell));
		bool cast =
			number == 0 ||
			crm_key_is_cast(TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid);

		appendStringInfo(&texts, "%s(" CRM_SOURCE_ALIAS ".%s)%s",
						 foreach_current_index(cell) ? ", " : before_first,
						 quote_identifier(lfirst(cell)), cast ? "::pg_catalog.text" : "");
	}
	return texts.data;
}

/* A row that is not stored yet need not have its key: an empty text stands for what is missing. */
static char *
given_keys(const crm_source *source)
{
	StringInfoData keys;
	ListCell *cell;

	initStringInfo(&keys);
	foreach (cell, source->key)
		appendStringInfo(&keys, "%sCOALESCE($1 OPERATOR(pg_catalog.->>) %s, '')",
						 foreach_current_index(cell) ? ", " : "", quote_literal_cstr(lfirst(cell)));
	return keys.data;
}

/* What becomes text later does so by output functions: a cast could be one of the type's owner. */
static void
append_items(StringInfo sql, const crm_source *source)
{
	ListCell *cell;

	if (source->kind && !crm_source_is_kind(source->kind))
		appendStringInfo(sql, ", (%s)", source->kind);
	else
		appendStringInfoString(sql, ", NULL::pg_catalog.text");
	appendStringInfo(sql, ", (%s)", source->region ? source->region : "NULL::pg_catalog.text");
	appendStringInfo(sql, ", (%s)::pg_catalog.timestamptz",
					 source->changed_at ? source->changed_at : "NULL");
	if (source->entered_by)
		appendStringInfo(sql, ", (%s)", source->entered_by);
	crm_source_append_link(sql, source);
	foreach (cell, source->items)
		appendStringInfo(sql, ", (%s)", ((crm_source_item *) lfirst(cell))->expression);
}

/*
 * Typed parameters, so that the table's own index serves the look-up. The casts do nothing but make
 * the SQL, by which plans are kept, differ once a key column is retyped.
 */
static void
append_key_condition(StringInfo sql, const crm_source *source, const crm_source_query *query)
{
	ListCell *cell;

	if (query->nkeys == 1)
	{
		appendStringInfo(sql, " WHERE " CRM_SOURCE_ALIAS ".%s %s ANY ($1::%s)",
						 quote_identifier(linitial(source->key)),
						 crm_source_equality(query->key_types[0]),
						 crm_source_type_name(query->param_types[0]));
		return;
	}
	appendStringInfoString(sql, " WHERE EXISTS (SELECT 1 FROM ROWS FROM (");
	for (int i = 1; i <= query->nkeys; i++)
		appendStringInfo(sql, "%spg_catalog.unnest($%d::%s)", i == 1 ? "" : ", ", i,
						 crm_source_type_name(query->param_types[i - 1]));
	appendStringInfoString(sql, ") AS crm_wanted (");
	for (int i = 1; i <= query->nkeys; i++)
		appendStringInfo(sql, "%sk%d", i == 1 ? "" : ", ", i);
	appendStringInfoString(sql, ") WHERE ");
	foreach (cell, source->key)
	{
		int i = foreach_current_index(cell);

		appendStringInfo(sql, "%s" CRM_SOURCE_ALIAS ".%s %s crm_wanted.k%d", i ? " AND " : "",
						 quote_identifier(lfirst(cell)), crm_source_equality(query->key_types[i]),
						 i + 1);
	}
	appendStringInfoChar(sql, ')');
}

static char **
split_key(const char *key, int nparts)
{
	char **parts = palloc0(nparts * sizeof(char *));
	Jsonb *array;
	int i;

	parts[0] = pstrdup(key);
	if (nparts == 1)
		return parts;
	array = DatumGetJsonbP(DirectFunctionCall1(jsonb_in, CStringGetDatum(key)));
	for (i = 0; i < nparts && JB_ROOT_IS_ARRAY(array); i++)
	{
		JsonbValue *value = getIthJsonbValueFromContainer(&array->root, i);

		if (value == NULL || value->type != jbvString)
			break;
		parts[i] = pnstrdup(value->val.string.val, value->val.string.len);
	}
	if (i < nparts || JB_ROOT_COUNT(array) != nparts)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TEXT_REPRESENTATION),
						errmsg("not a key of %d columns", nparts)));
	return parts;
}
