/* follow_repair.h - reads a source's stored expressions against a table that changed. */
#ifndef CRM_FOLLOW_REPAIR_H
#define CRM_FOLLOW_REPAIR_H

#include "source/source_registry.h"
#include "utils/relcache.h"

typedef struct crm_source_mended
{
	List *renamed;           /* texts: "old" is now "new" */
	List *renamed_elsewhere; /* the same, of tables where expressions look values up */
	List *dropped;           /* column names, quoted */
	List *lost;              /* what can no longer be read: "attribute "email"", "filter" */
	char *reason;            /* why the first of these is lost, if that is not said so far */
	char *grant;             /* the statement that gives back the right that is lacking, or NULL */
	bool key_lost;           /* draft has another key, if there is one */
	crm_source *draft;       /* as it must read by now; NULL: no key or no value is left */
	char *repair;            /* a statement, or NULL if nothing need be changed */
} crm_source_mended;

/*
 * Follows renames through every expression, leaves out what no longer parses, and writes the
 * crm.change_source() that says so. same_table: it is the one that was registered, so that what a
 * column is called by now is found by its attribute number; else only names count.
 */
extern crm_source_mended *crm_source_mend(const crm_source *source, Relation relation,
										  bool same_table);

/* What became of the columns, for people: "column "mail" is now "e_mail"; ...", or NULL. */
extern char *crm_source_mended_text(const crm_source_mended *mended);

#endif
