/* identity_bulk_run.h - the two calls of a bulk: what waits, and all that is stored. */
#ifndef CRM_IDENTITY_BULK_RUN_H
#define CRM_IDENTITY_BULK_RUN_H

#include "base/ids.h"

/* Tells how far the work is: may be called often. */
typedef void (*crm_bulk_progress)(void *context, const char *phase, int64 done, int64 total);

/*
 * Whether so many waiting rows are best resolved together with all that is stored: who asks for
 * small batches wants short transactions.
 */
extern bool crm_bulk_pays(int64 waiting, int64 stored, int batch_size);

/* Whether memory suffices for all that is stored, and nobody decided about any of it. */
extern bool crm_bulk_can(int64 stored);

/*
 * Resolves what is pending, but rows of sources in skipped, as far as memory goes, in the current
 * transaction, which holds the clock. What cannot be resolved so stays pending. Returns the rows
 * that were dealt with.
 */
extern int64 crm_bulk_run_pending(const crm_ids *skipped, int64 waiting, crm_bulk_progress progress,
								  void *context);

/* Compares and clusters all that is stored anew, by the model in force. */
extern void crm_bulk_run_stored(void);

#endif
