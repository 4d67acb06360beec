/* identity_clean.h - a departmental value as it is kept: e-mail canonical, telephone E.164. */
#ifndef CRM_IDENTITY_CLEAN_H
#define CRM_IDENTITY_CLEAN_H

#include "match/match_profile.h"
#include "source/source.h"

/*
 * Whatever cannot be read stays as it is; text becomes UTF-8. True: a telephone number was read by
 * the national rules of the region.
 */
extern bool crm_clean_value(const crm_source_value *value, const char *region,
							crm_profile_value *out);

#endif
