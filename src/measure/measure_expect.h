/* measure_expect.h - the sample that a survey draws, and what follows from it. Private to the room.
 */
#ifndef CRM_MEASURE_EXPECT_H
#define CRM_MEASURE_EXPECT_H

#include "measure/measure_survey.h"
#include "model/model.h"

typedef struct crm_sampled
{
	int64 record_id;
	int32 customer; /* in order: the records of a customer stand together */
	uint32 ways;    /* by which a fellow was found, as bits */
	crm_profile profile;
} crm_sampled;

typedef struct crm_place
{
	int64 record_id;
	int32 index;
} crm_place;

typedef struct crm_sampled_pair
{
	int32 a; /* a < b */
	int32 b;
	uint32 kinds;
	float match; /* probability that the two are one customer, all that is known of their fellows in
				  */
} crm_sampled_pair;

typedef struct crm_sample
{
	const crm_active_model *model;
	crm_sampled *records;
	int n;
	int room;
	int ncustomers;
	int64 last_customer;
	crm_place *places; /* by record_id */
	crm_sampled_pair *pairs;
	int64 npairs;
	int64 pairs_room;
} crm_sample;

extern void crm_survey_expect(crm_sample *sample, crm_survey *survey);

#endif
