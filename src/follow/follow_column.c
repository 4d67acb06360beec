/* follow_column.c - what became of the columns that a source reads, as far as rows show it. */
#include "postgres.h"

#include "utils/builtins.h"
#include "utils/rel.h"

#include "follow/follow_column.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_table.h"

static AttrNumber number_now(const crm_source *source, Relation relation, int i, bool by_number);

char *
crm_source_column_changes(const crm_source *source, Relation relation, bool by_number)
{
	StringInfoData changes;

	initStringInfo(&changes);
	for (int i = 0; i < list_length(source->columns); i++)
	{
		AttrNumber number = number_now(source, relation, i, by_number);
		List *name;
		char *type;

		/* Only the key of a detail equals it: no expression would have been mended. */
		if (number == 0 || TupleDescAttr(RelationGetDescr(relation), number - 1)->attisdropped)
			continue;
		name = crm_source_column_names(relation, list_make1_int(number));
		type = linitial(crm_source_column_types(relation, name));
		if (by_number && number != list_nth_int(source->column_numbers, i))
			crm_append_change(&changes,
							  psprintf("column \"%s\" was made anew", (char *) linitial(name)));
		if (i < list_length(source->column_types) &&
			strcmp(type, list_nth(source->column_types, i)) != 0)
			crm_append_change(
				&changes,
				psprintf("column \"%s\" is now of type %s", (char *) linitial(name),
						 format_type_be(
							 TupleDescAttr(RelationGetDescr(relation), number - 1)->atttypid)));
	}
	return changes.len > 0 ? changes.data : NULL;
}

bool
crm_source_reads_more_columns(const crm_source *source, Relation relation, const crm_source *draft,
							  bool by_number)
{
	List *numbers = NIL;

	for (int i = 0; i < list_length(source->columns); i++)
		numbers = lappend_int(numbers, number_now(source, relation, i, by_number));
	return list_difference_int(draft->column_numbers, numbers) != NIL;
}

void
crm_append_change(StringInfo text, const char *more)
{
	if (more != NULL)
		appendStringInfo(text, "%s%s", text->len ? "; " : "", more);
}

/* The attribute number by now of the i-th registered column, or 0. */
static AttrNumber
number_now(const crm_source *source, Relation relation, int i, bool by_number)
{
	AttrNumber number = crm_source_column_number(relation, list_nth(source->columns, i));
	AttrNumber then = list_nth_int(source->column_numbers, i);

	if (number != 0 || !by_number)
		return number;
	return TupleDescAttr(RelationGetDescr(relation), then - 1)->attisdropped ? 0 : then;
}
