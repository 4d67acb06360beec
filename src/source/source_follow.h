/* source_follow.h - lets sources follow what departments do to their tables. */
#ifndef CRM_SOURCE_FOLLOW_H
#define CRM_SOURCE_FOLLOW_H

#include "source/source_look.h"
#include "source/source_registry.h"

/* What the state of a table means for its source. */
typedef struct crm_follow_verdict
{
	bool readable;     /* though it may need attention */
	char *attention;   /* NULL: nothing, or it can be followed */
	char *repair;      /* the statement that repairs it */
	crm_source *draft; /* how the source reads by now; NULL if it needs attention */
	Oid table;
	bool changed;  /* the registry has to be written */
	bool attach;   /* triggers are lacking */
	bool compare;  /* rows may read otherwise, and no trigger saw it */
	char *changes; /* what there is to follow, for people; NULL: nothing */
} crm_follow_verdict;

/* Writes nothing; takes no lock but the one for reading the table. */
extern crm_follow_verdict *crm_source_follow_verdict(const crm_source *source,
													 const crm_source_look *look);

/*
 * Follows the table of one source or part, in a subtransaction, waiting for no lock longer than
 * 50 ms. False: it must not be read now.
 */
extern bool crm_source_follow(int32 source_id);

/* Has what is registered now be compared with later looks; the table is locked. */
extern void crm_source_follow_begin(int32 source_id);

#endif
