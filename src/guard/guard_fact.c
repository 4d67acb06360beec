/* guard_fact.c - reads one fact of a decision from a row.
 *
 * A plain column is read where it stands. An expression is run by the executor over the row; where
 * code of a user takes part it runs as the table's owner, for whoever writes the row must not act
 * through it, and under fixed settings, or the writer could choose the fact by his own.
 */
#include "postgres.h"

#include "access/transam.h"
#include "catalog/pg_type.h"
#include "executor/executor.h"
#include "miscadmin.h"
#include "nodes/nodeFuncs.h"
#include "optimizer/optimizer.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/datum.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/base.h"
#include "guard/guard_fact.h"
#include "source/source_expression.h"
#include "source/source_registry.h"

static bool reads_whole_column(Oid type, Oid wanted);
static void prepare_expression(crm_guard_fact *fact, Relation relation, Node *tree,
							   const char *what, Oid wanted);
static bool runs_users_code(Node *node, void *argument);
static bool is_users_function(Oid function, void *argument);
static Datum computed(const crm_guard_fact *fact, TupleTableSlot *row, bool *isnull);
static Numeric aligned(Datum value, crm_numeric_room *room);

void
crm_guard_fact_prepare(crm_guard_fact *fact, Relation relation, const char *text, const char *what,
					   Oid wanted)
{
	crm_user before = crm_become(relation->rd_rel->relowner, SECURITY_RESTRICTED_OPERATION);
	crm_expression *expression = crm_expression_of(relation, text, what, NIL);

	memset(fact, 0, sizeof(crm_guard_fact));
	fact->type = expression->type;
	if (expression->plain_column > 0 && reads_whole_column(expression->type, wanted))
		fact->column = expression->plain_column;
	else
		prepare_expression(fact, relation, expression->tree, what, wanted);
	get_typlenbyval(fact->type, &fact->length, &fact->by_value);
	crm_restore_user(before);
}

static bool
reads_whole_column(Oid type, Oid wanted)
{
	if (wanted == NUMERICOID)
		return type == NUMERICOID || type == INT2OID || type == INT4OID || type == INT8OID;
	return !OidIsValid(wanted) || type == wanted;
}

static void
prepare_expression(crm_guard_fact *fact, Relation relation, Node *tree, const char *what,
				   Oid wanted)
{
	Oid type = exprType(tree);
	EState *estate;

	if (OidIsValid(wanted) && type != wanted)
		tree = coerce_to_target_type(NULL, tree, type, wanted, -1,
									 wanted == TEXTOID ? COERCION_EXPLICIT : COERCION_ASSIGNMENT,
									 COERCE_EXPLICIT_CAST, -1);
	if (tree == NULL)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("%s \"%s\" is of type %s", what, crm_relation_label(relation),
							   format_type_be(type)),
						errhint("It must be one that becomes %s.", format_type_be(wanted))));
	fact->type = exprType(tree);
	if (runs_users_code(tree, NULL))
		fact->run_as = relation->rd_rel->relowner;
	fact->is_pinned = OidIsValid(fact->run_as) || contain_mutable_functions(tree);
	estate = CreateExecutorState();
	MemoryContextSetParent(estate->es_query_cxt, CurrentMemoryContext);
	fact->context = CreateExprContext(estate);
	fact->state = ExecPrepareExpr((Expr *) tree, estate);
}

/* Functions that initdb did not make, wherever they stand. */
static bool
runs_users_code(Node *node, void *argument)
{
	if (node == NULL)
		return false;
	if (check_functions_in_node(node, is_users_function, NULL) ||
		(!IsA(node, List) && !IsA(node, CaseWhen) && exprType(node) >= FirstNormalObjectId))
		return true;
	return expression_tree_walker(node, runs_users_code, argument);
}

static bool
is_users_function(Oid function, void *argument)
{
	return function >= FirstNormalObjectId;
}

Datum
crm_guard_fact_value(const crm_guard_fact *fact, TupleTableSlot *row, bool *isnull)
{
	if (fact->column != 0)
		return slot_getattr(row, fact->column, isnull);
	return computed(fact, row, isnull);
}

static Datum
computed(const crm_guard_fact *fact, TupleTableSlot *row, bool *isnull)
{
	ExprContext *context = fact->context;
	int nest_level = fact->is_pinned ? crm_source_pin() : 0;
	crm_user before = {0};
	MemoryContext old;
	Datum value;

	if (OidIsValid(fact->run_as))
		before = crm_become(fact->run_as, SECURITY_NOFORCE_RLS | SECURITY_RESTRICTED_OPERATION);
	ResetExprContext(context);
	context->ecxt_scantuple = row;
	old = MemoryContextSwitchTo(context->ecxt_per_tuple_memory);
	value = ExecEvalExpr(fact->state, context, isnull);
	MemoryContextSwitchTo(old);
	if (!*isnull)
		value = datumCopy(value, fact->by_value, fact->length);
	context->ecxt_scantuple = NULL;
	if (OidIsValid(fact->run_as))
		crm_restore_user(before);
	if (fact->is_pinned)
		crm_source_unpin(nest_level);
	return value;
}

Numeric
crm_guard_fact_amount(const crm_guard_fact *fact, TupleTableSlot *row, crm_numeric_room *room)
{
	bool isnull;
	Datum value = crm_guard_fact_value(fact, row, &isnull);

	if (isnull)
		return NULL;
	switch (fact->type)
	{
		case INT2OID:
			return int64_to_numeric(DatumGetInt16(value));
		case INT4OID:
			return int64_to_numeric(DatumGetInt32(value));
		case INT8OID:
			return int64_to_numeric(DatumGetInt64(value));
		default:
			return aligned(value, room);
	}
}

static Numeric
aligned(Datum value, crm_numeric_room *room)
{
	struct varlena *stored = (struct varlena *) DatumGetPointer(value);
	int length;

	if (VARATT_IS_EXTERNAL(stored) || VARATT_IS_COMPRESSED(stored))
		return DatumGetNumeric(value);
	if (!VARATT_IS_SHORT(stored))
		return (Numeric) stored;
	length = VARSIZE_SHORT(stored) - VARHDRSZ_SHORT;
	SET_VARSIZE(room->bytes, VARHDRSZ + length);
	memcpy(room->bytes + VARHDRSZ, VARDATA_SHORT(stored), length);
	return (Numeric) room->bytes;
}
