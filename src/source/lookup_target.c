/* lookup_target.c - finds the table of a look-up's step and decides who may look there. */
#include "postgres.h"

#include "access/relation.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "parser/parse_coerce.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/typcache.h"

#include "base/base.h"
#include "source/lookup.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_registry.h"

static void check_kind(Relation relation);
static AttrNumber column_number(Relation relation, const char *name);
static AttrNumber default_key(Relation relation);
static void check_key_type(const crm_lookup_target *target);
static void check_column_type(const crm_lookup_target *target);
static bool may_read(const crm_lookup_target *target, AttrNumber number, Oid user);
static void check_schema(const char *name);
static void refuse_schema(const char *schema, Oid user) pg_attribute_noreturn();
static void refuse_reader(Oid user, const char *wrong, const char *grant) pg_attribute_noreturn();
static bool is_whole(Oid type);
static char *label(const crm_lookup_target *target);

void
crm_lookup_find(const crm_lookup_path *path, crm_lookup_target *target)
{
	Relation relation = relation_open(crm_lookup_table(path), NoLock);

	crm_lookup_fill(path, relation, target);
	relation_close(relation, NoLock);
}

Oid
crm_lookup_table(const crm_lookup_path *path)
{
	RangeVar *range =
		makeRangeVar(path->schema[0] ? pstrdup(path->schema) : NULL, pstrdup(path->table), -1);
	Oid id;

	check_schema(path->schema);
	id = RangeVarGetRelid(range, AccessShareLock, true);
	if (!OidIsValid(id))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("table \"%s\" of a look-up does not exist",
							   path->schema[0] ? crm_source_label(path->schema, path->table)
											   : path->table),
						errhint("Name the table, with its schema, in which the value is."),
						err_generic_string(PG_DIAG_TABLE_NAME, path->table)));
	return id;
}

void
crm_lookup_fill(const crm_lookup_path *path, Relation relation, crm_lookup_target *target)
{
	TupleDesc desc = RelationGetDescr(relation);
	char kind = relation->rd_rel->relkind;

	check_kind(relation);
	target->relation = RelationGetRelid(relation);
	target->schema = get_namespace_name(RelationGetNamespace(relation));
	target->table = pstrdup(RelationGetRelationName(relation));
	target->key = path->key[0] ? column_number(relation, path->key) : default_key(relation);
	target->key_name = pstrdup(NameStr(TupleDescAttr(desc, target->key - 1)->attname));
	target->key_type = getBaseType(TupleDescAttr(desc, target->key - 1)->atttypid);
	target->column = column_number(relation, path->column);
	target->column_name = pstrdup(NameStr(TupleDescAttr(desc, target->column - 1)->attname));
	target->column_type = TupleDescAttr(desc, target->column - 1)->atttypid;
	target->may_vary =
		kind == RELKIND_VIEW || check_enable_rls(target->relation, InvalidOid, true) != RLS_NONE;
	check_key_type(target);
	check_column_type(target);
}

void
crm_lookup_check_rights(const crm_lookup_target *target, Oid user)
{
	char *role = pstrdup(quote_identifier(GetUserNameFromId(user, false)));
	char *columns = pstrdup(quote_identifier(target->key_name));

	if (target->column != target->key)
		columns = psprintf("%s, %s", columns, quote_identifier(target->column_name));
	if (pg_namespace_aclcheck(get_rel_namespace(target->relation), user, ACL_USAGE) != ACLCHECK_OK)
		refuse_schema(target->schema, user);
	if (!may_read(target, target->key, user) || !may_read(target, target->column, user))
		refuse_reader(user,
					  psprintf("role %s may not read %s of \"%s\"", role, columns, label(target)),
					  psprintf("GRANT SELECT (%s) ON %s TO %s;", columns,
							   quote_qualified_identifier(target->schema, target->table), role));
}

crm_lookup_road
crm_lookup_road_of(Oid from, const crm_lookup_target *target)
{
	Oid base = getBaseType(from);
	Oid to = target->key_type;
	char category;
	bool preferred;

	if (base == to || IsBinaryCoercible(base, to))
		return CRM_LOOKUP_SAME;
	if (is_whole(base) && is_whole(to))
		return CRM_LOOKUP_WHOLE;
	get_type_category_preferred(base, &category, &preferred);
	if (category == TYPCATEGORY_STRING || TypeCategory(to) == TYPCATEGORY_STRING ||
		category == TypeCategory(to))
		return CRM_LOOKUP_BY_TEXT;
	ereport(ERROR,
			(errcode(ERRCODE_DATATYPE_MISMATCH),
			 errmsg("a key of type %s is looked up in column \"%s\" of \"%s\", of type %s",
					format_type_be(from), target->key_name, label(target), format_type_be(to)),
			 errhint("Name the column whose values the key has: '%s(column).%s'.",
					 quote_qualified_identifier(target->schema, target->table),
					 quote_identifier(target->column_name)),
			 err_generic_string(PG_DIAG_TABLE_NAME, target->table)));
}

static void
check_kind(Relation relation)
{
	switch (relation->rd_rel->relkind)
	{
		case RELKIND_RELATION:
		case RELKIND_PARTITIONED_TABLE:
		case RELKIND_VIEW:
		case RELKIND_MATVIEW:
		case RELKIND_FOREIGN_TABLE:
			return;
		default:
			ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
							errmsg("\"%s\" is no table, view or foreign table",
								   RelationGetRelationName(relation)),
							errtable(relation)));
	}
}

static AttrNumber
column_number(Relation relation, const char *name)
{
	AttrNumber number = crm_source_column_number(relation, name);

	if (number == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("column \"%s\" of \"%s\", of a look-up, does not exist", name,
							   crm_relation_label(relation)),
						errhint("The columns are: %s.", crm_source_column_list(relation)),
						errtable(relation)));
	return number;
}

static AttrNumber
default_key(Relation relation)
{
	List *key = crm_source_key_found(relation);

	if (list_length(key) != 1)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_TABLE_DEFINITION),
				 errmsg("\"%s\" has no primary key of one column by which to look up",
						RelationGetRelationName(relation)),
				 errhint("Name the column in parentheses: '%s(column).column'. The columns are: "
						 "%s.",
						 crm_table_qualified(RelationGetRelid(relation)),
						 crm_source_column_list(relation)),
				 errtable(relation)));
	return linitial_int(key);
}

/* To make or compare values of other types could run functions of whoever owns the type. */
static void
check_key_type(const crm_lookup_target *target)
{
	char type = get_typtype(target->key_type);

	if ((type == TYPTYPE_BASE || type == TYPTYPE_ENUM) &&
		!OidIsValid(get_element_type(target->key_type)) &&
		OidIsValid(lookup_type_cache(target->key_type, TYPECACHE_EQ_OPR)->eq_opr))
		return;
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("column \"%s\" of \"%s\" is of type %s, by which nothing is looked up",
						   target->key_name, label(target), format_type_be(target->key_type)),
					errhint("Name another column in parentheses: '%s(column).%s'.",
							quote_qualified_identifier(target->schema, target->table),
							quote_identifier(target->column_name)),
					err_generic_string(PG_DIAG_TABLE_NAME, target->table)));
}

static void
check_column_type(const crm_lookup_target *target)
{
	if (type_is_rowtype(getBaseType(target->column_type)))
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("column \"%s\" of \"%s\" is of type %s", target->column_name,
							   label(target), format_type_be(target->column_type)),
						errhint("Look one value up, not a whole row."),
						err_generic_string(PG_DIAG_TABLE_NAME, target->table)));
}

static bool
may_read(const crm_lookup_target *target, AttrNumber number, Oid user)
{
	return pg_class_aclcheck(target->relation, user, ACL_SELECT) == ACLCHECK_OK ||
		   pg_attribute_aclcheck(target->relation, number, user, ACL_SELECT) == ACLCHECK_OK;
}

/* The server's own complaint would not say how to mend it. */
static void
check_schema(const char *name)
{
	Oid schema = name[0] ? get_namespace_oid(name, true) : InvalidOid;

	if (OidIsValid(schema) && pg_namespace_aclcheck(schema, GetUserId(), ACL_USAGE) != ACLCHECK_OK)
		refuse_schema(name, GetUserId());
}

static void
refuse_schema(const char *schema, Oid user)
{
	char *role = pstrdup(quote_identifier(GetUserNameFromId(user, false)));

	refuse_reader(user, psprintf("role %s may not use schema \"%s\"", role, schema),
				  psprintf("GRANT USAGE ON SCHEMA %s TO %s;", quote_identifier(schema), role));
}

static void
refuse_reader(Oid user, const char *wrong, const char *grant)
{
	ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE), errmsg("%s, of a look-up", wrong),
					user == GetUserId()
						? 0
						: errdetail("Expressions run as the owner of the table whose rows they "
									"read."),
					errhint("%s", grant), err_generic_string(PG_DIAG_TABLE_NAME, "")));
}

static bool
is_whole(Oid type)
{
	return type == INT2OID || type == INT4OID || type == INT8OID;
}

static char *
label(const crm_lookup_target *target)
{
	return crm_source_label(target->schema, target->table);
}
