/* guard_fact.h - one fact of a decision, read from a row. Private to the room. */
#ifndef CRM_GUARD_FACT_H
#define CRM_GUARD_FACT_H

#include "executor/tuptable.h"
#include "nodes/execnodes.h"
#include "nodes/pg_list.h"
#include "utils/numeric.h"
#include "utils/relcache.h"

typedef struct crm_guard_fact
{
	AttrNumber column; /* the fact is this column; 0: what state computes */
	Oid type;
	int16 length;
	bool by_value;
	ExprState *state;
	ExprContext *context;
	Oid run_as;     /* where code that is not the server's takes part; else InvalidOid */
	bool is_pinned; /* computed under fixed settings: another time zone is another fact */
} crm_guard_fact;

/* A short numeric, aligned, so that a row's amount is read without memory being taken. */
typedef union crm_numeric_room
{
	int32 alignment;
	char bytes[VARHDRSZ + 127];
} crm_numeric_room;

/*
 * Prepares a stored expression for the rows of a relation, in the current memory context, which
 * must live as long as the fact; wanted: the type it is to have, InvalidOid: any. An error if it
 * cannot be read there. what: as of crm_expression_of().
 */
extern void crm_guard_fact_prepare(crm_guard_fact *fact, Relation relation, const char *text,
								   const char *what, Oid wanted);

/* The value, in the row or in the current memory context. */
extern Datum crm_guard_fact_value(const crm_guard_fact *fact, TupleTableSlot *row, bool *isnull);

/* The same for an amount; NULL if it is. */
extern Numeric crm_guard_fact_amount(const crm_guard_fact *fact, TupleTableSlot *row,
									 crm_numeric_room *room);

#endif
