/* identity_find.h - the records that a search looks at: a bounded number, by index probes only. */
#ifndef CRM_IDENTITY_FIND_H
#define CRM_IDENTITY_FIND_H

#include "match/match_typo.h"

/*
 * SPI connected, as the owner. Each leaves (record_id, customer_id, profile) in SPI_tuptable: of
 * records that share a blocking key with the profile, or have one of these keys, or one of these
 * sounds among the words of their names.
 */
extern void crm_find_by_profile(const crm_profile *profile);
extern void crm_find_by_keys(const crm_typos *keys);
extern void crm_find_by_sounds(const crm_typos *sounds);

#endif
