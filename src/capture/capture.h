/* capture.h - what changed in departmental tables: noted, compared, handed on. */
#ifndef CRM_CAPTURE_H
#define CRM_CAPTURE_H

#include "nodes/pg_list.h"

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
 * Compares the source as it is now with crm_internal.record, by key and source_hash, and appends
 * each key that is missing, different or gone to crm_internal.pending. The number of keys, or -1 if
 * the source cannot be read; it has then been marked as needing attention. Runs in the caller's
 * transaction, as the owner of crm's tables; SPI may be connected or not.
 */
extern int64 crm_source_enqueue_difference(int32 source_id);

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

#endif
