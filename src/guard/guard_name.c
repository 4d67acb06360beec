/* guard_name.c - what a guard's stored names mean in its table as it is now.
 *
 * Names count. Only where the table is the very one that was registered, and a name is gone from
 * the column that bore it, the column's new name is taken instead: numbers do not outlive a dump.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/stratnum.h"
#include "access/table.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_operator.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/relcache.h"
#include "utils/syscache.h"

#include "base/attempt.h"
#include "base/base.h"
#include "guard/guard_name.h"
#include "source/source_expression.h"

#define WAITING "waiting of the guard on"

/* For a subtransaction. */
typedef struct followed_text
{
	const crm_guard *guard;
	Relation relation;
	const char *text;
	MemoryContext context;
	char *result;
} followed_text;

static void follow_text(void *argument);
static bool is_registered_table(const crm_guard *guard, Oid relation_id);
static bool has_renamed(const crm_guard *guard);
static char *present_name(const crm_guard *guard, AttrNumber number);
static List *former_names(const crm_guard *guard, Relation table);
static char *former_name(const crm_guard *guard, Form_pg_attribute attribute);
static Oid primary_key(Relation relation);
static void wait_value(crm_guard_wait *wait, Form_pg_attribute attribute, const char *text);

const char *
crm_guard_present_text(const crm_guard *guard, Relation relation, const char *text,
					   const char *what)
{
	Relation table;
	crm_user before;

	if (!has_renamed(guard) || !is_registered_table(guard, RelationGetRelid(relation)))
		return text;
	table = table_open(guard->table_id, AccessShareLock);
	before = crm_become(table->rd_rel->relowner, SECURITY_RESTRICTED_OPERATION);
	text = crm_expression_of(table, text, what, former_names(guard, table))->text;
	crm_restore_user(before);
	table_close(table, AccessShareLock);
	return text;
}

/* What is lost, perhaps because it is given anew in this very call, is told by the check. */
char *
crm_guard_followed_text(const crm_guard *guard, Relation relation, const char *text)
{
	MemoryContext context = CurrentMemoryContext;
	followed_text followed = {guard, relation, text, context, pstrdup(text)};

	(void) crm_attempt(follow_text, &followed, NULL);
	MemoryContextSwitchTo(context);
	return followed.result;
}

static void
follow_text(void *argument)
{
	followed_text *followed = argument;
	const char *text =
		crm_guard_present_text(followed->guard, followed->relation, followed->text, "");

	followed->result = MemoryContextStrdup(followed->context, text);
}

char *
crm_guard_followed_name(const crm_guard *guard, Relation relation, const char *name)
{
	ListCell *known;
	ListCell *number;

	if (!is_registered_table(guard, RelationGetRelid(relation)))
		return pstrdup(name);
	forboth(known, guard->read_columns, number,
			guard->read_numbers) if (strcmp(lfirst(known), name) == 0)
	{
		char *now = get_attname(guard->table_id, lfirst_int(number), true);

		return now != NULL ? now : pstrdup(name);
	}
	return pstrdup(name);
}

static bool
is_registered_table(const crm_guard *guard, Oid relation_id)
{
	return relation_id == guard->table_id ||
		   list_member_oid(find_all_inheritors(guard->table_id, NoLock, NULL), relation_id);
}

static bool
has_renamed(const crm_guard *guard)
{
	ListCell *name;
	ListCell *number;

	forboth(name, guard->read_columns, number, guard->read_numbers)
	{
		char *now = present_name(guard, lfirst_int(number));

		if (now != NULL && strcmp(now, lfirst(name)) != 0)
			return true;
	}
	return false;
}

/* NULL: the column was dropped, or there is no such table. */
static char *
present_name(const crm_guard *guard, AttrNumber number)
{
	HeapTuple tuple = SearchSysCacheAttNum(guard->table_id, number);
	char *name;

	if (!HeapTupleIsValid(tuple))
		return NULL;
	name = pstrdup(NameStr(((Form_pg_attribute) GETSTRUCT(tuple))->attname));
	ReleaseSysCache(tuple);
	return name;
}

/* What each column was called when the guard was registered. */
static List *
former_names(const crm_guard *guard, Relation table)
{
	List *names = NIL;

	for (int i = 0; i < RelationGetNumberOfAttributes(table); i++)
	{
		Form_pg_attribute attribute = TupleDescAttr(RelationGetDescr(table), i);

		if (!attribute->attisdropped)
			names = lappend(names, makeString(former_name(guard, attribute)));
	}
	return names;
}

static char *
former_name(const crm_guard *guard, Form_pg_attribute attribute)
{
	ListCell *name;
	ListCell *number;

	forboth(name, guard->read_columns, number,
			guard->read_numbers) if (lfirst_int(number) == attribute->attnum) return lfirst(name);
	return pstrdup(NameStr(attribute->attname));
}

void
crm_guard_wait_prepare(crm_guard_wait *wait, const crm_guard *guard, Relation relation,
					   const crm_guard_pair *pair)
{
	const char *text =
		crm_guard_present_text(guard, relation, quote_identifier(pair->name), WAITING);
	AttrNumber number = crm_expression_of(relation, text, WAITING, NIL)->plain_column;
	Form_pg_attribute attribute;

	if (number <= 0)
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_COLUMN),
						errmsg("column \"%s\" does not exist", pair->name)));
	attribute = TupleDescAttr(RelationGetDescr(relation), number - 1);
	wait->column = number;
	wait->name = pstrdup(NameStr(attribute->attname));
	wait->length = attribute->attlen;
	wait->by_value = attribute->attbyval;
	wait->type = attribute->atttypid;
	wait->typmod = attribute->atttypmod;
	wait->collation = attribute->attcollation;
	wait_value(wait, attribute, pair->text);
}

static void
wait_value(crm_guard_wait *wait, Form_pg_attribute attribute, const char *text)
{
	Oid input;
	Oid parameter;

	wait->isnull = text == NULL;
	if (text == NULL)
		return;
	getTypeInputInfo(wait->type, &input, &parameter);
	wait->value = OidInputFunctionCall(input, (char *) text, parameter, wait->typmod);
}

static Oid
primary_key(Relation relation)
{
	(void) RelationGetIndexList(relation);
	return relation->rd_pkindex;
}

List *
crm_guard_key_numbers(Relation relation)
{
	HeapTuple tuple;
	Form_pg_index index;
	List *numbers = NIL;
	Oid index_id = primary_key(relation);

	if (!OidIsValid(index_id))
		return NIL;
	tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(index_id));
	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for index %u", index_id);
	index = (Form_pg_index) GETSTRUCT(tuple);
	for (int i = 0; i < index->indnkeyatts; i++)
		numbers = lappend_int(numbers, index->indkey.values[i]);
	ReleaseSysCache(tuple);
	return numbers;
}

List *
crm_guard_key_operators(Relation relation)
{
	Relation index = index_open(primary_key(relation), AccessShareLock);
	List *operators = NIL;

	for (int i = 0; i < IndexRelationGetNumberOfKeyAttributes(index); i++)
	{
		Oid operator_id = get_opfamily_member(index->rd_opfamily[i], index->rd_opcintype[i],
											  index->rd_opcintype[i], BTEqualStrategyNumber);
		HeapTuple tuple = SearchSysCache1(OPEROID, ObjectIdGetDatum(operator_id));
		Form_pg_operator form;

		if (!HeapTupleIsValid(tuple))
			elog(ERROR, "cache lookup failed for operator %u", operator_id);
		form = (Form_pg_operator) GETSTRUCT(tuple);
		operators =
			lappend(operators, psprintf("OPERATOR(%s.%s)",
										quote_identifier(get_namespace_name(form->oprnamespace)),
										NameStr(form->oprname)));
		ReleaseSysCache(tuple);
	}
	index_close(index, AccessShareLock);
	return operators;
}
