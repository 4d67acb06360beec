/* source_table.c - finds, locks and checks the table that is to be a source. */
#include "postgres.h"

#include <ctype.h>

#include "access/relation.h"
#include "catalog/catalog.h"
#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "nodes/makefuncs.h"
#include "storage/lmgr.h"
#include "utils/acl.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/syscache.h"
#include "utils/varlena.h"

#include "base/base.h"
#include "source/source_expression.h"
#include "source/source_lock.h"
#include "source/source_table.h"
#include "source/source_trigger.h"

static bool is_folded(const char *name);
static void check_before_lock(const RangeVar *range, Oid relation_id, Oid old_relation_id,
							  void *arg);
static void check_rights(const RangeVar *range, Oid relation_id, Oid owner);
static char *registered_relative(Oid relation_id);
static char *find_source(const char *sql, Oid relation_id);

Relation
crm_source_open_table(const char *name)
{
	Oid relation_id = crm_source_check_table(name);

	/* Renamed or replaced while it was waited for, it is another one that is meant. */
	for (;;)
	{
		Oid now;

		crm_source_lock_tree(relation_id, ShareRowExclusiveLock);
		now = crm_source_check_table(name);
		if (now == relation_id)
			return relation_open(relation_id, NoLock);
		UnlockRelationOid(relation_id, ShareRowExclusiveLock);
		relation_id = now;
	}
}

List *
crm_source_name_parts(const char *name)
{
	List *parts;
	List *names = NIL;
	ListCell *cell;

	if (!SplitIdentifierString(pstrdup(name), '.', &parts) || parts == NIL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_NAME), errmsg("\"%s\" is no name of a table", name),
						errhint("Write it as in SQL, with double quotes around what has capitals, "
								"spaces or signs: 'sales.\"Account List\"'.")));
	foreach (cell, parts)
		names = lappend(names, makeString(pstrdup(lfirst(cell))));
	return names;
}

Oid
crm_source_check_table(const char *name)
{
	RangeVar *range = makeRangeVarFromNameList(crm_source_name_parts(name));
	Oid relation_id =
		RangeVarGetRelidExtended(range, NoLock, RVR_MISSING_OK, check_before_lock, NULL);

	if (!OidIsValid(relation_id))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE), errmsg("source \"%s\" does not exist", name),
				 is_folded(name)
					 ? errhint("Without double quotes capitals are small letters; write "
							   "'sales.\"Account\"'.")
					 : errhint("Name a table, view or foreign table with its schema.")));
	return relation_id;
}

/* Has capitals that SQL does not see. */
static bool
is_folded(const char *name)
{
	bool quoted = false;

	for (; *name != '\0'; name++)
	{
		quoted ^= *name == '"';
		if (!quoted && isupper((unsigned char) *name))
			return true;
	}
	return false;
}

Oid
crm_source_lock_table(const crm_source *source)
{
	Oid relation_id = crm_source_table_id(source);

	if (!OidIsValid(relation_id))
		relation_id = crm_source_trigger_table(source->source_id);
	if (!OidIsValid(relation_id))
		ereport(ERROR,
				(errcode(ERRCODE_UNDEFINED_TABLE),
				 errmsg("table \"%s.%s\" does not exist", source->schema, source->table),
				 errhint("SELECT crm.drop_source(%s);",
						 quote_literal_cstr(crm_source_label(source->schema, source->table)))));
	crm_source_lock_tree(relation_id, ShareRowExclusiveLock);
	return relation_id;
}

Oid
crm_source_table_id(const crm_source *source)
{
	Oid namespace_id = get_namespace_oid(source->schema, true);

	return OidIsValid(namespace_id) ? get_relname_relid(source->table, namespace_id) : InvalidOid;
}

void
crm_source_refuse_registered(Relation relation)
{
	char *table = crm_relation_label(relation);
	char *registered = registered_relative(RelationGetRelid(relation));

	if (registered == NULL)
		return;
	if (strcmp(table, registered) == 0)
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT), errmsg("\"%s\" is already a source", table),
				 errhint("SELECT crm.change_source(%s, ...) changes how it is read.",
						 quote_literal_cstr(table))));
	ereport(ERROR, (errcode(ERRCODE_DUPLICATE_OBJECT),
					errmsg("rows of \"%s\" are already captured through \"%s\"", table, registered),
					errdetail("One is a partition or inheritance child of the other."),
					errhint("SELECT crm.drop_source(%s) first, or leave it so.",
							quote_literal_cstr(registered))));
}

void
crm_source_check_suitable(const char *name, Form_pg_class form)
{
	char *schema = get_namespace_name(form->relnamespace);

	if (!crm_source_has_triggers(form->relkind) && form->relkind != RELKIND_VIEW &&
		form->relkind != RELKIND_MATVIEW && form->relkind != RELKIND_FOREIGN_TABLE)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is no table, view or foreign table", name)));
	if (form->relpersistence == RELPERSISTENCE_TEMP)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is a temporary table, which others cannot read", name)));
	if (IsCatalogNamespace(form->relnamespace) || IsToastNamespace(form->relnamespace) ||
		strcmp(schema, "information_schema") == 0 || strcmp(schema, "crm") == 0 ||
		strcmp(schema, "crm_internal") == 0)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s.%s\" belongs to the system or to crm, not to a department",
							   schema, name)));
}

void
crm_source_check_columns_readable(Relation relation, List *numbers)
{
	Oid relation_id = RelationGetRelid(relation);
	ListCell *cell;

	if (pg_class_aclcheck(relation_id, GetUserId(), ACL_SELECT) == ACLCHECK_OK)
		return;
	foreach (cell, numbers)
		if (pg_attribute_aclcheck(relation_id, lfirst_int(cell), GetUserId(), ACL_SELECT) !=
			ACLCHECK_OK)
			ereport(ERROR,
					(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
					 errmsg("permission denied to read column \"%s\" of \"%s.%s\"",
							get_attname(relation_id, lfirst_int(cell), false),
							get_namespace_name(RelationGetNamespace(relation)),
							RelationGetRelationName(relation)),
					 errhint("Have its owner GRANT SELECT on it, or leave it out of the map.")));
}

List *
crm_source_present_numbers(Relation relation, const crm_source *source)
{
	List *numbers = NIL;
	ListCell *name;
	ListCell *old;

	forboth(name, source->columns, old, source->column_numbers)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(name));

		numbers = lappend_int(numbers, number ? number : lfirst_int(old));
	}
	return numbers;
}

char *
crm_source_owner(Relation relation)
{
	return GetUserNameFromId(relation->rd_rel->relowner, false);
}

List *
crm_source_column_types(Relation relation, List *names)
{
	List *types = NIL;
	ListCell *cell;

	foreach (cell, names)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(cell));
		Form_pg_attribute attribute =
			number ? TupleDescAttr(RelationGetDescr(relation), number - 1) : NULL;

		types = lappend(types, attribute == NULL
								   ? ""
								   : format_type_extended(attribute->atttypid, attribute->atttypmod,
														  FORMAT_TYPE_TYPEMOD_GIVEN |
															  FORMAT_TYPE_FORCE_QUALIFY));
	}
	return types;
}

static void
check_before_lock(const RangeVar *range, Oid relation_id, Oid old_relation_id, void *arg)
{
	HeapTuple tuple;
	Form_pg_class form;

	if (!OidIsValid(relation_id))
		return;
	tuple = SearchSysCache1(RELOID, ObjectIdGetDatum(relation_id));
	if (!HeapTupleIsValid(tuple))
		return;
	form = (Form_pg_class) GETSTRUCT(tuple);
	crm_source_check_suitable(range->relname, form);
	check_rights(range, relation_id, form->relowner);
	ReleaseSysCache(tuple);
}

static void
check_rights(const RangeVar *range, Oid relation_id, Oid owner)
{
	Oid user = GetUserId();
	bool reads =
		pg_class_aclcheck(relation_id, user, ACL_SELECT) == ACLCHECK_OK ||
		pg_attribute_aclcheck_all(relation_id, user, ACL_SELECT, ACLMASK_ANY) == ACLCHECK_OK;

	if (!reads)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("permission denied to read \"%s\"", range->relname),
						errhint("Have its owner GRANT SELECT, TRIGGER on it to %s.",
								quote_identifier(GetUserNameFromId(user, false)))));
	if (!has_privs_of_role(user, owner) &&
		pg_class_aclcheck(relation_id, user, ACL_TRIGGER) != ACLCHECK_OK)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("must own \"%s\" or hold TRIGGER on it", range->relname),
						errhint("Have its owner GRANT TRIGGER on it to %s.",
								quote_identifier(GetUserNameFromId(user, false)))));
}

char *
crm_source_read_through(Oid relation_id)
{
	/* Most have no parents, and this is asked for every table whenever somebody looks. */
	if (!has_superclass(relation_id))
		return NULL;
	return find_source(
		"WITH RECURSIVE up (id) AS (SELECT i.inhparent FROM pg_inherits i WHERE i.inhrelid = $1 "
		"UNION SELECT i.inhparent FROM pg_inherits i JOIN up ON i.inhrelid = up.id) "
		"SELECT s.schema_name || '.' || s.table_name FROM crm_internal.source s "
		"JOIN pg_namespace n ON n.nspname = s.schema_name "
		"JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name "
		"WHERE s.parent_id IS NULL AND c.oid IN (SELECT id FROM up) ORDER BY s.source_id LIMIT 1",
		relation_id);
}

/* The table itself, an ancestor or a descendant that is a source, or NULL. */
static char *
registered_relative(Oid relation_id)
{
	return find_source(
		"WITH RECURSIVE up (id) AS (SELECT $1 UNION SELECT i.inhparent FROM pg_inherits i "
		"JOIN up ON i.inhrelid = up.id), down (id) AS (SELECT $1 UNION SELECT i.inhrelid "
		"FROM pg_inherits i JOIN down ON i.inhparent = down.id) "
		"SELECT s.schema_name || '.' || s.table_name FROM crm_internal.source s "
		"JOIN pg_namespace n ON n.nspname = s.schema_name "
		"JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.table_name "
		"WHERE s.parent_id IS NULL AND c.oid IN (SELECT id FROM up UNION SELECT id FROM down) "
		"ORDER BY c.oid = $1 DESC, s.source_id LIMIT 1",
		relation_id);
}

/* The name that a query about a table gives, or NULL. */
static char *
find_source(const char *sql, Oid relation_id)
{
	MemoryContext context = CurrentMemoryContext;
	crm_user before = crm_become(crm_owner(), 0);
	int nest_level = crm_source_pin();
	Oid types[] = {OIDOID};
	Datum values[] = {ObjectIdGetDatum(relation_id)};
	char *found = NULL;

	SPI_connect();
	crm_source_execute(sql, 1, types, values, NULL, SPI_OK_SELECT);
	if (SPI_processed > 0)
		found = MemoryContextStrdup(context,
									SPI_getvalue(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1));
	SPI_finish();
	crm_source_unpin(nest_level);
	crm_restore_user(before);
	return found;
}

List *
crm_source_key_numbers(const crm_source *source, Relation relation)
{
	List *numbers = NIL;
	ListCell *cell;

	foreach (cell, source->key)
		numbers = lappend_int(numbers, crm_source_column_number(relation, lfirst(cell)));
	return numbers;
}
