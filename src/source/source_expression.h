/* source_expression.h - one SQL expression over the row of a departmental table. */
#ifndef CRM_SOURCE_EXPRESSION_H
#define CRM_SOURCE_EXPRESSION_H

#include "nodes/bitmapset.h"
#include "nodes/pg_list.h"
#include "utils/relcache.h"

typedef struct crm_expression
{
	char *text; /* deparsed under alias CRM_SOURCE_ALIAS, qualified: no search_path matters */
	Oid type;
	Bitmapset *columns; /* attribute numbers */
	int plain_column;   /* the attribute number if it is just that column, else 0 */
	Node *tree;         /* as analysed: the columns are Vars of relation 1 */
} crm_expression;

/*
 * Parses text, which may be the exact name of a column, and refuses what may not be read per row:
 * subqueries, aggregates, window and set-returning functions, volatile functions, system columns,
 * functions that belong neither to a superuser nor to the table's owner. what is named in errors
 * ("attribute "email""). column_names NIL: the columns by their names; else a list of String nodes,
 * one for each column that is not dropped: the name by which text calls it (to read what was
 * written before a rename).
 */
extern crm_expression *crm_source_expression(Relation relation, const char *text, const char *what,
											 List *column_names);

/* The same for what is no source: what stands in errors before the table's name. */
extern crm_expression *crm_expression_of(Relation relation, const char *text, const char *what,
										 List *column_names);

/* The raw tree of a text that is one expression, else an error. */
extern Node *crm_source_parse(const char *text);

/* Comma-separated column names, for hints. */
extern char *crm_source_column_list(Relation relation);

/* The attribute number of the column of exactly that name, or 0. */
extern AttrNumber crm_source_column_number(Relation relation, const char *name);

#endif
