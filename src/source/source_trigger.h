/* source_trigger.h - the capture triggers on departmental tables. */
#ifndef CRM_SOURCE_TRIGGER_H
#define CRM_SOURCE_TRIGGER_H

#include "source/source_registry.h"
#include "utils/relcache.h"

/*
 * Attaches what is missing or wrong to the table, its partitions and its inheritance children.
 * Triggers carry the number of the source or part in their names.
 */
extern void crm_source_attach(Oid relation_id, const crm_source *source);

/* Removes those that are on other tables by now. */
extern void crm_source_detach_elsewhere(Oid relation_id, int32 source_id);

/* Removes every capture trigger of the source or part, on whatever table it is found by now. */
extern void crm_source_detach(int32 source_id);

/* What is wrong with the triggers, palloc'd, or NULL. */
extern char *crm_source_trigger_problem(Oid relation_id, const crm_source *source);

typedef enum crm_trigger_need
{
	CRM_TRIGGERS_FINE,
	CRM_TRIGGERS_LACKING, /* to be attached: nobody took them away */
	CRM_TRIGGERS_REFUSED  /* somebody did */
} crm_trigger_need;

extern crm_trigger_need crm_source_trigger_need(Oid relation_id, const crm_source *source);

/* The trigger function of capture. */
extern Oid crm_source_capture_function(void);

/* The argument of its triggers, bytea as pg_trigger.tgargs holds it. */
extern Datum crm_source_trigger_argument(int32 source_id);

/* A statement on a trigger, whose effect the next one sees. */
extern void crm_source_trigger_run(const char *sql);

/* Runs what SPI has just found: statements that drop triggers, each with the table it locks. */
extern void crm_source_trigger_drop_found(void);

/* The table that carries the source's row trigger by now (the parent of partitions), or InvalidOid.
 */
extern Oid crm_source_trigger_table(int32 source_id);

/* Whether capture needs triggers on this kind of relation; others are read by crm.sync(). */
extern bool crm_source_has_triggers(char relation_kind);

#endif
