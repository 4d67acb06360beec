/* source.h - departmental tables: reading their rows, and the changes that capture noted. */
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

/*
 * Compares the source as it is now with crm_internal.record, by key and source_hash, and appends
 * each key that is missing, different or gone to crm_internal.pending. The number of keys, or -1 if
 * the source cannot be read; it has then been marked as needing attention. Runs in the caller's
 * transaction, as the owner of crm's tables; SPI may be connected or not.
 */
extern int64 crm_source_enqueue_difference(int32 source_id);

/* One entry of pending that stands for the whole source: the next crm.resolve() compares all of it.
 */
extern void crm_source_enqueue_all(int32 source_id);

/* Numbers, n of them, of the sources and parts of sources whose tables are not what they were. */
extern int32 *crm_source_changed(int *n);

/*
 * Lets the source follow what was done to its table, in a subtransaction that waits for no lock
 * longer than 50 ms; the caller commits soon. 0, or the number of the source that must not be read
 * now: what became of its table is not certain, or it could not be locked.
 */
extern int32 crm_source_follow(int32 source_id);

/* "schema.table", palloc'd, or NULL if there is no such source. */
extern char *crm_source_name(int32 source_id);

/* The source of that name, as somebody types it; an error if there is none. */
extern int32 crm_source_number(const char *name);

/*
 * A clause of WITH behind one that is called taken, which takes rows of pending and returns their
 * source_id, spent and written: adds up what the departments' transactions paid for crm.
 */
#define CRM_ADD_UP_COST                                                                            \
	" added AS (INSERT INTO crm_internal.source_cost AS c"                                         \
	"  (source_id, since, transactions, rows, microseconds)"                                       \
	"  SELECT t.source_id, s.registered_at,"                                                       \
	"    pg_catalog.count(*) FILTER (WHERE t.written OPERATOR(pg_catalog.>) 0),"                   \
	"    pg_catalog.sum(pg_catalog.abs(t.written)), pg_catalog.sum(t.spent)"                       \
	"  FROM taken t"                                                                               \
	"  JOIN crm_internal.source s ON s.source_id OPERATOR(pg_catalog.=) t.source_id"               \
	"  WHERE t.spent IS NOT NULL GROUP BY t.source_id, s.registered_at"                            \
	"  ON CONFLICT (source_id) DO UPDATE SET"                                                      \
	"    transactions = c.transactions OPERATOR(pg_catalog.+) EXCLUDED.transactions,"              \
	"    rows = c.rows OPERATOR(pg_catalog.+) EXCLUDED.rows,"                                      \
	"    microseconds = c.microseconds OPERATOR(pg_catalog.+) EXCLUDED.microseconds) "

/*
 * One captured change; key NULL means the whole source (TRUNCATE). With op P the number and key are
 * those of a part, and mean the rows of its source that hang on them: crm_source_climb() finds
 * them.
 */
typedef struct crm_change
{
	int32 source_id;
	char op; /* I U D T S P */
	const char *key;
} crm_change;

/*
 * Takes up to limit changes of parts out of crm_internal.pending and puts in those of the sources'
 * rows that hang on them by now. The number taken. Where the tables between cannot be read the
 * source is marked as needing attention, and its changes stay; stuck (a list of numbers of parts)
 * gets those, which are not tried again. Runs in the caller's transaction as
 * crm_source_enqueue_difference() does.
 */
extern int64 crm_source_expand_parts(int limit, List **stuck);

/*
 * The changes with those of parts replaced by those of their sources' rows. An error if these
 * cannot be told here and now. Whoever asks must keep other writers of identities out: a link that
 * one of them is about to commit would be missed.
 */
extern crm_change *crm_changes_climb(const crm_change *changes, int *nchanges);

/*
 * What resolves changes of inline sources in the writing transaction, registered by identity. Runs
 * inside a subtransaction, as the owner of crm's tables, SPI not connected; keys are distinct. An
 * error it raises sends the changes to pending.
 */
typedef void (*crm_inline_resolver)(const crm_change *changes, int nchanges);
extern void crm_capture_set_resolver(crm_inline_resolver resolver);

extern void crm_capture_init(void);

#endif
