/* request_use.c - uses up an approved request: once, for exactly what was approved. */
/*
 * The one who approves is on the phone with the one who asked, whose transaction may have begun
 * before. So requests are read by a snapshot taken now, at every isolation level. A lock on the
 * request orders those who want it, and the row is read once more behind it: an UPDATE that had to
 * wait for another one would fail at REPEATABLE READ.
 */
#include "postgres.h"

#include "catalog/pg_type.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/lock.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/snapmgr.h"

#include "base/base.h"
#include "base/row.h"
#include "request/request.h"
#include "request/request_private.h"

/* Apart from the locks that users can take by number. */
#define REQUEST_LOCK_CLASS 0x63726D
#define REQUEST_LOCK_KIND 4

#define NKEYS 10

/* So many of the same are looked at for one that nobody else is using. */
#define AT_ONCE 64

/* Of one with the authority: that all were asked is enough, even if it went to somebody else. */
#define IS_USABLE                                                                                  \
	"(r.status = 'approved' OR ($9 AND r.status = 'open'))"                                        \
	" AND r.expires_at > pg_catalog.clock_timestamp()"                                             \
	" AND NOT EXISTS (SELECT FROM crm_internal.request_consult c"                                  \
	"  WHERE c.request_id = r.request_id AND c.answered_at IS NULL"                                \
	"  AND c.due_at > pg_catalog.clock_timestamp())"

#define IS_FOR_THIS                                                                                \
	"r.requester = $1 AND r.decision = $2 AND r.customer_id IS NOT DISTINCT FROM $3"               \
	" AND r.amount IS NOT DISTINCT FROM $4 AND (r.guard_id IS NULL OR r.guard_id = $5)"            \
	" AND (r.operation IS NULL OR r.operation = $6) AND (r.row_key IS NULL OR r.row_key = $7)"     \
	" AND (r.subject IS NULL OR r.subject = $10)"                                                  \
	" AND r.scope <@ $8::pg_catalog.jsonb"

/* A mandate without one has that of the nearest above it. */
#define NEAREST_WINDOW                                                                             \
	"crm_internal.mandate m WHERE m.mandate_id = ANY (r.mandate_path)"                             \
	" AND m.window_amount IS NOT NULL"                                                             \
	" ORDER BY pg_catalog.array_position(r.mandate_path, m.mandate_id) DESC LIMIT 1"

PG_FUNCTION_INFO_V1(crm_lock_request);

static const Oid key_types[NKEYS + 1] = {TEXTOID, TEXTOID, INT8OID, NUMERICOID, INT4OID, TEXTOID,
										 TEXTOID, TEXTOID, BOOLOID, TEXTOID,    INT8OID};

static int find(Datum *values, const char *nulls, int64 *ids);
static int64 lock_one(const int64 *ids, int n);
static LOCKTAG lock_of(int64 request_id);
static bool use(Datum *values, const char *nulls, crm_approval *approval, MemoryContext caller);

void
crm_request_lock(int64 request_id)
{
	LOCKTAG tag = lock_of(request_id);

	(void) LockAcquire(&tag, ExclusiveLock, false, false);
}

static LOCKTAG
lock_of(int64 request_id)
{
	LOCKTAG tag;

	SET_LOCKTAG_ADVISORY(tag, MyDatabaseId, REQUEST_LOCK_CLASS, (uint32) request_id,
						 REQUEST_LOCK_KIND);
	return tag;
}

/* Waits for another session only where all that could be used are in use. */
static int64
lock_one(const int64 *ids, int n)
{
	for (int i = 0; i < n; i++)
	{
		LOCKTAG tag = lock_of(ids[i]);

		if (LockAcquire(&tag, ExclusiveLock, false, true) != LOCKACQUIRE_NOT_AVAIL)
			return ids[i];
	}
	crm_request_lock(ids[0]);
	return ids[0];
}

Datum
crm_lock_request(PG_FUNCTION_ARGS)
{
	crm_request_lock(PG_GETARG_INT64(0));
	PG_RETURN_VOID();
}

static Datum
text_or_null(const char *text, char *null)
{
	*null = text == NULL ? 'n' : ' ';
	return text == NULL ? (Datum) 0 : CStringGetTextDatum(text);
}

static void
bind(const crm_request_key *key, Datum *values, char *nulls)
{
	memset(nulls, ' ', NKEYS + 1);
	nulls[NKEYS + 1] = '\0';
	values[0] = CStringGetTextDatum(key->person);
	values[1] = CStringGetTextDatum(key->decision);
	values[2] = Int64GetDatum(key->customer_id);
	nulls[2] = key->customer_id == 0 ? 'n' : ' ';
	values[3] = NumericGetDatum(key->amount);
	nulls[3] = key->amount == NULL ? 'n' : ' ';
	values[4] = Int32GetDatum(key->guard_id);
	values[5] = text_or_null(key->operation, &nulls[5]);
	values[6] = text_or_null(key->row_key, &nulls[6]);
	values[7] = CStringGetTextDatum(crm_request_scope_text(key->scope, key->nscope));
	values[8] = BoolGetDatum(key->consulted);
	values[9] = text_or_null(key->subject, &nulls[9]);
	values[10] = Int64GetDatum(0);
}

bool
crm_request_is_approved(const crm_request_key *key)
{
	Datum values[NKEYS + 1];
	char nulls[NKEYS + 2];
	int64 ids[AT_ONCE];
	crm_user before = crm_become(crm_owner(), 0);
	bool found;

	SPI_connect();
	bind(key, values, nulls);
	found = find(values, nulls, ids) > 0;
	SPI_finish();
	crm_restore_user(before);
	return found;
}

/* The one that was found may be gone once its lock is granted; then there may be another. */
bool
crm_request_use(const crm_request_key *key, crm_approval *approval)
{
	MemoryContext caller = CurrentMemoryContext;
	Datum values[NKEYS + 1];
	char nulls[NKEYS + 2];
	int64 ids[AT_ONCE];
	crm_user before = crm_become(crm_owner(), 0);
	bool used = false;
	int n;

	memset(approval, 0, sizeof(crm_approval));
	SPI_connect();
	bind(key, values, nulls);
	while (!used && (n = find(values, nulls, ids)) > 0)
	{
		values[10] = Int64GetDatum(lock_one(ids, n));
		used = use(values, nulls, approval, caller);
	}
	SPI_finish();
	crm_restore_user(before);
	return used;
}

/* By a snapshot taken now, which sees the transaction's own rows too. */
static void
run(SPIPlanPtr plan, Datum *values, const char *nulls, long limit)
{
	int result = SPI_execute_snapshot(plan, values, nulls, GetLatestSnapshot(), InvalidSnapshot,
									  false, true, limit);

	if (result < 0)
		elog(ERROR, "statement failed: %s", SPI_result_code_string(result));
}

/* What is bound most narrowly goes first, then the oldest. Returns how many, at most AT_ONCE. */
static int
find(Datum *values, const char *nulls, int64 *ids)
{
	static SPIPlanPtr plan = NULL;
	bool isnull;

	crm_plan(&plan,
			 "SELECT r.request_id FROM crm_internal.request r WHERE " IS_FOR_THIS " AND " IS_USABLE
			 " AND $11 IS NOT NULL"
			 " ORDER BY r.row_key IS NULL, r.guard_id IS NULL, r.subject IS NULL, r.request_id",
			 NKEYS + 1, key_types);
	run(plan, values, nulls, AT_ONCE);
	for (uint64 i = 0; i < SPI_processed; i++)
		ids[i] =
			DatumGetInt64(SPI_getbinval(SPI_tuptable->vals[i], SPI_tuptable->tupdesc, 1, &isnull));
	return (int) SPI_processed;
}

static void
copy_path(crm_approval *approval, Datum value)
{
	ArrayType *array = DatumGetArrayTypePCopy(value);

	approval->npath = ARR_NDIM(array) == 0 ? 0 : ARR_DIMS(array)[0];
	approval->path = (int32 *) ARR_DATA_PTR(array);
}

static void
copy_approval(crm_approval *approval, MemoryContext caller)
{
	MemoryContext before = MemoryContextSwitchTo(caller);
	HeapTuple row = SPI_tuptable->vals[0];
	TupleDesc shape = SPI_tuptable->tupdesc;
	bool isnull;
	Datum value;

	approval->request_id = DatumGetInt64(SPI_getbinval(row, shape, 1, &isnull));
	value = SPI_getbinval(row, shape, 2, &isnull);
	if (!isnull)
		copy_path(approval, value);
	approval->position = SPI_getvalue(row, shape, 3);
	approval->budget = SPI_getvalue(row, shape, 4);
	approval->reserved = crm_row_numeric(row, shape, 5);
	approval->consulted = DatumGetBool(SPI_getbinval(row, shape, 6, &isnull));
	approval->decision = SPI_getvalue(row, shape, 7);
	approval->window_amount = crm_row_numeric(row, shape, 8);
	value = SPI_getbinval(row, shape, 9, &isnull);
	if (!isnull)
	{
		Interval *length = palloc(sizeof(Interval));

		*length = *DatumGetIntervalP(value);
		approval->window_length = length;
	}
	MemoryContextSwitchTo(before);
}

static bool
use(Datum *values, const char *nulls, crm_approval *approval, MemoryContext caller)
{
	static SPIPlanPtr plan = NULL;

	crm_plan(&plan,
			 "UPDATE crm_internal.request r"
			 " SET status = 'used', used_at = pg_catalog.clock_timestamp()"
			 " WHERE r.request_id = $11 AND " IS_FOR_THIS " AND " IS_USABLE
			 " RETURNING r.request_id, r.mandate_path, r.position,"
			 "  (SELECT b.name FROM crm_internal.budget b WHERE b.budget_id = r.budget_id),"
			 "  r.reserved, r.decided_at IS NULL,"
			 "  (SELECT m.decision FROM crm_internal.mandate m"
			 "   WHERE m.mandate_id = r.mandate_path[pg_catalog.cardinality(r.mandate_path)]),"
			 "  (SELECT m.window_amount FROM " NEAREST_WINDOW "),"
			 "  (SELECT m.window_length FROM " NEAREST_WINDOW ")",
			 NKEYS + 1, key_types);
	run(plan, values, nulls, 0);
	if (SPI_processed == 0)
		return false;
	copy_approval(approval, caller);
	return true;
}
