/* guard_check.c - a guard as somebody wants it, checked against its table. */
#include "postgres.h"

#include "catalog/partition.h"
#include "catalog/pg_attribute.h"
#include "catalog/pg_class.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_type.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/numeric.h"
#include "utils/rel.h"

#include "base/base.h"
#include "guard/guard_attach.h"
#include "guard/guard_check.h"
#include "guard/guard_fact.h"
#include "guard/guard_name.h"
#include "guard/guard_rule.h"
#include "mandate/mandate_who.h"
#include "source/source_expression.h"
#include "source/source_registry.h"
#include "source/source_relation.h"
#include "source/source_table.h"

static char *in_capitals(const char *word);
static void check_table(Relation relation);
static AttrNumber check_fact(const char **text, Relation relation, const char *name, Oid wanted,
							 Bitmapset **columns);
static void check_customer(crm_guard *draft, Relation relation, Bitmapset **columns);
static char *referenced_source(Relation relation, AttrNumber column);
static void check_source(const char *name);
static void check_columns(const crm_guard *draft, Relation relation, Bitmapset **columns);
static AttrNumber column_of(Relation relation, const char *name, const char *what);
static void check_generated(const crm_guard *draft, Relation relation, const Bitmapset *columns);
static void check_waiting(const crm_guard *draft, Relation relation, Bitmapset **columns);
static void check_way_out(const crm_guard *draft);
static void check_alone(const crm_guard *draft, Relation relation);
static bool share_rows(Oid one, Oid other);
static void note_columns(crm_guard *draft, Relation relation, Bitmapset *columns);
static int compare_pairs(const ListCell *a, const ListCell *b);
static char *scalar_text(const JsonbValue *value, const char *name, const char *what);

/* ------------------------------ arguments ------------------------------ */

int
crm_guard_parse_operations(List *names)
{
	int operations = 0;
	ListCell *cell;

	foreach (cell, names)
	{
		int operation = lfirst(cell) ? crm_guard_operation_by_name(in_capitals(lfirst(cell))) : 0;

		if (operation == 0 || operation == CRM_GUARD_TRUNCATE)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("\"%s\" is no operation that a guard can be asked for",
								   lfirst(cell) ? (char *) lfirst(cell) : ""),
							errhint("Write some of INSERT, UPDATE, DELETE; TRUNCATE is guarded "
									"in any case.")));
		operations |= operation;
	}
	if (operations == 0)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE), errmsg("a guard needs an operation"),
				 errhint("For example operations => '{INSERT,UPDATE}'.")));
	return operations;
}

static char *
in_capitals(const char *word)
{
	char *result = pstrdup(word);

	for (char *p = result; *p != '\0'; p++)
		*p = pg_toupper((unsigned char) *p);
	return result;
}

bool
crm_guard_parse_choice(const char *given, const char *what, const char *first, const char *second)
{
	if (strcmp(given, first) != 0 && strcmp(given, second) != 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("\"%s\" is no %s of a guard", given, what),
						errhint("Write '%s' or '%s'.", first, second)));
	return strcmp(given, first) == 0;
}

List *
crm_guard_parse_pairs(Jsonb *object, const char *what)
{
	JsonbIterator *iterator = JsonbIteratorInit(&object->root);
	JsonbValue value;
	List *pairs = NIL;
	JsonbIteratorToken token;

	if (!JB_ROOT_IS_OBJECT(object))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("%s of a guard is no object", what),
						errhint("For example %s => %s.", what,
								strcmp(what, "scope") == 0 ? "'{\"department\": \"''sales''\"}'"
														   : "'{\"status\": \"to_approve\"}'")));
	while ((token = JsonbIteratorNext(&iterator, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
		{
			crm_guard_pair *pair = palloc0(sizeof(crm_guard_pair));

			pair->name = pnstrdup(value.val.string.val, value.val.string.len);
			pairs = lappend(pairs, pair);
		}
		else if (token == WJB_VALUE)
		{
			crm_guard_pair *pair = llast(pairs);

			pair->text = scalar_text(&value, pair->name, what);
		}
	}
	list_sort(pairs, compare_pairs);
	return pairs;
}

static int
compare_pairs(const ListCell *a, const ListCell *b)
{
	return strcmp(((crm_guard_pair *) lfirst(a))->name, ((crm_guard_pair *) lfirst(b))->name);
}

static char *
scalar_text(const JsonbValue *value, const char *name, const char *what)
{
	switch (value->type)
	{
		case jbvNull:
			return NULL;
		case jbvString:
			return pnstrdup(value->val.string.val, value->val.string.len);
		case jbvBool:
			return value->val.boolean ? "true" : "false";
		case jbvNumeric:
			return DatumGetCString(
				DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
		default:
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("\"%s\" of %s is neither text nor a number", name, what)));
	}
	return NULL;
}

/* ------------------------------ the table and the facts ------------------------------ */

void
crm_guard_check(crm_guard *draft, Relation relation)
{
	Bitmapset *columns = NULL;
	ListCell *cell;

	check_table(relation);
	crm_check_decision(draft->decision);
	(void) check_fact((const char **) &draft->amount, relation, "amount", NUMERICOID, &columns);
	(void) check_fact((const char **) &draft->condition, relation, "\"when\"", BOOLOID, &columns);
	check_customer(draft, relation, &columns);
	foreach (cell, draft->scope)
	{
		crm_guard_pair *pair = lfirst(cell);

		if (!crm_guard_dimension_exists(pair->name))
			ereport(ERROR, (errcode(ERRCODE_UNDEFINED_OBJECT),
							errmsg("there is no dimension \"%s\" of mandates", pair->name),
							errhint("What bounds no mandate need not be told.")));
		if (pair->text == NULL)
			ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
							errmsg("dimension \"%s\" of scope has no expression", pair->name)));
		(void) check_fact((const char **) &pair->text, relation, "scope", TEXTOID, &columns);
	}
	check_columns(draft, relation, &columns);
	check_generated(draft, relation, columns);
	check_waiting(draft, relation, &columns);
	note_columns(draft, relation, columns);
}

static void
check_table(Relation relation)
{
	if (relation->rd_rel->relispartition)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is a partition", crm_relation_label(relation)),
						errdetail("Rows would come and go by the table above it."),
						errhint("Guard the partitioned table %s.",
								crm_table_qualified(linitial_oid(
									get_partition_ancestors(RelationGetRelid(relation)))))));
	if (relation->rd_rel->relkind != RELKIND_RELATION &&
		relation->rd_rel->relkind != RELKIND_PARTITIONED_TABLE)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is no table", crm_relation_label(relation)),
						errhint("Guard the tables in which its rows are stored.")));
}

/* The plain column that the fact is, or 0. */
static AttrNumber
check_fact(const char **text, Relation relation, const char *name, Oid wanted, Bitmapset **columns)
{
	char *what = psprintf("%s of the guard on", name);
	crm_expression *expression;
	crm_guard_fact fact;

	if (*text == NULL)
		return 0;
	expression = crm_expression_of(relation, *text, what, NIL);
	*text = expression->text;
	*columns = bms_add_members(*columns, expression->columns);
	crm_guard_fact_prepare(&fact, relation, *text, what, wanted);
	return expression->plain_column;
}

/* Without a source it must be a number that crm gave; a foreign key says whose number it is. */
static void
check_customer(crm_guard *draft, Relation relation, Bitmapset **columns)
{
	AttrNumber column;

	if (draft->customer == NULL)
	{
		draft->customer_source = NULL;
		return;
	}
	column =
		check_fact((const char **) &draft->customer, relation, "customer", InvalidOid, columns);
	if (draft->customer_source == NULL && column > 0)
		draft->customer_source = referenced_source(relation, column);
	if (draft->customer_source != NULL)
		check_source(draft->customer_source);
	else
		(void) check_fact((const char **) &draft->customer, relation, "customer", INT8OID, columns);
}

static char *
referenced_source(Relation relation, AttrNumber column)
{
	Oid table = crm_source_referenced_table(relation, column);
	char *schema;
	crm_source *source;

	if (!OidIsValid(table))
		return NULL;
	schema = get_namespace_name(get_rel_namespace(table));
	source = crm_source_find_table(schema, get_rel_name(table));
	if (source != NULL)
		return crm_source_label(source->schema, source->table);
	ereport(ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("customer of the guard on \"%s\" is a key of \"%s\", which is no source",
					crm_relation_label(relation), crm_source_label(schema, get_rel_name(table))),
			 errhint("Make it one by crm.add_source(), or name the column that holds crm's own "
					 "customer id.")));
	return NULL;
}

static void
check_source(const char *name)
{
	crm_source *source = crm_source_find(name);

	if (list_length(source->key) != 1)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("the key of source \"%s\" has several columns", name),
						errhint("Name a column that holds crm's own customer id.")));
}

static void
check_columns(const crm_guard *draft, Relation relation, Bitmapset **columns)
{
	ListCell *cell;

	foreach (cell, draft->columns)
		*columns = bms_add_member(*columns, column_of(relation, lfirst(cell), "columns"));
}

static AttrNumber
column_of(Relation relation, const char *name, const char *what)
{
	AttrNumber number = name ? crm_source_column_number(relation, name) : 0;

	if (number == 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("column \"%s\" in %s of the guard on \"%s\" does not exist",
							   name ? name : "", what, crm_relation_label(relation)),
						errhint("The columns are: %s.", crm_source_column_list(relation))));
	return number;
}

/* Before the write a stored one has no value yet, and a virtual one has none in the row at all. */
static void
check_generated(const crm_guard *draft, Relation relation, const Bitmapset *columns)
{
	int number = -1;

	while ((number = bms_next_member(columns, number)) >= 0)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(relation), number - 1);

		if (attribute->attgenerated == '\0' ||
			(attribute->attgenerated == ATTRIBUTE_GENERATED_STORED && draft->waiting == NIL))
			continue;
		ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
						errmsg("column \"%s\" of \"%s\" is generated", NameStr(attribute->attname),
							   crm_relation_label(relation)),
						errhint("Write its expression instead.")));
	}
}

/* An approved row is found again by its key; a BEFORE trigger cannot send it to another partition.
 */
static void
check_waiting(const crm_guard *draft, Relation relation, Bitmapset **columns)
{
	ListCell *cell;

	if (draft->waiting == NIL)
		return;
	check_way_out(draft);
	check_alone(draft, relation);
	if (crm_guard_key_numbers(relation) == NIL)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("\"%s\" has no primary key, so no row of it can wait for approval",
							   crm_relation_label(relation))));
	foreach (cell, draft->waiting)
	{
		const crm_guard_pair *pair = lfirst(cell);
		AttrNumber number = column_of(relation, pair->name, "waiting");
		crm_guard_wait wait;
		bool by_expression;

		*columns = bms_add_member(*columns, number);
		if (has_partition_attrs(relation,
								bms_make_singleton(number - FirstLowInvalidHeapAttributeNumber),
								&by_expression))
			ereport(ERROR, (errcode(ERRCODE_FEATURE_NOT_SUPPORTED),
							errmsg("column \"%s\" decides in which partition a row of \"%s\" is",
								   pair->name, crm_relation_label(relation)),
							errhint("Let rows wait by the value of another column.")));
		crm_guard_wait_prepare(&wait, draft, relation, pair);
	}
}

/* The way out of the waiting state is an UPDATE: unguarded, whoever may write could take it. */
static void
check_way_out(const crm_guard *draft)
{
	if ((draft->operations & (CRM_GUARD_INSERT | CRM_GUARD_UPDATE)) == 0)
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						errmsg("a row that is deleted cannot wait for approval"),
						errhint("Add INSERT and UPDATE to the operations, or leave out waiting.")));
	if ((draft->operations & CRM_GUARD_UPDATE) == 0)
		ereport(
			ERROR,
			(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
			 errmsg("a row that waits for approval could be taken out of that state by anybody"),
			 errhint("Add UPDATE to the operations, or leave out waiting.")));
}

/*
 * What one guard lets pass, in its approver's name, the other one would make wait: whoever has the
 * one mandate only could never let go of a row that waits for both. No two can be told apart for
 * certain: both guard UPDATE, and which rows a condition means nobody can prove.
 */
static void
check_alone(const crm_guard *draft, Relation relation)
{
	ListCell *cell;

	foreach (cell, crm_guard_waiting_numbers())
	{
		const crm_guard *other = crm_guard_load(lfirst_int(cell));
		Oid table;

		if (other->guard_id == draft->guard_id)
			continue;
		table = crm_guard_table(other);
		if (!OidIsValid(table) || !share_rows(table, RelationGetRelid(relation)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_DUPLICATE_OBJECT),
				 errmsg("rows of \"%s\" wait for approval by guard %d already",
						crm_relation_label(relation), other->guard_id),
				 errdetail("A row waits for one decision at a time, here \"%s\".", other->decision),
				 errhint("Leave out waiting: what this guard refuses can be asked for by "
						 "crm.request().")));
	}
}

/* Rows of a child table are rows of its parents. */
static bool
share_rows(Oid one, Oid other)
{
	return list_member_oid(find_all_inheritors(one, NoLock, NULL), other) ||
		   list_member_oid(find_all_inheritors(other, NoLock, NULL), one);
}

static void
note_columns(crm_guard *draft, Relation relation, Bitmapset *columns)
{
	int number = -1;

	draft->read_columns = draft->read_numbers = NIL;
	while ((number = bms_next_member(columns, number)) >= 0)
	{
		draft->read_numbers = lappend_int(draft->read_numbers, number);
		draft->read_columns =
			lappend(draft->read_columns, get_attname(RelationGetRelid(relation), number, false));
	}
	crm_source_check_columns_readable(relation, draft->read_numbers);
	draft->table_name = crm_table_qualified(RelationGetRelid(relation));
	draft->table_id = RelationGetRelid(relation);
	draft->owner = crm_source_owner(relation);
}
