/* source.h - departmental tables: reading their rows. */
#ifndef CRM_SOURCE_H
#define CRM_SOURCE_H

#include "datatype/timestamp.h"
#include "nodes/pg_list.h"
#include "source/attribute.h"
#include "utils/date.h"

typedef struct crm_source_value
{
	const char *attribute; /* canonical name */
	crm_attribute_kind kind;
	const char *text; /* as the department has it, trimmed; never empty */
} crm_source_value;

/* The row's customer stands in relation to that of another row. */
typedef struct crm_source_link
{
	const char *relation; /* a word; NULL: by the kinds of the two customers */
	const char *related_schema;
	const char *related_table;
	const char *key; /* of the related row, as its crm_source_row would have it */
	DateADT since;   /* first day, DATEVAL_NOBEGIN: none is named */
	DateADT until;   /* last day, DATEVAL_NOEND: none is named */
	bool from_detail;
} crm_source_link;

typedef struct crm_source_row
{
	const char *key;
	char kind;          /* 'p' person, 'o' organization, '\0' by the values */
	const char *region; /* upper-case ISO 3166 alpha-2, or NULL */
	TimestampTz changed_at;
	bool has_changed_at;
	int nvalues;
	const crm_source_value *values; /* in mapping order */
	int nlinks;
	const crm_source_link *links;
	const char *entered_by; /* NULL: the source does not say, or not of this row */
	const char *error;      /* not NULL: the row could not be read, nothing else is set */
	int sqlerrcode;
	const char *const *anchors; /* for the room itself: what the keys of details equal */
} crm_source_row;

typedef void (*crm_source_sink)(const crm_source_row *row, void *context);

/*
 * Reads the rows of these keys with a fresh snapshot of the moment, as the table's owner, and hands
 * each that exists and passes the filter to sink, once. A key that is not handed over is gone.
 * Allocations of a row live until its sink returns. A row whose expressions fail is handed over
 * with its error. False: the source as a whole cannot be read (column or table gone, no right); it
 * has then been marked as needing attention and no sink was called.
 */
extern bool crm_source_read(int32 source_id, const char *const *keys, int nkeys,
							crm_source_sink sink, void *context);

/*
 * The same for every row of the source, a few thousand at a time, each with a snapshot of its own.
 * False: it could not be read to the end.
 */
extern bool crm_source_read_all(int32 source_id, crm_source_sink sink, void *context);

/* Over all that a row says, never 0: equal for a row that reads the same. */
extern int64 crm_source_row_hash(const crm_source_row *row);

/* One entry of pending that stands for the whole source: the next crm.resolve() compares all of it.
 */
extern void crm_source_enqueue_all(int32 source_id);

/* "schema.table", palloc'd, or NULL if there is no such source. */
extern char *crm_source_name(int32 source_id);

/* The source of that name, as somebody types it; an error if there is none. */
extern int32 crm_source_number(const char *name);

#endif
