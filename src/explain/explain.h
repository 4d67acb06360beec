/*
 * explain.h - records at hand, to be explained. Private to the room.
 *
 * Functions of the room run as who calls them, so that the columns of crm's views which he may read
 * decide which values he is shown; the tables behind are read as their owner.
 */
#ifndef CRM_EXPLAIN_H
#define CRM_EXPLAIN_H

#include "base/ids.h"
#include "identity/identity_cluster.h"
#include "match/match_explain.h"
#include "model/model.h"

typedef struct crm_explained
{
	int64 record_id;
	int64 customer_id; /* 0: none */
	int64 tie;
	int32 source_id;
	const char *source;
	const char *key;
	crm_profile profile;
} crm_explained;

typedef struct crm_explained_list
{
	int n;
	crm_explained *v;
} crm_explained_list;

/* Whether who calls may read the column of a view of schema crm. */
extern bool crm_explain_may_read(const char *view, const char *column);

/* SPI connected, as the owner; what they return is good until SPI_finish(). */
extern const crm_active_model *crm_explain_model(void);
extern crm_explained_list crm_explain_load(const crm_active_model *model, int32 source_id,
										   const char *key);
extern crm_explained_list crm_explain_load_customer(const crm_active_model *model,
													int64 customer_id);

/* All that edges connect to these; one more than a component may have where there are more. */
extern crm_explained_list crm_explain_load_component(const crm_active_model *model,
													 const crm_ids *records);

/* Records that share a key with the profile; keys that are too common find nothing. */
extern crm_explained_list crm_explain_load_candidates(const crm_active_model *model,
													  const crm_profile *profile);

/* The pattern as matching sees it. False: a person and an organization. */
extern bool crm_explain_pattern(const crm_explained *a, const crm_explained *b,
								crm_pattern *pattern);
extern crm_comparison crm_explain_compare(const crm_active_model *model, const crm_explained *a,
										  const crm_explained *b);
extern const char *crm_explain_pair_reason(const crm_active_model *model, const crm_explained *a,
										   const crm_explained *b);

/* Thousandths of a bit as numeric bits. */
extern Datum crm_explain_bits(int64 weight);

#endif
