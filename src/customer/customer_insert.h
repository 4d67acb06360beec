/* customer_insert.h - new golden records, many at once. */
#ifndef CRM_CUSTOMER_INSERT_H
#define CRM_CUSTOMER_INSERT_H

#include "customer/customer_golden.h"

typedef struct crm_golden_insert crm_golden_insert;

/* From so many customers on it is worth it. */
#define CRM_GOLDEN_INSERT_WORTH 64

extern crm_golden_insert *crm_golden_insert_begin(void);

/* created_at: since when there is the customer. */
extern void crm_golden_insert_add(crm_golden_insert *insert, const crm_golden *golden,
								  TimestampTz created_at);
extern void crm_golden_insert_end(crm_golden_insert *insert);

#endif
