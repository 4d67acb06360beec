/* explain_rule.h - what of a record an attribute's step compared, as people read it. */
#ifndef CRM_EXPLAIN_RULE_H
#define CRM_EXPLAIN_RULE_H

#include "match/match_compare.h"

#define CRM_EXPLAIN_VALUE 1024

/* The record's values of that group of levels, as standardised; returns their length, 0: none. */
extern size_t crm_explain_value(const crm_profile *profile, crm_level level,
								char out[CRM_EXPLAIN_VALUE]);

#endif
