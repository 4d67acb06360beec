/* follow_verdict.h - what the present state of a table means for its source. */
#ifndef CRM_FOLLOW_VERDICT_H
#define CRM_FOLLOW_VERDICT_H

#include "follow/follow_look.h"
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

#endif
