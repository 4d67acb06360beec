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

/* Has what is registered now be compared with later looks; the table is locked. */
extern void crm_source_follow_begin(int32 source_id);

/* Tells higher rooms that the name of a source is another one now. */
extern void crm_source_follow_name(int32 source_id);

#endif
