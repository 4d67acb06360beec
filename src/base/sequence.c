/* sequence.c - numbers from crm's own sequences, of which lastval() knows nothing. */
/*
 * nextval() makes its sequence the one that lastval() answers for. Where crm numbers a row in an
 * application's transaction, the application would be told crm's number as that of its own row, or
 * that it lacks a right. setval() leaves lastval() alone, so numbers are taken by reading and
 * setting. Two who do so at once would take the same: hence a lock that conflicts with itself, but
 * not with what a transaction that has taken numbers holds until its end. It is given back at once,
 * so nobody waits for a transaction. nextval() beside it knows nothing of that lock: whatever takes
 * numbers comes through here.
 */
#include "postgres.h"

#include "access/genam.h"
#include "access/htup_details.h"
#include "access/table.h"
#include "catalog/namespace.h"
#include "commands/sequence.h"
#include "fmgr.h"
#include "utils/fmgrprotos.h"
#include "utils/lsyscache.h"
#include "utils/rel.h"
#include "utils/snapmgr.h"

#include "base/base.h"
#include "base/sequence.h"

PG_FUNCTION_INFO_V1(crm_take_number);

/* A sequence has one row, which is changed in place: there is nothing for a snapshot to choose. */
static int64
next_free(Relation sequence)
{
	SysScanDesc scan = systable_beginscan(sequence, InvalidOid, false, SnapshotSelf, 0, NULL);
	HeapTuple row = systable_getnext(scan);
	Form_pg_sequence_data state;
	int64 next;

	if (!HeapTupleIsValid(row))
		elog(ERROR, "sequence \"%s\" has no row", RelationGetRelationName(sequence));
	state = (Form_pg_sequence_data) GETSTRUCT(row);
	next = state->is_called ? state->last_value + 1 : state->last_value;
	systable_endscan(scan);
	return next;
}

int64
crm_sequence_take(Oid sequence, int64 n)
{
	Relation relation = table_open(sequence, ShareUpdateExclusiveLock);
	int64 first = next_free(relation);
	crm_user before = crm_become(crm_owner(), 0);

	Assert(n > 0);
	DirectFunctionCall2(setval_oid, ObjectIdGetDatum(sequence), Int64GetDatum(first + n - 1));
	crm_restore_user(before);
	table_close(relation, ShareUpdateExclusiveLock);
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

Datum
crm_take_number(PG_FUNCTION_ARGS)
{
	Oid sequence = PG_GETARG_OID(0);

	if (get_rel_relkind(sequence) != RELKIND_SEQUENCE)
		ereport(ERROR, (errcode(ERRCODE_WRONG_OBJECT_TYPE),
						errmsg("\"%s\" is not a sequence", get_rel_name(sequence))));
	PG_RETURN_INT64(crm_sequence_take(sequence, 1));
}
