/* model_store.h - new versions of the model. Private to the room; SPI connected. */
#ifndef CRM_MODEL_STORE_H
#define CRM_MODEL_STORE_H

#include "base/ids.h"
#include "match/match_train.h"

extern void crm_model_store_init(void);

/* Returns the number of the new version. */
extern int32 crm_model_store(const crm_training *training, int64 candidate_pairs, int64 sampled);
extern void crm_model_store_terms(int32 version, const crm_ids *keys, const crm_ids *counts);

#endif
