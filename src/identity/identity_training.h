/* identity_training.h - which model is in force. Private to the room; SPI connected. */
#ifndef CRM_IDENTITY_TRAINING_H
#define CRM_IDENTITY_TRAINING_H

/* Enough records to train on, or four times those of the last training. */
extern bool crm_training_worth(int64 records);

/* Whether crm.resolve() is to train on what is stored. */
extern bool crm_training_due(int64 records);

/* Trains on the stored records if it is due; the new version is in force then. */
extern void crm_train_if_due(void);

/* All records are to be compared and clustered anew by this version. */
extern void crm_put_in_force(int32 version);

#endif
