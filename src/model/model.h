/* model.h - the model in force, and new ones. */
#ifndef CRM_MODEL_H
#define CRM_MODEL_H

#include "match/match_compare.h"
#include "match/match_term.h"

/* Number of records from which training is worth while. */
#define CRM_TRAINING_LEAST 500

typedef struct crm_active_model
{
	int32 version; /* 0: built in */
	crm_model model;
	crm_term_table terms;
} crm_active_model;

/* SPI connected. Kept until another version is asked for; good until the next call. */
extern const crm_active_model *crm_model_of(int32 version);

/* Opens a stored profile and gives its values their frequencies. False: of another version. */
extern bool crm_model_open(const crm_active_model *model, const char *bytes, size_t length,
						   crm_profile *profile);

/*
 * Trains a model on these profiles and stores it as a new version, which is returned; 0: there are
 * too few of them. SPI connected, as the owner.
 */
extern int32 crm_model_train(const crm_profile *profiles, int64 n);

/* Records that the version was trained on. */
extern int64 crm_model_records(int32 version);

#endif
