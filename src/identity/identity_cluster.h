/* identity_cluster.h - which records of a component are one customer. */
#ifndef CRM_IDENTITY_CLUSTER_H
#define CRM_IDENTITY_CLUSTER_H

#include <stddef.h>
#include <stdint.h>

/*
 * A larger component is not clustered: its records stay customers of their own, and are flagged. No
 * real customer has so many records that fit each other; a placeholder that made its way into a
 * source does.
 */
#define CRM_COMPONENT_MAX 1000

/* Scores of pairs that are decided, whatever the others say. */
#define CRM_CLUSTER_ALWAYS INT32_MAX
#define CRM_CLUSTER_NEVER INT32_MIN

/*
 * Average linkage over n records. score[i * n + j] is what pair (i, j) says, symmetric; tie[i] is
 * distinct and decides between equal averages. Two clusters join while the mean of their pairs is
 * above zero, best first. cluster[i] becomes the index of the record that names i's cluster. The
 * outcome does not depend on the order of the records. Records whose pair is CRM_CLUSTER_ALWAYS are
 * one cluster, and of what they connect every pair must be; no pair of CRM_CLUSTER_NEVER is. room
 * has crm_cluster_room(n) bytes.
 */
extern void crm_cluster(int n, const int32_t *score, const int64_t *tie, int *cluster, void *room);
extern size_t crm_cluster_room(int n);

/* Two clusters that joined, each by one of its records. */
typedef struct crm_cluster_join
{
	int into;
	int from;
} crm_cluster_join;

/* The same, for who explains it: the joins in their order, at most n - 1; returns how many. */
extern int crm_cluster_joins(int n, const int32_t *score, const int64_t *tie,
							 crm_cluster_join *joins, int *cluster, void *room);

/* What a pair says to its clusters: no evidence at all is nearly neutral, conflict is not. */
extern int32_t crm_cluster_score(int32_t score, int32_t conflict);

#endif
