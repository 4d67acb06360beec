/* source_key.c - finds and checks what identifies a row of a departmental table. */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "executor/spi.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_read.h"
#include "source/source_registry.h"
#include "source/source_table.h"

typedef struct key_look
{
	Relation relation;
	char *columns;
	bool broken;
} key_look;

static void look_at_rows(void *arg);
static List *named_key(Relation relation, List *named);
static bool has_indexes(Relation relation);
static bool has_plain_children(Relation relation);
static List *unique_columns(Relation relation, Oid index_id, bool nullable, bool *primary);
static bool column_is_nullable(Relation relation, AttrNumber number);
static char *key_candidates(Relation relation);
static void refuse_broken(Relation relation, List *numbers);

List *
crm_source_key(Relation relation, List *named)
{
	List *numbers;

	if (named != NIL)
		numbers = named_key(relation, named);
	else if (!has_indexes(relation))
		ereport(ERROR, (errcode(ERRCODE_INVALID_TABLE_DEFINITION),
						errmsg("source \"%s\" has no key: a view or foreign table has none by "
							   "itself",
							   crm_relation_label(relation)),
						errhint("Name the columns that identify a row: key => '{...}', out of %s.",
								crm_source_column_list(relation))));
	else
		numbers = crm_source_key_found(relation);
	if (numbers == NIL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_TABLE_DEFINITION),
						errmsg("source \"%s\" has no usable key: neither a primary key nor a "
							   "unique index over NOT NULL columns",
							   crm_relation_label(relation)),
						errhint("%s", key_candidates(relation))));
	if (!crm_source_key_is_indexed(relation, numbers))
		refuse_broken(relation, numbers);
	return numbers;
}

List *
crm_source_key_found(Relation relation)
{
	List *best = NIL;
	ListCell *cell;

	if (!has_indexes(relation))
		return NIL;
	foreach (cell, RelationGetIndexList(relation))
	{
		bool primary;
		List *columns = unique_columns(relation, lfirst_oid(cell), false, &primary);

		if (columns != NIL && primary)
			return columns;
		if (columns != NIL && (best == NIL || list_length(columns) < list_length(best)))
			best = columns;
	}
	return best;
}

/* An index of a parent says nothing about the rows of its inheritance children. */
bool
crm_source_key_is_indexed(Relation relation, List *numbers)
{
	ListCell *cell;

	if (!has_indexes(relation) || has_plain_children(relation))
		return false;
	foreach (cell, RelationGetIndexList(relation))
	{
		bool primary;
		List *columns = unique_columns(relation, lfirst_oid(cell), false, &primary);

		if (columns != NIL && list_difference_int(columns, numbers) == NIL)
			return true;
	}
	return false;
}

/*
 * To read a view, or a table with row security, runs its owner's functions: never with the rights
 * of whoever registers it.
 */
bool
crm_source_key_is_broken(Relation relation, List *numbers)
{
	crm_source source = {
		.schema = get_namespace_name(RelationGetNamespace(relation)),
		.table = RelationGetRelationName(relation),
	};
	key_look look = {relation, crm_source_quoted_columns(relation, numbers), false};
	ErrorData *error = crm_source_guarded(&source, look_at_rows, &look);

	if (error != NULL)
		crm_source_raise_unreadable(
			relation, error, "The rows are looked at because no unique index vouches for the key.");
	return look.broken;
}

/* Without a type modifier "character" would mean character(1); this gives pg_catalog.bpchar. */
char *
crm_source_type_name(Oid type)
{
	return format_type_extended(type, -1, FORMAT_TYPE_TYPEMOD_GIVEN | FORMAT_TYPE_FORCE_QUALIFY);
}

List *
crm_source_column_names(Relation relation, List *numbers)
{
	List *names = NIL;
	ListCell *cell;

	foreach (cell, numbers)
		names = lappend(
			names, pstrdup(NameStr(
					   TupleDescAttr(RelationGetDescr(relation), lfirst_int(cell) - 1)->attname)));
	return names;
}

char *
crm_source_quoted_columns(Relation relation, List *numbers)
{
	StringInfoData list;
	ListCell *cell;

	initStringInfo(&list);
	foreach (cell, crm_source_column_names(relation, numbers))
		appendStringInfo(&list, "%s%s", list.len ? ", " : "", quote_identifier(lfirst(cell)));
	return list.data;
}

/* Runs under crm_source_guarded(). */
static void
look_at_rows(void *arg)
{
	key_look *look = arg;
	Relation relation = look->relation;

	crm_source_execute(psprintf("SELECT 1 FROM %s GROUP BY %s HAVING pg_catalog.count(*) "
								"OPERATOR(pg_catalog.>) 1 OR NOT (ROW(%s) IS NOT NULL) LIMIT 1",
								crm_table_qualified(RelationGetRelid(relation)), look->columns,
								look->columns),
					   0, NULL, NULL, NULL, SPI_OK_SELECT);
	look->broken = SPI_processed > 0;
}

static List *
named_key(Relation relation, List *named)
{
	List *numbers = NIL;
	ListCell *cell;

	foreach (cell, named)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(cell));

		if (number == 0 || list_member_int(numbers, number))
			ereport(ERROR,
					(errcode(number ? ERRCODE_DUPLICATE_COLUMN : ERRCODE_UNDEFINED_COLUMN),
					 number
						 ? errmsg("key of source \"%s\" names column \"%s\" twice",
								  crm_relation_label(relation), (char *) lfirst(cell))
						 : errmsg("key of source \"%s\" names column \"%s\", which does not exist",
								  crm_relation_label(relation), (char *) lfirst(cell)),
					 errhint("The columns are: %s.", crm_source_column_list(relation))));
		numbers = lappend_int(numbers, number);
	}
	return numbers;
}

static bool
has_indexes(Relation relation)
{
	char kind = relation->rd_rel->relkind;

	return kind == RELKIND_RELATION || kind == RELKIND_PARTITIONED_TABLE || kind == RELKIND_MATVIEW;
}

static bool
has_plain_children(Relation relation)
{
	return relation->rd_rel->relkind == RELKIND_RELATION &&
		   list_length(find_inheritance_children(RelationGetRelid(relation), NoLock)) > 0;
}

/* The columns of a unique index that holds for every row at once; NIL if it is none such. */
static List *
unique_columns(Relation relation, Oid index_id, bool nullable, bool *primary)
{
	Relation index = index_open(index_id, AccessShareLock);
	Form_pg_index form = index->rd_index;
	List *columns = NIL;

	*primary = form->indisprimary;
	/* To have them as the server plans with them would run functions in them, as whoever asks. */
	if (form->indisunique && form->indisvalid && form->indimmediate &&
		heap_attisnull(index->rd_indextuple, Anum_pg_index_indpred, NULL) &&
		heap_attisnull(index->rd_indextuple, Anum_pg_index_indexprs, NULL))
	{
		for (int i = 0; i < form->indnkeyatts; i++)
			columns = lappend_int(columns, form->indkey.values[i]);
		for (int i = 0; i < form->indnkeyatts && !nullable; i++)
			if (column_is_nullable(relation, form->indkey.values[i]))
				columns = NIL;
	}
	index_close(index, AccessShareLock);
	return columns;
}

static bool
column_is_nullable(Relation relation, AttrNumber number)
{
	/* A materialized view cannot declare NOT NULL; its rows are looked at instead. */
	return number <= 0 || !TupleDescAttr(RelationGetDescr(relation), number - 1)->attnotnull;
}

static char *
key_candidates(Relation relation)
{
	ListCell *cell;

	foreach (cell, RelationGetIndexList(relation))
	{
		bool primary;
		List *columns = unique_columns(relation, lfirst_oid(cell), true, &primary);

		if (columns != NIL)
			return psprintf("The unique index \"%s\" over (%s) would do once its columns are NOT "
							"NULL; or name columns that identify a row: key => '{...}'.",
							get_rel_name(lfirst_oid(cell)),
							crm_source_quoted_columns(relation, columns));
	}
	return psprintf("Name the columns that identify a row: key => '{...}', out of %s.",
					crm_source_column_list(relation));
}

static void
refuse_broken(Relation relation, List *numbers)
{
	char *columns = crm_source_quoted_columns(relation, numbers);

	crm_source_check_columns_readable(relation, numbers);
	if (crm_source_key_is_broken(relation, numbers))
		ereport(ERROR, (errcode(ERRCODE_UNIQUE_VIOLATION),
						errmsg("key (%s) of source \"%s\" does not identify a row: a value occurs "
							   "more than once or is NULL",
							   columns, crm_relation_label(relation)),
						errhint("Name further columns in key => '{...}', or mend the rows. The "
								"columns are: %s.",
								crm_source_column_list(relation))));
	if (relation->rd_rel->relkind == RELKIND_RELATION)
		ereport(NOTICE, (errmsg("no unique index over (%s) of \"%s\" vouches for the key", columns,
								crm_relation_label(relation)),
						 errhint("CREATE UNIQUE INDEX ON %s (%s);", crm_relation_label(relation),
								 columns)));
}
