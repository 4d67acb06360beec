/* guard_move.h - rows that an UPDATE sends to another partition. Private to the room. */
#ifndef CRM_GUARD_MOVE_H
#define CRM_GUARD_MOVE_H

#include "access/htup.h"
#include "executor/tuptable.h"
#include "utils/relcache.h"

/* The server marks what it deletes in one partition because it is inserted into another. */
extern bool crm_guard_is_moving(Relation relation, HeapTuple deleted);

extern void crm_guard_move_init(void);

/*
 * Keeps what the row was, for the guard that is about to see where it went. If it must arrive and
 * does not, error 42501 at the commit.
 */
extern void crm_guard_move_away(int32 guard_id, Relation relation, HeapTuple deleted,
								bool must_arrive);

/*
 * What this row was before it came here, with its relation's number; NULL: it has not come from
 * another partition. The slot is the caller's to drop.
 */
extern TupleTableSlot *crm_guard_moved_from(int32 guard_id, Relation relation, HeapTuple inserted,
											Oid *from);

#endif
