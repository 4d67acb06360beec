/* guard_name.h - what a guard's stored names mean in its table as it is now. Private to the room.
 */
#ifndef CRM_GUARD_NAME_H
#define CRM_GUARD_NAME_H

#include "guard/guard_plan.h"

/*
 * A stored expression, what (as of crm_expression_of()), as it reads by now for the rows of a
 * relation. A column that was renamed in the very table that was registered is followed by its
 * number.
 */
extern const char *crm_guard_present_text(const crm_guard *guard, Relation relation,
										  const char *text, const char *what);

/* The same, for a guard that is about to be registered anew: what cannot be read stays as it is. */
extern char *crm_guard_followed_text(const crm_guard *guard, Relation relation, const char *text);

/* The present name of a column. */
extern char *crm_guard_followed_name(const crm_guard *guard, Relation relation, const char *name);

/* A column and its value in the waiting state; an error if there is no such column or value. */
extern void crm_guard_wait_prepare(crm_guard_wait *wait, const crm_guard *guard, Relation relation,
								   const crm_guard_pair *pair);

/* Numbers of the columns of the primary key, in its order; NIL: there is none. */
extern List *crm_guard_key_numbers(Relation relation);

/* The operator by which each of them is compared, as SQL. */
extern List *crm_guard_key_operators(Relation relation);

#endif
