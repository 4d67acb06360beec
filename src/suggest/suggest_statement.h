/* suggest_statement.h - from suggested columns to a statement that runs as printed. */
#ifndef CRM_SUGGEST_STATEMENT_H
#define CRM_SUGGEST_STATEMENT_H

#include "nodes/pg_list.h"
#include "suggest/suggest_rule.h"
#include "utils/relcache.h"

typedef struct crm_column_suggestion
{
	crm_suggestion suggestion;
	int number; /* of the column */
	int position;
	char *expression;
	bool joined;        /* out of several columns */
	bool country_codes; /* every value could be one */
} crm_column_suggestion;

/* Joins what belongs together: street and house number, prefix and family name. */
extern List *crm_suggest_join(List *columns);

/* The statement, or NULL if no column identifies a row. */
extern char *crm_suggest_statement(Relation relation, List *columns);

#endif
