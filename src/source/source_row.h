/* source_row.h - the rows of a source's query as plain values. */
#ifndef CRM_SOURCE_ROW_H
#define CRM_SOURCE_ROW_H

#include "access/htup.h"
#include "access/tupdesc.h"
#include "source/source_registry.h"

/* A row of the query as plain values in the current memory context; NULL if its key is NULL. */
extern crm_source_row *crm_source_query_row(const crm_source *source, HeapTuple tuple,
											TupleDesc desc);

/* The text without white space around it, cut in place. */
extern char *crm_source_trimmed(char *text);

/* The canonical text of the key alone; NULL if it is NULL. */
extern char *crm_source_query_key(const crm_source *source, HeapTuple tuple, TupleDesc desc);

/* The canonical text of a key out of those of its columns; NULL if one is, or there are none. */
extern const char *crm_source_key_text(const char *const *texts, int n);

/* A kind that stands for itself and is no expression. */
extern bool crm_source_is_kind(const char *text);

#endif
