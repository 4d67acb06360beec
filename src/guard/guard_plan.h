/* guard_plan.h - what a guard reads of the rows of one relation, kept by backend. Private to the
 * room. */
#ifndef CRM_GUARD_PLAN_H
#define CRM_GUARD_PLAN_H

#include "guard/guard_fact.h"
#include "guard/guard_registry.h"
#include "guard/guard_rule.h"
#include "source/key_text.h"

typedef struct crm_guard_dimension
{
	const char *name;
	crm_guard_fact value; /* text */
} crm_guard_dimension;

/* A column of the waiting state. */
typedef struct crm_guard_wait
{
	AttrNumber column;
	const char *name;
	Datum value;
	bool isnull;
	int16 length;
	bool by_value;
	Oid type;
	int32 typmod;
	Oid collation;
} crm_guard_wait;

typedef struct crm_guard_plan
{
	const crm_guard *guard; /* NULL: nothing is registered under this number */
	const char *problem;    /* not NULL: the facts cannot be read, and only guard is set */
	const char *hint;
	bool has_amount;
	crm_guard_fact amount; /* numeric */
	bool has_condition;
	crm_guard_fact condition; /* boolean */
	bool has_customer;
	crm_guard_fact customer;
	int32 source_id; /* whose key customer is; 0: it is crm's own id */
	crm_key_column customer_key;
	bool has_actor;
	crm_guard_fact actor; /* text */
	int ndimensions;
	crm_guard_dimension *dimensions;
	int ncolumns;
	crm_guard_fact *columns; /* whose change is the decision */
	bool is_selective;       /* see crm_guard_write */
	int nwaits;
	crm_guard_wait *waits;
	int nkeys; /* 0: rows have no key */
	crm_key_column *keys;
	bool keys_need_settings;
} crm_guard_plan;

/* Changes when a plan got before may be stale; such a plan stays until the transaction ends. */
extern uint64 crm_guard_generation;

extern const crm_guard_plan *crm_guard_plan_of(int32 guard_id, Relation relation);

/* The canonical text of the row's key, in the current memory context; NULL: it has none. */
extern char *crm_guard_row_key(const crm_guard_plan *plan, TupleTableSlot *row);

/* Whether the row is in the waiting state. */
extern bool crm_guard_waits(const crm_guard_plan *plan, TupleTableSlot *row);

extern void crm_guard_plan_begin(void);

#endif
