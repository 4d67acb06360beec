/* bulk_insert.h - many rows into one of crm's own tables, past the executor. */
#ifndef CRM_BULK_INSERT_H
#define CRM_BULK_INSERT_H

#include "executor/tuptable.h"

typedef struct crm_bulk_insert crm_bulk_insert;

/* A table of crm_internal by its name. */
extern crm_bulk_insert *crm_bulk_insert_begin(const char *table);

/*
 * The same for a table that is empty so far and that nobody but writers of identities reads in a
 * hurry: its one index is built at the end, if nobody uses the table right now. SPI connected.
 */
extern crm_bulk_insert *crm_bulk_insert_begin_empty(const char *table, const char *index);

/* All columns of the table in its order; what they point to is copied. */
extern void crm_bulk_insert_row(crm_bulk_insert *insert, const Datum *values, const bool *nulls);

/* The shape of its rows. */
extern TupleDesc crm_bulk_insert_desc(const crm_bulk_insert *insert);

/* A slot for a row of the table, out of a tuplestore; the caller drops it. */
extern TupleTableSlot *crm_bulk_insert_shape(const crm_bulk_insert *insert);

/* Only from now on the rows are seen by statements. */
extern void crm_bulk_insert_end(crm_bulk_insert *insert);

#endif
