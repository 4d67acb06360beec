/* guard_check.h - a guard as somebody wants it, checked against its table. Private to the room. */
#ifndef CRM_GUARD_CHECK_H
#define CRM_GUARD_CHECK_H

#include "guard/guard_registry.h"
#include "utils/jsonb.h"
#include "utils/relcache.h"

/* The operations of that list, added up; an error if one is none. */
extern int crm_guard_parse_operations(List *names);

/* The pairs of {"name": value}, by name ascending; values become text. what is named in errors. */
extern List *crm_guard_parse_pairs(Jsonb *object, const char *what);

/* "enforce" or "observe", "row" or "statement": whether it is the first; an error if neither. */
extern bool crm_guard_parse_choice(const char *given, const char *what, const char *first,
								   const char *second);

/*
 * Checks the draft and replaces each expression by its deparsed form; fills the table, its owner
 * and the columns that are read. Raises the first thing that is wrong.
 */
extern void crm_guard_check(crm_guard *draft, Relation relation);

#endif
