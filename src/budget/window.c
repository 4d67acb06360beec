/* window.c - limits within a window of time, added up from the journal. */
/*
 * Two sessions that act on one customer do not see each other's acts. So before the commit the
 * customer is locked until the end, and the journal is added up once more: of two, the second finds
 * what the first has committed. As a transaction may act on many customers, the lock is on one of a
 * few buckets of them.
 *
 * The second is refused even if another mandate of the same person would do: under which mandate an
 * act was taken has been journalled, told to whom it may concern and perhaps read by then. The
 * repeated statement sees what was committed, and goes to the next mandate.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "common/hashfn.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/fmgroids.h"
#include "utils/fmgrprotos.h"
#include "utils/hsearch.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "audit/journal.h"
#include "base/base.h"
#include "budget/amount.h"
#include "budget/budget.h"
#include "budget/budget_row.h"
#include "budget/refusal.h"
#include "budget/window.h"

#define LOCK_KIND 4                  /* beside 3 of budgets; pg_advisory_lock() gives 1 and 2 */
#define WINDOW_LOCK_CLASS 0x63724d77 /* "crMw" */
#define BUCKETS 64

typedef struct window_key
{
	uint64 person;
	int64 customer_id;
	int64 mandate_id;
} window_key;

typedef struct held_window
{
	window_key key;
	crm_window window;
	crm_tally taken;
	TimestampTz first_at; /* of what this transaction took */
	Numeric others;       /* by other transactions, as seen at seen_at */
	TimestampTz seen_at;
} held_window;

static struct
{
	MemoryContext context;
	HTAB *windows; /* NULL: nothing was taken */
} held;

void
crm_window_forget(void)
{
	memset(&held, 0, sizeof(held));
}

void
crm_window_abort(SubTransactionId mine)
{
	HASH_SEQ_STATUS all;
	held_window *w;

	if (held.windows == NULL)
		return;
	hash_seq_init(&all, held.windows);
	while ((w = hash_seq_search(&all)) != NULL)
		crm_tally_abort(&w->taken, mine, held.context);
}

static void
make_table(void)
{
	HASHCTL control = {.keysize = sizeof(window_key), .entrysize = sizeof(held_window)};

	if (held.windows != NULL)
		return;
	held.context =
		AllocSetContextCreate(TopTransactionContext, "crm windows", ALLOCSET_SMALL_SIZES);
	control.hcxt = held.context;
	held.windows = hash_create("crm windows", 64, &control, HASH_ELEM | HASH_BLOBS | HASH_CONTEXT);
}

static held_window *
window_of(const crm_window *window)
{
	window_key key = {.person = hash_bytes_extended((const unsigned char *) window->person,
													strlen(window->person), 0),
					  .customer_id = window->customer_id,
					  .mandate_id = window->mandate_id};
	held_window *w;
	bool found;

	make_table();
	w = hash_search(held.windows, &key, HASH_ENTER, &found);
	if (!found)
	{
		MemoryContext outer = MemoryContextSwitchTo(held.context);
		Interval *length = palloc(sizeof(*length));

		memset((char *) w + sizeof(key), 0, sizeof(*w) - sizeof(key));
		*length = *window->length;
		w->window = *window;
		w->window.length = length;
		w->window.person = pstrdup(window->person);
		w->window.decision = pstrdup(window->decision);
		w->window.limit = crm_sum_copy(window->limit);
		MemoryContextSwitchTo(outer);
	}
	return w;
}

static bool
lies_within(const char *decision, const char *whole)
{
	size_t length = strlen(whole);

	return strncmp(decision, whole, length) == 0 &&
		   (decision[length] == '\0' || decision[length] == '.');
}

static Datum
column(HeapTuple tuple, TupleDesc shape, const char *name, bool *isnull)
{
	for (int i = 0; i < shape->natts; i++)
		if (strcmp(NameStr(TupleDescAttr(shape, i)->attname), name) == 0)
			return heap_getattr(tuple, i + 1, shape, isnull);
	elog(ERROR, "crm_internal.act has no column %s", name);
}

static int32
last_mandate(Datum path)
{
	ArrayType *array = DatumGetArrayTypeP(path);
	int n = ArrayGetNItems(ARR_NDIM(array), ARR_DIMS(array));

	return n == 0 ? 0 : ((int32 *) ARR_DATA_PTR(array))[n - 1];
}

static bool
counts(const crm_window *window, HeapTuple tuple, TupleDesc shape, bool own_too)
{
	bool isnull;

	if (strcmp(TextDatumGetCString(column(tuple, shape, "verdict", &isnull)), "allowed") != 0 ||
		!lies_within(TextDatumGetCString(column(tuple, shape, "decision", &isnull)),
					 window->decision))
		return false;
	if (!own_too && DatumGetInt64(column(tuple, shape, "batch", &isnull)) == crm_journal_batch())
		return false;
	return last_mandate(column(tuple, shape, "mandate_path", &isnull)) == window->mandate_id ||
		   strcmp(TextDatumGetCString(column(tuple, shape, "person", &isnull)), window->person) ==
			   0;
}

static Numeric
counted(HeapTuple tuple, TupleDesc shape)
{
	bool isnull;
	Datum value = column(tuple, shape, "counted", &isnull);

	if (isnull)
		value = column(tuple, shape, "amount", &isnull);
	return isnull ? NULL : DatumGetNumeric(value);
}

static void
keys_of(ScanKeyData *keys, Relation table, int64 customer_id, TimestampTz after)
{
	AttrNumber customer = get_attnum(RelationGetRelid(table), "customer_id");
	AttrNumber at = get_attnum(RelationGetRelid(table), "at");

	if (customer_id == 0)
		ScanKeyEntryInitialize(&keys[0], SK_ISNULL | SK_SEARCHNULL, customer, InvalidStrategy,
							   InvalidOid, InvalidOid, InvalidOid, (Datum) 0);
	else
		ScanKeyInit(&keys[0], customer, BTEqualStrategyNumber, F_INT8EQ,
					Int64GetDatum(customer_id));
	ScanKeyInit(&keys[1], at, BTGreaterStrategyNumber, F_TIMESTAMPTZ_GT,
				TimestampTzGetDatum(after));
}

/*
 * Acts are never changed, so reading them as they are by now misses none that is committed, and a
 * serializable transaction does not conflict with those who write them.
 */
static Numeric
sum_of_journal(const held_window *w, bool own_too)
{
	Oid schema = get_namespace_oid("crm_internal", false);
	Relation table = table_open(get_relname_relid("act", schema), AccessShareLock);
	TimestampTz after = DatumGetTimestampTz(
		DirectFunctionCall2(timestamptz_mi_interval, TimestampTzGetDatum(w->first_at),
							IntervalPGetDatum(w->window.length)));
	MemoryContext outer = CurrentMemoryContext;
	MemoryContext row =
		AllocSetContextCreate(CurrentMemoryContext, "crm window", ALLOCSET_DEFAULT_SIZES);
	Numeric total = NULL;
	ScanKeyData keys[2];
	SysScanDesc scan;
	HeapTuple tuple;

	keys_of(keys, table, w->window.customer_id, after);
	scan = systable_beginscan(table, get_relname_relid("act_customer_idx", schema), true,
							  SnapshotSelf, 2, keys);
	while (HeapTupleIsValid(tuple = systable_getnext(scan)))
	{
		MemoryContextSwitchTo(row);
		if (counts(&w->window, tuple, RelationGetDescr(table), own_too))
		{
			Numeric more = counted(tuple, RelationGetDescr(table));

			MemoryContextSwitchTo(outer);
			if (crm_sum_is_positive(more))
				total = crm_sum_add(total, more);
		}
		MemoryContextSwitchTo(outer);
		MemoryContextReset(row);
		CHECK_FOR_INTERRUPTS();
	}
	systable_endscan(scan);
	table_close(table, NoLock);
	MemoryContextDelete(row);
	return total;
}

static void
look(held_window *w)
{
	Numeric others = sum_of_journal(w, false);
	MemoryContext outer = MemoryContextSwitchTo(held.context);

	if (w->others != NULL)
		pfree(w->others);
	w->others = crm_sum_copy(others);
	MemoryContextSwitchTo(outer);
	w->seen_at = GetCurrentStatementStartTimestamp();
}

static Numeric
left_of(const held_window *w)
{
	return crm_sum_subtract(crm_sum_subtract(w->window.limit, w->others), w->taken.total);
}

/* What is left is looked up once a statement of the client, and again before it is too little. */
static Numeric
left_for(held_window *w, Numeric amount)
{
	Numeric left;

	if (w->taken.top == NULL)
		w->first_at = GetCurrentTimestamp();
	if (w->seen_at != GetCurrentStatementStartTimestamp())
		look(w);
	left = left_of(w);
	if (crm_sum_compare(amount, left) <= 0)
		return left;
	look(w);
	return left_of(w);
}

bool
crm_window_take(const crm_window *window, Numeric amount, Numeric *left)
{
	held_window *w = window_of(window);

	*left = left_for(w, amount);
	if (!crm_sum_is_positive(amount))
		return true;
	if (crm_sum_compare(amount, *left) > 0)
		return false;
	crm_tally_add(&w->taken, amount, held.context);
	return true;
}

Numeric
crm_window_left(const crm_window *window)
{
	return left_for(window_of(window), NULL);
}

static uint32
bucket_of(const held_window *w)
{
	return hash_bytes((const unsigned char *) &w->window.customer_id, sizeof(int64)) % BUCKETS;
}

static void
lock_buckets(const bool *wanted)
{
	for (uint32 i = 0; i < BUCKETS; i++)
	{
		LOCKTAG tag;

		if (!wanted[i])
			continue;
		SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, WINDOW_LOCK_CLASS, i, LOCK_KIND);
		(void) LockAcquire(&tag, ExclusiveLock, false, false);
	}
}

static void
check(const held_window *w)
{
	Numeric all = sum_of_journal(w, true);

	if (crm_sum_compare(all, w->window.limit) <= 0)
		return;
	crm_log_overrun(w->window.person, "decision", w->window.decision,
					crm_sum_subtract(crm_sum_add(w->window.limit, w->taken.total), all),
					w->taken.total);
	ereport(ERROR,
			(errcode(ERRCODE_CHECK_VIOLATION),
			 errmsg("limit of decision \"%s\" within %s would be exceeded", w->window.decision,
					DatumGetCString(
						DirectFunctionCall1(interval_out, IntervalPGetDatum(w->window.length)))),
			 errdetail("The limit is %s; with what this transaction and others have taken it "
					   "would be %s.",
					   crm_sum_text(w->window.limit), crm_sum_text(all)),
			 errhint("Others have acted on the same customer meanwhile. Run the transaction again: "
					 "another mandate is used if there is one; else ask for approval of the rest "
					 "with crm.request().")));
}

void
crm_window_check_all(void)
{
	HASH_SEQ_STATUS all;
	held_window *w;
	bool wanted[BUCKETS] = {false};

	if (held.windows == NULL || !crm_budget_table_exists())
		return;
	hash_seq_init(&all, held.windows);
	while ((w = hash_seq_search(&all)) != NULL)
		if (w->taken.top != NULL)
			wanted[bucket_of(w)] = true;
	lock_buckets(wanted);
	hash_seq_init(&all, held.windows);
	while ((w = hash_seq_search(&all)) != NULL)
		if (w->taken.top != NULL)
			check(w);
}
