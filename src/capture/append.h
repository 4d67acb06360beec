/* append.h - appends rows to a table of crm that is nothing but a heap. Private to the room. */
#ifndef CRM_APPEND_H
#define CRM_APPEND_H

#include "access/heapam.h"
#include "executor/tuptable.h"
#include "utils/relcache.h"

#define CRM_APPEND_BATCH 256

typedef struct crm_append
{
	Relation table;
	TupleTableSlot *slots[CRM_APPEND_BATCH];
	int nslots;
	int n; /* filled */
	BulkInsertState bulk;
	MemoryContext batch;
	CommandId command;
} crm_append;

/* Of crm_internal, or InvalidOid. */
extern Oid crm_append_table(const char *name);

/* True if rows can be appended past the executor: it has this shape, no index, no trigger. */
extern bool crm_append_is_plain(Relation table, const Oid *types, int ntypes);

/*
 * Opens it for that if nobody holds a lock that would be waited for; NULL if not, or if it is not
 * plain. The lock stays.
 */
extern Relation crm_append_open_plain(const char *name, const Oid *types, int ntypes);

extern void crm_append_begin(crm_append *append, Relation table);

/* The next row's slot: fill its values and ExecStoreVirtualTuple(). All its columns are not null.
 */
extern TupleTableSlot *crm_append_slot(crm_append *append);

extern void crm_append_end(crm_append *append);

#endif
