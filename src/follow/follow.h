/* follow.h - sources follow what departments do to their tables. */
#ifndef CRM_FOLLOW_H
#define CRM_FOLLOW_H

/* Numbers, n of them, of the sources and parts of sources whose tables are not what they were. */
extern int32 *crm_source_changed(int *n);

/*
 * Lets the source follow what was done to its table, in a subtransaction that waits for no lock
 * longer than 50 ms; the caller commits soon. 0, or the number of the source that must not be read
 * now: what became of its table is not certain, or it could not be locked.
 */
extern int32 crm_source_follow(int32 source_id);

/* Has what is registered now be compared with later looks; the table is locked. */
extern void crm_source_follow_begin(int32 source_id);

/* Tells lower rooms that the name of a source is another one now. */
extern void crm_source_follow_name(int32 source_id);

#endif
