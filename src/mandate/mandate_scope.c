/* mandate_scope.c - scopes as they are stored and as they are asked about. */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "executor/spi.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "base/base.h"
#include "mandate/mandate_policy.h"

/* In no list of values. */
#define NAMELESS "\001"

static void read_bound(JsonbValue *value, crm_rule_bound *bound);
static void read_members(JsonbContainer *container, crm_rule_bound *bound);
static void add_text(crm_rule_bound *bound, const JsonbValue *value);
static char *scalar_text(const JsonbValue *value);
static int find_chain(const crm_policy *policy, const char *decision, int **chain);
static void find_ancestors(const crm_policy *policy, crm_rule_value *value);
static void ask_ancestors(const char *function, crm_rule_value *value, MemoryContext context);

int
crm_policy_bounds(Jsonb *scope, crm_rule_bound **bounds)
{
	JsonbIterator *at;
	JsonbValue value;
	JsonbIteratorToken token;
	crm_rule_bound *bound;
	int n = JB_ROOT_COUNT(scope);

	*bounds = n > 0 ? palloc0(n * sizeof(crm_rule_bound)) : NULL;
	bound = *bounds;
	at = JsonbIteratorInit(&scope->root);
	while ((token = JsonbIteratorNext(&at, &value, true)) != WJB_DONE)
	{
		if (token == WJB_KEY)
			bound->dimension = scalar_text(&value);
		else if (token == WJB_VALUE)
			read_bound(&value, bound++);
	}
	return n;
}

/* A text, a list of texts, or {"within": a text or a list}. What is neither bounds to nothing. */
static void
read_bound(JsonbValue *value, crm_rule_bound *bound)
{
	if (value->type == jbvBinary)
		read_members(value->val.binary.data, bound);
	else
		add_text(bound, value);
}

static void
read_members(JsonbContainer *container, crm_rule_bound *bound)
{
	JsonbIterator *at = JsonbIteratorInit(container);
	JsonbValue value;
	JsonbIteratorToken token;

	bound->within = JsonContainerIsObject(container);
	while ((token = JsonbIteratorNext(&at, &value, false)) != WJB_DONE)
	{
		if (token == WJB_KEY && strcmp(scalar_text(&value), "within") != 0)
		{
			bound->nvalues = 0;
			return;
		}
		if (token == WJB_VALUE || token == WJB_ELEM)
			add_text(bound, &value);
	}
}

static void
add_text(crm_rule_bound *bound, const JsonbValue *value)
{
	char *text = scalar_text(value);

	if (text == NULL)
		return;
	bound->values = bound->values == NULL
						? palloc(sizeof(char *))
						: repalloc(bound->values, (bound->nvalues + 1) * sizeof(char *));
	bound->values[bound->nvalues++] = text;
}

static char *
scalar_text(const JsonbValue *value)
{
	if (value->type == jbvString)
		return pnstrdup(value->val.string.val, value->val.string.len);
	if (value->type == jbvNumeric)
		return DatumGetCString(
			DirectFunctionCall1(numeric_out, NumericGetDatum(value->val.numeric)));
	return NULL;
}

crm_rule_point
crm_policy_point_of(const crm_policy *policy, const char *decision, const crm_scope_value *scope,
					int nscope)
{
	crm_rule_point point = {0};
	crm_rule_value *values = palloc0(Max(nscope, 1) * sizeof(crm_rule_value));
	int *chain;

	point.nchain = find_chain(policy, decision, &chain);
	point.chain = chain;
	for (int i = 0; i < point.nchain; i++)
		point.reserved = point.reserved || policy->rule.reserved[chain[i]];
	for (int i = 0; i < nscope; i++)
	{
		values[i].dimension = pstrdup(scope[i].dimension);
		values[i].value = scope[i].value == NULL ? NULL : pstrdup(scope[i].value);
		find_ancestors(policy, &values[i]);
		if (scope[i].elsewhere)
			values[i].value = NAMELESS;
	}
	point.nvalues = nscope;
	point.values = values;
	return point;
}

/* The decision and all that it is a part of; what nothing is said about is not among them. */
static int
find_chain(const crm_policy *policy, const char *decision, int **chain)
{
	char *code = pstrdup(decision);
	char *dot = code;
	int n = 1;

	for (const char *at = code; *at != '\0'; at++)
		n += *at == '.';
	*chain = palloc(n * sizeof(int));
	n = 0;
	while (dot != NULL)
	{
		int place = crm_policy_find(&policy->decisions, code);

		if (place != CRM_RULE_NONE)
			(*chain)[n++] = place;
		dot = strrchr(code, '.');
		if (dot != NULL)
			*dot = '\0';
	}
	pfree(code);
	return n;
}

static void
find_ancestors(const crm_policy *policy, crm_rule_value *value)
{
	MemoryContext context = CurrentMemoryContext;

	if (value->value == NULL)
		return;
	for (int i = 0; i < policy->ndimensions; i++)
		if (strcmp(policy->dimensions[i].name, value->dimension) == 0)
		{
			ask_ancestors(policy->dimensions[i].ancestors_function, value, context);
			return;
		}
	value->nancestors = 1;
	value->ancestors = palloc(sizeof(char *));
	value->ancestors[0] = value->value;
}

/* The function is one of crm's own; its name comes from the install script. */
static void
ask_ancestors(const char *function, crm_rule_value *value, MemoryContext context)
{
	crm_user before = crm_become(crm_owner(), 0);
	Oid types[] = {TEXTOID};
	Datum values[] = {CStringGetTextDatum(value->value)};
	bool absent;
	Datum found;

	crm_policy_push_snapshot();
	SPI_connect();
	if (SPI_execute_with_args(psprintf("SELECT %s($1)", function), 1, types, values, NULL, true,
							  1) != SPI_OK_SELECT ||
		SPI_processed != 1)
		elog(ERROR, "asking %s failed", function);
	found = SPI_getbinval(SPI_tuptable->vals[0], SPI_tuptable->tupdesc, 1, &absent);
	if (!absent)
	{
		Datum *elements;
		bool *nulls;

		MemoryContextSwitchTo(context);
		deconstruct_array(DatumGetArrayTypePCopy(found), TEXTOID, -1, false, TYPALIGN_INT,
						  &elements, &nulls, &value->nancestors);
		value->ancestors = palloc(Max(value->nancestors, 1) * sizeof(char *));
		for (int i = 0; i < value->nancestors; i++)
			value->ancestors[i] = nulls[i] ? "" : TextDatumGetCString(elements[i]);
	}
	SPI_finish();
	PopActiveSnapshot();
	crm_restore_user(before);
}
