/* source_lookup_stored.c - reads the look-ups out of stored expressions. */
#include "postgres.h"

#include "miscadmin.h"
#include "nodes/nodeFuncs.h"

#include "base/base.h"
#include "source/lookup.h"
#include "source/source_expression.h"
#include "source/source_lookup.h"
#include "source/source_lookup_key.h"

/* As every stored expression writes the call. */
#define STORED_CALL "crm.lookup("

static bool collect_walker(Node *node, void *lookups);
static bool is_stored_call(const FuncCall *call);
static crm_source_lookup *lookup_of(const FuncCall *call);
static void check_paths(const crm_source_lookup *lookup);

List *
crm_source_lookups_in(const char *expression)
{
	List *lookups = NIL;

	if (expression != NULL && strstr(expression, STORED_CALL) != NULL)
		(void) collect_walker(crm_source_parse(expression), &lookups);
	return lookups;
}

List *
crm_source_expressions(const crm_source *source)
{
	const char *const texts[] = {source->filter,     source->kind,       source->region,
								 source->changed_at, source->entered_by, source->preferred,
								 source->belongs_to, source->relation,   source->since,
								 source->until};
	List *expressions = NIL;
	ListCell *cell;

	foreach (cell, source->items)
		expressions = lappend(expressions, ((crm_source_item *) lfirst(cell))->expression);
	for (int i = 0; i < lengthof(texts); i++)
		if (texts[i] != NULL)
			expressions = lappend(expressions, (char *) texts[i]);
	return expressions;
}

void
crm_source_check_lookups(const crm_source *source)
{
	ListCell *text;

	foreach (text, crm_source_expressions(source))
	{
		ListCell *cell;

		foreach (cell, crm_source_lookups_in(lfirst(text)))
			check_paths(lfirst(cell));
	}
}

static void
check_paths(const crm_source_lookup *lookup)
{
	ListCell *cell;

	foreach (cell, lookup->paths)
	{
		crm_lookup_target target;

		crm_lookup_find(lfirst(cell), &target);
		crm_lookup_check_rights(&target, GetUserId());
		crm_lookup_check_trust(&target, GetUserId());
	}
}

static bool
collect_walker(Node *node, void *lookups)
{
	if (node == NULL)
		return false;
	if (IsA(node, FuncCall) && is_stored_call((FuncCall *) node))
		*(List **) lookups = lappend(*(List **) lookups, lookup_of((FuncCall *) node));
	return raw_expression_tree_walker(node, collect_walker, lookups);
}

static bool
is_stored_call(const FuncCall *call)
{
	return list_length(call->funcname) == 2 &&
		   strcmp(strVal(linitial(call->funcname)), "crm") == 0 &&
		   strcmp(strVal(lsecond(call->funcname)), "lookup") == 0;
}

static crm_source_lookup *
lookup_of(const FuncCall *call)
{
	crm_source_lookup *lookup = palloc0(sizeof(crm_source_lookup));
	Node *key;

	lookup->paths = crm_lookup_arguments(call, &key, &lookup->locations);
	lookup->column = crm_lookup_plain_column(key);
	return lookup;
}
