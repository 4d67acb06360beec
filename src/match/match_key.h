/* match_key.h - blocking keys: two records are compared if they share one. */
#ifndef CRM_MATCH_KEY_H
#define CRM_MATCH_KEY_H

#include "match/match_profile.h"

#define CRM_KEYS_MAX 64 /* the fullest record has 50 */

/*
 * A key that more records have than this finds nothing: it is a mailbox of an office, a placeholder
 * or a name like any other. Whether it is too common is a function of the records that exist, so
 * the order in which they came does not matter.
 */
#define CRM_KEY_COMMON 50

/* Distinct keys of a profile, in ascending order; returns how many. */
extern int crm_profile_keys(const crm_profile *profile, int64_t keys[CRM_KEYS_MAX]);

#endif
