/* ids.h - a growing vector of 64-bit ids, and its way into and out of SPI. */
#ifndef CRM_IDS_H
#define CRM_IDS_H

typedef struct crm_ids
{
	int64 *v;
	int n;
	int room;
} crm_ids;

/* Allocates in the current memory context when first grown. */
extern void crm_ids_add(crm_ids *ids, int64 id);
extern void crm_ids_sort_distinct(crm_ids *ids);
extern bool crm_ids_contain(const crm_ids *sorted, int64 id);

/* A bigint[] of n elements. */
extern Datum crm_ids_array(const int64 *v, int n);

#endif
