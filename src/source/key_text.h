/* key_text.h - the canonical text of a departmental row's key. Private to the room. */
#ifndef CRM_KEY_TEXT_H
#define CRM_KEY_TEXT_H

#include "executor/tuptable.h"
#include "fmgr.h"
#include "lib/stringinfo.h"

typedef enum crm_key_road
{
	CRM_KEY_INT2,
	CRM_KEY_INT4,
	CRM_KEY_INT8,
	CRM_KEY_TEXT,
	CRM_KEY_BY_OUTPUT,
	CRM_KEY_BY_CAST
} crm_key_road;

typedef struct crm_key_column
{
	AttrNumber attribute;
	crm_key_road road;
	bool may_fail;       /* code that is not the server's makes the text */
	bool needs_settings; /* DateStyle and its like matter */
	FmgrInfo function;
} crm_key_column;

/* context must live as long as the column description is used. */
extern void crm_key_column_init(crm_key_column *column, AttrNumber attribute, Oid type,
								MemoryContext context);

/* Whether a cast to text writes such a value; else the output function of its type does. */
extern bool crm_key_is_cast(Oid type);

/* Appends the text of one value that is not NULL; function calls may note things in column. */
extern void crm_key_append(crm_key_column *column, Datum value, StringInfo text);

/*
 * Fixes what the text of dates and their like depends on, as long as crm_key_text() runs for
 * columns that need it; then AtEOXact_GUC(true, <the result>).
 */
extern int crm_key_settings(void);

/* False: a column is NULL, so the row has no key. */
extern bool crm_key_text(const crm_key_column *columns, int ncolumns, TupleTableSlot *row,
						 StringInfo text);

#endif
