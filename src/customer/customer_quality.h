/* customer_quality.h - whether a value can be what its attribute says. Pure. */
#ifndef CRM_CUSTOMER_QUALITY_H
#define CRM_CUSTOMER_QUALITY_H

#include "match/match_profile.h"
#include "match/match_value.h"

#define CRM_QUALITY_SIZE (2 * CRM_TEXT_MAX) /* a street and its number */

typedef enum crm_quality
{
	CRM_QUALITY_VALID,
	CRM_QUALITY_INVALID,    /* no value of its kind */
	CRM_QUALITY_PLACEHOLDER /* well formed or not, it stands for "none" */
} crm_quality;

/* What a value is judged by besides itself. */
typedef struct crm_quality_context
{
	char kind;          /* of the row: 'p', 'o' or 0 */
	const char *region; /* by which its telephone numbers are read, or NULL */
	int today;          /* 20260131: a birth date is not later */
} crm_quality_context;

/*
 * Judges a cleaned value. standard gets what is equal for writings of the same value: the form that
 * matching compares.
 */
extern crm_quality crm_quality_of(const crm_profile_value *value,
								  const crm_quality_context *context,
								  char standard[CRM_QUALITY_SIZE]);

#endif
