/* explain_pairs.h - all pairs of a customer's records, as clustering sees them. */
#ifndef CRM_EXPLAIN_PAIRS_H
#define CRM_EXPLAIN_PAIRS_H

#include "explain/explain.h"

typedef struct crm_pairs
{
	const crm_active_model *model;
	crm_explained_list list;
	int32 *weight; /* n * n, as the model weighs */
	int32 *said;   /* what a pair says to clustering */
	int32 *score;  /* the same, or what people decided of the pair */
} crm_pairs;

typedef struct crm_pair
{
	int a;
	int b;
	int32 weight;
} crm_pair;

/* Two sets of records: the strongest pair, and the mean of what all say to clustering. */
typedef struct crm_between
{
	int a;
	int b;
	int32 most;
	int64 mean; /* thousandths of a bit */
} crm_between;

extern crm_pairs crm_pairs_make(const crm_active_model *model, crm_explained_list list);
extern Datum crm_pairs_ids(const crm_pairs *p);

/* Neither set is empty. */
extern crm_between crm_pairs_between(const crm_pairs *p, const bool *left, const bool *right);
extern crm_between crm_lists_between(const crm_active_model *model, const crm_explained_list *x,
									 const crm_explained_list *y);

/* Of each record one that names its cluster, were these records all there are. */
extern void crm_pairs_clusters(const crm_pairs *p, int *cluster);

/* joins has room for all but one record; returns how many there were. */
extern int crm_pairs_joins(const crm_pairs *p, crm_cluster_join *joins);

/* Pairs that by themselves would be two customers, the clearest first. */
extern crm_pair *crm_pairs_against(const crm_pairs *p, int most, int *n);

#endif
