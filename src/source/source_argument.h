/* source_argument.h - the arguments of the calls that register departmental tables. */
#ifndef CRM_SOURCE_ARGUMENT_H
#define CRM_SOURCE_ARGUMENT_H

#include "fmgr.h"
#include "nodes/pg_list.h"
#include "source/source_registry.h"

/* NULL if the argument is. */
extern char *crm_text_argument(FunctionCallInfo fcinfo, int number);

/* An error if it is NULL or empty; name is the argument's, example a call that shows it. */
extern char *crm_required_argument(FunctionCallInfo fcinfo, int number, const char *name,
								   const char *example);

/* The elements of a text array; NIL if it is NULL. */
extern List *crm_texts_argument(FunctionCallInfo fcinfo, int number);

/* NULL keeps the field, an empty text removes it. */
extern void crm_set_from_argument(FunctionCallInfo fcinfo, int number, char **field);

/*
 * belongs_to, related (which is for the check of the draft), relation, since, until: five arguments
 * from first on. An error if one of the others is given where there is no belongs_to; where it is
 * removed they go with it.
 */
extern void crm_set_relation_from_arguments(FunctionCallInfo fcinfo, int first, crm_source *draft);

#endif
