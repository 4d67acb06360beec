/* model.h - versions of the parameters of matching, and how a new one is trained. */
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

/* Setting crm.auto_train: whether crm.resolve() trains by itself. */
extern bool crm_auto_train;

extern void crm_model_init(void);

/* SPI connected. Kept until another version is asked for; good until the next call. */
extern const crm_active_model *crm_model_of(int32 version);

/* Opens a stored profile and gives its values their frequencies. False: of another version. */
extern bool crm_model_open(const crm_active_model *model, const char *bytes, size_t length,
						   crm_profile *profile);

/* Whether there is such a version; 0, the built-in one, always is. SPI connected. */
extern bool crm_model_exists(int32 version);

/* Records that the last training saw, 0: there was none. SPI connected. */
extern int64 crm_model_last_records(void);

/*
 * Training sees all records once, in the order of their ties. It counts the values of all and keeps
 * the profiles of as many as fit in maintenance_work_mem, chosen by their ties: so the same records
 * train the same model. It allocates in a context of its own below the current one.
 */
typedef struct crm_trainer crm_trainer;

/* bytes: of all profiles together. */
extern crm_trainer *crm_trainer_begin(int64 records, int64 bytes);
extern void crm_trainer_add(crm_trainer *trainer, int64 tie, const char *bytes, size_t length);

/* Stores a new version and returns it, which is not in force yet. SPI connected, as the owner. */
extern int32 crm_trainer_end(crm_trainer *trainer);

#endif
