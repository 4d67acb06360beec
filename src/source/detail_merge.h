/* detail_merge.h - what the rows of details add to a row of their source. Private to the room. */
#ifndef CRM_DETAIL_MERGE_H
#define CRM_DETAIL_MERGE_H

#include "source/source_registry.h"

typedef struct crm_merge_order crm_merge_order;

/* The attributes of the source and its details, in the order of the attributes. */
extern crm_merge_order *crm_merge_order_of(const crm_source *source, List *details);

/*
 * Appends what the rows say, each to its attribute. Values of one attribute stand together, those
 * of the source first; of several that are the same the first stays.
 */
extern void crm_merge_rows(crm_source_row *row, List *rows, const crm_merge_order *order);

#endif
