/* model.c - the settings of training. */
#include "postgres.h"

#include "utils/guc.h"

#include "model/model.h"
#include "model/model_store.h"

bool crm_auto_train = true;

void
crm_model_init(void)
{
	/* Off, the model in force stays: the same rows are the same customers for ever. */
	DefineCustomBoolVariable("crm.auto_train",
							 "Whether crm.resolve() trains a model of matching by itself.",
							 "Once there are 500 records, and again when there are four times as "
							 "many as the last training saw.",
							 &crm_auto_train, true, PGC_SUSET, 0, NULL, NULL, NULL);
	crm_model_store_init();
}
