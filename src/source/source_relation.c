/* source_relation.c - checks how the rows of a departmental table stand in relation to others.
 *
 * The related table is kept by name and may become a source later: what is asserted about it counts
 * from then on.
 */
#include "postgres.h"

#include "catalog/namespace.h"
#include "catalog/pg_class.h"
#include "catalog/pg_constraint.h"
#include "catalog/pg_type.h"
#include "nodes/makefuncs.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/relcache.h"

#include "source/source_expression.h"
#include "source/source_relation.h"
#include "source/source_table.h"

static void set_related(crm_source *draft, Oid table);
static Oid named_table(const char *name);
static void check_relation(crm_source *draft, Relation relation, Bitmapset **columns);
static void check_day(char **text, const char *what, Relation relation, Bitmapset **columns);
static crm_expression *checked(Relation relation, const char *text, const char *what,
							   Bitmapset **columns);

void
crm_source_check_relation(crm_source *draft, Relation relation, const char *related,
						  Bitmapset **columns)
{
	crm_expression *key;
	Oid referenced;

	if (draft->belongs_to == NULL)
	{
		draft->related_schema = draft->related_table = NULL;
		draft->relation = draft->since = draft->until = NULL;
		return;
	}
	key = checked(relation, draft->belongs_to, "belongs_to", columns);
	draft->belongs_to = key->text;
	referenced =
		key->plain_column ? crm_source_referenced_table(relation, key->plain_column) : InvalidOid;
	if (related != NULL)
		set_related(draft, named_table(related));
	else if (draft->related_table == NULL)
		set_related(draft, OidIsValid(referenced) ? referenced : RelationGetRelid(relation));
	check_relation(draft, relation, columns);
	check_day(&draft->since, "since", relation, columns);
	check_day(&draft->until, "until", relation, columns);
}

Oid
crm_source_referenced_table(Relation relation, AttrNumber column)
{
	ListCell *cell;

	foreach (cell, RelationGetFKeyList(relation))
	{
		ForeignKeyCacheInfo *key = lfirst(cell);

		if (key->nkeys == 1 && key->conkey[0] == column)
			return key->confrelid;
	}
	return InvalidOid;
}

bool
crm_source_is_word(const char *text)
{
	return strspn(text, "abcdefghijklmnopqrstuvwxyz_0123456789") == strlen(text) &&
		   text[0] >= 'a' && text[0] <= 'z';
}

static void
set_related(crm_source *draft, Oid table)
{
	draft->related_schema = get_namespace_name(get_rel_namespace(table));
	draft->related_table = get_rel_name(table);
}

static Oid
named_table(const char *name)
{
	RangeVar *range = makeRangeVarFromNameList(crm_source_name_parts(name));
	Oid table = RangeVarGetRelid(range, NoLock, true);

	if (!OidIsValid(table))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("related table \"%s\" does not exist", name),
						errhint("Name the table, with its schema, whose keys belongs_to gives.")));
	return table;
}

/* A word that is no column stands for itself. */
static void
check_relation(crm_source *draft, Relation relation, Bitmapset **columns)
{
	if (draft->relation == NULL || (crm_source_is_word(draft->relation) &&
									crm_source_column_number(relation, draft->relation) == 0))
		return;
	draft->relation = checked(relation, draft->relation, "relation", columns)->text;
	/* What is kept must not read as a word that stands for itself. */
	if (crm_source_is_word(draft->relation))
		draft->relation = psprintf("(%s)", draft->relation);
}

static void
check_day(char **text, const char *what, Relation relation, Bitmapset **columns)
{
	crm_expression *day;
	Oid type;

	if (*text == NULL)
		return;
	day = checked(relation, *text, what, columns);
	type = getBaseType(day->type);
	if (type != DATEOID && type != TIMESTAMPOID && type != TIMESTAMPTZOID)
		ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
						errmsg("%s of \"%s\" is of type %s", what,
							   RelationGetRelationName(relation), format_type_be(day->type)),
						errhint("It must be a date or a timestamp.")));
	*text = day->text;
}

static crm_expression *
checked(Relation relation, const char *text, const char *what, Bitmapset **columns)
{
	crm_expression *expression = crm_source_expression(relation, text, what, NIL);

	*columns = bms_add_members(*columns, expression->columns);
	return expression;
}
