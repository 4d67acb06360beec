/* guard_rule.h - which write of a row is a decision, and what of its amount is booked. */
#ifndef CRM_GUARD_RULE_H
#define CRM_GUARD_RULE_H

#include <stdbool.h>

typedef enum crm_guard_operation
{
	CRM_GUARD_INSERT = 1,
	CRM_GUARD_UPDATE = 2,
	CRM_GUARD_DELETE = 4,
	CRM_GUARD_TRUNCATE = 8
} crm_guard_operation;

/* What a guard sees of one version of a row. */
typedef struct crm_guard_side
{
	bool meets_condition; /* true where the guard has none */
	bool waits;           /* is in the state in which rows wait for approval */
} crm_guard_side;

typedef struct crm_guard_write
{
	crm_guard_operation operation;
	int guarded;        /* the operations that the guard was asked for, added up */
	bool selective;     /* the guard has an amount, a condition or columns */
	crm_guard_side was; /* not of an INSERT */
	crm_guard_side is;  /* not of a DELETE */
	bool facts_changed; /* amount or a listed column */
	bool scope_changed;
	bool customer_changed;
	bool row_changed;
} crm_guard_write;

typedef enum crm_guard_booking
{
	CRM_BOOK_NOTHING,
	CRM_BOOK_WHOLE,      /* the new amount */
	CRM_BOOK_DIFFERENCE, /* what it is more than the old one */
	CRM_BOOK_MOVED       /* the difference if one mandate covers both scopes, else the whole */
} crm_guard_booking;

typedef struct crm_guard_verdict
{
	bool is_decision;
	crm_guard_booking booking;
} crm_guard_verdict;

extern crm_guard_verdict crm_guard_judge(const crm_guard_write *write);

/* The operation of that name, as in SQL; 0: there is none. */
extern int crm_guard_operation_by_name(const char *name);

extern const char *crm_guard_operation_name(crm_guard_operation operation);

#endif
