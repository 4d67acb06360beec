/* sequence.h - numbers from crm's own sequences, of which lastval() knows nothing. */
#ifndef CRM_SEQUENCE_H
#define CRM_SEQUENCE_H

/* The first of n successive numbers; what is not used is a gap. The sequence counts by one. */
extern int64 crm_sequence_take(Oid sequence, int64 n);

/* The same of crm_internal.name. */
extern int64 crm_sequence_take_from(const char *name, int64 n);

#endif
