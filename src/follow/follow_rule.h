/* follow_rule.h - what a department's DDL means for a source, decided on plain facts. */
#ifndef CRM_FOLLOW_RULE_H
#define CRM_FOLLOW_RULE_H

#include "postgres_ext.h"

typedef struct crm_follow_facts
{
	bool known;       /* seen before in this very database: catalog numbers mean the same */
	bool captured;    /* of a kind that has triggers, as registered */
	Oid table;        /* under the registered name, or InvalidOid */
	char kind;        /* of that table */
	Oid was;          /* the table when last seen, if known and it exists by now */
	Oid carrier;      /* the one table that carries the source's row trigger, or InvalidOid */
	bool is_anothers; /* the table carries the trigger of another source */
	/* Whether it is as it was when last seen; of a table that is known. */
	bool same_tree;     /* partitions and inheritance children */
	bool same_names;    /* theirs, which a restore does not change */
	bool same_files;    /* rewritten otherwise */
	bool same_columns;  /* catalog rows of the columns that are read */
	bool same_labels;   /* of enumerated types that are read */
	bool same_triggers; /* never disabled in between */
	bool same_start;    /* of the server, where rows do not outlive a crash */
	bool has_virtual;   /* a column that is read is computed at reading */
} crm_follow_facts;

typedef enum crm_follow_place
{
	CRM_PLACE_SAME,     /* the table that was registered, under the same name */
	CRM_PLACE_MOVED,    /* it has another name by now, and nothing has the old one */
	CRM_PLACE_OTHER,    /* the name is another table's by now */
	CRM_PLACE_ANOTHERS, /* the same, and that is a source of its own */
	CRM_PLACE_GONE
} crm_follow_place;

extern crm_follow_place crm_follow_place_of(const crm_follow_facts *facts);

/* The table to which the source has moved. */
extern Oid crm_follow_moved_to(const crm_follow_facts *facts);

/* Why rows may read otherwise without a trigger having seen it, or NULL: nothing has to be
 * compared. */
extern const char *crm_follow_unseen_change(const crm_follow_facts *facts);

#endif
