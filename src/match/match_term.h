/* match_term.h - how frequent values are, and what that says of a record's own. */
#ifndef CRM_MATCH_TERM_H
#define CRM_MATCH_TERM_H

#include "match/match_profile.h"

/* A value everywhere and in its country, and how many values there are, of each kind. */
#define CRM_TERM_KEYS_MAX (4 * CRM_TERM_KINDS)

/* Of values that fewer have than this nothing is kept: they are rare, and that is all. */
#define CRM_TERM_LEAST 3

typedef struct crm_term
{
	uint64_t key; /* 0: the place is free */
	int32_t log;  /* log2 of how many records have it, in thousandths of a bit */
} crm_term;

/* Open addressing; places is a power of two, at most half of them taken. */
typedef struct crm_term_table
{
	crm_term *terms;
	size_t places;
} crm_term_table;

/* What a record adds to the counts. */
extern int crm_term_keys(const crm_profile *profile, uint64_t keys[CRM_TERM_KEYS_MAX]);

/* Places for so many terms; the caller sets them to zero. */
extern size_t crm_term_places(size_t terms);
extern void crm_term_put(crm_term_table *table, uint64_t key, int64_t count);

/* Fills in profile->terms; table NULL: nothing is known. */
extern void crm_term_of(const crm_term_table *table, crm_profile *profile);

#endif
