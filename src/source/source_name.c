/* source_name.c - the names of sources, and which table people mean by one. */
#include "postgres.h"

#include "catalog/namespace.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/varlena.h"

#include "source/source_registry.h"

static List *names_as_strings(List *names);

char *
crm_source_qualified(const crm_source *source)
{
	return quote_qualified_identifier(source->schema, source->table);
}

char *
crm_table_qualified(Oid relation_id)
{
	return quote_qualified_identifier(get_namespace_name(get_rel_namespace(relation_id)),
									  get_rel_name(relation_id));
}

char *
crm_source_label(const char *schema, const char *table)
{
	return psprintf("%s.%s", schema, table);
}

char *
crm_relation_label(Relation relation)
{
	return crm_source_label(get_namespace_name(RelationGetNamespace(relation)),
							RelationGetRelationName(relation));
}

char *
crm_source_name(int32 source_id)
{
	crm_source *source = crm_source_load(source_id);

	return source ? crm_source_label(source->schema, source->table) : NULL;
}

/* False: it names no table. */
bool
crm_source_resolve_name(const char *name, char **schema, char **table)
{
	List *names;
	RangeVar *range;
	Oid relation;

	if (!SplitIdentifierString(pstrdup(name), '.', &names) || names == NIL ||
		list_length(names) > 3)
		return false;
	range = makeRangeVarFromNameList(names_as_strings(names));
	*schema = range->schemaname;
	*table = range->relname;
	if (*schema != NULL)
		return true;
	relation = RangeVarGetRelid(range, NoLock, true);
	if (OidIsValid(relation))
		*schema = get_namespace_name(get_rel_namespace(relation));
	return *schema != NULL;
}

static List *
names_as_strings(List *names)
{
	List *strings = NIL;
	ListCell *cell;

	foreach (cell, names)
		strings = lappend(strings, makeString(lfirst(cell)));
	return strings;
}
