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

/* Single keys as they are among those: of a number's last digits, a mailbox, two sounds of a name.
 */
extern int64_t crm_phone_key(uint64_t tail);
extern int64_t crm_mailbox_key(crm_span local);
extern int64_t crm_name_key(const char *sound, const char *other);

#endif
