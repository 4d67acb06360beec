/* guard_deed.h - what a DDL command does to tables that a guard may stand on. Private to the room.
 */
#ifndef CRM_GUARD_DEED_H
#define CRM_GUARD_DEED_H

#include "commands/event_trigger.h"
#include "executor/spi.h"
#include "nodes/pg_list.h"

typedef struct crm_guard_deed
{
	Oid relation;
	const char *what; /* NULL: nothing against the guard */
	bool arms;        /* the table needs triggers, or ENABLE ALWAYS again */
	bool only_enable;
} crm_guard_deed;

/* For tables with and without a guard. */
extern List *crm_guard_deeds(const EventTriggerData *event);

/*
 * The first column of the first row as text, or NULL; $1 is an OID, $2 a name, where they are used.
 * As the owner of crm's tables. slot: where the plan is kept; NULL: it is not.
 */
extern char *crm_guard_ask(SPIPlanPtr *slot, const char *sql, Oid relation, const char *name);

#endif
