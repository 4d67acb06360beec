/* row.h - the columns of a row that SPI returned: NULL is always answered for. */
#ifndef CRM_ROW_H
#define CRM_ROW_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "nodes/pg_list.h"
#include "utils/numeric.h"

/* A copy in the current memory context; NULL stays NULL. */
extern Numeric crm_row_numeric(HeapTuple row, TupleDesc shape, int column);

/* NULL is false, 0, '\0' and InvalidOid. */
extern bool crm_row_flag(HeapTuple row, TupleDesc shape, int column);
extern int32 crm_row_number(HeapTuple row, TupleDesc shape, int column);
extern char crm_row_char(HeapTuple row, TupleDesc shape, int column);
extern Oid crm_row_oid(HeapTuple row, TupleDesc shape, int column);

/* The elements of a text[] (NULL ones stay NULL), smallint[], integer[] or oid[]; of NULL NIL. */
extern List *crm_row_texts(HeapTuple row, TupleDesc shape, int column);
extern List *crm_row_numbers(HeapTuple row, TupleDesc shape, int column);
extern List *crm_row_oids(HeapTuple row, TupleDesc shape, int column);

#endif
