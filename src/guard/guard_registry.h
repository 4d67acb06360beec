/* guard_registry.h - the registry row of a guard. Private to the room. */
#ifndef CRM_GUARD_REGISTRY_H
#define CRM_GUARD_REGISTRY_H

#include "nodes/pg_list.h"

/* A dimension and the expression of its value, or a column and the value in which a row waits. */
typedef struct crm_guard_pair
{
	char *name;
	char *text; /* NULL: the value NULL */
} crm_guard_pair;

typedef struct crm_guard
{
	int32 guard_id;
	char *table_name; /* qualified, quoted where it must be */
	Oid table_id;
	char *owner;
	char *decision;
	int operations;
	char *amount;
	char *customer;
	char *customer_source;
	char *condition;
	List *columns;
	List *scope;   /* crm_guard_pair, by dimension ascending */
	List *waiting; /* crm_guard_pair */
	bool enforces;
	bool journals_rows;
	bool is_dropped;
	List *read_columns; /* names, beside them their attribute numbers */
	List *read_numbers;
	char *actor_column; /* NULL: none is trusted */
} crm_guard;

/*
 * All act as the owner of crm's tables and see what is committed now, whatever the transaction's
 * snapshot is. Results live in the caller's memory context.
 */
extern crm_guard *crm_guard_load(int32 guard_id); /* NULL: there is none */
extern List *crm_guard_numbers(const char *table_name, const char *decision); /* not dropped */
extern List *crm_guard_waiting_numbers(void); /* of all tables: with a waiting state */
extern bool crm_guard_dimension_exists(const char *name);

extern int32 crm_guard_insert(const crm_guard *guard);
extern void crm_guard_update(const crm_guard *guard);
extern void crm_guard_mark_dropped(int32 guard_id);

/* The number of the source of that name; 0: there is none. */
extern int32 crm_guard_source_number(const char *source);

#endif
