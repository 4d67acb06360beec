/* identity_store.h - single statements over the tables of identity; SPI must be connected. */
#ifndef CRM_IDENTITY_STORE_H
#define CRM_IDENTITY_STORE_H

#include "base/ids.h"

/* Makes this transaction the one writer of identities until it ends, or fails. */
extern void crm_store_tick(void);

/* The first of n new ids, which follow each other. */
extern int64 crm_store_take_record_ids(int64 n);
extern int64 crm_store_take_customer_ids(int64 n);
extern int64 crm_store_count_records(void);

/* Leaves (source_key, record_id, customer_id, tie, source_hash, profile) in SPI_tuptable. */
extern void crm_store_read_keys(int32 source_id, const char *const *keys, int nkeys);

/* Leaves (record_id, customer_id, profile) of all records of a source in SPI_tuptable. */
extern void crm_store_read_source(int32 source_id);

extern void crm_store_note_error(int32 source_id, const char *key, const char *error,
								 int sqlerrcode);
extern void crm_store_clear_errors(int32 source_id, const char *const *keys, int nkeys);

/* Remembers a region by which a national telephone number was read. */
extern void crm_store_note_region(const char *region);

/* Model that the stored clusters were made with, -1 if none yet. */
extern int32 crm_store_model_version(void);
extern void crm_store_set_model_version(int32 version);

/* Kinds of blocking keys that find candidates, a bit each (match_key.h). */
extern uint64 crm_store_key_kinds(void);

/* Whether some stored clusters may still be those of another model. */
extern bool crm_store_is_reclustering(void);
extern void crm_store_begin_reclustering(void);
extern void crm_store_end_reclustering(void);

/* Runs a kept plan and fails unless SPI says it went well; returns the rows processed. */
extern uint64 crm_store_run(SPIPlanPtr plan, Datum *args, const char *nulls);

#endif
