/* follow_look.h - what the catalogs say about the table of a source, as compared with last time. */
#ifndef CRM_FOLLOW_LOOK_H
#define CRM_FOLLOW_LOOK_H

#include "follow/follow_rule.h"
#include "nodes/pg_list.h"

typedef struct crm_source_look
{
	crm_follow_facts facts;
	char *owner;     /* of the table under the registered name */
	Oid former;      /* the table that is under the name from which the source followed its own */
	List *elsewhere; /* OIDs of tables that carry triggers of the source and are not its by now */
	char *now;       /* all of it, jsonb: kept in crm_internal.source.seen once it is dealt with */
} crm_source_look;

/* Numbers of the sources and parts whose tables are not what they were; one query for all. */
extern List *crm_source_look_changed(void);

/* NULL if there is no such source. In the caller's memory context. */
extern crm_source_look *crm_source_look_at(int32 source_id);

/*
 * A table beside the one that moved, of the same owner and with the same columns, that was made
 * since the look was kept, or InvalidOid: it may have been swapped in, and then been renamed.
 */
extern Oid crm_source_look_rival(int32 source_id, Oid moved);

/*
 * Keeps the look as the one to compare with; but of the triggers what they are now, for they may
 * just have been attached. What else changed since the look was taken is seen next time.
 */
extern void crm_source_look_keep(int32 source_id, const crm_source_look *look);

/* The look of now, at a table that was just registered and locked: nothing of before counts. */
extern void crm_source_look_begin(int32 source_id);

#endif
