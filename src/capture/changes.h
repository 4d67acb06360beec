/* changes.h - what this transaction changed, in memory, by subtransaction. Private to the room. */
#ifndef CRM_CHANGES_H
#define CRM_CHANGES_H

#include "capture/capture.h"

/* Packed one behind the other; a text with a closing NUL follows unless whole. */
typedef struct crm_entry
{
	int32 source_id;
	char op;
	bool whole; /* no key: all of the source */
} crm_entry;

#define crm_entry_text(entry) ((text *) ((char *) (entry) + sizeof(crm_entry)))

/* Which changes are meant: those to write at commit, those to resolve at commit, or both. */
#define CRM_TO_WRITE 1
#define CRM_TO_RESOLVE 2

typedef struct crm_level crm_level;
typedef struct crm_chunk crm_chunk;

typedef struct crm_entry_scan
{
	int roads;
	int road;
	bool all_levels;
	crm_level *level;
	crm_chunk *chunk;
	uint32 offset;
} crm_entry_scan;

/* key NULL: the whole source. The same change twice in a row is one. */
extern void crm_changes_add(int32 source_id, char op, const char *key, int length, int road);

/* True if so many have gathered that they should be written before memory suffers. */
extern bool crm_changes_are_many(void);

/* How many wait, in this subtransaction or in all. */
extern int64 crm_changes_count(int roads, bool all_levels);

extern void crm_changes_scan(crm_entry_scan *scan, int roads, bool all_levels);
extern const crm_entry *crm_changes_next(crm_entry_scan *scan);

/*
 * These have been dealt with inside the current subtransaction: if it is rolled back, the ones that
 * are its ancestors' wait again.
 */
extern void crm_changes_done(int roads, bool all_levels);

/* What could not be resolved is to be written. */
extern void crm_changes_give_up_resolving(void);

/* Whatever was tried to write them failed: gather twice as many before the next attempt. */
extern void crm_changes_postpone(void);

extern void crm_changes_subtransaction_end(SubTransactionId mine, SubTransactionId parent,
										   bool committed);
extern void crm_changes_forget(void);

#endif
