/*
 * measure_survey.h - what blocking found, what it cost, and what the posteriors let expect.
 *
 * One pass over the stored keys. As many records as maintenance_work_mem holds are looked at; of
 * more a sample of customers is, and figures are scaled up.
 */
#ifndef CRM_MEASURE_SURVEY_H
#define CRM_MEASURE_SURVEY_H

#include "match/match_key.h"

typedef struct crm_survey_kind
{
	/* counted */
	int64 keys;
	double pairs;    /* of keys that are not too common */
	int64 largest;   /* records of the most common key */
	int64 capped;    /* keys that are too common */
	double left_out; /* pairs of these */

	/* of the sample, scaled up */
	double only;         /* pairs that no other enabled kind finds */
	double matches;      /* expected matches it finds */
	double only_matches; /* and that no other enabled kind finds */
} crm_survey_kind;

typedef struct crm_survey
{
	uint64 enabled; /* kinds that find candidates, a bit each */
	double fraction;
	int64 records;
	int64 customers;
	crm_survey_kind kind[CRM_KEY_KINDS];
	double candidates;   /* distinct pairs */
	double joined;       /* pairs of records of one customer */
	double false_joined; /* of these, expected to be two */
	double missed;       /* expected matches that were compared and left apart */
	double unseen;       /* expected matches that no key found and no third record tied together */
} crm_survey;

/* SPI connected. */
extern void crm_survey_take(crm_survey *survey);

#endif
