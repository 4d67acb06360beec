/* source_texts.h - the values that stand in one column of a row. */
#ifndef CRM_SOURCE_TEXTS_H
#define CRM_SOURCE_TEXTS_H

#include "executor/spi.h"
#include "nodes/pg_list.h"

/* As texts: several of an array or a JSON array, none of a NULL. */
extern List *crm_source_texts(HeapTuple tuple, TupleDesc desc, int column);

#endif
