/* lookup_trust.c - whether to look into a table would run code of a third party.
 *
 * Expressions run as the owner of the row's table, and to read a table can mean to run code of the
 * table's owner: a view's functions, the conditions of row security, and whatever the planner works
 * out of the conditions of indexes, constraints and statistics. So these must be the reader's own
 * or a superuser's, as the functions of an expression must be.
 */
#include "postgres.h"

#include "access/htup_details.h"
#include "access/relation.h"
#include "catalog/pg_class.h"
#include "catalog/pg_index.h"
#include "catalog/pg_inherits.h"
#include "catalog/pg_language.h"
#include "catalog/pg_proc.h"
#include "catalog/pg_statistic_ext.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/regproc.h"
#include "utils/rel.h"
#include "utils/rls.h"
#include "utils/syscache.h"

#include "base/base.h"
#include "source/lookup.h"
#include "source/source_registry.h"

/* What is looked for in an expression of a catalog, and what was found. */
typedef struct planned
{
	Oid user;
	Node *node;
	Oid function; /* InvalidOid: none so far */
} planned;

static bool is_trusted(Oid owner, Oid user);
static void check_planning(const crm_lookup_target *target, Oid user);
static void look_at_indexes(Relation relation, planned *look);
static void look_at_checks(Relation relation, planned *look);
static void look_at_statistics(Relation relation, planned *look);
static void look_at(int cache, HeapTuple tuple, AttrNumber attribute, planned *look);
static bool planned_walker(Node *node, void *look);
static bool runs_when_planned(Oid function, void *look);
static char *title(const crm_lookup_target *target);

void
crm_lookup_check_trust(const crm_lookup_target *target, Oid user)
{
	char kind = get_rel_relkind(target->relation);
	Relation relation = relation_open(target->relation, NoLock);
	Oid owner = relation->rd_rel->relowner;

	relation_close(relation, NoLock);
	if (is_trusted(owner, user))
		return;
	if (kind == RELKIND_VIEW || kind == RELKIND_FOREIGN_TABLE)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("%s \"%s\" belongs neither to %s nor to a superuser",
							   kind == RELKIND_VIEW ? "view" : "foreign table", title(target),
							   GetUserNameFromId(user, false)),
						errhint("Look the value up in a table, or in a view of %s.",
								GetUserNameFromId(user, false)),
						err_generic_string(PG_DIAG_TABLE_NAME, target->table)));
	if (check_enable_rls(target->relation, user, true) == RLS_ENABLED)
		ereport(ERROR, (errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
						errmsg("row security of \"%s\" would run as %s", title(target),
							   GetUserNameFromId(user, false)),
						errhint("Look the value up in a view of %s over it, or have row security "
								"not apply to %s.",
								GetUserNameFromId(user, false), GetUserNameFromId(user, false)),
						err_generic_string(PG_DIAG_TABLE_NAME, target->table)));
	check_planning(target, user);
}

static bool
is_trusted(Oid owner, Oid user)
{
	return owner == user || superuser_arg(owner);
}

/* Only tables get here; their partitions and children are planned with them. */
static void
check_planning(const crm_lookup_target *target, Oid user)
{
	planned look = {user, NULL, InvalidOid};
	ListCell *cell;

	foreach (cell, find_all_inheritors(target->relation, AccessShareLock, NULL))
	{
		Relation relation = relation_open(lfirst_oid(cell), NoLock);

		look_at_indexes(relation, &look);
		look_at_checks(relation, &look);
		look_at_statistics(relation, &look);
		relation_close(relation, NoLock);
	}
	if (OidIsValid(look.function))
		ereport(ERROR,
				(errcode(ERRCODE_INSUFFICIENT_PRIVILEGE),
				 errmsg("to plan how to read \"%s\" would run function %s as %s", title(target),
						format_procedure(look.function), GetUserNameFromId(user, false)),
				 errdetail("An index, a constraint or statistics of it call the function."),
				 errhint("Look the value up in another table, or have its owner do without them."),
				 err_generic_string(PG_DIAG_TABLE_NAME, target->table)));
}

static void
look_at_indexes(Relation relation, planned *look)
{
	ListCell *cell;

	foreach (cell, RelationGetIndexList(relation))
	{
		HeapTuple tuple = SearchSysCache1(INDEXRELID, ObjectIdGetDatum(lfirst_oid(cell)));

		if (!HeapTupleIsValid(tuple))
			continue;
		look_at(INDEXRELID, tuple, Anum_pg_index_indexprs, look);
		look_at(INDEXRELID, tuple, Anum_pg_index_indpred, look);
		ReleaseSysCache(tuple);
	}
}

static void
look_at_checks(Relation relation, planned *look)
{
	TupleConstr *constraints = RelationGetDescr(relation)->constr;

	for (int i = 0; constraints && i < constraints->num_check; i++)
		(void) planned_walker(stringToNode(constraints->check[i].ccbin), look);
}

static void
look_at_statistics(Relation relation, planned *look)
{
	ListCell *cell;

	foreach (cell, RelationGetStatExtList(relation))
	{
		HeapTuple tuple = SearchSysCache1(STATEXTOID, ObjectIdGetDatum(lfirst_oid(cell)));

		if (!HeapTupleIsValid(tuple))
			continue;
		look_at(STATEXTOID, tuple, Anum_pg_statistic_ext_stxexprs, look);
		ReleaseSysCache(tuple);
	}
}

static void
look_at(int cache, HeapTuple tuple, AttrNumber attribute, planned *look)
{
	bool isnull;
	Datum value = SysCacheGetAttr(cache, tuple, attribute, &isnull);

	if (!isnull)
		(void) planned_walker(stringToNode(TextDatumGetCString(value)), look);
}

static bool
planned_walker(Node *node, void *context)
{
	planned *look = context;

	if (node == NULL || OidIsValid(look->function))
		return false;
	look->node = node;
	if (check_functions_in_node(node, runs_when_planned, look))
		return true;
	return expression_tree_walker(node, planned_walker, look);
}

/* What needs no row is worked out, and what is written in SQL may be put in its place. */
static bool
runs_when_planned(Oid function, void *context)
{
	planned *look = context;
	HeapTuple tuple = SearchSysCache1(PROCOID, ObjectIdGetDatum(function));
	Form_pg_proc form;

	if (!HeapTupleIsValid(tuple))
		elog(ERROR, "cache lookup failed for function %u", function);
	form = (Form_pg_proc) GETSTRUCT(tuple);
	if (!is_trusted(form->proowner, look->user) &&
		(form->prolang == SQLlanguageId || !contain_var_clause(look->node)))
		look->function = function;
	ReleaseSysCache(tuple);
	return OidIsValid(look->function);
}

static char *
title(const crm_lookup_target *target)
{
	return crm_source_label(target->schema, target->table);
}
