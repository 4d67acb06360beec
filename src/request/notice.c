/* notice.c - notices of acts: kept in memory, written in bulk before the transaction ends. */
/*
 * An act may be one row of a million. A notice belongs to the subtransaction of its act and is gone
 * with it. One that was written in an inner subtransaction which is then rolled back is written
 * once more.
 */
#include "postgres.h"

#include "access/xact.h"
#include "catalog/pg_type.h"
#include "fmgr.h"
#include "utils/array.h"
#include "utils/builtins.h"
#include "utils/memutils.h"
#include "utils/snapmgr.h"
#include "utils/timestamp.h"

#include "audit/journal.h"
#include "base/base.h"
#include "base/commit.h"
#include "request/request.h"
#include "request/request_private.h"

#define AT_ONCE 8192

PG_FUNCTION_INFO_V1(crm_flush_notices);

typedef struct notice
{
	int64 act_id;
	int32 mandate_id;
	const char *position;
	SubTransactionId owner;
	SubTransactionId written; /* Invalid: not yet */
} notice;

static MemoryContext context = NULL;
static notice *notices = NULL;
static int nnotices = 0;
static int room_for = 0;

static int nunwritten = 0;

static void subtransaction_end(SubTransactionId mine, SubTransactionId parent, bool committed);
static void forget(void);

static const crm_commit_room room = {
	.before_commit = crm_notice_flush,
	.subtransaction_end = subtransaction_end,
	.end = forget,
};

void
crm_notice_init(void)
{
	crm_commit_register(&room);
}

static void
make_room(int more)
{
	if (context == NULL)
		context = AllocSetContextCreate(TopMemoryContext, "crm notices", ALLOCSET_DEFAULT_SIZES);
	if (nnotices + more <= room_for)
		return;
	room_for = Max(64, (nnotices + more) * 2);
	notices = notices == NULL ? MemoryContextAlloc(context, sizeof(notice) * room_for)
							  : repalloc_huge(notices, sizeof(notice) * (Size) room_for);
}

void
crm_notice_add(int64 act_id, const crm_duty *informs, int ninforms)
{
	if (nunwritten >= AT_ONCE)
		crm_notice_flush();
	make_room(ninforms);
	for (int i = 0; i < ninforms; i++)
	{
		notice *n = &notices[nnotices];

		n->act_id = act_id;
		n->mandate_id = informs[i].mandate_id;
		n->position = MemoryContextStrdup(context, informs[i].position);
		n->owner = GetCurrentSubTransactionId();
		n->written = InvalidSubTransactionId;
		nnotices++;
		nunwritten++;
	}
}

/* ------------------------------ writing ------------------------------ */

static Datum
array_of(Datum *values, int n, Oid type)
{
	bool is_text = type == TEXTOID;
	int16 length = is_text ? -1 : (type == INT8OID ? 8 : 4);

	return PointerGetDatum(construct_array(values, n, type, length,
										   type == INT8OID ? FLOAT8PASSBYVAL : !is_text,
										   type == INT8OID ? TYPALIGN_DOUBLE : TYPALIGN_INT));
}

static void
insert_unwritten(void)
{
	static SPIPlanPtr plan = NULL;
	static const Oid types[] = {INT8ARRAYOID, INT4ARRAYOID, TEXTARRAYOID};
	Datum *act_ids = palloc(sizeof(Datum) * nunwritten);
	Datum *mandate_ids = palloc(sizeof(Datum) * nunwritten);
	Datum *positions = palloc(sizeof(Datum) * nunwritten);
	Datum values[3];
	int n = 0;

	for (int i = 0; i < nnotices; i++)
	{
		if (notices[i].written != InvalidSubTransactionId)
			continue;
		act_ids[n] = Int64GetDatum(notices[i].act_id);
		mandate_ids[n] = Int32GetDatum(notices[i].mandate_id);
		positions[n++] = CStringGetTextDatum(notices[i].position);
	}
	values[0] = array_of(act_ids, n, INT8OID);
	values[1] = array_of(mandate_ids, n, INT4OID);
	values[2] = array_of(positions, n, TEXTOID);
	crm_plan(&plan,
			 "INSERT INTO crm_internal.notice (act_id, mandate_id, position, created_at)"
			 " SELECT a, m, p, pg_catalog.now()"
			 " FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2), pg_catalog.unnest($3))"
			 " AS u (a, m, p)",
			 3, types);
	crm_execute_plan(plan, values, NULL, false);
}

static void
mark_written(void)
{
	SubTransactionId mine = GetCurrentSubTransactionId();

	/* Only the end of the transaction can undo it. */
	if (GetCurrentTransactionNestLevel() == 1)
	{
		forget();
		return;
	}
	for (int i = 0; i < nnotices; i++)
		if (notices[i].written == InvalidSubTransactionId)
			notices[i].written = mine;
	nunwritten = 0;
}

void
crm_notice_flush(void)
{
	crm_user before;

	if (nunwritten == 0)
		return;
	before = crm_become(crm_owner(), 0);
	/* Before the commit there is none any more. */
	PushActiveSnapshot(GetTransactionSnapshot());
	SPI_connect();
	insert_unwritten();
	SPI_finish();
	PopActiveSnapshot();
	crm_restore_user(before);
	mark_written();
}

Datum
crm_flush_notices(PG_FUNCTION_ARGS)
{
	crm_journal_flush();
	crm_notice_flush();
	PG_RETURN_VOID();
}

/* ------------------------------ the transaction's end ------------------------------ */

static void
undo(SubTransactionId mine)
{
	while (nnotices > 0 && notices[nnotices - 1].owner == mine)
	{
		nnotices--;
		if (notices[nnotices].written == InvalidSubTransactionId)
			nunwritten--;
	}
	for (int i = 0; nunwritten < nnotices && i < nnotices; i++)
		if (notices[i].written == mine)
		{
			notices[i].written = InvalidSubTransactionId;
			nunwritten++;
		}
}

/* What the whole transaction has written is forgotten: only its end can undo it. */
static void
pass_on_written(SubTransactionId mine, SubTransactionId parent)
{
	int kept = 0;

	for (int i = 0; i < nnotices; i++)
	{
		if (notices[i].written == mine)
			notices[i].written = parent;
		if (notices[i].written != TopSubTransactionId)
			notices[kept++] = notices[i];
	}
	nnotices = kept;
}

/* The last in the array are those of the innermost subtransaction. */
static void
subtransaction_end(SubTransactionId mine, SubTransactionId parent, bool committed)
{
	if (!committed)
	{
		undo(mine);
		return;
	}
	for (int i = nnotices; i > 0 && notices[i - 1].owner == mine; i--)
		notices[i - 1].owner = parent;
	if (nunwritten < nnotices)
		pass_on_written(mine, parent);
}

static void
forget(void)
{
	if (context != NULL)
		MemoryContextReset(context);
	notices = NULL;
	nnotices = room_for = nunwritten = 0;
}
