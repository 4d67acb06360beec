/* sequence.c - numbers from crm's own sequences, of which lastval() knows nothing. */
/*
 * nextval() makes its sequence the one that lastval() answers for. Where crm numbers a row in an
 * application's transaction, the application would be told crm's number as that of its own row, or
 * that it lacks a right. setval() leaves lastval() alone, but two who read and set at once need a
 * lock about it, behind which sessions queue: with eight of them half of the transactions a second
 * were gone. So the one row of the sequence is changed under the lock of its page, which is what
 * nextval() does too: either may be used beside the other.
 *
 * The record in the log is the whole page, a hundred bytes: nextval() logs more than it puts on the
 * page, so a difference to the page would be replayed upon something else.
 */
#include "postgres.h"

#include "access/generic_xlog.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "access/xact.h"
#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "fmgr.h"
#include "miscadmin.h"
#include "storage/bufmgr.h"
#include "utils/acl.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"

#include "base/sequence.h"

PG_FUNCTION_INFO_V1(crm_take_number);

static Form_pg_sequence_data
state_on(Page page)
{
	HeapTupleHeader row =
		(HeapTupleHeader) PageGetItem(page, PageGetItemId(page, FirstOffsetNumber));

	return (Form_pg_sequence_data) ((char *) row + row->t_hoff);
}

static int64
advance(Relation sequence, int64 n)
{
	Buffer buffer = ReadBuffer(sequence, 0);
	GenericXLogState *change = GenericXLogStart(sequence);
	Form_pg_sequence_data state;
	int64 first;

	LockBuffer(buffer, BUFFER_LOCK_EXCLUSIVE);
	state = state_on(GenericXLogRegisterBuffer(change, buffer, GENERIC_XLOG_FULL_IMAGE));
	first = state->is_called ? state->last_value + 1 : state->last_value;
	state->last_value = first + n - 1;
	state->is_called = true;
	state->log_cnt = 0;
	(void) GenericXLogFinish(change);
	UnlockReleaseBuffer(buffer);
	return first;
}

int64
crm_sequence_take(Oid sequence, int64 n)
{
	Relation relation = table_open(sequence, RowExclusiveLock);
	int64 first;

	Assert(n > 0);
	PreventCommandIfReadOnly("nextval()");
	PreventCommandIfParallelMode("nextval()");
	/* So that the commit waits for the log. */
	(void) GetTopTransactionId();
	first = advance(relation, n);
	table_close(relation, NoLock);
	return first;
}

int64
crm_sequence_take_from(const char *name, int64 n)
{
	Oid sequence = get_relname_relid(name, get_namespace_oid("crm_internal", false));

	if (!OidIsValid(sequence))
		ereport(ERROR, (errcode(ERRCODE_UNDEFINED_TABLE),
						errmsg("sequence \"crm_internal.%s\" does not exist", name)));
	return crm_sequence_take(sequence, n);
}

/* Only sequences of crm: another may be temporary, or count by more than one. */
Datum
crm_take_number(PG_FUNCTION_ARGS)
{
	Oid sequence = PG_GETARG_OID(0);
	char *name = get_rel_name(sequence);

	if (name == NULL || get_rel_relkind(sequence) != RELKIND_SEQUENCE ||
		get_rel_namespace(sequence) != get_namespace_oid("crm_internal", false))
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("relation %u is not a sequence of crm", sequence)));
	if (pg_class_aclcheck(sequence, GetUserId(), ACL_USAGE | ACL_UPDATE) != ACLCHECK_OK)
		aclcheck_error(ACLCHECK_NO_PRIV, OBJECT_SEQUENCE, name);
	PG_RETURN_INT64(crm_sequence_take(sequence, 1));
}
