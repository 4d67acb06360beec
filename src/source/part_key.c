/* part_key.c - which columns of a detail equal which of what it hangs on. */
/*
 * Keys meet as texts: what capture writes for a row of the detail must be what it writes for a row
 * of the parent. So only types are paired that write equal values alike.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "parser/parse_coerce.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "source/part_key.h"
#include "source/source_expression.h"
#include "source/source_key.h"
#include "source/source_part.h"

static List *split_elements(List *named, Relation relation, List **theirs);
static char *trim(char *text);
static List *numbers_of(List *names, Relation relation, const char *title);
static List *default_columns(Relation relation, List *mine, const crm_source *parent,
							 Relation parent_relation);
static List *key_of_source(Relation relation, List *mine, const crm_source *parent,
						   Relation parent_relation);
static List *referenced(Relation from, Relation to, List *columns, bool *several);
static List *referencing(Relation from, Relation to, List *columns, bool *several);
static List *other_side(Relation from, Relation to, List *columns, bool of_to, bool *several);
static bool same_columns(const AttrNumber *numbers, int n, List *columns);
static void check_types(const crm_source *draft, Relation relation, List *mine,
						const crm_source *parent, Relation parent_relation, List *theirs);
static void refuse_likeness(const crm_source *part, Form_pg_attribute column);
static char type_family(Oid type);
static void in_order_of_key(crm_source *draft, const crm_source *parent);

void
crm_part_key(crm_source *draft, Relation relation, const crm_source *parent,
			 Relation parent_relation, List *named)
{
	List *theirs = NIL;
	List *names = split_elements(named, relation, &theirs);
	List *mine = numbers_of(names, relation, crm_part_title(draft));
	List *their_numbers;

	if (theirs != NIL)
		their_numbers = numbers_of(theirs, parent_relation, crm_part_title(parent));
	else
		their_numbers = default_columns(relation, mine, parent, parent_relation);
	if (list_length(mine) != list_length(their_numbers))
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("key of %s has %d columns, that of %s has %d", crm_part_title(draft),
						list_length(mine), crm_part_title(parent), list_length(their_numbers)),
				 errhint("Name a column for each of (%s), or say which it equals: key => "
						 "'{column = column}'.",
						 crm_source_quoted_columns(parent_relation, their_numbers))));
	check_types(draft, relation, mine, parent, parent_relation, their_numbers);
	draft->key = crm_source_column_names(relation, mine);
	draft->parent_columns = crm_source_column_names(parent_relation, their_numbers);
	in_order_of_key(draft, parent);
}

/* An element that is the exact name of a column is that, whatever signs are in it. */
static List *
split_elements(List *named, Relation relation, List **theirs)
{
	List *mine = NIL;
	ListCell *cell;

	foreach (cell, named)
	{
		char *text = pstrdup(lfirst(cell));
		char *sign = crm_source_column_number(relation, text) ? NULL : strchr(text, '=');

		if (sign != NULL)
		{
			*sign = '\0';
			*theirs = lappend(*theirs, trim(sign + 1));
		}
		mine = lappend(mine, crm_source_column_number(relation, text) ? text : trim(text));
	}
	if (mine == NIL || (*theirs != NIL && list_length(*theirs) != list_length(mine)))
		ereport(ERROR, (errcode(ERRCODE_INVALID_PARAMETER_VALUE),
						mine == NIL ? errmsg("a detail needs a key")
									: errmsg("key says of some columns what they equal, of others "
											 "not"),
						errhint("For example key => '{client_id}', or '{id = email_id}' where it "
								"is another column than the key of what the detail hangs on.")));
	return mine;
}

static char *
trim(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && strchr(" \t", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static List *
numbers_of(List *names, Relation relation, const char *title)
{
	List *numbers = NIL;
	ListCell *cell;

	foreach (cell, names)
	{
		AttrNumber number = crm_source_column_number(relation, lfirst(cell));

		if (number == 0 || list_member_int(numbers, number))
			ereport(ERROR, (errcode(number ? ERRCODE_DUPLICATE_COLUMN : ERRCODE_UNDEFINED_COLUMN),
							number ? errmsg("key names column \"%s\" of %s twice",
											(char *) lfirst(cell), title)
								   : errmsg("key names column \"%s\" of %s, which does not exist",
											(char *) lfirst(cell), title),
							errhint("The columns are: %s.", crm_source_column_list(relation))));
		numbers = lappend_int(numbers, number);
	}
	return numbers;
}

/*
 * That a detail of a detail is identified by its key and equals another key by chance is no guess
 * to make: it is a linked table nearly always, and the link says by some other column to what.
 */
static List *
default_columns(Relation relation, List *mine, const crm_source *parent, Relation parent_relation)
{
	bool several = false;
	List *columns = referenced(relation, parent_relation, mine, &several);
	List *found = crm_source_key_found(relation);

	if (columns == NIL)
		columns = referencing(parent_relation, relation, mine, &several);
	if (columns != NIL && !several)
		return columns;
	if (parent->parent_id == 0 && !several)
		return key_of_source(relation, mine, parent, parent_relation);
	columns = crm_source_key_found(parent_relation);
	if (several || columns == NIL ||
		(list_difference_int(mine, found) == NIL && list_difference_int(found, mine) == NIL))
		ereport(
			ERROR,
			(errcode(ERRCODE_AMBIGUOUS_COLUMN),
			 errmsg("it does not show which columns of %s the key equals", crm_part_title(parent)),
			 errhint("Say so: key => '{%s = column}', out of %s.",
					 crm_source_quoted_columns(relation, list_make1_int(linitial_int(mine))),
					 crm_source_column_list(parent_relation))));
	return columns;
}

/* Columns of the same names belong together, in whatever order they were written. */
static List *
key_of_source(Relation relation, List *mine, const crm_source *parent, Relation parent_relation)
{
	List *names = crm_source_column_names(relation, mine);
	bool same = list_length(names) == list_length(parent->key);
	ListCell *cell;

	foreach (cell, names)
		same = same && crm_list_has_text(parent->key, lfirst(cell));
	return numbers_of(same ? names : parent->key, parent_relation, crm_part_title(parent));
}

/* The columns of to that a foreign key over these columns of from references. */
static List *
referenced(Relation from, Relation to, List *columns, bool *several)
{
	return other_side(from, to, columns, false, several);
}

/* The columns of from by which a foreign key references these columns of to. */
static List *
referencing(Relation from, Relation to, List *columns, bool *several)
{
	return other_side(from, to, columns, true, several);
}

/* Of the foreign keys of from to to: what stands opposite to these columns of the one or the other.
 */
static List *
other_side(Relation from, Relation to, List *columns, bool of_to, bool *several)
{
	List *found = NIL;
	ListCell *cell;
	ListCell *column;

	foreach (cell, RelationGetFKeyList(from))
	{
		ForeignKeyCacheInfo *key = lfirst(cell);
		const AttrNumber *near = of_to ? key->confkey : key->conkey;
		const AttrNumber *far = of_to ? key->conkey : key->confkey;
		List *theirs = NIL;

		if (key->confrelid != RelationGetRelid(to) || !same_columns(near, key->nkeys, columns))
			continue;
		foreach (column, columns)
			for (int i = 0; i < key->nkeys; i++)
				if (near[i] == lfirst_int(column))
					theirs = lappend_int(theirs, far[i]);
		*several = *several || (found != NIL && !equal(found, theirs));
		found = theirs;
	}
	return found;
}

static bool
same_columns(const AttrNumber *numbers, int n, List *columns)
{
	for (int i = 0; i < n; i++)
		if (!list_member_int(columns, numbers[i]))
			return false;
	return n == list_length(columns);
}

static void
check_types(const crm_source *draft, Relation relation, List *mine, const crm_source *parent,
			Relation parent_relation, List *theirs)
{
	ListCell *a;
	ListCell *b;

	forboth(a, mine, b, theirs)
	{
		Form_pg_attribute my = TupleDescAttr(RelationGetDescr(relation), lfirst_int(a) - 1);
		Form_pg_attribute their =
			TupleDescAttr(RelationGetDescr(parent_relation), lfirst_int(b) - 1);
		Oid my_type = getBaseType(my->atttypid);
		Oid their_type = getBaseType(their->atttypid);
		bool same =
			my_type == their_type && (my_type != NUMERICOID || my->atttypmod == their->atttypmod);

		refuse_likeness(draft, my);
		refuse_likeness(parent, their);

		if (same ||
			(type_family(my_type) != '\0' && type_family(my_type) == type_family(their_type)))
			continue;
		ereport(ERROR,
				(errcode(ERRCODE_DATATYPE_MISMATCH),
				 errmsg("column \"%s\" of %s is of type %s, but column \"%s\" of %s is of type %s",
						NameStr(my->attname), crm_part_title(draft),
						format_type_with_typemod(my->atttypid, my->atttypmod),
						NameStr(their->attname), crm_part_title(parent),
						format_type_with_typemod(their->atttypid, their->atttypmod)),
				 errhint("They must write equal values alike: give a column one type, or make a "
						 "view that casts it the detail.")));
	}
}

/* Texts that equal each other without being the same, as in citext, are written each as it is. */
static void
refuse_likeness(const crm_source *part, Form_pg_attribute column)
{
	Oid type = getBaseType(column->atttypid);
	bool exact =
		!OidIsValid(column->attcollation) || get_collation_isdeterministic(column->attcollation);

	if (exact && (TypeCategory(type) != TYPCATEGORY_STRING || type_family(type) == 't'))
		return;
	ereport(ERROR, (errcode(ERRCODE_DATATYPE_MISMATCH),
					errmsg("texts that differ can be equal in column \"%s\" of %s",
						   NameStr(column->attname), crm_part_title(part)),
					errhint("What hangs together must be written alike: make a view the detail, "
							"and where need be the source, with lower(%s::text) as its column.",
							quote_identifier(NameStr(column->attname)))));
}

/* Types of one family write equal values alike. */
static char
type_family(Oid type)
{
	if (type == INT2OID || type == INT4OID || type == INT8OID)
		return 'i';
	if (type == TEXTOID || type == VARCHAROID || type == BPCHAROID || type == NAMEOID)
		return 't';
	return '\0';
}

/* So that the text of several columns is that of the source's key. */
static void
in_order_of_key(crm_source *draft, const crm_source *parent)
{
	List *key = NIL;
	ListCell *cell;

	if (list_length(draft->parent_columns) != list_length(parent->key))
		return;
	foreach (cell, parent->key)
	{
		int at = 0;
		ListCell *theirs;

		foreach (theirs, draft->parent_columns)
		{
			if (strcmp(lfirst(theirs), lfirst(cell)) == 0)
				break;
			at++;
		}
		if (theirs == NULL)
			return;
		key = lappend(key, list_nth(draft->key, at));
	}
	draft->key = key;
	draft->parent_columns = list_copy(parent->key);
}
